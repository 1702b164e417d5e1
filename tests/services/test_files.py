"""Files are written whole or not at all; what cannot be written is told in one sentence."""

import os
from pathlib import Path

import pytest

from vaultdesk.ports import StorageError
from vaultdesk.services.files import whole, writing


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


def test_what_stood_there_stays_until_the_new_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_text("old")

    def fail() -> None:
        with whole(path) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_text() == "old"
    with whole(path) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")
@pytest.mark.parametrize(("private", "rights"), [(False, 0o644), (True, 0o600)])
def test_others_read_what_is_for_them_and_nothing_private(
    tmp_path: Path, private: bool, rights: int
) -> None:
    before = os.umask(0o022)
    try:
        with whole(tmp_path / "file", private=private) as part:
            part.write_text("said")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == rights


def test_a_folder_that_is_missing_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="choose another place"), whole(tmp_path / "no" / "f"):
        pass
    assert list(tmp_path.iterdir()) == []
