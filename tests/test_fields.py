import pytest
from django.core.exceptions import ValidationError

from tickets.fields import WrittenField


@pytest.mark.parametrize("text", ["E04", "مرحبا", "日本", "🎉", "👩\u200d🔧", "e\u0301", "…"])
def test_what_can_be_seen_is_kept_as_it_was_written(text: str) -> None:
    assert WrittenField().clean(text) == text


@pytest.mark.parametrize("text", ["", " \u00a0", "\u200b", "\u202e\u202c", "\ufeff", "\u0301", "\0"])
def test_where_there_is_nothing_to_see_nothing_was_written(text: str) -> None:
    with pytest.raises(ValidationError, match="required"):
        WrittenField().clean(text)
    assert WrittenField(required=False).clean(text) == ""
