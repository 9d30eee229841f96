"""Names of places that stand for time zones."""

import pytest
from django.utils import translation

from tickets import zones


@pytest.mark.parametrize(("language", "name"), [("en", "Dublin"), ("it", "Dublino"), ("ar", "دبلن")])
def test_a_city_is_called_as_in_the_readers_language(language: str, name: str) -> None:
    with translation.override(language):
        assert zones.city("Europe/Dublin") == name


def test_a_zone_that_is_no_place_keeps_its_name() -> None:
    assert zones.city("UTC") == "UTC"
