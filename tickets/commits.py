"""How hurriedly the database server has to bring a commit to its disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def unhurried() -> Iterator[None]:
    """A transaction whose loss does no harm, should the database server's machine lose power in the second after it: a lease,
    or what would be found out again. PostgreSQL then writes it to the disk together with the next one, instead of having
    everybody wait for the disk once more (its documentation: "Asynchronous Commit"). Others see it at once, as ever.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO OFF")
        yield
