"""What is decided about mail, on plain values."""

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.desk import references
from tickets.inbox import rules
from tickets.inbox.parse import MailAttachment, ParsedMail, Report
from tickets.inbox.rules import Fate, Found, Standing, Traffic

OURS = frozenset({"support@shop.example", "reply@shop.example"})

# --- At first sight ---------------------------------------------------------------------------------------------------


def parsed(**changes: object) -> ParsedMail:
    return ParsedMail(**{"sender": "alice@example.com", **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mail", "came_back", "fate"),
    [
        (parsed(), False, None),
        (parsed(), True, Fate.OURS),
        (parsed(hops=rules.MOST_HOPS), False, None),
        (parsed(hops=rules.MOST_HOPS + 1), False, Fate.TOO_FAR),
        (parsed(is_bounce=True, sender=""), False, Fate.REPORT),
        (parsed(reports=[Report("read")]), False, Fate.REPORT),
        (parsed(sender=""), False, Fate.NO_SENDER),
        # A bounce that went in circles is a loop first.
        (parsed(is_bounce=True, hops=rules.MOST_HOPS + 1), False, Fate.TOO_FAR),
    ],
)
def test_some_mail_is_plain_at_first_sight(mail: ParsedMail, came_back: bool, fate: Fate | None) -> None:
    assert rules.at_first_sight(mail, came_back=came_back) == fate


@pytest.mark.parametrize(
    ("mail", "is_ours"),
    [
        (parsed(sender="Support@Shop.example"), True),
        (parsed(loop_marks=["elsewhere", " Reply@shop.example "]), True),
        (parsed(loop_marks=["list@elsewhere.example"]), False),
        (parsed(sender="agent@shop.example"), False),
    ],
)
def test_our_own_mail_bears_a_mark(mail: ParsedMail, is_ours: bool) -> None:
    assert rules.bears_our_mark(mail, OURS) == is_ours


# --- Where mail goes --------------------------------------------------------------------------------------------------

QUIET = {"of_sender": 0, "on_ticket": 0}


def found(standing: Standing = Standing.CUSTOMER, *, proven: bool = True, erased: bool = False) -> Found:
    return Found(standing, proven, erased)


@pytest.mark.parametrize(
    ("match", "automatic", "fate"),
    [
        (found(), False, Fate.CUSTOMER),
        (found(Standing.STAFF), False, Fate.STAFF),
        (found(Standing.NOBODY), False, Fate.CONTRIBUTION),
        (found(proven=False), False, Fate.CUSTOMER),
        (found(Standing.NOBODY, proven=False), False, Fate.NO_TICKET),
        (found(), True, Fate.MACHINE),
        (found(Standing.NOBODY), True, Fate.MACHINE),
        (found(proven=False), True, Fate.AUTOMATIC),
        (found(erased=True), False, Fate.ERASED),
        (found(erased=True), True, Fate.ERASED),
        (None, False, Fate.NO_TICKET),
        (None, True, Fate.AUTOMATIC),
    ],
)
def test_mail_goes_where_it_is_trusted_to_belong(match: Found | None, automatic: bool, fate: Fate) -> None:
    assert rules.place(match, automatic=automatic, **QUIET) == fate


everything = product(
    [None, *(found(s, proven=p, erased=e) for s, p, e in product(Standing, [True, False], [True, False]))]
)


@pytest.mark.parametrize("match", [one for (one,) in everything])
def test_a_machine_is_never_taken_for_a_person(match: Found | None) -> None:
    fates = {rules.place(match, automatic=True, of_sender=n, on_ticket=n) for n in (0, 20, 60)}
    assert fates <= {Fate.MACHINE, Fate.AUTOMATIC, Fate.TOO_MANY, Fate.ERASED}


@pytest.mark.parametrize("match", [found(Standing.NOBODY, proven=proven) for proven in (True, False)])
def test_somebody_else_never_speaks_for_the_customer(match: Found) -> None:
    assert rules.place(match, automatic=False, **QUIET) not in {Fate.CUSTOMER, Fate.STAFF}


@pytest.mark.parametrize(
    ("match", "of_sender", "on_ticket", "fate"),
    [
        (found(), 19, 19, Fate.CUSTOMER),
        (found(), 20, 20, Fate.TOO_MANY),
        (found(), 59, 0, Fate.CUSTOMER),
        (found(), 60, 0, Fate.TOO_MANY),
        (None, 59, 0, Fate.NO_TICKET),
        (None, 60, 0, Fate.TOO_MANY),
    ],
)
def test_too_much_is_set_aside(match: Found | None, of_sender: int, on_ticket: int, fate: Fate) -> None:
    assert rules.place(match, automatic=False, of_sender=of_sender, on_ticket=on_ticket) == fate


# --- References in subjects -------------------------------------------------------------------------------------------

REFERENCE = st.builds(references.generate)
NO_WORD = st.text(st.characters(blacklist_categories=("Lu", "Ll", "Nd", "Cs"), blacklist_characters="-"), max_size=20)


@given(REFERENCE, NO_WORD, NO_WORD, st.booleans())
def test_a_reference_is_found_whatever_stands_around_it(reference: str, before: str, after: str, lower: bool) -> None:
    written = reference.lower() if lower else reference
    assert reference in rules.references_in(f"{before}{written}{after}")


@given(REFERENCE)
def test_a_reference_without_its_dash_is_found_where_it_is_marked_as_one(reference: str) -> None:
    bare = reference.replace("-", "")
    assert rules.references_in(f"Re: [{bare}]") == rules.references_in(f"#{bare}") == [reference]
    assert rules.references_in(f"Re: {bare}") == []


@pytest.mark.parametrize(
    "subject", ["", "Re: well-known", "over-there-", "2026-1123-0900", "0039-06-1234-5678", "[AUSW1234]", "a" * 10_000]
)
def test_other_words_are_no_references(subject: str) -> None:
    assert rules.references_in(subject) == []


def test_a_reference_is_found_between_the_marks_of_arabic_mail() -> None:
    assert rules.references_in("رد: لدينا طلبك \u2068K7Q4-9M2X\u2069") == ["K7Q4-9M2X"]


@given(st.text(max_size=300))
def test_any_subject_is_read(subject: str) -> None:
    assert all(references.PATTERN.fullmatch(reference) for reference in rules.references_in(subject))


# --- What our servers say ---------------------------------------------------------------------------------------------

TRUSTED = {"mx.shop.example"}


@pytest.mark.parametrize(
    ("said", "forged"),
    [
        ("dmarc=fail (p=reject dis=none) header.from=example.com", True),
        ("dmarc=pass header.from=example.com; dkim=fail; spf=softfail", False),
        ('dkim=fail reason="bad"; spf=fail smtp.mailfrom=a@b.example', True),
        ("dkim=fail; spf=none", False),
        ("dkim=fail; dkim=pass; spf=fail", False),
        ("spf=fail", False),
        ("none", False),
        ("", False),
        ("DMARC = FAIL", True),
        ("x-dmarc=fail", False),
    ],
)
def test_our_servers_find_out_who_is_not_whom_they_claim_to_be(said: str, forged: bool) -> None:
    assert rules.is_forged([f"mx.shop.example 1; {said}"], TRUSTED) == forged
    assert rules.is_forged([f"MX.Shop.Example; {said}"], TRUSTED) == forged
    assert not rules.is_forged([f"mx.elsewhere.example; {said}"], TRUSTED)


def test_what_each_of_our_servers_says_counts_together() -> None:
    assert rules.is_forged(["mx.shop.example; spf=fail", "mx.shop.example; dkim=fail"], TRUSTED)


@given(st.lists(st.text(max_size=100), max_size=3))
def test_any_header_is_read(results: list[str]) -> None:
    assert rules.is_forged(results, TRUSTED) in {True, False}


# --- Words and columns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "words"),
    [
        (parsed(reply_text=" New. ", text="New.\n> Old.", subject="E04"), "New."),
        (parsed(reply_text=" \n", text="> Old.", subject="E04"), "> Old."),
        (parsed(subject="E04"), "E04"),
        (parsed(), ""),
        (parsed(reply_text="a\x00b\x1bc\td\ne\ud800"), "abc\td\ne"),
    ],
)
def test_a_message_says_what_its_sender_wrote(mail: ParsedMail, words: str) -> None:
    assert rules.words_of(mail) == words


@given(st.text(), st.integers(1, 50))
def test_a_line_fits_its_column(text: str, length: int) -> None:
    line = rules.fitting(text, length)
    assert len(line) <= length
    assert "\x00" not in line
    line.encode()


@given(st.text(max_size=50))
def test_the_same_content_has_the_same_digest(text: str) -> None:
    assert rules.content_digest(parsed(text=text, hops=1)) == rules.content_digest(parsed(text=text, hops=2))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "b"},
        {"html": "a"},
        {"subject": "a"},
        {"sender": "bob@example.com"},
        {"sent_at": datetime(2026, 11, 23, tzinfo=UTC)},
        {"attachments": [MailAttachment("a", "text/plain", b"a")]},
        {"text": "", "html": "a"},
    ],
)
def test_other_content_has_another_digest(changes: dict[str, object]) -> None:
    assert rules.content_digest(parsed(**{"text": "a", **changes})) != rules.content_digest(parsed(text="a"))


@pytest.mark.parametrize(
    ("traffic", "told"),
    [
        (Traffic(overall=200, of_domain=20), True),
        (Traffic(overall=201, of_domain=1), False),
        (Traffic(overall=21, of_domain=21), False),
    ],
)
def test_strangers_are_told_while_it_is_quiet(traffic: Traffic, told: bool) -> None:
    assert rules.may_be_told(traffic) == told


@pytest.mark.parametrize(
    ("said", "first"), [(["de-AT", "en"], "de-AT"), (["", " fr-CH;q=0.9"], "fr-CH"), (["*", "pl"], "pl"), ([], "")]
)
def test_the_first_language_is_the_one_that_is_wanted_most(said: list[str], first: str) -> None:
    assert rules.first_of(said) == first


def test_pauses_grow_and_end() -> None:
    pauses = [rules.pause_after(attempts) for attempts in range(1, len(rules.PAUSES) + 1)]
    assert pauses == sorted(pauses, key=lambda pause: pause or rules.LEASE)
    assert rules.pause_after(len(rules.PAUSES) + 1) is None
