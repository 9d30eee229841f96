from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tickets.routing.rules import Candidate, Need, choose

NEED = Need(language="it", tier_level=1, team_id=1, skill_id=1)


def candidate(agent_id: int, **changes: Any) -> Candidate:
    facts: dict[str, Any] = {
        "tier_level": 1,
        "team_ids": frozenset({1}),
        "fluency": {"it": 4},
        "skills": {1: 3},
        "load": 0,
        "capacity": 10,
        **changes,
    }
    # Unless said otherwise, all cases are of the usual complexity.
    facts.setdefault("weight", 2 * facts["load"])
    return Candidate(agent_id=agent_id, **facts)


def test_the_least_loaded_for_their_capacity_gets_it() -> None:
    assert choose(NEED, [candidate(1, load=4), candidate(2, load=5, capacity=20)]).agent_id == 2


def test_among_equally_loaded_the_more_fluent_gets_it() -> None:
    assert choose(NEED, [candidate(1), candidate(2, fluency={"it": 5})]).agent_id == 2


def test_a_fluent_agent_beats_an_idle_one_who_does_not_write_the_language() -> None:
    assert choose(NEED, [candidate(1, fluency={"de": 5}), candidate(2, load=9)]).agent_id == 2


def test_complex_cases_weigh_more_than_many_simple_ones() -> None:
    assert choose(NEED, [candidate(1, load=2, weight=10), candidate(2, load=4, weight=4)]).agent_id == 2


def test_a_restricted_case_is_never_given_to_another_team() -> None:
    restricted = replace(NEED, restricted=True)
    others = candidate(1, team_ids=frozenset({2}))
    assert (choose(restricted, [others]).agent_id, choose(restricted, [others, candidate(2, load=10)]).agent_id) == (
        None,
        2,
    )


def test_the_skill_is_given_up_before_the_language() -> None:
    decision = choose(NEED, [candidate(1, fluency={}), candidate(2, skills={})])
    assert (decision.agent_id, decision.gave_up) == (2, ("skill",))


def test_a_full_desk_takes_it_rather_than_somebody_who_cannot_read_it() -> None:
    decision = choose(NEED, [candidate(1, fluency={}), candidate(2, load=10)])
    assert (decision.agent_id, decision.gave_up) == (2, ("capacity",))


def test_somebody_of_another_tier_never_gets_it() -> None:
    decision = choose(NEED, [candidate(1, tier_level=2)])
    assert (decision.agent_id, decision.considered) == (None, 0)


def test_what_the_chosen_one_has_is_not_called_given_up() -> None:
    # Nobody is fluent, so everything was given up to find somebody; this one is in the team and has the skill.
    assert choose(NEED, [candidate(1, fluency={})]).gave_up == ("fluency",)


candidates = st.lists(
    st.builds(
        candidate,
        st.integers(1, 1000),
        load=st.integers(0, 20),
        capacity=st.integers(0, 20),
        fluency=st.dictionaries(st.sampled_from(["it", "de"]), st.integers(1, 5)),
        skills=st.dictionaries(st.integers(1, 2), st.integers(1, 5)),
        team_ids=st.frozensets(st.integers(1, 2)),
        tier_level=st.integers(1, 2),
    ),
    unique_by=lambda one: one.agent_id,
)


@given(candidates)
def test_somebody_gets_it_whenever_the_tier_has_anybody(pool: list[Candidate]) -> None:
    assert (choose(NEED, pool).agent_id is not None) == any(one.tier_level == 1 for one in pool)


@given(candidates, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(pool: list[Candidate], random: Any) -> None:
    shuffled = random.sample(pool, len(pool))
    assert choose(NEED, pool) == choose(NEED, shuffled)
