"""What each kind of mail is given in its samples: the usual case first, then those in which it says something else.

A fact has the name that it has in ``outbox.kinds``; a test compares the two.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from tickets import moments
from tickets.attachments.codes import Code
from tickets.desk.expectations import Reason
from tickets.desk.models import Attempt
from tickets.outbox.kinds import KINDS, Asked, Facts, Named, address
from tickets.outbox.models import OutgoingMail
from tickets.outbox.samples.scene import REFERENCE, Scene
from tickets.outbox.tallies import SENTENCES, tallies

Case = Callable[[Scene], Facts]


def _acknowledgement(scene: Scene) -> Facts:
    return {"due": scene.later(hours=22), "expected": _three_days(scene), "topic": scene.words.topic}


def _acknowledgement_without_dates(scene: Scene) -> Facts:
    return {"due": None, "expected": "", "topic": scene.words.topic}


def _reply(scene: Scene) -> Facts:
    return {
        "message": scene.message(scene.words.answer),
        "promises": [scene.refund()],
        "attempts": [Asked(scene.attempt(), scene.signed("solutions:answer"))],
        "author": scene.words.agent,
        "files": [scene.words.file],
    }


def _reply_alone(scene: Scene) -> Facts:
    return {**_reply(scene), "promises": [], "attempts": [], "author": "", "files": []}


def _escalated(cause: str) -> Case:
    return lambda scene: {
        "cause": cause,
        "agent": scene.words.lead,
        "tier": scene.words.tier,
        "due": scene.later(hours=26),
    }


def _escalated_to_a_group(scene: Scene) -> Facts:
    return {**_escalated("agent")(scene), "agent": "", "due": None}


def _request_answered(scene: Scene) -> Facts:
    return {
        **_reply_alone(scene),
        "author": scene.words.lead,
        "accepted": True,
        "agent": scene.words.lead,
        "tier": scene.words.tier,
        "due": scene.later(hours=26),
    }


def _request_refused(scene: Scene) -> Facts:
    return {**_reply_alone(scene), "author": scene.words.lead, "accepted": False}


def _expectation_changed(reason: Reason) -> Case:
    return lambda scene: {
        "before": _three_days(scene),
        "after": moments.days(scene.later(days=6), scene.later(days=9), scene.at),
        "reason": reason.label,
        "agent": scene.agent,
    }


def _expectation_gone(scene: Scene) -> Facts:
    return {**_expectation_changed(Reason.PARTS)(scene), "after": ""}


def _expectation_gone_with_nobody_at_work(scene: Scene) -> Facts:
    return {**_expectation_gone(scene), "agent": None}


def _first_expectation(scene: Scene) -> Facts:
    return {**_expectation_changed(Reason.NEWS)(scene), "before": ""}


def _resolved(scene: Scene) -> Facts:
    return {"rating_url": scene.signed("feedback:rate"), "closes": scene.later(days=7)}


def _refund(scene: Scene) -> Facts:
    return {"promise": scene.refund()}


def _replacement(scene: Scene) -> Facts:
    return {"promise": scene.promise("replacement")}


def _refund_kept(scene: Scene) -> Facts:
    return {"promise": scene.refund(evidence=scene.words.evidence)}


def _replacement_kept_late(scene: Scene) -> Facts:
    return {"promise": scene.promise("replacement", evidence=scene.words.evidence, broken_at=scene.at)}


def _refund_withdrawn(scene: Scene) -> Facts:
    return {"promise": scene.refund(evidence=scene.words.withdrawn)}


def _replacement_withdrawn(scene: Scene) -> Facts:
    return {"promise": scene.promise("replacement", evidence=scene.words.withdrawn)}


def _refund_late(scene: Scene) -> Facts:
    return {
        "promise": scene.refund(due_at=scene.later(hours=-1)),
        "agent": scene.words.agent,
        "next_update": scene.later(hours=23),
    }


def _replacement_late(scene: Scene) -> Facts:
    return {"promise": scene.promise("replacement", due_at=scene.later(hours=-1)), "agent": "", "next_update": None}


def _call_back_handed_over(scene: Scene) -> Facts:
    return {"promise": scene.promise("call_back", hand_over_note=scene.words.note)}


def _outage_update(*, final: bool) -> Case:
    return lambda scene: {
        "message": scene.message(scene.words.update),
        "outage": scene.words.outage,
        "final": final,
        "due": None if final else scene.later(hours=2),
    }


def _nothing_more(scene: Scene) -> Facts:
    return {}


def _due_soon(scene: Scene) -> Facts:
    return {"metric": scene.metric("first_reply"), "due": scene.later(hours=2)}


def _rule_fired(trigger: str) -> Case:
    return lambda scene: {"rule": scene.words.rule, "trigger": trigger}


def _attempt_answered(outcome: Attempt.Outcome) -> Case:
    return lambda scene: {"attempt": scene.attempt(outcome), "worked": outcome == Attempt.Outcome.WORKED}


def _handed_over(scene: Scene) -> Facts:
    return {"trigger": "agent", "from_agent": scene.words.lead}


def _handed_over_by_nobody(scene: Scene) -> Facts:
    return {"trigger": "agent", "from_agent": ""}


def _handed_over_by_a_rule(scene: Scene) -> Facts:
    return {"trigger": "reopened", "from_agent": ""}


def _followed(what: str) -> Case:
    return lambda scene: {"what": what, "tier": scene.words.tier}


def _request_received(scene: Scene) -> Facts:
    return {"due": scene.later(hours=24)}


def _request_late(scene: Scene) -> Facts:
    return {"due": scene.later(hours=-1)}


def _mail_bounced(*, complained: bool = False, suspended: bool = True) -> Case:
    return lambda scene: {
        "letter": scene.words.subject,
        "address": scene.customer.email,
        "answer": "" if complained else "550 5.1.1 No such mailbox here",
        "complained": complained,
        "suspended": suspended,
    }


def _to_a_stranger(scene: Scene) -> Facts:
    """The real one is the same for everybody."""
    return KINDS["stranger_notice"].facts(OutgoingMail())


def _files_refused(scene: Scene) -> Facts:
    files = [[scene.words.file, Code.ENCRYPTED, ""], ["setup.exe", Code.EXECUTABLE, ""]]
    return KINDS["files_refused"].facts(OutgoingMail(data={"files": files}))


def _somebody_wrote(scene: Scene) -> Facts:
    return {"sender": "charlie@example.org"}


def _outage_overdue(scene: Scene) -> Facts:
    return {
        "outage": scene.words.outage,
        "due": scene.later(minutes=-10),
        "url": address("admin:tickets_outage_changelist"),
    }


def _summary(*, shortened: bool = False) -> Case:
    def case(scene: Scene) -> Facts:
        named = Named(REFERENCE, scene.words.topic, address("admin:ticket", REFERENCE))
        return {
            "tallies": tallies(dict.fromkeys([*SENTENCES, "others"], 2)),
            "cases": [named],
            "shortened": shortened,
            "url": address("admin:queue"),
        }

    return case


def _account(template: str) -> Case:
    """Written from the sign-in's own templates, as the real one; ``facts`` is what any of them asks for."""

    def case(scene: Scene) -> Facts:
        facts = {
            "email": scene.customer.email,
            "code": "4H7KQM",
            "password_reset_url": address("account_reset_password"),
            "signup_url": address("account_signup"),
            "timestamp": scene.at.isoformat(),
            "ip": "192.0.2.7",
            "user_agent": "Firefox",
        }
        mail = OutgoingMail(kind="account", data={"template": f"account/email/{template}", "facts": facts})
        return KINDS["account"].facts(mail)

    return case


def _three_days(scene: Scene) -> str:
    return moments.days(scene.later(days=2), scene.later(days=4), scene.at)


CASES: Final[Mapping[str, Sequence[Case]]] = MappingProxyType(
    {
        "acknowledgement": (_acknowledgement, _acknowledgement_without_dates),
        "reply": (_reply, _reply_alone),
        "escalated": (
            *map(_escalated, ("agent", "clock", "reopened", "attempts", "rating", "promise", "outage", "request")),
            _escalated_to_a_group,
        ),
        "request_received": (_request_received,),
        "request_answered": (_request_answered, _request_refused),
        "expectation_changed": (
            *map(_expectation_changed, Reason),
            _first_expectation,
            _expectation_gone,
            _expectation_gone_with_nobody_at_work,
        ),
        "resolved": (_resolved,),
        "promised": (_refund, _replacement),
        "promise_kept": (_refund_kept, _replacement_kept_late),
        "promise_withdrawn": (_refund_withdrawn, _replacement_withdrawn),
        "promise_late": (_refund_late, _replacement_late),
        "assigned": (_nothing_more,),
        "customer_wrote": (_nothing_more,),
        "due_soon": (_due_soon,),
        "handed_over": (_handed_over, _handed_over_by_nobody, _handed_over_by_a_rule),
        "rule_fired": tuple(
            map(_rule_fired, ("clock", "reopened", "attempts", "rating", "promise", "outage", "request"))
        ),
        "followed": (_followed("escalated"), _followed("resolved")),
        "request_late": (_request_late,),
        "expectation_wanted": (_nothing_more,),
        "attempt_answered": tuple(map(_attempt_answered, (Attempt.Outcome.FAILED, Attempt.Outcome.WORKED))),
        "promise_due": (_refund, _replacement),
        "promise_handed_over": (_call_back_handed_over, _refund),
        "promise_broken": (_refund, _replacement),
        "mail_bounced": (_mail_bounced(), _mail_bounced(complained=True), _mail_bounced(suspended=False)),
        "outage_update": (_outage_update(final=False), _outage_update(final=True)),
        "outage_overdue": (_outage_overdue,),
        "catch_up": (_summary(),),
        "digest": (_summary(), _summary(shortened=True)),
        "files_refused": (_files_refused,),
        "stranger_notice": (_to_a_stranger,),
        "contribution_received": (_to_a_stranger,),
        "somebody_wrote": (_somebody_wrote,),
        "staff_note_kept": (_nothing_more,),
        "account": tuple(
            map(
                _account,
                (
                    "login_code",
                    "email_confirmation",
                    "password_reset_key",
                    "account_already_exists",
                    "unknown_account",
                    "password_changed",
                ),
            )
        ),
    }
)

ABOUT_NO_TICKET: Final = frozenset({"stranger_notice", "account", "catch_up", "digest", "outage_overdue"})
