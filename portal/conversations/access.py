"""Who stands before these pages: a customer. Staff work in the admin."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from tickets.people import actions as people
from tickets.people.models import User


def for_customers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the signed-in person's ``Customer`` to the view as its second argument; lead staff to their workspace.

    Staff who are customers too sign in with another address here: ``visible_to`` would show them everybody's requests.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user = signed_in(request)
        if user.is_staff:
            return redirect("admin:index")
        # Made when they signed in; missing only where somebody stopped being staff while they were.
        customer = getattr(user, "customer", None) or people.customer_for(user)
        return view(request, customer, **kwargs)

    return guarded


def signed_in(request: HttpRequest) -> User:
    """The user behind the request: LoginRequiredMiddleware sends strangers away before a view is called."""
    return cast(User, request.user)
