"""What we hold about people, and where: the one list that export and erasure run from (GDPR article 30).

Each model of ours says beside its fields how they are classed (``field_classes``, see ``tickets.audit.classes``). Tables
of other packages say nothing about privacy, so they are listed here. A field or a table that is missing somewhere is an
error at once, not a leak next year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Field, Model, Q
from modeltranslation.fields import TranslationField

from tickets.audit.classes import CLASSES, PERSONAL, PUBLIC
from tickets.people.models import Customer


class Unclassed(ImproperlyConfigured):
    """A field, or a whole table, of which nobody said what it is to privacy; or a class for a field that is not there."""


@dataclass(frozen=True, slots=True)
class FieldClass:
    """One stored field and its class. ``classed`` is one of ``tickets.audit.classes.CLASSES``."""

    model: type[Model]
    field: Field[Any, Any]
    classed: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How one finds a customer's rows of a table.

    The look-ups lead from the table to the customer, any of them is enough. ``addresses`` are look-ups that compare with
    the customer's e-mail addresses. ``readable`` narrows them to what the customer may read, and ``withheld`` names
    fields that customers do not get in their own copy: what staff write for each other.
    """

    lookups: tuple[str, ...]
    addresses: tuple[str, ...] = ()
    readable: Q = field(default_factory=Q)
    withheld: frozenset[str] = frozenset()

    def of(self, customer: Customer) -> Q:
        found = Q()
        for lookup in self.lookups:
            found |= Q(**{lookup: customer.pk})
        for lookup in self.addresses:
            found |= any_of(lookup, addresses(customer))
        return found


def addresses(customer: Customer) -> list[str]:
    """Every e-mail address that we know to be the customer's."""
    known = [customer.email]
    if customer.user is not None:
        others = apps.get_model("account.EmailAddress").objects.filter(user=customer.user)
        known += [customer.user.email, *others.values_list("email", flat=True)]
    return sorted({address.casefold() for address in known})


def any_of(lookup: str, values: Iterable[str]) -> Q:
    """Rows where ``lookup`` holds for one of the values; none where there are no values."""
    return reduce(or_, (Q(**{lookup: value}) for value in values), Q(pk__in=[]))


# In the order of an export. Every table of ours that is not public stands either here or in OF_THE_DESK.
REACHED: Final[Mapping[str, Reach]] = {
    "tickets.Customer": Reach(("pk",)),
    "tickets.User": Reach(("customer",)),
    "tickets.Order": Reach(("customer",)),
    "tickets.OrderLine": Reach(("order__customer",)),
    "tickets.IntakeDraft": Reach(("customer",)),
    "tickets.Ticket": Reach(("customer",)),
    "tickets.IntakeAnswer": Reach(("ticket__customer",)),
    "tickets.Message": Reach(("ticket__customer",), readable=Q(internal=False)),
    # What was not sent is nothing that the customer was told.
    "tickets.PendingReply": Reach(("ticket__customer",), readable=Q(pk__in=[])),
    "tickets.Attachment": Reach(
        ("message__ticket__customer", "draft__customer", "pending_replies__ticket__customer"),
        readable=Q(draft__isnull=False) | Q(message__internal=False),
    ),
    "tickets.Attempt": Reach(("ticket__customer",)),
    "tickets.Promise": Reach(("ticket__customer",), withheld=frozenset({"hand_over_note"})),
    "tickets.Escalation": Reach(
        ("ticket__customer",), withheld=frozenset({"known", "tried", "expected", "promised", "verdict", "lesson"})
    ),
    "tickets.EscalationRequest": Reach(("ticket__customer",)),
    "tickets.RuleFiring": Reach(("ticket__customer",)),
    "tickets.Rating": Reach(("ticket__customer",)),
    "tickets.SLAClock": Reach(("ticket__customer",)),
    "tickets.ClockEvent": Reach(("clock__ticket__customer",)),
    "tickets.SweepFailure": Reach(("ticket__customer",), withheld=frozenset({"error"})),
    # Mail about sign-in has neither; what the desk wrote to its own staff has a ticket and no customer.
    "tickets.OutgoingMail": Reach(
        ("customer", "ticket__customer"),
        addresses=("recipient__iexact",),
        readable=Q(customer__isnull=False) | Q(ticket=None),
    ),
    "tickets.DeliveryEvent": Reach(
        ("mail__customer", "mail__ticket__customer"),
        addresses=("mail__recipient__iexact",),
        readable=Q(mail__customer__isnull=False) | Q(mail__ticket=None),
    ),
    "tickets.Suspension": Reach(("mail__customer",), addresses=("address__iexact",)),
    "tickets.Doubt": Reach(("mail__customer",), addresses=("address__iexact",)),
    # Theirs is what they sent, wherever it ended; what others sent about their case is for the desk.
    "tickets.RawMail": Reach(
        ("ticket__customer", "ours__customer"),
        addresses=("sender__iexact", "envelope_sender__iexact"),
        readable=Q(ticket=None) | Q(message__internal=False),
        withheld=frozenset({"last_error", "problems"}),
    ),
    "tickets.AuditEntry": Reach(("ticket__customer",)),
}

OF_THE_DESK: Final = frozenset(
    {
        "tickets.Agent",
        "tickets.AgentSkill",
        "tickets.Fluency",
        # How far an IMAP mailbox is read.
        "tickets.Mailbox",
        # Names the tickets that were taken out of it; the record of each says so itself.
        "tickets.Outage",
        # Found by what it indexes: the words of an erased object are forgotten with the object.
        "tickets.SearchDocument",
    }
)
"""Not public, and about no customer."""

BORROWED: Final = frozenset(
    {
        "account.EmailAddress",
        "account.EmailConfirmation",
        "admin.LogEntry",
        "axes.AccessAttempt",
        "axes.AccessAttemptExpiration",
        "axes.AccessFailureLog",
        "axes.AccessLog",
        "mfa.Authenticator",
        "sessions.Session",
    }
)
"""Tables of other packages that hold something about people: ``actions.erase`` clears each of them by hand."""

NOBODYS: Final = frozenset({"auth.Group", "auth.Permission", "contenttypes.ContentType"})
"""Tables of other packages that hold nothing about anybody."""


def inventory(models: Iterable[type[Model]] | None = None) -> list[FieldClass]:
    """Every stored field of the desk with its class, model by model; of the given models only, if any are.

    A column in another language (``name_it``) follows the field that it translates. Raises Unclassed.
    """
    known = apps.get_app_config("tickets").get_models() if models is None else models
    return [entry for model in known for entry in _entries(model)]


def personal_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """What an erasure blanks."""
    return [entry.field for entry in _entries(model) if entry.classed == PERSONAL]


def reached() -> dict[type[Model], Reach]:
    """Every table with rows about a customer, and how to find these. Raises Unclassed for a table that nobody placed."""
    for model in apps.get_app_config("tickets").get_models():
        label = model._meta.label
        private = any(entry.classed != PUBLIC for entry in _entries(model))
        if private and label not in REACHED and label not in OF_THE_DESK:
            raise Unclassed(f"{label} holds more than public texts: add it to REACHED or to OF_THE_DESK.")
    return {apps.get_model(label): reach for label, reach in REACHED.items()}


def _entries(model: type[Model]) -> list[FieldClass]:
    stated = _stated(model)
    fields = [*model._meta.fields, *model._meta.many_to_many]
    names = {field.name: _source_name(field) for field in fields}
    unclassed = sorted({source for source in names.values() if source not in stated})
    if unclassed:
        raise Unclassed(f"{model._meta.label} has fields that nobody classed for privacy: {', '.join(unclassed)}.")
    unknown = sorted(set(stated) - set(names))
    if unknown:
        raise Unclassed(f"{model._meta.label} classes fields that it does not have: {', '.join(unknown)}.")
    return [FieldClass(model, field, stated[names[field.name]]) for field in fields]


def _stated(model: type[Model]) -> dict[str, str]:
    """What the model says about its fields: class by name."""
    stated: dict[str, str] = {}
    for classed, names in getattr(model, "field_classes", {}).items():
        if classed not in CLASSES:
            raise Unclassed(f"{model._meta.label} uses a class that does not exist: {classed}.")
        for name in names:
            if name in stated:
                raise Unclassed(f"{model._meta.label} classes {name} twice.")
            stated[name] = classed
    return stated


def _source_name(field: Field[Any, Any]) -> str:
    return field.translated_field.name if isinstance(field, TranslationField) else field.name
