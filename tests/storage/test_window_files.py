"""Choices made in the window, kept in small files beside its arrangement."""

from pathlib import Path

import pytest

from vaultdesk.ports import StorageError
from vaultdesk.storage.window_files import WindowFiles


def test_a_choice_is_empty_until_it_was_made_and_then_the_last_one(tmp_path: Path) -> None:
    files = WindowFiles(tmp_path / "window")
    assert files.choice("theme") == ""
    files.keep_choice("theme", "light")
    files.keep_choice("position", "0 -5")
    files.keep_choice("theme", "dark")
    again = WindowFiles(tmp_path / "window")
    assert (again.choice("theme"), again.choice("position")) == ("dark", "0 -5")
    assert again.names() == (), "a choice is no workspace"


def test_a_damaged_choice_is_none(tmp_path: Path) -> None:
    (tmp_path / "theme.txt").write_bytes(b"\xff\xfe\x00")
    assert WindowFiles(tmp_path).choice("theme") == ""


def test_where_it_cannot_be_kept_the_sentence_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "window").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match=r"free some space or make .* writable"):
        WindowFiles(tmp_path / "window").keep_choice("theme", "dark")
