"""What we hold about a customer, as they see it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.conversations.access import for_customers, signed_in
from portal.mydata.forms import PreferencesForm
from tickets.attachments.models import Attachment
from tickets.audit.actor import Actor
from tickets.desk.models import Message, Ticket
from tickets.orders.models import Order
from tickets.outbox import suspensions
from tickets.people import actions as people
from tickets.people.models import Customer
from tickets.privacy.export import export
from tickets.privacy.models import PolicyVersion


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def overview(request: HttpRequest, customer: Customer) -> HttpResponse:
    """What we hold, in numbers; and what the customer can change by themselves."""
    form = PreferencesForm(request.POST or None, initial=_preferences(customer))
    if form.is_valid():
        people.set_preferences(customer, **form.cleaned_data)
        # In the language that was just chosen, like the page that shows it.
        with translation.override(customer.language):
            messages.success(request, _("Saved. It holds for every page and every mail from now on."))
        return redirect("mydata:overview")
    return render(request, "portal/mydata/overview.html", {"form": form, "customer": customer, "held": _held(request)})


@require_POST
@for_customers
def mail_again(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Mail to the customer came back, or was called spam: they say that it reaches them, or that they want it."""
    if suspensions.lift(customer.email, by=Actor.of(signed_in(request)), at=timezone.now()):
        messages.success(
            request, _("We write to you again from now on. If mail comes back once more, you read it here.")
        )
    return redirect("conversations:home")


@never_cache
@require_POST
@for_customers
def copy(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Everything we hold, as a file to keep (GDPR article 20)."""
    at = timezone.now()
    response = JsonResponse(
        export(customer, at=at, for_customer=True), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localtime(at):%Y-%m-%d}.json"'
    return response


@login_not_required
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The privacy notice that is in force; without one, what holds anyway."""
    in_force = PolicyVersion.objects.filter(kind=PolicyVersion.Kind.INTAKE, published_at__lte=timezone.now())
    return render(request, "portal/mydata/notice.html", {"notice": in_force.order_by("-version").first()})


def _preferences(customer: Customer) -> dict[str, Any]:
    return {name: getattr(customer, name) for name in PreferencesForm.base_fields}


def _held(request: HttpRequest) -> dict[str, int]:
    """How much there is of each kind, counted among what the customer may see."""
    user = signed_in(request)
    return {
        "requests": Ticket.objects.visible_to(user).count(),
        "messages": Message.objects.visible_to(user).count(),
        "files": Attachment.objects.visible_to(user).count(),
        "orders": Order.objects.visible_to(user).count(),
    }
