"""The sentences about files: what may be sent, and why one was not taken. All speak from the same ``Limits``."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from tickets import moments
from tickets.attachments.codes import Code
from tickets.attachments.rules import Limits

# Keeps a file name in one piece inside a sentence that runs in the other direction (Unicode UAX 9: FSI and PDI).
_ISOLATED = "\u2068%s\u2069"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file was not taken, in the language that was active when it was made. ``name`` is safe to show."""

    name: str
    reason: str
    another_way: str

    def __str__(self) -> str:
        return _("“%(name)s” was not attached. %(reason)s %(another_way)s") % {
            "name": _ISOLATED % self.name,
            "reason": self.reason,
            "another_way": self.another_way,
        }


_UNPACK = gettext_lazy("Unpack it and attach the files that matter one by one.")
_AS_PDF = gettext_lazy("Save it as a PDF and attach that, or describe in your message what it shows.")
_SCREENSHOT = gettext_lazy("Attach a screenshot or a PDF of it instead.")
_OTHER_FORM = gettext_lazy("Save or export it as one of these and attach that: %(endings)s.")
_DESCRIBE = gettext_lazy("Tell us in your message what it is for, and we will find another way with you.")

_SENTENCES: dict[Code, tuple[str | Promise, str | Promise]] = {
    Code.EMPTY: (
        gettext_lazy("The file is empty."),
        gettext_lazy("Open it to see whether it was saved, then attach it again."),
    ),
    Code.TOO_LARGE: (
        gettext_lazy("The file is larger than %(file_size)s."),
        gettext_lazy(
            "Send a smaller version: a shorter video, a picture with fewer pixels, or only the pages that matter."
        ),
    ),
    Code.TOO_MANY: (
        # Translators: the number is never 1 in practice; it is a limit that an administrator sets.
        gettext_lazy("A message can carry %(files)s files at most."),
        gettext_lazy("Send your message with the files that matter most, and the others with a second message."),
    ),
    Code.TOO_LARGE_TOGETHER: (
        gettext_lazy("The files of a message can have %(total_size)s together at most."),
        gettext_lazy("Send your message with the files that matter most, and the others with a second message."),
    ),
    Code.NO_EXTENSION: (
        gettext_lazy("The name has no ending (such as .jpg or .pdf), so nobody could open the file."),
        gettext_lazy("Add the ending that fits to the name, then attach the file again."),
    ),
    Code.TYPE_NOT_ALLOWED: (gettext_lazy("We cannot take files of this kind."), _OTHER_FORM),
    Code.MISMATCH: (
        gettext_lazy("The content is not what the ending of the name says."),
        gettext_lazy(
            "Open the file in the program it was made with, save it again with the ending that fits, and attach that."
        ),
    ),
    Code.MIXED: (
        gettext_lazy("The file holds a second file of another kind."),
        gettext_lazy("Open it, save or export it again, and attach the new copy."),
    ),
    Code.EXECUTABLE: (
        gettext_lazy("The file is a program or a script, and those can do harm."),
        _DESCRIBE,
    ),
    Code.DOUBLE_EXTENSION: (
        gettext_lazy("The name has two endings, and one of them is that of a program or a script."),
        _DESCRIBE,
    ),
    Code.WEB_PAGE: (gettext_lazy("The file is a web page or a drawing that can hold scripts."), _SCREENSHOT),
    Code.MACROS: (
        gettext_lazy("The document holds macros, and those can do harm."),
        gettext_lazy("Save a copy without macros (.docx or .xlsx) or as a PDF, and attach that."),
    ),
    Code.ENCRYPTED: (
        gettext_lazy("The file is locked with a password, so we cannot check what is in it."),
        gettext_lazy("Attach a copy without a password. Only people who work on your request can open it."),
    ),
    Code.UNREADABLE: (
        gettext_lazy("The file is damaged, or packed in a way that we cannot read."),
        gettext_lazy("Pack it again as an ordinary ZIP file, or attach its files one by one."),
    ),
    Code.BOMB: (gettext_lazy("The archive is too large when unpacked, or packed several times over."), _UNPACK),
    Code.ARCHIVE_CONTENT: (
        gettext_lazy("The archive holds a file that we cannot take: %(member)s."),
        gettext_lazy("Pack it again without that file, or attach the other files one by one."),
    ),
}

# How a customer would name what the endings stand for, in the order of the hint.
_KINDS: tuple[tuple[frozenset[str], str | Promise], ...] = (
    (
        frozenset({"jpg", "jpeg", "jfif", "png", "webp", "heic", "heif", "gif"}),
        pgettext_lazy("kinds of files, within a sentence", "photos and screenshots"),
    ),
    (frozenset({"mp4", "mov"}), pgettext_lazy("kinds of files, within a sentence", "short videos (%(endings)s)")),
    (frozenset({"pdf"}), pgettext_lazy("kinds of files, within a sentence", "PDF")),
    (
        frozenset({"docx", "xlsx", "odt"}),
        pgettext_lazy("kinds of files, within a sentence", "Office documents (%(endings)s)"),
    ),
    (frozenset({"txt", "csv", "log"}), pgettext_lazy("kinds of files, within a sentence", "text files (%(endings)s)")),
    (frozenset({"zip"}), pgettext_lazy("kinds of files, within a sentence", "ZIP archives")),
)


def explain(code: Code | str, name: str, limits: Limits, member: str = "") -> Refusal:
    """Name, reason and another way for a refused file, in the active language.

    ``name`` is the verdict's ``safe_name``, ``member`` its ``member``. Raises ValueError for a code that refuses
    nothing.
    """
    try:
        reason, another_way = _SENTENCES[Code(code)]
    except KeyError:
        raise ValueError(f"{code} is no reason to refuse a file.") from None
    values = {
        "files": formats.number_format(limits.max_files),
        "file_size": size_text(limits.max_file_bytes),
        "total_size": size_text(limits.max_total_bytes),
        "endings": moments.enumeration(ending.upper() for ending in limits.allowed),
        "member": _ISOLATED % member,
    }
    return Refusal(name, str(reason) % values, str(another_way) % values)


def hint(limits: Limits) -> str:
    """What may be attached, to be read before somebody chooses files."""
    if not limits.max_files:
        return _("Files cannot be attached.")
    # Translators: {kinds} is an enumeration such as "photos and screenshots, short videos (MP4, MOV), and PDF".
    sentence = ngettext(
        "One file of up to %(file_size)s: %(kinds)s.",
        "Up to %(count)s files of up to %(file_size)s each, %(total_size)s together: %(kinds)s.",
        limits.max_files,
    )
    return sentence % {
        "count": formats.number_format(limits.max_files),
        "file_size": size_text(limits.max_file_bytes),
        "total_size": size_text(limits.max_total_bytes),
        "kinds": moments.enumeration(_kinds(limits)),
    }


def size_text(size: int) -> str:
    """A size for people, with at most one decimal, in the notation of the active language."""
    if size < 1024:
        return ngettext("%(number)s byte", "%(number)s bytes", size) % {"number": formats.number_format(size)}
    if size < 1024 * 1024:
        # Translators: kilobytes. Keep the no-break space.
        return pgettext("size of a file", "%(number)s KB") % {"number": _rounded(size / 1024)}
    # Translators: megabytes. Keep the no-break space.
    return pgettext("size of a file", "%(number)s MB") % {"number": _rounded(size / (1024 * 1024))}


def _rounded(number: float) -> str:
    rounded = round(number, 1)
    return formats.number_format(rounded, decimal_pos=0 if rounded == int(rounded) else 1)


def _kinds(limits: Limits) -> Iterable[str]:
    for endings, kind in _KINDS:
        if allowed := [ending.upper() for ending in limits.allowed if ending in endings]:
            yield str(kind) % {"endings": ", ".join(allowed)}
    known = frozenset().union(*(endings for endings, _kind in _KINDS))
    yield from (ending.upper() for ending in limits.allowed if ending not in known)
