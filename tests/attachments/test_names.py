import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.attachments.names import MAX_NAME_BYTES, extension, safe_name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("Grüße aus 東京.pdf", "Grüße aus 東京.pdf"),
        ("Gru\u0308ße.pdf", "Grüße.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ("/", "file"),
        ("", "file"),
        ("..", "file"),
        (".htaccess", "htaccess"),
        ("photo.jpg. . ", "photo.jpg"),
        ("two\r\nlines\x00\x7f.txt", "two lines.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u200ffile\u2066.txt", "file.txt"),
        ("lone \ud800 half.txt", "lone half.txt"),
        ("نمی\u200cخواهم.pdf", "نمی\u200cخواهم.pdf"),
        ('a:b*c?d"e<f>g|h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("wide\u3000   space.txt", "wide space.txt"),
    ],
)
def test_a_name_is_made_safe_to_show(sent, shown):
    assert safe_name(sent) == shown


@pytest.mark.parametrize("letter", ["a", "ü", "東", "👩‍🔧", "e\u0323\u0301"])
def test_a_long_name_is_shortened_between_letters_and_keeps_its_ending(letter):
    shown = safe_name(letter * 300 + ".jpg")
    assert MAX_NAME_BYTES - 12 <= len(shown.encode()) <= MAX_NAME_BYTES
    assert shown.endswith(letter[-1:] + ".jpg") or unicodedata.normalize("NFC", letter) in shown
    assert extension(shown) == "jpg"


@given(st.text(max_size=400))
def test_a_safe_name_is_short_printable_and_stays_what_it_is(sent):
    shown = safe_name(sent)
    assert 0 < len(shown.encode()) <= MAX_NAME_BYTES
    assert not {"/", "\\", "\n", "\x00", "\u202e"} & set(shown)
    assert safe_name(shown) == shown


@pytest.mark.parametrize(
    ("name", "ending"), [("a.JPG", "jpg"), ("a.tar.gz", "gz"), ("README", ""), ("a.jpg ", "jpg"), ("html", "")]
)
def test_the_ending_is_what_follows_the_last_dot(name, ending):
    assert extension(name) == ending
