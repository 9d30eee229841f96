from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.people.need_to_know import need_to_know


class PromiseQuerySet(models.QuerySet["Promise"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see those on tickets that they need to know; a customer sees what they were promised."""
        return self.filter(need_to_know(user, "ticket__") if user.is_staff else models.Q(ticket__customer__user=user))

    def owed(self) -> Self:
        """Neither kept nor withdrawn: a date that passed does not settle the debt."""
        return self.filter(state__in=(Promise.State.OPEN, Promise.State.BROKEN))

    def held_by_the_case(self) -> Self:
        """Owed, and nobody keeps it beyond the end of the case: it holds the case open."""
        return self.owed().filter(handed_over_at=None)


class Promise(models.Model):
    """Something we owe a customer, with a date. A ticket is not done over one that is owed, unless it was handed over.

    ``broken_at`` stays when it is kept after all: late is late.
    """

    class Kind(models.TextChoices):
        REFUND = "refund", pgettext_lazy("promise", "Refund")
        REPLACEMENT = "replacement", pgettext_lazy("promise", "Replacement")
        CALL_BACK = "call_back", pgettext_lazy("promise", "Call back")
        UPDATE = "update", pgettext_lazy("promise", "News")
        OTHER = "other", pgettext_lazy("promise", "Something else")

    class Step(models.TextChoices):
        """What happens next to an open promise by itself."""

        REMIND = "remind", pgettext_lazy("promise", "Reminder")
        BREAK = "break", pgettext_lazy("promise", "Date passes")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        WITHDRAWN = "withdrawn", pgettext_lazy("promise", "Withdrawn")

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.PROTECT, related_name="promises")
    message = models.ForeignKey(
        "tickets.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="promises"
    )
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    due_at = models.DateTimeField(_("by"))
    terms = models.TextField(_("terms"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    made_by = models.ForeignKey(
        "tickets.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("promised by")
    )
    owner = models.ForeignKey(
        "tickets.Agent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="promises",
        verbose_name=_("who keeps it"),
        help_text=_("Nobody in particular: whoever has the case."),
    )
    handed_over_at = models.DateTimeField(_("handed over for after the case"), null=True, editable=False)
    hand_over_note = models.TextField(_("note for whoever keeps it"), blank=True)
    # Of the form it was typed into: a form that is sent twice makes one promise.
    key = models.UUIDField(null=True, unique=True, editable=False)
    next_step = models.CharField(max_length=10, choices=Step, blank=True, editable=False)
    next_step_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(_("promised"))
    ended_at = models.DateTimeField(_("kept, broken or withdrawn"), null=True, blank=True)
    broken_at = models.DateTimeField(_("not kept in time"), null=True, editable=False)
    evidence = models.TextField(_("how we know that it was kept"), blank=True)

    objects = PromiseQuerySet.as_manager()

    field_classes = {
        "personal": ("terms", "evidence", "hand_over_note"),
        "operational": (
            "id", "ticket", "message", "kind", "due_at", "state", "made_by", "owner", "handed_over_at", "key",
            "next_step", "next_step_at", "made_at", "ended_at", "broken_at",
        ),
        "financial": ("amount", "currency"),
    }  # fmt: skip

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_at", "id"]
        indexes = [
            # The start page: what is due today, and what is late.
            models.Index(fields=["due_at"], name="promises_to_keep", condition=models.Q(state__in=["open", "broken"])),
            models.Index(fields=["due_at", "id"], name="promises_by_date"),  # the leads' list, and their kept rate
            # The sweep that reminds of promises and notices broken ones.
            models.Index(
                fields=["next_step_at", "id"], name="promise_steps", condition=models.Q(next_step_at__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | (models.Q(amount__gt=0) & ~models.Q(currency="")),
                name="amount_above_zero_with_currency",
                violation_error_message=_("An amount has to be above zero and needs a currency."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="refund") | models.Q(amount__isnull=False),
                name="a_refund_has_an_amount",
                violation_error_message=_("Say how much will be refunded."),
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", ended_at__isnull=True)
                | (~models.Q(state="open") & models.Q(ended_at__isnull=False)),
                name="a_promise_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_at:%Y-%m-%d}"

    @property
    def is_owed(self) -> bool:
        return self.state in (self.State.OPEN, self.State.BROKEN)

    @property
    def was_late(self) -> bool:
        """Kept, but not by its date."""
        return self.state == self.State.KEPT and self.broken_at is not None
