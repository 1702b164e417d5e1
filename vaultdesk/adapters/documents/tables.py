"""Tables that fit the page: numbers in one line, prose in as many as it takes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Table, TableStyle

from vaultdesk.adapters.documents.look import INK, MEASURE, PLAIN, RULE, STRONG, bound, cell
from vaultdesk.core.reports.document import Fit

if TYPE_CHECKING:
    from vaultdesk.core.reports.document import Column
    from vaultdesk.core.reports.document import Table as Rows

SIZES = (7.4, 7.0, 6.6, 6.2, 5.8)
"""Points; the largest that fits is taken."""
PAD = 4.0


def table(rows: Rows) -> Table:
    """The table at the largest size that fits."""
    size, widths = next(
        ((one, fitted) for one in SIZES if (fitted := widths_at(rows, one)) is not None),
        (SIZES[-1], [MEASURE / len(rows.columns)] * len(rows.columns)),
    )
    headed = any(column.heading for column in rows.columns)
    heads = [_head(column, size) for column in rows.columns]
    body = [_row(rows, row, size) for row in rows.rows]
    drawn = Table(
        [heads, *body] if headed else body,
        colWidths=widths,
        repeatRows=1 if headed else 0,
        hAlign="LEFT",
        spaceBefore=2,
        spaceAfter=6,
    )
    drawn.setStyle(_style(rows, size, headed=headed))
    return drawn


def widths_at(rows: Rows, size: float) -> list[float] | None:
    """Of the columns, in points, at a size; None where they do not fit.

    Numbers and words have the width of the widest. Prose has at least its longest word, and so has
    a heading; they share what is left by their lengths.
    """
    least, natural = [], []
    for i, column in enumerate(rows.columns):
        texts = [row[i] for row in rows.rows]
        heading = [_width(word, size, STRONG) for word in column.heading.split(" ")]
        lines = max((_width(text, size) for text in texts), default=0.0)
        longest = max(
            (_width(w, size) for text in texts for w in bound(text).split(" ")), default=0.0
        )
        prose = column.fit is Fit.PROSE
        least.append(2 * PAD + max(*heading, longest if prose else lines, 0.0))
        natural.append(2 * PAD + max(_width(column.heading, size, STRONG), lines))
    spare = MEASURE - sum(least)
    if spare < 0:
        return None
    wished = [full - bare for full, bare in zip(natural, least, strict=True)]
    share = min(1.0, spare / sum(wished)) if sum(wished) else 0.0
    return [bare + share * wish for bare, wish in zip(least, wished, strict=True)]


def _width(text: str, size: float, font: str = PLAIN) -> float:
    return float(stringWidth(text, font, size)) + 0.1


def _head(column: Column, size: float) -> Paragraph:
    right = column.fit is Fit.NUMBER
    return Paragraph(escape(column.heading), cell(size, right=right, strong=True))


def _row(rows: Rows, row: tuple[str, ...], size: float) -> list[str | Paragraph]:
    return [
        Paragraph(escape(bound(text)), cell(size)) if column.fit is Fit.PROSE else text
        for column, text in zip(rows.columns, row, strict=True)
    ]


def _style(rows: Rows, size: float, *, headed: bool) -> TableStyle:
    everywhere = (0, 0), (-1, -1)
    style: list[Any] = [
        ("FONT", *everywhere, PLAIN, size, 1.3 * size),
        ("TEXTCOLOR", *everywhere, INK),
        ("VALIGN", *everywhere, "TOP"),
        *((side, *everywhere, PAD) for side in ("LEFTPADDING", "RIGHTPADDING")),
        *((side, *everywhere, 1.8) for side in ("TOPPADDING", "BOTTOMPADDING")),
        ("LINEBELOW", *everywhere, 0.25, RULE),
    ]
    for i, column in enumerate(rows.columns):
        if column.fit is Fit.NUMBER:
            style.append(("ALIGN", (i, 0), (i, -1), "RIGHT"))
    if headed:
        style += [("LINEBELOW", (0, 0), (-1, 0), 0.7, INK), ("VALIGN", (0, 0), (-1, 0), "BOTTOM")]
    return TableStyle(style)
