"""A shop in the middle of its day: topics, articles, orders, and requests in every state, in three languages.

What stands on the pages that are looked at by machine and by eye. Moments lie before ``at``, which is the present: pages
ask the clock, and so does the browser.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from allauth.account.models import EmailAddress
from PIL import Image, ImageDraw

from tests.factories import (
    AgentFactory,
    CannedReplyFactory,
    CategoryFactory,
    CustomerFactory,
    HelpArticleFactory,
    IntakeFieldFactory,
    IntakeFormFactory,
    OrderFactory,
    OrderLineFactory,
    UserFactory,
    acting,
    open_ticket,
)
from tickets import lifecycle, models
from tickets.attachments import actions as attachments
from tickets.attachments import limits
from tickets.audit.actor import Actor
from tickets.desk.statuses import Status
from tickets.lifecycle import HandOver

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MACHINE = "Brio 2 espresso machine, steel"
SERIAL = "B2X411807"


@dataclass
class Shop:
    """The people, and the requests by what is special about them."""

    alice: models.Customer
    agent: models.Agent
    lead: models.Agent
    canned: models.CannedReply
    tickets: dict[str, models.Ticket]
    with_mistake: models.IntakeDraft
    ready_to_send: models.IntakeDraft
    promise: models.Promise


def photograph() -> bytes:
    """A picture that looks like something at the size of a thumbnail."""
    image = Image.new("RGB", (640, 480), "#3b4650")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((120, 120, 520, 340), radius=24, fill="#10161b", outline="#c8d2da", width=6)
    for left in (180, 280, 380):
        draw.rectangle((left, 180, left + 70, 280), outline="#ffb454", width=14)
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def settle(customer: models.Customer) -> None:
    """What signing up leaves behind: a proven address, and pages that speak and tell the time as mail does."""
    assert customer.user
    EmailAddress.objects.create(user=customer.user, email=customer.email, verified=True, primary=True)
    customer.user.language = customer.language
    customer.user.time_zone = customer.time_zone
    customer.user.save(update_fields=["language", "time_zone"])


def received(name: str, content: bytes, *, at: datetime, draft: Any = None) -> models.Attachment:
    """A file that was taken in."""
    file, verdict = attachments.receive(name, BytesIO(content), limits=limits.current(), at=at, draft=draft)
    assert file, verdict
    return file


def topic_of_broken_things() -> models.Category:
    """Its questions are those that every desk asks first."""
    broken = CategoryFactory.create(
        slug="broken",
        position=1,
        expected_days=3,
        name_en="Something is broken or does not work",
        name_it="Qualcosa è rotto o non funziona",
        name_ar="شيء معطّل أو لا يعمل",
        description_en="Also when it worked before",
        description_it="Anche se prima funzionava",
        description_ar="حتى إن كان يعمل من قبل",
    )
    kinds = models.IntakeField.Kind
    form = IntakeFormFactory.create(category=broken)
    questions: list[dict[str, Any]] = [
        {"key": "product", "kind": kinds.TEXT, "label_en": "Product", "label_ar": "المنتج", "label_it": "Prodotto"},
        {
            "key": "serial",
            "kind": kinds.SERIAL,
            "label_en": "Serial number",
            "label_it": "Numero di serie",
            "label_ar": "الرقم التسلسلي",
            "help_en": "9 letters and digits on the plate under the machine",
            "help_ar": "9 أحرف وأرقام على اللوحة أسفل الجهاز",
            "required": True,
            "pattern": "[A-Z0-9]{9}",
            "pattern_message_en": "Enter all 9 characters. They are on the plate under the machine.",
            "pattern_message_ar": "أدخل الأحرف التسعة كلها. تجدها على اللوحة أسفل الجهاز.",
        },
        {
            "key": "error",
            "kind": kinds.ERROR_MESSAGE,
            "label_en": "Exact error message",
            "label_it": "Messaggio di errore esatto",
            "label_ar": "رسالة الخطأ بالضبط",
            "help_en": "Copy it as it stands on the display",
            "help_ar": "انسخها كما تظهر على الشاشة",
        },
        {
            "key": "tried",
            "kind": kinds.LONG_TEXT,
            "label_en": "What have you tried?",
            "label_it": "Che cosa ha provato?",
            "label_ar": "ما الذي جرّبته؟",
        },
    ]
    for position, question in enumerate(questions):
        IntakeFieldFactory.create(form=form, position=position, **question)
    return broken


def ready_answer() -> models.CannedReply:
    return CannedReplyFactory.create(
        title_en="Clean the tank’s valve",
        title_it="Pulire la valvola del serbatoio",
        title_ar="تنظيف صمام الخزان",
        body_en="Dear {first_name},\n\nplease take the tank out, rinse its valve and put it back until it clicks.",
        body_it="Gentile {first_name},\n\ntolga il serbatoio, sciacqui la valvola e lo reinserisca fino allo scatto.",
        body_ar="عزيزنا {first_name}،\n\nيرجى إخراج الخزان وشطف صمامه ثم إعادته حتى تسمع نقرة.",
    )


def _articles(broken: models.Category) -> None:
    HelpArticleFactory.create(
        slug="e04",
        category=broken,
        title_en="The display says E04",
        title_it="Il display mostra E04",
        title_ar="تظهر على الشاشة E04",
        summary_en="Most often the water tank does not sit right. Two minutes.",
        summary_ar="غالبًا لا يكون خزان الماء في مكانه. دقيقتان فقط.",
        body_en=(
            "E04 means that the machine sees no water.\n\n## Try this first\n\n1. Take the tank out.\n2. Rinse its valve.\n"
            "3. Put it back until it clicks.\n\n## Still E04?\n\n- Look whether the float moves.\n- Write to us."
        ),
        body_ar=(
            "تعني E04 أن الجهاز لا يرى الماء.\n\n## جرّب هذا أولًا\n\n1. أخرج الخزان.\n2. اشطف صمامه.\n"
            "3. أعده حتى تسمع نقرة.\n\n## ما زالت E04؟\n\n- انظر هل تتحرك العوامة.\n- اكتب إلينا."
        ),
    )
    HelpArticleFactory.create(
        slug="returns",
        title_en="Sending something back",
        title_it="Restituire un articolo",
        title_ar="إعادة منتج",
        summary_en="Thirty days, free of charge, with the label from your parcel.",
        body_en="You have thirty days.\n\nPut the label on the parcel and bring it to any shop of the carrier.",
    )


def open_shop(*, at: datetime) -> Shop:
    """Everything there is to see; needs the first desk."""
    agent = AgentFactory.create(
        user=UserFactory.create(name="Marta Rinaldi", email="agent@shop.example", is_staff=True),
        languages={"en": 5, "it": 5, "ar": 3},
    )
    AgentFactory.create(
        user=UserFactory.create(name="Tomasz Nowak", email="senior@shop.example", is_staff=True),
        level=2,
        languages={"en": 4, "pl": 5},
    )
    lead = AgentFactory.create(
        user=UserFactory.create(name="Ines Koch", email="lead@shop.example", is_staff=True, is_superuser=True),
        level=3,
        languages={"en": 4, "de": 5},
    )
    alice = CustomerFactory.create(name="Alice Byrne", email="alice@example.com")
    amina = CustomerFactory.create(
        name="أمينة الحداد", email="amina@example.com", language="ar", time_zone="Asia/Dubai"
    )
    giulia = CustomerFactory.create(name="Giulia Conti", email="giulia@example.com", language="it", plan="business")
    for customer in (alice, amina, giulia):
        settle(customer)

    broken = topic_of_broken_things()
    CategoryFactory.create(
        slug="delivery",
        position=2,
        name_en="Where is my order?",
        name_it="Dov’è il mio ordine?",
        name_ar="أين طلبي؟",
        description_en="Late, lost or damaged on the way",
        description_ar="متأخر أو مفقود أو تضرر في الطريق",
    )
    _articles(broken)
    canned = ready_answer()

    order = OrderFactory.create(customer=alice, number="10482", placed_at=at - 13 * DAY, delivered_at=at - 10 * DAY)
    machine = OrderLineFactory.create(
        order=order, product=MACHINE, serial_number=SERIAL, warranty_until=(at + 700 * DAY).date()
    )
    OrderLineFactory.create(order=order, product="Water filter", sku="FIL-3", quantity=3, serial_number="")
    parcel = OrderFactory.create(
        customer=alice,
        number="10391",
        status="on_its_way",
        placed_at=at - 3 * DAY,
        delivered_at=None,
        carrier="Poste",
        tracking="1Z999AA10123456784",
        total="64.50",
    )
    OrderLineFactory.create(order=parcel, product="Ceramic cups, set of six", sku="CUP-6", serial_number="")
    hers = OrderLineFactory.create(
        order=OrderFactory.create(customer=amina, number="10477", placed_at=at - 6 * DAY), product=MACHINE
    )

    by_alice, by_agent = Actor.of(alice.user), acting(agent)
    questions = {question.key: question for question in models.IntakeField.objects.filter(form__category=broken)}

    waiting = open_ticket(
        alice,
        category=broken,
        order_line=machine,
        form=models.IntakeForm.objects.get(category=broken),
        answers={questions["serial"]: SERIAL, questions["error"]: "E04 – TANK?", questions["tried"]: "Took it out."},
        subject="Espresso machine stops with E04",
        text="It heats up, then the pump never starts.\n\nThe display says E04 – TANK?",
        impact="blocked",
        files=[received("display.jpg", photograph(), at=at - 30 * HOUR)],
        by=by_alice,
        at=at - 30 * HOUR,
    )
    lifecycle.add_note(waiting, text="Second E04 this week. Same batch?", by=by_agent, at=at - 27 * HOUR)
    lifecycle.reply(
        waiting,
        text="Dear Alice,\n\nplease rinse the valve of the tank, and tell me whether E04 comes back.\n\nMarta",
        by=by_agent,
        at=at - 26 * HOUR,
    )
    promise = lifecycle.promise(
        waiting,
        kind=models.Promise.Kind.REFUND,
        amount=Decimal("48.90"),
        currency="EUR",
        due_at=at + 4 * DAY,
        terms="To the card you paid with.",
        by=by_agent,
        at=at - 25 * HOUR,
    )

    fresh = open_ticket(
        alice,
        order_line=None,
        subject="Can I descale with vinegar?",
        text="I have some.",
        impact="question",
        at=at - HOUR,
    )
    solved = open_ticket(alice, subject="Wrong colour of cups", text="They are blue.", by=by_alice, at=at - 6 * DAY)
    lifecycle.reply(solved, text="The right ones are on their way.", by=by_agent, at=at - 5 * DAY)
    lifecycle.resolve(solved, by=by_agent, at=at - 4 * DAY)
    closed = open_ticket(alice, subject="Invoice with my company’s name", text="Please.", by=by_alice, at=at - 40 * DAY)
    note = HandOver(known="The name is wrong in the shop’s books.", expected="A new invoice.")
    lifecycle.escalate(closed, note=note, by=by_agent, at=at - 39 * DAY - HOUR)
    lifecycle.reply(closed, text="Here it is.", status=Status.RESOLVED, by=by_agent, at=at - 39 * DAY)
    lifecycle.close(closed, by=by_agent, at=at - 30 * DAY)

    raised = open_ticket(
        amina,
        category=broken,
        order_line=hers,
        subject="الجهاز يتوقف ويظهر E04",
        text="يسخن الجهاز ثم لا تعمل المضخة، وتظهر على الشاشة E04.",
        language="ar",
        impact="danger",
        at=at - 9 * HOUR,
    )
    lifecycle.escalate(
        raised,
        note=HandOver(known="Smoke from the pump.", tried="Valve rinsed: no.", expected="A new machine.", promised=""),
        by=by_agent,
        at=at - 8 * HOUR,
    )
    for ticket, words in ((fresh, "I have asked this before."), (raised, "أريد أن أتحدث إلى المدير.")):
        by = Actor.of(ticket.customer.user)
        lifecycle.ask_for_escalation(ticket, reason="slow", words=words, by=by, at=at - HOUR / 2)
    late = open_ticket(
        giulia,
        subject="Il pacco non è mai arrivato",
        text="Il corriere dice consegnato, ma qui non c’è niente.",
        language="it",
        impact="limited",
        at=at - 5 * DAY,
    )
    # What the sweep would have seen by now, seen: warnings, the breach, the rise to the next tier.
    lifecycle.sweep(at=at)

    typed = {
        "question_product": MACHINE,
        "question_serial": SERIAL,
        "question_error": "E04",
        "question_tried": "Took the tank out and back in",
        "text": "It heats up, then the pump never starts.",
        "impact": "blocked",
    }
    with_mistake, ready_to_send = (
        models.IntakeDraft.objects.create(
            customer=alice, category=broken, order_line=machine, answers=answers, updated_at=at - HOUR
        )
        for answers in ({**typed, "question_serial": "B2X41"}, typed)
    )
    for draft in (with_mistake, ready_to_send):
        received("display.jpg", photograph(), at=at - HOUR, draft=draft)
    tickets = {
        "waiting": waiting,
        "fresh": fresh,
        "solved": solved,
        "closed": closed,
        "raised": raised,
        "late": late,
    }
    for ticket in tickets.values():
        ticket.refresh_from_db()
    return Shop(
        alice=alice,
        agent=agent,
        lead=lead,
        canned=canned,
        tickets=tickets,
        with_mistake=with_mistake,
        ready_to_send=ready_to_send,
        promise=promise,
    )
