"""A report made, saved and brought out again in the real window, with the keyboard."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Launch

pytestmark = pytest.mark.e2e


@pytest.mark.usefixtures("loan_home")
def test_a_diary_is_made_by_keyboard_saved_listed_and_audited(
    launch: Launch, gld_at_350: tuple[str, str], tmp_path: Path
) -> None:
    desk = launch(*gld_at_350)
    desk.wait_text("loan.ltv", r"^60\.0 %$")
    desk.key("ctrl+shift+r")
    desk.wait("report.kind")
    desk.choose("report.kind", "w")
    desk.wait("report.from", "enabled")
    path = tmp_path / "diary.pdf"
    desk.type("report.path", str(path))
    desk.click("report.save")
    said = desk.wait_text("report.said", "^✓ Saved as ")
    assert said.endswith(str(path))
    assert desk.text("report.path") == str(path)
    whole = " ".join(page.extract_text() for page in PdfReader(path).pages)
    assert "Decision diary, " in whole
    assert re.search(r"record SHA-256 [0-9a-f]{64}", whole)
    desk.click("report.save")
    desk.wait_text("report.said", r"diary-2\.pdf$")
    assert (tmp_path / "diary-2.pdf").read_bytes() != path.read_bytes()  # made later
    desk.key("Escape")
    desk.wait_gone("report.kind")
    assert desk.quit() == 0
