"""Named scenes: they survive being written, and what cannot be assumed is refused in a sentence."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultdesk.core.hedge.scenes import MOST_DAYS, READY, NamedScene, parsed, written
from vaultdesk.core.hedge.stress.inputs import Stress
from vaultdesk.core.hedge.vocabulary import SmileRule

stresses = st.builds(
    Stress,
    st.decimals("-0.60", "0.40", places=4),
    st.integers(0, MOST_DAYS),
    st.decimals(-20, 60, places=2),
    st.decimals("-0.30", "0.30", places=4),
    st.none() | st.decimals("0.30", "0.95", places=4),
    st.sampled_from(SmileRule),
)


@given(stresses)
def test_a_scene_survives_being_written_exactly(stress: Stress) -> None:
    assert parsed(written(stress)) == NamedScene("x", stress).stress
    assert str(parsed(written(stress)).gold) == str(stress.gold)


def test_decimals_are_written_as_text() -> None:
    found = json.loads(written(Stress(Decimal("-0.29"), 30, advance=Decimal("0.60"))))
    assert found == {
        "gold": "-0.29",
        "days": 30,
        "vol_pts": "0",
        "fx": "0",
        "advance": "0.60",
        "smile": "sticky strike",
    }


def test_what_an_older_program_did_not_know_is_that_of_today() -> None:
    assert parsed('{"gold": "-0.2"}') == Stress(Decimal("-0.2"))


def test_what_a_newer_program_assumes_is_refused_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"^it also assumes rates, skew$"):
        parsed('{"gold": "-0.2", "skew": [1, {"a": 2}], "rates": "0.01"}')


@given(
    st.text()
    | st.dictionaries(
        st.sampled_from(("gold", "days", "vol_pts", "fx", "advance", "smile", "else")),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
    ).map(json.dumps)
)
@example('{"gold":' + "[" * 100_000 + "]" * 100_000 + "}")
@example('{"gold": "sNaN"}')
@example('{"gold": "1e999999"}')
@example('{"days": 1e400}')
def test_any_text_is_a_scene_or_is_refused(text: str) -> None:
    try:
        scene = NamedScene("x", parsed(text))
    except ValueError:
        return
    assert parsed(written(scene.stress)) == scene.stress


@pytest.mark.parametrize(
    ("stress", "words"),
    [
        (Stress(gold=Decimal("-0.61")), "Gold moves between -60 and 40 %"),
        (Stress(gold=Decimal("0.41")), "Gold moves"),
        (Stress(days=-1), "between 0 and 3650 days"),
        (Stress(days=3651), "ahead"),
        (Stress(vol_pts=Decimal("60.5")), "between -20 and 60 points"),
        (Stress(fx=Decimal("-0.31")), "currency"),
        (Stress(advance=Decimal("0.29")), "The bank lends between 30 and 95 %"),
        (Stress(advance=Decimal("NaN")), "The bank lends"),
    ],
)
def test_beyond_what_the_panel_can_assume_there_is_no_scene(stress: Stress, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        NamedScene("x", stress)


@pytest.mark.parametrize("name", ["", " ", " x", "x" * 61, "a\nb"])
def test_a_name_is_one_that_can_be_read(name: str) -> None:
    with pytest.raises(ValueError, match="scene"):
        NamedScene(name, Stress())


def test_the_ready_ones_are_the_published_falls_and_two_more() -> None:
    gold = {one.name: one.stress.gold for one in READY}
    assert gold["2013-04 April crash"] == Decimal("-0.33")
    assert gold["2026-01 30 January"] == Decimal("-0.14")
    assert len(gold) == len(READY) == 7
    assert {one.stress.advance for one in READY} == {None, Decimal("0.60")}
