"""A lead and the pages of a policy, in a real browser: nothing needs a script, and everybody can read all of it."""

from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.browser.test_accessibility import LANGUAGES, Stop, faults_of
from tests.factories import UserFactory
from tickets import lifecycle
from tickets.models import Recomputation, SLAPolicy, User, WhatIf


def a_lead(language: str = "en") -> User:
    return UserFactory.create(is_staff=True, is_superuser=True, language=language)


def replay_all() -> None:
    """What workers do."""
    for row in WhatIf.objects.filter(finished_at=None):
        lifecycle.replay(row.pk, at=timezone.now())


def policy_page(policy: SLAPolicy) -> str:
    return reverse("admin:tickets_slapolicy_change", args=[policy.pk])


def pages(policy: SLAPolicy) -> Iterator[Stop]:
    """The policy with what a replay said, refused, and replayed just now; its cases; a new one."""
    yield Stop(policy_page(policy))
    yield Stop(policy_page(policy), press="button[name=publish]")
    yield Stop(reverse("admin:sla_cases", args=[policy.pk, WhatIf.objects.latest("pk").pk]))
    yield Stop(reverse("admin:tickets_slapolicy_add"))
    yield Stop(reverse("admin:tickets_slapolicy_add"), press="main form .btn.go")
    yield Stop(policy_page(policy), press="button[name=replay]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_s_pages_have_no_barriers(shop: Shop, visit: Visit, axe_source: str, language: str) -> None:
    policy = SLAPolicy.objects.get()
    visitor = visit(a_lead(language))
    page = visitor.go(policy_page(policy))
    page.fill("#id_urgent_first_reply", "5")
    page.click("button[name=replay]")
    replay_all()
    faults = faults_of(visitor, pages(policy), axe_source, language)
    assert faults == []


def test_without_a_script_a_lead_tries_a_draft_and_puts_it_in_force(shop: Shop, visit: Visit) -> None:
    policy = SLAPolicy.objects.get()
    page = visit(a_lead(), java_script_enabled=False).go(policy_page(policy))
    page.fill("#id_urgent_first_reply", "30")
    page.click("button[name=replay]")
    assert page.locator("progress").count() == 1
    replay_all()
    page.click("text=Look again")
    assert page.locator("text=Met with the draft").count() == 1
    page.click("button[name=publish]")
    assert page.locator("[role=alert] >> text=Why are you changing it?").count() == 1
    page.fill("#id_reason", "We hired two people.")
    page.click("text=Save as version 2")
    assert page.locator("text=Version 2 is in force.").count() == 1
    lifecycle.recompute(Recomputation.objects.get().pk, at=timezone.now())
    page.reload()
    assert page.locator("text=Open cases have their new due times").count() == 1
    assert page.locator("text=Urgent, First reply: 1 h before, 30 min since").count() == 1


def test_progress_comes_by_itself_and_what_is_typed_stays(shop: Shop, visit: Visit) -> None:
    policy = SLAPolicy.objects.get()
    page = visit(a_lead()).go(policy_page(policy))
    page.click("button[name=replay]")
    page.fill("#id_reason", "We hired")
    replay_all()
    page.wait_for_selector("text=Met with the draft")
    assert page.input_value("#id_reason") == "We hired"
