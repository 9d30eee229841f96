import uuid
from collections import defaultdict
from datetime import date, time

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import zones
from tickets.calendars.drafts import Day, Draft
from tickets.calendars.rules import OpeningHours, WallHours


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class CalendarQuerySet(models.QuerySet["Calendar"]):
    def with_hours(self) -> "CalendarQuerySet":
        return self.prefetch_related("intervals", "dates")


class Calendar(models.Model):
    """When a team is at work: weekly hours in local time, holidays, and single dates with other hours."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[zones.validate], default="Europe/Rome")
    country = models.CharField(_("country for public holidays"), max_length=2, blank=True)
    subdivision = models.CharField(_("region for public holidays"), max_length=40, blank=True)

    # The last year whose public holidays somebody looked through and decided about.
    holidays_reviewed_until = models.PositiveSmallIntegerField(_("holidays reviewed up to"), null=True, editable=False)

    # Drawn anew by every edit: whoever keeps calculated hours keeps them under this.
    edition = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = CalendarQuerySet.as_manager()

    field_classes = {
        "public": ("id", "name", "time_zone", "country", "subdivision", "holidays_reviewed_until", "edition")
    }

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def draft(self) -> Draft:
        """The calendar as a value; comes with its lines (:meth:`CalendarQuerySet.with_hours`)."""
        weekly: dict[int, list[tuple[time, time]]] = defaultdict(list)
        for interval in self.intervals.all():
            weekly[interval.weekday].append((interval.opens, interval.closes))
        days: dict[date, Day] = {}
        for line in self.dates.all():
            days[line.date] = Day(line.name, (*days.get(line.date, Day("")).hours, *line.hours))
        return Draft(self.name, self.time_zone, {day: tuple(sorted(spans)) for day, spans in weekly.items()}, days)

    def hours(self) -> OpeningHours:
        """The calendar as a value to calculate with; raises InvalidHours when it contradicts itself or never opens."""
        return self.draft().hours()


class OpeningInterval(models.Model):
    """One stretch of a weekday; a lunch break is just two intervals. ``00:00`` as closing means the end of the date."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="intervals")  # a line of the calendar
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    field_classes = {"public": ("id", "calendar", "weekday", "opens", "closes")}

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class CalendarDate(models.Model):
    """A date on which the weekly hours do not apply: a holiday when no hours are given, else these hours instead."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="dates")  # a line of the calendar
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("Leave both times empty for a holiday."))
    closes = models.TimeField(_("closes"), null=True, blank=True)

    field_classes = {"public": ("id", "calendar", "date", "name", "opens", "closes")}

    class Meta:
        verbose_name = pgettext_lazy("calendar", "holiday or special day")
        verbose_name_plural = pgettext_lazy("calendar", "holidays and special days")
        ordering = ["date", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date", "opens"],
                name="one_line_per_date_and_opening",
                violation_error_message=_("This date is already in the calendar. Change that line instead."),
            ),
            # By itself, because a database takes two lines without a time for different ones.
            models.UniqueConstraint(
                fields=["calendar", "date"],
                name="one_holiday_per_date",
                condition=models.Q(opens__isnull=True),
                violation_error_message=_("This date is already in the calendar. Change that line instead."),
            ),
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False),
                name="both_times_or_none",
                violation_error_message=_("Give both times, or neither for a holiday."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"

    @property
    def hours(self) -> WallHours:
        """The line's one interval; none on a holiday."""
        return () if self.opens is None or self.closes is None else ((self.opens, self.closes),)
