"""Alerts posted to a real HTTP server on loopback, the signature computed by somebody else."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.alerts import ALERT
from tests.fakes.feed import START, ManualClock
from tests.fakes.mail_server import trust
from tests.fakes.session_bus import need
from tests.fakes.webhook_server import Receiver, receiver
from tests.fakes.yahoo_tls import authority
from vaultdesk.adapters.secrets import MemorySecrets
from vaultdesk.adapters.webhook import ADDRESS, SECRET, Shape, WebhookChannel, payload, retry_at
from vaultdesk.core.alerts import Severity
from vaultdesk.core.market import Quality
from vaultdesk.ports import DeliveryError, SecretError, SecretFault

DELIVERY = "0e8f2f1e-6f5c-5b43-9a51-8f7d2a3c4b5d"
KEY = "signing-key-ä"


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver() as made:
        yield made


async def hook(
    address: str, *, key: str = KEY, shape: Shape = Shape.SLACK, timeout_s: float = 5
) -> WebhookChannel:
    secrets = MemorySecrets()
    if key:
        await secrets.set(SECRET, key)
    return WebhookChannel(
        address, secrets, ManualClock(), shape=shape, tls=trust(), timeout_s=timeout_s
    )


async def refusal(channel: WebhookChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        await channel.deliver(ALERT, DELIVERY)
    told = error.value
    assert told.__cause__ is None  # nothing foreign goes along
    assert told.__suppress_context__ or told.__context__ is None
    assert "token" not in str(error.value)  # who knows the path can post
    return error.value


async def test_a_slack_message_shows_the_alert_and_carries_it_exactly(there: Receiver) -> None:
    channel = await hook(there.address())
    assert await channel.deliver(ALERT, DELIVERY) == "127.0.0.1: 200 ok"
    path, headers, body = there.posted[0]
    assert path == "/services/T0/B0/token"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-VaultDesk-Delivery"] == DELIVERY
    posted = json.loads(body)
    assert posted["text"] == f"VaultDesk: Critical: {ALERT.sentence}"
    header, section, rows = posted["blocks"]
    assert header == {
        "type": "header",
        "text": {"type": "plain_text", "text": "VaultDesk: Critical"},
    }
    assert section["text"] == {"type": "plain_text", "text": ALERT.sentence}
    assert rows["type"] == "section"
    assert [row["text"] for row in rows["fields"]] == [
        "Value: 75.31 % (exactly 0.7531)",
        "Threshold: 75 %",
        "Price: 278.85 from test, 2 s old, LIVE",
        "Rule: ltv-75, crossed, critical",
        "Time: 2026-07-10 15:00:00 UTC",
    ]
    assert {row["type"] for row in rows["fields"]} == {"plain_text"}


async def test_the_plain_shape_is_the_alert_alone_with_decimals_as_text(there: Receiver) -> None:
    exact = replace(ALERT, value=Decimal("0.75000000000000000000000000001"))
    await (await hook(there.address(), shape=Shape.PLAIN)).deliver(exact, DELIVERY)
    assert json.loads(there.posted[0][2]) == {
        "delivery": DELIVERY,
        "alert": {
            "id": "ltv-75.1.crossed",
            "rule": "ltv-75",
            "event": "crossed",
            "severity": "critical",
            "at": "2026-07-10T15:00:00+00:00",
            "metric": "ltv",
            "subject": "",
            "value": "0.75000000000000000000000000001",
            "threshold": "0.75",
            "price": "278.85",
            "source": "test",
            "quality": "LIVE",
            "age_s": 2.5,
            "sentence": ALERT.sentence,
        },
    }


async def test_openssl_finds_the_same_signature(there: Receiver) -> None:
    need("openssl")
    await (await hook(there.address())).deliver(ALERT, DELIVERY)
    _, headers, body = there.posted[0]
    assert headers["X-VaultDesk-Timestamp"] == str(int(START.timestamp()))
    done = subprocess.run(  # noqa: ASYNC221, S603
        ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{KEY.encode().hex()}"],  # noqa: S607
        input=headers["X-VaultDesk-Timestamp"].encode() + b"." + body,
        capture_output=True,
        check=True,
    )
    signed = done.stdout.decode().split()[-1]
    assert headers["X-VaultDesk-Signature"] == f"sha256={signed}"


async def test_without_a_key_slack_gets_no_signature_and_a_plain_receiver_nothing(
    there: Receiver,
) -> None:
    await (await hook(there.address(), key="")).deliver(ALERT, DELIVERY)
    assert "X-VaultDesk-Signature" not in there.posted[0][1]
    error = await refusal(await hook(there.address(), key="", shape=Shape.PLAIN))
    assert "'webhook'" in str(error)
    assert not error.permanent
    assert len(there.posted) == 1


async def test_the_address_may_be_a_secret(there: Receiver) -> None:
    secrets = MemorySecrets()
    channel = WebhookChannel("", secrets, ManualClock())
    assert "Enter the webhook's address" in str(await refusal(channel))
    await secrets.set(ADDRESS, there.address("/kept"))
    await channel.deliver(ALERT, DELIVERY)
    assert there.posted[0][0] == "/kept"


async def test_a_test_post_says_it_is_one(there: Receiver) -> None:
    assert await (await hook(there.address())).send_test() == "127.0.0.1: 200 ok"
    posted = json.loads(there.posted[0][2])
    assert posted["test"] is True
    assert "This is a test" in posted["text"]


class NoKeyring(MemorySecrets):
    """As on a machine without any."""

    async def get(self, name: str) -> str:
        raise SecretError(SecretFault.NO_BACKEND, f"There is no keyring to read {name} from.")


async def test_without_a_keyring_slack_is_posted_to_unsigned(there: Receiver) -> None:
    channel = WebhookChannel(there.address(), NoKeyring(), ManualClock())
    await channel.deliver(ALERT, "id")
    assert "X-VaultDesk-Signature" not in there.posted[0][1]
    plain = WebhookChannel(there.address(), NoKeyring(), ManualClock(), shape=Shape.PLAIN)
    assert "no keyring" in str(await refusal(plain))


async def test_slacks_own_marks_are_escaped_in_its_text() -> None:
    odd = replace(ALERT, sentence="<!channel> & <http://x|y>", quality=Quality.SIMULATED)
    posted = payload(odd, DELIVERY, Shape.SLACK)
    assert posted["text"] == (
        "VaultDesk: Simulated: Critical: &lt;!channel&gt; &amp; &lt;http://x|y&gt;"
    )
    assert posted["alert"]["sentence"] == odd.sentence


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        *((400, True), (401, True), (403, True), (404, True), (410, True)),
        *((408, False), (425, False), (429, False), (500, False), (502, False), (503, False)),
    ],
)
async def test_what_passes_is_tried_again_and_other_refusals_are_for_good(
    there: Receiver, status: int, permanent: bool
) -> None:
    there.status, there.body = status, "invalid_token_of_some_kind"
    error = await refusal_of_status(there)
    assert error.permanent is permanent
    assert f"127.0.0.1: {status}" in str(error)
    assert error.retry_at is None


async def refusal_of_status(there: Receiver) -> DeliveryError:
    with pytest.raises(DeliveryError) as error:
        await (await hook(there.address())).deliver(ALERT, DELIVERY)
    return error.value


async def test_a_receivers_single_word_is_told_and_what_may_quote_the_address_is_not(
    there: Receiver,
) -> None:
    there.status, there.body = 400, "invalid_payload"
    assert "400 invalid_payload" in str(await refusal(await hook(there.address())))
    there.status, there.body = 404, f"Cannot POST {there.address()}"
    assert "Cannot POST" not in str(await refusal(await hook(there.address())))


@pytest.mark.parametrize("status", [429, 503])
async def test_the_receivers_wish_when_to_come_again_is_passed_on(
    there: Receiver, status: int
) -> None:
    there.status, there.headers = status, {"Retry-After": "120"}
    error = await refusal(await hook(there.address()))
    assert error.retry_at == START + timedelta(seconds=120)
    there.headers = {"Retry-After": "Fri, 10 Jul 2026 16:00:00 GMT"}
    error = await refusal(await hook(there.address()))
    assert error.retry_at == START + timedelta(hours=1)


@given(st.text() | st.integers(0, 10**40).map(str))
def test_any_retry_after_is_read_or_ignored(header: str) -> None:
    found = retry_at(header, START)
    assert found is None or found.tzinfo is not None


def test_a_date_without_a_zone_is_utc() -> None:
    assert retry_at("Fri, 10 Jul 2026 16:00:00 -0000", START) == START + timedelta(hours=1)


@pytest.mark.parametrize("odd", ["", "soon", "-5", "1e3", "١٢٠", "9" * 30])
def test_a_senseless_retry_after_is_ignored(odd: str) -> None:
    assert retry_at(odd, START) is None


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_an_http_date_is_the_moment_it_names(moment: datetime) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    assert retry_at(f"{whole:%a, %d %b %Y %H:%M:%S} GMT", START) == whole


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_no_redirect_is_followed(there: Receiver, status: int) -> None:
    async with receiver() as elsewhere:
        there.status, there.headers = status, {"Location": elsewhere.address()}
        error = await refusal(await hook(there.address()))
        assert error.permanent
        assert "redirects" in str(error)
        assert elsewhere.posted == []


async def test_a_receiver_that_hangs_or_drops_or_is_not_there_is_tried_again(
    there: Receiver,
) -> None:
    there.hangs = True
    error = await refusal(await hook(there.address(), timeout_s=0.2))
    assert (error.permanent, "in time" in str(error)) == (False, True)
    there.hangs, there.drops = False, True
    error = await refusal(await hook(there.address()))
    assert (error.permanent, "hung up" in str(error)) == (False, True)
    async with receiver() as gone:
        pass
    error = await refusal(await hook(gone.address()))
    assert (error.permanent, "cannot be reached" in str(error)) == (False, True)


async def test_a_delivery_can_be_cancelled_with_the_receiver_hanging(there: Receiver) -> None:
    there.hangs = True
    posting = asyncio.create_task((await hook(there.address())).deliver(ALERT, DELIVERY))
    await there.came.wait()
    posting.cancel()
    done, _ = await asyncio.wait([posting], timeout=5)
    assert done
    assert posting.cancelled()


async def test_https_is_used_and_its_certificate_checked() -> None:
    _, tls = authority()
    async with receiver(tls) as there:
        await (await hook(there.address())).deliver(ALERT, DELIVERY)
        assert len(there.posted) == 1
        error = await refusal(WebhookChannel(there.address(), MemorySecrets(), ManualClock()))
        assert "certificate of 127.0.0.1 is not trusted" in str(error)
        assert len(there.posted) == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://example.com/token", "by https only"),
        ("http://127.0.0.1.example.com/token", "by https only"),
        ("ftp://example.com/token", "must begin with https"),
        ("example.com/token", "must begin with https"),
        ("https://", "must begin with https"),
        ("https://[/token", "cannot be read"),
    ],
)
async def test_an_address_that_is_not_safe_is_refused_unasked(address: str, said: str) -> None:
    error = await refusal(await hook(address))
    assert error.permanent
    assert said in str(error)


@pytest.mark.parametrize("severity", list(Severity))
async def test_every_severity_has_its_word(severity: Severity) -> None:
    alert = replace(ALERT, severity=severity, price=None, age_s=None, subject="EURUSD")
    posted = payload(alert, DELIVERY, Shape.SLACK)
    assert posted["alert"]["severity"] == severity.name.lower()
    assert posted["alert"]["price"] is None
    json.dumps(posted, allow_nan=False)
