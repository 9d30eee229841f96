"""What has to be said to bring set-aside mail to a ticket."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.desk import references
from tickets.desk.models import Category, Ticket
from tickets.fields import WrittenField
from tickets.inbox import matching
from tickets.people import languages
from tickets.people.models import Customer
from tickets.workspace.forms import DeskForm

CUSTOMERS: Final = "customer"
NOBODYS: Final = "nobody"


class WhichTicketForm(DeskForm):
    """Names a ticket. A valid form has ``ticket``: the one to which the message goes, which is another one for a merged."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the ticket"),
        help_text=gettext_lazy("Such as K7Q4-9M2X, however you type it."),
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the reference of the ticket.")},
    )

    def __init__(self, tickets: QuerySet[Ticket], data: Any = None) -> None:
        super().__init__(data)
        self.tickets = tickets
        self.ticket: Ticket | None = None

    def clean_reference(self) -> str:
        known = references.normalise(self.cleaned_data["reference"])
        named = self.tickets.filter(reference=known).first() if known else None
        # A merged ticket may lead to one that this reader must not know of.
        self.ticket = self.tickets.filter(pk=matching.where_it_leads(named).pk).first() if named else None
        if self.ticket is None:
            raise forms.ValidationError(_("There is no ticket with this reference that you may read."))
        return self.ticket.reference


class AttachForm(DeskForm):
    """Whose words they are. ``reference`` is the ticket that was shown."""

    reference = forms.CharField(widget=forms.HiddenInput)
    words = forms.ChoiceField(
        label=gettext_lazy("Whose words are these?"),
        choices=[
            (CUSTOMERS, gettext_lazy("The customer’s own: they join the conversation, and an answer is due")),
            (NOBODYS, gettext_lazy("Not known for sure: only the desk sees them, and no clock moves")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whose words these are.")},
    )


class OpenForm(DeskForm):
    """A request made of a message. A valid form has ``customer``: None where one is to be made of the sender."""

    address = forms.EmailField(
        label=gettext_lazy("The customer’s address"),
        help_text=gettext_lazy(
            "Whoever has this address is the customer. For a sender whom we do not know, one is made."
        ),
        widget=forms.EmailInput({"dir": "ltr", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the address of the customer.")},
    )
    category: Any = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=gettext_lazy("Topic"),
        empty_label=gettext_lazy("Choose one"),
        error_messages={"required": gettext_lazy("Choose a topic.")},
    )
    subject = WrittenField(
        label=gettext_lazy("Subject"),
        max_length=Ticket._meta.get_field("subject").max_length,
        widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": gettext_lazy("Say in a few words what it is about.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the request"),
        choices=languages.choices,
        help_text=gettext_lazy("We answer in this language."),
    )

    def __init__(self, sender: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sender = sender.lower()
        self.customer: Customer | None = None

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].lower()
        self.customer = customer_with(address)
        if self.customer is None and address != self.sender:
            raise forms.ValidationError(
                _("No customer has this address. Only the sender’s own can become a new customer.")
            )
        return address


def customer_with(address: str) -> Customer | None:
    """The customer whose mail goes to an address."""
    if not address:
        return None
    by_address = Customer.objects.alias(address=Lower("email")).filter(erased_at=None)
    return by_address.filter(address=address.lower()).first()


def language_for(customer: Customer | None, suggested: str) -> str:
    return languages.closest(customer.language if customer else suggested or settings.LANGUAGE_CODE)
