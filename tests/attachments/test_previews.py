import io

import pytest
from PIL import Image

from tests.attachments import crafted
from tickets.attachments import previews
from tickets.attachments.previews import LONGEST_SIDE, preview_of

ORIENTATION, CAMERA, GPS = 0x0112, 0x0110, 0x8825


def preview(content):
    made = preview_of(io.BytesIO(content))
    return made and Image.open(io.BytesIO(made))


def photo_with_location(size=(40, 20)):
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was held upright
    exif[CAMERA] = "Telltale 3000"
    exif.get_ifd(GPS)[1] = "N"
    return crafted.picture("JPEG", size, exif=exif, comment=b"taken at home", icc_profile=b"profile of a display")


@pytest.mark.parametrize(
    "content", [crafted.JPEG, crafted.PNG, crafted.GIF, crafted.WEBP], ids=["jpeg", "png", "gif", "webp"]
)
def test_a_picture_is_drawn_anew_as_webp(content):
    made = preview(content)
    assert (made.format, made.size) == ("WEBP", (8, 6))


def test_nothing_but_the_pixels_travels_on():
    original = photo_with_location()
    made = preview_of(io.BytesIO(original))
    assert b"Telltale" in original
    assert b"Telltale" not in made
    assert dict(Image.open(io.BytesIO(made)).getexif()) == {}
    assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(Image.open(io.BytesIO(made)).info)


def test_an_upright_photograph_stays_upright():
    assert preview(photo_with_location((40, 20))).size == (20, 40)


def test_a_large_picture_is_made_smaller():
    assert preview(crafted.picture("PNG", (3200, 800))).size == (LONGEST_SIDE, LONGEST_SIDE // 4)


def test_transparency_is_kept():
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(out, "PNG")
    assert preview(out.getvalue()).getpixel((0, 0))[3] == 0


def test_a_moving_picture_stands_still():
    out = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert preview(out.getvalue()).n_frames == 1


def test_a_picture_that_would_fill_the_memory_is_not_decoded(monkeypatch):
    monkeypatch.setattr(previews, "MAX_PIXELS", 1000)
    assert preview(crafted.picture("PNG", (100, 100))) is None


def test_a_large_photograph_is_decoded_at_a_fraction_of_its_size(monkeypatch):
    monkeypatch.setattr(previews, "MAX_PIXELS", 8_000_000)
    assert preview(crafted.picture("JPEG", (6400, 4800))).width == LONGEST_SIDE


@pytest.mark.parametrize("content", [b"", b"not a picture", crafted.PNG[:40], crafted.HEIC, crafted.PDF])
def test_what_cannot_be_shown_has_no_preview(content):
    assert preview(content) is None


def test_the_stream_is_left_at_its_beginning():
    for content in (crafted.JPEG, b"not a picture"):
        stream = io.BytesIO(content)
        preview_of(stream)
        assert stream.tell() == 0
