"""What options are priced by, in words."""

import math
from dataclasses import replace
from datetime import date

import pytest

from vaultdesk.events import PricingChanged
from vaultdesk.ui.pricing import details, pricing, role

PARITY = PricingChanged(
    "GLD",
    date(2026, 12, 18),
    "american",
    0.0,
    0.04476,
    "from parity of 31 pairs, give or take 0.12 points",
    0.0012,
)


@pytest.mark.parametrize(
    ("changes", "words", "look"),
    [
        ({}, "American, q = 0, r 4.48 % from parity", "muted"),
        ({"style": "european"}, "European, q = 0, r 4.48 % from parity", "muted"),
        (
            {"rate": 0.04, "rate_error": math.nan},
            "American, q = 0, r 4.00 % from the settings",
            "warning",
        ),
        ({"rate_error": 0.0199}, "American, q = 0, r 4.48 % from parity and settings", "warning"),
        ({"dividend_yield": 0.0125}, "American, q = 1.25 %, r 4.48 % from parity", "muted"),
        ({"rate": -0.001}, "American, q = 0, r -0.10 % from parity", "muted"),
    ],
)
def test_the_basis_in_a_few_words(changes: dict[str, object], words: str, look: str) -> None:
    priced = replace(PARITY, **changes)  # type: ignore[arg-type]
    assert (pricing(priced), role(priced)) == (words, look)


def test_the_details_name_the_model_and_the_pairs() -> None:
    model, q, r, more = details(PARITY, "more").split("\n")
    assert model.startswith("American: may be exercised any day")
    assert q == "q, the dividend yield: 0.00 % a year"
    assert (
        r
        == "r, the interest rate: 4.48 % a year, from parity of 31 pairs, give or take 0.12 points"
    )
    assert more == "more"
