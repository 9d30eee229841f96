"""How much of an upload we are willing to store while it comes in."""

from django.core.files.uploadhandler import FileUploadHandler

from tickets.attachments import limits


class OversizeCutter(FileUploadHandler):
    """Keeps only as much of a file that is too large as it takes to see that: nobody fills our disk with one request.

    Stands before the handlers that store. What it lets through of such a file is still larger than the limit, so it is
    refused later like any other, with its name and a reason, and neither the text nor the other files are lost.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= limits.current().max_file_bytes else None

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one have the file."""
