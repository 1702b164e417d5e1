"""Documents as PDF: everything within the margins, told on the right page, the same bytes again."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from vaultdesk.adapters.documents import Stopped, look, pdf
from vaultdesk.adapters.documents.tables import SIZES, widths_at
from vaultdesk.core.reports.document import (
    Chart,
    Column,
    Curve,
    Fit,
    Heading,
    Lane,
    Paragraph,
    Points,
    Report,
    Section,
    Stroke,
    Table,
    Tick,
)
from vaultdesk.ports import StorageError

if TYPE_CHECKING:
    import numpy.typing as npt

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
COLUMNS = (Column("Name", Fit.WORDS), Column("Amount"), Column("Why", Fit.PROSE))
MARKED = Table(COLUMNS, (("<b>a</b>", "1", "put <b>spread</b> & more"),))
LONG = Table(COLUMNS, tuple((f"row {i}", f"{i:,}.00", "because of this " * 4) for i in range(120)))
CHART = Chart(
    title="LTV",
    x=(Tick(100.0, "100\n-50 %"), Tick(200.0, "200\n0 %")),
    y=(Tick(0.5, "50 %"), Tick(1.0, "100 %")),
    x_title="price",
    y_title="LTV",
    curves=(
        Curve("without", ((100.0, 5.0), (200.0, 0.6)), Stroke.FAINT),
        Curve("with", ((100.0, 0.7), (200.0, 0.6)), Stroke.MAIN),
    ),
    levels=(Tick(0.75, "Margin call 75 %"), Tick(0.85, "Close-out 85 %")),
    marks=(Tick(150.0, "now 150"),),
)
REPORT = Report(
    title="A decision",
    subtitle="Of <b>nobody</b> & no one.",
    mark="SIMULATED",
    summary=(("As of", "2026-07-10"),),
    sections=(
        Section("Words", (Heading("A heading"), Paragraph("Some words. " * 300, strong=True))),
        Section("A long table", (LONG,)),
        Section("A picture", (Heading("Over the price"), CHART)),
        Section(
            "The end",
            (
                MARKED,
                Points(("One & two.", "Three < four.")),
            ),
        ),
    ),
    footer="record SHA-256 abc",
)


def read(report: Report) -> tuple[PdfReader, list[str]]:
    reader = PdfReader(BytesIO(pdf(report, FONTS)))
    return reader, [page.extract_text() for page in reader.pages]


def painted(report: Report) -> list[npt.NDArray[np.uint8]]:
    """Each page in grey, two pixels a point."""
    with pypdfium2.PdfDocument(pdf(report, FONTS)) as opened:
        return [page.render(scale=2, grayscale=True).to_numpy().squeeze() for page in opened]


def test_the_contents_name_the_page_each_section_is_on() -> None:
    reader, pages = read(REPORT)
    lines = re.findall(r"^[ .]+ (\d+)\n(\d .+?) *$", pages[0], re.MULTILINE)
    listed = {title: page for page, title in lines}
    assert len(listed) == len(REPORT.sections)
    for title, page in listed.items():
        heading = re.compile(rf"^{re.escape(title)}\s*$", re.MULTILINE)
        found = [number for number, text in enumerate(pages[1:], 2) if heading.search(text)]
        assert found == [int(page)]
    assert len(set(listed.values())) > 1
    outline = [reader.get_destination_page_number(one) for one in reader.outline]  # type: ignore[arg-type] # it is flat
    assert [str((number or 0) + 1) for number in outline] == list(listed.values())


def test_every_page_has_the_mark_the_footer_and_its_number() -> None:
    _, pages = read(REPORT)
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert "SIMULATED: not live data" in text
        assert "record SHA-256 abc" in text
        assert f"page {number} of {len(pages)}" in text


def test_live_data_have_no_mark() -> None:
    _, pages = read(replace(REPORT, mark=""))
    assert not any("not live data" in text for text in pages)


def test_no_word_is_lost_and_markup_is_only_text() -> None:
    _, pages = read(REPORT)
    whole = " ".join("\n".join(pages).replace("\N{NO-BREAK SPACE}", " ").split())
    assert "Of <b>nobody</b> & no one." in whole
    assert "One & two." in whole
    assert "<b>a</b>" in whole
    assert "put <b>spread</b> & more" in whole
    assert "Three < four." in whole
    for i in range(120):
        assert f"row {i} {i:,}.00" in whole
    assert whole.count("because of this") == 480


def test_a_table_that_goes_on_repeats_its_heading() -> None:
    _, pages = read(REPORT)
    on = [text for text in pages if re.search(r"^row \d", text, re.MULTILINE)]
    assert len(on) > 1
    assert all("Name" in text and "Amount" in text for text in on)


def test_nothing_is_drawn_on_the_margins() -> None:
    for page in painted(REPORT):
        side, edge = int(2 * look.SIDE) - 2, 2 * 12
        assert (page[:, :side] > 250).all()
        assert (page[:, -side:] > 250).all()
        assert (page[:edge] > 250).all()
        assert (page[-edge:] > 250).all()
        assert (page < 128).any()


def test_a_curve_is_cut_off_at_the_axes() -> None:
    """The unprotected one begins ten times as high as the axis ends."""
    alone = replace(REPORT, sections=(Section("A picture", (CHART,)),))
    none = replace(CHART, curves=(replace(CHART.curves[0], points=()), *CHART.curves[1:]))
    bare = replace(REPORT, sections=(Section("A picture", (none,)),))
    drawn, empty = painted(alone)[-1].astype(int), painted(bare)[-1].astype(int)
    changed = np.abs(drawn - empty) > 40
    rows = np.flatnonzero(changed.any(axis=1))
    dark = np.flatnonzero((empty < 250).any(axis=1))
    assert rows.size > 20
    assert rows.min() > dark.min() + 60  # header, heading, title and legend are above


def picture(chart: Chart) -> npt.NDArray[np.int64]:
    alone = replace(REPORT, sections=(Section("A picture", (chart,)),))
    return painted(alone)[-1].astype(np.int64)


def test_a_cut_leaves_a_gap_and_a_lonely_point_is_a_dot() -> None:
    points = tuple((100.0 + 10 * n, 0.6) for n in range(11))
    bare = replace(CHART, curves=(), levels=(), marks=())
    whole = replace(bare, curves=(Curve("it", points, Stroke.PATH),))
    broken = replace(bare, curves=(Curve("it", points, Stroke.PATH, frozenset({4, 5})),))
    empty = replace(bare, curves=(Curve("it", (), Stroke.PATH),))
    ground = picture(empty)
    drawn = [np.flatnonzero((np.abs(picture(one) - ground) > 40).any(axis=0)) for one in
             (whole, broken)]  # fmt: skip
    missing = np.setdiff1d(drawn[0], drawn[1])
    groups = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1)
    assert len(groups) == 2  # before the dot and after it
    step = (drawn[0].max() - drawn[0].min()) / 10
    assert all(0.8 * step < len(one) <= step for one in groups)


def test_lanes_are_marks_above_the_axis_with_a_legend_below() -> None:
    lanes = (Lane("alert", (125.0,)), Lane("order", (125.0, 175.0)))
    with_marks, without = (picture(replace(CHART, lanes=one)) for one in (lanes, ()))
    rows = np.flatnonzero((np.abs(with_marks - without) > 60).any(axis=1))
    groups = np.split(rows, np.flatnonzero(np.diff(rows) > 4) + 1)
    assert len(groups) == 3  # the orders, the alerts below them, the legend
    reader, pages = read(replace(REPORT, sections=(Section("A", (replace(CHART, lanes=lanes),)),)))
    assert not any(page.images for page in reader.pages)
    assert "alert" in pages[-1]
    assert "order" in pages[-1]


def test_the_longest_legend_of_a_path_stays_within_the_measure() -> None:
    names = "margin call 72.00 % to 75.00 %", "close-out 85.00 % to 90.00 %", "no value kept", "LTV"
    curves = tuple(Curve(name, (), Stroke.PATH) for name in names)
    page = picture(replace(CHART, curves=curves))
    assert (page[:, -int(2 * look.SIDE) + 2 :] > 250).all()


def test_one_that_is_told_to_stop_is_not_drawn() -> None:
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 2

    with pytest.raises(Stopped):
        pdf(REPORT, FONTS, stop)
    assert len(asked) == 3
    assert pdf(REPORT, FONTS) == pdf(REPORT, FONTS, lambda: False)


def test_the_chart_is_made_of_lines_and_text() -> None:
    reader, pages = read(REPORT)
    assert not any(page.images for page in reader.pages)
    page = next(text for text in pages if "Margin call 75 %" in text)
    for text in ("Close-out 85 %", "now 150", "without", "with", "-50 %", "price"):
        assert text in page


def test_the_fonts_are_embedded_and_are_ours() -> None:
    reader, _ = read(REPORT)
    names = set()
    for page in reader.pages:
        for reference in page["/Resources"]["/Font"].values():  # type: ignore[index] # by the PDF's structure
            font = reference.get_object()
            if font["/Subtype"] == "/TrueType":
                assert "/FontFile2" in font["/FontDescriptor"]
                names.add(font["/BaseFont"].partition("+")[2])
    assert names == {"JetBrainsMono-Regular", "JetBrainsMono-Medium"}


def test_the_same_report_is_the_same_bytes() -> None:
    assert pdf(REPORT, FONTS) == pdf(REPORT, FONTS)
    assert pdf(REPORT, FONTS) != pdf(replace(REPORT, footer="another"), FONTS)


def test_without_its_fonts_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read: install VaultDesk again"):
        pdf(REPORT, tmp_path)


texts = st.text(st.sampled_from("abc 12,.%"), max_size=60)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    fits = draw(st.lists(st.sampled_from(Fit), min_size=1, max_size=9))
    columns = tuple(Column(draw(texts), fit) for fit in fits)
    row = st.tuples(*[texts] * len(fits))
    return Table(columns, tuple(draw(st.lists(row, max_size=4))))


@given(tables(), st.sampled_from(SIZES))
@settings(max_examples=60)
def test_columns_fill_no_more_than_the_measure_and_hold_their_words(
    table: Table, size: float
) -> None:
    widths = widths_at(table, size)
    if widths is None:
        assert sum(len(column.heading) for column in table.columns) or table.rows
        return
    assert sum(widths) <= look.MEASURE + 1e-6
    for i, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        for row in table.rows:
            parts = row[i].split(" ") if column.fit is Fit.PROSE else [row[i]]
            assert all(0.6 * size * len(part) <= width for part in parts)


def test_the_widest_scenario_table_fits() -> None:
    amounts = tuple(Column(f"Amount {i}") for i in range(6))
    row = ("-40 %", *["-99,999,999,999.99"] * 6)
    assert widths_at(Table((Column("Gold"), *amounts), (row,)), SIZES[-1]) is not None
