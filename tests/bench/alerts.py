"""10,000 alert rules evaluated on a tick: a usual one, a busy one, and the first after a start."""

import random
import statistics
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from vaultdesk.core.alerts import Book, Metric, Reading, Rule, Severity, Watch, evaluate
from vaultdesk.core.market import Quality

RULES = 10_000
TICKS = 300
LIMIT_MS = 5
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)


def rules() -> list[Rule]:
    """On one sequence, thresholds all over 50 to 100 % of LTV, half of them told again."""
    made = random.Random(7)  # noqa: S311
    return [
        Rule(
            id=f"rule-{number}",
            metric=Metric.LTV,
            threshold=Decimal(made.randrange(500_000, 1_000_000)) / 1_000_000,
            severity=Severity.WARNING,
            rising=number % 2 == 0,
            escalate_after=timedelta(minutes=10) if number % 4 < 2 else None,
        )
        for number in range(RULES)
    ]


def reading(value: Decimal, at: datetime) -> Reading:
    return Reading(Metric.LTV, "", value, at, Quality.LIVE, "bench", Decimal(280), at)


def run() -> None:
    """Print the milliseconds a tick takes."""
    book = Book(rules())
    print(f"alerts, {RULES:,} rules on one value, limit {LIMIT_MS} ms a tick:")
    first: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        started = evaluate(book, Watch({}), [reading(Decimal("0.6"), NOON)], NOON)
        first.append(1000 * (time.perf_counter() - start))
    told = len(started.alerts)
    print(f"  first tick, {told:,} rules crossed at once: {statistics.median(first):.1f} ms")
    for name, step in (("usual", "0.0001"), ("busy", "0.002"), ("crash", "0.05")):
        _ticks(name, book, started.watch, Decimal(step))
    _ticks("nothing moves", book, started.watch, Decimal(0))


def _ticks(name: str, book: Book, watch: Watch, step: Decimal) -> None:
    """A walk of steps up and down; time passes, so that cooldowns and escalations ring."""
    made, value, now = random.Random(11), Decimal("0.6"), NOON  # noqa: S311
    took, told = [], 0
    for _ in range(TICKS):
        value = min(max(value + step * made.choice((-1, 1)), Decimal("0.51")), Decimal("0.99"))
        now += timedelta(seconds=1)
        tick = reading(value, now)
        start = time.perf_counter()
        done = evaluate(book, watch, [tick], now)
        took.append(1000 * (time.perf_counter() - start))
        watch, told = done.watch, told + len(done.alerts)
    ordered = sorted(took)
    median, high = statistics.median(took), ordered[int(0.99 * TICKS)]
    verdict = "ok" if high < LIMIT_MS else f"OVER {LIMIT_MS} ms"
    print(
        f"  {name} (steps of {100 * step} points): median {median:.2f} ms, p99 {high:.2f} ms, "
        f"worst {ordered[-1]:.2f} ms, {told / TICKS:.1f} alerts a tick: {verdict}"
    )
