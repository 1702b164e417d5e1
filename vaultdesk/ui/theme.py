"""How the desk looks: its two palettes, its fonts and the style sheet made from them.

Widgets are styled by their class; a `role` picks one of the few named variants:
labels "muted", "headline", "section", "badge", "up", "down", "warning"; frames "tile";
buttons "primary" (one to a view), "chip" (checkable).
Nothing is said by colour alone: beside "up" stands a sign or an arrow, beside a zone its word.
"""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

import vaultdesk

UI_FAMILY, FIGURES_FAMILY = "Inter", "JetBrains Mono"
UI_POINTS = 10.0


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by their use, as #rrggbb.

    `up`, `down`, `warning` and `muted` are told apart from every surface by 4.5:1 or more, as
    WCAG 2.2 (1.4.3) asks of text; `accent` likewise, so it may carry text too.
    """

    name: str
    background: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    alternate: str
    up: str
    down: str
    warning: str


DARK = Theme(
    name="dark",
    background="#0e1117",
    panel="#151a23",
    raised="#1b2230",
    line="#262e3d",
    text="#e6e9ef",
    muted="#98a2b3",
    accent="#d4a72c",
    on_accent="#14110a",
    selection="#2a3550",
    alternate="#181e29",
    up="#3ecf8e",
    down="#ff7885",
    warning="#f2a93b",
)

LIGHT = Theme(
    name="light",
    background="#eef1f5",
    panel="#ffffff",
    raised="#f5f7fa",
    line="#d6dbe3",
    text="#1a1f29",
    muted="#566070",
    accent="#806003",
    on_accent="#ffffff",
    selection="#dbe6fb",
    alternate="#f8f9fb",
    up="#087042",
    down="#bb2033",
    warning="#8c5200",
)


class Notifier(QObject):
    """Tells widgets that paint themselves when the colours changed."""

    changed = Signal(object)
    """Emitted with the new Theme after it was applied."""


@cache
def notifier() -> Notifier:
    """The one notifier of the process."""
    return Notifier()


class _Shown:
    theme = DARK


def current() -> Theme:
    """The theme applied last; the dark one before the first."""
    return _Shown.theme


@cache
def resources() -> Path:
    """The directory of icons, fonts, style and help: inside the package once it is installed."""
    package = Path(vaultdesk.__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the application and tell `notifier()`."""
    _load_fonts()
    _Shown.theme = theme
    dark = theme.name == DARK.name
    if not app.styleSheet():  # a style sheet wraps the style, whose name is then empty
        app.setStyle("Fusion")
    app.styleHints().setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
    app.setPalette(_palette(theme))
    app.setFont(ui_font(UI_POINTS))
    app.setStyleSheet(_style_sheet(theme))
    notifier().changed.emit(theme)


def ui_font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter with figures of one width, so that a changing number does not shake its line."""
    _load_fonts()
    font = QFont(UI_FAMILY)
    font.setPointSizeF(points)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def figures_font(points: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The monospace font of tables."""
    _load_fonts()
    font = QFont(FIGURES_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    font.setWeight(weight)
    return font


def colour(token: str, alpha: float = 1.0) -> QColor:
    """A theme's colour as Qt's, `alpha` from 0 (clear) to 1."""
    made = QColor(token)
    made.setAlphaF(alpha)
    return made


def role(widget: QWidget, name: str) -> None:
    """Show a widget in one of the variants above; "" for the plain one."""
    if widget.property("role") == name:
        return
    widget.setProperty("role", name)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


@cache
def _load_fonts() -> None:
    for file in sorted((resources() / "fonts").glob("*.[ot]tf")):
        QFontDatabase.addApplicationFont(str(file))


def _style_sheet(theme: Theme) -> str:
    tokens = {field.name: getattr(theme, field.name) for field in fields(theme)}
    icons = (resources() / "icons" / theme.name).as_posix()
    text = (resources() / "style.qss").read_text(encoding="utf-8")
    return Template(text).substitute(tokens, icons=icons)


def _palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    for where, token in {
        roles.Window: theme.background,
        roles.WindowText: theme.text,
        roles.Base: theme.panel,
        roles.AlternateBase: theme.alternate,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.down,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.selection,
        roles.HighlightedText: theme.text,
        roles.Link: theme.accent,
        roles.LinkVisited: theme.accent,
        roles.Accent: theme.accent,
        roles.Light: theme.raised,
        roles.Midlight: theme.raised,
        roles.Mid: theme.line,
        roles.Dark: theme.line,
        roles.Shadow: theme.background,
    }.items():
        palette.setColor(where, QColor(token))
    for where in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, colour(theme.muted, 0.6))
    return palette
