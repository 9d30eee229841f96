from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Sportello"

    def ready(self) -> None:
        from portal import checks, mail_checks  # noqa: F401  (registers them)
