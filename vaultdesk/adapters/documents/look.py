"""How a document looks: its fonts, sizes, colours and the measures of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    from pathlib import Path

PLAIN, STRONG = "VaultDesk", "VaultDesk-Strong"
FILES = {PLAIN: "JetBrainsMono-Regular.ttf", STRONG: "JetBrainsMono-Medium.ttf"}
"""Inter, the desk's other family, has PostScript outlines, which reportlab cannot embed."""
INK, GREY, RULE = HexColor("#1a1f24"), HexColor("#55606b"), HexColor("#c9ced4")
GOLD, BLUE = HexColor("#7a5a00"), HexColor("#0b4f8a")
RED = HexColor("#a3201a")

WIDTH, HEIGHT = A4
SIDE, TOP, BOTTOM = 16 * mm, 22 * mm, 20 * mm
MEASURE = WIDTH - 2 * SIDE
"""What text and tables have, in points of 1/72 inch."""

BODY = ParagraphStyle("body", fontName=PLAIN, fontSize=8, leading=11.5, textColor=INK, spaceAfter=4)
LEAD = ParagraphStyle("lead", BODY, fontName=STRONG, fontSize=9, leading=13, spaceAfter=5)
POINT = ParagraphStyle("point", BODY, leftIndent=11, bulletIndent=1, spaceAfter=3)
TITLE = ParagraphStyle("title", BODY, fontName=STRONG, fontSize=19, leading=24, spaceAfter=6)
SECTION = ParagraphStyle(
    "section", BODY, fontName=STRONG, fontSize=12.5, leading=16, spaceBefore=14, spaceAfter=6
)
HEADING = ParagraphStyle(
    "heading", BODY, fontName=STRONG, fontSize=9, leading=12, textColor=GOLD, spaceBefore=9
)
CONTENTS = ParagraphStyle("contents", BODY, fontSize=8.5, leading=14)


def cell(size: float, *, right: bool = False, strong: bool = False) -> ParagraphStyle:
    """Of a text in a table, in points."""
    return ParagraphStyle(
        f"cell {size} {right} {strong}",
        fontName=STRONG if strong else PLAIN,
        fontSize=size,
        leading=1.3 * size,
        textColor=GREY if strong else INK,
        alignment=TA_RIGHT if right else 0,
    )


def bound(text: str) -> str:
    """The text with its numbers and their per cent signs on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def load_fonts(directory: Path) -> None:
    """Make the fonts known, from the files that VaultDesk brings.

    Raises:
        StorageError: one cannot be read.
    """
    for name, file in FILES.items():
        try:
            registerFont(TTFont(name, directory / file))
        except (OSError, TTFError) as error:
            raise StorageError(
                f"The font {directory / file} cannot be read: install VaultDesk again."
            ) from error
