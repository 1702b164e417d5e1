"""Alerts on the desktop's own notification service, over a real message bus."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes.alerts import ALERT, numbered
from tests.fakes.notification_server import forge, notification_server
from tests.fakes.session_bus import PATIENCE_S, message_bus, need
from vaultdesk.adapters.notices import DesktopChannel, NoticeAction
from vaultdesk.core.alerts import Alert, Severity
from vaultdesk.core.market import Quality
from vaultdesk.ports import DeliveryError


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    need("dbus-daemon")
    with message_bus(tmp_path) as where:
        yield where


class Desk:
    """A channel, and what came back from its buttons."""

    def __init__(self, address: str, *, sounds: bool = False, timeout_s: float = 5) -> None:
        self.acts: asyncio.Queue[tuple[str, NoticeAction]] = asyncio.Queue()
        self.channel = DesktopChannel(
            self._acted, address=address, sounds=sounds, timeout_s=timeout_s
        )

    def _acted(self, alert: Alert, action: NoticeAction) -> None:
        self.acts.put_nowait((alert.id, action))

    async def show(self, alert: Alert = ALERT) -> str:
        return await self.channel.deliver(alert, "a-delivery")

    async def act(self) -> tuple[str, NoticeAction]:
        return await asyncio.wait_for(self.acts.get(), PATIENCE_S)


@asynccontextmanager
async def desk(address: str, *, sounds: bool = False, timeout_s: float = 5) -> AsyncIterator[Desk]:
    made = Desk(address, sounds=sounds, timeout_s=timeout_s)
    try:
        yield made
    finally:
        await made.channel.close()


async def test_a_notice_says_the_sentence_and_has_three_buttons_and_a_click(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        assert await mine.show() == "shown by fake 1.0"
        shown = server.shown[0]
        assert (shown.app, shown.icon, shown.replaces) == ("VaultDesk", "vaultdesk", 0)
        assert (shown.summary, shown.body) == ("VaultDesk: Critical", ALERT.sentence)
        assert shown.actions == [
            *("default", "Open", "open", "Open", "snooze", "Snooze 1 h"),
            *("acknowledge", "Acknowledge"),
        ]
        assert shown.hints["category"] == ("s", "x-vaultdesk.alert")
        assert shown.hints["desktop-entry"] == ("s", "vaultdesk")


@pytest.mark.parametrize(
    ("severity", "urgency", "expires_ms"),
    [
        (Severity.INFO, 0, -1),
        (Severity.WARNING, 1, -1),
        (Severity.CRITICAL, 2, 0),
        (Severity.CLOSEOUT, 2, 0),
    ],
)
async def test_urgency_follows_severity_and_what_is_critical_stays(
    address: str, severity: Severity, urgency: int, expires_ms: int
) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show(replace(ALERT, severity=severity))
        assert server.shown[0].hints["urgency"] == ("y", urgency)
        assert server.shown[0].expires_ms == expires_ms


async def test_a_simulated_alert_says_so_in_its_title(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show(replace(ALERT, quality=Quality.SIMULATED))
        assert server.shown[0].summary == "VaultDesk: Simulated: Critical"


async def test_a_rules_newer_notice_takes_the_place_of_its_last_one(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        for alert in (ALERT, replace(ALERT, rule="ltv-70"), numbered(2)):
            await mine.show(alert)
        assert [shown.replaces for shown in server.shown] == [0, 0, 1]


async def test_a_closed_notice_is_not_replaced(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show()
        await server.close_notice(1, 2)
        assert await mine.act() == (ALERT.id, NoticeAction.DISMISSED)
        await mine.show()
        assert [shown.replaces for shown in server.shown] == [0, 0]


async def test_only_a_hand_dismisses_a_notice(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show()
        await server.close_notice(1, 1)  # expired
        await server.press(1, "snooze")
        assert await mine.act() == (ALERT.id, NoticeAction.SNOOZE)
        assert mine.acts.empty()


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("default", NoticeAction.OPEN),
        ("open", NoticeAction.OPEN),
        ("snooze", NoticeAction.SNOOZE),
        ("acknowledge", NoticeAction.ACKNOWLEDGE),
    ],
)
async def test_a_button_comes_back_with_the_alert_it_belongs_to(
    address: str, key: str, action: NoticeAction
) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show(replace(ALERT, rule="ltv-70", id="ltv-70.1.crossed"))
        await mine.show()
        await server.press(2, key)
        assert await mine.act() == (ALERT.id, action)


async def test_buttons_of_unknown_notices_and_forged_ones_count_for_nothing(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show()
        await forge(address, 1, "acknowledge")
        await server.press(77, "acknowledge")
        await server.press(1, "some-other-key")
        await server.press(1, "open")
        assert await mine.act() == (ALERT.id, NoticeAction.OPEN)
        assert mine.acts.empty()


async def test_markup_is_escaped_only_where_it_would_be_read_as_such(address: str) -> None:
    odd = replace(ALERT, sentence='GLD <b>278</b> & "call"')
    async with notification_server(address) as server, desk(address) as mine:
        await mine.show(odd)
        assert server.shown[0].body == 'GLD &lt;b&gt;278&lt;/b&gt; &amp; "call"'
    async with notification_server(address, able=("body",)) as server, desk(address) as mine:
        await mine.show(odd)
        assert server.shown[0].body == odd.sentence
        assert server.shown[0].actions == []
        assert await mine.channel.capabilities() == {"body"}


async def test_the_server_sounds_only_for_rules_that_want_it_and_if_it_is_to(address: str) -> None:
    loud = replace(ALERT, channels=frozenset({"desktop", "sound"}))
    async with notification_server(address) as server, desk(address, sounds=True) as mine:
        await mine.show(loud)
        await mine.show(ALERT)
        async with desk(address) as other:
            await other.show(loud)
    named, *quiet = (shown.hints for shown in server.shown)
    assert named["sound-name"] == ("s", "dialog-error")
    assert "suppress-sound" not in named
    assert all(hints["suppress-sound"] == ("b", True) for hints in quiet)
    assert all("sound-name" not in hints for hints in quiet)


async def test_without_a_notification_service_the_sentence_says_so(address: str) -> None:
    async with desk(address) as mine:
        with pytest.raises(DeliveryError, match="Nothing on this desktop shows") as error:
            await mine.show()
        assert not error.value.permanent
        async with notification_server(address) as server:
            await mine.show()
            assert len(server.shown) == 1


async def test_another_server_is_asked_anew_what_it_can_and_replaces_nothing(address: str) -> None:
    async with desk(address) as mine:
        async with notification_server(address):
            await mine.show()
            assert "actions" in await mine.channel.capabilities()
        async with notification_server(address, able=("body",)) as second:
            await mine.show()
            assert await mine.channel.capabilities() == {"body"}
            assert second.shown[0].replaces == 0


async def test_the_channel_outlives_its_bus(tmp_path: Path) -> None:
    need("dbus-daemon")
    mine = Desk(f"unix:path={tmp_path / 'bus'}")
    with message_bus(tmp_path) as address:
        async with notification_server(address) as server:
            await mine.show()
            assert len(server.shown) == 1
    with pytest.raises(DeliveryError, match="message bus") as error:
        await mine.show()
    assert not error.value.permanent
    with message_bus(tmp_path) as address:
        async with notification_server(address) as server:
            await mine.show()
            await server.press(1, "open")
            assert await mine.act() == (ALERT.id, NoticeAction.OPEN)
    await mine.channel.close()


async def test_a_bus_that_dies_before_it_answers_is_no_bug(tmp_path: Path) -> None:
    need("dbus-daemon")
    with ExitStack() as bus:
        address = bus.enter_context(message_bus(tmp_path))
        async with notification_server(address) as server, desk(address) as mine:
            await mine.show()
            server.silent = True
            server.asked.clear()
            asked = asyncio.create_task(mine.show(numbered(2)))
            await asyncio.wait_for(server.asked.wait(), PATIENCE_S)
            bus.close()
            with pytest.raises(DeliveryError, match="hung up"):
                await asked


async def test_a_silent_server_is_given_up_in_time(address: str) -> None:
    async with notification_server(address) as server, desk(address, timeout_s=0.2) as mine:
        server.silent = True
        with pytest.raises(DeliveryError, match="in time") as error:
            await mine.show()
        assert not error.value.permanent


async def test_a_server_that_refuses_is_quoted(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        server.refuses = True
        with pytest.raises(DeliveryError, match="ExcessNotificationGeneration"):
            await mine.show()


async def test_a_session_without_a_bus_is_hopeless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    async with desk("") as mine:
        with pytest.raises(DeliveryError, match="no message bus") as error:
            await mine.show()
        assert error.value.permanent


async def test_systemds_socket_is_found_where_no_variable_names_the_bus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("dbus-daemon")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with message_bus(tmp_path) as address:
        async with notification_server(address) as server, desk("") as mine:
            await mine.show()
            assert len(server.shown) == 1


@pytest.mark.parametrize("wrong", ["unix:path=/nonexistent/bus", "tcp:host=localhost", "nonsense"])
async def test_an_address_where_nobody_listens_is_told(wrong: str) -> None:
    async with desk(wrong) as mine:
        with pytest.raises(DeliveryError, match="cannot be reached"):
            await mine.show()


async def test_many_deliveries_at_once_share_one_connection(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        alerts = [replace(ALERT, rule=f"rule-{number}") for number in range(20)]
        await asyncio.gather(*map(mine.show, alerts))
        assert {shown.number for shown in server.shown} == set(range(1, 21))
        assert len([task for task in asyncio.all_tasks() if task.get_name() == "notices"]) == 1


async def test_a_cancelled_delivery_leaves_a_channel_that_works(address: str) -> None:
    async with notification_server(address) as server, desk(address) as mine:
        server.silent = True
        asked = asyncio.create_task(mine.show())
        await asyncio.wait_for(server.asked.wait(), PATIENCE_S)
        asked.cancel()
        await asyncio.wait([asked])
        assert asked.cancelled()
        server.silent = False
        await mine.show()
        assert len(server.shown) == 1
