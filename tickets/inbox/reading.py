"""From a kept message to what it says."""

from tickets.inbox import parse
from tickets.inbox.models import RawMail


def read(raw: RawMail) -> parse.ParsedMail:
    """The message as it came, parsed. Raises what the storage raises, never for what the message is."""
    with raw.file.open("rb") as file:
        return parse.parse(file.read())
