"""Files on their way to a browser. Whether this reader may have the file is the caller's question (``visible_to``)."""

from django.http import FileResponse, Http404

from tickets.attachments import previews
from tickets.attachments.models import Attachment


def file_response(attachment: Attachment, *, preview: bool = False) -> FileResponse:
    """The original as a download, or the preview to be shown in a page.

    Raises Http404 for content that is not, or no longer, there. Strangers' files come from our own origin
    here, so the headers leave a browser no way to run them.
    """
    stored = attachment.preview if preview else attachment.file
    if not stored:
        raise Http404
    try:
        opened = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        opened,
        as_attachment=not preview,
        filename="" if preview else attachment.name,
        content_type=previews.MEDIA_TYPE if preview else attachment.detected_type,
    )
    if preview:
        response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
