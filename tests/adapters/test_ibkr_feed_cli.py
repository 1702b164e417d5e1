"""`vaultdesk status --feed ibkr`: the real program asks a fake TWS for its price."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.tws import FakeTws, in_thread
from tests.fakes.tws_prices import PricesTws


def said(home: Path, port: int, *flags: str) -> subprocess.CompletedProcess[str]:
    """What the command line says, with this TWS's port."""
    command = [sys.executable, "-m", "vaultdesk", "status", "--json", "--feed", "ibkr"]
    return subprocess.run(  # noqa: S603
        [*command, "--ibkr-port", str(port), *flags],
        env={**os.environ, "VAULTDESK_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def traded_now() -> FakeTws:
    tws = PricesTws()
    tws.traded_at = datetime.now(UTC)
    return tws


def test_the_price_comes_from_tws_and_tws_is_left_in_good_order(tmp_path: Path) -> None:
    with in_thread(traded_now) as served:
        result = said(tmp_path, served.port, "--ibkr-client-id", "23")
        served.wait(lambda tws: not tws.clients)
        kinds = served.do(lambda tws: [(e.client_id, e.kind) for e in tws.journal.entries])
    quote = json.loads(result.stdout)["quote"]
    assert (quote["symbol"], quote["bid"], quote["ask"]) == ("GLD", "309.99", "310.01")
    assert (quote["last"], quote["source"]) == ("310", "ibkr")
    assert (23, "market_data") in kinds
    assert not {"place_order", "global_cancel"} & {kind for _, kind in kinds}


def test_without_tws_the_sentence_says_what_to_start(tmp_path: Path) -> None:
    with in_thread(FakeTws) as served:
        port = served.port
    result = said(tmp_path, port)
    answer = json.loads(result.stdout)
    assert answer["quote"]["last"] is None
    assert f"Nothing listens at 127.0.0.1:{port}: start TWS or IB Gateway" in answer["problem"]
    assert "Traceback" not in result.stderr
