"""Back and forward through the pages, as a browser does it."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vaultdesk.ui.help.trail import LONGEST, Place, Trail


class Reading(RuleBasedStateMachine):
    """Against two plain stacks."""

    def __init__(self) -> None:
        super().__init__()
        self.trail = Trail(Place("start"))
        self.behind: list[str] = []
        self.ahead: list[str] = []
        self.here = "start"

    @rule(page=st.sampled_from(["loan", "chain", "hedge"]))
    def go(self, page: str) -> None:
        self.behind.append(self.here)
        self.here, self.ahead = page, []
        self.trail.go(Place(page), 3)

    @rule()
    def back(self) -> None:
        place = self.trail.step(-1, 5)
        if self.behind:
            self.ahead.append(self.here)
            self.here = self.behind.pop()
            assert place is not None
        else:
            assert place is None

    @rule()
    def forth(self) -> None:
        place = self.trail.step(1, 5)
        if self.ahead:
            self.behind.append(self.here)
            self.here = self.ahead.pop()
            assert place is not None
        else:
            assert place is None

    @invariant()
    def same(self) -> None:
        assert self.trail.here.page == self.here
        assert (self.trail.behind, self.trail.ahead) == (len(self.behind), len(self.ahead))


TestReading = Reading.TestCase


def test_a_place_is_come_back_to_where_it_was_left() -> None:
    trail = Trail(Place("start"))
    trail.go(Place("loan", "interest"), 40)
    assert trail.step(-1, 250) == Place("start", "", 40)
    assert trail.step(1, 0) == Place("loan", "interest", 250)


def test_a_long_day_of_reading_forgets_its_beginning() -> None:
    trail = Trail(Place("start"))
    for _ in range(3 * LONGEST):
        trail.go(Place("loan"), 0)
    assert trail.behind == LONGEST - 1
