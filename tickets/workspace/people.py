"""Customers, agents, users and what agents know."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tickets import lifecycle, zones
from tickets.audit.actor import Actor
from tickets.outbox import suspensions
from tickets.people.addresses import vouch_for_address
from tickets.people.models import Agent, AgentSkill, Customer, Fluency, Plan, ReadingNeeds, Skill, Team, User
from tickets.workspace.admins import DeskAdmin, DeskInline, TickBoxesAdmin, codes_field


class ZoneField(forms.ChoiceField):
    """A place from the list instead of a name typed from memory."""

    def __init__(self) -> None:
        super().__init__(choices=zones.choices, label=_("Time zone"))


class CustomerForm(forms.ModelForm):
    time_zone = ZoneField()
    reading_needs = codes_field(ReadingNeeds.choices, label=_("reading needs"))

    class Meta:
        model = Customer
        fields = ["name", "email", "language", "time_zone", "country", "plan", "reading_needs"]


@admin.register(Customer)
class CustomerAdmin(DeskAdmin):
    """Read mostly: a customer changes their own details in the portal."""

    form = CustomerForm
    list_display = ["name", "email", "language", "plan", "country", "cases"]
    list_filter = ["language", "plan"]
    search_fields = ["name__istartswith", "email__istartswith"]
    search_help_text = _("The beginning of a name or of an e-mail address")
    readonly_fields = ["our_mail", "user", "created_at", "erased_at", "cases"]
    fields = [
        "name",
        "email",
        "our_mail",
        "language",
        "time_zone",
        "country",
        "plan",
        "reading_needs",
        "user",
        "created_at",
        "erased_at",
        "cases",
    ]

    @admin.display(description=_("cases"))
    def cases(self, customer: Customer) -> str:
        """A search of the queue: the number would be one more query a row."""
        address = reverse("admin:queue", query={"q": customer.email})
        return format_html('<a href="{}">{}</a>', address, _("Cases of this customer")) if customer.pk else ""

    @admin.display(description=_("mail from us"))
    def our_mail(self, customer: Customer) -> str:
        """Whether it reaches them."""
        suspension = suspensions.is_suspended(customer.email)
        if suspension is None:
            return pgettext("mail to a customer", "Goes to this address")
        address = reverse("admin:tickets_suspension_changelist", query={"q": suspension.address})
        return format_html('<a href="{}">{}</a>', address, suspension.get_cause_display())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """Deadlines hang on the plan, and mail that is held back on the address: both are changed by what moves those, too."""
        by, at = Actor.of(request.user), timezone.now()
        plan, obj.plan = Plan(obj.plan), form.initial["plan"]
        super().save_model(request, obj, form, change)
        lifecycle.change_plan(obj, plan=plan, by=by, at=at)
        if "email" in form.changed_data:
            suspensions.move(form.initial["email"], obj.email, customer_id=obj.pk, by=by, at=at)


class UserForm(UserChangeForm):
    time_zone = ZoneField()

    class Meta(UserChangeForm.Meta):
        model = User
        fields = "__all__"


class NewUserForm(AdminUserCreationForm):
    class Meta(AdminUserCreationForm.Meta):
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(TickBoxesAdmin, DeskAdmin, DjangoUserAdmin):
    """Who may sign in. Rights come with roles, and with being an agent; single rights are nobody's to hand out."""

    form = UserForm
    add_form = NewUserForm
    for_agents = False
    list_display = ["email", "name", "is_staff", "is_active"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["name__istartswith", "email__istartswith"]
    search_help_text = _("The beginning of a name or of an e-mail address")
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "language", "time_zone"]}),
        (_("At the desk"), {"fields": ["is_active", "is_staff", "groups"]}),
        (_("The whole installation"), {"fields": ["is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "usable_password", "password1", "password2"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only who has every right may give every right, directly or through a role."""
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else [*fixed, "is_superuser", "groups"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A lead does not reset the password of somebody with more rights than their own."""
        return not (obj and _is_above(obj, request.user)) and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            vouch_for_address(obj)


def _is_above(other: User, user: Any) -> bool:
    """Whether somebody has a role that this user lacks, and that a new password for them would hand over."""
    if user.is_superuser:
        return False
    return other.is_superuser or other.groups.exclude(pk__in=user.groups.all()).exists()


class FluencyInline(DeskInline):
    model = Fluency


class AgentSkillInline(DeskInline):
    model = AgentSkill


@admin.register(Agent)
class AgentAdmin(TickBoxesAdmin, DeskAdmin):
    """Who answers. Making somebody an agent lets them into the desk."""

    list_display = ["__str__", "tier", "available", "capacity"]
    list_filter = ["available"]
    list_select_related = ["user", "tier"]
    search_fields = ["user__name__istartswith", "user__email__istartswith"]
    autocomplete_fields = ["user"]
    inlines = [FluencyInline, AgentSkillInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Cases and promises stay with whom they were given to: another person is another agent."""
        return ["user"] if obj else []

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.user.is_staff:
            obj.user.is_staff = True
            obj.user.save(update_fields=["is_staff"])


@admin.register(Team, Skill)
class NameAdmin(DeskAdmin):
    search_fields = ["name"]


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(TickBoxesAdmin, DeskAdmin, DjangoGroupAdmin):  # type: ignore[misc]
    """Roles. For whoever runs the installation."""

    for_agents = False
    filter_horizontal = []
