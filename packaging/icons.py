"""Paints the desk's icon in the sizes that desktops ask for: `icons.py SVG FOLDER`.

Run by the Python of `.venv-build`, which has Qt.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def paint(svg: Path, folder: Path) -> None:
    """Leaves `vaultdesk-SIZE.png` there for every size."""
    folder.mkdir(parents=True, exist_ok=True)
    drawing = QSvgRenderer(str(svg))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        drawing.render(painter)
        painter.end()
        if not image.save(str(folder / f"vaultdesk-{size}.png")):
            raise SystemExit(f"{folder} cannot be written: make it writable.")


if __name__ == "__main__":
    paint(Path(sys.argv[1]), Path(sys.argv[2]))
