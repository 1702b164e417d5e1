"""The normalised time value b(x, s) of an option and its inverse in s.

With x = |ln(F/K)| and s = sigma·√T, an out-of-the-money option is worth √(S·e^(-qT)·K·e^(-rT))·b,


    b = e^(-x/2)·N(-h + t) - e^(x/2)·N(-h - t),   h = x/s,   t = s/2   (Jäckel 2015, section 2)

which rises from 0 to e^(-x/2) with s. All arrays here are one-dimensional and of one length.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import erfcx, erfinv

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IntArray = npt.NDArray[np.intp]
    BoolArray = npt.NDArray[np.bool_]

ROOT_HALF = math.sqrt(0.5)
ROOT_HALF_PI = math.sqrt(0.5 * math.pi)
DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)

SHORT = 0.02
"""Below this t the difference of the two normal integrals is taken as a series in t."""
WING = 5.0
"""Where the guess of s² · 4 at the centre falls below WING · x², the wing's guess is better."""
REMOTE = 20.0
"""Beyond this x = |ln(F/K)| the centre's guess is lost in rounding."""
TAIL = (0.06330746, 0.45751022, -0.34241049, 0.16750251, -0.26424066, 0.16620633)
"""h ≈ (a0 + a1·l + a2·l² + a3·l³) / (1 + b1·l + b2·l²) where l² = -2·ln(φ(h)/h - N(-h)).

Least squares over 0.5 ≤ h ≤ 40; within 0.14 %, and no more than a first guess."""
SETTLED = 1e-4
"""A relative step this small leaves an error of its fourth power."""
PATIENCE = 40


def normalised_value(distance: FloatArray, deviation: FloatArray) -> FloatArray:
    """Evaluate b(x, s) for x = distance and s = deviation above 0, to full relative precision."""
    shape = _shape(distance, deviation)
    return shape.slope * shape.ratio


def solve(distance: FloatArray, worth: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Invert b(x, s) = worth for s by Householder steps of fourth order from a close first guess.

    In the wing ln b is solved as a function of 1/s², elsewhere ln(e^(-x/2) - b) as one of s: in
    both pairs the curve is nearly straight. Most points settle after two steps.

    Args:
        distance: x = |ln(F/K)|, finite.
        worth: above 0 and below e^(-x/2).

    Returns:
        s, and the elasticity s·b'/b there: a relative error of `worth` is divided by it. Both are
        NaN should a point not settle.
    """
    guess, wing = _first_guess(distance, worth)
    deviation = guess
    elasticity = np.full(worth.shape, np.nan)
    ceiling = np.where(wing, 0.0, np.exp(-0.5 * distance))
    active = np.arange(worth.size)
    x, target, s = distance, worth, guess
    for _ in range(PATIENCE):
        s, step, slope = _householder(x, target, s, wing, ceiling)
        deviation[active], elasticity[active] = s, slope
        unsettled = ~(np.abs(step) < SETTLED)
        if not unsettled.any():
            return deviation, elasticity
        active = active[unsettled]
        x, target, s = x[unsettled], target[unsettled], s[unsettled]
        wing, ceiling = wing[unsettled], ceiling[unsettled]
    deviation[active] = elasticity[active] = np.nan
    return deviation, elasticity


class _Shape(NamedTuple):
    """b divided by its slope in s, the slope, and the squares of h and t."""

    ratio: FloatArray
    slope: FloatArray
    hh: FloatArray
    tt: FloatArray


def _first_guess(x: FloatArray, worth: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Guess s, and tell where the point lies in the wing.

    At the centre: b + sinh(x/2) ≈ cosh(x/2)·(2N(t) - 1) + x²·φ(t)/(2s), after Corrado and Miller
    (1996) and exact for x = 0. In the wing: Bachelier's volatility, whose h depends on
    b / (2·sinh(x/2)) alone, times 1 + s²/24 (Hagan and Woodward 1999).
    """
    lift = np.sinh(0.5 * x)
    straddle = math.sqrt(8.0) * erfinv((worth + lift) / np.cosh(0.5 * x))
    square = straddle * straddle
    centre = 0.5 * (straddle + np.sqrt(np.maximum(square - 2.0 * x * x, 0.0)))
    wing = (square < WING * x * x) | (x > REMOTE)
    tail = np.sqrt(-2.0 * np.log(worth / (2.0 * lift)))
    a0, a1, a2, a3, b1, b2 = TAIL
    h = (a0 + tail * (a1 + tail * (a2 + tail * a3))) / (1.0 + tail * (b1 + tail * b2))
    far = x / h
    return np.where(wing, far * (1.0 + far * far / 24.0), centre), wing


def _shape(x: FloatArray, s: FloatArray) -> _Shape:
    h, t = x / s, 0.5 * s
    ratio = ROOT_HALF_PI * (erfcx(ROOT_HALF * (h - t)) - erfcx(ROOT_HALF * (h + t)))
    short = np.flatnonzero(t < SHORT)
    if short.size:
        ratio[short] = _short_ratio(h[short], t[short])
    hh, tt = h * h, t * t
    return _Shape(ratio, DENSITY_AT_ZERO * np.exp(-0.5 * (hh + tt)), hh, tt)


def _short_ratio(h: FloatArray, t: FloatArray) -> FloatArray:
    """Sum 2·Σ t^(2k+1)/(2k+1)!·M(2k+1), where M(k) = ∫₀^∞ u^k·exp(-u²/2 - h·u) du.

    From erfcx(z/√2) = √(2/π)·M(0) at z = h and M'(k) = -M(k+1): no difference of nearly equal
    numbers in t. M(k+1) = k·M(k-1) - h·M(k) by parts, and M(1) = 1 - h·M(0).
    """
    before: FloatArray = ROOT_HALF_PI * erfcx(ROOT_HALF * h)
    moment = 1.0 - h * before
    total = moment.copy()
    factor = np.ones_like(t)
    for k in (1, 3, 5):
        before = k * before - h * moment
        moment = (k + 1) * moment - h * before
        factor = factor * t * t / ((k + 1) * (k + 2))
        total += factor * moment
    return 2.0 * t * total


def _householder(
    x: FloatArray, worth: FloatArray, s: FloatArray, wing: BoolArray, ceiling: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """One step: the better s, the relative step in the solved variable, the elasticity s·b'/b.

    With g = ln((b - ceiling)/(worth - ceiling)) and the variable z = s^(1/a), the quantities
    k1 = z·g', k2 = z·g''/g' and k3 = z²·g'''/g' follow from the derivatives in s:
    s·b''/b' = h² - t² and s²·b'''/b' = (h² - t²)² - 3h² - t².
    """
    ratio, slope, hh, tt = _shape(x, s)
    b = slope * ratio
    g = np.log1p((b - worth) / (worth - ceiling))
    p = s * slope / (b - ceiling)
    bend = hh - tt
    second = bend - p
    third = bend * bend - 3.0 * hh - tt - 3.0 * p * bend + 2.0 * p * p
    a = np.where(wing, -0.5, 1.0)
    k2 = a * second + (a - 1.0)
    k3 = a * a * third + (a - 1.0) * (3.0 * a * second + (a - 2.0))
    newton = -g / (a * p)
    step = newton * (1.0 + 0.5 * k2 * newton) / (1.0 + newton * (k2 + k3 * newton / 6.0))
    step = np.minimum(np.maximum(step, -0.8), 4.0)
    stretched = 1.0 + step
    return s * np.where(wing, 1.0 / np.sqrt(stretched), stretched), step, s / ratio
