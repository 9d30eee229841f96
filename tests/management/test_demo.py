"""The demo's data, seeded once on a night after two holidays: the worst moment for everything that counts open hours."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from tests.clients import signed_in
from tickets import lifecycle
from tickets.calendars.models import Calendar
from tickets.desk.models import Attempt, Category, Channel, IntakeField, Message, Ticket
from tickets.desk.statuses import Status
from tickets.escalation.models import Escalation, Outage
from tickets.inbox.models import InboundState, RawMail, Reason
from tickets.knowledge import actions as knowledge
from tickets.knowledge.models import HelpArticle
from tickets.management.demo import data, people, seeding
from tickets.orders.models import OrderStatus
from tickets.outbox.models import MailState, OutgoingMail
from tickets.people.models import Agent, Customer, User
from tickets.promises.models import Promise
from tickets.ratings.models import Rating
from tickets.replies.models import CannedReply
from tickets.replies.rules import unknown_variables
from tickets.routing.rules import FLUENT
from tickets.sla.models import SLAClock

NIGHT = datetime(2026, 12, 27, 2, 30, tzinfo=UTC)
LANGUAGES = {code for code, _name in settings.LANGUAGES}


@pytest.fixture(scope="module")
def _shop(django_db_setup, django_db_blocker):
    """Seeded once for the module, and rolled back after it: it takes seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.seed(at=NIGHT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def shop(_shop, db):
    """What each test changes is undone by the test's own savepoint."""


def counted(queryset, field):
    return Counter(queryset.order_by().values_list(field, flat=True))


def test_there_are_requests_in_every_state(shop):
    assert set(counted(Ticket.objects, "status")) == set(Status)


def test_mail_came_in_and_went_every_way_that_there_is(shop):
    assert set(RawMail.objects.values_list("state", "reason")) == {
        (InboundState.FILED, ""),
        (InboundState.REPORT, ""),
        (InboundState.SET_ASIDE, Reason.NO_TICKET),
        (InboundState.SET_ASIDE, Reason.AUTOMATIC),
    }
    by_mail = Message.objects.filter(channel=Channel.MAIL)
    assert set(by_mail.values_list("author_kind", "automatic")) == {
        ("customer", False),
        ("sender", False),
        ("sender", True),
    }


def test_there_are_requests_on_every_tier(shop):
    assert set(counted(Ticket.objects, "tier__level")) == {1, 2, 3, 4}


def test_there_are_requests_in_every_language(shop):
    assert set(counted(Ticket.objects, "language")) == LANGUAGES


def test_there_are_orders_in_every_state_that_customers_ask_about(shop):
    found = {order.status for customer in Customer.objects.all() for order in customer.orders.all()}

    assert found >= {OrderStatus.ON_ITS_WAY, OrderStatus.HELD_UP, OrderStatus.DELIVERED, OrderStatus.RETURNED}


def test_promises_have_ended_in_every_way(shop):
    assert set(counted(Promise.objects, "state")) == set(Promise.State)


def test_solutions_were_proposed_and_answered_in_every_way_that_leaves_something_to_do(shop):
    assert {"waiting", "failed"} <= set(Attempt.objects.values_list("outcome", flat=True))


def test_customers_know_when_to_expect_a_solution_and_why_that_changed(shop):
    assert Ticket.objects.active().filter(expected_until__isnull=False).exists()
    assert OutgoingMail.objects.filter(kind="expectation_changed").exists()


def test_cases_went_up_by_a_clock_an_agent_and_a_bad_rating(shop):
    assert set(counted(Escalation.objects, "cause")) == {"clock", "agent", "rating"}
    assert Escalation.objects.filter(from_tier__level__gt=1, to_tier__level=1).exists()


def test_customers_rated_well_and_badly(shop):
    assert set(counted(Rating.objects, "stars")) >= {2, 3, 4, 5}


def test_there_are_notes_files_a_reopening_and_a_follow_up(shop):
    assert Message.objects.filter(internal=True).count() >= 3
    assert Message.objects.filter(attachments__isnull=False).count() >= 3
    assert Ticket.objects.filter(reopened_count=1).exists()
    assert Ticket.objects.exclude(follow_up_of=None).exists()


def test_an_outage_goes_on_and_its_customers_were_written_to_in_their_languages(shop):
    outage = Outage.objects.going_on().get()
    told = Message.objects.filter(ticket__outage=outage, author_kind="system")

    assert set(told.values_list("language", flat=True)) == {"it", "pl"}
    assert outage.next_update_by > NIGHT
    assert outage.updates.get().percent == 100


def test_nothing_lies_in_the_future(shop):
    assert not Message.objects.filter(at__gt=NIGHT).exists()
    assert not OutgoingMail.objects.filter(sent_at__gt=NIGHT).exists()


def test_everything_that_was_due_has_been_done(shop):
    assert not SLAClock.objects.filter(next_step_at__lte=NIGHT).exists()
    assert not Promise.objects.filter(state=Promise.State.OPEN, due_at__lte=NIGHT).exists()


def test_agents_work_while_the_desk_is_open(shop):
    hours = Calendar.objects.get().hours()
    written = Message.objects.filter(author_kind="agent").values_list("at", flat=True)

    assert len(written) >= 20
    # A moment on the dot of closing still counts as that day's work.
    assert [at for at in written if not hours.is_open(at - timedelta(microseconds=1))] == []


def test_mail_of_the_past_is_sent_in_the_language_of_its_reader(shop):
    mails = OutgoingMail.objects.exclude(customer=None).select_related("customer")

    assert set(counted(OutgoingMail.objects, "state")) == {MailState.SENT, MailState.BOUNCED}
    assert [mail for mail in mails if mail.language != mail.customer.language or not mail.text] == []


def test_every_record_verifies(shop):
    call_command("verify_records", verbosity=0)

    assert not Ticket.objects.filter(record=None).exists()


@pytest.mark.parametrize("name", ["alice", "giulia", "amina", "agent", "senior", "lead", "admin"])
def test_everybody_signs_in_with_the_printed_password(shop, name):
    user = User.objects.get(email=f"{name}@example.com")

    assert user.check_password(people.PASSWORD)
    assert user.emailaddress_set.get().verified


def test_only_the_admin_may_do_everything(shop):
    assert [user.email for user in User.objects.filter(is_superuser=True)] == ["admin@example.com"]
    assert User.objects.get(email="lead@example.com").has_perm("tickets.change_slapolicy")


def test_somebody_answers_in_every_language_and_on_every_tier(shop):
    first_tier = Agent.objects.filter(tier__level=1, fluencies__level__gte=FLUENT)

    assert set(first_tier.values_list("fluencies__language", flat=True)) == LANGUAGES
    assert set(counted(Agent.objects, "tier__level")) == {1, 2, 3, 4}


def test_topics_and_questions_are_translated_into_every_language(shop):
    for row in [*Category.objects.exclude(slug="other"), *IntakeField.objects.exclude(form__category__slug="other")]:
        field = "name" if isinstance(row, Category) else "label"
        assert [code for code in LANGUAGES if not getattr(row, f"{field}_{code}")] == [], row


def test_a_choice_offers_the_same_number_of_answers_in_every_language(shop):
    questions = IntakeField.objects.filter(kind=IntakeField.Kind.CHOICE)

    assert questions.count() >= 5
    for question in questions:
        assert len({len(getattr(question, f"choices_{code}").splitlines()) for code in LANGUAGES}) == 1, question.key


def test_every_serial_number_on_sale_fits_the_pattern_of_the_question(shop):
    question = IntakeField.objects.filter(kind=IntakeField.Kind.SERIAL).first()
    serials = [line["serial"] for order in data.read("shop")["orders"] for line in order["lines"] if "serial" in line]

    assert [serial for serial in serials if not re.fullmatch(question.pattern, serial)] == []


def test_canned_replies_use_the_same_variables_in_every_language(shop):
    for reply in CannedReply.objects.all():
        bodies = [getattr(reply, f"body_{code}") for code in LANGUAGES]
        assert unknown_variables("".join(bodies)) == []
        assert len({frozenset(re.findall(r"{\w+}", body)) for body in bodies}) == 1, reply.title_en


def test_articles_are_found_in_the_words_of_their_readers(shop):
    assert HelpArticle.objects.count() >= 8
    for text, language in [("descaling", "en"), ("calcare", "it"), ("الضمان", "ar")]:
        assert knowledge.find(text, language)[0].edition.language == language


def test_nobody_waits_longer_than_48_hours_for_a_first_answer_not_even_over_holidays(shop):
    hours = Calendar.objects.get().hours()
    eve = datetime.combine(date(NIGHT.year, 1, 1), datetime.min.time(), ZoneInfo("Europe/Rome"))
    waits = [hours.add(at, timedelta(hours=8)) - at for at in (eve + timedelta(hours=n) for n in range(365 * 24))]

    assert max(waits) <= timedelta(hours=48)


def test_the_start_page_of_a_customer_shows_their_requests(shop):
    page = signed_in(User.objects.get(email="amina@example.com")).get("/")

    assert page.status_code == 200
    assert "آلة الإسبريسو" in page.content.decode()


def test_a_second_start_leaves_everything_as_it_was(shop):
    before = (Ticket.objects.count(), User.objects.count())

    assert seeding.seed(at=NIGHT + timedelta(days=1)) is False
    assert (Ticket.objects.count(), User.objects.count()) == before


def test_one_request_is_late_a_minute_after_the_start_and_moves_to_the_senior(shop):
    watched = seeding.watch(at=NIGHT)
    lifecycle.sweep(at=NIGHT)
    watched.refresh_from_db()
    assert watched.assignee.user.email == "agent@example.com"

    lifecycle.sweep(at=NIGHT + seeding.LATE_AFTER)
    watched.refresh_from_db()
    told = watched.mails.filter(kind="escalated").values_list("recipient", "language")

    assert watched.assignee.user.email == "senior@example.com"
    assert list(told) == [("giulia@example.com", "it")]


def test_a_start_within_the_minute_opens_no_second_one(shop):
    assert seeding.watch(at=NIGHT)
    assert seeding.watch(at=NIGHT + timedelta(seconds=30)) is None
    assert seeding.watch(at=NIGHT + timedelta(hours=1))


def test_a_customer_who_was_erased_is_not_written_for(shop):
    Customer.objects.filter(email="giulia@example.com").update(erased_at=NIGHT)

    assert seeding.watch(at=NIGHT) is None
