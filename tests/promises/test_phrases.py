"""Answers that promise something, and answers that only sound a little like it."""

import pytest

from tickets.people import languages
from tickets.promises.rules import sounds_like_a_promise

PROMISES = [
    ("en", "Dear Alice, we will refund the whole price."),
    ("en", "I’ll call you on Thursday."),
    ("en", "Sorry about that: we will immediately send you a replacement."),
    ("en", "The 49.90 EUR will be refunded to your card."),
    ("en", "You will receive your money by Friday."),
    ("en", "We do not know the cause yet, but we will get back to you tomorrow."),
    ("it", "Buongiorno, ti rimborsiamo l’intero importo."),
    ("it", "Le manderemo una macchina nuova."),
    ("it", "Non si preoccupi, la richiamo domani."),
    ("it", "L’importo di 49,90 € verrà rimborsato entro venerdì."),
    ("de", "Wir erstatten Ihnen den vollen Preis."),
    ("de", "Selbstverständlich werden wir Ihnen 49,90 € erstatten."),
    ("de", "Ich rufe Sie morgen zurück."),
    ("de", "Wir schicken Ihnen eine neue Pumpe."),
    ("de", "Ich melde mich bis Freitag bei Ihnen."),
    ("fr", "Nous vous remboursons la totalité."),
    ("fr", "On rembourse les frais de port."),
    ("fr", "Je vous rappelle demain matin."),
    ("fr", "Nous vous enverrons une nouvelle pompe."),
    ("es", "Le reembolsaremos el importe completo."),
    ("es", "Te enviamos una máquina nueva."),
    ("es", "No se preocupe, le llamaremos mañana."),
    ("pl", "Zwrócimy Pani pełną kwotę."),
    ("pl", "Wyślemy nową pompę jutro."),
    ("pl", "Oddzwonię w piątek."),
    ("ja", "全額を返金いたします。"),
    ("ja", "明日、新しいポンプをお送りします。"),
    ("ja", "金曜日までにご連絡いたします。"),
    ("ar", "سنعيد إليك المبلغ كاملًا."),
    ("ar", "وسنرسل إليك مضخة جديدة."),
    ("ar", "سنتصل بك غدًا."),
]

NO_PROMISES = [
    ("en", "Unfortunately we will not refund shipping."),
    ("en", "Shall we refund it, or will we send you a new one?"),
    ("en", "I cannot say yet whether we will refund you."),
    ("en", "> we will refund you\nThat was a mistake of ours."),
    ("en", "Please send us the refund form, and let us know how it went."),
    ("en", "Your refund was paid on Monday."),
    ("it", "Purtroppo non rimborsiamo le spese di spedizione."),
    ("it", "Preferisce che le mandiamo una macchina nuova?"),
    ("it", "Il rimborso è arrivato ieri?"),
    ("de", "Das Porto erstatten wir leider nicht."),
    ("de", "Bitte melden Sie sich, wenn es nicht geht."),
    ("de", "Rufen Sie uns gern an."),
    ("fr", "Nous ne remboursons pas les frais de port."),
    ("fr", "Je vous rappelle que la garantie dure deux ans."),
    ("fr", "Voulez-vous que nous vous remboursions ?"),
    ("es", "No le reembolsaremos el envío."),
    ("es", "¿Le enviamos una nueva?"),
    ("es", "Me llamo Marta."),
    ("pl", "Nie zwrócimy kosztów przesyłki."),
    ("pl", "Zwracamy uwagę na gwarancję."),
    ("pl", "Zwrócimy się do przewoźnika."),
    ("ja", "送料は返金いたしません。"),
    ("ja", "返金しますか。"),
    ("ja", "昨日ご連絡いたしました。"),
    ("ar", "لن نعيد المبلغ."),
    ("ar", "هل سنرسل إليك مضخة جديدة؟"),
    ("ar", "شكرًا على رسالتك."),
]


@pytest.mark.parametrize(("language", "text"), PROMISES)
def test_a_promise_is_recognised(language: str, text: str) -> None:
    assert sounds_like_a_promise(text, language)


@pytest.mark.parametrize(("language", "text"), NO_PROMISES)
def test_what_promises_nothing_is_let_pass(language: str, text: str) -> None:
    assert not sounds_like_a_promise(text, language)


def test_every_language_of_the_desk_has_its_wordings() -> None:
    assert {language for language, _text in PROMISES} == {language for language, _text in NO_PROMISES}
    assert {language for language, _text in PROMISES} == {code for code, _name in languages.choices()}
