"""How a stored field is classed for privacy (GDPR article 30: the record of processing starts from what is stored).

Each model states its fields' classes in ``field_classes``; the inventory in ``tickets.privacy`` reads them, export and
erasure run from it, and a test fails on a field that nobody classed.
"""

from typing import Final

PERSONAL: Final = "personal"
"""Says something about a person, or was written by one. Exported on request; blanked by an erasure."""

OPERATIONAL: Final = "operational"
"""What the desk needs to work: states, times, links between rows. Exported; stays after an erasure."""

FINANCIAL: Final = "financial"
"""Amounts and currencies. Exported; stays after an erasure, because accounts have to add up."""

PUBLIC: Final = "public"
"""Texts and settings of the shop itself. Neither exported nor erased."""

CLASSES: Final = (PERSONAL, OPERATIONAL, FINANCIAL, PUBLIC)
