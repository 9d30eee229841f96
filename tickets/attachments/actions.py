"""Files are kept, and forgotten."""

from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction

from tickets.attachments.models import Attachment, AttachmentState
from tickets.attachments.previews import preview_of
from tickets.attachments.rules import Limits, Verdict, verdict


def receive(
    name: str,
    content: BinaryIO,
    *,
    limits: Limits,
    at: datetime,
    draft: Any = None,
    message: Any = None,
    description: str = "",
    decorative: bool = False,
) -> tuple[Attachment | None, Verdict]:
    """Judge a file and, if it may come in, keep it untouched, for pictures with a preview to show.

    "Accepted" means that its kind was checked, not that it was scanned for viruses. A refused file leaves no row; say
    why with ``texts.explain(verdict.code, verdict.safe_name, limits, verdict.member)``. Number and total are the
    caller's to check before (``rules.check_batch``). ``content`` is read from and left at its beginning.
    """
    judged = verdict(name, content, limits)
    if not judged.accepted:
        return None, judged
    attachment = Attachment(
        draft=draft,
        message=message,
        name=judged.safe_name,
        detected_type=judged.detected_type,
        size=judged.size,
        sha256=judged.sha256,
        description=description,
        decorative=decorative,
        created_at=at,
    )
    # The model gives both a random name; a storage must not guess anything from an ending either.
    attachment.file.save("original", File(content), save=False)
    if judged.detected_type.startswith("image/") and (preview := preview_of(content)):
        attachment.preview.save("preview", ContentFile(preview), save=False)
    content.seek(0)
    attachment.save()
    return attachment, judged


def erase(attachment: Attachment) -> None:
    """Forget name, description and content; that there was a file of this kind and size stays on record.

    The stored files go when the transaction is committed, so that an erasure that fails loses nothing. Erasing again is
    harmless.
    """
    stored = [(field.storage, field.name) for field in (attachment.file, attachment.preview) if field.name]
    attachment.name = attachment.description = attachment.sha256 = ""
    attachment.file = attachment.preview = ""
    attachment.state = AttachmentState.ERASED
    attachment.save(update_fields=["name", "description", "sha256", "file", "preview", "state"])
    for storage, stored_name in stored:
        transaction.on_commit(partial(storage.delete, stored_name))
