import re
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk.models.topics import Category


class IntakeForm(models.Model):
    """One version of a category's questions. Answers keep the version they were given to."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="forms", verbose_name=_("category"))
    version = models.PositiveIntegerField(_("version"), default=1)
    active = models.BooleanField(_("in use"), default=True)

    field_classes = {"public": ("id", "category", "version", "active")}

    class Meta:
        verbose_name = _("intake form")
        verbose_name_plural = _("intake forms")
        ordering = ["category", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["category", "version"], name="one_form_per_version"),
            models.UniqueConstraint(
                fields=["category"],
                condition=models.Q(active=True),
                name="one_form_in_use_per_category",
                violation_error_message=_("This category already has a form in use. Take that one out of use first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.version}"


class IntakeField(models.Model):
    """One guided question of a form."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("kind of question", "Short text")
        LONG_TEXT = "long_text", pgettext_lazy("kind of question", "Long text")
        CHOICE = "choice", pgettext_lazy("kind of question", "One of several")
        DATE = "date", pgettext_lazy("kind of question", "Date")
        NUMBER = "number", pgettext_lazy("kind of question", "Number")
        SERIAL = "serial", pgettext_lazy("kind of question", "Serial number")
        VERSION = "version", pgettext_lazy("kind of question", "Version")
        ERROR_MESSAGE = "error_message", pgettext_lazy("kind of question", "Exact error message")

    form = models.ForeignKey(IntakeForm, on_delete=models.CASCADE, related_name="fields")  # a line of the form
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind, default=Kind.TEXT)
    label = models.CharField(_("question"), max_length=200)
    help = models.CharField(_("hint"), max_length=300, blank=True)
    choices = models.TextField(_("answers to choose from, one a line"), blank=True)
    required = models.BooleanField(_("has to be answered"), default=False)
    pattern = models.CharField(_("pattern (regular expression)"), max_length=200, blank=True)
    pattern_message = models.CharField(_("what to say when the pattern does not match"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    field_classes = {
        "public": (
            "id", "form", "key", "kind", "label", "help", "choices", "required", "pattern", "pattern_message",
            "position",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["form", "key"], name="one_question_per_key")]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as error:
            message = _("This is not a pattern we can use: %(reason)s.")
            raise ValidationError({"pattern": ValidationError(message, params={"reason": str(error)})}) from error
        if self.kind == self.Kind.CHOICE and not self.choices.strip():
            raise ValidationError({"choices": _("Write down the answers to choose from, one a line.")})


class IntakeDraft(models.Model):
    """A request that is being written. Kept on the server, so that nothing typed or uploaded is lost on the way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("tickets.Customer", on_delete=models.CASCADE, related_name="drafts")  # theirs alone
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT)
    order_line = models.ForeignKey(
        "tickets.OrderLine", null=True, blank=True, on_delete=models.SET_NULL
    )  # an order may be re-imported
    answers = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    field_classes = {
        "personal": ("answers",),
        "operational": ("id", "customer", "category", "order_line", "updated_at"),
    }

    class Meta:
        verbose_name = _("unfinished request")
        verbose_name_plural = _("unfinished requests")
        indexes = [models.Index(fields=["updated_at"], name="drafts_given_up")]  # the sweep that removes old drafts

    def __str__(self) -> str:
        return str(self.pk)


class IntakeAnswer(models.Model):
    """What the customer answered to one guided question."""

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="answers")
    field = models.ForeignKey(IntakeField, on_delete=models.PROTECT, related_name="+")
    value = models.TextField(_("answer"))

    field_classes = {"personal": ("value",), "operational": ("id", "ticket", "field")}

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["field__position", "id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return self.value

    @property
    def in_words(self) -> str:
        """As the reader writes it; on record are dates as ISO 8601."""
        day = parse_date(self.value) if self.field.kind == IntakeField.Kind.DATE else None
        return formats.date_format(day) if day else self.value
