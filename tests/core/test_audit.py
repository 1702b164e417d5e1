"""The chain of seals: whatever is altered, the first place where it is, is named."""

import hashlib
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.fakes.feed import START
from vaultdesk.core.audit import (
    FIRST,
    Fact,
    FactKind,
    Head,
    Written,
    columns_of,
    first_fault,
    seal,
)

FACT = Fact(FactKind.SENT, START, "VD-1", "IBKR", "sent “63” put", "3\0007")

facts = st.lists(
    st.builds(
        Fact,
        st.sampled_from(FactKind),
        st.datetimes(timezones=st.just(START.tzinfo)),
        *[st.text(max_size=8)] * 4,
    ),
    min_size=1,
    max_size=8,
)


def written(told: list[Fact]) -> tuple[list[Written], Head]:
    before, entries = FIRST, []
    for number, fact in enumerate(told, 1):
        before = seal(before, number, fact)
        entries.append(Written(number, columns_of(fact), before))
    return entries, Head(len(entries), before)


def test_a_seal_is_the_sha_256_of_what_stands_before_the_place_and_the_fact() -> None:
    canonical = (
        f'["{"0" * 64}",1,"sent","2026-07-10T15:00:00.000000+00:00","VD-1","IBKR",'
        '"sent \\u201c63\\u201d put","3\\u00007"]'
    )
    assert seal(FIRST, 1, FACT) == hashlib.sha256(canonical.encode()).hexdigest()


def test_the_same_moment_in_another_zone_has_the_same_seal() -> None:
    east = START.astimezone(timezone(timedelta(hours=9)))
    assert seal(FIRST, 1, replace(FACT, at=east)) == seal(FIRST, 1, FACT)


def test_an_empty_log_is_whole() -> None:
    assert first_fault([], Head(0, FIRST)) == ""


@given(facts)
def test_a_log_as_it_was_written_is_whole(told: list[Fact]) -> None:
    entries, head = written(told)
    assert first_fault(entries, head) == ""


@given(facts, st.data())
def test_the_first_altered_text_is_named(told: list[Fact], data: st.DataObject) -> None:
    entries, head = written(told)
    place = data.draw(st.integers(0, len(entries) - 1))
    column = data.draw(st.integers(0, 6))
    texts: list[object] = [*entries[place].columns, entries[place].hash]
    other = data.draw(st.text(max_size=8) | st.none() | st.binary(max_size=3) | st.integers())
    assume(other != texts[column])
    texts[column] = other
    entries[place] = Written(place + 1, tuple(texts[:-1]), texts[-1])
    assert first_fault(entries, head).startswith(f"Entry {place + 1} (")


@given(facts, st.data())
def test_the_first_missing_entry_is_named(told: list[Fact], data: st.DataObject) -> None:
    entries, head = written(told)
    place = data.draw(st.integers(0, len(entries) - 1))
    del entries[place]
    assert first_fault(entries, head).startswith(f"Entry {place + 1} is missing")


@given(facts, st.data())
def test_entries_that_were_renumbered_after_one_was_taken_out_do_not_follow(
    told: list[Fact], data: st.DataObject
) -> None:
    entries, head = written(told)
    place = data.draw(st.integers(0, len(entries) - 1))
    del entries[place]
    renumbered = [replace(entry, number=number) for number, entry in enumerate(entries, 1)]
    assert first_fault(renumbered, head).startswith(f"Entry {place + 1} ")


@given(facts, facts, st.data())
def test_an_inserted_entry_is_named(
    told: list[Fact], more: list[Fact], data: st.DataObject
) -> None:
    entries, head = written(told)
    place = data.draw(st.integers(0, len(entries)))
    entries.insert(place, Written(place + 1, columns_of(more[0]), "f" * 64))
    moved = [replace(entry, number=number) for number, entry in enumerate(entries, 1)]
    assert first_fault(moved, head).startswith(f"Entry {place + 1} ")


@given(facts)
def test_two_swapped_entries_are_noticed_at_the_first(told: list[Fact]) -> None:
    assume(len(told) > 1 and told[0] != told[1])
    entries, head = written(told)
    one, two, *rest = entries
    swapped = [replace(two, number=1), replace(one, number=2), *rest]
    assert first_fault(swapped, head).startswith("Entry 1 ")


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (None, "The log's head is missing"),
        (Head(3, "x"), "Entry 2 is missing: 3 entries are expected"),
        (Head(0, FIRST), "The log has 1 entries, and its head was altered to 0"),
        (Head("many", FIRST), "its head was altered to many"),
        (Head(1, FIRST), "The log's head was altered: its seal is 000"),
    ],
)
def test_the_end_is_held_by_the_head(head: Head | None, sentence: str) -> None:
    entries, _ = written([FACT])
    assert sentence in first_fault(entries, head)


def test_numbers_that_no_desk_writes_are_named() -> None:
    entries, head = written([FACT, FACT])
    assert first_fault([replace(entries[0], number=-3), *entries], head) == (
        "Entry -3 was inserted: entry 1 is expected there."
    )
    assert "Entry x was inserted" in first_fault([replace(entries[0], number="x")], head)
