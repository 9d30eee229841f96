"""What it costs to take in mail: customers' answers among few and very many cases, in memory, and one that is very large.

Read counts and ratios; milliseconds stand beside what the least would take in the same minute: the standard library's
parser, and two rows in one transaction. Only on PostgreSQL.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final, TextIO
from unittest import mock

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.benchmarks import crowd
from tests.benchmarks.fill import fill
from tests.services import POSTGRES_URL
from tickets import models
from tickets.inbox import actions
from tickets.inbox.process import process
from tickets.outbox import identifiers

ANSWERS: Final = 300
MANY: Final = 10_000
LARGE: Final = 25 * 1024 * 1024
MEGABYTE: Final = 1024 * 1024

PARAGRAPH: Final = (
    "I did what you wrote, step by step, and waited for ten minutes. The light is still red, and it says E04. "
)


def run(out: TextIO, sizes: tuple[int, ...]) -> None:
    if not models.Agent.objects.filter(tier__level=1).exists():
        crowd.hire()
    smallest = 0.0
    out.write(
        f"\n{'inbound mail':16}{'tickets':>10}{'ms':>8}{'a second':>10}{'floor':>8}{'x floor':>9}{'queries':>9}"
        f"{'growth':>8}\n"
    )
    for size in sizes:
        _gather(size)
        ours, floor, queries = _measured(size)
        smallest = smallest or ours
        out.write(
            f"{'an answer':16}{size:10,}{ours:8.1f}{1000 / ours:10.0f}{1000 / floor:8.0f}{ours / floor:9.1f}"
            f"{queries:9}{ours / smallest:8.2f}\n"
        )
    (few, _), (many, _) = (_in_a_worker("answers", count) for count in (MANY // 10, MANY))
    out.write(f"\na worker's memory after {MANY // 10:,} answers {few:.0f} MB, after {MANY:,} {many:.0f} MB\n")
    (small, _), (large, seconds) = (_in_a_worker("message", _large(size)) for size in (1, LARGE))
    out.write(
        f"a message of {LARGE // MEGABYTE} MB: {seconds:.1f} s, and {(large - small) * MEGABYTE / LARGE:.1f} times its size"
        f" in memory\n"
    )


def _gather(size: int) -> None:
    """As many cases, each with a mail of ours and one that came in."""
    crowd.gather(size)
    fill(
        models.OutgoingMail, size, kind="'acknowledgement'", ticket="1 + n", customer=f"1 + n / {crowd.PER_CUSTOMER}",
        recipient=f"'crowd' || n / {crowd.PER_CUSTOMER} || '@mail.example'", language="'en'", state="'sent'",
        rfc_message_id="'<' || n || '@shop.example>'", code="lpad(upper(to_hex(n)), 9, '0')",
        next_try_at=_opened(), created_at=_opened(), sent_at=_opened(),
    )  # fmt: skip
    fill(
        models.RawMail, size, mailbox="'pipe'", file="'inbox/' || n", sha256="md5(n::text) || md5((n + 1)::text)",
        size="4000", received_at=_opened(), rfc_message_id="'<' || n || '@mail.example>'", content_digest="md5(n::text)",
        sender=f"'crowd' || n / {crowd.PER_CUSTOMER} || '@mail.example'", state="'filed'", ticket="1 + n",
        next_try_at=_opened(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _opened() -> str:
    return f"'{crowd.OPENED.isoformat()}'::timestamptz"


# --- Messages ---------------------------------------------------------------------------------------------------------


def answers(count: int, *, apart: int = 1, first: int = 0) -> Iterator[bytes]:
    """Customers' answers as mail programs write them, each on another case: words, formatted words, and the quotation."""
    for number in range(first, first + count):
        mail = models.OutgoingMail.objects.get(ticket=1 + number * apart, kind="acknowledgement")
        yield _answer(mail, number).as_bytes()


def _answer(mail: models.OutgoingMail, number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = mail.recipient, identifiers.reply_address(mail.ticket_id, mail.pk)
    message["Subject"], message["Message-ID"] = "Re: We have your request", f"<answer{number}@mail.example>"
    message["In-Reply-To"] = message["References"] = mail.rfc_message_id
    message["Date"] = "Mon, 23 Nov 2026 10:30:00 +0100"
    for hop in range(4):
        message["Received"] = f"from mx{hop}.mail.example by mx{hop + 1}.mail.example; Mon, 23 Nov 2026 10:30:00 +0100"
    quoted = "".join(f"> {PARAGRAPH}\n" for _ in range(10))
    wrote = "On Mon, 23 Nov 2026 at 10:00, Sportello <support@shop.example> wrote:"
    message.set_content(f"{PARAGRAPH}\n\n{wrote}\n{quoted}")
    formatted = f"<p>{PARAGRAPH}</p><div class=gmail_quote>{wrote}<blockquote>{PARAGRAPH * 10}</blockquote></div>"
    message.add_alternative(formatted, subtype="html")
    return message


def _large(size: int) -> str:
    """The path of an answer with a film, of about so many bytes in all."""
    message = _answer(models.OutgoingMail.objects.get(ticket=1, kind="acknowledgement"), size)
    content = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + os.urandom(size * 3 // 4)
    message.add_attachment(content, maintype="video", subtype="mp4", filename="pump.mp4")
    with tempfile.NamedTemporaryFile(suffix=".eml", delete=False) as file:
        file.write(message.as_bytes())
    return file.name


# --- Rates ------------------------------------------------------------------------------------------------------------


def _measured(size: int) -> tuple[float, float, int]:
    """Milliseconds for one of ours and one of the floor, in turns; and the statements of one of ours."""
    apart = size // (2 * ANSWERS)
    ours, floor = [], []
    with mock.patch.object(actions, "hand_over"):
        for raw in answers(ANSWERS, apart=apart):
            floor.append(_timed(_least, raw))
            ours.append(_timed(_take_in, raw))
        (last,) = answers(1, apart=apart, first=ANSWERS)
        with CaptureQueriesContext(connection) as captured:
            _take_in(last)
    # Measured was what was meant: all of them are on their cases.
    assert models.RawMail.objects.filter(message__isnull=False).count() == ANSWERS + 1
    queries = sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for query in captured)
    # The first ones warm up.
    return statistics.median(ours[10:]), statistics.median(floor[10:]), queries


def _timed(work: Callable[[bytes], None], raw: bytes) -> float:
    start = time.perf_counter()
    work(raw)
    return (time.perf_counter() - start) * 1000


def _take_in(raw: bytes) -> None:
    kept = actions.receive(raw, mailbox="pipe", at=crowd.AT)
    assert process(kept.pk, at=crowd.AT)


def _least(raw: bytes) -> None:
    """Parse with what Python brings, and store the message and its text."""
    parsed = BytesParser(policy=policy.default).parsebytes(raw)
    body = parsed.get_body(("plain", "html"))
    assert body is not None
    with transaction.atomic():
        message_id = f"{parsed['message-id']} floor"
        models.RawMail.objects.create(
            mailbox="floor", file="none", sha256=f"{time.perf_counter_ns():064}", size=len(raw), received_at=crowd.AT,
            rfc_message_id=message_id, state="discarded", next_try_at=crowd.AT,
        )  # fmt: skip
        models.Message.objects.create(
            ticket_id=1, author_kind="customer", text=body.get_content(), language="en", channel="mail", at=crowd.AT
        )


# --- Memory -----------------------------------------------------------------------------------------------------------


def _in_a_worker(what: str, argument: int | str) -> tuple[float, float]:
    """The most memory that a process of its own held, in megabytes, and the seconds that the work took."""
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "TEST_DATABASE": POSTGRES_URL.rpartition("/")[0] + f"/{name}"}
    command = [sys.executable, "-m", "tests.benchmarks.mail_worker", what, str(argument)]
    worker = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    kilobytes, seconds = worker.stdout.split()
    return int(kilobytes) / 1024, float(seconds)
