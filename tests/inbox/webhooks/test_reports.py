"""What providers tell of our mail: what it does to the row, once, and from nobody else."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import DatabaseError
from django.http import HttpResponse

from tests.factories import open_ticket
from tests.inbox.webhooks import calls
from tests.inbox.webhooks.calls import Call
from tickets import lifecycle
from tickets.models import Customer, OutgoingMail
from tickets.outbox.models import DeliveryEvent, MailState, Suspension

# Of the library's authors, and of a door that is shut for that very reason.
pytestmark = [
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid"),
    pytest.mark.filterwarnings("ignore:Your Anymail webhooks are insecure"),
]

Post = Callable[[Call], HttpResponse]
Tells = Callable[[Any], Call]

NO_SUCH_MAILBOX = "smtp; 550 5.1.1 user unknown"

DELIVERED: Mapping[str, Tells] = {
    "amazon_ses": lambda mail: calls.ses_report("Delivery", mail, {"recipients": [mail.recipient], "smtpResponse": "250 OK"}),
    "brevo": lambda mail: calls.brevo_report("delivered", mail),
    "mailgun": lambda mail: calls.mailgun_report("delivered", mail),
    "postmark": lambda mail: calls.postmark_report("Delivery", mail),
    "sendgrid": lambda mail: calls.sendgrid_reports(calls.sendgrid_event("delivered", mail, response="250 OK")),
}  # fmt: skip
GONE: Mapping[str, Tells] = {
    "amazon_ses": lambda mail: calls.ses_report("Bounce", mail, {
        "bounceType": "Permanent", "bounceSubType": "General",
        "bouncedRecipients": [
            {"emailAddress": mail.recipient, "action": "failed", "status": "5.1.1", "diagnosticCode": NO_SUCH_MAILBOX}
        ],
    }),
    "brevo": lambda mail: calls.brevo_report("hard_bounce", mail, reason=NO_SUCH_MAILBOX),
    "mailgun": lambda mail: calls.mailgun_report(
        "failed", mail, severity="permanent", reason="bounce",
        delivery_status={"code": 550, "enhanced-code": "5.1.1", "message": NO_SUCH_MAILBOX, "description": ""},
    ),
    "postmark": calls.postmark_bounce,
    "sendgrid": lambda mail: calls.sendgrid_reports(
        calls.sendgrid_event("bounce", mail, type="bounce", status="5.1.1", reason=NO_SUCH_MAILBOX)
    ),
}  # fmt: skip
FULL: Mapping[str, Tells] = {
    "amazon_ses": lambda mail: calls.ses_report("Bounce", mail, {
        "bounceType": "Transient", "bounceSubType": "MailboxFull",
        "bouncedRecipients": [{"emailAddress": mail.recipient, "status": "4.2.2"}],
    }),
    "brevo": lambda mail: calls.brevo_report("soft_bounce", mail, reason="452 4.2.2 mailbox full"),
    "postmark": lambda mail: calls.postmark_bounce(mail, "SoftBounce"),
    "sendgrid": lambda mail: calls.sendgrid_reports(
        calls.sendgrid_event("bounce", mail, type="blocked", status="4.2.2", reason="452 4.2.2 mailbox full")
    ),
}  # fmt: skip
SPAM: Mapping[str, Tells] = {
    "amazon_ses": lambda mail: calls.ses_report("Complaint", mail, {
        "complainedRecipients": [{"emailAddress": mail.recipient}], "complaintFeedbackType": "abuse",
    }),
    "brevo": lambda mail: calls.brevo_report("spam", mail),
    "mailgun": lambda mail: calls.mailgun_report("complained", mail),
    "postmark": lambda mail: calls.postmark_report(
        "SpamComplaint", mail, ID=42, Type="SpamComplaint", Email=mail.recipient, BouncedAt="2026-11-22T09:00:00Z"
    ),
    "sendgrid": lambda mail: calls.sendgrid_reports(calls.sendgrid_event("spamreport", mail)),
}  # fmt: skip
OPENED: Mapping[str, Tells] = {
    "amazon_ses": lambda mail: calls.ses_report("Open", mail, {"userAgent": "Mozilla/5.0"}),
    "brevo": lambda mail: calls.brevo_report("unique_opened", mail),
    "mailgun": lambda mail: calls.mailgun_report("opened", mail),
    "postmark": lambda mail: calls.postmark_report("Open", mail, FirstOpen=True),
    "sendgrid": lambda mail: calls.sendgrid_reports(calls.sendgrid_event("open", mail)),
}  # fmt: skip


def state(mail: OutgoingMail) -> str:
    mail.refresh_from_db()
    return mail.state


@pytest.mark.parametrize(("name", "tells"), DELIVERED.items())
def test_a_delivery_is_known(post: Post, mail: OutgoingMail, name: str, tells: Tells) -> None:
    assert post(tells(mail)).status_code == 200
    assert (state(mail), mail.events.get().source) == (MailState.DELIVERED, name)


@pytest.mark.parametrize("tells", GONE.values(), ids=GONE)
def test_a_bounce_for_good_ends_automatic_mail_to_the_address(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    assert post(tells(mail)).status_code == 200
    event = mail.events.get()
    assert (state(mail), event.status, "5.1.1" in event.detail) == (MailState.BOUNCED, "5.1.1", True)
    assert Suspension.objects.get().address == mail.recipient


@pytest.mark.parametrize("tells", FULL.values(), ids=FULL)
def test_a_full_mailbox_is_no_reason_to_stop(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    assert post(tells(mail)).status_code == 200
    assert (state(mail), Suspension.objects.count()) == (MailState.BOUNCED, 0)


def test_mailgun_tries_again_by_itself(post: Post, mail: OutgoingMail) -> None:
    post(calls.mailgun_report("failed", mail, severity="temporary", reason="generic"))
    assert (state(mail), mail.events.get().kind) == (MailState.SENT, DeliveryEvent.Kind.DEFERRED)


@pytest.mark.parametrize("tells", SPAM.values(), ids=SPAM)
def test_a_complaint_is_known(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    assert post(tells(mail)).status_code == 200
    assert (state(mail), Suspension.objects.get().cause) == (MailState.COMPLAINED, Suspension.Cause.COMPLAINED)


@pytest.mark.parametrize("tells", OPENED.values(), ids=OPENED)
def test_who_opens_a_mail_is_not_our_business(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    assert post(tells(mail)).status_code == 200
    assert not mail.events.exists()


def test_an_address_that_the_provider_does_not_even_try_is_as_good_as_bounced(post: Post, mail: OutgoingMail) -> None:
    post(calls.sendgrid_reports(calls.sendgrid_event("dropped", mail, reason="Bounced Address")))
    assert (state(mail), Suspension.objects.count()) == (MailState.BOUNCED, 1)


def test_what_a_provider_refuses_to_send_has_failed(post: Post, mail: OutgoingMail) -> None:
    post(calls.ses_report("Reject", mail, {"reason": "Bad content"}))
    assert (state(mail), mail.events.get().detail) == (MailState.FAILED, "Bad content")


@pytest.mark.parametrize("tells", GONE.values(), ids=GONE)
def test_the_same_report_twice_is_one(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    it = tells(mail)
    assert [post(it).status_code, post(it).status_code] == [200, 200]
    assert mail.events.count() == 1


def test_mailgun_signing_anew_makes_no_other_report(post: Post, mail: OutgoingMail) -> None:
    post(calls.mailgun_report("delivered", mail))
    post(calls.mailgun_report("delivered", mail))
    assert mail.events.count() == 1


@pytest.mark.parametrize("name", ["amazon_ses", "mailgun", "sendgrid"])
def test_our_own_message_id_will_do_before_we_know_the_providers(post: Post, mail: OutgoingMail, name: str) -> None:
    it = DELIVERED[name](mail)
    OutgoingMail.objects.filter(pk=mail.pk).update(provider_id="")
    post(it)
    assert state(mail) == MailState.DELIVERED


@pytest.mark.parametrize("tells", DELIVERED.values(), ids=DELIVERED)
def test_mail_of_somebody_else_is_let_be(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    it = tells(mail)
    OutgoingMail.objects.filter(pk=mail.pk).update(provider_id="another", rfc_message_id="<another@shop.example>")
    assert post(it).status_code == 200
    assert (state(mail), mail.events.count()) == (MailState.SENT, 0)


@pytest.mark.parametrize("tells", GONE.values(), ids=GONE)
def test_trouble_of_ours_makes_the_provider_call_again(
    post: Post, mail: OutgoingMail, tells: Tells, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> bool:
        raise DatabaseError("The server closed the connection.")

    it = tells(mail)
    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "mail_reported", gone)
        assert post(it).status_code == 500
    assert post(it).status_code == 200
    assert state(mail) == MailState.BOUNCED


def test_several_reports_in_one_call_are_taken_together_or_not_at_all(
    post: Post, mail: OutgoingMail, bob: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ticket(bob)
    other = OutgoingMail.objects.exclude(pk=mail.pk).get()
    it = calls.sendgrid_reports(calls.sendgrid_event("delivered", mail), calls.sendgrid_event("delivered", other))
    reported = lifecycle.mail_reported

    def fails_for_the_second(about: OutgoingMail, *args: Any, **kwargs: Any) -> bool:
        if about == other:
            raise DatabaseError("The server closed the connection.")
        return reported(about, *args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(lifecycle, "mail_reported", fails_for_the_second)
        assert post(it).status_code == 500
    assert DeliveryEvent.objects.count() == 0
    assert post(it).status_code == 200
    assert (state(mail), state(other)) == (MailState.DELIVERED, MailState.DELIVERED)


@pytest.mark.parametrize("tells", GONE.values(), ids=GONE)
def test_a_stranger_cannot_report(post: Post, mail: OutgoingMail, tells: Tells) -> None:
    assert post(tells(mail).authorized("desk:wrong")).status_code == 401
    assert state(mail) == MailState.SENT


@pytest.mark.parametrize("tells", GONE.values(), ids=GONE)
def test_a_door_without_a_secret_stays_shut(mounted: Any, post: Post, mail: OutgoingMail, tells: Tells) -> None:
    it = tells(mail)
    mounted.ANYMAIL = {}
    assert post(it).status_code == 500
    assert state(mail) == MailState.SENT


@pytest.mark.parametrize("name", ["amazon_ses", "sendgrid"])
def test_a_report_that_was_changed_on_the_way_is_refused(post: Post, mail: OutgoingMail, name: str) -> None:
    it = GONE[name](mail).tampered(b"5.1.1", b"5.2.1")
    assert post(it).status_code == 400
    assert state(mail) == MailState.SENT


def test_sendgrid_may_do_with_its_signature_alone(mounted: Any, post: Post, mail: OutgoingMail) -> None:
    del mounted.ANYMAIL["WEBHOOK_SECRET"]
    it = DELIVERED["sendgrid"](mail)
    assert post(it.tampered(b"250 OK", b"250 KO")).status_code == 400
    assert post(it).status_code == 200


def test_a_flood_of_reports_is_refused_unread(post: Post) -> None:
    assert post(Call("/mail/hooks/postmark/tracking/", b" " * 3_000_000).authorized()).status_code == 413
