"""The early-exercise premium of an American put as an integral over its boundary.

Kim (1990), Jacka (1991), Carr, Jarrow and Myneni (1992): interest earned less dividends forgone
while the underlying is below the boundary B. With v the share of the life that has passed,
D = sigma√T, x = ln(S/K), A(v) = ln(S/B(v))/D and beta = (r - q - sigma²/2)·T/D,

    premium/K = rT·∫₀¹ e^(-rTv)·N(-d2) dv - e^x·qT·∫₀¹ e^(-qTv)·N(-d1) dv
    d2 = A/√v + beta·√v,   d1 = d2 + D·√v

The substitution v = sin²θ takes the roots out of both ends. Gamma's integrand grows without limit
where spot meets the boundary; by parts, with n the normal density, nothing in it does:

    ∫ e^(-cv)·n(d)·d/v dv = 2·e^(-c)·N(-d(1)) + 2c·∫ e^(-cv)·N(-d) dv
                            + 2·∫ e^(-cv)·n(d)·(A' + beta)/√v dv
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

DENSITY_AT_ZERO = 1.0 / math.sqrt(2.0 * math.pi)


class Rule(NamedTuple):
    """A Gauss-Legendre rule in θ for integrals over v in [0, 1]; each of shape (nodes,).

    Attributes:
        root: √v.
        left: 1 - v, the share of the life that is left when the boundary is looked at.
        weight: of dv.
    """

    root: FloatArray
    left: FloatArray
    weight: FloatArray


@cache
def rule(nodes: int) -> Rule:
    """The rule with so many nodes."""
    z, weight = np.polynomial.legendre.leggauss(nodes)
    angle = 0.25 * math.pi * (1.0 + z)
    sine, cosine = np.sin(angle), np.cos(angle)
    return Rule(sine, cosine * cosine, 0.5 * math.pi * weight * sine * cosine)


class Premium(NamedTuple):
    """The premium of one share's put over the strike, and its derivatives; each (options,).

    Attributes:
        value: premium/K.
        slope: its derivative in x = ln S.
        bend: its second derivative in x.
        by_rate: its derivative in the rate over years, NaN without `by_ratio`.
    """

    value: FloatArray
    slope: FloatArray
    bend: FloatArray
    by_rate: FloatArray


class Path(NamedTuple):
    """What is known of the boundary at the nodes of a rule; (options, nodes) but `end`.

    Attributes:
        gap: ln(K/B)/(D·√v).
        rise: A'(v).
        by_ratio: derivative of `gap` in ln(r/sigma²), or None.
        end: ln(K/B)/D at expiry, (options,).
        missed: what the rule misses of the integral of A' alone, which grows without limit at
            expiry, (options,).
    """

    gap: FloatArray
    rise: FloatArray
    by_ratio: FloatArray | None
    end: FloatArray | float
    missed: FloatArray


class Put(NamedTuple):
    """Puts in the units of the integral, each (options,); see the module.

    Attributes:
        x: ln(S/K).
        deviation: D = sigma√T.
        interest: rT.
        dividend: qT.
    """

    x: FloatArray
    deviation: FloatArray
    interest: FloatArray
    dividend: FloatArray

    @property
    def drift(self) -> FloatArray:
        """The coefficient beta of √v in d2."""
        return (self.interest - self.dividend) / self.deviation - 0.5 * self.deviation


def plain(put: Put, path: Path, at: Rule) -> Premium:
    """The premium of puts without dividends; `put.dividend` is not looked at."""
    beta = put.interest / put.deviation - 0.5 * put.deviation
    d2 = np.stack([put.x / put.deviation, beta], axis=1) @ np.stack([1.0 / at.root, at.root])
    d2 += path.gap
    inside, sums, risen, moved = _integrals(put.interest, d2, path, at)
    value, aged = inside.T
    c, width = put.interest, put.deviation
    end = put.x / width + beta
    risen += _last(c, end) * path.missed
    bend = 2.0 * (np.exp(-c) * ndtr(-end) + c * value + risen + beta * sums[:, 0])
    by_rate = value - c * aged - moved - (c / width) * sums[:, 1]
    return Premium(c * value, -(c / width) * sums[:, 0], c * bend / (width * width), by_rate)


def _integrals(
    discount: FloatArray, d: FloatArray, path: Path, at: Rule
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Integrate over v in [0, 1], with e = exp(-discount·v) and the normal density n.

    Returns:
        Of e·N(-d) times 1 and v, (options, 2); of e·n(d) times 1/√v and √v, (options, 2); of
        e·n(d)·A'/√v; of e·n(d) times `by_ratio`, NaN without.
    """
    fade = np.exp(np.multiply.outer(discount, -at.root * at.root))
    below = ndtr(-d)
    below *= fade
    inside = below @ np.stack([at.weight, at.weight * at.root**2], axis=1)
    bell = np.multiply(d, d, out=d)
    bell *= -0.5
    np.exp(bell, out=bell)
    bell *= fade
    bell *= DENSITY_AT_ZERO
    sums = bell @ np.stack([at.weight / at.root, at.weight * at.root], axis=1)
    risen = (bell * path.rise) @ (at.weight / at.root)
    if path.by_ratio is None:
        return inside, sums, risen, np.full(risen.shape, np.nan)
    return inside, sums, risen, (bell * path.by_ratio) @ at.weight


def _last(discount: FloatArray, end: FloatArray) -> FloatArray:
    """e^(-discount·v)·n(d) at v = 1, by which the missed part of A' counts.

    The rule is exact enough for e·n(d)·A' less this constant times A'; the rest is A's known rise.
    """
    weight: FloatArray = np.exp(-discount - 0.5 * end * end) * DENSITY_AT_ZERO
    return weight


def with_dividends(put: Put, path: Path, at: Rule) -> Premium:
    """The premium of puts on an underlying that pays a continuous yield."""
    width, beta = put.deviation, put.drift
    d2 = np.multiply.outer(put.x / width, 1.0 / at.root) + np.multiply.outer(beta, at.root)
    d2 += path.gap
    d1 = d2 + np.multiply.outer(width, at.root)
    end = put.x / width + path.end + beta
    parts = []
    for c, d, last, lean in (
        (put.interest, d2, end, beta),
        (put.dividend, d1, end + width, beta + width),
    ):
        inside, sums, risen, _ = _integrals(c, d, path, at)
        value = inside[:, 0]
        risen += _last(c, last) * path.missed
        bend = 2.0 * (np.exp(-c) * ndtr(-last) + c * value + risen + lean * sums[:, 0])
        parts.append((c * value, -c * sums[:, 0] / width, c * bend / width**2))
    (earned, earned_slope, earned_bend), (missed, missed_slope, missed_bend) = parts
    held = np.exp(put.x)
    return Premium(
        earned - held * missed,
        earned_slope - held * (missed + missed_slope),
        earned_bend - held * (missed + 2.0 * missed_slope + missed_bend),
        np.full(held.shape, np.nan),
    )
