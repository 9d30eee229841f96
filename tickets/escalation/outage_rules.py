"""Which cases an outage concerns, and in which languages it still has to be told. Plain values, no database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What an outage is about: a topic (None: any), part of a product's name or SKU ("": any product), and since when."""

    category_id: int | None
    product: str
    since: datetime

    def covers(self, *, category_id: int | None, products: Collection[str], opened_at: datetime) -> bool:
        """Whether a case is about it. ``products`` are the names and SKUs of what the case is about; none if nothing."""
        return (
            opened_at >= self.since
            and self.category_id in (None, category_id)
            and (not self.product or any(self._product in product.casefold() for product in products))
        )

    def overlaps(self, other: "Scope") -> bool:
        """Whether the two say the same to the same customers: one topic, and one's product is part of the other's."""
        return self.category_id == other.category_id and (
            self._product in other._product or other._product in self._product
        )

    @property
    def _product(self) -> str:
        return self.product.casefold()


def missing(texts: Mapping[str, str], audience: Mapping[str, int]) -> dict[str, int]:
    """The languages of the ``audience`` (customers by language) without a text, with how many customers each: most first."""
    without = [(language, number) for language, number in audience.items() if not texts.get(language)]
    return dict(sorted(without, key=lambda pair: (-pair[1], pair[0])))
