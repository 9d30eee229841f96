"""What the sender of a mail wrote themselves, without what they quote."""

from tickets.inbox.parse.quotes.trim import newest_reply

__all__ = ["newest_reply"]
