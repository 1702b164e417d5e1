"""Write vaultdesk/core/options/boundary_table.py: the exercise boundary of puts without dividends.

    .venv/bin/python packaging/boundary_table.py

Half a minute. The boundary is solved by collocation, finer than the desk ever does, at the
Chebyshev points of the table's rectangle; what is written are the coefficients of its polynomial.
"""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vaultdesk.core.options.boundary import Fineness, Rates, collocate

FloatArray = npt.NDArray[np.float64]

RATIO = (3e-4, 120.0)
"""r/sigma², from 0.1 % at a volatility of 140 % to 10 % at 4 %."""
VARIANCE = (1e-8, 12.0)
"""sigma²T, down to minutes, and to three years at 140 %."""
POINTS = (72, 84)
KEPT = (52, 64)
FINE = Fineness(points=40, quadrature=48, rounds=100)
BATCH = 64
LINE = 88
OUT = Path(__file__).resolve().parents[1] / "vaultdesk/core/options/boundary_table.py"
HEADER = '''"""Made by packaging/boundary_table.py: the boundary of American puts without dividends.

Chebyshev coefficients of ln(ln(K/B)/√s) over ln(r/sigma²) and ln s, with s = sigma²T; the two
ranges are mapped to [-1, 1].
"""

RATIO = (3e-4, 120.0)
"""The range of r/sigma²."""
VARIANCE = (1e-8, 12.0)
"""The range of s = sigma²T."""
SHAPE = {shape}
"""Coefficients in ln(r/sigma²) and in ln s."""
COEFFICIENTS = (  # little-endian float32, base 85
'''


def points(count: int, span: tuple[float, float]) -> FloatArray:
    """Chebyshev points of the first kind in the logarithm of the span, returned as numbers."""
    low, high = np.log(span)
    angles = np.pi * (np.arange(count) + 0.5) / count
    result: FloatArray = np.exp(0.5 * (low + high) + 0.5 * (high - low) * np.cos(angles))
    return result


def shapes(ratio: FloatArray, variance: FloatArray, fineness: Fineness = FINE) -> FloatArray:
    """ln(ln(K/B)/√s) for each pair of the two one-dimensional arrays."""
    cuts = range(BATCH, ratio.size, BATCH)
    batches = zip(np.split(ratio, cuts), np.split(variance, cuts), strict=True)
    gaps = [collocate(Rates(r, np.zeros_like(r), s), fineness)[:, -1] for r, s in batches]
    result: FloatArray = np.log(np.concatenate(gaps) / np.sqrt(variance))
    return result


def transform(count: int) -> FloatArray:
    """The matrix from values at Chebyshev points of the first kind to coefficients."""
    order = np.arange(count)
    matrix: FloatArray = np.cos(np.pi * np.outer(order, order + 0.5) / count) * 2.0 / count
    matrix[0] /= 2.0
    return matrix


def coefficients() -> FloatArray:
    """The table, of the shape `KEPT`."""
    ratio, variance = points(POINTS[0], RATIO), points(POINTS[1], VARIANCE)
    grid = np.meshgrid(ratio, variance, indexing="ij")
    values = shapes(grid[0].ravel(), grid[1].ravel()).reshape(POINTS)
    full = transform(POINTS[0]) @ values @ transform(POINTS[1]).T
    return full[: KEPT[0], : KEPT[1]]


def main() -> None:
    """Solve and write."""
    text = base64.b85encode(coefficients().astype("<f4").tobytes()).decode()
    lines = (text[at : at + LINE] for at in range(0, len(text), LINE))
    header = HEADER.format(ratio=RATIO, variance=VARIANCE, shape=KEPT)
    body = "\n".join(f'    b"{line}"' for line in lines)
    OUT.write_text(f"{header}{body}\n)\n")


if __name__ == "__main__":
    main()
