from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("Support desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tickets.audit import kinds
        from tickets.lifecycle.kinds import KINDS
        from tickets.management import first_desk

        kinds.register(KINDS)

        # Django makes its permissions the same way: a database that was just migrated can be worked with.
        post_migrate.connect(first_desk.after_migrate, sender=self)


class DeskAdminConfig(AdminConfig):
    """The admin with the desk's own start page, queue and ticket page."""

    default_site = "tickets.workspace.site.DeskSite"
