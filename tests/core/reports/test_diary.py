"""The diary tells all that happened in its days, in order, by its own clocks, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.reports import NOW, TERMS, alert, order, snapshot
from vaultdesk.core.alerts import AlertRecord, Delivery, DeliveryState, Event
from vaultdesk.core.audit import Fact, FactKind
from vaultdesk.core.market import Quality
from vaultdesk.core.reports.diary import diary_report, entries
from vaultdesk.core.reports.document import Chart, Paragraph, Report, Table
from vaultdesk.core.reports.records import DiaryRecord, bounds, point
from vaultdesk.core.reports.terms import changes, terms_rows

ZONE = "Europe/Zurich"
DAY = date(2026, 7, 10)
SECOND = timedelta(seconds=1)
MAIL = Delivery(
    alert().id, "mail", NOW, NOW, DeliveryState.DELIVERED, 1, "250 queued", NOW + 2 * SECOND
)
WAITING = replace(MAIL, channel="webhook", state=DeliveryState.PENDING, at=NOW + SECOND)
ALERT = AlertRecord(alert(), (MAIL, WAITING), NOW + timedelta(minutes=4), "window")
ORDER = order()
FACTS = (
    Fact(FactKind.MODE, NOW - SECOND, "DP1", "user", "paper: Orders were switched on."),
    Fact(FactKind.CONFIRMED, NOW + SECOND, ORDER.ref, "user", "confirmed: buy 100"),
    Fact(FactKind.EXECUTION, NOW + 3 * SECOND, ORDER.ref, "desk paper", "+100 at 8.35"),
)


def record(**changed: object) -> DiaryRecord:
    path = tuple(point(snapshot(NOW + timedelta(hours=h), str(350 + h))) for h in range(4))
    made = DiaryRecord(
        start=DAY,
        end=DAY,
        zone=ZONE,
        at=NOW + timedelta(days=3),
        program="9.9",
        path=path,
        alerts=(ALERT,),
        facts=FACTS,
        orders=(ORDER,),
        versions=(TERMS, replace(TERMS, call_ltv=Decimal("0.72"), since=NOW + 9 * SECOND)),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def table(report: Report) -> Table:
    parts = report.sections[-1].parts
    return next(part for part in parts if isinstance(part, Table))


def chart(report: Report) -> Chart:
    return next(part for part in report.sections[0].parts if isinstance(part, Chart))


def test_everything_stands_in_its_order_by_the_clocks_of_the_record() -> None:
    rows = table(diary_report(record(), "ab")).rows
    assert [row[1] for row in rows] == [
        "Mode",
        "Alert crossed",
        "Order confirmed, paper",
        "Delivery",
        "Trade, paper",
        "Terms of the loan",
        "Acknowledged",
    ]
    assert rows[1][0] == "2026-07-10 17:00:00+02:00"
    assert rows[1][2].startswith("Warning, LIVE: LTV 70.12 % has reached 70 %")
    assert rows[3][2] == "Alert of rule ltv-70, crossing 1, delivered by mail: 250 queued"
    assert rows[4][2] == "VD-test-1: +100 at 8.35 (by desk paper)"
    assert rows[5][2] == (
        "Margin call: at an LTV of 72.00 %; it was at an LTV of 75.00 %. (by analyst)"
    )
    assert rows[6][2] == "Alert of rule ltv-70, crossing 1, acknowledged by window"


def test_what_still_waits_is_no_event() -> None:
    assert "webhook" not in str(table(diary_report(record(), "ab")))


def test_a_crossing_is_acknowledged_once() -> None:
    later = replace(ALERT, alert=replace(alert(), event=Event.ESCALATED), deliveries=())
    rows = table(diary_report(record(alerts=(ALERT, later)), "ab")).rows
    assert [row[1] for row in rows].count("Acknowledged") == 1


def test_only_what_happened_in_its_days_is_told() -> None:
    before = diary_report(record(start=DAY - timedelta(days=2), end=DAY - timedelta(days=1)), "ab")
    said = [part.text for part in before.sections[-1].parts if isinstance(part, Paragraph)]
    assert said == ["Nothing was told, ordered or changed from 2026-07-08 to 2026-07-09."]


def test_the_first_moment_belongs_to_it_and_the_first_after_it_does_not() -> None:
    begin, end = bounds(DAY, DAY, ZONE)
    facts = tuple(
        replace(FACTS[0], at=at)
        for at in (begin - timedelta(microseconds=1), begin, end - timedelta(microseconds=1), end)
    )
    made = record(facts=facts, alerts=(), versions=())
    assert [one.at for one in entries(made, begin, end)] == [facts[1].at, facts[2].at]


def test_an_empty_period_says_so_and_is_marked_by_nothing() -> None:
    empty = diary_report(record(path=(), alerts=(), facts=(), orders=(), versions=()), "ab")
    assert [type(part) for section in empty.sections for part in section.parts] == [Paragraph] * 2
    assert empty.mark == ""
    assert dict(empty.summary)["Quality of the data"] == "there are no data"


def test_doubt_in_one_value_of_the_path_or_one_alert_marks_the_whole() -> None:
    stale = replace(record().path[1], quality=Quality.STALE)
    assert diary_report(record(path=(*record().path, stale)), "ab").mark == "STALE"
    simulated = AlertRecord(alert(quality=Quality.SIMULATED))
    assert diary_report(record(alerts=(simulated,)), "ab").mark == "SIMULATED"
    replayed = replace(record().path[1], source="gold (recorded)")
    assert diary_report(record(path=(replayed,)), "ab").mark == "RECORDED"


def test_the_chart_marks_where_alerts_and_orders_were() -> None:
    drawn = chart(diary_report(record(), "ab"))
    alerts, orders = drawn.lanes
    assert alerts.at == (NOW.timestamp(),)
    assert orders.at == tuple(one.at.timestamp() for one in FACTS[1:])
    assert drawn.x[0].at == datetime(2026, 7, 9, 22, tzinfo=UTC).timestamp()
    assert drawn.x[-1].at == datetime(2026, 7, 10, 22, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)]
)
def test_a_day_is_as_long_as_its_clocks_make_it(day: date, hours: int) -> None:
    start, end = bounds(day, day, ZONE)
    assert end.timestamp() - start.timestamp() == 3600 * hours
    assert start.tzinfo == ZoneInfo(ZONE)


def test_days_turned_round_are_refused() -> None:
    with pytest.raises(ValueError, match="turn them round"):
        bounds(DAY, DAY - timedelta(days=1), ZONE)
    with pytest.raises(ValueError, match="calendar ends"):
        bounds(DAY, date.max, ZONE)


@given(
    st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=3)), max_size=12),
    st.integers(-2, 2),
    st.integers(0, 2),
)
def test_entries_are_those_of_the_days_in_order(
    moments: list[timedelta], first: int, length: int
) -> None:
    facts = tuple(replace(FACTS[0], at=NOW + one) for one in moments)
    start = DAY + timedelta(days=first)
    made = record(
        *(), start=start, end=start + timedelta(days=length), facts=facts, alerts=(), versions=()
    )
    begin, end = bounds(made.start, made.end, ZONE)
    told = [one.at for one in entries(made, begin, end)]
    assert told == sorted(NOW + one for one in moments if begin <= NOW + one < end)


def test_a_first_version_is_told_whole_and_a_removed_term_as_gone() -> None:
    assert len(changes(None, TERMS)) == len(terms_rows(TERMS))
    more = replace(TERMS, lots=(*TERMS.lots, TERMS.lots[0]))
    assert changes(TERMS, more) == ("Pledged 2: 10,000 share GLD, advance rate 70.00 %.",)
    assert changes(more, TERMS) == (
        "Pledged 2: no more; it was 10,000 share GLD, advance rate 70.00 %.",
    )
    assert changes(TERMS, TERMS) == ()
