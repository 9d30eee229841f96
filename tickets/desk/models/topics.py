from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.desk import priorities
from tickets.desk.priorities import Priority


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
    expected_days = models.PositiveSmallIntegerField(
        _("usually solved within days"),
        null=True,
        blank=True,
        help_text=_("Shown to customers until enough cases of this topic were solved to measure it."),
    )
    critical_outage = models.BooleanField(
        _("a critical outage"),
        default=False,
        help_text=_("Every case of this topic sets off the escalation rules for a critical outage at once."),
    )

    field_classes = {
        "public": (
            "id", "slug", "name", "description", "position", "active", "complexity",
            "restricted", "team", "skill", "first_tier", "default_priority", "expected_days", "critical_outage",
        )
    }  # fmt: skip

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [models.CheckConstraint(condition=models.Q(complexity__range=(1, 5)), name="complexity_1_to_5")]

    def __str__(self) -> str:
        return self.name


class CategoryHistory(models.Model):
    """How long the cases of a topic really took: measured from those that were solved lately, anew every hour.

    ``half_within`` and ``most_within`` are the times from opening to solution that 50 and 80 percent of them needed.
    """

    # What was measured of a topic goes with the topic.
    category = models.OneToOneField(Category, on_delete=models.CASCADE, primary_key=True, related_name="history")
    sample = models.PositiveIntegerField(_("solved cases that were measured"))
    half_within = models.DurationField(_("half of them within"))
    most_within = models.DurationField(_("four fifths of them within"))
    measured_at = models.DateTimeField(_("measured"))

    field_classes = {"public": ("category", "sample", "half_within", "most_within", "measured_at")}

    class Meta:
        verbose_name = _("measured time to a solution")
        verbose_name_plural = _("measured times to a solution")

    def __str__(self) -> str:
        return f"{self.category_id} {self.most_within}"
