"""Where the reader was: pages to go back to, and forward again."""

from dataclasses import dataclass

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A page, the heading it was opened at, and how far down it was left, in pixels."""

    page: str
    anchor: str = ""
    down: int = 0


class Trail:
    """The places in their order; going somewhere new forgets those ahead."""

    def __init__(self, start: Place) -> None:
        self._places, self._here = [start], 0

    @property
    def here(self) -> Place:
        """The place that is open."""
        return self._places[self._here]

    @property
    def ahead(self) -> int:
        """How many places one can go forward to."""
        return len(self._places) - 1 - self._here

    @property
    def behind(self) -> int:
        """How many places one can go back to."""
        return self._here

    def go(self, place: Place, left_at: int) -> None:
        """Open another place; the present one was left so far down."""
        self._leave(left_at)
        kept = self._places[: self._here + 1][-(LONGEST - 1) :]
        self._places, self._here = [*kept, place], len(kept)

    def step(self, by: int, left_at: int) -> Place | None:
        """Go back or forward and give the place; None where there is no such."""
        if not 0 <= self._here + by < len(self._places):
            return None
        self._leave(left_at)
        self._here += by
        return self.here

    def _leave(self, down: int) -> None:
        here = self.here
        self._places[self._here] = Place(here.page, here.anchor, down)
