"""The floor: the least that a page of 25 rows for a signed-in user costs in Django. Other pages are read against it."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from tickets.models import Ticket

TEMPLATE = (
    "<ul>{% for ticket in tickets %}"
    "<li>{{ ticket.reference }} {{ ticket.subject }} {{ ticket.status }}</li>"
    "{% endfor %}</ul>"
)


def floor(request: HttpRequest) -> HttpResponse:
    tickets = Ticket.objects.filter(status="new").order_by("-pk")[:25]
    return HttpResponse(
        engines["django"].from_string(TEMPLATE).render({"tickets": tickets, "user": request.user}, request)
    )


urlpatterns = [path("floor/", floor), path("", include("portal.urls"))]
