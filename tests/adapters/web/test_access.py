"""Who may ask: token, names of this machine, pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.adapters.web.access import (
    Gate,
    is_loopback,
    names_this_machine,
    new_token,
    origins_of,
    token_given,
)


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


@given(st.text(), st.text())
def test_the_gate_admits_the_token_and_nothing_else(token: str, given_one: str) -> None:
    gate = Gate(token)
    assert gate.admits(token)
    assert gate.admits(given_one) is (token == given_one)


def test_the_gate_does_not_hold_the_token() -> None:
    token = new_token()
    gate = Gate(token)
    assert token not in repr(vars(gate))
    assert token not in repr(gate)


@pytest.mark.parametrize(
    ("authorization", "protocols", "token"),
    [
        ("Bearer abc", "", "abc"),
        ("bearer  abc ", "", "abc"),
        ("", "bearer, abc", "abc"),
        ("", "bearer,abc", "abc"),
        ("Basic abc", "", ""),
        ("Bearer", "", ""),
        ("abc", "", ""),
        ("", "abc", ""),
        ("", "chat, abc", ""),
        ("", "bearer, abc, def", ""),
    ],
)
def test_the_token_stands_in_a_header_or_after_the_protocol(
    authorization: str, protocols: str, token: str
) -> None:
    assert token_given(authorization, protocols) == token


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"])
def test_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.2", "desk.example.com", "localhost.evil", ""]
)
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("header", ["127.0.0.1:8741", "localhost", "[::1]:8741", "LOCALHOST:1"])
def test_a_host_header_names_this_machine(header: str) -> None:
    assert names_this_machine(header)


@pytest.mark.parametrize(
    "header",
    [
        "evil.example.com",
        "evil.example.com:8741",
        "127.0.0.1.evil.example.com",
        "127.0.0.1@evil.example.com",
        "127.0.0.1:8741/evil",
        "127.0.0.1 evil",
        "",
        "[::1",
    ],
)
def test_a_page_that_bent_its_own_name_here_is_told_apart(header: str) -> None:
    assert not names_this_machine(header)


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(text: str) -> None:
    names_this_machine(text)
    token_given(text, text)


def test_pages_are_named_with_commas_between() -> None:
    found = origins_of("https://a.example, http://b.example:8000/,")
    assert found == {"https://a.example", "http://b.example:8000"}
    assert origins_of("") == frozenset()
