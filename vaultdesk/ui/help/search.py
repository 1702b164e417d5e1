"""Full-text search over the help: sections of pages, ranked, each with a snippet around its hit."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import log

from vaultdesk.ui.help.pages import REFERENCE, slug

WORD = re.compile(r"[^\W_]+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*\*|`|^\s*[-*]\s+|^\s*>\s?|^\|[\s\-|:]+\|$", re.MULTILINE)
IN_TITLE, IN_HEADING = 6.0, 4.0
"""How much more a word weighs in a page's title or a section's heading than once in the text."""
BEGUN = 0.6
"""What a word counts that only begins with the letters typed, beside one that is just those."""
HALFWAY = 2.0
"""So many hits in a usual section bring half of what endless ones would; more in a long table."""
LOOKED_UP = 0.6
"""What a section of a page of reference is worth beside one that explains."""
TOGETHER = 1.5
"""What a section is worth more that has the words one after the other."""
AROUND = 70
"""Characters of a snippet on each side of the hit."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page with the text below it, plain; the page's own heading has no anchor."""

    page: str
    title: str
    heading: str
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A section that matches, how well, and a piece of its text around the first match."""

    section: Section
    score: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, the best first; `whole` unless no section has all of the words."""

    hits: tuple[Hit, ...]
    whole: bool = True


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: without case; `call_price` is two."""
    return [word.casefold() for word in WORD.findall(unicodedata.normalize("NFC", text))]


def sections(page: str, title: str, markdown: str) -> Iterator[Section]:
    """A page cut at its headings; what looks like one inside a fence of code is none."""
    heading, lines, first, fenced = title, list[str](), True, False
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        found = None if fenced else _HEADING.match(line)
        if found is None:
            lines.append(line)
            continue
        if not first or any(lines):
            yield Section(page, title, heading, "" if first else slug(heading), plain(lines))
        first = len(found[1]) == 1
        heading, lines = plain([found[2]]), []
    yield Section(page, title, heading, "" if first else slug(heading), plain(lines))


def plain(lines: Iterable[str]) -> str:
    """Markdown as it reads, in one line."""
    text = _MARKS.sub(" ", _LINK.sub(r"\1", "\n".join(lines)))
    return " ".join(text.replace("\\|", "\0").replace("|", " · ").replace("\0", "|").split())


class Index:
    """All sections by their words."""

    def __init__(self, all_sections: Iterable[Section]) -> None:
        self.sections = tuple(all_sections)
        self._counts: Mapping[str, Counter[int]] = self._counted()
        self._vocabulary = sorted(self._counts)
        self._weights = [_weights(section) for section in self.sections]
        lengths = [1 + len(section.text) for section in self.sections]
        usual = sum(lengths) / max(len(lengths), 1)
        self._lengths = [(1 + length / usual) / 2 for length in lengths]

    def search(self, query: str, most: int = 60) -> Answer:
        """The sections that have all words of the query, or failing that the most of them.

        A word of the help matches where it begins with one of the query's.
        """
        wanted = list(dict.fromkeys(words_of(query)))
        scores = [self._scores(word) for word in wanted]
        if not any(scores):
            return Answer(())
        shared = set.intersection(*(set(score) for score in scores))
        places = shared or set.union(*(set(score) for score in scores))
        phrase = " ".join(wanted)
        worth = {place: sum(score.get(place, 0.0) for score in scores) for place in places}
        for place in worth if len(wanted) > 1 else ():
            if phrase in " ".join(words_of(self.sections[place].text)):
                worth[place] *= TOGETHER
        for place in worth:
            worth[place] *= LOOKED_UP if self.sections[place].page in REFERENCE else 1
        ranked = sorted(((score, place) for place, score in worth.items()), key=_better)
        hits = (
            Hit(self.sections[place], score, snippet(self.sections[place].text, wanted))
            for score, place in ranked[:most]
        )
        return Answer(tuple(hits), whole=bool(shared))

    def near(self, query: str) -> list[str]:
        """Words of the help that look like those of the query, the nearest first."""
        found = (get_close_matches(word, self._vocabulary, 2, 0.72) for word in words_of(query))
        return list(dict.fromkeys(word for words in found for word in words))

    def _counted(self) -> dict[str, Counter[int]]:
        counts: dict[str, Counter[int]] = defaultdict(Counter)
        for place, section in enumerate(self.sections):
            for word in words_of(f"{section.title} {section.heading} {section.text}"):
                counts[word][place] += 1
        return counts

    def _scores(self, wanted: str) -> dict[int, float]:
        """By section: how much this word of the query speaks for it."""
        found: dict[int, float] = {}
        for word in self._beginning(wanted):
            part = 1.0 if word == wanted else BEGUN
            rarity = log(1 + len(self.sections) / len(self._counts[word]))
            for place, count in self._counts[word].items():
                weight = self._weights[place].get(word, 0.0) + _often(count, self._lengths[place])
                found[place] = max(found.get(place, 0.0), part * rarity * weight)
        return found

    def _beginning(self, letters: str) -> Iterator[str]:
        for word in self._vocabulary[bisect_left(self._vocabulary, letters) :]:
            if not word.startswith(letters):
                return
            yield word


def snippet(text: str, wanted: Iterable[str]) -> str:
    """A piece of the text around its first word that begins as one wanted; else its beginning."""
    begin = tuple(wanted)
    hit = next((m for m in WORD.finditer(text) if m[0].casefold().startswith(begin)), None)
    middle = hit.start() if hit else 0
    low, high = max(0, middle - AROUND), min(len(text), middle + AROUND)
    if low:
        low = text.rfind(" ", 0, low) + 1
    if high < len(text):
        high = text.find(" ", high) if text.find(" ", high) >= 0 else len(text)
    return f"{'… ' * bool(low)}{text[low:high].strip()}{' …' * (high < len(text))}"


def _better(one: tuple[float, int]) -> tuple[float, int]:
    """The higher score first, then the order of the pages."""
    return -one[0], one[1]


def _often(count: int, length: float) -> float:
    """What `count` hits say of a section that is `length` times as long as half-usual ones."""
    return count / (count + HALFWAY * length)


def _weights(section: Section) -> dict[str, float]:
    """What words of its heading weigh more, by the part of it they make; the page's at its top."""
    weights: dict[str, float] = defaultdict(float)
    _add(weights, words_of(section.heading), IN_HEADING)
    if not section.anchor:
        _add(weights, words_of(section.title), IN_TITLE)
    return dict(weights)


def _add(weights: dict[str, float], words: list[str], whole: float) -> None:
    for word in set(words):
        weights[word] += whole / len(words)
