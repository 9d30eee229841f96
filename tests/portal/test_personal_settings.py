from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from portal.middleware import PersonalSettings
from tests.clients import signed_in
from tickets.models import Customer, User

HELP = reverse("help:index")


def zone_of_a_page(user: Any, cookies: dict[str, str]) -> object:
    """The time zone in which a view would write dates."""
    seen: list[object] = []

    def view(_request: object) -> HttpResponse:
        seen.append(timezone.get_current_timezone())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES.update(cookies)
    request.user = user
    PersonalSettings(view)(request)
    return seen[0]


def test_a_signed_in_reader_has_their_own_language_whatever_the_browser_says(alice: Customer) -> None:
    User.objects.update(language="ar")
    page = signed_in(alice.user).get(HELP, headers={"accept-language": "it"})
    assert '<html lang="ar" dir="rtl">' in page.content.decode()


def test_a_stranger_has_the_language_of_the_browser(client: Client, desk: None) -> None:
    assert '<html lang="it" dir="ltr">' in client.get(HELP, headers={"accept-language": "it"}).content.decode()


def test_a_signed_in_reader_has_their_own_time(alice: Customer) -> None:
    assert zone_of_a_page(alice.user, {"sessionid": "x"}) == ZoneInfo("UTC")
    User.objects.update(time_zone="Asia/Tokyo")
    assert zone_of_a_page(User.objects.get(), {"sessionid": "x"}) == ZoneInfo("Asia/Tokyo")


def test_a_stranger_has_the_time_of_the_desk() -> None:
    assert zone_of_a_page(None, {}) == ZoneInfo("Europe/Rome")


def test_the_time_of_one_reader_does_not_stay_for_the_next(alice: Customer) -> None:
    before = timezone.get_current_timezone()
    User.objects.update(time_zone="Asia/Tokyo")
    signed_in(alice.user).get(HELP)
    assert timezone.get_current_timezone() == before


@pytest.mark.django_db
def test_a_stranger_is_not_looked_up(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz")
