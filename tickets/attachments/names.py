"""File names as strangers send them: made safe to show and to download, and read for what they claim."""

import re
import unicodedata

from tickets.attachments.codes import Code

MAX_NAME_BYTES = 200


def _endings(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Endings that a double click, a shell or a web server would run, and disk images that carry such files past a scanner.
PROGRAMS = _endings(
    "ade adp apk app appimage application appref-ms appx appxbundle bash bat class cmd com command cpl csh deb "
    "desktop dex dll dmg dylib elf exe fish gadget hlp hta img inf ins ipa iso isp jar jnlp jse js jsp ksh "
    "library-ms lnk mjs mpkg msc msi msix msixbundle msp mst ocx phar php php3 php4 php5 php7 php8 pht phtml pif "
    "pkg pl ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyo pyw pyz rb reg rgs rpm run scf scpt scr sct search-ms "
    "settingcontent-ms sh shb shs so swf sys tcl url vb vbe vbs vbscript vhd vhdx wasm workflow ws wsc wsf wsh xbap "
    "xll zsh asp aspx cgi chm"
)
WEB_PAGES = _endings("htm html mht mhtml shtml svg svgz xht xhtml xsl xslt")
MACRO_DOCUMENTS = _endings("docm dotm potm ppam ppsm pptm sldm xla xlam xlm xlsb xlsm xltm")
# Containers that nobody here can look into.
OTHER_ARCHIVES = _endings("7z ace arj bz2 cab gz lha lz lzh lzma rar tar tbz2 tgz txz xz z zst zipx")

# Endings that a dangerous one hides behind: "invoice.pdf.js" is meant to be read as a PDF.
_DISGUISES = _endings(
    "avi bmp csv doc docx gif heic heif jpeg jpg log mov mp3 mp4 odt pdf png ppt pptx rtf tif tiff txt webp xls "
    "xlsx zip"
)
# Endings that stay dangerous in the middle, for web servers that read every part of a name. Only words that nobody
# meets in an honest name ("example.com.pdf", "node.js.png"), and not before endings of plain text ("setup.exe.log" is
# what a crash leaves).
_RUN_ANYWHERE = _endings(
    "asp aspx bat cgi cmd exe hta jar jsp msi phar php php3 php4 php5 php7 php8 phtml pif scr vbe vbs wsf"
)
_PLAIN_TEXT = _endings("csv log txt")

# Joiners are spelling in Persian and in the scripts of India, and part of many emoji.
_JOINERS = "\u200c\u200d"
_RESERVED = re.compile(r'[<>:"|?*]')


def safe_name(name: str) -> str:
    """``name`` without path, control, direction and reserved characters: at most 200 bytes of UTF-8, its ending kept.

    It is for people: shown on pages and offered for downloads. No path is ever made of it.
    """
    name = "".join(character for character in unicodedata.normalize("NFC", name) if _is_shown(character))
    name = re.split(r"[/\\]", name)[-1]
    name = _RESERVED.sub("_", " ".join(name.split())).strip(". ")
    return _shortened(name) or "file"


def extension(name: str) -> str:
    """The ending of a safe name, in lower case and without its dot; empty if there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.strip().lower() if dot and stem else ""


def danger(name: str) -> Code | None:
    """Why a file must be refused for its (safe) name alone, whatever is in it."""
    *earlier, last = [part.strip() for part in name.lower().split(".")[1:]] or [""]
    for endings, code in ((PROGRAMS, Code.EXECUTABLE), (WEB_PAGES, Code.WEB_PAGE), (MACRO_DOCUMENTS, Code.MACROS)):
        if last in endings:
            return Code.DOUBLE_EXTENSION if earlier and earlier[-1] in _DISGUISES else code
    if last not in _PLAIN_TEXT and not _RUN_ANYWHERE.isdisjoint(earlier):
        return Code.DOUBLE_EXTENSION
    return None


def _is_shown(character: str) -> bool:
    category = unicodedata.category(character)
    # Line and paragraph separators, unassigned and surrogate code points do no good in a name either. White space stays
    # for now.
    return character in _JOINERS or character.isspace() or category not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    ending = extension(name)
    # An "ending" of half a sentence is not one.
    suffix = f".{ending}" if ending and len(ending.encode()) <= 20 else ""
    stem = name.removesuffix(name[-len(suffix) :]) if suffix else name
    cut = stem.encode()[: MAX_NAME_BYTES - len(suffix.encode())].decode(errors="ignore")
    # A letter keeps its accents or goes whole: the cut may have fallen between the two.
    if len(cut) < len(stem) and unicodedata.combining(stem[len(cut)]):
        cut = cut.rstrip("".join(c for c in set(cut) if unicodedata.combining(c)))[:-1]
    return cut.rstrip(". ") + suffix
