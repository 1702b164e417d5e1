"""Where the names of points may stand: beside their points, over no other and over no point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FARTHER = (1.0, 2.2, 3.6)
"""How many times the usual distance a name may stand away."""


def beside(
    points: Sequence[QPointF], sizes: Sequence[tuple[float, float]], room: QRectF, away: float
) -> list[QRectF | None]:
    """A rectangle of its size for the name of each point, within `room`; None where none is free.

    A name stands `away` pixels from its point, or a little farther; the first points choose first.
    """
    dots = [QRectF(at.x() - away, at.y() - away, 2 * away, 2 * away) for at in points]
    taken: list[QRectF] = []
    places: list[QRectF | None] = []
    for number, (at, size) in enumerate(zip(points, sizes, strict=True)):
        others = [*dots[:number], *dots[number + 1 :], *taken]
        free = (
            place
            for place in _around(at, size, away)
            if room.contains(place) and not any(place.intersects(other) for other in others)
        )
        places.append(next(free, None))
        if places[-1] is not None:
            taken.append(places[-1])
    return places


def _around(at: QPointF, size: tuple[float, float], away: float) -> Iterator[QRectF]:
    """To the right, left, above and below, then at the corners, then farther off."""
    width, height = size
    sides = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
    for times in FARTHER:
        for right, down in sides:
            x = at.x() + right * (times * away + width / 2) - width / 2
            y = at.y() + down * (times * away + height / 2) - height / 2
            yield QRectF(x, y, width, height)
