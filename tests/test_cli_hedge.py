"""`vaultdesk hedge`: compare, find and replay on the command line."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.hedge_tape import hedge_tape
from vaultdesk.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FIND = ("hedge", "find", "--json", "--max-ltv", "0.70", "--max-fall", "0.30")
HORIZON = ("--horizon", "2026-12-18")
LOAN = ("--units", "10000", "--amount", "2100000", "--call-ltv", "0.75", "--closeout-ltv", "0.85")


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A loan at 60 % in an empty home, and the feed that has options on it."""
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home"))
    assert main(["loan", "set", *LOAN]) == 0
    return f"recorded:{hedge_tape(tmp_path / 'gold.market.jsonl.gz')}"


def answered(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    assert main([*arguments]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_find_names_listed_contracts_and_what_they_cost(
    market: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, *FIND, *HORIZON, "--use", "pledged", "--feed", market)
    assert answer["problem"] == ""
    assert answer["worst_ltv"] <= 0.70 + 1e-9
    assert 0 <= answer["gap"] <= 1e-6
    premium = sum(
        (Decimal(leg["price"]) * leg["contracts"] * 100 for leg in answer["legs"]), Decimal(0)
    )
    fees = sum(max(Decimal("0.65") * leg["contracts"], Decimal(1)) for leg in answer["legs"])
    assert Decimal(answer["cost"]) == premium + fees
    for leg in answer["legs"]:
        assert {"symbol", "expiry", "strike", "right", "contracts", "price"} <= set(leg)
        assert leg["expiry"] >= "2026-12-18"
        assert leg["right"] == "P"


def test_repaying_takes_fewer_contracts_than_pledging(
    market: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pledged = answered(capsys, *FIND, *HORIZON, "--use", "pledged", "--feed", market)
    repays = answered(capsys, *FIND, *HORIZON, "--use", "repays", "--feed", market)
    assert Decimal(repays["cost"]) < Decimal(pledged["cost"])


def test_a_payoff_that_stays_with_the_broker_helps_the_bank_nothing(
    market: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, *FIND, *HORIZON, "--use", "broker", "--feed", market)
    assert answer["legs"] == []
    assert "broker" in answer["problem"]


def test_a_budget_that_is_too_small_is_answered_by_what_it_can_do(
    market: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, *FIND, *HORIZON, "--budget", "5000", "--feed", market)
    assert answer["problem"]
    assert 0.70 < float(answer["nearest_ltv"]) < 1
    assert 0 < float(answer["nearest_fall"]) < 0.30


def test_compare_tells_all_candidates_and_a_winner_for_each_profile(
    market: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answered(capsys, "hedge", "compare", "--json", "--feed", market)
    names = [one["name"] for one in answer["strategies"]]
    assert names[:6] == [
        "protective_put_atm",
        "protective_put_otm_95",
        "protective_put_otm_90",
        "laddered_put_50_50_atm_otm95",
        "laddered_put_33_33_33_atm_otm95_otm90",
        "lease_duration_analysis",
    ]
    assert set(answer["recommendations"]) == {"conservative", "cost_sensitive", "balanced"}
    for places in answer["recommendations"].values():
        assert [one["place"] for one in places] == list(range(1, len(places) + 1))
        assert places[0]["sentence"]
    put = answer["strategies"][1]
    assert put["legs"][0]["contracts"] == 100
    assert put["cost"]["of_portfolio"]
    assert put["protection"]["guaranteed_until"] == "2026-10-16"
    assert len(put["scenarios"]) == 11


def test_quotes_without_a_bid_recommend_nothing_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home"))
    main(["loan", "set", *LOAN])
    feed = f"recorded:{hedge_tape(tmp_path / 'gold.market.jsonl.gz', zeros=True)}"
    answer = answered(capsys, "hedge", "compare", "--json", "--feed", feed)
    assert answer["problem"]
    assert not any(answer["recommendations"].values())
    assert all(one["problem"] for one in answer["strategies"])


@pytest.mark.parametrize("command", [("compare",), ("find", *FIND[3:], *HORIZON)])
@pytest.mark.parametrize("suffix", ["json", "json.gz"])
def test_a_saved_answer_comes_out_the_same(
    market: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
    suffix: str,
) -> None:
    kept = str(tmp_path / f"kept.{suffix}")
    ask = ("hedge", command[0], "--json", *command[1:], "--feed", market, "--save", kept)
    answer = answered(capsys, *ask)
    again = answered(capsys, "hedge", "replay", "--json", kept)
    assert again["same"] is True
    assert again["answer"] == answer


def test_an_altered_record_is_found_out(
    market: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    answer = answered(capsys, *FIND, *HORIZON, "--feed", market, "--save", str(kept))
    kept.write_text(kept.read_text().replace(f'"{answer["cost"]}"', '"1.00"'))
    assert answered(capsys, "hedge", "replay", "--json", str(kept), code=1)["same"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("find", "--max-fall", "0.3", *HORIZON), "--max-ltv is missing"),
        (("find", "--max-ltv", "70", "--max-fall", "0.3", *HORIZON), "between 0 and 1"),
        (("find", "--max-ltv", "0.7", "--max-fall", "0.3"), "--horizon is missing"),
        (("find", *FIND[3:], *HORIZON, "--budget", "-1"), "must not be below 0"),
        (("find", *FIND[3:], *HORIZON, "--budget", "much"), "plain number"),
        (("compare", "--days", "0"), "at least 1"),
        (("replay", "nothing.json"), "cannot be read"),
    ],
)
def test_bad_input_gets_one_sentence(
    market: str, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert main(["hedge", *arguments, "--feed", market]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_without_a_loan_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home"))
    feed = f"recorded:{hedge_tape(tmp_path / 'gold.market.jsonl.gz')}"
    answer = answered(capsys, *FIND, *HORIZON, "--feed", feed)
    assert answer["legs"] == []
    assert answer["problem"] == "No loan is set up."
