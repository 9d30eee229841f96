"""How much of a message is read. The raw message is stored whole before; these only bound what reading it may cost.

Each is far beyond what people write, and low enough that the worst message stays within two seconds and 160 MB.
"""

HEADER_BYTES = 256 * 1024
"""Of one header block; what follows is skipped up to the empty line."""
ALL_HEADERS_BYTES = 4 * HEADER_BYTES
"""Of the message and all its parts together."""
HEADER_FIELDS = 400
FIELD_BYTES = 30_000
PARAMETERS = 500
ADDRESSES = 1_000
REFERENCES = 1_000
PARTS = 1_000
DEPTH = 40
BOUNDARY_CANDIDATES = 500_000
"""Lines that begin with two hyphens and are looked at for being boundaries."""
TEXT_BYTES = 8 * 1024 * 1024
"""Of text and HTML together, decoded from their transfer encoding. Beyond, a text is cut."""
HTML_CHARACTERS = 300_000
"""As much of the HTML is made into text, where there is no other text."""
FLOWED_CHARACTERS = 500_000
"""A longer text keeps the line breaks that it came with."""
JIS_BYTES = 1024 * 1024
"""As much Japanese text is searched for characters that the standard lacks."""
UUENCODED_LINES = 700_000
"""Thirty million bytes."""
TRIMMED_CHARACTERS = 200_000
"""Up to here quotes are looked for; a longer text is shown whole."""
GUESSED_BYTES = 4_096
"""The sample that a character set is guessed from."""
TNEF_OBJECTS = 10_000
REPORTED_RECIPIENTS = 1_000
"""Of one delivery report."""
NAME_BYTES = 200
"""Of a file's name in UTF-8."""
HOPS = 50
"""A message that passed more servers than this goes round in circles."""
