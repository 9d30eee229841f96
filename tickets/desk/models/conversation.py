from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.audit.actor import ActorKind
from tickets.desk.models.cases import Channel, Ticket
from tickets.people import languages
from tickets.people.need_to_know import need_to_know


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> Self:
        """Staff read notes too, of tickets that they need to know; a customer the public messages of their own tickets."""
        if user.is_staff:
            return self.filter(need_to_know(user, "ticket__"))
        return self.filter(ticket__customer__user=user, internal=False)


class Message(models.Model):
    """What somebody wrote. Never edited: a mistake is corrected by another message.

    A contribution by mail that nobody vouches for is internal, with its ``sender``; once an agent has found out that it is
    the customer's own, a public message of the customer ``confirms`` it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    author_kind = models.CharField(_("written by"), max_length=10, choices=ActorKind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    internal = models.BooleanField(_("internal note"), default=False)
    text = models.TextField(_("text"))
    html = models.TextField(_("formatted text"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PORTAL)
    # Of mail that nobody vouches for: the address it claims to come from, and whether a machine wrote it.
    sender = models.EmailField(_("sender"), blank=True, max_length=254)
    automatic = models.BooleanField(pgettext_lazy("mail", "automatic"), default=False)
    confirms = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="confirmed_by", editable=False
    )
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    at = models.DateTimeField(_("time"))

    objects = MessageQuerySet.as_manager()

    field_classes = {
        "personal": ("text", "html", "sender"),
        "operational": (
            "id", "ticket", "author_kind", "author", "internal", "language", "channel", "automatic", "confirms",
            "corrects", "at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at", "id"], name="conversation")]  # the ticket page, the case page

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d %H:%M}"


class Attempt(models.Model):
    """A solution that was proposed to the customer, and whether it worked. ``number`` counts them within the ticket."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("outcome of an attempt", "Waiting for the customer")
        WORKED = "worked", pgettext_lazy("outcome of an attempt", "Worked")
        FAILED = "failed", pgettext_lazy("outcome of an attempt", "Did not work")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("number"))
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("proposed in")
    )
    step = models.CharField(_("what to try"), max_length=300)
    article = models.ForeignKey(
        "tickets.HelpArticle",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attempts",
        verbose_name=_("from the help article"),
    )
    canned_reply = models.ForeignKey(
        "tickets.CannedReply",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attempts",
        verbose_name=_("from the canned reply"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_kind = models.CharField(_("answered by"), max_length=10, choices=ActorKind, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    field_classes = {
        "personal": ("step",),
        "operational": (
            "id", "ticket", "number", "message", "article", "canned_reply", "outcome", "answered_at", "answered_kind",
            "answered_by",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "number"], name="attempts_are_numbered"),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting", answered_at__isnull=True)
                | (~models.Q(outcome="waiting") & models.Q(answered_at__isnull=False)),
                name="an_attempt_is_answered_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.number}"
