"""The server over HTTP: who passes, what a refusal looks like, and what is never told."""

import asyncio
import logging

import aiohttp
import msgspec
import pytest

from tests.fakes.feed import ManualClock
from tests.fakes.web_answers import HEALTHY, TOKEN, WrittenDown, served
from vaultdesk.adapters.web.hub import Hub
from vaultdesk.adapters.web.openapi import document
from vaultdesk.adapters.web.server import Server
from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration, RuleAnswer
from vaultdesk.ports import FeedError, FeedFault, InputError, KnownError

PAGE = "https://desk.example.com"
PATHS = [path.replace("{id}", "0" * 16) for path in document()["paths"]]
WRONG = {"Authorization": f"Bearer {TOKEN[:-1]}X"}
NONE: dict[str, str] = {"Authorization": ""}


@pytest.mark.parametrize("headers", [WRONG, NONE, {"Authorization": f"Basic {TOKEN}"}])
@pytest.mark.parametrize("path", [*PATHS, "/openapi.json", "/nothing"])
async def test_nothing_is_answered_without_the_token(path: str, headers: dict[str, str]) -> None:
    async with served() as desk, desk.client.get(desk.url + path, headers=headers) as answer:
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert (await answer.json())["error"].startswith("Send the token")
        assert desk.answers.portfolios == 0


async def test_a_token_in_the_address_opens_nothing() -> None:
    async with served() as desk:
        url = f"{desk.url}/api/portfolio?token={TOKEN}&access_token={TOKEN}"
        async with desk.client.get(url, headers=NONE) as answer:
            assert answer.status == 401


async def test_a_desk_that_is_stale_says_so_by_its_status() -> None:
    async with served() as desk:
        async with desk.client.get(desk.url + "/health") as answer:
            assert (answer.status, (await answer.json())["status"]) == (200, "ok")
        desk.answers.healthy = msgspec.structs.replace(HEALTHY, status="stale")
        async with desk.client.get(desk.url + "/health") as answer:
            assert (answer.status, (await answer.json())["status"]) == (503, "stale")


@pytest.mark.parametrize(
    ("error", "status", "field"),
    [
        (InputError("There is no XYZ.", "symbol"), 404, "symbol"),
        (InputError("Enter a number.", "rules[0].threshold"), 422, "rules[0].threshold"),
        (InputError("Changed meanwhile.", "version"), 412, "version"),
        (FeedError(FeedFault.OFFLINE, "The feed is offline."), 503, ""),
        (KnownError("Wait a moment."), 503, ""),
    ],
)
async def test_known_errors_are_one_sentence_of_json(
    error: Exception, status: int, field: str
) -> None:
    async with served() as desk:
        desk.answers.error = error
        async with desk.client.get(desk.url + "/api/portfolio") as answer:
            assert answer.status == status
            assert await answer.json() == {"error": str(error), "field": field}
        assert desk.bugs == []


async def test_a_bug_is_reported_and_its_text_goes_nowhere() -> None:
    async with served() as desk:
        desk.answers.error = ZeroDivisionError("the inner secrets")
        async with desk.client.get(desk.url + "/api/portfolio") as answer:
            assert answer.status == 500
            assert "inner secrets" not in await answer.text()
        assert [type(bug) for bug in desk.bugs] == [ZeroDivisionError]


async def test_what_there_is_not_is_said_in_json() -> None:
    async with served() as desk:
        async with desk.client.get(desk.url + "/nothing") as answer:
            assert answer.status == 404
            assert "/openapi.json" in (await answer.json())["error"]
        async with desk.client.delete(desk.url + "/health") as answer:
            assert answer.status == 405
            assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("host", ["evil.example.com", "127.0.0.1.evil.example.com:8741"])
async def test_another_name_for_this_machine_is_refused_before_the_token_counts(host: str) -> None:
    async with served() as desk:
        async with desk.client.get(desk.url + "/api/portfolio", headers={"Host": host}) as answer:
            assert answer.status == 421
        assert desk.answers.portfolios == 0


ASKING = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Authorization": ""}


async def test_only_a_listed_page_may_read_in_a_browser() -> None:
    async with served(origins=frozenset({PAGE})) as desk:
        url = desk.url + "/api/portfolio"
        async with desk.client.get(url, headers={"Origin": PAGE}) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
            assert "Origin" in answer.headers["Vary"]
        async with desk.client.get(url, headers={"Origin": "https://evil.example"}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers
        async with desk.client.options(url, headers=ASKING) as answer:
            assert answer.status == 204
            assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
            assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
        evil = {**ASKING, "Origin": "https://evil.example"}
        async with desk.client.options(url, headers=evil) as answer:
            assert answer.status == 403
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_without_a_list_no_page_may() -> None:
    async with served() as desk:
        async with desk.client.options(desk.url + "/health", headers=ASKING) as answer:
            assert answer.status == 403
        async with desk.client.get(desk.url + "/health", headers={"Origin": "null"}) as answer:
            assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_long_answer_is_compressed_and_kept_by_nobody() -> None:
    async with served() as desk, desk.client.get(desk.url + "/openapi.json") as answer:
        assert answer.headers["Content-Encoding"] in ("gzip", "deflate")
        assert answer.headers["Cache-Control"] == "no-store"
        assert (await answer.json())["openapi"] == "3.1.0"
        assert "aiohttp" not in answer.headers["Server"]


RULE = RuleAnswer(id="ltv-60", metric="ltv", threshold="0.60", severity="warning")
WANTED = AlertConfiguration(rules=[RULE], quiet_from="22:00", quiet_to="07:00")


VERSION = f'"{"a" * 32}"'


async def test_rules_are_replaced_by_version() -> None:
    async with served() as desk:
        url = desk.url + "/api/alerts/configure"
        async with desk.client.get(url) as answer:
            assert answer.headers["ETag"] == '"v1"'
        body, kind = msgspec.json.encode(WANTED), {"Content-Type": "application/json"}
        async with desk.client.put(url, data=body, headers={**kind, "If-Match": VERSION}) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, '"v2"')
        assert desk.answers.configured == [(WANTED, VERSION.strip('"'))]
        async with desk.client.put(url, data=body, headers=kind) as answer:
            assert answer.status == 428
        async with desk.client.put(url, data=body, headers={**kind, "If-Match": "v1"}) as answer:
            assert answer.status == 400
        async with desk.client.put(url, data=body, headers={"If-Match": "*"}) as answer:
            assert answer.status == 415
        assert len(desk.answers.configured) == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, ""),
        (b"\xff", 400, ""),
        (b"[]", 422, "body"),
        (b'{"rules": [], "quiet_from": ""}', 422, "body"),
        (b'{"rules": [], "quiet_from": "25:00", "quiet_to": ""}', 422, "quiet_from"),
        (b'{"rules": [{"id": 7}], "quiet_from": "", "quiet_to": ""}', 422, "rules[0].id"),
        (b'{"rules": [], "quiet_from": "", "quiet_to": "", "x": 1}', 422, "body"),
    ],
)
async def test_a_body_that_cannot_be_used_names_its_field(
    body: bytes, status: int, field: str
) -> None:
    async with served() as desk:
        headers = {"Content-Type": "application/json", "If-Match": "*"}
        url = desk.url + "/api/alerts/configure"
        async with desk.client.put(url, data=body, headers=headers) as answer:
            assert answer.status == status
            said = await answer.json()
        assert said["field"] == field
        assert said["error"].endswith(".")
        assert desk.answers.configured == []


async def test_too_much_is_refused() -> None:
    async with served() as desk:
        headers = {"Content-Type": "application/json", "If-Match": "*"}
        url = desk.url + "/api/alerts/configure"
        async with desk.client.put(url, data=b" " * 600_000, headers=headers) as answer:
            assert answer.status == 413
            assert (await answer.json())["error"]


@pytest.mark.parametrize("query", ["Symbol=GLD", "symbol=GLD&symbol=IAU", "symbol=GLD&x=1"])
async def test_a_parameter_nobody_knows_is_refused(query: str) -> None:
    async with served() as desk:
        async with desk.client.get(f"{desk.url}/api/portfolio?{query}") as answer:
            assert answer.status == 400
        assert desk.answers.portfolios == 0


async def test_a_symbol_without_a_name_is_no_symbol() -> None:
    async with served() as desk, desk.client.get(f"{desk.url}/api/portfolio?symbol=") as answer:
        assert answer.status == 404


async def test_a_report_is_a_pdf() -> None:
    async with served() as desk, desk.client.get(f"{desk.url}/api/reports/abc.pdf") as answer:
        assert answer.content_type == "application/pdf"
        assert await answer.read() == b"%PDF abc"


async def test_no_log_line_tells_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.INFO)
    async with served() as desk:
        for headers in ({}, WRONG, {"Sec-WebSocket-Protocol": f"chat, {TOKEN}"}):
            async with desk.client.get(desk.url + "/ws/updates", headers=headers):
                pass
        reader, writer = await asyncio.open_connection("127.0.0.1", desk.server.port)
        writer.write(f"GET / HTTP/1.1\r\nAuthorization : Bearer {TOKEN}\r\n\r\n".encode())
        assert b"400" in await reader.readline()
        writer.close()
        await writer.wait_closed()
    text = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert TOKEN[:-1] not in text
    assert caplog.records


def another() -> Server:
    answers = WrittenDown()
    hub = Hub(answers.portfolio, ManualClock().now, lambda: 5)
    return Server(answers, hub, TOKEN, report=lambda _bug: None)


async def test_a_port_in_use_is_one_sentence() -> None:
    async with served() as desk:
        with pytest.raises(KnownError, match=f"Port {desk.server.port} is in use"):
            await another().open("127.0.0.1", desk.server.port)


async def test_an_address_this_machine_does_not_have_is_one_sentence() -> None:
    with pytest.raises(KnownError, match=r"has no address 192\.0\.2\.7"):
        await another().open("192.0.2.7", 0)


async def test_a_closed_server_answers_nobody() -> None:
    async with served() as desk:
        await desk.server.close()
        with pytest.raises(aiohttp.ClientConnectorError):
            await desk.client.get(desk.url + "/health")
