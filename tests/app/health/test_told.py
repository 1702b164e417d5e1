"""The health in rows: each part's state, word and age, for well and ill desks."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.fakes.health import WELL, with_part
from vaultdesk.adapters.passphrase import PassphraseVault
from vaultdesk.adapters.secrets import MemorySecrets
from vaultdesk.app.health.told import KEPT, overall, signs, told
from vaultdesk.ui.signs import State


def state_of(part: str, **changes: Any) -> State:  # noqa: ANN401
    owner = {"disk": "disk", "broker": "broker"}.get(part, part)
    found = {sign.part: sign for sign in signs(with_part(owner, **changes))}
    return found[part].state


def test_a_desk_that_is_well_is_ok_in_every_part() -> None:
    assert {sign.state for sign in signs(WELL)} == {State.OK}
    assert overall(WELL).state is State.OK


@pytest.mark.parametrize(
    ("part", "changes", "state"),
    [
        ("feed", {"quality": None, "age_s": None, "at": None}, State.STALE),
        ("feed", {"quality": "STALE", "age_s": 900.0}, State.STALE),
        ("feed", {"quality": "DELAYED"}, State.OK),
        ("feed", {"quality": "SIMULATED"}, State.OK),
        ("alerts", {"last_evaluation": None, "age_s": None}, State.STALE),
        ("alerts", {"age_s": 61.0}, State.STALE),
        ("alerts", {"age_s": 59.0}, State.OK),
        ("database", {"sentence": "It is damaged: restore a backup."}, State.FAILING),
        ("database", {"schema": None}, State.OFF),
        ("disk", {"free_bytes": 49_000_000}, State.FAILING),
        ("disk", {"free_bytes": None}, State.OFF),
        ("broker", {"state": "offline"}, State.CHECK),
        ("broker", {"state": "not connected"}, State.OFF),
        ("keyring", {"state": "This session has no keyring: start one."}, State.CHECK),
    ],
)
def test_each_part_has_the_state_it_deserves(
    part: str, changes: dict[str, Any], state: State
) -> None:
    assert state_of(part, **changes) is state


def test_the_lines_for_a_human_have_mark_word_part_sentence_and_age() -> None:
    ill = replace(
        with_part("feed", quality="STALE", age_s=1234.0),
        status="stale",
        problems=["The newest price is old: check its connection."],
    )
    lines = told(ill).splitlines()
    assert lines[1] == "▲ STALE   desk      The newest price is old: check its connection."
    assert lines[2] == "▲ STALE   feed      yahoo: STALE · streaming (1,234 s old)"
    assert lines[5] == "✓ OK      disk      12.3 GB free"
    assert len({line.index(line.split()[2]) for line in lines[2:]}) == 1


async def test_every_place_that_can_keep_passwords_says_so_in_the_same_words(
    tmp_path: Path,
) -> None:
    """By these words the row is told from one whose place cannot be used."""
    vault = PassphraseVault(tmp_path / "vault")
    for store in (MemorySecrets(), vault):
        assert (await store.describe()).startswith(KEPT)
    await vault.close()
