"""Every kind of mail in every language, as somebody with these reading needs would get it. Nothing is sent or kept."""

from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Self

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from tickets.outbox import samples
from tickets.outbox.kinds import KINDS
from tickets.outbox.models import OutgoingMail
from tickets.people import languages
from tickets.people.models import ReadingNeeds
from tickets.workspace.access import View
from tickets.workspace.forms import DeskForm
from tickets.workspace.mailbox import framed
from tickets.workspace.pages import desk_page
from tickets.workspace.words import mail_kind


class PreviewForm(DeskForm):
    """What to look at. ``number`` counts the samples of a kind from 1, as people do."""

    kind = forms.ChoiceField(label=pgettext_lazy("mail", "Kind"), choices=lambda: [(k, mail_kind(k)) for k in KINDS])
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages.choices)
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("The reader needs"),
        choices=ReadingNeeds.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    number = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        chosen = super().clean() or self.cleaned_data
        kind, number = chosen.get("kind"), chosen.get("number") or 1
        if kind and number > samples.count(kind):
            self.add_error("number", gettext_lazy("There is no such sample."))
        return {**chosen, "number": number}


@dataclass(frozen=True, slots=True)
class Preview:
    """What was asked for, and the addresses of what lies next to it."""

    kind: str
    language: str
    needs: tuple[str, ...]
    number: int = 1

    @classmethod
    def asked_for(cls, form: PreviewForm) -> Self:
        """Raises Http404 for what there is not; the form itself offers nothing of the kind."""
        if not form.is_valid():
            raise Http404
        chosen = form.cleaned_data
        return cls(chosen["kind"], chosen["language"], tuple(chosen["needs"]), chosen["number"])

    @property
    def query(self) -> str:
        return self._query(self.kind, self.number)

    @property
    def cases(self) -> list[tuple[int, str]]:
        """Each case that this kind is written for: its number and its query."""
        return [(number, self._query(self.kind, number)) for number in range(1, samples.count(self.kind) + 1)]

    @property
    def before(self) -> str:
        return self._beside(-1)

    @property
    def after(self) -> str:
        return self._beside(+1)

    def written(self, at: datetime) -> OutgoingMail:
        return samples.render(self.kind, self.language, at=at, needs=self.needs, number=self.number - 1)

    def _beside(self, step: int) -> str:
        """The query of another kind in the order of the list, which begins again at its end."""
        kinds = list(KINDS)
        return self._query(kinds[(kinds.index(self.kind) + step) % len(kinds)], 1)

    def _query(self, kind: str, number: int) -> str:
        query = QueryDict(mutable=True)
        query.update({"kind": kind, "language": self.language, "number": str(number)})
        query.setlist("needs", list(self.needs))
        return query.urlencode()


def for_readers_of_mail(view: View) -> View:
    """Refuse whoever may not read the outgoing mail. Goes inside of ``AdminSite.admin_view``."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not admin.site.get_model_admin(OutgoingMail).has_view_permission(request):
            raise PermissionDenied(_("Your role does not include this. Whoever runs the desk can give it to you."))
        return view(request)

    return guarded


@require_GET
@for_readers_of_mail
def previews(request: HttpRequest) -> HttpResponse:
    """A mail in its frame, with its text part beside it; the first kind in the reader's own language to begin with."""
    start = {"kind": next(iter(KINDS)), "language": languages.closest(translation.get_language() or "")}
    form = PreviewForm(request.GET if "kind" in request.GET else start)
    preview = Preview.asked_for(form)
    context = {
        "form": form,
        "preview": preview,
        "mail": preview.written(timezone.now()),
        "kind": mail_kind(preview.kind),
    }
    return desk_page(request, "admin/mail/previews.html", context, title=_("Mail previews"))


@require_GET
@for_readers_of_mail
def html(request: HttpRequest) -> HttpResponse:
    """The formatted part alone, for the frame."""
    mail = Preview.asked_for(PreviewForm(request.GET)).written(timezone.now())
    if not mail.html:
        raise Http404
    return framed(mail.html)
