"""Which texts of the staff exist in every language of the desk."""

from modeltranslation.translator import TranslationOptions, register

from tickets.models import (
    CannedReply,
    Category,
    EscalationTier,
    HelpArticle,
    IntakeField,
    Outage,
    OutageUpdate,
    PolicyVersion,
    SLAPolicy,
)


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(IntakeField)
class IntakeFieldTranslation(TranslationOptions):
    fields = ("label", "help", "choices", "pattern_message")


@register(EscalationTier)
class EscalationTierTranslation(TranslationOptions):
    fields = ("name", "description")


@register(SLAPolicy)
class SLAPolicyTranslation(TranslationOptions):
    fields = ("name",)


@register(CannedReply)
class CannedReplyTranslation(TranslationOptions):
    fields = ("title", "body")


@register(HelpArticle)
class HelpArticleTranslation(TranslationOptions):
    fields = ("title", "summary", "body")


@register(PolicyVersion)
class PolicyVersionTranslation(TranslationOptions):
    fields = ("title", "body")


@register(Outage)
class OutageTranslation(TranslationOptions):
    fields = ("title", "text")


@register(OutageUpdate)
class OutageUpdateTranslation(TranslationOptions):
    fields = ("text",)
