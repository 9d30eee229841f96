import pytest
from django.utils import translation

from tickets.attachments.codes import Code
from tickets.attachments.limits import browser_limits
from tickets.attachments.rules import Limits
from tickets.attachments.texts import explain, hint, size_text

LIMITS = Limits(max_files=10, max_file_bytes=25 << 20, max_total_bytes=100 << 20)
PICTURES = frozenset({"image/png"})


@pytest.mark.parametrize("code", sorted(set(Code) - {Code.ACCEPTED}))
def test_every_refusal_names_the_file_a_reason_and_another_way(code):
    refusal = explain(code, "photo.jpg", LIMITS, member="setup.exe")
    assert refusal.reason.endswith(".")
    assert refusal.another_way.endswith(".")
    assert str(refusal) == f"“\u2068photo.jpg\u2069” was not attached. {refusal.reason} {refusal.another_way}"
    assert "%(" not in str(refusal)


def test_a_code_comes_back_from_the_database_as_text():
    assert explain("empty", "a.txt", LIMITS) == explain(Code.EMPTY, "a.txt", LIMITS)


def test_accepting_a_file_needs_no_excuse():
    with pytest.raises(ValueError, match="no reason"):
        explain(Code.ACCEPTED, "photo.jpg", LIMITS)


def test_the_reasons_speak_of_the_limits_in_force():
    assert explain(Code.TOO_LARGE, "a.mp4", LIMITS).reason == "The file is larger than 25\u00a0MB."
    assert explain(Code.TOO_MANY, "a.mp4", LIMITS).reason == "A message can carry 10 files at most."
    assert "100\u00a0MB" in explain(Code.TOO_LARGE_TOGETHER, "a.mp4", LIMITS).reason


def test_a_refused_kind_is_told_the_kinds_that_are_allowed():
    limits = Limits(1, 1, 1, allowed={"png": PICTURES, "pdf": frozenset({"application/pdf"})})
    assert explain(Code.TYPE_NOT_ALLOWED, "a.psd", limits).another_way.endswith("PNG and PDF.")


def test_the_file_inside_of_an_archive_is_named():
    assert explain(Code.ARCHIVE_CONTENT, "a.zip", LIMITS, "setup.exe").reason.endswith("take: \u2068setup.exe\u2069.")


def test_a_percent_sign_in_a_name_is_just_a_percent_sign():
    assert "100%s.txt" in str(explain(Code.ARCHIVE_CONTENT, "100%s.txt", LIMITS, "%(member)s"))


def test_the_hint_says_what_may_be_attached():
    assert hint(LIMITS).replace("\u00a0", " ") == (
        "Up to 10 files of up to 25 MB each, 100 MB together: photos and screenshots, short videos (MP4, MOV), PDF, "
        "Office documents (DOCX, XLSX, ODT), text files (TXT, CSV, LOG), and ZIP archives."
    )


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(1, 1 << 20, 1 << 20, {"png": PICTURES}), "One file of up to 1 MB: photos and screenshots."),
        (Limits(0, 1 << 20, 1 << 20), "Files cannot be attached."),
        (Limits(1, 1 << 20, 1 << 20, {"step": frozenset({"model/step"})}), "One file of up to 1 MB: STEP."),
    ],
)
def test_the_hint_follows_the_limits(limits, sentence):
    assert hint(limits).replace("\u00a0", " ") == sentence


@pytest.mark.parametrize(
    ("language", "size", "text"),
    [
        ("en", 1, "1 byte"),
        ("en", 1023, "1023 bytes"),
        ("en", 1024, "1 KB"),
        ("en", 25 << 20, "25 MB"),
        ("en", 1_600_000, "1.5 MB"),
        ("de", 1_600_000, "1,5 MB"),
        ("en", 3 << 30, "3072 MB"),
    ],
)
def test_sizes_are_written_the_way_the_reader_writes_numbers(language, size, text):
    with translation.override(language):
        assert size_text(size).replace("\u00a0", " ") == text


def test_the_browser_checks_by_the_same_limits():
    limits = Limits(2, 10, 20, {"png": PICTURES, "jpg": frozenset({"image/jpeg"})})
    assert browser_limits(limits) == {
        "max_files": 2,
        "max_file_bytes": 10,
        "max_total_bytes": 20,
        "extensions": [".png", ".jpg"],
    }
