from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import health, languages
from tickets.inbox.webhooks.urls import mounted

site = [
    path("language/", languages.choose, name="language"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include((site, "portal"))),
    path("", include("portal.conversations.urls")),
    path("help/", include("portal.help.urls")),
    path("my-data/", include("portal.mydata.urls")),
    path("notifications/", include("portal.notifications.urls")),
    path("rate/", include("portal.feedback.urls")),
    path("solution/", include("portal.solutions.urls")),
    path("verify/", include("portal.verify.urls")),
    path("mail/hooks/", include(mounted(settings.MAIL_WEBHOOKS))),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
