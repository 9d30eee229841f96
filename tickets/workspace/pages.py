"""How the desk's own screens are rendered: Django's pages carry more than they need."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tickets.workspace.access import may_work


def desk_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """Render a template that extends ``admin/desk.html``.

    Not ``AdminSite.each_context``: its list of all models costs more than the rest of a page.
    """
    site = admin.site
    # The name space that {% url 'admin:…' %} is resolved in.
    request.current_app = site.name
    frame = {
        "title": title,
        "site_title": site.site_title,
        "site_header": site.site_header,
        "site_url": site.site_url,
        "has_permission": True,
        "may_work": may_work(request.user),
    }
    return render(request, template, {**frame, **context}, status=status)
