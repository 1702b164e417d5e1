"""Faults come by the seed, and every kind before any comes again."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.soak.schedule import Fault, Schedule

KINDS = tuple(Fault)


def drawn(seed: int, count: int) -> list[tuple[float, Fault]]:
    schedule = Schedule(KINDS, 40, random.Random(seed))  # noqa: S311
    return [schedule.next() for _ in range(count)]


@given(st.integers())
def test_each_deal_holds_every_kind_once(seed: int) -> None:
    faults = [fault for _, fault in drawn(seed, 3 * len(KINDS))]
    for start in range(0, len(faults), len(KINDS)):
        assert set(faults[start : start + len(KINDS)]) == set(KINDS)


@given(st.integers())
def test_the_same_seed_gives_the_same_faults_at_the_same_times(seed: int) -> None:
    once = drawn(seed, 10)
    assert once == drawn(seed, 10)
    assert all(20 <= wait_s <= 60 for wait_s, _ in once)


def test_another_seed_gives_others() -> None:
    assert drawn(1, 10) != drawn(2, 10)
