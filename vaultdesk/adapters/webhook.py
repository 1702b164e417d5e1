"""Alerts posted to a web address, signed so that the receiver can tell whose they are.

Each POST carries JSON and these headers:

    X-VaultDesk-Delivery   the same at each attempt: a receiver drops what it has
    X-VaultDesk-Timestamp  seconds since 1970 at sending: a receiver drops what is old
    X-VaultDesk-Signature  sha256=HEX, the HMAC-SHA256 by the signing key (UTF-8) over the
                           timestamp, a dot and the body, byte by byte as received

The signing key is a secret. So is the address of many services, Slack's among them, for who knows
it can post: it is never told in a sentence, and may be kept as a secret instead of as a setting.
"""

import hashlib
import hmac
import ipaddress
import json
import re
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

import aiohttp
from yarl import URL

from vaultdesk.core.alerts import Alert
from vaultdesk.core.alerts.facts import facts, headline
from vaultdesk.ports import Clock, DeliveryError, SecretError, SecretFault, SecretStore

SECRET = "webhook"  # noqa: S105 - the name of the key, not the key
"""The name under which the signing key is kept."""

ADDRESS = "webhook-address"
"""The name under which the address is kept where the settings name none."""

TIMEOUT_S = 20.0

_WORD = re.compile(r"[A-Za-z][A-Za-z_]{1,39}")
"""An answer worth telling, such as "ok" or "invalid_payload"; longer ones may quote the address."""

_LATER = (408, 425, 429)
"""Of the refusals, those that pass: too slow, too early, too many."""


class Shape(StrEnum):
    """What is posted; both have the object `alert`."""

    SLACK = "slack"
    """Also `text` and `blocks`, as Slack and those who follow it show."""
    PLAIN = "plain"


class WebhookChannel:
    """Posts each alert; https only, except to this machine, and no redirect is followed.

    With an empty `address` the one kept as the secret `ADDRESS` is used. A receiver of the plain
    shape must be given a signing key; Slack, which cannot check one, gets a signature if there is.
    """

    name = "webhook"

    def __init__(
        self,
        address: str,
        secrets: SecretStore,
        clock: Clock,
        *,
        shape: Shape = Shape.SLACK,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._address, self._secrets, self._clock, self._shape = address, secrets, clock, shape
        self._tls, self._timeout_s = tls, timeout_s

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Post the alert and give what the receiver said.

        Raises:
            DeliveryError: It was not taken.
        """
        return await self._posted(payload(alert, delivery_id, self._shape), delivery_id)

    async def send_test(self) -> str:
        """Post a message that says it is a test, and give what the receiver said.

        Raises:
            DeliveryError: It was not taken; the sentence says what to change.
        """
        stamp = f"test.{self._clock.now():%Y%m%d%H%M%S%f}"
        text = "This is a test from the settings of VaultDesk."
        return await self._posted({"text": text, "test": True, "delivery": stamp}, stamp)

    async def _posted(self, content: Mapping[str, Any], delivery_id: str) -> str:
        url = await self._url()
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "X-VaultDesk-Delivery": delivery_id}
        headers |= await self._signature(body)
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                    trust_env=not _is_here(url.host or ""),  # no proxy stands before this machine
                ) as session,
                session.post(
                    url,
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                    ssl=self._tls or True,
                ) as answer,
            ):
                word = (await answer.content.read(64)).decode("utf-8", "replace").strip()
                return self._judged(url, answer, word)
        except aiohttp.ClientConnectorCertificateError:
            raise DeliveryError(
                f"The certificate of {url.host} is not trusted: check the webhook's address."
            ) from None
        except TimeoutError:
            raise DeliveryError(f"{url.host} did not answer in time: it is tried again.") from None
        except (aiohttp.ClientError, OSError):
            raise DeliveryError(
                f"{url.host} cannot be reached or hung up: it is tried again."
            ) from None  # what was raised may quote the address

    async def _url(self) -> URL:
        try:
            url = URL(self._address or await self._secrets.get(ADDRESS))
        except SecretError as error:
            if error.fault is SecretFault.MISSING:
                raise _hopeless("Enter the webhook's address in Settings, Webhook.") from None
            raise DeliveryError(str(error)) from None
        except ValueError:
            raise _hopeless("The webhook's address cannot be read: enter it again.") from None
        if url.scheme not in {"https", "http"} or not url.host:
            raise _hopeless("The webhook's address must begin with https://: enter it again.")
        if url.scheme == "http" and not _is_here(url.host):
            raise _hopeless(f"Alerts go to {url.host} by https only: change the webhook's address.")
        return url

    async def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock.now().timestamp()))
        try:
            key = await self._secrets.get(SECRET)
        except SecretError as error:
            none = error.fault in (SecretFault.MISSING, SecretFault.NO_BACKEND)
            if none and self._shape is Shape.SLACK:
                return {"X-VaultDesk-Timestamp": timestamp}
            raise DeliveryError(str(error)) from None
        return {
            "X-VaultDesk-Timestamp": timestamp,
            "X-VaultDesk-Signature": f"sha256={signature(key, timestamp, body)}",
        }

    def _judged(self, url: URL, answer: aiohttp.ClientResponse, word: str) -> str:
        status = answer.status
        said = f"{url.host}: {status}" + (f" {word}" if _WORD.fullmatch(word) else "")
        if answer.ok and status < 300:  # noqa: PLR2004 - RFC 9110, 15: 2xx took it
            return said
        if status < 400:  # noqa: PLR2004
            raise _hopeless(f"{said}: it redirects elsewhere; enter the address it points to.")
        if status >= 500 or status in _LATER:  # noqa: PLR2004
            asked = retry_at(answer.headers.get("Retry-After", ""), self._clock.now())
            raise DeliveryError(f"{said}: it is tried again.", retry_at=asked)
        raise _hopeless(f"{said}: it does not take the alert; check address and signing key.")


def signature(key: str, timestamp: str, body: bytes) -> str:
    """What the receiver computes too: HMAC-SHA256 over the timestamp, a dot and the body."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def payload(alert: Alert, delivery_id: str, shape: Shape) -> dict[str, Any]:
    """What is posted: the alert with its exact decimals as text, and what Slack shows of it."""
    plain = {"delivery": delivery_id, "alert": fields(alert)}
    if shape is Shape.PLAIN:
        return plain
    rows = [
        {"type": "plain_text", "text": f"{name}: {text}", "emoji": False}
        for name, text in facts(alert)
    ]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": headline(alert)}},
        {"type": "section", "text": {"type": "plain_text", "text": alert.sentence}},
        {"type": "section", "fields": rows},
    ]
    return {"text": _slack_text(f"{headline(alert)}: {alert.sentence}"), "blocks": blocks, **plain}


def fields(alert: Alert) -> dict[str, str | float | None]:
    """An alert as JSON has it: money and ratios as text, times in UTC, ages in seconds."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "event": str(alert.event),
        "severity": alert.severity.name.lower(),
        "at": alert.at.astimezone(UTC).isoformat(),
        "metric": str(alert.metric),
        "subject": alert.subject,
        "value": f"{alert.value:f}",
        "threshold": f"{alert.threshold:f}",
        "price": None if alert.price is None else f"{alert.price:f}",
        "source": alert.source,
        "quality": str(alert.quality),
        "age_s": alert.age_s,
        "sentence": alert.sentence,
    }


def retry_at(header: str, now: datetime) -> datetime | None:
    """When Retry-After wants the next attempt: seconds, or a date (RFC 9110, 10.2.3)."""
    text = header.strip()
    try:
        if text.isascii() and text.isdecimal():
            return now + timedelta(seconds=int(text))
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _is_here(host: str) -> bool:
    """Whether it is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _slack_text(text: str) -> str:
    """Slack's mark-up reads these three as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hopeless(sentence: str) -> DeliveryError:
    return DeliveryError(sentence, permanent=True)
