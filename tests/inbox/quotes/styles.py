"""How mail programs quote, for tests that quote anything with them."""

from collections.abc import Callable, Iterator

SENDER = "Brewshop <support@example.com>"

# What programs write above lines that they mark with ">".
ATTRIBUTIONS = (
    "On Wed, 11 Nov 2026 at 09:14, {sender} wrote:",
    "On Wed, Nov 11, 2026 at 9:14\u202fAM {sender} wrote:",
    "Am Mi., 11. Nov. 2026 um 09:14 Uhr schrieb {sender}:",
    "Le mer. 11 nov. 2026 à 09:14, {sender} a écrit :",
    "El mié, 11 nov 2026 a las 9:14, {sender} escribió:",
    "Il giorno mer 11 nov 2026 alle ore 09:14 {sender} ha scritto:",
    "Em qua., 11 de nov. de 2026 às 09:14, {sender} escreveu:",
    "Op wo 11 nov 2026 om 09:14 schreef {sender}:",
    "śr., 11 lis 2026 o 09:14 {sender} napisał(a):",
    "Den ons 11 nov. 2026 kl 09:14 skrev {sender}:",
    "ke 11. marrask. 2026 klo 9.14 {sender} kirjoitti:",
    "st 11. 11. 2026 v 9:14 odesílatel {sender} napsal:",
    "{sender} ezt írta (időpont: 2026. nov. 11., Sze, 9:14):",
    "mie., 11 nov. 2026 la 09:14, {sender} a scris:",
    "{sender}, 11 Kas 2026 Çar, 09:14 tarihinde şunu yazdı:",
    "ср, 11 нояб. 2026 г. в 09:14, {sender}:",
    "ср, 11 лист. 2026 р. о 09:14 {sender} пише:",
    "Στις Τετ 11 Νοε 2026 στις 9:14 π.μ., ο χρήστης {sender} έγραψε:",
    "2026年11月11日(水) 9:14 {sender}:",
    "{sender} 于2026年11月11日周三 09:14写道：",
    "2026년 11월 11일 (수) 오전 9:14, {sender}님이 작성:",
    "في الأربعاء، 11 نوفمبر 2026 في 9:14 ص تمت كتابة ما يلي بواسطة {sender}:",
    "\u202bבתאריך יום ד׳, 11 בנוב׳ 2026 ב-9:14 מאת {sender}:\u202c",
    "Vào Th 4, 11 thg 11, 2026 vào lúc 09:14 {sender} đã viết:",
    "ในวันที่ พ. 11 พ.ย. 2026 เวลา 09:14 {sender} เขียนว่า:",
)

# The header fields that Outlook repeats, with the values of a quoted mail.
HEADERS = (
    "From: {sender}\nSent: Wednesday, November 11, 2026 9:14 AM\nTo: Alice Marsh\nSubject: K7Q4-9M2X",
    "Von: {sender}\nGesendet: Mittwoch, 11. November 2026 09:14\nAn: Alice Marsh\nBetreff: K7Q4-9M2X",
    "De : {sender}\nEnvoyé : mercredi 11 novembre 2026 09:14\nÀ : Alice Marsh\nObjet : K7Q4-9M2X",
    "Da: {sender}\nInviato: mercoledì 11 novembre 2026 09:14\nA: Alice Marsh\nOggetto: K7Q4-9M2X",
    "Od: {sender}\nWysłano: środa, 11 listopada 2026 09:14\nDo: Alice Marsh\nTemat: K7Q4-9M2X",
    "差出人: {sender}\n送信日時: 2026年11月11日 9:14\n宛先: Alice Marsh\n件名: K7Q4-9M2X",
    "من: {sender}\nتم الإرسال: 11 نوفمبر 2026 9:14 ص\nإلى: Alice Marsh\nالموضوع: K7Q4-9M2X",
)


def marked(text: str) -> str:
    """The text as programs quote it line by line."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def above(own: str, quote: str) -> str:
    return f"{own}\n\n{quote}\n"


def _with_marks(attribution: str) -> Callable[[str], str]:
    return lambda text: f"{attribution.format(sender=SENDER)}\n{marked(text)}"


def _apart(attribution: str) -> Callable[[str], str]:
    return lambda text: f"{attribution.format(sender=SENDER)}\n\n{marked(text)}"


def _all_marked(attribution: str) -> Callable[[str], str]:
    return lambda text: marked(f"{attribution.format(sender=SENDER)}\n\n{text}")


def _without_marks(attribution: str) -> Callable[[str], str]:
    return lambda text: f"{attribution.format(sender=SENDER)}\n\n{text}"


def _below_header(header: str) -> Callable[[str], str]:
    return lambda text: f"{header.format(sender=SENDER)}\n\n{text}"


def _below_rule(header: str) -> Callable[[str], str]:
    return lambda text: f"{'_' * 32}\n{header.format(sender=SENDER)}\n\n{text}"


def _styles() -> Iterator[Callable[[str], str]]:
    for attribution in ATTRIBUTIONS:
        yield from (
            _with_marks(attribution),
            _apart(attribution),
            _all_marked(attribution),
            _without_marks(attribution),
        )
    for header in HEADERS:
        yield from (_below_header(header), _below_rule(header))


STYLES = tuple(_styles())
"""Each takes the text of a mail and answers how some program quotes it."""
