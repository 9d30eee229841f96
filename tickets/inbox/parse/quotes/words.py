"""The words of the line above a quote, by language.

They are compared folded, so case does not matter. What people say in their own words decides nothing, but for one thing:
whoever says "you wrote" is no program.
"""

from collections.abc import Mapping
from typing import Final

# What programs write for "wrote". Regular expressions, of whole words where the script has words.
WROTE: Final[Mapping[str, tuple[str, ...]]] = {
    "af": ("het geskryf", "skryf"),
    "ar": (r"كتب(?:ت|/ت|/كتبت)?", "تمت كتابة", "كتبها"),
    "az": ("yazdı", "yazıb"),
    "bg": (r"написа(?:л|ла|л\(а\))?",),
    "bn": ("লিখেছেন", "লিখেছে"),
    "bs": (r"je (?:na)?pisa[ol](?:/la|la)?",),
    "ca": ("va escriure", "ha escrit", "escrigué"),
    "cs": (r"napsala?(?:\(a\)|/a)?", r"píše"),
    "cy": ("ysgrifennodd",),
    "da": ("skrev", "skriver", "har skrevet"),
    "de": ("schrieb", "schrieben", "geschrieben", "hat geschrieben", "schreibt"),
    "el": ("έγραψε", "έγραψες", "γράφει"),
    "en": ("wrote", "writes", "has written"),
    "es": ("escribió", "escribio", "ha escrito", "escribe"),
    "et": ("kirjutas", "kirjutasid"),
    "eu": ("idatzi du", "erabiltzaileak hau idatzi du"),
    "fa": ("نوشت", "نوشته است", "نوشته"),
    "fi": ("kirjoitti", "kirjoittaa"),
    "fil": ("ay sumulat", "isinulat", "sumulat"),
    "fr": (r"a [ée]crit", r"[ée]crit", r"a [ée]crite?", r"[ée]crivait"),
    "ga": ("scríobh",),
    "gl": ("escribiu",),
    "gu": ("એ લખ્યું",),
    "he": (r"כתב(?:ה|/ה|\(ה\))?", r"כתב/כתבה"),
    "hi": ("ने लिखा", "लिखा"),
    "hr": (r"napisa[ol](?:la)?(?:/la|\(la\))?", r"(?:je )?pisa[ol](?:la)?"),
    "hu": (r"ezt írta", r"írta", "írt"),
    "hy": ("գրել է", "գրեց"),
    "id": ("menulis", "berkata"),
    "is": ("skrifaði",),
    "it": ("ha scritto", "scrive", "scrisse", "scriveva"),
    "ja": ("書きました", "書いた", "のメール", "のメッセージ", "wrote"),
    "ka": ("დაწერა",),
    "kk": ("жазды",),
    "ko": ("작성", "작성하였습니다", "작성했습니다", "쓴 글", "썼습니다", "님이 쓴"),
    "lt": (r"rašė",),
    "lv": ("rakstīja",),
    "mk": ("напиша",),
    "ms": ("menulis", "telah menulis"),
    "nb": ("skrev", "skrev følgende", "har skrevet"),
    "nl": ("schreef", "het volgende geschreven", "heeft geschreven", "geschreven"),
    "nn": ("skreiv", "skreiv følgjande"),
    "pl": (r"napisała?(?:\(a\)|\(-a\)|/a)?", "pisze", r"nadesłała?(?:\(a\))?"),
    "pt": ("escreveu", "escreve"),
    "ro": ("a scris", "scrie"),
    "ru": (r"написала?(?:\(а\))?", "пишет", "писала?"),
    "sk": (r"napísala?(?:\(a\)|/a)?", "píše"),
    "sl": (r"(?:je )?napisala?(?:/-?a)?", r"(?:je )?pisala?"),
    "sq": ("shkroi",),
    "sr": (r"(?:је )?написа[ол](?:ла)?(?:/ла)?",),
    "sv": ("skrev", "skriver", "har skrivit"),
    "sw": ("aliandika",),
    "ta": ("எழுதியது",),
    "th": ("เขียนว่า", "ได้เขียน", "เขียน"),
    "tr": ("şunu yazdı", "yazdı", "şunları yazdı", "tarihinde yazdı"),
    "uk": (r"написала?(?:\(а\))?", r"написав(?:\(ла\))?", "пише"),
    "ur": ("نے لکھا", "لکھا"),
    "vi": ("đã viết", "viết"),
    "zh": ("写道", "寫道", "写到", "寫到", "撰写", "撰寫"),
}

# What programs write for "quoting somebody", before the name.
QUOTING: Final[tuple[str, ...]] = (
    "quoting",
    "zitat von",
    "citando(?: a)?",
    "citant",
    "quotando",
    "citazione di",
    "citat fra",
    "citerar",
    "citerer",
    "cytowanie",
    "cytuję",
    "citat från",
    "bericht van",
    "aangehaald van",
    "mensaje citado por",
    "idézem",
    "idézet",
    "цитирование",
)

# Whom people mean and programs do not: "you wrote on Monday" is a sentence of the sender's own. Words that are also names
# or days somewhere are left out.
PERSONS: Final[Mapping[str, str]] = {
    "cs": "já vy můj váš naše",
    "da": "jeg dere vi hon er ert",
    "de": "ich du er sie wir ihr mein meine ihre euer eure unser unsere jemand der die das mir uns",
    "el": "εγώ εσύ εσείς εμείς",
    "en": "i you he she we they my your his her our their us me the this that someone somebody who which it colleague",
    "es": "yo tú usted ustedes nosotros mi mis su sus nuestro vuestro",
    "fi": "minä sinä hän",
    "fr": "j'ai tu il elle nous vous ils elles mon ma mes votre vos notre",
    "hu": "maga ők",
    "it": "io lei voi noi mio mia suo sua vostro vostra nostro",
    "nl": "ik jij u hij zij wij jullie mijn uw onze",
    "pl": "ty wy pan pani państwo mój moja wasz nasz",
    "pt": "eu você vocês nós meu minha seu vosso",
    "ro": "dumneavoastră voi noi",
    "ru": "я ты вы он она мы они мой ваш наш",
    "sv": "jag ni din du",
    "tr": "siz biz",
    "uk": "ви він вона ми мій",
    "vi": "tôi bạn anh",
}

# What people say who answer inside the quote, in colour instead of below marks, or who pass a mail on for reading: then the
# quote is part of what they say. Regular expressions.
SEE_BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "cs": (r"(?:viz|odpověd\w*|komentář\w*).{0,40}(?:níže|červeně|v textu)",),
    "da": (r"(?:se|svar\w*|kommentar\w*).{0,40}(?:nedenfor|med rødt|i teksten)",),
    "de": (
        r"(?:siehe|antwort\w*|kommentar\w*|anmerkung\w*).{0,40}(?:unten|im text|in (?:rot|blau|grün|fett)|rot markiert|inline)",
        r"zur (?:info|information|kenntnis)\W*$",
    ),
    "en": (
        r"(?:see|find|answers?|comments?|repl(?:y|ies)|responses?)\b.{0,30}"
        r"\b(?:below(?:\W*$|[.,;:!)]| in\b)|inline|in-line|in (?:red|blue|green|bold|caps|capitals))",
        r"(?:fyi|for your information)\W*$",
    ),
    "es": (
        r"(?:ver|vea|véase|respuesta\w*|comentario\w*).{0,40}(?:abajo|debajo|a continuación|en (?:rojo|azul|verde))",
    ),
    "fi": (r"(?:katso|ks\.|vasta\w*|kommen\w*).{0,40}(?:alla|alempana|punaisella)",),
    "fr": (
        r"(?:voir|réponse\w*|commentaire\w*|remarque\w*).{0,40}(?:ci-dessous|plus bas|en (?:rouge|bleu|vert)|dans le texte)",
        r"pour (?:info|information)\W*$",
    ),
    "hu": (r"(?:lásd|ld\.|válasz\w*).{0,40}(?:lent|alább|pirossal)",),
    "it": (r"(?:vedi|veda|vedere|rispost\w*|comment\w*).{0,40}(?:sotto|in basso|di seguito|in (?:rosso|blu|verde))",),
    "ja": ("(?:赤字|青字|文中|インライン).{0,12}(?:回答|返信|記入|コメント)", "下記に(?:て)?(?:回答|返信)"),
    "ko": ("(?:아래|빨간|파란).{0,12}(?:답변|답)",),
    "nb": (r"(?:se|svar\w*|kommentar\w*).{0,40}(?:nedenfor|i rødt|i teksten)",),
    "nl": (
        r"(?:zie|antwoord\w*|opmerking\w*|reactie\w*).{0,40}(?:hieronder|onderaan|in (?:rood|blauw|groen)|in de tekst)",
    ),
    "pl": (r"(?:zob\.|zobacz|patrz|odpowied\w*|komentarz\w*).{0,40}(?:poniżej|niżej|na czerwono|w tekście)",),
    "pt": (r"(?:ver|veja|resposta\w*|comentário\w*).{0,40}(?:abaixo|em baixo|em (?:vermelho|azul|verde))",),
    "ro": (r"(?:vezi|vedeți|răspuns\w*).{0,40}(?:mai jos|cu roșu)",),
    "ru": (r"(?:см\.|смотрите|ответ\w*|комментари\w*).{0,40}(?:ниже|красным|в тексте)",),
    "sv": (r"(?:se|svar\w*|kommentar\w*).{0,40}(?:nedan|med rött|i rött|i texten)",),
    "tr": (r"(?:cevap\w*|yanıt\w*|bakınız).{0,40}(?:aşağıda|kırmızı)",),
    "uk": (r"(?:див\.|відповід\w*|коментар\w*).{0,40}(?:нижче|червоним|у тексті)",),
    "zh": (
        "(?:见|見|详见|回复|回覆|答复).{0,8}(?:下文|下方|红字|紅字|红色|紅色|蓝色|藍色)",
        "(?:红字|紅字|蓝字|藍字).{0,8}(?:回复|回覆|答复)",
    ),
}

# What may stand before the date when a program breaks the line there: "On Wed,". People begin sentences with these
# words too, so they never decide on their own.
OPENERS: Final[Mapping[str, str]] = {
    "ar": "في بتاريخ بتأريخ",
    "bg": "на",
    "cs": "dne v",
    "da": "den på",
    "de": "am um",
    "el": "στις στην την το",
    "en": "on at in",
    "es": "el",
    "fr": "le",
    "he": "ב בתאריך",
    "id": "pada",
    "it": "il in",
    "nl": "op",
    "pl": "dnia w",
    "pt": "em no",
    "ro": "pe la",
    "ru": "в",
    "sk": "dňa",
    "sl": "v",
    "th": "ใน ในวันที่ เมื่อ",
    "uk": "у від",
    "vi": "vào ngày",
    "zh": "在 于 於",
}
