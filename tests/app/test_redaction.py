"""What leaves the desk: no secret in any disguise, no address, and nothing else taken away."""

import base64
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultdesk.app.redaction import GONE, CleanFormatter, Redactor, masked

SECRETS = st.text(min_size=4, max_size=30).filter(lambda text: len(text.strip()) >= 4)


def test_a_learned_secret_is_gone_in_every_disguise() -> None:
    secret = 'pa ss"wörd/+1'
    made = Redactor()
    made.learn(secret)
    coded = base64.b64encode(f"\0user\0{secret}".encode()).decode()
    for text in (
        secret,
        f"login failed: {secret!r}",
        "pa%20ss%22w%C3%B6rd%2F%2B1",
        "pa+ss%22w%C3%B6rd%2F%2B1",
        'pa ss\\"w\\u00f6rd/+1',
        secret.encode().hex(),
        f"sent {secret.encode()!r}",
    ):
        assert GONE in made.clean(text), text
        assert "wörd" not in made.clean(text)
        assert "xc3" not in made.clean(text)
    assert base64.b64encode(secret.encode()).decode()[4:-4] not in made.clean(coded)


@given(SECRETS, st.text(max_size=40), st.text(max_size=40))
def test_no_learned_secret_ever_passes(secret: str, before: str, after: str) -> None:
    made = Redactor()
    made.learn(secret)
    assert secret not in made.clean(before + secret + after).replace(GONE, "")


def test_what_is_too_short_to_be_told_from_any_text_is_not_learned() -> None:
    made = Redactor()
    made.learn("at")
    made.learn("")
    made.learn("   ")
    assert made.clean("what is at stake") == "what is at stake"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ("{'authorization': 'Basic dXNlcjpwYXNz', 'x': 1}", "{'authorization': '***', 'x': 1}"),
        ("Sec-WebSocket-Protocol: bearer, AbCdEf123456", "Sec-WebSocket-Protocol: bearer, ***"),
        ("password=hunter2&user=me", "password=***&user=me"),
        ('"mail_password": "two words"', '"mail_password": ***'),
        ("crumb = 9xYz/1", "crumb = ***"),
        ("GET https://u:p@example.com/a?crumb=9x#top", "GET https://***@example.com/a?***"),
        (
            "https://hooks.example.com/services/T0/B0/xyz failed",
            "https://hooks.example.com/services/*** failed",
        ),
        ("https://example.com/r/AbCdEf0123456789ghij.", "https://example.com/r/***."),
        (
            "https://query2.example.com/v8/finance/chart/GLD",
            "https://query2.example.com/v8/finance/chart/GLD",
        ),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(text: str, clean: str) -> None:
    assert Redactor().clean(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "GLD 350.12 at 2026-11-20T15:32:07+00:00, LTV 60.0 %",
        "The password is kept in the keyring.",
        "Order vd-1f3a of DU4711 filled: 10 at 3.45",
        "A token came late",
    ],
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert Redactor().clean(text) == text


def test_the_path_of_a_secret_address_is_a_secret_by_itself() -> None:
    made = Redactor()
    made.learn("https://hooks.example.com/planted/path-x?key=planted-query")
    assert "planted" not in made.clean("Cannot POST /planted/path-x")
    assert "planted" not in made.clean("key=planted-query")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/home/ann/.local/desk.db", "~/.local/desk.db"),
        ("/home/anna/desk.db", "/home/anna/desk.db"),
        ("from ann@bank.example to b.c@d.e", "from ***@*** to ***@***"),
        ("account DU1234567 and U7654321", "account DU…67 and U…21"),
        ("10.0.0.5:8786 and 127.0.0.1:8741", "***:8786 and 127.0.0.1:8741"),
        ("PySide6 6.11.3, GLD 350.12", "PySide6 6.11.3, GLD 350.12"),
    ],
)
def test_whose_desk_it_is_is_masked(text: str, plain: str) -> None:
    assert masked(text, Path("/home/ann")) == plain


def test_a_home_at_the_root_hides_nothing_else() -> None:
    assert masked("/var/log", Path("/")) == "/var/log"


def test_a_record_s_message_arguments_and_traceback_are_written_clean() -> None:
    made = logging.getLogger("test_redaction")
    try:
        int("https://u:planted-word@example.com")
    except ValueError as error:
        record = made.makeRecord(
            "n", logging.ERROR, "f", 1, "failed: %s", (error,),
            (type(error), error, error.__traceback__),
        )  # fmt: skip
    line = CleanFormatter("%(message)s").format(record)
    assert "planted-word" not in line
    assert "Traceback" in line
    assert line.startswith("failed: invalid literal")
    assert "https://***@example.com" in line
