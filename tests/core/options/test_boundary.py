"""The exercise boundary: collocation, the table made of it, and the surface on the table."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import boundary_table as script
import numpy as np
import pytest
from numpy.polynomial import chebyshev

from vaultdesk.core.options import boundary, boundary_table, premium, surface
from vaultdesk.core.options.boundary import Fineness, Rates, collocate, perpetual, start

if TYPE_CHECKING:
    from vaultdesk.core.options.types import FloatArray

FINE = Fineness(points=24, quadrature=32, rounds=60)


def drawn(seed: int) -> tuple[FloatArray, FloatArray]:
    """r/sigma² and sigma²T all over what the surface covers."""
    draw = np.random.default_rng(seed)
    spans = (surface.RATIOS, surface.VARIANCES)
    ratio, variance = (np.exp(draw.uniform(np.log(a), np.log(b), 60)) for a, b in spans)
    return ratio, variance


def test_part_of_the_table_made_anew_is_the_table_shipped() -> None:
    ratio, variance = drawn(seed=1)
    across = surface.unit(np.log(ratio), boundary_table.RATIO)
    along = surface.unit(np.log(variance), boundary_table.VARIANCE)
    shipped = chebyshev.chebval2d(across, along, surface.coefficients())
    made = script.shapes(ratio, variance, FINE)
    assert np.abs(shipped - made).max() < 5e-5


def test_the_script_and_the_table_are_of_one_make() -> None:
    assert (script.RATIO, script.VARIANCE) == (boundary_table.RATIO, boundary_table.VARIANCE)
    assert surface.coefficients().shape == script.KEPT


def test_the_table_is_there_while_another_thread_begins_to_decode_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it happened: the alphabet of b85decode half laid out by somebody else's first call."""
    monkeypatch.setattr(base64, "_b85dec", [None] * 256)
    assert surface.coefficients().shape == script.KEPT


def test_the_surface_is_the_boundary_between_its_knots() -> None:
    rho, variance = drawn(seed=2)
    assert surface.covers(rho, variance).all()
    solved = collocate(Rates(rho, np.zeros_like(rho), variance), FINE)
    found = surface.distance(surface.locate(rho, variance)) * np.sqrt(variance)
    assert found == pytest.approx(solved[:, -1], rel=5e-5)
    path = surface.path(surface.locate(rho, variance), 24)
    zeros = np.zeros_like(rho)
    exact = boundary.path(solved, zeros, np.sqrt(variance), 24)
    early = premium.rule(24).left > 0.01
    assert path.gap[:, early] == pytest.approx(exact.gap[:, early], rel=5e-3, abs=1e-6)


def test_the_derivative_in_the_ratio_is_a_difference() -> None:
    rho, variance = np.array([0.05, 1.3, 20.0]), np.array([0.2, 0.03, 1e-3])
    path = surface.path(surface.locate(rho, variance), 24)
    up, down = (surface.path(surface.locate(rho * f, variance), 24) for f in (1.001, 1 / 1.001))
    assert path.by_ratio is not None
    slope = (up.gap - down.gap) / (2 * np.log(1.001))
    assert path.by_ratio == pytest.approx(slope, abs=1e-4 * np.abs(slope).max())


@pytest.mark.parametrize("rho", [0.05, 0.5, 2.0])
def test_a_long_life_ends_at_the_perpetual_boundary(rho: float) -> None:
    """Merton (1973): B = K·m/(m - 1), with m = -2r/sigma² where there is no yield."""
    far = collocate(Rates(np.array([rho]), np.zeros(1), np.array([400.0 / rho])), FINE)[0, -1]
    assert perpetual(np.array([rho]), np.zeros(1)) == pytest.approx(np.log(1 + 1 / (2 * rho)))
    assert far == pytest.approx(np.log(1 + 1 / (2 * rho)), rel=1e-4)


def test_at_expiry_the_boundary_starts_where_interest_and_yield_balance() -> None:
    rho, kappa = np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.5, 2.0])
    assert start(rho, kappa) == pytest.approx([0.0, 0.0, np.log(2.0)])


def test_the_boundary_falls_with_time_and_volatility_and_rises_with_rates() -> None:
    ratios, variances = np.geomspace(1e-3, 40, 80), np.geomspace(1e-5, 3, 80)
    rho, variance = (grid.ravel() for grid in np.meshgrid(ratios, variances, indexing="ij"))
    gap = surface.distance(surface.locate(rho, variance)) * np.sqrt(variance)
    gap = gap.reshape(80, 80)
    assert (np.diff(gap, axis=1) > -1e-5 * gap[:, 1:]).all()
    assert (np.diff(gap, axis=0) < 0).all()
    assert (gap[:, -1] > 1.5 * gap[:, 0]).all()


def test_the_rule_integrates_roots_at_both_ends() -> None:
    at = premium.rule(24)
    passed = at.root**2
    assert at.weight @ np.sqrt(passed) == pytest.approx(2 / 3, rel=1e-13)
    assert at.weight @ np.sqrt(at.left) == pytest.approx(2 / 3, rel=1e-13)
    assert at.weight @ (1 / np.sqrt(passed * at.left)) == pytest.approx(np.pi, rel=1e-13)
