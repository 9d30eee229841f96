"""Pictures as they are shown: drawn anew from their pixels, so that nothing else of the original travels on.

A photograph tells where and when it was taken and with which device; a file that only looks like a picture may hold
anything. The original is kept as evidence and is only ever downloaded.
"""

import contextlib
import io
import logging
from typing import BinaryIO

from PIL import Image, ImageOps

with contextlib.suppress(ImportError):  # photographs from iPhones, where the extra "heic" is installed
    from pillow_heif import register_heif_opener

    register_heif_opener()

log = logging.getLogger(__name__)

MEDIA_TYPE = "image/webp"
LONGEST_SIDE = 1600
# What decoding may take: four bytes a pixel, 200 MB. Phones make pictures of 50 megapixels at most unless asked for
# more.
MAX_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")


def preview_of(content: BinaryIO) -> bytes | None:
    """The picture as WebP, upright, at most ``LONGEST_SIDE`` pixels wide or high; None if it cannot be shown.

    Leaves ``content`` at its beginning.
    """
    content.seek(0)
    try:
        return _drawn_anew(content)
    except Exception:
        # Decoders raise anything for broken or hostile input. A preview is a convenience; the original is there.
        log.info("No preview could be made of a picture.", exc_info=True)
        return None
    finally:
        content.seek(0)


def _drawn_anew(content: BinaryIO) -> bytes | None:
    formats = [known for known in _FORMATS if known in Image.registered_extensions().values()]
    with Image.open(content, formats=formats) as image:
        # JPEG can be decoded at a fraction of its size. Other formats ignore this.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        if image.width * image.height > MAX_PIXELS:
            return None
        shown = ImageOps.exif_transpose(image)
        shown.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        has_alpha = shown.has_transparency_data
        # A new picture with the pixels of the old one: no EXIF, comments, profiles or further frames come along.
        clean = Image.new("RGBA" if has_alpha else "RGB", shown.size)
        clean.paste(shown.convert(clean.mode))
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=85)
    return out.getvalue()
