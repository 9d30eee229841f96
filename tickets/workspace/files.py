"""Files of tickets, for staff."""

from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from tickets.attachments.models import Attachment
from tickets.attachments.serving import file_response


@require_GET
def file(request: HttpRequest, pk: UUID) -> FileResponse:
    """The original, as a download."""
    return file_response(get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk))


@require_GET
def preview(request: HttpRequest, pk: UUID) -> FileResponse:
    """A picture as it is shown: re-encoded, without the place where it was taken."""
    return file_response(get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk), preview=True)
