from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import zones
from tickets.people import languages

LEVELS = [MinValueValidator(1), MaxValueValidator(5)]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Addresses are compared without regard to case: nobody remembers how they typed theirs."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Whoever may call this from a shell vouches for the address, too."""
        # Not above: allauth's model is about this one's.
        from tickets.people.addresses import vouch_for_address

        user = self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})
        vouch_for_address(user)
        return user


class Digest(models.TextChoices):
    """How somebody at the desk is told by mail of what can wait."""

    AT_ONCE = "at_once", pgettext_lazy("notifications", "A mail for each, at once")
    HOURLY = "hourly", pgettext_lazy("notifications", "One summary an hour")
    DAILY = "daily", pgettext_lazy("notifications", "One summary a day")


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in identity: the e-mail address is the name. Staff work in the admin, everybody else in the portal."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=languages.choices, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[zones.validate])
    digest = models.CharField(_("notifications by mail"), max_length=10, choices=Digest, default=Digest.AT_ONCE)
    is_staff = models.BooleanField(_("works at the desk"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    field_classes = {
        "personal": ("email", "name", "language", "time_zone", "password", "last_login"),
        "operational": (
            "id", "digest", "is_staff", "is_active", "is_superuser", "date_joined", "groups", "user_permissions",
        ),
    }  # fmt: skip

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_per_address",
                violation_error_message=_("Somebody already signs in with this address."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return (self.name or self.email).split()[0]


class ReadingNeeds(models.TextChoices):
    """How a customer wants to be written to; obeyed in the portal and in every mail."""

    TEXT_ONLY = "text-only", pgettext_lazy("reading need", "Mail as plain text only")
    LARGE = "large", pgettext_lazy("reading need", "Large print")
    NO_IMAGES = "no-images", pgettext_lazy("reading need", "No pictures")


class Plan(models.TextChoices):
    STANDARD = "standard", pgettext_lazy("customer's plan", "Standard")
    PLUS = "plus", pgettext_lazy("customer's plan", "Plus")
    BUSINESS = "business", pgettext_lazy("customer's plan", "Business")


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: Any) -> Self:
        """Staff see every customer; a customer sees only themself."""
        return self.all() if user.is_staff else self.filter(user=user)


class Customer(models.Model):
    """Somebody who buys at the shop. May be known before they ever sign in."""

    # PROTECT: people are anonymised, never deleted.
    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.PROTECT, related_name="customer")
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=10, choices=languages.choices, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[zones.validate])
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, such as IT."))
    plan = models.CharField(_("plan"), max_length=10, choices=Plan, default=Plan.STANDARD)
    reading_needs = models.JSONField(_("reading needs"), default=list, blank=True)
    created_at = models.DateTimeField(_("known since"), default=timezone.now)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    field_classes = {
        "personal": ("name", "email", "language", "time_zone", "country", "reading_needs"),
        "operational": ("id", "user", "plan", "created_at", "erased_at"),
    }

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_customer_per_address",
                violation_error_message=_("We already know a customer with this address."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name else ""


class Skill(models.Model):
    name = models.CharField(_("skill"), max_length=80, unique=True)

    field_classes = {"public": ("id", "name")}

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    name = models.CharField(_("team"), max_length=80, unique=True)

    field_classes = {"public": ("id", "name")}

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """Somebody who answers: what they may take on, what they know, and which languages they write well."""

    # PROTECT: an agent who leaves is switched off; what they said and promised stays on record.
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="agent", verbose_name=_("user"))
    tier = models.ForeignKey(
        "tickets.EscalationTier", on_delete=models.PROTECT, related_name="agents", verbose_name=_("tier")
    )
    teams = models.ManyToManyField(Team, blank=True, related_name="agents", verbose_name=_("teams"))
    calendar = models.ForeignKey(
        "tickets.Calendar", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("working hours")
    )
    capacity = models.PositiveSmallIntegerField(_("open cases at once"), default=12)
    available = models.BooleanField(_("takes new cases"), default=True)

    field_classes = {"operational": ("id", "user", "tier", "teams", "calendar", "capacity", "available")}

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return str(self.user)


class AgentSkill(models.Model):
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="skill_levels"
    )  # a mere attribute of the agent
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(_("level, 1 to 5"), validators=LEVELS, default=3)

    field_classes = {"operational": ("id", "agent", "skill", "level")}

    class Meta:
        verbose_name = _("skill of an agent")
        verbose_name_plural = _("skills of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="one_level_per_skill"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="skill_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class Fluency(models.Model):
    agent = models.ForeignKey(
        Agent, on_delete=models.CASCADE, related_name="fluencies"
    )  # a mere attribute of the agent
    language = models.CharField(_("language"), max_length=10, choices=languages.choices)
    level = models.PositiveSmallIntegerField(_("level, 1 to 5"), validators=LEVELS, default=3)

    field_classes = {"operational": ("id", "agent", "language", "level")}

    class Meta:
        verbose_name = _("fluency of an agent")
        verbose_name_plural = _("fluency of agents")
        constraints = [
            models.UniqueConstraint(fields=["agent", "language"], name="one_level_per_language"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="fluency_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{languages.name(self.language)} {self.level}"
