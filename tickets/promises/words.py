"""A promise in one line, in the reader's language."""

from datetime import datetime

from django.utils.translation import gettext as _

from tickets.moments import moment, money
from tickets.promises.models import Promise


def promise_in_words(promise: Promise, at: datetime) -> str:
    """Such as "Refund, €49.90, by Thursday 26 November, 12:00"."""
    values = {"what": promise.get_kind_display(), "due": moment(promise.due_at, at)}
    if promise.amount is None:
        return _("%(what)s, by %(due)s") % values
    return _("%(what)s, %(amount)s, by %(due)s") % {**values, "amount": money(promise.amount, promise.currency)}
