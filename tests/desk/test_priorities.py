import pytest

from tickets.desk.priorities import IMPACTS, derive
from tickets.desk.statuses import MEANINGS, Status


@pytest.mark.parametrize(
    ("impact", "category", "expected"),
    [
        ("danger", "low", "urgent"),
        ("blocked", "low", "high"),
        ("limited", "low", "normal"),
        ("question", "low", "low"),
        ("question", "high", "high"),
        ("danger", "high", "urgent"),
        ("", "low", "normal"),
        ("unheard of", "urgent", "urgent"),
    ],
)
def test_the_more_urgent_of_sentence_and_topic_counts(impact: str, category: str, expected: str) -> None:
    assert derive(impact, category) == expected


def test_customers_choose_among_sentences_that_mean_different_priorities() -> None:
    assert len({impact.priority for impact in IMPACTS.values()}) == len(IMPACTS)


def test_every_status_has_its_meaning() -> None:
    assert set(MEANINGS) == set(Status)
