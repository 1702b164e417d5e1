"""What was edited, one value after the other, to go back and forth in."""

from typing import Generic, TypeVar

T = TypeVar("T")
REMEMBERED = 200


class Edits(Generic[T]):
    """`now` is the value as it stands; going back keeps what to come forward to."""

    def __init__(self, first: T) -> None:
        self.now = first
        self._past: list[T] = []
        self._future: list[T] = []

    def make(self, value: T) -> None:
        """Edit; the same value again is no edit."""
        if value != self.now:
            self._past = [*self._past, self.now][-REMEMBERED:]
            self._future.clear()
            self.now = value

    @property
    def can_undo(self) -> bool:
        """Whether there is something to go back to."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to come forward to."""
        return bool(self._future)

    def undo(self) -> None:
        """Go back, if there is something."""
        if self._past:
            self._future.append(self.now)
            self.now = self._past.pop()

    def redo(self) -> None:
        """Come forward again, if there is something."""
        if self._future:
            self._past.append(self.now)
            self.now = self._future.pop()
