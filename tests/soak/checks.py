"""What must hold whatever happened: nothing acknowledged lost, nothing done twice."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.soak.records import Records


@dataclass(frozen=True, slots=True)
class Posting:
    """What came to the webhook: the alert's id, and the delivery's that a receiver goes by."""

    alert: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Held:
    """An order as the broker has it."""

    ref: str
    filled: str
    alive: bool


def lost(before: Records, now: Records) -> list[str]:
    """What an earlier look saw and a later one does not: a desk never forgets."""
    found = [f"order {ref} is gone" for ref in before.orders.keys() - now.orders.keys()]
    found += [
        f"order {ref} was {old.state} and is {now.orders[ref].state}"
        for ref, old in before.orders.items()
        if ref in now.orders and old.state == "filled" and now.orders[ref] != old
    ]
    found += [f"trade {one} is gone" for one in before.trades - now.trades]
    found += [f"alert {one} is gone" for one in set(before.alerts) - set(now.alerts)]
    if now.terms[: len(before.terms)] != before.terms:
        found.append("a version of the loan's terms is gone or altered")
    if now.entries < before.entries:
        found.append(f"the audit log has {now.entries} entries, there were {before.entries}")
    if now.snapshots < before.snapshots:
        found.append(f"there are {now.snapshots} snapshots, there were {before.snapshots}")
    return found


def alerts_doubled(now: Records, crossed: Mapping[str, int]) -> list[str]:
    """Alerts of one crossing told as two, or a crossing that nobody was told of.

    `crossed` is how often the price was really taken over the line of each rule.
    """
    found = [f"alert {one} stands twice" for one, n in Counter(now.alerts).items() if n > 1]
    return found + [
        f"{rule} was crossed {times} times and told {now.crossings[rule]} times"
        for rule, times in crossed.items()
        if now.crossings[rule] != times
    ]


def posted_wrongly(postings: Iterable[Posting], now: Records, cuts: int) -> list[str]:
    """Deliveries that no receiver could tell apart or join, and those never made.

    A delivery that was cut off is made again with its own id: at most one for each of the `cuts`
    of process or network.
    """
    came = list(postings)
    found = [f"{one.alert} was posted, and no such alert is kept" for one in came
             if one.alert not in set(now.alerts)]  # fmt: skip
    ids: dict[str, set[str]] = {}
    for one in came:
        ids.setdefault(one.alert, set()).add(one.delivery)
    found += [
        f"{alert} was posted as {len(each)} different deliveries"
        for alert, each in ids.items()
        if len(each) > 1
    ]
    again = len(came) - len(set(came))
    if again > cuts:
        found.append(f"{again} deliveries were repeated after {cuts} cuts")
    return found + [
        f"{alert} was never posted although it is marked {state}"
        for alert, state in now.deliveries.items()
        if state == "delivered" and alert not in ids
    ]


def undelivered(now: Records) -> list[str]:
    """Deliveries that still wait."""
    return [f"{alert} waits: {state}" for alert, state in now.deliveries.items()
            if state not in {"delivered", "switched off"}]  # fmt: skip


def orders_differ(now: Records, held: Iterable[Held], clicks: int) -> list[str]:
    """Where the desk and the broker do not say the same of an order, or there are too many."""
    book = list(held)
    found = [
        f"order {ref} is {count} times at the broker"
        for ref, count in Counter(one.ref for one in book).items()
        if count > 1
    ]
    found += [f"order {one.ref} is at the broker and not in the desk" for one in book
              if one.ref not in now.orders]  # fmt: skip
    found += [
        f"order {one.ref} has {one.filled} filled at the broker, {now.orders[one.ref].filled} here"
        for one in book
        if one.ref in now.orders and one.filled != now.orders[one.ref].filled
    ]
    if len(now.orders) > clicks:
        found.append(f"there are {len(now.orders)} orders of {clicks} clicks")
    at_broker = {one.ref for one in book}
    return found + [
        f"order {ref} is {row.state} and not at the broker"
        for ref, row in now.orders.items()
        if ref not in at_broker and row.state not in {"rejected", "confirmed", "cancelled"}
    ]
