"""The rules in force, ordered by the lines they draw, so that a tick looks at few of them."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from decimal import Context, Decimal

from vaultdesk.core.alerts.records import Rule, Series

_EXACT = Context(prec=200)
"""The default context would round a clear level to 28 digits."""


class Book:
    """The enabled rules; replaced as a whole when one of them changes."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: dict[str, Rule] = {rule.id: rule for rule in rules if rule.enabled}
        grouped: dict[Series, list[Rule]] = {}
        for rule in self.rules.values():
            grouped.setdefault(rule.series, []).append(rule)
        self._lines = {
            series: (_Lines(group, rising=True), _Lines(group, rising=False))
            for series, group in grouped.items()
        }

    @property
    def series(self) -> Collection[Series]:
        """What is watched."""
        return self._lines.keys()

    def of(self, series: Series) -> list[Rule]:
        """Every rule on a sequence of values."""
        return [rule for lines in self._lines.get(series, ()) for rule in lines.rules]

    def passed(self, series: Series, before: Decimal | None, value: Decimal) -> list[Rule]:
        """The rules whose threshold or clear level lies between two values, in line order.

        Where the value was before may be unknown: `before` is None. A rule may come twice.
        """
        lines = self._lines.get(series, ())
        return [rule for direction in lines for rule in direction.passed(before, value)]


class _Lines:
    """Rules of one direction. Values of falling ones are negated, so that beyond is always up."""

    def __init__(self, group: list[Rule], *, rising: bool) -> None:
        self._rising = rising
        chosen = [rule for rule in group if rule.rising is rising]
        self.rules = sorted(chosen, key=lambda rule: (_threshold(rule), rule.id))
        self._thresholds = [_threshold(rule) for rule in self.rules]
        self._by_clear = sorted(chosen, key=lambda rule: (_clear_level(rule), rule.id))
        self._clears = [_clear_level(rule) for rule in self._by_clear]

    def passed(self, before: Decimal | None, value: Decimal) -> list[Rule]:
        now = _up(value, rising=self._rising)
        if before is None:
            reached_by_now = self.rules[: bisect_right(self._thresholds, now)]
            return reached_by_now + self._by_clear[bisect_left(self._clears, now) :]
        then = _up(before, rising=self._rising)
        if now > then:
            start, end = (bisect_right(self._thresholds, at) for at in (then, now))
            return self.rules[start:end]
        return self._by_clear[bisect_left(self._clears, now) : bisect_right(self._clears, then)]


def reached(rule: Rule, value: Decimal) -> bool:
    """Whether the value is at or beyond the threshold."""
    return _up(value, rising=rule.rising) >= _threshold(rule)


def cleared(rule: Rule, value: Decimal) -> bool:
    """Whether the value is short of the threshold, by the clear band at least."""
    return _up(value, rising=rule.rising) <= _clear_level(rule) and not reached(rule, value)


def _up(value: Decimal, *, rising: bool) -> Decimal:
    return value if rising else value.copy_negate()


def _threshold(rule: Rule) -> Decimal:
    return _up(rule.threshold, rising=rule.rising)


def _clear_level(rule: Rule) -> Decimal:
    return _EXACT.subtract(_threshold(rule), rule.clear_band)
