"""How often the desk writes to somebody who works at it: their own choice, on a page of their own."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tickets.people import actions as people
from tickets.people.models import Digest
from tickets.workspace.forms import DeskForm
from tickets.workspace.outcomes import page


class NotificationsForm(DeskForm):
    digest = forms.ChoiceField(
        label=gettext_lazy("News that can wait"),
        choices=Digest.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Such as what a customer wrote, or that a case is yours. A summary comes at the full hour, or at eight in the"
            " morning by your clock; if you are not at work then, when you are."
        ),
        error_messages={"required": gettext_lazy("Choose how often we write to you.")},
    )


@require_http_methods(["GET", "POST"])
def notifications(request: HttpRequest) -> HttpResponse:
    """Choose between a mail for each and a summary."""
    form = NotificationsForm(request.POST or None, initial={"digest": request.user.digest})  # type: ignore[union-attr]
    if form.is_valid():
        people.set_digest(request.user, form.cleaned_data["digest"])  # type: ignore[arg-type]
        messages.success(request, _("Your choice is kept. It holds for what happens from now on."))
        return redirect("admin:notifications")
    return page(request, "admin/notifications.html", {"form": form}, _("Notifications by mail"), form)
