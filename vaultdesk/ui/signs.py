"""A part of the desk and how it is, as a row: a mark, a word, a sentence, an age."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is; `CHECK` wants a look, `OFF` is not wanted or not known from here."""

    OK = "ok"
    CHECK = "check"
    STALE = "stale"
    FAILING = "failing"
    OFF = "off"


MARKS = {State.OK: "✓", State.CHECK: "▲", State.STALE: "▲", State.FAILING: "✗", State.OFF: "○"}


@dataclass(frozen=True, slots=True)
class Sign:
    """One row; `part` is its key, such as "feed", and `age_s` the age of what it rests on."""

    part: str
    state: State
    sentence: str
    age_s: float | None = None
