"""What a summary says of each kind of mail that it stands for: how many, in a whole sentence of the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import ngettext

LISTED: Final = 20
"""So many cases a summary names; the queue has them all."""


def tallies(counts: Mapping[str, int]) -> list[str]:
    """One sentence for each kind that there was; kinds that have none of their own share the last one."""
    said = [_sentence(kind, counts[kind]) for kind in SENTENCES if counts.get(kind)]
    others = sum(number for kind, number in counts.items() if kind not in SENTENCES)
    return [*said, _others(others)] if others else said


def _missed(number: int) -> str:
    return ngettext(
        "%(number)s deadline of your cases was missed.", "%(number)s deadlines of your cases were missed.", number
    )


def _due_soon(number: int) -> str:
    return ngettext(
        "%(number)s deadline of your cases comes near.", "%(number)s deadlines of your cases come near.", number
    )


def _handed_over(number: int) -> str:
    return ngettext("%(number)s case was handed to you.", "%(number)s cases were handed to you.", number)


def _followed(number: int) -> str:
    return ngettext(
        "There was %(number)s event in cases that you follow.",
        "There were %(number)s events in cases that you follow.",
        number,
    )


def _assigned(number: int) -> str:
    return ngettext("%(number)s case was assigned to you.", "%(number)s cases were assigned to you.", number)


def _customer_wrote(number: int) -> str:
    return ngettext(
        "%(number)s message from a customer came in on your cases.",
        "%(number)s messages from customers came in on your cases.",
        number,
    )


def _somebody_wrote(number: int) -> str:
    return ngettext(
        "%(number)s mail on your cases is from somebody else than the customer.",
        "%(number)s mails on your cases are from somebody else than the customer.",
        number,
    )


def _attempts(number: int) -> str:
    return ngettext(
        "A customer said %(number)s time whether a solution worked.",
        "Customers said %(number)s times whether a solution worked.",
        number,
    )


def _expectations(number: int) -> str:
    return ngettext(
        "%(number)s case needs a new date for its solution.",
        "%(number)s cases need new dates for their solutions.",
        number,
    )


def _promises_handed_over(number: int) -> str:
    return ngettext("%(number)s promise was handed to you.", "%(number)s promises were handed to you.", number)


def _promises(number: int) -> str:
    return ngettext("%(number)s promise was not kept in time.", "%(number)s promises were not kept in time.", number)


def _rules(number: int) -> str:
    return ngettext(
        "An escalation rule that tells you applied to a case %(number)s time.",
        "Escalation rules that tell you applied to a case %(number)s times.",
        number,
    )


SENTENCES = {
    "missed": _missed,
    "due_soon": _due_soon,
    "handed_over": _handed_over,
    "assigned": _assigned,
    "customer_wrote": _customer_wrote,
    "somebody_wrote": _somebody_wrote,
    "attempt_answered": _attempts,
    "expectation_wanted": _expectations,
    "promise_handed_over": _promises_handed_over,
    "followed": _followed,
    "promise_broken": _promises,
    "rule_fired": _rules,
}


def _sentence(kind: str, number: int) -> str:
    return SENTENCES[kind](number) % {"number": number}


def _others(number: int) -> str:
    message = ngettext(
        "%(number)s other thing happened that we would have written about.",
        "%(number)s other things happened that we would have written about.",
        number,
    )
    return message % {"number": number}
