"""The picture that is shown where the link of a day or an insight is shared: 1200 by 630, words on paper.

Drawn with Pillow in the typeface that comes with matplotlib, so that every machine draws the same picture. It has the
Latin, Greek, Cyrillic, Armenian and Georgian letters. Of other scripts it would draw boxes, and from right to left
nothing; such words are left out. They stand in the picture's alternative text, too.
"""

import io
import re
import unicodedata
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 84
PAPER, INK, SOFT, ACCENT = "#fbf9f4", "#1f1c17", "#5f584c", "#8c3b1b"
HEADLINE_SIZES = (68, 60, 52, 46, 40, 34)
MOST_HEADLINE_HEIGHT = 330
LINE_RATIO = 1.26
# Where the line above, the headline and the line below begin, and the colour of each with its number of shades.
STRIPS = (0, 126, 500)
SHADES = ((ACCENT, 4), (INK, 7), (SOFT, 4))
MOST_LETTERS = 240
# Where more of the letters cannot be drawn, the others say nothing.
FEWEST_DRAWN_RATIO = 0.7
_SIGNS = re.compile(
    "[ -~\u00a0-\u02ad\u0370-\u0373\u0376-\u037e\u0384-\u03e1\u03f0-\u045f\u0490-\u049b\u049e-\u04a7\u04aa-\u04b7"
    "\u04ba\u04bb\u04c0-\u04c4\u04cf-\u04f9\u0510-\u0513\u0531-\u0556\u0559-\u055f\u0561-\u0587\u0589\u10d0-\u10fa"
    "\u1e00-\u1ef9\u1f00-\u1fff\u2010-\u2026\u2030-\u203a\u20ac\u2116\u2122\u2190-\u2199\u2212]+"
)


def card(*, headline: str, above: str, below: str) -> bytes:
    """Return the picture as PNG: a headline between a line above and a line below, the same for the same words.

    In the place of a headline that cannot be drawn stands the line above it, else that below.
    """
    from PIL import Image, ImageDraw

    headline, above, below = _shown(*map(drawable, (headline, above, below)))

    # How much ink lies on each point; the colours come afterwards, by strips, which is far quicker than mixing them.
    image = Image.new("L", (WIDTH, HEIGHT), 0)
    draw = ImageDraw.Draw(image)
    small, tiny = _font("DejaVuSans-Bold.ttf", 28), _font("DejaVuSans.ttf", 28)
    draw.text((MARGIN, 70), _cut(above, small), font=small, fill=255)
    size, lines = _fitted(headline)
    font = _font("DejaVuSerif-Bold.ttf", size)
    for place, line in enumerate(lines):
        draw.text((MARGIN, STRIPS[1] + 16 + place * size * LINE_RATIO), line, font=font, fill=255)
    draw.text((MARGIN, HEIGHT - 104), _cut(below, tiny), font=tiny, fill=255)
    coloured = _coloured(image)
    buffer = io.BytesIO()
    coloured.save(buffer, "PNG", bits=4)
    return buffer.getvalue()


def drawable(text: str) -> str:
    """Return what of a text can be drawn, nothing where too much would be missing."""
    composed = unicodedata.normalize("NFC", text)
    drawn = " ".join("".join(_SIGNS.findall(composed)).split())
    letters, kept = (sum(map(str.isalnum, one)) for one in (composed, drawn))
    return drawn if kept >= FEWEST_DRAWN_RATIO * letters else ""


def _shown(headline: str, above: str, below: str) -> tuple[str, str, str]:
    if headline:
        return headline, above, below
    return (above, "", below) if above else (below, "", "")


def _coloured(image: "Image") -> "Image":
    """Return the ink as an image of 16 colours: each strip from paper to its own colour, and the mark at the left."""
    from PIL import ImageColor, ImageDraw

    paper = ImageColor.getrgb(PAPER)
    palette = list(paper)
    for top, bottom, (colour, levels) in zip(STRIPS, (*STRIPS[1:], HEIGHT), SHADES, strict=True):
        first = len(palette) // 3
        full = ImageColor.getrgb(colour)
        for level in range(1, levels + 1):
            palette += [round(p + (f - p) * level / levels) for p, f in zip(paper, full, strict=True)]
        steps = [round(ink * levels / 255) for ink in range(256)]
        strip = image.crop((0, top, WIDTH, bottom)).point([first + step - 1 if step else 0 for step in steps])
        image.paste(strip, (0, top))
    ImageDraw.Draw(image).rectangle((0, 0, 18, HEIGHT), fill=SHADES[0][1])
    image.putpalette(palette)
    return image


def _fitted(headline: str) -> tuple[int, list[str]]:
    """Return the largest size at which the headline fits, with its lines; the smallest may cut it."""
    for size in HEADLINE_SIZES:
        lines = _wrapped(headline, _font("DejaVuSerif-Bold.ttf", size))
        if len(lines) * size * LINE_RATIO <= MOST_HEADLINE_HEIGHT:
            return size, lines
    most = int(MOST_HEADLINE_HEIGHT / (size * LINE_RATIO))
    return size, [*lines[: most - 1], f"{lines[most - 1].rstrip(' ,;:.')} …"]


def _wrapped(text: str, font: "FreeTypeFont") -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(_cut(word, font))
        else:
            lines[-1] = _cut(longer, font)
    return lines


def _cut(text: str, font: "FreeTypeFont") -> str:
    """Return as much of ``text`` as fits on a line."""
    if len(text) <= MOST_LETTERS and font.getlength(text) <= WIDTH - 2 * MARGIN:
        return text
    # No line holds as many letters, and what measuring costs grows with the length.
    text = text[:MOST_LETTERS]
    fits = bisect_left(range(len(text)), True, key=lambda end: font.getlength(f"{text[:end]}…") > WIDTH - 2 * MARGIN)
    return f"{text[: max(0, fits - 1)]}…"


@cache
def _font(name: str, size: int) -> "FreeTypeFont":
    from matplotlib import get_data_path
    from PIL import ImageFont

    # The layout engine is named, because another one may be built into Pillow elsewhere and set words differently.
    path = Path(get_data_path()) / "fonts" / "ttf" / name
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
