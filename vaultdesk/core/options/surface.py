"""The exercise boundary of puts without dividends, looked up instead of solved.

Without dividends the boundary depends on rho = r/sigma² and the variance s = sigma²T alone. For a
rule's nodes, everything the premium needs of it is a smooth function of ln rho and ln s: the table
is expanded once into bicubic B-splines of those, and a lookup is one product of a sparse matrix of
sixteen weights an option with them.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial import chebyshev
from scipy.sparse import csr_array

from vaultdesk.core.options import boundary_table as table
from vaultdesk.core.options.premium import Path, rule

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

CELLS = (48, 64)
"""Intervals of the splines in ln rho and in ln(sigma²T)."""
RATIOS = (8e-4, 45.0)
"""r/sigma², from 0.1 % at a volatility of 140 % to 10 % at 4 %."""
VARIANCES = (3e-6, 4.0)
"""sigma²T, to three years at 140 %; below, where interest is nothing, the first shape serves."""
MARGIN = 3
"""Intervals beyond the range on each side, which the table still covers."""


class Axis(NamedTuple):
    """Evenly spaced knots over [low, high], with the margin's beyond."""

    low: float
    step: float
    cells: int

    @property
    def points(self) -> FloatArray:
        """The knots."""
        return self.low + self.step * np.arange(-MARGIN, self.cells + MARGIN + 1.0)

    def place(self, x: FloatArray) -> tuple[npt.NDArray[np.int32], FloatArray, FloatArray]:
        """The first of four control points, the four weights and their derivatives in x."""
        position = (x - self.low) / self.step
        first = np.clip(position.astype(np.int32), 0, self.cells - 1)
        t = position - first
        u = 1.0 - t
        weights = np.stack(
            [u**3, 4.0 - 6.0 * t * t + 3.0 * t**3, 4.0 - 6.0 * u * u + 3.0 * u**3, t**3], axis=1
        )
        slopes = np.stack([-u * u, (3.0 * t - 4.0) * t, (4.0 - 3.0 * u) * u, t * t], axis=1)
        return first + (MARGIN - 1), weights / 6.0, slopes / (2.0 * self.step)


def _axis(span: tuple[float, float], cells: int) -> Axis:
    low, high = np.log(span)
    return Axis(low, (high - low) / cells, cells)


RATIO = _axis(RATIOS, CELLS[0])
VARIANCE = _axis(VARIANCES, CELLS[1])


def covers(rho: FloatArray, variance: FloatArray) -> npt.NDArray[np.bool_]:
    """Where the surface knows the boundary."""
    inside = (rho >= RATIOS[0]) & (rho <= RATIOS[1])
    return inside & (variance > 0.0) & (variance <= VARIANCES[1])


class Stencil(NamedTuple):
    """Where options lie on the surface; (options, 16)."""

    cells: npt.NDArray[np.int32]
    weights: FloatArray
    by_ratio: FloatArray

    def of(self, chosen: npt.NDArray[np.intp]) -> Stencil:
        """Those of some options."""
        return Stencil(self.cells[chosen], self.weights[chosen], self.by_ratio[chosen])

    def apply(self, controls: FloatArray) -> FloatArray:
        """Mix the rows of `controls`, which lie one after the other, for each option."""
        return _mix(self.cells, self.weights, controls)

    def apply_both(self, controls: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The same, and its derivative in ln(r/sigma²)."""
        cells = np.concatenate([self.cells, self.cells])
        mixed = _mix(cells, np.concatenate([self.weights, self.by_ratio]), controls)
        return mixed[: len(self.cells)], mixed[len(self.cells) :]


def _mix(cells: npt.NDArray[np.int32], weights: FloatArray, controls: FloatArray) -> FloatArray:
    ends = np.arange(0, cells.size + 1, 16, dtype=np.int32)
    parts = (weights.reshape(-1), cells.reshape(-1), ends)
    mixed: FloatArray = csr_array(parts, shape=(len(cells), len(controls))) @ controls
    return mixed


def locate(rho: FloatArray, variance: FloatArray) -> Stencil:
    """Place options, which the surface covers, on it."""
    row, across, slope = RATIO.place(np.log(rho))
    column, along, _ = VARIANCE.place(np.log(np.maximum(variance, VARIANCES[0])))
    reach = np.arange(4, dtype=np.int32)
    width = np.int32(len(VARIANCE.points))
    cells = (row[:, None] + reach)[:, :, None] * width + (column[:, None] + reach)[:, None, :]
    shape = (len(cells), 16)
    return Stencil(
        cells.reshape(shape),
        (across[:, :, None] * along[:, None, :]).reshape(shape),
        (slope[:, :, None] * along[:, None, :]).reshape(shape),
    )


def distance(stencil: Stencil) -> FloatArray:
    """ln(K/B)/(sigma√T) at the beginning of each option's life."""
    return stencil.apply(_today())[:, 0]


def path(stencil: Stencil, nodes: int) -> Path:
    """The boundary at the nodes of `rule(nodes)`."""
    gaps, rises = _controls(nodes)
    gap, by_ratio = stencil.apply_both(gaps)
    rise = stencil.apply(rises)
    return Path(gap, rise[:, :nodes], by_ratio, 0.0, rise[:, nodes])


@cache
def _today() -> FloatArray:
    shape, _ = _shape(np.ones(1))
    return _splines(np.exp(shape))


@cache
def _controls(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Control points of `Path.gap`, and of `Path.rise` and `Path.missed` side by side."""
    at = rule(nodes)
    shape, slope = _shape(at.left)
    distance = np.exp(shape)
    gap = distance * np.sqrt(at.left) / at.root
    rise = -distance * (0.5 + slope) / np.sqrt(at.left)
    missed = -np.exp(_shape(np.ones(1))[0]) - (rise @ at.weight)[:, :, None]
    return _splines(gap), _splines(np.concatenate([rise, missed], axis=2))


# Decoded while this is imported, which one thread does: b85decode lays out its alphabet in its
# first call, and a second thread that calls it meanwhile finds it half laid out.
_TABLE = np.frombuffer(base64.b85decode(table.COEFFICIENTS), dtype="<f4")


def coefficients() -> FloatArray:
    """The table's Chebyshev coefficients."""
    return _TABLE.astype(np.float64).reshape(table.SHAPE)


def _shape(left: FloatArray) -> tuple[FloatArray, FloatArray]:
    """ln(ln(K/B)/√(left·s)) and its derivative in ln s, at each knot; (ratios, variances, left).

    Beyond the table's range the polynomial is no guide, and its value at the edge serves.
    """
    across = unit(RATIO.points, table.RATIO)
    along = unit(VARIANCE.points[:, None] + np.log(left), table.VARIANCE)
    rows = chebyshev.chebvander(across, table.SHAPE[0] - 1) @ coefficients()
    low, high = np.log(table.VARIANCE)
    slopes = chebyshev.chebder(rows, scl=2.0 / (high - low), axis=1)
    values = np.einsum("ik,jlk->ijl", rows, chebyshev.chebvander(along, rows.shape[1] - 1))
    inclines = np.einsum("ik,jlk->ijl", slopes, chebyshev.chebvander(along, slopes.shape[1] - 1))
    return np.asarray(values), np.where(np.abs(along) < 1.0, inclines, 0.0)


def unit(x: FloatArray, span: tuple[float, float]) -> FloatArray:
    """Map a logarithm of a number in the span to [-1, 1], and one beyond it to the nearer end."""
    low, high = np.log(span)
    inside: FloatArray = np.clip((2.0 * x - low - high) / (high - low), -1.0, 1.0)
    return inside


def _splines(values: FloatArray) -> FloatArray:
    """Control points of the cubic splines through values at the knots; (cells, last axis)."""
    half = _controls_along(values).transpose(1, 0, 2)
    return _controls_along(half).transpose(1, 0, 2).reshape(-1, values.shape[2])


def _controls_along(values: FloatArray) -> FloatArray:
    """Control points along the first axis; at both ends the fourth difference vanishes."""
    count = len(values)
    matrix = (np.eye(count, k=-1) + 4.0 * np.eye(count) + np.eye(count, k=1)) / 6.0
    matrix[[0, -1]] = 0.0
    matrix[0, :5] = matrix[-1, -5:] = (1.0, -4.0, 6.0, -4.0, 1.0)
    wanted = values.reshape(count, -1).copy()
    wanted[[0, -1]] = 0.0
    return np.asarray(np.linalg.solve(matrix, wanted)).reshape(values.shape)
