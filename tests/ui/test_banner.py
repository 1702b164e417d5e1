"""The banner of problems."""

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from pytestqt.qtbot import QtBot

from vaultdesk.events import Bus, ProblemCleared, ProblemRaised
from vaultdesk.ui.banner import ProblemBanner


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def banner(qtbot: QtBot, bus: Bus) -> ProblemBanner:
    made = ProblemBanner(bus)
    qtbot.addWidget(made)
    return made


def test_no_problem_takes_no_place(banner: ProblemBanner) -> None:
    assert banner.isHidden()


def test_a_problem_is_shown_until_it_is_cleared(bus: Bus, banner: ProblemBanner) -> None:
    bus.tell(ProblemRaised("feed", "No network: check the cable."))
    assert not banner.isHidden()
    assert banner.sentence.text() == "No network: check the cable."
    assert banner.sentence.accessibleIdentifier() == "desk.problem"
    bus.tell(ProblemCleared("feed"))
    assert banner.isHidden()


def test_the_newest_problem_comes_first_and_the_others_can_be_reached(
    bus: Bus, banner: ProblemBanner
) -> None:
    for key in ("one", "two", "three"):
        bus.tell(ProblemRaised(key, f"Problem {key}."))
    assert (banner.sentence.text(), banner.count.text()) == ("Problem three.", "3 of 3")
    banner.next.click()
    assert (banner.sentence.text(), banner.count.text()) == ("Problem one.", "1 of 3")
    bus.tell(ProblemCleared("one"))
    assert (banner.sentence.text(), banner.count.text()) == ("Problem three.", "2 of 2")


def test_a_single_problem_is_not_counted(bus: Bus, banner: ProblemBanner) -> None:
    bus.tell(ProblemRaised("one", "Problem one."))
    assert banner.count.isHidden()
    assert banner.next.isHidden()


def test_a_problem_raised_again_is_replaced_and_not_repeated(
    bus: Bus, banner: ProblemBanner
) -> None:
    bus.tell(ProblemRaised("feed", "Again in 60 s."))
    bus.tell(ProblemRaised("feed", "Again in 120 s."))
    assert banner.sentence.text() == "Again in 120 s."
    assert banner.count.isHidden()


def test_the_same_words_again_do_not_push_another_problem_aside(
    bus: Bus, banner: ProblemBanner
) -> None:
    bus.tell(ProblemRaised("feed", "No network."))
    bus.tell(ProblemRaised("disk", "The disk is full."))
    bus.tell(ProblemRaised("feed", "No network."))
    assert banner.sentence.text() == "The disk is full."


def test_a_dismissed_problem_comes_back_only_with_news(bus: Bus, banner: ProblemBanner) -> None:
    bus.tell(ProblemRaised("feed", "No network."))
    banner.dismiss.click()
    assert banner.isHidden()
    bus.tell(ProblemRaised("feed", "No network."))
    assert banner.isHidden()
    bus.tell(ProblemRaised("feed", "The source refuses us."))
    assert banner.sentence.text() == "The source refuses us."
    assert not banner.isHidden()


def test_a_dismissed_problem_that_was_over_is_news_when_it_returns(
    bus: Bus, banner: ProblemBanner
) -> None:
    bus.tell(ProblemRaised("feed", "No network."))
    banner.dismiss.click()
    bus.tell(ProblemCleared("feed"))
    bus.tell(ProblemRaised("feed", "No network."))
    assert not banner.isHidden()


def test_what_a_source_sent_is_never_read_as_markup(bus: Bus, banner: ProblemBanner) -> None:
    bus.tell(ProblemRaised("feed", "<b>bold</b> said the server"))
    assert banner.sentence.textFormat() is banner.sentence.textFormat().PlainText


def test_a_retired_banner_hears_nothing(bus: Bus, banner: ProblemBanner) -> None:
    banner.retire()
    bus.tell(ProblemRaised("feed", "No network."))
    assert banner.isHidden()


def test_a_screen_reader_is_told_each_problem_once(
    monkeypatch: pytest.MonkeyPatch, bus: Bus, banner: ProblemBanner
) -> None:
    told: list[tuple[str, str]] = []

    def hear(event: QAccessibleAnnouncementEvent) -> None:
        told.append((event.object().objectName(), event.message()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    for _ in range(2):
        bus.tell(ProblemRaised("feed", "No network."))
    assert told == [(banner.sentence.objectName(), "No network.")]
