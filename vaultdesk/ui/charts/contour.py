"""Where the values of a grid pass a level, and where its categories meet, as straight pieces.

A piece is a row x, y, x, y. Columns of a grid belong to x, its rows to y, both ascending.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from vaultdesk.core.loan.series import Floats, Places

STRIPS = 600
"""About as many as a map has pixels."""
BELOW, RIGHT, ABOVE, LEFT = range(4)
JOINTS: dict[int, tuple[tuple[int, int], ...]] = {
    **dict.fromkeys((1, 14), ((LEFT, BELOW),)),
    **dict.fromkeys((2, 13), ((BELOW, RIGHT),)),
    **dict.fromkeys((3, 12), ((LEFT, RIGHT),)),
    **dict.fromkeys((4, 11), ((RIGHT, ABOVE),)),
    **dict.fromkeys((6, 9), ((BELOW, ABOVE),)),
    **dict.fromkeys((7, 8), ((LEFT, ABOVE),)),
    **dict.fromkeys((5, 26), ((BELOW, RIGHT), (LEFT, ABOVE))),
    **dict.fromkeys((10, 21), ((LEFT, BELOW), (RIGHT, ABOVE))),
}
"""Which sides of a cell a line joins, by the corners that are not below the level.

The sum of 1 for the lower left, 2 for the lower right, 4 for the upper right and 8 for the upper
left; 16 more if the line passes twice (5 and 10) and the corners' mean is below the level.
"""


def borders(values: Floats) -> Floats:
    """The edges of the cells around ascending values, midway between them: one more than these."""
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    half = np.diff(values) / 2
    inner = values[:-1] + half
    return np.concatenate(([values[0] - half[0]], inner, [values[-1] + half[-1]]))


def contour(x: Floats, y: Floats, values: Floats, at: float) -> Floats:
    """The pieces of the line on which `values` are `at`, straight between neighbours.

    Marching squares (Lorensen and Cline, SIGGRAPH 1987, in the plane); in a cell that is passed
    twice the mean of its corners decides which sides are joined. A cell with an unknown corner
    has none.
    """
    above = (values >= at).astype(np.int64)
    code = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    rows, columns = np.nonzero((code > 0) & (code < sum((1, 2, 4, 8))))
    right, up = columns + 1, rows + 1
    corners = values[[rows, rows, up, up], [columns, right, right, columns]]
    known = np.isfinite(corners).all(0)
    rows, columns, right, up = rows[known], columns[known], right[known], up[known]
    corners, code = corners[:, known], code[rows, columns]
    code += 16 * (((code == 5) | (code == 10)) & (corners.mean(0) < at))  # noqa: PLR2004
    shares = _shares(corners, at)
    across, high = x[columns] + (x[right] - x[columns]) * shares, y[up] - y[rows]
    sides = (
        (across[BELOW], y[rows]),
        (x[right], y[rows] + high * shares[RIGHT]),
        (across[ABOVE], y[up]),
        (x[columns], y[rows] + high * shares[LEFT]),
    )
    found = [np.empty((0, 4))]
    for number in np.unique(code).tolist():
        cells = code == number
        for first, second in JOINTS[number]:
            found.append(np.stack([part[cells] for part in (*sides[first], *sides[second])], 1))
    return np.concatenate(found)


def _shares(corners: Floats, at: float) -> Floats:
    """How far to the right or up on each side of the cells the level is; 0 where it is not."""
    starts, ends = corners[[0, 1, 3, 0]], corners[[1, 2, 2, 3]]
    return np.divide(at - starts, ends - starts, out=np.zeros_like(starts), where=starts != ends)


def boundaries(x: Floats, y: Floats, kinds: Places) -> Floats:
    """The edges between cells of different category."""
    left, low = borders(x), borders(y)
    rows, columns = np.nonzero(kinds[:, 1:] != kinds[:, :-1])
    upright = (left[columns + 1], low[rows], left[columns + 1], low[rows + 1])
    rows, columns = np.nonzero(kinds[1:] != kinds[:-1])
    flat = (left[columns], low[rows + 1], left[columns + 1], low[rows + 1])
    return np.concatenate((np.stack(upright, 1), np.stack(flat, 1)))


def evened(values: Floats) -> Places:
    """For each of equally wide strips, the number of the cell that its middle lies in.

    Cells of one width are a strip each; cells of several share `STRIPS`.
    """
    edges = borders(values)
    widths = np.diff(edges)
    if np.allclose(widths, widths[0]):
        return np.arange(len(values))
    middles = edges[0] + (np.arange(STRIPS) + 0.5) * (edges[-1] - edges[0]) / STRIPS
    cells: Places = np.searchsorted(edges, middles) - 1
    return cells
