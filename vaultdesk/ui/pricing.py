"""What options are priced by, in the words every panel says it with."""

import math
from typing import TYPE_CHECKING, Protocol

from vaultdesk.ui.format import number, percent
from vaultdesk.ui.translation import tr

if TYPE_CHECKING:
    from vaultdesk.core.options.valued import ValuedChain

UNSURE = 0.01
"""From here on, a fraction per year, the settings have more than a quarter of the say."""
ESTIMATE = "≈"
"""Before a figure whose contract has no volatility of its own."""
MODELS = {
    "american": tr("American: may be exercised any day, Black-Scholes and the premium for that"),
    "european": tr("European: may be exercised at expiry only, Black-Scholes"),
}


class Priced(Protocol):
    """A valued chain, or the event that tells of one; yield and rate are fractions per year."""

    @property
    def style(self) -> str:
        """One of `EXERCISE_STYLES`."""

    @property
    def dividend_yield(self) -> float:
        """Continuously compounded."""

    @property
    def rate(self) -> float:
        """Continuously compounded."""

    @property
    def rate_source(self) -> str:
        """Where the rate comes from, in full."""

    @property
    def rate_error(self) -> float:
        """The rate's standard error; NaN where the settings gave it."""


STYLES = {"american": tr("American"), "european": tr("European")}
"""What the ways of exercising are called."""


def pricing(priced: Priced) -> str:
    """The whole basis in a few words: "American, q = 0, r 4.48 % from parity"."""
    q = percent(priced.dividend_yield, 2) if priced.dividend_yield else "0"
    r = f"{percent(priced.rate, 2)} {_whence(priced)}"
    return f"{STYLES[priced.style]}, q = {q}, r {r}"


def role(priced: Priced) -> str:
    """The look of that sentence: a rate that is more or less a guess stands out."""
    return "muted" if priced.rate_error <= UNSURE else "warning"


def details(priced: Priced, *more: str) -> str:
    """The model, the yield and where the rate comes from, a line each, and what more there is."""
    return "\n".join(
        (
            MODELS[priced.style],
            tr("q, the dividend yield: {dividend_yield} a year").format(
                dividend_yield=percent(priced.dividend_yield, 2)
            ),
            tr("r, the interest rate: {rate} a year, {rate_source}").format(
                rate=percent(priced.rate, 2), rate_source=priced.rate_source
            ),
            *more,
        )
    )


def term(years: float) -> str:
    """The time to expiry as the formulas take it."""
    return tr(
        "{years} years of 365 days, by the second, to the close of the last trading day"
    ).format(years=number(years, 4))


def estimate(view: "ValuedChain", row: int) -> str:
    """By which volatility a contract without one of its own is valued; empty if by none."""
    curve = view.smile
    if curve is None or not view.estimated(row):
        return ""
    inside = curve.lowest <= view.strike[row] <= curve.highest
    beyond = "" if inside else tr(", continued beyond the last of them")
    volatility = percent(float(view.volatility[row]), 2)
    return tr("{estimate} at {volatility}, of the curve through the other quotes{beyond}.").format(
        estimate=ESTIMATE, volatility=volatility, beyond=beyond
    )


def _whence(priced: Priced) -> str:
    if math.isnan(priced.rate_error):
        return tr("from the settings")
    return tr("from parity") if priced.rate_error <= UNSURE else tr("from parity and settings")
