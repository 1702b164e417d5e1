"""A lane: only the newest ask counts, and what nobody waits for is told to stop."""

import asyncio
import threading

import pytest

from vaultdesk.core.loan.prices import Unvalued
from vaultdesk.services.errands import Errands
from vaultdesk.services.off_loop import Stop
from vaultdesk.ui.whatif.lane import Lane, Work


class Rig:
    """A lane, what it showed and told, and work that waits until it is let go."""

    def __init__(self, *, rest_s: float | None = None) -> None:
        self.shown: list[str] = []
        self.told: list[str] = []
        self.begun: list[str] = []
        self.stopped: list[str] = []
        self.errands = Errands(self.told.append)
        self.lane = Lane[str](self.errands, self.shown.append, self.told.append, rest_s=rest_s)
        self.gate, self.started, self.over = (threading.Event() for _ in range(3))

    def work(self, name: str, *, waits: bool = False) -> Work[str]:
        def done(stop: Stop) -> str:
            self.begun.append(name)
            self.started.set()
            while waits and not self.gate.wait(0.001):
                if stop():
                    self.stopped.append(name)
                    self.over.set()
                    break
            return name

        return done

    async def began(self) -> None:
        await asyncio.to_thread(self.started.wait)


async def test_an_answer_is_shown() -> None:
    rig = Rig()
    rig.lane.ask(rig.work("one"))
    await rig.errands.settled()
    assert rig.shown == ["one"]


async def test_of_what_waits_only_the_last_is_ever_begun() -> None:
    rig = Rig()
    rig.lane.ask(rig.work("one", waits=True))
    await rig.began()
    for name in ("two", "three", "four"):
        rig.lane.ask(rig.work(name))
    rig.gate.set()
    await rig.errands.settled()
    assert rig.begun == ["one", "four"]
    assert rig.shown == ["one", "four"]


async def test_what_rests_first_is_cancelled_for_the_newest() -> None:
    rig = Rig(rest_s=0)
    rig.lane.ask(rig.work("one", waits=True))
    await rig.began()
    rig.lane.ask(rig.work("two"))
    await rig.errands.settled()
    await asyncio.to_thread(rig.over.wait)  # its thread sees it at its next question
    assert rig.stopped == ["one"]
    assert rig.shown == ["two"]


async def test_an_ask_made_while_an_answer_is_shown_is_not_lost() -> None:
    rig = Rig()
    shown: list[str] = []

    def show(name: str) -> None:
        shown.append(name)
        if name == "one":
            lane.ask(rig.work("two"))

    lane = Lane[str](rig.errands, show, rig.told.append)
    lane.ask(rig.work("one"))
    await rig.errands.settled()
    assert shown == ["one", "two"]


@pytest.mark.parametrize("rest_s", [None, 0.0])
async def test_a_loan_that_cannot_be_valued_is_told_and_the_lane_goes_on(
    rest_s: float | None,
) -> None:
    rig = Rig(rest_s=rest_s)

    def fails(_stop: Stop) -> str:
        raise Unvalued("Nothing is pledged.")

    rig.lane.ask(fails)
    await rig.errands.settled()
    assert rig.told == ["Nothing is pledged."]
    rig.lane.ask(rig.work("two"))
    await rig.errands.settled()
    assert rig.shown == ["two"]
