"""What came by mail, as plain values: no database, no clock, no settings.

``parse`` reads any bytes that a mail server, a provider or a pipe hands over; ``newest_reply`` finds what the sender
wrote themselves. Neither ever raises, and neither loses words: what cannot be read is kept and said in ``problems``.
"""

from tickets.inbox.parse.message import parse
from tickets.inbox.parse.parsed import MailAttachment, ParsedMail, Problem, Report
from tickets.inbox.parse.quotes import newest_reply

__all__ = ["MailAttachment", "ParsedMail", "Problem", "Report", "newest_reply", "parse"]
