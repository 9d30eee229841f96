"""An opaque signature is opened as far as it holds words, and never for longer than it is worth."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.inbox.parse import cms, parse

WRAPPERS = Path(__file__).parent.parent / "messages" / "wrappers"


def element(tag: int, content: bytes) -> bytes:
    """With its length in four bytes, as BER allows (X.690, section 8.1.3.5)."""
    return bytes([tag, 0x84]) + len(content).to_bytes(4) + content


def signed(octets: bytes) -> bytes:
    content = element(0x30, element(0x06, b"\x2a") + element(0xA0, octets))
    data = element(0x30, element(0x02, b"\x01") + element(0x31, b"") + content)
    return element(0x30, element(0x06, cms.SIGNED_DATA) + element(0xA0, data))


@given(st.binary(max_size=400))
def test_what_was_signed_comes_out(words: bytes) -> None:
    assert cms.signed_content(signed(element(0x04, words))) == words


@given(st.lists(st.binary(max_size=50), max_size=10))
def test_so_it_does_in_pieces(pieces: list[bytes]) -> None:
    octets = b"".join(element(0x04, piece) for piece in pieces)
    assert cms.signed_content(signed(element(0x24, octets))) == b"".join(pieces)
    indefinite = b"\x24\x80" + octets + b"\0\0"
    assert cms.signed_content(signed(indefinite)) == b"".join(pieces)


@given(st.binary(max_size=300))
def test_other_bytes_are_refused_and_nothing_else(data: bytes) -> None:
    with pytest.raises(cms.NotSigned):
        cms.signed_content(data)


@given(st.binary(max_size=40), st.integers(min_value=1, max_value=80))
def test_a_file_that_was_cut_off_is_refused(words: bytes, missing: int) -> None:
    with pytest.raises(cms.NotSigned):
        cms.signed_content(signed(element(0x04, words))[:-missing])


@pytest.mark.parametrize(
    "flood",
    [b"\x30\x80" * 500_000, b"\x24\x80" + b"\x04\x00" * 5_000_000, b"\x30\x84\xff\xff\xff\xff" * 100_000],
    ids=["levels", "pieces", "lengths"],
)
def test_a_flood_is_given_up(flood: bytes) -> None:
    reader = cms._Reader(flood)
    with pytest.raises((cms.NotSigned, IndexError)):
        reader.signed_content()
    assert reader.left >= -1  # no more elements than there may be were looked at


def test_its_files_stand_before_the_signature() -> None:
    mail = parse((WRAPPERS / "smime-opaque.eml").read_bytes())
    assert [file.name for file in mail.attachments] == ["Rechnung.pdf", "smime.p7m"]
    assert mail.attachments[0].content == b"%PDF-"
