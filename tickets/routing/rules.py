"""Who should answer: the fluent, available, least loaded agent of the right tier, team and skill."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

FLUENT: Final = 3
"""Level of a language (1 to 5) from which somebody answers in it without help."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a case asks for. A ``restricted`` one is never given to anybody outside of its team."""

    language: str
    tier_level: int
    team_id: int | None = None
    skill_id: int | None = None
    restricted: bool = False


@dataclass(slots=True)
class Candidate:
    """An agent who takes new cases. ``load`` counts the active tickets they have, ``weight`` sums up their complexity."""

    agent_id: int
    tier_level: int
    team_ids: frozenset[int]
    fluency: dict[str, int]
    skills: dict[int, int]
    load: int
    weight: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Decision:
    """``gave_up`` lists what could not be had, in the order in which it was given up; it is empty for a perfect match."""

    agent_id: int | None
    considered: int
    gave_up: tuple[str, ...] = ()
    language_level: int = 0
    load: int = 0

    def as_data(self) -> dict[str, object]:
        """The decision for the record: codes and values."""
        return {
            "agent": self.agent_id,
            "considered": self.considered,
            "gave_up": list(self.gave_up),
            "language_level": self.language_level,
            "load": self.load,
        }


Test = Callable[[Need, Candidate], bool]

# What is asked of an agent; given up from the top when nobody has it all. The tier is never given up: a case
# that needs a specialist waits in the specialists' queue rather than with somebody who cannot solve it.
REQUIREMENTS: Final[tuple[tuple[str, Test], ...]] = (
    ("skill", lambda need, one: need.skill_id is None or need.skill_id in one.skills),
    ("team", lambda need, one: need.team_id is None or need.team_id in one.team_ids),
    ("capacity", lambda need, one: one.load < one.capacity),
    ("fluency", lambda need, one: one.fluency.get(need.language, 0) >= FLUENT),
)


def choose(need: Need, candidates: Sequence[Candidate]) -> Decision:
    """Pick an agent; ``agent_id`` is None when nobody of the tier takes new cases."""
    of_tier = [one for one in candidates if one.tier_level == need.tier_level and _may_have(need, one)]
    for given_up in range(len(REQUIREMENTS) + 1):
        asked = REQUIREMENTS[given_up:]
        able = [one for one in of_tier if all(test(need, one) for _code, test in asked)]
        if able:
            best = min(able, key=lambda one: _preference(need, one))
            missing = tuple(code for code, test in REQUIREMENTS[:given_up] if not test(need, best))
            return Decision(best.agent_id, len(of_tier), missing, best.fluency.get(need.language, 0), best.load)
    return Decision(None, len(of_tier), ("nobody",))


def _may_have(need: Need, one: Candidate) -> bool:
    return not need.restricted or need.team_id in one.team_ids


def _preference(need: Need, one: Candidate) -> tuple[float, int, int, int]:
    """Who carries least for their capacity first, then the more fluent, then the more skilled; the id makes it repeatable."""
    skill = one.skills.get(need.skill_id, 0) if need.skill_id is not None else 0
    return one.weight / max(one.capacity, 1), -one.fluency.get(need.language, 0), -skill, one.agent_id
