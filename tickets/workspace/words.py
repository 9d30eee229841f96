"""Small things in words that several screens say."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language_info, pgettext_lazy
from django.utils.translation import gettext as _

from tickets import moments
from tickets.replies.actions import Ready
from tickets.replies.rules import VARIABLES

MAIL_KINDS: Final[Mapping[str, LazyText]] = {
    "acknowledgement": pgettext_lazy("kind of mail", "Acknowledgement"),
    "reply": pgettext_lazy("kind of mail", "Answer"),
    "escalated": pgettext_lazy("kind of mail", "Who has the case now"),
    "expectation_changed": pgettext_lazy("kind of mail", "When to expect a solution"),
    "resolved": pgettext_lazy("kind of mail", "Solved? and rating"),
    "promised": pgettext_lazy("kind of mail", "Promise"),
    "promise_kept": pgettext_lazy("kind of mail", "Promise kept"),
    "promise_withdrawn": pgettext_lazy("kind of mail", "Promise withdrawn"),
    "promise_late": pgettext_lazy("kind of mail", "Promise not kept in time"),
    "request_received": pgettext_lazy("kind of mail", "Asked for somebody more senior"),
    "request_answered": pgettext_lazy("kind of mail", "Answer of a lead"),
    "assigned": pgettext_lazy("kind of mail", "To staff: assigned"),
    "rule_fired": pgettext_lazy("kind of mail", "To staff: a rule applied"),
    "followed": pgettext_lazy("kind of mail", "To staff: news of a followed case"),
    "request_late": pgettext_lazy("kind of mail", "To staff: request not answered"),
    "attempt_answered": pgettext_lazy("kind of mail", "To staff: whether a solution worked"),
    "expectation_wanted": pgettext_lazy("kind of mail", "To staff: a new date is needed"),
    "customer_wrote": pgettext_lazy("kind of mail", "To staff: the customer wrote"),
    "due_soon": pgettext_lazy("kind of mail", "To staff: due soon"),
    "handed_over": pgettext_lazy("kind of mail", "To staff: handed over"),
    "promise_due": pgettext_lazy("kind of mail", "To staff: promise due soon"),
    "promise_handed_over": pgettext_lazy("kind of mail", "To staff: promise handed over"),
    "promise_broken": pgettext_lazy("kind of mail", "To staff: promise broken"),
    "mail_bounced": pgettext_lazy("kind of mail", "To staff: mail to the customer came back"),
    "outage_update": pgettext_lazy("kind of mail", "Update about an outage"),
    "outage_overdue": pgettext_lazy("kind of mail", "To staff: an update about an outage is due"),
    "catch_up": pgettext_lazy("kind of mail", "To staff: what happened meanwhile"),
    "digest": pgettext_lazy("kind of mail", "To staff: summary"),
    "files_refused": pgettext_lazy("kind of mail", "Files that were not taken"),
    "stranger_notice": pgettext_lazy("kind of mail", "To a stranger: write in the portal"),
    "contribution_received": pgettext_lazy("kind of mail", "To somebody else: your mail came in"),
    "somebody_wrote": pgettext_lazy("kind of mail", "To staff: somebody else wrote"),
    "staff_note_kept": pgettext_lazy("kind of mail", "To staff: mail kept as a note"),
    "account": pgettext_lazy("kind of mail", "Sign-in"),
}


def mail_kind(code: str) -> str:
    return str(MAIL_KINDS.get(code, code))


def ready_in_words(ready: Ready) -> list[str]:
    """What the agent has to look at before sending a ready answer."""
    notes = []
    if ready.is_fallback:
        names = {"wanted": _language(ready.wanted), "inserted": _language(ready.language)}
        # Translators: both are names of languages.
        notes.append(
            _("There is no text in %(wanted)s yet; the one in %(inserted)s was inserted. Please translate it.") % names
        )
    if ready.empty:
        missing = moments.enumeration(VARIABLES.get(name, name) for name in ready.empty)
        notes.append(_("Nothing is known for: %(missing)s. Fill it in by hand.") % {"missing": missing})
    return notes


def _language(code: str) -> str:
    return get_language_info(code)["name_translated"]
