"""Files on their way into an answer or a note: judged, kept over a refused try, never a reason to type again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from tickets.attachments import actions as attachments
from tickets.attachments import limits, rules, texts
from tickets.attachments.codes import Code
from tickets.attachments.models import Attachment
from tickets.workspace.forms import WritingForm

AT_ONCE: Final = 50


def receive(form: WritingForm, at: datetime) -> list[Attachment]:
    """The accepted files of this try and those that wait from an earlier one. ``form`` has been cleaned.

    Each refusal becomes an error of the form, which also remembers what was accepted.
    """
    waiting = kept(form.cleaned_data.get("kept", ""))
    uploads: Sequence[UploadedFile] = form.cleaned_data.get("attachments") or []
    allowed = limits.current()
    code = rules.check_batch(
        [upload.size or 0 for upload in uploads], len(waiting), allowed, sum(file.size for file in waiting)
    )
    if code == Code.ACCEPTED:
        waiting += [file for upload in uploads if (file := _receive(form, upload, allowed, at))]
    else:
        for upload in uploads:
            form.add_error("attachments", str(texts.explain(code, upload.name or "", allowed)))
    sent: Any = form.data
    data = sent.copy()
    data["kept"] = " ".join(str(file.pk) for file in waiting)
    form.data = data
    return waiting


def _receive(form: WritingForm, upload: UploadedFile, allowed: rules.Limits, at: datetime) -> Attachment | None:
    attachment, verdict = attachments.receive(upload.name or "", upload, limits=allowed, at=at)  # type: ignore[arg-type]
    if attachment is None:
        form.add_error("attachments", str(texts.explain(verdict.code, verdict.safe_name, allowed, verdict.member)))
    return attachment


def kept(ids: str) -> list[Attachment]:
    """Files that were accepted and belong to nothing yet. Their ids are random: nobody can name somebody else's."""
    known = [pk for part in ids.split()[:AT_ONCE] if (pk := _uuid(part))]
    return (
        list(Attachment.objects.filter(pk__in=known, message=None, draft=None).order_by("created_at", "pk"))
        if known
        else []
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
