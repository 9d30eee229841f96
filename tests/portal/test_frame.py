"""The page around every page, and the pages that come when something is wrong."""

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation
from pytest_django.fixtures import Settings

from portal.forms import PortalForm


def frame(**context: Any) -> str:
    return render_to_string("portal/frame.html", context)


class Named(PortalForm):
    name = forms.CharField()


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_page_says_its_language_and_direction(language: str, direction: str) -> None:
    with translation.override(language):
        assert f'<html lang="{language}" dir="{direction}">' in frame()


def test_reading_needs_are_words_on_the_page() -> None:
    assert 'data-reading="large no-images"' in frame(reading_needs="large no-images")


def test_nobody_is_asked_for_reading_needs_they_do_not_have() -> None:
    assert "data-reading" not in frame(reading_needs="")


def test_the_title_warns_of_mistakes_first() -> None:
    assert "<title>Error: " in frame(form=Named({}))


def test_the_title_of_a_fresh_form_warns_of_nothing() -> None:
    assert "Error:" not in frame(form=Named())


def test_the_shop_is_named(settings: Settings) -> None:
    settings.SHOP_NAME = "Casa Orsini"
    assert "Casa Orsini support</title>" in frame()


# The database is closed to these tests, and there is no request: this is what is left when everything else failed.
@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("400.html", "We could not read what your browser sent"),
        ("500.html", "Something went wrong on our side"),
    ],
)
def test_an_error_page_stands_without_a_request_and_a_database(page: str, says: str) -> None:
    html = render_to_string(page)
    assert f"<h1>{says}</h1>" in html
    assert '<a class="btn" href="/">' in html
