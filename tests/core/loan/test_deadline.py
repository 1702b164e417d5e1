"""Until when a margin call must be met, across evenings, weekends, holidays and clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.core.calendar import bank_holidays
from vaultdesk.core.loan.deadline import cure_deadline, is_banking_day
from vaultdesk.core.loan.vocabulary import TWO_BANKING_DAYS, CureTerms

ZURICH = ZoneInfo("Europe/Zurich")
NO_HOLIDAYS: frozenset[date] = frozenset()


@pytest.fixture(scope="module")
def swiss() -> frozenset[date]:
    return bank_holidays("XSWX", date(2026, 1, 1), date(2027, 12, 31))


def zurich(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


@pytest.mark.parametrize(
    ("notice", "deadline"),
    [
        ("2026-07-07T10:00", "2026-07-09T16:00"),  # Tuesday to Thursday
        ("2026-07-09T10:00", "2026-07-13T16:00"),  # Thursday to Monday
        ("2026-07-10T15:59:59", "2026-07-14T16:00"),  # Friday, just in time
        ("2026-07-10T16:00:00", "2026-07-14T16:00"),  # at the cut-off is still in time
        ("2026-07-10T16:00:01", "2026-07-15T16:00"),  # after it, it is Monday's
        ("2026-07-10T19:30", "2026-07-15T16:00"),  # Friday evening
        ("2026-07-12T03:00", "2026-07-15T16:00"),  # Sunday
        ("2026-07-13T09:00", "2026-07-15T16:00"),  # Monday morning is the same day's
    ],
)
def test_two_banking_days_run_from_the_day_of_the_notice_to_the_cut_off(
    notice: str, deadline: str
) -> None:
    assert cure_deadline(zurich(notice), TWO_BANKING_DAYS, NO_HOLIDAYS) == zurich(deadline)


@pytest.mark.parametrize(
    ("notice", "deadline"),
    [
        ("2026-12-22T10:00", "2026-12-28T16:00"),  # 23rd, then Christmas and a weekend
        ("2026-12-23T17:00", "2026-12-30T16:00"),  # late: the 28th's
        ("2026-12-29T10:00", "2027-01-04T16:00"),  # 30th, then New Year
        ("2026-04-02T10:00", "2026-04-08T16:00"),  # Maundy Thursday: Good Friday, Easter Monday
        ("2026-05-01T10:00", "2026-05-06T16:00"),  # Labour Day: the notice is Monday's
    ],
)
def test_in_zurich_nothing_runs_over_christmas_new_year_and_easter(
    swiss: frozenset[date], notice: str, deadline: str
) -> None:
    assert cure_deadline(zurich(notice), TWO_BANKING_DAYS, swiss) == zurich(deadline)


def test_the_day_is_the_bank_s_not_the_machine_s() -> None:
    notice = datetime(2026, 7, 9, 22, 30, tzinfo=UTC)  # Friday 00:30 in Zurich
    assert cure_deadline(notice, TWO_BANKING_DAYS, NO_HOLIDAYS) == zurich("2026-07-14T16:00")
    in_london = CureTerms(zone="Europe/London")  # still Thursday there, but late
    assert cure_deadline(notice, in_london, NO_HOLIDAYS) == datetime(2026, 7, 14, 15, tzinfo=UTC)
    in_new_york = CureTerms(zone="America/New_York", cut_off=time(19))  # Thursday 18:30
    assert cure_deadline(notice, in_new_york, NO_HOLIDAYS) == datetime(2026, 7, 13, 23, tzinfo=UTC)


def test_the_cut_off_keeps_its_hour_when_clocks_change() -> None:
    before = zurich("2026-10-23T10:00")  # Friday; clocks go back on Sunday
    deadline = cure_deadline(before, TWO_BANKING_DAYS, NO_HOLIDAYS)
    assert deadline == datetime(2026, 10, 27, 15, tzinfo=UTC)
    spring = zurich("2026-03-27T10:00")
    deadline = cure_deadline(spring, TWO_BANKING_DAYS, NO_HOLIDAYS)
    assert deadline == datetime(2026, 3, 31, 14, tzinfo=UTC)


@pytest.mark.parametrize("notice", ["2026-07-10T19:30", "2026-10-24T18:00", "2026-12-25T09:00"])
def test_a_lender_of_24_hours_waits_for_24_whatever_the_day(
    swiss: frozenset[date], notice: str
) -> None:
    given_at = zurich(notice)
    deadline = cure_deadline(given_at, CureTerms(24, hours=True), swiss)
    assert deadline - given_at.astimezone(UTC) == timedelta(hours=24)


def test_the_24_hours_in_which_clocks_go_back_end_an_hour_earlier_by_the_clock() -> None:
    deadline = cure_deadline(zurich("2026-10-24T18:00"), CureTerms(24, hours=True), NO_HOLIDAYS)
    assert deadline == zurich("2026-10-25T17:00")


@pytest.mark.parametrize("hours", [False, True])
def test_without_time_to_cure_the_lender_may_sell_at_once(hours: bool) -> None:
    notice = zurich("2026-07-11T12:00")
    assert cure_deadline(notice, CureTerms(0, hours=hours), NO_HOLIDAYS) == notice


def test_a_deadline_is_told_in_utc() -> None:
    for terms in (TWO_BANKING_DAYS, CureTerms(24, hours=True), CureTerms(0)):
        assert cure_deadline(zurich("2026-07-10T10:00"), terms, NO_HOLIDAYS).tzinfo is UTC


def test_a_notice_needs_its_time_zone() -> None:
    with pytest.raises(ValueError, match="needs its time zone"):
        cure_deadline(datetime(2026, 7, 10), TWO_BANKING_DAYS, NO_HOLIDAYS)  # noqa: DTZ001


def test_banks_work_on_weekdays_that_are_no_holidays(swiss: frozenset[date]) -> None:
    assert is_banking_day(date(2026, 12, 23), swiss)
    assert not is_banking_day(date(2026, 12, 25), swiss)
    assert is_banking_day(date(2026, 12, 25), NO_HOLIDAYS)
    assert not is_banking_day(date(2026, 12, 26), NO_HOLIDAYS)  # a Saturday


ZONES = ("Europe/Zurich", "America/New_York", "Asia/Hong_Kong", "Africa/Cairo", "UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=540)).map(START.__add__)
holidays = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 8, 31)), max_size=40)
in_days = st.builds(
    CureTerms,
    count=st.integers(1, 10),
    cut_off=st.times(),
    zone=st.sampled_from(ZONES),
)
in_any = in_days | st.builds(CureTerms, count=st.integers(0, 72), hours=st.booleans())


@given(moments, in_days, holidays)
def test_a_deadline_in_banking_days_is_the_cut_off_of_a_banking_day(
    notice: datetime, terms: CureTerms, closed: frozenset[date]
) -> None:
    """Independently: as many banking days lie after the notice's up to the deadline's, with it."""
    deadline = cure_deadline(notice, terms, closed)
    zone = ZoneInfo(terms.zone)
    local = deadline.astimezone(zone)
    assert is_banking_day(local.date(), closed)
    assert deadline == datetime.combine(local.date(), terms.cut_off, zone).astimezone(UTC)
    first = notice.astimezone(zone).date()
    span = [first + timedelta(i) for i in range((local.date() - first).days + 1)]
    in_time = notice <= datetime.combine(first, terms.cut_off, zone).astimezone(UTC)
    expected = terms.count + 1  # the day the notice counts as, and those allowed
    working = [day for day in span if is_banking_day(day, closed)]
    if working[0] == first and not in_time:
        working = working[1:]
    assert len(working) == expected


@given(moments, moments, in_any, holidays)
def test_a_later_notice_never_ends_earlier(
    one: datetime, two: datetime, terms: CureTerms, closed: frozenset[date]
) -> None:
    sooner, later = sorted((one, two))
    assert cure_deadline(sooner, terms, closed) <= cure_deadline(later, terms, closed)
    assert cure_deadline(sooner, terms, closed) >= sooner


@given(moments, st.integers(1, 8), holidays, st.dates(date(2026, 1, 1), date(2027, 8, 31)))
def test_more_days_or_more_holidays_never_end_earlier(
    notice: datetime, count: int, closed: frozenset[date], another: date
) -> None:
    deadline = cure_deadline(notice, CureTerms(count), closed)
    assert cure_deadline(notice, CureTerms(count + 1), closed) > deadline
    assert cure_deadline(notice, CureTerms(count), closed | {another}) >= deadline
