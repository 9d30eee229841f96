"""What can go wrong in the domain, as exceptions that doors (pages, tasks, commands) turn into words.

Every error carries a translated sentence as its text: it may be shown to the person who caused it.
"""


class DeskError(Exception):
    """Base of all errors that the domain raises on purpose."""


class InvalidHours(DeskError, ValueError):
    """Opening hours that contradict themselves or never open."""


class NotAllowed(DeskError):
    """The ticket's state, or a rule of the desk, does not permit this step now."""


class Stale(DeskError):
    """Somebody else wrote in the meantime; what was typed has to be looked at again before it is sent."""


class UnknownKind(DeskError, KeyError):
    """A code (audit entry, mail, metric) that nobody registered: a fault in our own code."""
