import re
import uuid
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import formats
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.audit.actor import ActorKind
from tickets.desk import priorities, references, statuses
from tickets.desk.priorities import Priority
from tickets.desk.statuses import Status
from tickets.people import languages
from tickets.people.need_to_know import READ_RESTRICTED, need_to_know


class Category(models.Model):
    """A topic that customers choose from, and what it means for the desk: who answers, how soon, with which questions."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("in the customer's words"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("offered to customers"), default=True)
    complexity = models.PositiveSmallIntegerField(
        _("complexity, 1 to 5"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("A complex case weighs more when we look for who has room."),
    )
    restricted = models.BooleanField(
        _("restricted: only for those who need to know"),
        default=False,
        help_text=_("Only the team below, whoever has the case, leads and privacy officers can read it."),
    )
    team = models.ForeignKey("tickets.Team", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("team"))
    skill = models.ForeignKey(
        "tickets.Skill", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("needed skill")
    )
    first_tier = models.ForeignKey(
        "tickets.EscalationTier", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("first tier")
    )
    default_priority = models.CharField(
        _("priority, at least"), max_length=10, choices=priorities.choices, default=Priority.LOW
    )
    expected_days = models.PositiveSmallIntegerField(_("usually solved within days"), null=True, blank=True)

    field_classes = {
        "public": (
            "id", "slug", "name", "description", "position", "active", "complexity",
            "restricted", "team", "skill", "first_tier", "default_priority", "expected_days",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=models.Q(complexity__range=(1, 5)), name="complexity_1_to_5")]

    def __str__(self) -> str:
        return self.name


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


class Channel(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("channel", "Portal")
    MAIL = "mail", pgettext_lazy("channel", "Mail")
    STAFF = "staff", pgettext_lazy("channel", "Written down by staff")


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
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="not_merged_into_itself"),
            models.CheckConstraint(
                condition=models.Q(status__in=["resolved", "closed"]) | models.Q(resolved_at__isnull=True),
                name="resolved_when_done",
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


class IntakeAnswer(models.Model):
    """What the customer answered to one guided question."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="answers")
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


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> Self:
        """Staff read notes too, of tickets that they need to know; a customer the public messages of their own tickets."""
        if user.is_staff:
            return self.filter(need_to_know(user, "ticket__"))
        return self.filter(ticket__customer__user=user, internal=False)


class Message(models.Model):
    """What somebody wrote. Never edited: a mistake is corrected by another message."""

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
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    at = models.DateTimeField(_("time"))

    objects = MessageQuerySet.as_manager()

    field_classes = {
        "personal": ("text", "html"),
        "operational": ("id", "ticket", "author_kind", "author", "internal", "language", "channel", "corrects", "at"),
    }

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["ticket", "at", "id"], name="conversation")]  # the ticket page, the case page

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.at:%Y-%m-%d %H:%M}"
