import io
import unicodedata

import pytest
from matplotlib import get_data_path
from matplotlib.ft2font import FT2Font
from PIL import Image

from podcast_insights.delivery.cards import _SIGNS, ACCENT, HEIGHT, PAPER, WIDTH, card, drawable


def drawn(headline, **words):
    return card(headline=headline, **({"above": "Show", "below": "Site"} | words))


@pytest.mark.parametrize("headline", ["Short", "A claim of some length " * 30, "x" * 4000, "", "日本 \u202e<b>&\x00"])
def test_any_headline_gives_a_picture_of_the_right_size(headline):
    content = drawn(headline)
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(content) < 100_000


def test_words_are_drawn_inside_the_margins():
    def ink(image):
        paper = tuple(int(PAPER[at : at + 2], 16) for at in (1, 3, 5))
        accent = tuple(int(ACCENT[at : at + 2], 16) for at in (1, 3, 5))
        pixels = image.convert("RGB").load()
        near = {paper, accent}
        return [
            x
            for x in range(20, WIDTH)
            for y in range(0, HEIGHT, 9)
            if min(sum(abs(a - b) for a, b in zip(pixels[x, y], colour, strict=True)) for colour in near) > 60
        ]

    found = ink(Image.open(io.BytesIO(drawn("A claim of some length that needs several lines to be told"))))
    assert found
    assert min(found) >= 80
    assert max(found) <= WIDTH - 80


def test_the_same_words_are_the_same_picture():
    assert drawn("One") == drawn("One")
    assert drawn("One") != drawn("Two")
    assert drawn("One") != drawn("One", above="Another")


@pytest.mark.parametrize("typeface", ["DejaVuSerif-Bold", "DejaVuSans-Bold", "DejaVuSans"])
def test_the_typeface_has_every_sign_that_is_drawn(typeface):
    known = FT2Font(f"{get_data_path()}/fonts/ttf/{typeface}.ttf").get_charmap()
    signs = [chr(code) for code in range(0x3000) if _SIGNS.match(chr(code))]
    assert len(signs) > 1400
    assert [sign for sign in signs if ord(sign) not in known and unicodedata.category(sign) not in ("Cn", "Cf")] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("🎧 Bread waits", "Bread waits"),
        ("Cafe\u0301 für Юлия, Ελλάδα, Қазақ", "Café für Юлия, Ελλάδα, Қазақ"),
        ("“AI” — 5 €…", "“AI” — 5 €…"),
        ("面包会等 AI", ""),
        ("הלחם מחכה.", ""),
        ("रोटी", ""),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_left_out(text, shown):
    assert drawable(text) == shown


def test_a_headline_that_cannot_be_drawn_gives_way_to_what_can():
    assert drawn("面包会等", above="Friday", below="Site") == drawn("Friday", above="", below="Site")
    assert drawn("面包会等", above="הלחם", below="Site") == drawn("Site", above="", below="")
