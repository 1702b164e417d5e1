"""A report as a PDF: contents with page numbers, a mark and a footer on every page."""

from __future__ import annotations

import threading
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING

from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
)
from reportlab.platypus.tableofcontents import TableOfContents

from vaultdesk.adapters.documents import look
from vaultdesk.adapters.documents.chart import HEIGHT, Drawn
from vaultdesk.adapters.documents.tables import table
from vaultdesk.core.reports import document
from vaultdesk.core.reports.document import facts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reportlab.pdfgen.canvas import Canvas

    from vaultdesk.core.reports.document import Part, Report

ROW, ROWS_KEPT, MOST = 14.0, 14, 300.0
"""Points a line of a table takes, how many are kept on one page, and the most that is left empty
below a page so that what belongs together stays so."""

FEW = 3
"""Sections of a document that begins below its own contents."""

_ONE_AT_A_TIME = threading.Lock()
"""reportlab knows fonts by name in one registry for all threads."""


class Stopped(Exception):  # noqa: N818 - not a fault
    """Nobody wants the document any more."""


def pdf(report: Report, fonts: Path, stop: Callable[[], bool] = lambda: False) -> bytes:
    """Draw it; some tenths of a second, without a clock, a locale or a zone.

    Args:
        report: what to draw.
        fonts: the directory they are in; what is used of them is embedded.
        stop: asked at each page.

    Raises:
        StorageError: a font cannot be read.
        Stopped: `stop` said so.
    """
    with _ONE_AT_A_TIME:
        look.load_fonts(fonts)
        data = BytesIO()
        _Document(data, report, stop).multiBuild(_story(report))
        return data.getvalue()


class _Document(BaseDocTemplate):
    """Pages with one frame; it is built again until the contents' page numbers are right."""

    def __init__(self, data: BytesIO, report: Report, stop: Callable[[], bool]) -> None:
        super().__init__(
            data,
            pagesize=(look.WIDTH, look.HEIGHT),
            title=report.title,
            author="VaultDesk",
            subject=report.footer,
            lang="en",
            invariant=1,
            pageCompression=1,
        )
        self.report, self.stop = report, stop
        self.sections = self.pages = self.pages_before = 0
        height = look.HEIGHT - look.TOP - look.BOTTOM
        frame = Frame(look.SIDE, look.BOTTOM, look.MEASURE, height, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame], onPage=self._decorate))

    def beforeDocument(self) -> None:  # noqa: N802 - reportlab's name
        """Begin to count; how many pages there are is known from the pass before."""
        self.sections, self.pages_before, self.pages = 0, self.pages, 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Tell the contents and the outline of each section."""
        if isinstance(flowable, Paragraph) and flowable.style is look.SECTION:
            self.sections += 1
            key, text = f"section-{self.sections}", flowable.getPlainText()
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key)
            self.notify("TOCEntry", (0, escape(text), self.page, key))

    def _decorate(self, canvas: Canvas, _: object) -> None:
        """The mark above, footer and page number below."""
        if self.stop():
            raise Stopped
        report, right = self.report, look.WIDTH - look.SIDE
        self.pages = max(self.pages, self.page)
        canvas.saveState()
        canvas.setFont(look.PLAIN, 6.6)
        canvas.setFillColor(look.GREY)
        canvas.setStrokeColor(look.RULE)
        canvas.setLineWidth(0.5)
        above, below = look.HEIGHT - look.TOP + 14, look.BOTTOM - 12
        canvas.line(look.SIDE, above - 5, right, above - 5)
        canvas.line(look.SIDE, below + 10, right, below + 10)
        canvas.drawString(look.SIDE, above, report.title)
        canvas.drawString(look.SIDE, below, report.footer)
        canvas.drawRightString(right, below, f"page {self.page} of {self.pages_before}")
        if report.mark:
            canvas.setFont(look.STRONG, 8)
            canvas.setFillColor(look.RED)
            canvas.drawRightString(right, above, f"{report.mark}: not live data")
        canvas.restoreState()


def _story(report: Report) -> list[Flowable]:
    contents = TableOfContents(levelStyles=[look.CONTENTS], dotsMinLevel=0)
    story: list[Flowable] = [
        Paragraph(escape(report.title), look.TITLE),
        Paragraph(escape(report.subtitle), look.BODY),
        table(facts(*report.summary)),
        Paragraph("Contents", look.HEADING),
        contents,
        *([PageBreak()] if len(report.sections) > FEW else []),
    ]
    for number, section in enumerate(report.sections, 1):
        story += [
            CondPageBreak(2 * ROW + _room(section.parts)),
            Paragraph(escape(f"{number}  {section.title}"), look.SECTION),
        ]
        for place, part in enumerate(section.parts):
            if not isinstance(part, document.Points):
                story.append(CondPageBreak(_room(section.parts[place:])))
            story += _drawn(part)
    return story


def _room(parts: tuple[Part, ...]) -> float:
    """What parts want on one page: all up to the first table or chart, and that if it is short."""
    room = 0.0
    for part in parts:
        room += _height(part)
        if isinstance(part, document.Table | document.Chart):
            break
    return min(room, MOST)


def _height(part: Part) -> float:
    """About what a part takes, in points."""
    match part:
        case document.Chart():
            return HEIGHT
        case document.Table(_, rows):
            return ROW * (2 + min(len(rows), ROWS_KEPT))
        case document.Points():
            return 3 * ROW
        case _:
            return 2 * ROW


def _drawn(part: Part) -> list[Flowable]:
    match part:
        case document.Heading(text):
            return [Paragraph(escape(text), look.HEADING)]
        case document.Paragraph(text, strong):
            return [Paragraph(escape(look.bound(text)), look.LEAD if strong else look.BODY)]
        case document.Points(items):
            return [Paragraph(escape(look.bound(one)), look.POINT, bulletText="-") for one in items]
        case document.Table():
            return [table(part)]
        case document.Chart():
            return [Drawn(part)]
