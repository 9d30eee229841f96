"""Pages behind a signed link from a mail: open without signing in, for as long as the link holds."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def opened_by(find: Callable[[str], tuple[Any, ...] | None], closed: str) -> Callable[[View], View]:
    """Hand what the link's token leads to on to the view; the page ``closed``, which says why, where it does not hold.

    ``find`` raises ``django.core.signing.BadSignature``, and returns None for what is no longer there.
    """

    def decorator(view: View) -> View:
        @login_not_required
        # The address is the key to the page, so nobody else's site may see it.
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            try:
                found = find(token)
            except SignatureExpired:
                found = None
            except BadSignature:
                return render(request, closed, status=404)
            if found is None:
                return render(request, closed, {"expired": True}, status=410)
            return view(request, token, *found)

        return opened

    return decorator
