"""Contours of a grid and the edges between categories, against what geometry says of them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from vaultdesk.ui.charts.contour import borders, boundaries, contour, evened

Floats = NDArray[np.float64]

X, Y = np.linspace(-2.0, 2.0, 81), np.linspace(-1.5, 1.5, 61)


def ends(pieces: Floats) -> list[tuple[float, float]]:
    return [(round(x, 9), round(y, 9)) for x, y in pieces.reshape(-1, 2).tolist()]


def test_the_contour_of_a_cone_is_a_closed_circle() -> None:
    radius = 1.03  # through no point of the grid
    pieces = contour(X, Y, np.hypot(X[None, :], Y[:, None]), radius)
    assert np.hypot(pieces[:, 0], pieces[:, 1]) == pytest.approx(radius, abs=2e-3)
    counts = {place: ends(pieces).count(place) for place in set(ends(pieces))}
    assert set(counts.values()) == {2}
    length = np.hypot(pieces[:, 2] - pieces[:, 0], pieces[:, 3] - pieces[:, 1]).sum()
    assert length == pytest.approx(2 * math.pi * radius, rel=2e-3)


def test_on_uneven_axes_a_plane_has_a_straight_line() -> None:
    x, y = np.array([0.0, 1.0, 5.0, 6.0]), np.array([0.0, 10.0, 12.0])
    pieces = contour(x, y, x[None, :] + 0.5 * y[:, None], 4.0)
    assert pieces[:, 0] + 0.5 * pieces[:, 1] == pytest.approx(4.0)
    assert pieces[:, 2] + 0.5 * pieces[:, 3] == pytest.approx(4.0)
    assert {pieces[:, 1::2].min(), pieces[:, 1::2].max()} == {0.0, 8.0}


@pytest.mark.parametrize(
    ("at", "pieces"),
    [
        (0.4, {frozenset({(0.6, 0.0), (1.0, 0.4)}), frozenset({(0.0, 0.6), (0.4, 1.0)})}),
        (0.6, {frozenset({(0.4, 0.0), (0.0, 0.4)}), frozenset({(1.0, 0.6), (0.6, 1.0)})}),
    ],
    ids=["mean above: the low corners are cut off", "mean below: the high ones are"],
)
def test_a_saddle_is_joined_by_the_mean_of_its_corners(
    at: float, pieces: set[frozenset[tuple[float, float]]]
) -> None:
    unit = np.array([0.0, 1.0])
    values = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = {frozenset(ends(piece)) for piece in contour(unit, unit, values, at)}
    assert found == pieces


GRIDS = arrays(
    np.float64, st.tuples(st.integers(2, 7), st.integers(2, 7)), elements=st.floats(-5, 5, width=16)
)


@given(GRIDS, st.floats(-4, 4, width=16))
def test_lines_end_only_at_the_edge_of_the_grid(values: Floats, at: float) -> None:
    """Wherever a line enters a cell it leaves it: inside, each end is the start of another piece.

    Ends may meet in one corner, where the level is reached exactly; then they are an even number.
    """
    rows, columns = values.shape
    x, y = np.arange(float(columns)), np.arange(float(rows))
    found = ends(contour(x, y, values, at))
    for place in set(found):
        if 0 < place[0] < columns - 1 and 0 < place[1] < rows - 1:
            assert found.count(place) % 2 == 0


@given(GRIDS, st.floats(-4, 4, width=16))
def test_the_values_at_the_ends_are_the_level(values: Floats, at: float) -> None:
    rows, columns = values.shape
    pieces = contour(np.arange(float(columns)), np.arange(float(rows)), values, at)
    for x, y in pieces.reshape(-1, 2):
        left, low = math.floor(x), math.floor(y)
        right, up = math.ceil(x), math.ceil(y)
        across = x - left if right > left else y - low
        read = values[low, left] + across * (values[up, right] - values[low, left])
        assert read == pytest.approx(at, abs=1e-6)


def test_a_cell_with_an_unknown_corner_has_no_line() -> None:
    values = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, math.nan]])
    pieces = contour(np.arange(3.0), np.arange(2.0), values, 0.5)
    assert pieces.tolist() == [[0.5, 0.0, 0.5, 1.0]] or pieces.tolist() == [[0.5, 1.0, 0.5, 0.0]]


def test_a_level_that_is_nowhere_has_no_line() -> None:
    assert contour(X, Y, np.zeros((61, 81)), 1.0).shape == (0, 4)


def test_categories_meet_at_the_edges_of_their_cells() -> None:
    kinds = np.array([[0, 0, 1], [0, 2, 1]])
    found = {tuple(row) for row in boundaries(np.arange(3.0), np.arange(2.0), kinds).tolist()}
    assert found == {
        (1.5, -0.5, 1.5, 0.5),
        (0.5, 0.5, 0.5, 1.5),
        (1.5, 0.5, 1.5, 1.5),
        (0.5, 0.5, 1.5, 0.5),
    }


def test_the_borders_of_cells_lie_midway() -> None:
    assert borders(np.array([0.0, 2.0, 6.0])).tolist() == [-1.0, 1.0, 4.0, 8.0]
    assert borders(np.array([7.0])).tolist() == [6.5, 7.5]


def test_even_cells_have_a_strip_each_and_uneven_ones_as_many_as_are_their_share() -> None:
    assert evened(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
    uneven = np.array([0.0, 1.0, 2.0, 5.0])
    strips = evened(uneven).tolist()
    counts = [len(list(run)) for _, run in itertools.groupby(strips)]
    assert list(dict.fromkeys(strips)) == [0, 1, 2, 3]
    widths = np.diff(borders(uneven))
    assert counts == pytest.approx((len(strips) * widths / widths.sum()).tolist(), abs=1.0)
