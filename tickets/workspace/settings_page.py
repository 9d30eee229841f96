"""What leads set up, said in words: the admin's own list of models tells those who know the models."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tickets import models
from tickets.workspace.pages import desk_page


@dataclass(frozen=True, slots=True)
class Entry:
    model: type[Model]
    explanation: str | LazyText

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def url_name(self) -> str:
        return f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}_changelist"


@dataclass(frozen=True, slots=True)
class Group:
    title: str | LazyText
    entries: Sequence[Entry]


GROUPS: Final = (
    Group(
        gettext_lazy("What we promise"),
        (
            Entry(models.SLAPolicy, gettext_lazy("How soon we answer whom, and how soon we solve it.")),
            Entry(models.Calendar, gettext_lazy("When the desk is open. Holidays, and days with other hours.")),
            Entry(
                models.EscalationTier,
                gettext_lazy("The ladder: who takes over, and how often the customer then hears from us."),
            ),
            Entry(models.EscalationRule, gettext_lazy("When a case climbs the ladder by itself.")),
        ),
    ),
    Group(
        gettext_lazy("What customers can ask"),
        (
            Entry(models.Category, gettext_lazy("The topics, and who answers them with which priority.")),
            Entry(models.IntakeForm, gettext_lazy("The questions that each topic begins with.")),
            Entry(
                models.PolicyVersion, gettext_lazy("What customers read about their data before they send a request.")
            ),
        ),
    ),
    Group(
        gettext_lazy("What we answer"),
        (
            Entry(models.CannedReply, gettext_lazy("Ready answers in every language.")),
            Entry(models.HelpArticle, gettext_lazy("Answers that customers find by themselves.")),
            Entry(
                models.Outage,
                gettext_lazy("What many customers suffer from at once, and what we write to all of them."),
            ),
        ),
    ),
    Group(
        gettext_lazy("Who works here"),
        (
            Entry(models.Agent, gettext_lazy("Tier, languages, skills and how many cases at once.")),
            Entry(models.Team, gettext_lazy("Who answers together.")),
            Entry(models.Skill, gettext_lazy("What somebody has to know for a topic.")),
            Entry(models.User, gettext_lazy("Who may sign in, and with which role.")),
        ),
    ),
    Group(
        gettext_lazy("What is on record"),
        (
            Entry(models.OutgoingMail, gettext_lazy("Every mail we sent, and what became of it.")),
            Entry(models.RawMail, gettext_lazy("Every mail that came in, and what waits for a decision.")),
            Entry(models.Suspension, gettext_lazy("Addresses that get no automatic mail, and why.")),
            Entry(models.AuditEntry, gettext_lazy("Everything that happened to a ticket, line by line.")),
            Entry(models.Rating, gettext_lazy("What customers thought of our answers.")),
            Entry(models.Order, gettext_lazy("The shop’s orders as we know them.")),
        ),
    ),
)


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Only what the reader may at least look at."""
    groups = [
        Group(group.title, [entry for entry in group.entries if _may_view(request, entry.model)]) for group in GROUPS
    ]
    context: dict[str, Any] = {"groups": [group for group in groups if group.entries]}
    return desk_page(request, "admin/settings.html", context, title=_("Settings"))


def _may_view(request: HttpRequest, model: type[Model]) -> bool:
    return admin.site.get_model_admin(model).has_view_permission(request)
