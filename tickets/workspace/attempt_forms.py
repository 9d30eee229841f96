"""What agents type about proposed solutions: the composer's section, and what a customer said about one."""

from collections.abc import Iterable, Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets.desk.models import Attempt
from tickets.fields import WrittenField
from tickets.knowledge.models import HelpArticle
from tickets.lifecycle import Proposal
from tickets.replies.models import CannedReply
from tickets.workspace.forms import DeskForm, own_words


class AttemptForm(DeskForm):
    """Makes an answer a proposed solution; left empty, the answer proposes none. ``offered`` are the ticket's canned replies."""

    prefix = "attempt"

    step = WrittenField(
        label=_("What the customer should try"),
        help_text=_(
            "In a few words of the customer’s language, such as “Reset the tank sensor”. They are asked whether it worked."
        ),
        required=False,
        max_length=300,
        widget=forms.TextInput({"dir": "auto"}),
    )
    article = forms.CharField(
        label=_("Help article that it comes from"),
        help_text=_("Paste the article’s address. The customer gets a link to it."),
        required=False,
        max_length=500,
        widget=forms.TextInput({"dir": "ltr", "inputmode": "url"}),
    )
    canned_reply = forms.ChoiceField(label=_("Canned reply that it comes from"), required=False)

    def __init__(self, offered: Iterable[CannedReply], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.offered = {str(reply.pk): reply for reply in offered}
        field: Any = self.fields["canned_reply"]
        field.choices = [("", _("None")), *((key, reply.title) for key, reply in self.offered.items())]

    @classmethod
    def as_typed(cls, offered: Iterable[CannedReply], data: Mapping[str, str]) -> Self:
        """The section with what somebody has typed, not judged yet."""
        typed = {name: data.get(f"{cls.prefix}-{name}", "") for name in cls.base_fields}
        return cls(offered, initial=typed)

    @property
    def is_used(self) -> bool:
        """Whether something stands in it: then the page shows it unfolded."""
        return any(self[name].value() for name in self.fields)

    def clean_article(self) -> HelpArticle | None:
        typed = self.cleaned_data["article"].strip()
        if not typed:
            return None
        slug = urlsplit(typed).path.rstrip("/").rpartition("/")[2]
        article = HelpArticle.objects.filter(slug=slug, published=True).first()
        if article is None:
            raise ValidationError(_("No help article has this address. Copy it from the help centre."))
        return article

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if (cleaned.get("article") or cleaned.get("canned_reply")) and not cleaned.get("step"):
            self.add_error("step", _("Say what the customer should try."))
        return cleaned

    def proposal(self) -> Proposal | None:
        """What goes on record with the answer; of a valid form."""
        if not self.cleaned_data["step"]:
            return None
        canned_reply = self.offered.get(self.cleaned_data["canned_reply"])
        return Proposal(self.cleaned_data["step"], self.cleaned_data["article"], canned_reply)


class OutcomeForm(DeskForm):
    """What a customer said about a proposed solution, such as on the telephone."""

    outcome = forms.ChoiceField(
        label=_("What the customer said"),
        choices=[(outcome.value, outcome.label) for outcome in (Attempt.Outcome.WORKED, Attempt.Outcome.FAILED)],
        widget=forms.RadioSelect,
    )
    words = WrittenField(
        label=_("In their words"),
        help_text=_("Goes into the conversation as theirs. You can leave this empty."),
        required=False,
        max_length=5_000,
        widget=own_words(3),
    )

    @property
    def worked(self) -> bool:
        return bool(self.cleaned_data["outcome"] == Attempt.Outcome.WORKED)
