"""The look: readable in both themes, whole, and told to whoever paints."""

import re
from itertools import product

import pytest
from PySide6.QtGui import QFontDatabase, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from vaultdesk.ui import theme
from vaultdesk.ui.readout import CHIP, INVENTED
from vaultdesk.ui.theme import DARK, LIGHT, Theme

BOTH = pytest.mark.parametrize("chosen", [DARK, LIGHT], ids=lambda t: t.name)
TEXTS = ("text", "muted", "accent", "up", "down", "warning")
SURFACES = ("background", "panel", "raised", "alternate", "selection")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@BOTH
@pytest.mark.parametrize(("token", "surface"), list(product(TEXTS, SURFACES)))
def test_text_of_every_colour_is_readable_on_every_surface(
    chosen: Theme, token: str, surface: str
) -> None:
    assert contrast(getattr(chosen, token), getattr(chosen, surface)) >= 4.5


@BOTH
def test_text_on_the_accent_is_readable(chosen: Theme) -> None:
    assert contrast(chosen.on_accent, chosen.accent) >= 4.5


def tinted(ground: str, tint: str, opacity: float) -> str:
    """The colour that one painted thinly over another gives."""
    pairs = zip(bytes.fromhex(ground[1:]), bytes.fromhex(tint[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * opacity):02x}" for a, b in pairs)


def test_a_tint_lies_between_its_colours() -> None:
    assert tinted("#000000", "#ffffff", 0.5) == "#808080"
    assert tinted("#102030", "#ffffff", 0) == "#102030"


@BOTH
@pytest.mark.parametrize("surface", ["background", "panel", "raised"])
@pytest.mark.parametrize("token", ["up", "down", "warning", "invented", "accent"])
def test_a_chip_is_readable_on_its_own_tint(chosen: Theme, surface: str, token: str) -> None:
    colour = INVENTED[chosen.name] if token == "invented" else getattr(chosen, token)
    assert contrast(colour, tinted(getattr(chosen, surface), colour, CHIP)) >= 4.5


@BOTH
@pytest.mark.parametrize("tint", ["warning", "down", "accent"])
@pytest.mark.parametrize("opacity", [0.12, 0.13, 0.18])
def test_text_is_readable_on_banners_and_on_marked_rows(
    chosen: Theme, tint: str, opacity: float
) -> None:
    ground = tinted(chosen.panel, getattr(chosen, tint), opacity)
    assert contrast(chosen.text, ground) >= 4.5


@BOTH
def test_what_the_prices_are_is_readable_on_its_mark(chosen: Theme) -> None:
    assert contrast(chosen.background, INVENTED[chosen.name]) >= 4.5
    assert contrast(chosen.background, chosen.warning) >= 4.5


@BOTH
def test_applying_a_theme_changes_the_palette_and_tells_the_painters(
    qtbot: QtBot, qapp: QApplication, chosen: Theme
) -> None:
    with qtbot.waitSignal(theme.notifier().changed) as told:
        theme.apply(qapp, chosen)
    assert told.args == [chosen]
    assert theme.current() is chosen
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == chosen.background


@BOTH
def test_the_style_sheet_names_only_colours_and_icons_that_exist(
    qapp: QApplication, chosen: Theme
) -> None:
    theme.apply(qapp, chosen)
    sheet = qapp.styleSheet()
    icons = re.findall(r"url\(([^)]+)\)", sheet)
    assert len(icons) >= 5
    assert all((theme.resources() / icon).is_file() for icon in icons)
    assert all(f"/icons/{chosen.name}/" in icon for icon in icons)
    assert "$" not in sheet


def test_figures_of_the_text_font_are_of_one_width(qapp: QApplication) -> None:
    theme.apply(qapp, DARK)
    for font in (theme.ui_font(10), theme.ui_font(20), theme.figures_font(9), QLabel().font()):
        widths = {QFontMetricsF(font).horizontalAdvance(digit * 10) for digit in "0123456789"}
        assert len(widths) == 1


def test_the_fonts_are_the_ones_that_are_shipped(qapp: QApplication) -> None:
    theme.apply(qapp, DARK)
    assert QFontInfo(theme.ui_font(10)).family() == theme.UI_FAMILY
    assert QFontInfo(theme.figures_font(10)).family() == theme.FIGURES_FAMILY


def test_fonts_are_loaded_once_however_often_the_theme_changes(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme.apply(qapp, DARK)
    loaded: list[str] = []
    monkeypatch.setattr(QFontDatabase, "addApplicationFont", loaded.append)
    theme.apply(qapp, LIGHT)
    assert loaded == []


def test_every_shipped_font_comes_with_its_licence() -> None:
    fonts = theme.resources() / "fonts"
    families = {file.name.partition("-")[0] for file in fonts.glob("*.[ot]tf")}
    assert families == {"Inter", "JetBrainsMono"}
    for family in families:
        assert "SIL OPEN FONT LICENSE" in (fonts / f"OFL-{family}.txt").read_text("utf-8")


def test_a_role_restyles_a_label_that_is_already_shown(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, DARK)
    label = QLabel("-1.84")
    qtbot.addWidget(label)
    label.show()
    theme.role(label, "down")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.down
    theme.role(label, "")
    assert label.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text


def test_a_colour_takes_its_transparency() -> None:
    assert theme.colour("#102030").name() == "#102030"
    assert theme.colour("#102030", 0.5).alphaF() == pytest.approx(0.5, abs=0.01)
