"""A document before it is drawn: sections of texts, tables and curves, of any subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Fit(Enum):
    """How a column is set: words on the left, numbers on the right, prose in several lines."""

    WORDS = auto()
    NUMBER = auto()
    PROSE = auto()


class Stroke(Enum):
    """How a curve is drawn: with weight, in dashes, back in the picture, or as a lender's level.

    A path is of very many points, and a gap is where it has none.
    """

    MAIN = auto()
    DASHED = auto()
    FAINT = auto()
    PATH = auto()
    GAP = auto()
    CALL = auto()
    CLOSEOUT = auto()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section; it is not listed in the contents."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; `strong` where they are what the section is about."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading and how it is set."""

    heading: str
    fit: Fit = Fit.NUMBER


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts, one for each column; a heading row is drawn where a column has one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and the text that stands there, maybe of two lines."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points (x, y) in the chart's units; `cuts` are points no line leads to."""

    name: str
    points: tuple[tuple[float, float], ...]
    stroke: Stroke
    cuts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened at some places of the axis below: a row of marks of one shape."""

    name: str
    at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over an axis.

    Attributes:
        title: what is seen.
        x: the axis below, its first and last tick the ends of it.
        y: the axis on the left, likewise; what lies beyond is cut off.
        x_title: what the axis below counts.
        y_title: what the one on the left counts.
        curves: the last one on top.
        levels: horizontal lines with a name.
        marks: vertical lines with a name.
        lanes: rows of marks above the axis below, each of a shape of its own.
    """

    title: str
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]
    x_title: str
    y_title: str
    curves: tuple[Curve, ...]
    levels: tuple[Tick, ...] = ()
    marks: tuple[Tick, ...] = ()
    lanes: tuple[Lane, ...] = ()


Part = Heading | Paragraph | Points | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter, listed in the contents."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document.

    Attributes:
        title: on the first page.
        subtitle: below it.
        mark: on every page, how far the numbers may be trusted; empty where they are live.
        summary: on the first page, names and values.
        sections: in order.
        footer: on every page.
    """

    title: str
    subtitle: str
    mark: str
    summary: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    footer: str


def facts(*rows: tuple[str, str]) -> Table:
    """Names and values, without headings."""
    return Table((Column("", Fit.WORDS), Column("", Fit.PROSE)), rows)
