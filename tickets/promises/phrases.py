"""How a desk promises something, in the desk's languages: what it will do, said by us and to the customer.

Each phrase is looked for inside one clause. Add a wording only if it can hardly mean anything else: "nous vous rappelons
que" reminds, it does not call back.
"""

from collections.abc import Mapping
from typing import Final

PHRASES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        r"\b(?:we|i)(?:['’]ll| will| shall|['’]re going to| are going to|['’]m going to| am going to)\s+"
        r"(?:(?:\w+ly|also|now|then|of course)\s+)?"
        r"(?:refund|reimburse|replace|exchange|compensate|pay (?:you |it |this )?back|give you (?:your money|a (?:call|ring))"
        r"|give you an? (?:\w+ )?refund|(?:send|ship) (?:you |out )*(?:an?|another|the|your) (?:\w+ )?(?:replacement|new|spare)"
        r"|call you|phone you|ring you|get back to you|write to you|e-?mail you|let you know|update you"
        r"|keep you (?:posted|informed|updated))\b",
        r"\b(?:we are|we['’]re|i am|i['’]m) (?:refunding|reimbursing|replacing|sending you an? (?:new|replacement))\b",
        r"\byou(?:['’]ll| will) (?:get|receive) (?:an? |your |the )?(?:\w+ )?(?:refund|replacement|money)\b",
        r"\b(?:will be|is being) (?:refunded|reimbursed|replaced|paid back)\b",
        r"\b(?:we|i) promise\b",
    ),
    "it": (
        r"\b(?:rimborsiamo|rimborseremo|rimborserò|sostituiremo|sostituirò)\b",
        r"\b(?:ti|le|vi) rimborso\b",
        r"\b(?:provvediamo|provvederemo|provvedo|provvederò) (?:a|al) (?:rimbors|sostitu)",
        r"\b(?:ti|le|vi) (?:mandiamo|manderemo|mando|manderò|inviamo|invieremo|invio|invierò|spediamo|spediremo|spedisco"
        r"|spedirò)\b.*\b(?:nuov[oaie]|ricambio|sostitu\w+|un altro|un['’]altra)\b",
        r"\b(?:la|ti|vi) (?:richiamiamo|richiameremo|richiamo|richiamerò|chiameremo|chiamerò)\b",
        r"\b(?:le|ti|vi) (?:facciamo|faremo|faccio|farò) sapere\b",
        r"\b(?:la|ti|vi) (?:teniamo|terremo|tengo|terrò) (?:informat|aggiornat)",
        r"\b(?:riceverà|riceverai|riceverete)\b.*\brimborso\b",
        r"\b(?:verrà|sarà|verrai|sarai) rimborsat",
    ),
    "de": (
        r"\b(?:wir|ich) (?:erstatten?|ersetzen?|überweisen?|vergüten?)\b",
        r"\b(?:erstatten?|ersetzen?|überweisen?|vergüten?) (?:wir|ich)\b",
        r"\b(?:(?:wir|ich) werden?|werden? (?:wir|ich))\b.*\b(?:erstatten|ersetzen|überweisen|vergüten|zurückzahlen"
        r"|austauschen|umtauschen|anrufen|zurückrufen|melden|informieren|nachliefern)\b",
        r"\b(?:(?:wir|ich) (?:schicken?|senden?|liefern?)|(?:schicken?|senden?|liefern?) (?:wir|ich))\b.*"
        r"\b(?:Ersatz\w*|neue[nsrm]?)\b",
        r"\b(?:(?:wir|ich) rufen?|rufen? (?:wir|ich)|ich rufe|rufe ich) (?:Sie|dich|euch)\b.*\b(?:an|zurück)\b",
        r"\b(?:wir melden uns|ich melde mich|melden wir uns|melde ich mich)\b",
        r"\b(?:wir tauschen|ich tausche)\b.*\b(?:um|aus)\b",
        r"\b(?:Sie (?:erhalten|bekommen)|du (?:erhältst|bekommst))\b.*\b(?:Geld zurück|erstattet|Ersatz\w*|Rückerstattung)\b",
        r"\bwird\b.*\berstattet\b",
    ),
    "fr": (
        r"\b(?:nous|je|on) (?:(?:vous|te|le|la|les) |[lt]['’])?(?:rembours(?:ons|erons|e|erai|era)"
        r"|remplaç(?:ons)|remplac(?:erons|e|erai|era)|recontact(?:ons|erons|e|erai|era))\b",
        r"\b(?:nous|je|on) (?:vous |te |t['’])(?:rappel(?:ons|lerons|le|lerai|lera))\b(?! qu)",
        r"\b(?:nous allons|je vais|on va) (?:(?:vous|te|le|la|les) |[lt]['’])?(?:rembourser|remplacer|rappeler|recontacter)\b",
        r"\b(?:nous|je|on) (?:vous |te |t['’])(?:envoyons|enverrons|envoie|enverrai|enverra|expédions|expédierons|expédie)\b.*"
        r"\b(?:nouve\w+|neuf|neuve|remplacement|un autre|une autre)\b",
        r"\b(?:nous|je|on) (?:vous|te) (?:tenons|tiendrons|tiens|tiendrai|tient|tiendra) (?:informé|au courant)",
        r"\b(?:vous serez|tu seras) remboursé",
        r"\b(?:vous recevrez|tu recevras|vous allez recevoir|tu vas recevoir)\b.*\bremboursement\b",
    ),
    "es": (
        r"\b(?:le|te|les|os) (?:reembolsamos|reembolso|devolvemos|devuelvo|devolveremos|devolveré|abonamos|abonaremos|abonaré"
        r"|reintegramos|reintegraremos)\b",
        r"\b(?:reembolsaremos|reembolsaré|sustituiremos|sustituiré|reemplazaremos|reemplazaré)\b",
        r"\b(?:vamos|voy) a (?:reembolsar|devolver(?:le|te|les|os)|sustituir|reemplazar|llamar(?:le|te|la|les|os))",
        r"\b(?:le|te|les|os) (?:enviamos|enviaremos|enviaré|envío|mandamos|mandaremos|mandaré|mando)\b.*"
        r"\b(?:nuev[oa]s?|repuesto|reemplazo|otr[oa])\b",
        r"\b(?:le|te|les|os|la) (?:llamaremos|llamaré|avisaremos|avisaré|informaremos|informaré)\b",
        r"\b(?:recibirá|recibirás|recibirán|recibiréis)\b.*\b(?:reembolso|dinero)\b",
        r"\b(?:se (?:le|te) (?:reembolsará|devolverá|abonará)|será reembolsad)",
    ),
    "pl": (
        r"\b(?:zwrócimy|zwrócę|zwracamy)\b(?! (?:się|uwag))",
        r"\b(?:oddamy|wymienimy|wymienię|zadzwonimy|zadzwonię|oddzwonimy|oddzwonię)\b",
        r"\b(?:wyślemy|wyślę|wysyłamy|prześlemy|prześlę)\b.*\b(?:now(?:y|a|e|ą|ego)|zamienn\w+|zastępcz\w+|na wymianę)\b",
        r"\b(?:odezwiemy się|odezwę się|poinformujemy|poinformuję|powiadomimy|powiadomię)\b",
        r"\b(?:damy|dam) (?:\w+ )?znać\b",
        r"\b(?:otrzyma|otrzymasz|otrzymają|dostanie|dostaniesz)\b.*\bzwrot",
    ),
    "ja": (
        r"返金(?:の手続き|手続き)?を?(?:いた|致)?(?:します|行います|進めます|させていただきます|させて頂きます)(?!か)",
        r"(?:新品|新しい\w{1,12}|代替品|交換品|代わりの\w{1,12})を(?:お送り|発送|送付|お届け)(?:いた|致)?します(?!か)",
        r"(?:お電話|ご連絡)を?(?:(?:いた|致)?します|差し上げます|さしあげます|させていただきます)(?!か)",
        r"(?:お返し(?:いた|致)?します|払い戻し(?:を|いた|致)*します|払い戻します)(?!か)",
        r"(?:交換|お取り替え)を?(?:いた|致)?(?:します|させていただきます)(?!か)",
    ),
    "ar": (
        r"(?:\b[وف]?س|سوف )(?:نرد|نعيد|أعيد|أرد|نرجع)\b.*(?:مبلغ|أموال|نقود|ثمن|قيمة)",
        r"(?:\b[وف]?س|سوف )(?:نرد|أرد) عليك",
        r"(?:\b[وف]?س|سوف )(?:نرسل|أرسل|نشحن)\b.*(?:جديد|بديل)",
        r"(?:\b[وف]?س|سوف )(?:نستبدل|أستبدل)",
        r"(?:\b[وف]?س|سوف )(?:نتصل|أتصل) ب",
        r"(?:\b[وف]?س|سوف )(?:نعلمك|أعلمك|نبلغك|أبلغك|نخبرك|أخبرك|نوافيك)",
        r"(?:\bستسترد|\bسيتم (?:رد|إعادة|استرداد)\b.*مبلغ)",
    ),
}  # fmt: skip

DENIALS: Final[Mapping[str, str]] = {
    "en": r"\b(?:not|never|cannot|unable|whether)\b|n['’]t\b",
    "it": r"\b(?:non|mai)\b",
    "de": r"\b(?:nicht|nie|niemals|kein\w*|ob)\b",
    "fr": r"\b(?:ne|pas|jamais)\b|\bn['’]",
    "es": r"\b(?:no|nunca|jamás)\b",
    "pl": r"\b(?:nie|nigdy|czy)\b",
    "ja": r"(?:かどうか|できかね|いたしかね)",
    "ar": r"\b(?:لن|لا|لم)\b",
}
"""What takes a promise back, or only asks, within the same clause."""
