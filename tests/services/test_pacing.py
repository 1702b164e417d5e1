"""The quota and the breaker, by example and by property."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.services.pacing import JITTER, Breaker, TokenBucket

NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
THREE_A_MINUTE = TokenBucket(capacity=3, every=20 * SECOND)

gaps = st.lists(st.integers(0, 90), min_size=1, max_size=60)


def test_a_new_quota_is_whole() -> None:
    assert THREE_A_MINUTE.left(NOON) == 3
    assert THREE_A_MINUTE.next_at(NOON) == NOON


def test_each_request_takes_one_and_time_gives_it_back() -> None:
    bucket = THREE_A_MINUTE.take(NOON).take(NOON)
    assert bucket.left(NOON) == 1
    assert bucket.left(NOON + 19 * SECOND) == 1
    assert bucket.left(NOON + 20 * SECOND) == 2
    assert bucket.left(NOON + 40 * SECOND) == 3
    assert bucket.left(NOON + 1000 * SECOND) == 3


def test_an_empty_quota_says_when_the_next_request_may_be_made() -> None:
    bucket = THREE_A_MINUTE.take(NOON, 3)
    assert bucket.left(NOON) == 0
    assert bucket.next_at(NOON) == NOON + 20 * SECOND
    assert bucket.next_at(NOON + 5 * SECOND) == NOON + 20 * SECOND
    assert bucket.left(bucket.next_at(NOON)) == 1


def test_an_overdrawn_quota_is_empty_and_has_no_debts() -> None:
    assert THREE_A_MINUTE.take(NOON, 50) == THREE_A_MINUTE.take(NOON, 3)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_does_not_empty_the_quota(back: timedelta) -> None:
    assert THREE_A_MINUTE.take(NOON, 3).left(NOON - back) == 3


@given(gaps, st.integers(1, 8), st.integers(1, 30))
def test_no_window_holds_more_requests_than_the_quota_allows(
    waits: list[int], capacity: int, every: int
) -> None:
    bucket, now, made = TokenBucket(capacity, every * SECOND), NOON, []
    for wait in waits:
        now += wait * SECOND
        if bucket.left(now):
            bucket = bucket.take(now)
            made.append(now)
    for i, first in enumerate(made):
        for j, last in enumerate(made[i:], 1):
            assert j <= capacity + (last - first) // (every * SECOND), "too many in a window"


@given(gaps, st.integers(1, 8), st.integers(1, 30))
def test_what_is_left_and_when_the_next_is_allowed_agree(
    waits: list[int], capacity: int, every: int
) -> None:
    bucket, now = TokenBucket(capacity, every * SECOND), NOON
    for wait in waits:
        now += wait * SECOND
        bucket = bucket.take(now)
        assert 0 <= bucket.left(now) < capacity
        assert (bucket.next_at(now) == now) == (bucket.left(now) > 0)
        assert bucket.left(bucket.next_at(now)) >= 1


def failed(times: int, seed: int = 1) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(NOON, random.Random(seed))  # noqa: S311
    return breaker


def test_a_closed_breaker_lets_everything_through() -> None:
    assert Breaker().admit(NOON) == Breaker()
    assert not Breaker().is_open(NOON)


def test_after_a_failure_nothing_passes_until_the_wait_is_over() -> None:
    breaker = failed(1)
    assert breaker.retry_at is not None
    assert breaker.admit(NOON) is None
    assert breaker.admit(breaker.retry_at - SECOND) is None
    assert breaker.admit(breaker.retry_at) is not None


def test_half_open_one_probe_passes_and_no_second() -> None:
    breaker = failed(1)
    probing = breaker.admit(NOON + 2 * MINUTE)
    assert probing is not None
    assert probing.admit(NOON + 2 * MINUTE) is None


def test_a_probe_that_succeeds_closes_the_breaker() -> None:
    breaker = failed(4).succeeded()
    assert breaker.admit(NOON) == Breaker()
    again = breaker.failed(NOON, random.Random(1)).retry_at  # noqa: S311
    assert again is not None
    assert again - NOON <= MINUTE * (1 + JITTER)


def test_a_probe_that_is_withdrawn_leaves_the_next_one_to_probe() -> None:
    probing = failed(1).admit(NOON + 2 * MINUTE)
    assert probing is not None
    assert probing.withdrawn().admit(NOON + 2 * MINUTE) is not None


@pytest.mark.parametrize(
    ("failures", "shortest"), [(1, 1), (2, 2), (3, 4), (4, 8), (5, 12.5), (9, 12.5), (900, 12.5)]
)
def test_waits_double_from_one_minute_to_a_quarter_of_an_hour(
    failures: int, shortest: float
) -> None:
    retry_at = failed(failures).retry_at
    assert retry_at is not None
    assert shortest * MINUTE <= retry_at - NOON <= shortest * MINUTE * (1 + JITTER)


@given(st.integers(1, 40), st.integers())
def test_every_wait_lies_between_the_first_and_the_longest(failures: int, seed: int) -> None:
    retry_at = failed(failures, seed).retry_at
    assert retry_at is not None
    assert MINUTE <= retry_at - NOON <= 15 * MINUTE


def test_two_desks_do_not_come_back_at_the_same_moment() -> None:
    assert len({failed(3, seed).retry_at for seed in range(20)}) == 20


def test_a_clock_that_is_set_back_does_not_keep_the_breaker_open() -> None:
    assert failed(1).admit(NOON - timedelta(hours=3)) is not None
