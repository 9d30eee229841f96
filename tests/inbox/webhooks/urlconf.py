"""Every provider's webhooks, as a desk would have them that names all of them."""

from django.urls import include, path

from portal.urls import urlpatterns as site
from tickets.inbox.webhooks.urls import PROVIDERS, mounted

urlpatterns = [path("mail/hooks/", include(mounted(PROVIDERS))), *site]
