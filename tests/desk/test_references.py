import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.desk.references import ALPHABET, PATTERN, generate, normalise


@pytest.mark.parametrize("typed", ["K7Q4-9M2X", "k7q4-9m2x", "K7Q49M2X", " k7q4 9m2x "])
def test_it_reads_a_reference_as_people_type_it(typed: str) -> None:
    assert normalise(typed) == "K7Q4-9M2X"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert normalise("OIL0-1234") == "0110-1234"


@pytest.mark.parametrize("typed", ["", "K7Q4", "K7Q4-9M2X1", "K7Q4-9M2U", "ticket"])
def test_what_is_no_reference_is_none(typed: str) -> None:
    assert normalise(typed) == ""


def test_generated_references_are_read_as_themselves() -> None:
    drawn = [generate() for _ in range(200)]
    assert [normalise(reference) for reference in drawn] == drawn
    assert len(set(drawn)) == 200


@given(st.text(max_size=30))
def test_anything_typed_gives_a_reference_or_nothing(typed: str) -> None:
    assert normalise(typed) == "" or PATTERN.fullmatch(normalise(typed))


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_the_dash_does_not_matter(letters: str) -> None:
    assert normalise(letters) == f"{letters[:4]}-{letters[4:]}"
