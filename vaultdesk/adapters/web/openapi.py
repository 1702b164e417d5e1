"""The OpenAPI 3.1 document, made of the very records that are encoded into the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from vaultdesk import __version__
from vaultdesk.adapters.web.shapes.alerts import AlertConfiguration
from vaultdesk.adapters.web.shapes.health import Health
from vaultdesk.adapters.web.shapes.messages import Message
from vaultdesk.adapters.web.shapes.options import OptionChain, Options
from vaultdesk.adapters.web.shapes.portfolio import Portfolio
from vaultdesk.adapters.web.shapes.reports import Fault, Reports
from vaultdesk.adapters.web.shapes.strategies import Strategies

Json = dict[str, Any]

REFUSALS = {
    400: "The request cannot be read.",
    401: "The token is missing or another.",
    403: "The page that asks is not among serve_origins.",
    404: "There is no such symbol, expiry or report; the sentence says what there is.",
    412: "Somebody changed the rules since the version of If-Match.",
    415: "The body is of another type.",
    421: "The server was asked for by another name than this machine's.",
    422: "A field cannot be used; it is named.",
    426: "The address is for WebSockets.",
    413: "The body is too long.",
    428: "If-Match is missing.",
    503: "A source or the disk does not answer; the sentence says which.",
}
ALWAYS = (400, 401, 421)

SYMBOL: Json = {
    "name": "symbol",
    "in": "query",
    "description": "The watched symbol; any other is not found. Left out, it is the watched one.",
    "schema": {"type": "string", "pattern": "^[A-Z0-9][A-Z0-9.=^-]{0,14}$"},
    "example": "GLD",
}
EXPIRY: Json = {
    "name": "expiry",
    "in": "query",
    "description": "A listed expiry; left out, it is the one the desk shows.",
    "schema": {"type": "string", "format": "date"},
}
NUMBER: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "Of a report in the list.",
    "schema": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
}
IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of what is to be replaced, or * for whatever is there.",
    "schema": {"type": "string", "pattern": '^("[0-9a-f]{32}"|[*])$'},
}
ETAG: Json = {"ETag": {"description": "The version.", "schema": {"type": "string"}}}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to ask.

    Attributes:
        method: in small letters.
        path: with its parameters in braces.
        says: what it answers, a sentence.
        answer: the record that is encoded; None where it is no JSON.
        parameters: of the query, the path and the headers.
        refusals: statuses besides `ALWAYS` it may answer with a Fault.
        body: the record that is taken, if any.
        etag: whether the answer has a version.
    """

    method: str
    path: str
    says: str
    answer: type | None
    parameters: tuple[Json, ...] = ()
    refusals: tuple[int, ...] = ()
    body: type | None = None
    etag: bool = False

    @property
    def name(self) -> str:
        """As the document calls the operation."""
        bare = self.path.replace("{id}.pdf", "file").strip("/").replace("/", "_").replace(".", "_")
        return f"{self.method}_{bare}"


ENDPOINTS = (
    Endpoint("get", "/health", "How the desk is.", Health),
    Endpoint("get", "/api/portfolio", "The quote and the loan.", Portfolio, (SYMBOL,), (404, 503)),
    Endpoint(
        "get",
        "/api/options",
        "The listed expiries, and in short the chain that the desk shows.",
        Options,
        (SYMBOL,),
        (404, 503),
    ),
    Endpoint(
        "get",
        "/api/options/chain",
        "One expiry with volatilities and Greeks.",
        OptionChain,
        (SYMBOL, EXPIRY),
        (404, 422, 503),
    ),
    Endpoint(
        "get",
        "/api/strategies",
        "Hedges side by side, which of them each profile prefers, and how firmly.",
        Strategies,
        (SYMBOL,),
        (404, 503),
    ),
    Endpoint(
        "get",
        "/api/alerts/configure",
        "The alert rules and quiet hours, with their version as ETag.",
        AlertConfiguration,
        refusals=(503,),
        etag=True,
    ),
    Endpoint(
        "put",
        "/api/alerts/configure",
        "Replace all rules and the quiet hours, as the dialog of the desk does.",
        AlertConfiguration,
        (IF_MATCH,),
        (412, 413, 415, 422, 428, 503),
        AlertConfiguration,
        etag=True,
    ),
    Endpoint("get", "/api/reports", "The reports that are kept.", Reports, refusals=(503,)),
    Endpoint("get", "/api/reports/{id}.pdf", "A report's file.", None, (NUMBER,), (404, 422, 503)),
)
QUERIES = {
    endpoint.path: frozenset(one["name"] for one in endpoint.parameters if one["in"] == "query")
    for endpoint in ENDPOINTS
}
"""The parameters that each address takes."""
RECORDS = tuple(
    dict.fromkeys(one for end in ENDPOINTS for one in (end.answer, end.body) if one is not None)
)


def document() -> Json:
    """The whole document."""
    types = (*RECORDS, Fault, Message)
    template = "#/components/schemas/{name}"
    schemas, components = msgspec.json.schema_components(types, ref_template=template)
    shapes = dict(zip(types, schemas, strict=True))
    paths: Json = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method] = _operation(endpoint, shapes)
    paths["/ws/updates"] = {"get": _updates(shapes[Fault])}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "VaultDesk",
            "version": __version__,
            "description": "The desk's numbers for other programs; each with its source, its age "
            "and how far it may be trusted.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Message": shapes[Message]},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, shapes: dict[Any, Json]) -> Json:
    told = {"description": endpoint.says, "content": _content(endpoint.answer, shapes)}
    if endpoint.etag:
        told["headers"] = ETAG
    responses: Json = {"200": told}
    for status in sorted((*ALWAYS, *endpoint.refusals)):
        responses[str(status)] = _refusal(status, shapes[Fault])
    if endpoint.answer is Health:
        responses["503"] = {**told, "description": "The same of a desk that is stale or failing."}
    operation: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.says,
        "responses": responses,
    }
    if endpoint.parameters:
        operation["parameters"] = list(endpoint.parameters)
    if endpoint.body is not None:
        content = {"application/json": {"schema": shapes[endpoint.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _content(answer: type | None, shapes: dict[Any, Json]) -> Json:
    if answer is None:
        return {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
    return {"application/json": {"schema": shapes[answer]}}


def _refusal(status: int, fault: Json) -> Json:
    sentence = REFUSALS.get(status, "The request is refused.")
    refusal: Json = {
        "description": sentence,
        "content": {"application/json": {"schema": fault}},
    }
    if status == 401:  # noqa: PLR2004
        refusal["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}}
    return refusal


def _updates(fault: Json) -> Json:
    names = ", ".join(kind.__struct_config__.tag for kind in get_args(Message))
    responses: Json = {"101": {"description": f"Messages of the types {names}: see Message."}}
    for status in (*ALWAYS, 403, 426, 503):
        responses[str(status)] = _refusal(status, fault)
    return {
        "operationId": "get_ws_updates",
        "summary": "A WebSocket that tells the portfolio regularly and the rest as it happens.",
        "responses": dict(sorted(responses.items())),
    }
