"""Those who want to hear of something, each until it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Word = TypeVar("Word")


class Listeners(Generic[Word]):
    """Handlers in the order they came; one may leave while the others are told."""

    def __init__(self) -> None:
        self._handlers: list[Callable[[Word], None]] = []

    def add(self, handler: Callable[[Word], None]) -> Callable[[], None]:
        """Tell `handler` everything, until the returned function is called."""
        self._handlers.append(handler)

        def undo() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return undo

    def tell(self, word: Word) -> None:
        """Call each handler."""
        for handler in tuple(self._handlers):
            handler(word)
