"""Who may do what at the desk: everybody on the staff may look, agents (and whoever runs the desk) work."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tickets.people.models import Agent

View = Callable[..., HttpResponse]


def agent_of(user: Any) -> Agent | None:
    """The agent who is signed in; None for staff who do not answer customers."""
    return getattr(user, "agent", None)


def may_work(user: Any) -> bool:
    """Whether this user may change tickets and write to customers."""
    return user.is_superuser or agent_of(user) is not None


def entitled(right: str) -> Callable[[View], View]:
    """Refuse whoever lacks a right, such as ``tickets.change_escalation``. Goes inside of ``AdminSite.admin_view``."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(right):
                raise PermissionDenied(_("Your role does not include this. Whoever runs the desk can give it to you."))
            return view(request, *args, **kwargs)

        return guarded

    return guard


def working(view: View) -> View:
    """Refuse whoever may look but not work, such as a privacy officer. Goes inside of ``AdminSite.admin_view``."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_work(request.user):
            raise PermissionDenied(_("Only agents answer customers and change tickets."))
        return view(request, *args, **kwargs)

    return guarded
