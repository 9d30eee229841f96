"""Photographs that nobody took: small pictures of a display or a label, for evidence."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (640, 420)

# Wall or table, the thing on it, what is written on, in which size.
SCENES: Final = {
    "display": ("#c9c2b6", "#20262b", "#7be0c3", 46),
    "label": ("#8f7a63", "#f4efe6", "#2b2620", 34),
    "damage": ("#b9b3a8", "#a5713d", "#3b2410", 32),
}


def draw(scene: str, says: str) -> BytesIO:
    """A PNG of one of the scenes with ``says`` (Latin letters only: the font has no others) written on the thing."""
    background, thing, ink, size = SCENES[scene]
    picture = Image.new("RGB", SIZE, background)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 330, 580, 400), fill=_darker(background))
    pen.rounded_rectangle((90, 80, 550, 350), radius=24, fill=thing, outline=_darker(thing), width=6)
    if scene == "damage":
        pen.line([(150, 100), (210, 170), (190, 230), (260, 330)], fill=ink, width=7, joint="curve")
    pen.multiline_text(
        (320, 215), says, fill=ink, font=ImageFont.load_default(size), anchor="mm", align="center", spacing=14
    )
    content = BytesIO()
    picture.save(content, "PNG", optimize=True)
    content.seek(0)
    return content


def _darker(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) * 3 // 4 for place in (1, 3, 5))
    return f"#{red:02x}{green:02x}{blue:02x}"
