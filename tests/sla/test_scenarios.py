"""Every situation of ``scenarios.toml``, played through the functions that pages, mail and the sweep call."""

from collections import Counter
from typing import Any

import pytest

from tests.sla.stage import SITUATIONS, Stage, assert_sound, expected, seen
from tickets.sla.rules import Metric


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation["name"])
def test_clocks_in_the_situation(situation: dict[str, Any]) -> None:
    stage = Stage(situation)
    for ticket in stage.play():
        assert_sound(ticket)
    wanted = {metric: expected(stage, told) for metric, told in situation["expect"].items()}
    assert {metric: seen(stage, metric, told) for metric, told in wanted.items()} == wanted


def test_every_situation_has_a_name_of_its_own_and_expects_something_of_a_known_clock() -> None:
    assert Counter(situation["name"] for situation in SITUATIONS).most_common(1)[0][1] == 1
    assert all(situation["expect"] for situation in SITUATIONS)
    assert {metric for situation in SITUATIONS for metric in situation["expect"]} <= set(Metric)


def test_there_are_enough_situations_to_trust_the_clocks() -> None:
    assert len(SITUATIONS) >= 80
