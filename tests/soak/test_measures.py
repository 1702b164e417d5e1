"""What grows with time is told from what a desk needs anyway."""

import os
from pathlib import Path

import psutil
import pytest

from tests.soak.measures import Sample, growth, sample, waited_s


def life(minutes: float = 10, **each_minute: float) -> list[Sample]:
    """Four looks a minute at a desk of which something grows."""
    ages = [15.0 * number for number in range(round(4 * minutes))]
    return [
        Sample(
            age,
            300 + each_minute.get("memory", 0) * age / 60,
            45 + round(each_minute.get("handles", 0) * age / 60),
            17 + round(each_minute.get("threads", 0) * age / 60),
            None if number % 4 else 190 + round(each_minute.get("controls", 0) * age / 60),
        )
        for number, age in enumerate(ages)
    ]


def test_a_desk_that_stays_as_it_is_has_no_finding() -> None:
    assert growth(life()) == []


@pytest.mark.parametrize("what", ["memory", "handles", "threads", "controls"])
def test_each_thing_that_grows_is_named(what: str) -> None:
    (found,) = growth(life(**{what: 6.0}))
    assert found.startswith(f"{what} grew")


def test_the_first_minutes_and_a_short_life_say_nothing() -> None:
    assert growth(life(minutes=4, memory=100, handles=50)) == []


def test_what_is_in_use_for_a_moment_is_no_growth() -> None:
    steady = life()
    moment = Sample(600, 300, 400, 90, 190)
    assert growth([*steady[:-2], moment, *steady[-2:]]) == []


def test_a_handle_that_is_open_is_counted(tmp_path: Path) -> None:
    process = psutil.Process(os.getpid())
    before = sample(process, 1)
    with (tmp_path / "open").open("w", encoding="utf-8"):
        held = sample(process, 2)
    assert held.handles == before.handles + 1
    assert held.memory_mb > 1


def test_waiting_for_a_processor_only_ever_adds_up() -> None:
    before = waited_s(os.getpid())
    assert 0 <= before <= waited_s(os.getpid())
