"""Files, for those who may read what they belong to."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.conversations.access import signed_in
from tickets.attachments.models import Attachment
from tickets.attachments.serving import file_response


@require_safe
def file(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The original, as a download."""
    return file_response(_readable(request, file_id))


@require_safe
def preview(request: HttpRequest, file_id: UUID) -> FileResponse:
    """The re-encoded picture that pages show."""
    return file_response(_readable(request, file_id), preview=True)


def _readable(request: HttpRequest, file_id: UUID) -> Attachment:
    return get_object_or_404(Attachment.objects.visible_to(signed_in(request)), pk=file_id)
