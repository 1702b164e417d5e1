"""The inverse in s of the normalised time value b(x, s) of an option.

With x = |ln(F/K)| and s = sigma·√T, an out-of-the-money option is worth √(S·e^(-qT)·K·e^(-rT))·b,

    b = e^(-x/2)·N(-h + t) - e^(x/2)·N(-h - t),   h = x/s,   t = s/2   (Jäckel 2015, section 2)

which rises from 0 to e^(-x/2) with s. All arrays here are one-dimensional and of one length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial import legendre
from scipy.special import erfcx, erfinv

from vaultdesk.core.options.constants import (
    DENSITY_AT_ZERO,
    HALF,
    MINUS_HALF,
    MINUS_TWO,
    ONE,
    ROOT_EIGHT,
    ROOT_HALF,
    ROOT_HALF_PI,
    TWO,
    ZERO,
)

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

SHORT = np.array(0.02)
"""Below this t the difference of the two normal integrals is taken by quadrature."""
NODES, WEIGHTS = (column[:, None] for column in legendre.leggauss(4))
"""Gauss and Legendre's rule of four points on [-1, 1]."""
WING = np.array(5.0)
"""Where the guess of s² · 4 at the centre falls below WING · x², the wing's guess is better."""
REMOTE = np.array(20.0)
"""Beyond this x = |ln(F/K)| the centre's guess is lost in rounding."""
A0, A1, A2, A3 = map(np.array, (0.06330746, 0.45751022, -0.34241049, 0.16750251))
B1, B2 = map(np.array, (-0.26424066, 0.16620633))
"""h ≈ (a0 + a1·l + a2·l² + a3·l³) / (1 + b1·l + b2·l²) where l² = -2·ln(φ(h)/h - N(-h)).

Least squares over 0.5 ≤ h ≤ 40; within 0.14 %, and no more than a first guess."""
TWENTY_FOURTH = np.array(1.0 / 24.0)
LEAST, MOST = np.array(-4.0), np.array(0.8)
"""Bounds of a step, by which s is lessened, in multiples of s."""
SETTLED = 1e-5
"""A relative step this small leaves an error of its third power."""
PATIENCE = 40


def solve(distance: FloatArray, worth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Invert b(x, s) = worth for s by Halley's steps of third order from a close first guess.

    In the wing ln b is solved as a function of s, elsewhere ln(e^(-x/2) - b). The guess is within
    2 % nearly everywhere and settles in two steps, which all points therefore take together.

    Args:
        distance: x = |ln(F/K)|, finite.
        worth: above 0 and below e^(-x/2).

    Returns:
        s, and the elasticity s·b'/b there: a relative error of `worth` is divided by it. Both are
        NaN should a point not settle.
    """
    guess, ceiling = _first_guess(distance, worth)
    guess, _, _ = _halley(distance, worth, guess, ceiling)
    deviation, elasticity, step = _halley(distance, worth, guess, ceiling)
    for _ in range(PATIENCE):
        late = (~(np.abs(step) < SETTLED)).nonzero()[0]
        if not late.size:
            return deviation, elasticity
        again = _halley(distance[late], worth[late], deviation[late], ceiling[late])
        deviation[late], elasticity[late], step[late] = again
    deviation[late] = elasticity[late] = np.nan
    return deviation, elasticity


class _Shape(NamedTuple):
    """b divided by its slope in s, the slope, and the slope's elasticity s·b''/b' = h² - t²."""

    ratio: FloatArray
    slope: FloatArray
    bend: FloatArray


def _first_guess(x: FloatArray, worth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Guess s, and give what b is measured from: 0 in the wing, at the centre its limit e^(-x/2).

    At the centre: b + sinh(x/2) ≈ cosh(x/2)·(2N(t) - 1) + x²·φ(t)/(2s), after Corrado and Miller
    (1996) and exact for x = 0.
    """
    half = HALF * x
    lift = np.sinh(half)
    straddle = worth + lift
    straddle /= np.cosh(half)
    erfinv(straddle, out=straddle)
    straddle *= ROOT_EIGHT
    square = straddle * straddle
    limit = x * x
    wing = square < WING * limit
    wing |= x > REMOTE
    limit *= TWO
    square -= limit
    np.maximum(square, ZERO, out=square)
    straddle += np.sqrt(square, out=square)
    guess = np.multiply(straddle, HALF, out=straddle)
    ceiling = np.exp(-half)
    np.copyto(guess, _wing_guess(x, worth, lift), where=wing)
    np.copyto(ceiling, ZERO, where=wing)
    return guess, ceiling


def _wing_guess(x: FloatArray, worth: FloatArray, lift: FloatArray) -> FloatArray:
    """Guess s from Bachelier's volatility, whose h depends on b / (2·sinh(x/2)) alone.

    Times 1 + s²/24 (Hagan and Woodward 1999).
    """
    tail = worth / lift
    tail *= HALF
    np.log(tail, out=tail)
    tail *= MINUS_TWO
    np.sqrt(tail, out=tail)
    above, below = A3 * tail, B2 * tail
    above += A2
    above *= tail
    above += A1
    above *= tail
    above += A0
    below += B1
    below *= tail
    below += ONE
    below *= x
    far = np.divide(below, above, out=below)
    widened = far * far
    widened *= TWENTY_FOURTH
    widened += ONE
    widened *= far
    return widened


def _shape(x: FloatArray, s: FloatArray) -> _Shape:
    h, t = x / s, HALF * s
    ratio = _scaled_tail(h - t)
    ratio -= _scaled_tail(h + t)
    ratio *= ROOT_HALF_PI
    if np.count_nonzero(short := t < SHORT):
        few = short.nonzero()[0]
        ratio[few] = short_ratio(h[few], t[few])
    h *= h
    t *= t
    slope = h + t
    slope *= MINUS_HALF
    np.exp(slope, out=slope)
    slope *= DENSITY_AT_ZERO
    h -= t
    return _Shape(ratio, slope, bend=h)


def _scaled_tail(z: FloatArray) -> FloatArray:
    """erfcx(z/√2), written over z."""
    z *= ROOT_HALF
    erfcx(z, out=z)
    return z


def short_ratio(h: FloatArray, t: FloatArray) -> FloatArray:
    """∫ 1 + u·R(u) du from -h - t to -h + t: b divided by its slope, where t is small.

    The integrand is the derivative of R = N/φ = √(π/2)·erfcx(-u/√2) (Mills): no difference of
    nearly equal numbers in t.
    """
    u = t * NODES
    u -= h
    slope = erfcx(u * -ROOT_HALF)
    slope *= u
    slope *= ROOT_HALF_PI
    slope += ONE
    slope *= WEIGHTS
    total: FloatArray = np.add.reduce(slope, axis=0)
    total *= t
    return total


def _halley(
    x: FloatArray, worth: FloatArray, s: FloatArray, ceiling: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One step: the better s, the elasticity s·b'/b, and what s was lessened by, relatively.

    Solves g = ln((b - ceiling)/(worth - ceiling)) = 0, where s·g' = s·b'/(b - ceiling) = p and
    s·g''/g' = s·b''/b' - p.
    """
    ratio, p, bend = _shape(x, s)
    b = p * ratio
    g = b - worth
    g /= worth - ceiling
    np.log1p(g, out=g)
    b -= ceiling
    p *= s
    p /= b
    step = np.divide(g, p, out=g)
    bend -= p
    bend *= step
    bend *= MINUS_HALF
    bend += ONE
    step /= bend
    np.minimum(step, MOST, out=step)
    np.maximum(step, LEAST, out=step)
    better = ONE - step
    better *= s
    return better, s / ratio, step
