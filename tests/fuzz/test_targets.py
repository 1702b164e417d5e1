"""Sound inputs are taken, altered ones are told in a sentence, and nothing hangs or crashes."""

import faulthandler
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds

LIMIT_S = 120
"""A test that takes so long hangs: the process is ended from outside, with every thread's stack.

No alarm would do: what hangs in C, such as a number of a thousand million digits, hears none.
"""

NUMBERS = (b"0", b"-1", b"NaN", b"Infinity", b"1e400", b"1E+999999", b"9" * 60, b"1e-400", b"0x1F")
WORDS = (b"", b"null", b"true", b"{}", b"[]", b'""', b"\xff\xfe", b"\0", b"\n", b'"', b"[" * 200)
TOKEN = re.compile(rb"-?\d+(?:\.\d+)?|\"[^\"]*\"|[A-Za-z_]+")


@st.composite
def altered(draw: st.DrawFn, sound: tuple[bytes, ...]) -> bytes:
    """A sound input with some of its tokens replaced, or bytes cut out, doubled or put in."""
    data = draw(st.sampled_from(sound))
    for _ in range(draw(st.integers(1, 4))):
        tokens = list(TOKEN.finditer(data))
        whole_token = draw(st.booleans())
        if tokens and whole_token:
            start, end = draw(st.sampled_from([token.span() for token in tokens]))
        else:
            start = draw(st.integers(0, len(data)))
            end = draw(st.integers(start, min(len(data), start + 40)))
        new = draw(st.sampled_from(NUMBERS + WORDS) | st.binary(max_size=12))
        data = data[:start] + new + data[end:]
    return data


@pytest.fixture(autouse=True)
def ended_from_outside() -> Iterator[None]:
    faulthandler.dump_traceback_later(LIMIT_S, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_sound_inputs_are_taken(name: str) -> None:
    for seed in seeds(name):
        TARGETS[name](seed)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_anything_else_is_a_sentence_or_nothing(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(altered(seeds(name)) | st.binary(max_size=400))
    def run(data: bytes) -> None:
        target(data)

    run()
