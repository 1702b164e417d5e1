"""Interpolation at Chebyshev points, as matrices from the values there to those elsewhere."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from vaultdesk.core.options.premium import rule

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray


def chebyshev(points: int) -> FloatArray:
    """The points + 1 extrema of a Chebyshev polynomial, rising from -1 to 1."""
    return -np.cos(np.pi * np.arange(points + 1) / points)


def interpolation(points: int, roots: FloatArray) -> FloatArray:
    """The matrix from values at the points + 1 Chebyshev points to values at `roots` in [0, 1].

    Barycentric formula of the second kind (Berrut and Trefethen 2004).
    """
    nodes = chebyshev(points)
    weights = (-1.0) ** np.arange(points + 1)
    weights[[0, -1]] *= 0.5
    gap = (2.0 * roots - 1.0)[:, None] - nodes
    hit = gap == 0.0
    terms = weights / np.where(hit, 1.0, gap)
    matrix: FloatArray = terms / terms.sum(axis=1, keepdims=True)
    exact = hit.any(axis=1)
    matrix[exact] = hit[exact]
    return matrix


@cache
def paths(points: int, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Matrices from values at the points to those, and slopes in √(τ/s), at a rule's nodes."""
    values = interpolation(points, np.sqrt(rule(nodes).left))
    x = 0.5 * (1.0 + chebyshev(points))
    gap = x[:, None] - x
    np.fill_diagonal(gap, 1.0)
    weights = (-1.0) ** np.arange(points + 1)
    weights[[0, -1]] *= 0.5
    slopes = weights / weights[:, None] / gap
    np.fill_diagonal(slopes, 0.0)
    np.fill_diagonal(slopes, -slopes.sum(axis=1))
    return values.T.copy(), (values @ slopes).T.copy()
