"""Files join a message: with their digest in the record, so that evidence can be checked later."""

from collections.abc import Iterable

from tickets.attachments.models import Attachment
from tickets.desk.models import Message
from tickets.lifecycle.case import Case


def attach(case: Case, message: Message, files: Iterable[Attachment]) -> None:
    files = list(files)
    if not files:
        return
    Attachment.objects.filter(pk__in=[file.pk for file in files], message=None).update(message=message, draft=None)
    for file in files:
        case.note("file_added", name=file.name, sha256=file.sha256)
