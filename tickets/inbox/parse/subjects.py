"""Subjects that machines begin with, where no header says so. They count at the very beginning only."""

import re
import unicodedata

from tickets.inbox.parse import headers, words

# What programs put before the subject that they answer.
_ABSENCE = (
    *("automatic reply", "auto reply", "autoreply", "auto-reply", "auto response", "auto-response", "autoresponse"),
    *("out of office", "out of office autoreply", "out of the office", "out-of-office", "ooo"),
    *("automatische antwort", "abwesenheitsnotiz", "abwesenheitsnachricht", "abwesend", "automatische rückantwort"),
    *("réponse automatique", "reponse automatique", "absence du bureau", "message d'absence"),
    *("risposta automatica", "fuori sede", "fuori ufficio", "risposta automatica di assenza"),
    *(
        "respuesta automática",
        "respuesta automatica",
        "fuera de la oficina",
        "resposta automática",
        "ausência temporária",
    ),
    *("automatyczna odpowiedź", "odpowiedź automatyczna", "nieobecność", "automatisch antwoord", "afwezigheidsbericht"),
    *("autosvar", "automatiskt svar", "automatisk svar", "automatisk svar", "automaattinen vastaus", "poissa"),
    *("automatická odpověď", "automatická odpoveď", "automatikus válasz", "răspuns automat", "automatski odgovor"),
    *("автоответ", "автоматический ответ", "автоматична відповідь", "otomatik yanıt", "otomatik cevap"),
    *("αυτόματη απάντηση", "מענה אוטומטי", "תשובה אוטומטית", "رد تلقائي", "الرد التلقائي", "پاسخ خودکار"),
    *("自動応答", "自動返信", "不在通知", "自动回复", "自動回覆", "自动答复", "자동 회신", "자동 응답", "부재중"),
)
# How mail servers begin. Not "Delivery failed": that is what customers of a shop write about their parcels.
_FAILURES = (
    *("undelivered mail returned to sender", "undeliverable", "undeliverable mail", "undeliverable message"),
    *("mail delivery failed", "mail delivery failure", "mail delivery system", "mail delivery subsystem"),
    *("mail delivery error", "delivery status notification", "failure notice", "returned mail", "mail system error"),
    *("message undeliverable", "mail returned to sender", "warning: could not send message for past 4 hours"),
    *("unzustellbar", "unzustellbare nachricht", "non remis", "non remise", "échec de la remise", "non recapitabile"),
    *("mancato recapito della posta", "no se puede entregar", "onbestelbaar", "niedostarczalne", "não entregue"),
    *("olevererbart", "недоставленное сообщение", "недоставлено", "配信不能", "未送达", "无法送达", "系统退信", "退信"),
)
_QUOTE_MARKS = str.maketrans({"’": "'", "‘": "'", "：": ":", "\u00a0": " "})
_BRACKETS = re.compile(r"^\s*\[(?:auto|automatic|autoreply|auto-reply)[^\]]{0,40}\]", re.IGNORECASE)
# "Out of office chairs" is about furniture.
_END = re.compile(r"\s*(?:[:(]|\Z)")


def is_automatic(value: bytes | None) -> bool:
    """Whether a Subject begins as only machines begin theirs."""
    subject = _folded(value)
    return bool(_BRACKETS.match(subject)) or _begins(subject, _ABSENCE) or tells_of_failure(value)


def tells_of_failure(value: bytes | None) -> bool:
    """Whether a Subject is a mail server's about a message that it could not deliver."""
    return _begins(_folded(value), _FAILURES)


def _folded(value: bytes | None) -> str:
    text = words.decode(headers.as_text(value or b""))
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTE_MARKS).lower().split())


def _begins(subject: str, phrases: tuple[str, ...]) -> bool:
    return any(subject.startswith(phrase) and _END.match(subject, len(phrase)) for phrase in phrases)
