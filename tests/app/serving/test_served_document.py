"""The running server keeps what its OpenAPI document says, whatever is asked of it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.fakes.serving import Process, process
from vaultdesk.adapters.web.openapi import document

EXAMPLES = 25
SOUND_AND_REFUSED = ("/api/alerts/configure", "/ws/updates")
"""A document cannot say which version holds, that a price has to be one of something, or that a
WebSocket is wanted: what is sound by its shape may be refused there."""
OPERATIONS = [(path, method) for path, item in document()["paths"].items() for method in item]

load_all_checks()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with process(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(scope="module")
def api(server: Process) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json", headers=server.headers)


def test_the_served_document_is_whole(api: schemathesis.BaseSchema) -> None:
    assert api.raw_schema == msgspec.json.decode(msgspec.json.encode(document()))
    api.validate()
    assert len(OPERATIONS) == 11 - 1


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_documented(
    api: schemathesis.BaseSchema, server: Process, path: str, method: str, mode: GenerationMode
) -> None:
    operation = api[path][method]
    excluded: list[Any] = []
    if path in SOUND_AND_REFUSED:
        excluded.append(CHECKS.get_one("positive_data_acceptance"))

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(st.data())
    def asked(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        case.call_and_validate(headers=server.headers, excluded_checks=excluded)

    asked()
    assert server.popen.poll() is None
