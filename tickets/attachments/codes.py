"""What can be said about a file that somebody sends. Codes are stored; the sentences are in ``texts``."""

from enum import StrEnum


class Code(StrEnum):
    ACCEPTED = "accepted"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_LARGE_TOGETHER = "too_large_together"
    NO_EXTENSION = "no_extension"
    TYPE_NOT_ALLOWED = "type_not_allowed"
    MISMATCH = "mismatch"
    MIXED = "mixed"
    EXECUTABLE = "executable"
    DOUBLE_EXTENSION = "double_extension"
    WEB_PAGE = "web_page"
    MACROS = "macros"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    BOMB = "bomb"
    ARCHIVE_CONTENT = "archive_content"
