"""Drawing by hand in SVG: rectangles, lines and words on white paper, and what a picture says in a sentence.

No plotting library: matplotlib takes most of a second to import and a tenth for each figure, a noticeable part of a
day's run, while these drawings are text that is put together. A picture is shown as an image, so nothing in it can run
or fetch; texts from feeds are escaped, cut, and freed of signs that XML does not know.

What a picture shows is decided by the other modules of this package; here is only ink.
"""

import re
from base64 import b64encode
from dataclasses import dataclass
from xml.sax.saxutils import escape

# What a materialization keeps of a picture for ever; the address of an image in base64 is a third longer.
MOST_BYTES = 44_000

PAPER, INK, SOFT, FAINT = "#ffffff", "#1f2328", "#59636e", "#e6e9ed"
# Colours that people with any sight tell apart (Okabe and Ito), all readable beside INK.
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9"
SHADES = ("#cfe3f2", "#8fc1e3", "#3d8fc6", "#0a4f80")
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)

MOST_LETTERS = 120
# What XML 1.0 has no way to write, and the marks that would turn the direction of what follows.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing with its title, and what it shows in words: for those who read, listen or search."""

    title: str
    words: str
    svg: str

    @property
    def address(self) -> str:
        """The picture itself as the address of an image."""
        return "data:image/svg+xml;base64," + b64encode(self.svg.encode()).decode()


class Drawing:
    """A sheet of white paper on which shapes are put one after the other."""

    def __init__(self, width: float, height: float) -> None:
        """Take a sheet; lengths are pixels, from the upper left corner."""
        self.width, self.height = width, height
        self._shapes: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, *, fill: str, opacity: float = 1.0) -> None:
        """Fill a rectangle; one without width or height is left out."""
        if width > 0 and height > 0:
            faint = f' fill-opacity="{_number(opacity)}"' if opacity < 1 else ""
            self._shapes.append(
                f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}" '
                f'fill="{fill}"{faint}/>'
            )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, stroke: str = FAINT) -> None:
        """Draw a thin line."""
        self._shapes.append(
            f'<path d="M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}" stroke="{stroke}" fill="none"/>'
        )

    def columns(self, x: float, base: float, width: float, heights: list[float], *, fill: str) -> None:
        """Fill columns beside each other on a base line: one shape, however many there are."""
        steps = [f"M{_number(x)} {_number(base)}"]
        steps += [f"V{_number(base - height)}h{_number(width)}" for height in heights]
        self._shapes.append(f'<path d="{"".join(steps)}V{_number(base)}z" fill="{fill}"/>')

    def dots(self, places: list[tuple[float, float]], *, fill: str) -> None:
        """Draw dots, joined by a thin line from left to right."""
        if not places:
            return
        if len(places) > 1:
            joined = "L".join(f"{_number(x)} {_number(y)}" for x, y in places)
            self._shapes.append(f'<path d="M{joined}" stroke="{fill}" stroke-width="1.5" fill="none"/>')
        # A line of no length with round ends is a dot, and a tenth of the text of a circle.
        marks = "".join(f"M{_number(x)} {_number(y)}h0" for x, y in places)
        self._shapes.append(f'<path d="{marks}" stroke="{fill}" stroke-width="6" stroke-linecap="round"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: int = 12,
        fill: str = INK,
        anchor: str = "start",
        is_bold: bool = False,
        most: int = MOST_LETTERS,
    ) -> None:
        """Write a line of at most ``most`` letters; ``y`` is its base line."""
        weight = ' font-weight="600"' if is_bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._shapes.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{size}" fill="{fill}"{weight}{place}>'
            f"{escape(shortened(words, most))}</text>"
        )

    def legend(self, x: float, y: float, entries: list[tuple[str, str]]) -> None:
        """Write what the colours mean, one after the other, as (colour, name); names are cut so that all have room."""
        most = 40
        if entries and x + sum(34 + 6.6 * len(shortened(name, most)) for _, name in entries) > self.width:
            most = max(4, int(((self.width - x) / len(entries) - 34) / 6.6))
        for colour, name in entries:
            told = with_its_end(name, most)
            self.box(x, y - 10, 11, 11, fill=colour)
            self.text(x + 16, y, told, fill=SOFT)
            x += 34 + 6.6 * len(told)

    def finished(self, *, title: str, words: str) -> Picture:
        """Return the picture."""
        width, height = _number(self.width), _number(self.height)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" role="img">'
            f"<title>{escape(shortened(title))}</title>"
            f'<rect width="{width}" height="{height}" rx="6" fill="{PAPER}"/>'
        )
        return Picture(title=shortened(title), words=words, svg=f"{head}{''.join(self._shapes)}</svg>")


def shortened(words: str, most: int = MOST_LETTERS) -> str:
    """Return a text as one line of at most ``most`` letters that any reader of XML accepts."""
    line = " ".join(_UNWRITABLE.sub(" ", words[: 8 * most]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def with_its_end(words: str, most: int) -> str:
    """Return a name cut in its middle: of two models of one family, the ends tell which is which."""
    line = shortened(words)
    return line if len(line) <= most else f"{line[: most - most // 2 - 1]}…{line[-(most // 2) :]}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
