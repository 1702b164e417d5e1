"""Whole processes with a Yahoo feed: what they load, how they end, where they may write."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.fakes.yahoo import FakeYahoo, Fault

pytest_plugins = ["tests.fakes.yahoo_fixtures"]


def run(code: str, yahoo: FakeYahoo | None = None) -> subprocess.Popen[str]:
    """Start Python with this code, led to the fake."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env={**os.environ, **(yahoo.variables() if yahoo else {})},
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_importing_the_feed_loads_nothing_heavy() -> None:
    process = run("""
        import sys
        import vaultdesk.adapters.yahoo
        heavy = {"yfinance", "pandas", "numpy", "curl_cffi", "aiohttp", "google", "peewee"}
        print(sorted(heavy & set(sys.modules)))
    """)
    assert process.communicate(timeout=30)[0].strip() == "[]"


@pytest.mark.parametrize("closes", [True, False], ids=["closed", "not closed"])
def test_a_process_with_a_hanging_request_ends_in_no_time(
    fake_yahoo: FakeYahoo, tmp_path: Path, closes: bool
) -> None:
    fake_yahoo.faults = {Fault.SLOW}
    code = f"""
        import asyncio, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from vaultdesk.adapters.yahoo import YahooFeed

        class Clock:
            def now(self):
                return datetime.now(UTC)

        async def main():
            feed = YahooFeed(Clock(), Path({str(tmp_path)!r}))
            call = asyncio.create_task(feed.quote("GLD"))
            await asyncio.to_thread(sys.stdin.readline)
            if {closes}:
                await feed.close()

        asyncio.run(main())
        print("over")
    """
    process = run(code, fake_yahoo)
    fake_yahoo.wait(lambda: fake_yahoo.data_requests() > 0)
    start = time.monotonic()
    output, _ = process.communicate("\n", timeout=30)
    assert time.monotonic() - start < 2
    assert (process.returncode, output.strip()) == (0, "over")


@pytest.mark.parametrize("folder", ["a file/folder", "corrupt"])
def test_a_folder_that_cannot_be_used_costs_only_a_few_more_requests(
    fake_yahoo: FakeYahoo, tmp_path: Path, folder: str
) -> None:
    (tmp_path / "a file").touch()
    (tmp_path / "corrupt").mkdir()
    for name in ("tkr-tz.db", "cookies.db"):
        (tmp_path / "corrupt" / name).write_bytes(b"this is no database" * 100)
    fake_yahoo.faults = {Fault.TRUNCATED}
    code = f"""
        import asyncio, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from vaultdesk.adapters.yahoo import YahooFeed
        from vaultdesk.ports import FeedError

        class Clock:
            def now(self):
                return datetime.now(UTC)

        async def main():
            feed = YahooFeed(Clock(), Path({str(tmp_path / folder)!r}))
            try:
                await feed.quote("GLD")
            except FeedError as error:
                print(error.fault, flush=True)
            sys.stdin.readline()
            print((await feed.quote("GLD")).last, len(await feed.expirations("GLD")))
            await feed.close()

        asyncio.run(main())
    """
    process = run(code, fake_yahoo)
    assert process.stdout is not None
    assert process.stdout.readline() == "malformed answer\n"
    fake_yahoo.faults = set()
    assert process.communicate("\n", timeout=30)[0].strip() == "377.01 6"
