"""The header fields that Outlook and its like repeat above the mail they quote, by language.

Names are compared folded, and separated by bars. What a field is matters: a header needs who sent the mail, and when or
about what.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Fields(NamedTuple):
    """One language's names for the fields."""

    sender: str
    sent: str
    recipient: str
    subject: str
    other: str


FIELDS: Final[Mapping[str, Fields]] = {
    "ar": Fields(
        sender="من|المرسل",
        sent="تم الإرسال|أرسلت|أُرسلت|تاريخ الإرسال|التاريخ",
        recipient="إلى|الى",
        subject="الموضوع|موضوع",
        other="نسخة|نسخة إلى",
    ),
    "bg": Fields(
        sender="от",
        sent="изпратено|дата",
        recipient="до",
        subject="относно|тема",
        other="копие",
    ),
    "ca": Fields(
        sender="de",
        sent="enviat|data",
        recipient="per a|per",
        subject="assumpte|tema",
        other="a/c",
    ),
    "cs": Fields(
        sender="od|odesílatel",
        sent="odesláno|datum",
        recipient="komu|pro",
        subject="předmět",
        other="kopie|přílohy|důležitost",
    ),
    "da": Fields(
        sender="fra|afsender",
        sent="sendt|dato",
        recipient="til|modtager",
        subject="emne",
        other="kopi|vedhæftede filer|vedhæftet|prioritet",
    ),
    "de": Fields(
        sender="von|absender",
        sent="gesendet|gesendet am|datum|gesendet um",
        recipient="an|empfänger",
        subject="betreff",
        other="kopie|blindkopie|antwort an|wichtigkeit|priorität|anlagen|anhänge|organisation",
    ),
    "el": Fields(
        sender="από",
        sent="στάλθηκε|εστάλη|ημερομηνία",
        recipient="προς",
        subject="θέμα",
        other="κοιν|κοινοποίηση",
    ),
    "en": Fields(
        sender="from|sender",
        sent="sent|date|sent at|date sent",
        recipient="to|recipient",
        subject="subject",
        other="cc|bcc|reply-to|importance|priority|attachments|organization|organisation|message-id|mailing list",
    ),
    "es": Fields(
        sender="de|remitente",
        sent="enviado|enviado el|fecha|fecha de envío",
        recipient="para|a|destinatario",
        subject="asunto",
        other="cc|cco|responder a|importancia|adjuntos|datos adjuntos",
    ),
    "et": Fields(
        sender="saatja|kellelt",
        sent="saadetud|kuupäev",
        recipient="saaja|kellele|adressaat",
        subject="teema",
        other="koopia",
    ),
    "fa": Fields(
        sender="از|فرستنده",
        sent="تاریخ|ارسال",
        recipient="به|گیرنده",
        subject="موضوع",
        other="رونوشت",
    ),
    "fi": Fields(
        sender="lähettäjä|keneltä",
        sent="lähetetty|päivämäärä|pvm|päiväys",
        recipient="vastaanottaja|kenelle",
        subject="aihe",
        other="kopio|vastausosoite|liitteet|tärkeys",
    ),
    "fr": Fields(
        sender="de|expéditeur",
        sent="envoyé|envoyé le|envoyée|date|date d'envoi",
        recipient="à|a|destinataire|pour|à l'attention de",
        subject="objet|sujet",
        other="cc|cci|copie|répondre à|importance|pièces jointes",
    ),
    "he": Fields(
        sender="מאת",
        sent="נשלח|נשלחה|תאריך|ב-תאריך",
        recipient="אל",
        subject="נושא",
        other="עותק|העתק",
    ),
    "hi": Fields(
        sender="प्रेषक|द्वारा|फ़्रॉम",
        sent="दिनांक|भेजा गया",
        recipient="प्रति|को",
        subject="विषय",
        other="प्रतिलिपि",
    ),
    "hr": Fields(
        sender="od|šalje|pošiljatelj",
        sent="poslano|datum",
        recipient="prima|za",
        subject="predmet|naslov",
        other="kopija",
    ),
    "hu": Fields(
        sender="feladó",
        sent="elküldve|küldve|dátum|küldés ideje",
        recipient="címzett",
        subject="tárgy",
        other="másolat|másolatot kap|fontosság",
    ),
    "id": Fields(
        sender="dari",
        sent="dikirim|tanggal",
        recipient="kepada",
        subject="subjek|perihal",
        other="cc",
    ),
    "it": Fields(
        sender="da|mittente",
        sent="inviato|inviato il|data|data invio",
        recipient="a|per|destinatario",
        subject="oggetto",
        other="cc|ccn|rispondi a|priorità|allegati",
    ),
    "ja": Fields(
        sender="差出人|発信者|送信者|from",
        sent="送信日時|日時|日付|送信日",
        recipient="宛先",
        subject="件名",
        other="返信先|添付ファイル|重要度",
    ),
    "ko": Fields(
        sender="보낸 사람|보낸사람|발신|발신자|보낸이",
        sent="보낸 날짜|보낸날짜|날짜|발신일|보낸 시간",
        recipient="받는 사람|받는사람|수신|수신자|받는이",
        subject="제목",
        other="참조|회신|첨부 파일",
    ),
    "lt": Fields(
        sender="nuo",
        sent="išsiųsta|data",
        recipient="kam",
        subject="tema",
        other="kopija",
    ),
    "lv": Fields(
        sender="no",
        sent="nosūtīts|datums",
        recipient="kam",
        subject="temats|tēma",
        other="kopija",
    ),
    "nb": Fields(
        sender="fra|avsender",
        sent="sendt|dato",
        recipient="til|mottaker",
        subject="emne",
        other="kopi|vedlegg|viktighet",
    ),
    "nl": Fields(
        sender="van|afzender",
        sent="verzonden|datum|datum verzonden",
        recipient="aan|ontvanger",
        subject="onderwerp",
        other="cc|antwoord aan|beantwoorden - aan|bijlagen|urgentie|prioriteit",
    ),
    "pl": Fields(
        sender="od|nadawca",
        sent="wysłano|wysłane|data|data wysłania",
        recipient="do|adresat",
        subject="temat",
        other="dw|udw|odpowiedz do|załączniki|ważność|priorytet",
    ),
    "pt": Fields(
        sender="de|remetente",
        sent="enviado|enviado em|enviada em|enviada|data",
        recipient="para|destinatário",
        subject="assunto",
        other="cc|cco|cópia|responder para|anexos|prioridade|importância",
    ),
    "ro": Fields(
        sender="de la|expeditor",
        sent="trimis|trimis la|data|dată",
        recipient="către|catre|la|destinatar",
        subject="subiect",
        other="copie|răspuns la",
    ),
    "ru": Fields(
        sender="от|от кого|отправитель",
        sent="отправлено|дата|дата отправки",
        recipient="кому",
        subject="тема",
        other="копия|скрытая копия|вложения|важность",
    ),
    "sk": Fields(
        sender="od|odosielateľ",
        sent="odoslané|dátum",
        recipient="komu",
        subject="predmet",
        other="kópia|prílohy",
    ),
    "sl": Fields(
        sender="od|pošiljatelj",
        sent="poslano|datum",
        recipient="za",
        subject="zadeva",
        other="kp",
    ),
    "sr": Fields(
        sender="od|šalje|од|шаље",
        sent="poslato|datum|послато|датум",
        recipient="za|prima|за|прима",
        subject="predmet|naslov|предмет|тема",
        other="kopija|копија",
    ),
    "sv": Fields(
        sender="från|avsändare",
        sent="skickat|skickades|datum",
        recipient="till|mottagare",
        subject="ämne",
        other="kopia|svara till|bifogade filer|prioritet",
    ),
    "th": Fields(
        sender="จาก",
        sent="ส่ง|ส่งเมื่อ|วันที่",
        recipient="ถึง",
        subject="เรื่อง|หัวเรื่อง",
        other="สำเนา|สำเนาถึง",
    ),
    "tr": Fields(
        sender="gönderen|kimden",
        sent="gönderildi|gönderilme tarihi|gönderme tarihi|tarih",
        recipient="kime|alıcı",
        subject="konu",
        other="bilgi|önem",
    ),
    "uk": Fields(
        sender="від|від кого|відправник",
        sent="надіслано|дата|дата надсилання|відправлено",
        recipient="кому",
        subject="тема",
        other="копія|вкладення",
    ),
    "vi": Fields(
        sender="từ|người gửi",
        sent="đã gửi|ngày|ngày gửi",
        recipient="đến|tới|người nhận",
        subject="chủ đề|tiêu đề",
        other="đồng gửi",
    ),
    "zh": Fields(
        sender="发件人|寄件人|寄件者|发送人|發件人|送件者",
        sent="发送时间|发送日期|时间|日期|時間|傳送時間|寄件日期|傳送日期|发送|發送時間",
        recipient="收件人|收件者",
        subject="主题|主題|主旨",
        other="抄送|副本|密送|附件|重要性",
    ),
}
