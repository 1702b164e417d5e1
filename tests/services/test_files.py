"""A file that cannot be written is told in one sentence."""

from pathlib import Path

import pytest

from vaultdesk.ports import StorageError
from vaultdesk.services.files import writing


def test_what_the_system_refused_is_told_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "none" / "table.csv"
    with pytest.raises(StorageError) as caught, writing(path):
        path.write_text("")
    said = f"{path} cannot be written (No such file or directory): choose another place."
    assert str(caught.value) == said
    assert isinstance(caught.value.__cause__, FileNotFoundError)


def test_a_fault_without_a_number_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the disk is gone"), writing(tmp_path):
        raise OSError("the disk is gone")


def test_what_is_no_fault_of_the_file_passes(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError
    with writing(tmp_path / "table.csv"):
        (tmp_path / "table.csv").write_text("written")
    assert (tmp_path / "table.csv").read_text() == "written"
