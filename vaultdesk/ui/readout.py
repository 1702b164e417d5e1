"""The small parts that panels show numbers with: labels, chips of quality, rows of figures."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from vaultdesk.core.market import Quality
from vaultdesk.ui import theme
from vaultdesk.ui.panel import named
from vaultdesk.ui.translation import tr

INVENTED = {theme.DARK.name: "#b79cff", theme.LIGHT.name: "#6b3fc0"}
"""Violet, which nothing real ever wears: for numbers that come from no market."""

NARROWEST = 240
"""Width in pixels that no dock is meant to go below; a label not yet laid out may be narrower."""

CHIP = 0.1
"""How strongly a chip's ground has its colour: with more, its word is hard to read in the light."""

SEMIBOLD = QFont.Weight.DemiBold


def quality_colour(quality: Quality) -> str:
    """The colour that stands beside the word of a quality, in the current theme."""
    now = theme.current()
    return {
        Quality.LIVE: now.up,
        Quality.DELAYED: now.warning,
        Quality.CACHED: now.warning,
        Quality.STALE: now.down,
        Quality.SIMULATED: INVENTED[now.name],
        Quality.HYPOTHETICAL: INVENTED[now.name],
    }[quality]


def label(identifier: str = "", meaning: str = "", role: str = "") -> QLabel:
    """A label of plain text: what a source sent is never read as markup."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    if identifier:
        named(made, identifier, meaning)
    if role:
        theme.role(made, role)
    return made


def say(target: QLabel, text: str, role: str | None = None, hint: str | None = None) -> None:
    """Change a label's text and, where given, its role and tooltip; what stands is left alone."""
    if target.text() != text:
        target.setText(text)
    if role is not None:
        theme.role(target, role)
    if hint is not None and target.toolTip() != hint:
        target.setToolTip(hint)


class Sentence(QLabel):
    """Plain text that wraps, and claims the height that its lines need at the width it has."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as may be; Qt's own hint knows nothing of the width, and rows overlap."""
        return QSize(1, self.heightForWidth(max(self.width(), NARROWEST)) if self.text() else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another width may need another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Elided(QLabel):
    """A label with an ellipsis for what it has no room for; its name is the whole text.

    `left_out` is the end of the text that goes.
    """

    def __init__(self, left_out: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self._left_out = left_out
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw what fits."""
        del event
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(
            self.text(), self._left_out, self.contentsRect().width()
        )
        painter.drawText(self.contentsRect(), self.alignment(), text)
        painter.end()


def sentence(identifier: str = "", meaning: str = "", role: str = "muted") -> Sentence:
    """A label that wraps; its dock may be narrower than the sentence."""
    made = Sentence()
    if identifier:
        named(made, identifier, meaning)
    if role:
        theme.role(made, role)
    return made


class Chip(QLabel):
    """A word on a rounded ground of its own colour."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__()
        named(self, identifier, meaning)
        self._colour = ""
        self.setFont(theme.ui_font(8.5, SEMIBOLD))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def tell(self, word: str, colour: str) -> None:
        """Show `word` in `colour` (#rrggbb)."""
        if self.text() != word:
            self.setText(word)
        if self._colour != colour:
            self._colour = colour
            self.setStyleSheet(f"color: {colour}; padding: 2px 8px")  # it undoes other margins

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The ground first, then the word."""
        if self.text():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.colour(self._colour, 0.45))
            painter.setBrush(theme.colour(self._colour, CHIP))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
            painter.end()
        super().paintEvent(event)


class Figures(QGridLayout):
    """Rows of a caption on the left and its figure, right-aligned, on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(10)
        self.setVerticalSpacing(4)
        self.setColumnStretch(1, 1)

    def row(self, caption: str, identifier: str, meaning: str) -> tuple[QLabel, QLabel]:
        """Add a row; gives the caption's label and the figure's."""
        left, right = label(role="muted"), label(identifier, meaning)
        left.setText(caption)
        left.setBuddy(right)
        right.setFont(theme.ui_font(theme.UI_POINTS, SEMIBOLD))
        right.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        at = self.rowCount()
        self.addWidget(left, at, 0)
        self.addWidget(right, at, 1)
        return left, right


class Rule(QWidget):
    """A line across, in the theme's colour of lines."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(9)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """One device line in the middle."""
        painter = QPainter(self)
        painter.fillRect(0, 4, self.width(), 1, QColor(theme.current().line))
        painter.end()


class Banner(QFrame):
    """A sentence that must be seen, in the flow of its panel; hidden while there is none."""

    def __init__(self, identifier: str, meaning: str) -> None:
        super().__init__()
        self._label = sentence(identifier, meaning, role="")
        self._colour = ""
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 10, 6)
        grid.addWidget(self._label)
        self.hide()

    def tell(self, text: str, colour: str = "") -> None:
        """Show the sentence with an edge of this colour; "" hides the banner."""
        say(self._label, text)
        self._colour = colour
        self.setVisible(bool(text))
        self.update()

    def text(self) -> str:
        """The sentence shown, "" while hidden."""
        return self._label.text()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """A tinted ground with a solid left edge."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(self._colour, 0.13))
        painter.fillRect(0, 0, 3, self.height(), theme.colour(self._colour))
        painter.end()


class Skeleton(QWidget):
    """Grey bars where rows will be, and a word on what is awaited."""

    def __init__(self, identifier: str) -> None:
        super().__init__()
        self._busy = False
        self._label = label(identifier, tr("What is awaited"), "muted")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        grid = QGridLayout(self)
        grid.addWidget(self._label)

    def tell(self, text: str, *, busy: bool) -> None:
        """Say what is awaited; the bars show only while something is on its way."""
        say(self._label, text)
        self._busy = busy
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Rows of bars that fade towards the bottom."""
        if not self._busy:
            return
        painter = QPainter(self)
        count, height = 11, 22
        width = self.width() / count
        for row in range(max(self.height() // height, 1)):
            strength = max(0.8 - row * height / max(self.height(), 1), 0.1)
            ground = theme.colour(theme.current().line, strength)
            for column in range(count):
                painter.fillRect(
                    int(column * width + 8), row * height + 7, int(width - 16), 8, ground
                )
        painter.end()
