"""Which parts of a message are its text, which are its files, and what is in either."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tickets.inbox.parse import charsets, cms, flowed, html, limits, names, structure, tnef, transfer
from tickets.inbox.parse.characters import stored, without_marks
from tickets.inbox.parse.parsed import MailAttachment, Problem
from tickets.inbox.parse.structure import Part

_TEXT = "text/plain"
_HTML = "text/html"
# Text that programs read. Any other unnamed text is shown where there is none better.
_DATA = frozenset(
    (
        *("text/calendar", "text/csv", "text/tab-separated-values", "text/vcard", "text/x-vcard", "text/directory"),
        *(
            "text/rfc822-headers",
            "text/x-amp-html",
            "text/xml",
            "text/css",
            "text/javascript",
            "text/x-diff",
            "text/x-patch",
        ),
    )
)
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_SMIME = frozenset({"signed-data", "signed-receipt", "certs-only"})
_NESTED = frozenset({"message/rfc822", "message/global"})
_PGP_ENCRYPTED = "-----BEGIN PGP MESSAGE-----"
_PGP_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----"
# Anything but blanks, and what takes no room and says nothing.
_VISIBLE = re.compile("[^\\s\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f]")


@dataclass(slots=True)
class Bodies:
    text: str = ""
    html: str = ""
    attachments: list[MailAttachment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read(data: bytes, message: Part, *, wrapped: bool = False) -> Bodies:
    """``wrapped``: it came out of a signature, and nothing more is taken out of it."""
    return _Reader(data, message, wrapped).read()


def declared_charsets(message: Part) -> tuple[str, ...]:
    """What the parts of a message say their characters are, each once, in order."""
    found = (part.type.get("charset") for part in message.leaves())
    return tuple(dict.fromkeys(charset for charset in found if charset))[:10]


def content(data: bytes, part: Part) -> tuple[bytes, bool]:
    """A part's bytes without their transfer encoding, and whether that was known and whole."""
    return transfer.undo(memoryview(data)[part.start : part.end], part.headers.text("content-transfer-encoding"))


def is_blank(text: str) -> bool:
    return not _VISIBLE.search(text)


class _Reader:
    def __init__(self, data: bytes, message: Part, wrapped: bool) -> None:
        self.data = data
        self.wrapped = wrapped
        self.message = message
        self.leaves = list(message.leaves())
        self.charsets = declared_charsets(message)
        self.bodies = Bodies()
        self.room = limits.TEXT_BYTES

    def read(self) -> Bodies:
        shown = self._shown()
        texts = [self._plain(part) for part in shown if part.content_type != _HTML]
        pages = [self._decoded(part) for part in shown if part.content_type == _HTML]
        self.bodies.text = _joined(texts)
        self.bodies.html = _joined(pages)
        places = {part: place for place, part in enumerate(shown)}
        for part in self.leaves:
            if part not in places:
                self._attach(part)
        if is_blank(self.bodies.text) and self.bodies.html:
            self._from_html()
        self._mark_inline()
        self._mark_wrappers()
        return self.bodies

    # --- which parts are shown ----------------------------------------------------------------------------------------

    def _shown(self) -> list[Part]:
        """The parts that are the message's text, in order."""
        texts = [part for part in self.leaves if self._may_be_shown(part)]
        usual = [part for part in texts if part.content_type in {_TEXT, _HTML} or part.is_multipart]
        unnamed = [part for part in usual if not part.name]
        # A text with a name is a file, unless it is all the text that there is.
        return unnamed or usual[:1] or texts[:1]

    def _may_be_shown(self, part: Part) -> bool:
        if part.disposition.main == "attachment" or part.content_type in _DATA:
            return False
        if part is not self.message and self._is_evidence(part):
            return False
        # A multipart without parts has its text where they should be.
        return part.content_type.startswith("text/") or part.is_multipart

    def _is_evidence(self, part: Part) -> bool:
        """Whether a part of a report comes after what it tells people (RFC 6522 section 3), or is a signature."""
        while part.parent:
            is_first = part.parent.parts[0] is part
            if part.parent.content_type in {"multipart/report", "multipart/signed"} and not is_first:
                return True
            part = part.parent
        return False

    # --- text ---------------------------------------------------------------------------------------------------------

    def _plain(self, part: Part) -> str:
        text = self._decoded(part)
        if part.type.get("format").lower() == "flowed" and len(text) <= limits.FLOWED_CHARACTERS:
            return flowed.unflow(text, drops_space=part.type.get("delsp").lower() == "yes")
        return text

    def _decoded(self, part: Part) -> str:
        data = self._content(part)
        if len(data) > self.room:
            data = data[: self.room]
            self._note(Problem.TEXT_CUT)
        self.room -= len(data)
        declared = part.type.get("charset")
        if not declared and part.content_type == _HTML:
            declared = charsets.html_charset(data)
        text, is_right = charsets.decode(data, declared, self.charsets)
        if not is_right and declared:
            self._note(Problem.BAD_CHARSET)
        return stored(text)

    def _content(self, part: Part) -> bytes:
        body = memoryview(self.data)[part.start : part.end]
        # One more than there is room for, to see that it is too much.
        data, is_whole = transfer.undo(body, part.headers.text("content-transfer-encoding"), self.room + 1)
        if not is_whole:
            self._note(Problem.BAD_ENCODING)
        return data

    def _from_html(self) -> None:
        text, is_whole = html.text(self.bodies.html)
        if not is_whole:
            self._note(Problem.TEXT_CUT)
        if not is_blank(text):
            self.bodies.text = text

    # --- files --------------------------------------------------------------------------------------------------------

    def _attach(self, part: Part) -> None:
        if part.start == part.end and not part.name and part.content_type.startswith(("text/", "multipart/")):
            return
        data, is_whole = content(self.data, part)
        if not is_whole:
            self._note(Problem.BAD_ENCODING)
        if part.content_type in _TNEF or part.name.lower() == "winmail.dat":
            try:
                self._unpack(tnef.read(data))
                return
            except tnef.Unreadable:
                self._note(Problem.BAD_TNEF)
        is_inline = part.disposition.main == "inline" or bool(
            _content_id(part) and not part.disposition.main and part.within("multipart/related")
        )
        self.bodies.attachments.append(
            MailAttachment(_name(part), part.content_type, data, inline=is_inline, content_id=_content_id(part))
        )

    def _unpack(self, envelope: tnef.Envelope) -> None:
        if not (envelope.files or envelope.text or envelope.html):
            raise tnef.Unreadable
        if is_blank(self.bodies.text) and not self.bodies.html:
            self.bodies.text = stored(envelope.text)
            self.bodies.html = stored(envelope.html)
        for file in envelope.files:
            kind = file.content_type if "/" in file.content_type else names.type_of(file.name)
            self.bodies.attachments.append(
                MailAttachment(
                    names.safe(file.name, kind), kind, file.content, content_id=without_marks(file.content_id)
                )
            )

    def _mark_inline(self) -> None:
        """A picture that the page shows is part of it, whatever its own header says."""
        if not self.bodies.html or not any(file.content_id for file in self.bodies.attachments):
            return
        shown = {found.lower() for found in html.shown_identifiers(self.bodies.html)}
        for place, file in enumerate(self.bodies.attachments):
            if file.content_id and file.content_id.lower() in shown and not file.inline:
                self.bodies.attachments[place] = MailAttachment(
                    file.name, file.content_type, file.content, inline=True, content_id=file.content_id
                )

    # --- wrappers -----------------------------------------------------------------------------------------------------

    def _mark_wrappers(self) -> None:
        beginning = self.bodies.text.lstrip()
        for part in self.leaves:
            if part.content_type in _SMIME:
                self._open_smime(part)
            if part.within("multipart/encrypted"):
                self._note(Problem.ENCRYPTED)
            if part.within("multipart/signed"):
                self._note(Problem.SIGNED)
        if beginning.startswith(_PGP_ENCRYPTED):
            self._note(Problem.ENCRYPTED)
        elif beginning.startswith(_PGP_SIGNED):
            self._note(Problem.SIGNED)

    def _open_smime(self, part: Part) -> None:
        """What is signed can be read. Its words join those around it, its files come before the signature's."""
        said = part.type.get("smime-type").lower()
        is_signed = said in _SIGNED_SMIME or part.name.lower().endswith(".p7s")
        # Many a program that signs does not say so in the type.
        if not self.wrapped and said != "enveloped-data":
            with suppress(cms.NotSigned):
                self._join(cms.signed_content(content(self.data, part)[0]))
                is_signed = True
        self._note(Problem.SIGNED if is_signed else Problem.ENCRYPTED)

    def _join(self, entity: bytes) -> None:
        message, problems = structure.read(entity)
        inner = read(entity, message, wrapped=True)
        for problem in (*problems, *inner.problems):
            self._note(problem)
        own = self.bodies
        own.text, own.html = _joined([own.text, inner.text]), _joined([own.html, inner.html])
        own.attachments[:0] = inner.attachments

    def _note(self, problem: Problem) -> None:
        if problem not in self.bodies.problems:
            self.bodies.problems.append(problem)


def _joined(texts: Sequence[str]) -> str:
    """Texts one below the other, without the empty lines around them."""
    kept = [text.strip("\n") for text in texts if not is_blank(text)]
    return kept[0] if len(kept) == 1 else "\n".join(kept)


def _content_id(part: Part) -> str:
    return without_marks(part.headers.text("content-id")).strip().strip("<>").strip()


def _name(part: Part) -> str:
    if part.name:
        name = names.safe(part.name, part.content_type)
        return names.with_ending(name, ".eml") if part.content_type in _NESTED else name
    return names.unnamed(part.content_type)
