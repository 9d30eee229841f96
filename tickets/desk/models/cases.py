from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.desk import priorities, references, statuses
from tickets.desk.models.intake import IntakeForm
from tickets.desk.models.topics import Category
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.people import languages
from tickets.people.need_to_know import READ_RESTRICTED, need_to_know


class Channel(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("channel", "Portal")
    MAIL = "mail", pgettext_lazy("channel", "Mail")
    STAFF = "staff", pgettext_lazy("channel", "Written down by staff")


class Basis(models.TextChoices):
    """Where the expectation comes from that a customer is told."""

    HISTORY = "history", pgettext_lazy("basis of an expectation", "Comparable cases")
    CATEGORY = "category", pgettext_lazy("basis of an expectation", "The topic’s own figure")
    AGENT = "agent", pgettext_lazy("basis of an expectation", "Whoever has the case")
    TO_COME = "to_come", pgettext_lazy("basis of an expectation", "A new date is still to come")


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see what they need to know; a customer sees their own."""
        return self.filter(need_to_know(user) if user.is_staff else models.Q(customer__user=user))

    def active(self) -> Self:
        return self.filter(status__in=statuses.ACTIVE)

    def by_what_is_due_next(self) -> Self:
        """Most pressing first; tickets without a running clock last."""
        return self.order_by(models.F("next_due_at").asc(nulls_last=True), "pk")


class Ticket(models.Model):
    """One matter of one customer. Changed only by the functions of ``tickets.lifecycle``."""

    reference = models.CharField(_("reference"), max_length=9, unique=True, default=references.generate, editable=False)
    customer = models.ForeignKey(
        "tickets.Customer", on_delete=models.PROTECT, related_name="tickets", verbose_name=_("customer")
    )
    order = models.ForeignKey("tickets.Order", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    order_line = models.ForeignKey(
        "tickets.OrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="tickets", verbose_name=_("category"))
    intake_form = models.ForeignKey(IntakeForm, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(_("subject"), max_length=200)
    impact = models.CharField(
        _("what it stops them from doing"), max_length=10, choices=priorities.impact_choices, blank=True
    )
    priority = models.CharField(_("priority"), max_length=10, choices=priorities.choices, default=Priority.NORMAL)
    status = models.CharField(_("status"), max_length=10, choices=statuses.choices, default=Status.NEW)
    tier = models.ForeignKey(
        "tickets.EscalationTier", on_delete=models.PROTECT, related_name="tickets", verbose_name=_("tier")
    )
    team = models.ForeignKey("tickets.Team", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("team"))
    assignee = models.ForeignKey(
        "tickets.Agent",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("assignee"),
    )
    routing = models.JSONField(_("why this assignee"), default=dict, editable=False)
    followers = models.ManyToManyField(
        "tickets.Agent", blank=True, related_name="followed", verbose_name=_("followers")
    )
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PORTAL)
    notice = models.ForeignKey("tickets.PolicyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    follow_up_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    # SET_NULL would never happen (messages are not deleted); it only breaks the circle for the database.
    last_message = models.ForeignKey("tickets.Message", null=True, on_delete=models.SET_NULL, related_name="+")
    next_due_at = models.DateTimeField(_("due next"), null=True, editable=False)
    next_due_metric = models.CharField(max_length=12, blank=True, editable=False)
    next_update_at = models.DateTimeField(_("next update to the customer by"), null=True, editable=False)
    update_minutes = models.PositiveIntegerField(
        _("minutes between updates to the customer, if not the tier’s"), null=True, blank=True, editable=False
    )
    expected_from = models.DateTimeField(_("expected to be solved from"), null=True, editable=False)
    expected_until = models.DateTimeField(_("expected to be solved by"), null=True, editable=False)
    expected_basis = models.CharField(max_length=10, choices=Basis, blank=True, editable=False)
    expected_sample = models.PositiveIntegerField(null=True, editable=False)
    outage = models.ForeignKey(
        "tickets.Outage",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tickets",
        verbose_name=_("outage"),
    )
    reopened_count = models.PositiveSmallIntegerField(_("reopened"), default=0, editable=False)
    created_at = models.DateTimeField(_("opened"))
    updated_at = models.DateTimeField(_("last changed"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    field_classes = {
        "personal": ("subject",),
        "operational": (
            "id", "reference", "customer", "order", "order_line", "category", "intake_form", "impact", "priority",
            "status", "tier", "team", "assignee", "routing", "followers", "language", "channel", "notice",
            "follow_up_of", "merged_into", "last_message", "next_due_at", "next_due_metric", "next_update_at",
            "update_minutes", "expected_from", "expected_until", "expected_basis", "expected_sample", "outage",
            "reopened_count", "created_at", "updated_at", "resolved_at", "closed_at",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = pgettext_lazy("customer's case", "ticket")
        verbose_name_plural = pgettext_lazy("customers' cases", "tickets")
        permissions = [(READ_RESTRICTED, "Can read every restricted case")]
        indexes = [
            # The agents' queue: PostgreSQL keeps nulls at the end of an ascending index by itself.
            models.Index(
                fields=["next_due_at", "id"],
                name="queue_by_due",
                condition=models.Q(status__in=["new", "open", "pending", "on_hold"]),
            ),
            # Routing adds up what each agent has, from the index alone; and "mine".
            models.Index(fields=["assignee", "status", "category"], name="load_of_an_agent"),
            models.Index(fields=["customer", "-created_at"], name="tickets_of_a_customer"),  # the portal's lists
            # The sweep that closes what was resolved a week ago.
            models.Index(fields=["resolved_at"], name="resolved_to_close", condition=models.Q(status="resolved")),
            # The sweep that looks for cases that take longer than their customer was told. Not those that wait for the
            # customer, who may keep us waiting for as long as they like.
            models.Index(
                fields=["expected_until"],
                name="expectations_to_keep",
                condition=models.Q(status__in=["new", "open", "on_hold"], expected_until__isnull=False),
            ),
            # Measuring how long the cases of a topic take.
            models.Index(fields=["category", "resolved_at"], name="solved_of_a_topic"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="not_merged_into_itself"),
            models.CheckConstraint(
                condition=models.Q(status__in=["resolved", "closed"]) | models.Q(resolved_at__isnull=True),
                name="resolved_when_done",
            ),
            models.CheckConstraint(
                condition=models.Q(expected_from__isnull=True, expected_until__isnull=True)
                | models.Q(expected_from__lte=models.F("expected_until")),
                name="expected_from_before_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def meaning(self) -> statuses.Meaning:
        return statuses.MEANINGS[self.status]

    @property
    def is_done(self) -> bool:
        return self.status in statuses.DONE
