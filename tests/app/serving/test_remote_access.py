"""The help page on remote access says nothing that is not so."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from vaultdesk.adapters.web.access import names_this_machine
from vaultdesk.adapters.web.openapi import document
from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
from vaultdesk.adapters.web.shapes.health import Health
from vaultdesk.adapters.web.shapes.messages import Message
from vaultdesk.app.answers.alerts import rules_of
from vaultdesk.settings import Settings, declared

PAGE = (Path(__file__).parents[3] / "resources/help/remote-access.md").read_text(encoding="utf-8")
PORT = Settings().serve_port
SHAPES: dict[str, Any] = {"health": Health, "message": Message, "rules": AlertConfiguration}


def block(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found, kind
    return found[1]


def test_every_address_there_is_is_in_the_table_and_no_other() -> None:
    told = set(re.findall(r"^\| `(GET|PUT) ([^`]+)`", PAGE, re.MULTILINE))
    paths = document()["paths"]
    assert told == {(method.upper(), path) for path, item in paths.items() for method in item}


def test_every_address_mentioned_exists() -> None:
    paths = {*document()["paths"], "/openapi.json"}
    mentioned = set(re.findall(r"(?<![\w.])/(?:api|ws|health|openapi)[\w./{}]*", PAGE))
    assert {path.rstrip(".") for path in mentioned} <= paths
    assert len(mentioned) >= len(paths) - 1


def test_every_setting_of_the_server_is_in_the_table_and_no_other() -> None:
    told = set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE))
    assert told == {one.name for one in declared() if one.group == "Server"}


@pytest.mark.parametrize("kind", list(SHAPES))
def test_each_sample_is_of_its_shape(kind: str) -> None:
    msgspec.json.decode(block(f"json {kind}"), type=SHAPES[kind])


def test_the_sample_of_rules_can_be_sent() -> None:
    wanted = msgspec.json.decode(block("json rules"), type=AlertConfiguration)
    assert [rule.id for rule in rules_of(wanted)] == ["ltv-70"]


def test_the_types_of_messages_are_all_named() -> None:
    mapping = document()["components"]["schemas"]["Message"]["discriminator"]["mapping"]
    row = next(line for line in PAGE.splitlines() if "`GET /ws/updates`" in line)
    assert set(re.findall(r"\*\*([a-z_]+)\*\*", row)) == set(mapping)


def test_every_port_of_this_machine_is_the_setting_s() -> None:
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", PAGE)) == {str(PORT)}
    assert f"the port, {PORT} unless" in PAGE


def test_caddy_reaches_the_desk_by_a_name_it_goes_by_and_stays_inside_wireguard() -> None:
    caddy = block("caddy")
    target = re.search(r"reverse_proxy (\S+)", caddy)
    host = re.search(r"header_up Host (\S+)", caddy)
    inside = re.search(r"bind (\S+)", caddy)
    address = re.search(r"Address = ([\d.]+)/", block("ini"))
    assert target
    assert host
    assert inside
    assert address
    assert target[1] == host[1] == f"127.0.0.1:{PORT}"
    assert names_this_machine(host[1])
    assert inside[1] == address[1]
    assert caddy.count("{") == caddy.count("}")
