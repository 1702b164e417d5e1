"""The LTV gauge: labels that never collide, and a pointer at the LTV."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vaultdesk.ui import theme
from vaultdesk.ui.loan.gauge import (
    BAR_HEIGHT,
    BAR_TOP,
    GAP,
    Level,
    LtvGauge,
    Span,
    full_scale,
    spread,
)

LEVELS = (
    Level("warning", 0.70, "warning"),
    Level("call", 0.75, "down"),
    Level("close-out", 0.85, "down"),
)


@pytest.fixture
def gauge(qapp: QApplication, qtbot: QtBot) -> LtvGauge:
    theme.apply(qapp, theme.DARK)
    made = LtvGauge()
    made.resize(280, made.sizeHint().height())
    qtbot.addWidget(made)
    return made


SPANS = st.lists(st.builds(Span, st.floats(0, 500), st.floats(1, 90)), min_size=1, max_size=5).map(
    lambda spans: sorted(spans, key=lambda span: span.centre)
)


@given(SPANS, st.floats(100, 600))
def test_labels_keep_their_gap_and_stay_inside(spans: list[Span], right: float) -> None:
    edges = spread(spans, 0.0, right, GAP)
    if edges is None:
        assert sum(span.width for span in spans) + GAP * (len(spans) - 1) > right
        return
    ends = [edge + span.width for edge, span in zip(edges, spans, strict=True)]
    assert edges[0] >= -1e-9
    assert ends[-1] <= right + 1e-9
    for end, following in zip(ends, edges[1:], strict=False):
        assert following - end >= GAP - 1e-9


def test_labels_with_room_stand_under_their_levels() -> None:
    assert spread([Span(50, 20), Span(150, 20)], 0, 300, GAP) == [40, 140]


@pytest.mark.parametrize("width", [120, 200, 280, 500])
def test_no_two_labels_touch_at_any_width(gauge: LtvGauge, width: int) -> None:
    gauge.resize(width, gauge.height())
    gauge.show_ltv(0.6, LEVELS)
    metrics = QFontMetricsF(theme.ui_font(8.5))
    ends = [(left, left + metrics.horizontalAdvance(text)) for text, left in gauge.labels()]
    assert len(ends) == 3
    assert ends[0][0] >= 0
    assert ends[-1][1] <= width
    assert all(after[0] >= before[1] for before, after in itertools.pairwise(ends))


def test_wide_labels_have_words_and_narrow_ones_at_least_the_figures(gauge: LtvGauge) -> None:
    gauge.show_ltv(0.6, LEVELS)
    assert [text for text, _ in gauge.labels()] == ["warning 70 %", "call 75 %", "close-out 85 %"]
    gauge.resize(130, gauge.height())
    assert [text for text, _ in gauge.labels()] == ["70 %", "75 %", "85 %"]


def colour_at(gauge: LtvGauge, fraction: float) -> QColor:
    image = gauge.grab().toImage()
    x = int(fraction * gauge.width() * image.devicePixelRatio())
    y = int((BAR_TOP + BAR_HEIGHT / 2) * image.devicePixelRatio())
    return image.pixelColor(x, y)


@pytest.mark.parametrize(
    ("ltv", "tone"), [(0.6, "up"), (0.72, "warning"), (0.76, "down"), (0.9, "down")]
)
def test_the_filling_has_the_colour_of_the_zone_and_ends_at_the_ltv(
    gauge: LtvGauge, ltv: float, tone: str
) -> None:
    gauge.show_ltv(ltv, LEVELS)
    wanted = QColor(getattr(theme.DARK, tone))
    filled = colour_at(gauge, 0.3)
    assert abs(filled.hue() - wanted.hue()) < 12
    assert colour_at(gauge, ltv - 0.015) == filled
    assert colour_at(gauge, ltv + 0.015) != filled


def test_without_an_ltv_nothing_is_filled(gauge: LtvGauge) -> None:
    gauge.show_ltv(0.6, LEVELS)
    filled = colour_at(gauge, 0.3)
    gauge.show_ltv(None, LEVELS)
    assert colour_at(gauge, 0.3) != filled
    assert gauge.accessibleName().startswith("LTV —;")


def test_an_ltv_beyond_all_value_lengthens_the_scale() -> None:
    assert full_scale(0.6, LEVELS) == 1.0
    assert full_scale(2.5, LEVELS) == pytest.approx(2.625)


def test_the_theme_decides_the_colours(gauge: LtvGauge, qapp: QApplication) -> None:
    gauge.show_ltv(0.6, LEVELS)
    dark = colour_at(gauge, 0.3)
    theme.apply(qapp, theme.LIGHT)
    try:
        assert colour_at(gauge, 0.3) != dark
    finally:
        theme.apply(qapp, theme.DARK)
