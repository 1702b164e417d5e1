"""The command line: what it answers, in which shape, and how it refuses."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.tape import tape
from vaultdesk import __version__, cli
from vaultdesk.cli import main

LOAN = ("loan", "set", "--symbol", "GLD", "--units", "10000", "--amount", "2100000")
LEVELS = ("--call-ltv", "0.75", "--closeout-ltv", "0.85")


def ask(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main(["status", "--json", *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    try:
        code = main(arguments)
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1
    assert "Traceback" not in sentence
    return sentence


@pytest.mark.usefixtures("home")
def test_the_reference_loan_at_a_price_of_one_s_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*LOAN, *LEVELS]) == 0
    answer = ask(capsys, "--at-price", "350.00")
    assert answer["quote"]["quality"] == "HYPOTHETICAL"
    assert answer["quote"]["last"] == "350.00"
    loan = answer["loan"]
    assert Decimal(loan["ltv"]) == Decimal("0.6")
    assert Decimal(loan["value"]) == 3_500_000
    assert Decimal(loan["call_price"]) == 280
    assert loan["closeout_price"] == "247.0588"
    assert loan["zone"] == "safe"
    assert Decimal(loan["distance"]) == 70
    assert Decimal(loan["distance_pct"]) == 20
    assert loan["currency"] == "USD"
    assert "problem" not in answer


@pytest.mark.usefixtures("home")
def test_the_reference_cure(capsys: pytest.CaptureFixture[str]) -> None:
    main([*LOAN, *LEVELS])
    loan = ask(capsys, "--at-price", "262.50", "--cure-to", "0.65")["loan"]
    assert loan["zone"] == "call"
    assert loan["cure"]["repay"] == "393750.00"
    assert loan["cure"]["pledge"] == "605769.23"


@pytest.mark.usefixtures("home")
def test_without_a_loan_the_loan_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(capsys, "--at-price", "350")["loan"] is None


@pytest.mark.usefixtures("home")
def test_a_recorded_price_values_the_loan_with_its_source_and_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([*LOAN, *LEVELS])
    file = tape(tmp_path / "gld.market.jsonl", ("GLD", "350.00"))
    answer = ask(capsys, "--feed", f"recorded:{file}")
    quote = answer["quote"]
    assert quote["last"] == "350.00"
    assert datetime.fromisoformat(quote["at"]) == datetime(2026, 7, 10, 16, tzinfo=UTC)
    assert quote["at"].endswith("+00:00")
    assert "recorded" in quote["source"]
    assert quote["quality"] == "CACHED"
    assert quote["age_s"] == 0
    assert Decimal(answer["loan"]["ltv"]) == Decimal("0.6")


@pytest.mark.usefixtures("home")
def test_a_recording_of_another_symbol_values_nothing_and_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([*LOAN, *LEVELS])
    file = tape(tmp_path / "spy.market.jsonl", ("SPY", "750.00"))
    answer = ask(capsys, "--feed", f"recorded:{file}")
    assert answer["loan"]["ltv"] is None
    assert answer["loan"]["amount"] == "2100000"
    assert "SPY" in answer["problem"]


@pytest.mark.usefixtures("home")
def test_the_demonstration_is_marked_and_never_mixes(capsys: pytest.CaptureFixture[str]) -> None:
    main([*LOAN, *LEVELS])
    answer = ask(capsys, "--demo")
    assert answer["quote"]["quality"] == "SIMULATED"
    assert Decimal(answer["loan"]["amount"]) == 2_450_000
    again = ask(capsys, "--at-price", "350")
    assert Decimal(again["loan"]["amount"]) == 2_100_000


@pytest.mark.usefixtures("home")
def test_the_simulated_prices_the_same_from_the_same_seed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    pinned = ("--feed", "simulated", "--simulated-start", "2026-07-10T10:00:00-04:00")
    first = ask(capsys, *pinned, "--simulated-seed", "11")["quote"]
    second = ask(capsys, *pinned, "--simulated-seed", "11")["quote"]
    other = ask(capsys, *pinned, "--simulated-seed", "12")["quote"]
    assert (first["last"], first["source"]) == (second["last"], second["source"])
    assert first["source"] != other["source"]
    assert first["at"] == "2026-07-10T14:00:00+00:00"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("status", "--json", "--at-price", "abc"), "--at-price"),
        (("status", "--json", "--at-price", "0"), "more than zero"),
        (("status", "--json", "--at-price", "-3"), "more than zero"),
        (("status", "--json", "--cure-to", "1.2"), "--cure-to"),
        (("status", "--json", "--feed", "bloomberg"), "yahoo, ibkr, simulated or recorded"),
        (("status", "--json", "--feed", "recorded:/no/such/file"), "There is no recording"),
        (("status", "--poll-interval-s", "0"), "--poll-interval-s"),
        ((*LOAN,), "--call-ltv"),
        ((*LOAN, "--call-ltv", "0.9", "--closeout-ltv", "0.85"), "lower it"),
        ((*LOAN, "--call-ltv", "75", "--closeout-ltv", "85"), "between 0 % and 100 %"),
        (("loan", "set", "--units", "-1", "--amount", "5", *LEVELS), "units pledged"),
        (("loan", "set", "--units", "1e", "--amount", "5", *LEVELS), "--units"),
        (("nonsense",), "nonsense"),
        (("--after", "x"), "--after"),
        (("--size", "big"), "1280x800"),
        (("--demo", "--feed", "yahoo"), "--demo"),
        (("--simulated-start", "noon", "status", "--feed", "simulated"), "--simulated-start"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], word: str
) -> None:
    assert word in refused(capsys, *arguments)


def test_a_malformed_settings_file_is_named(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    (home / "settings.toml").write_text("poll_interval_s = = 3")
    sentence = refused(capsys, "status", "--json", "--at-price", "350")
    assert str(home / "settings.toml") in sentence


def test_a_damaged_database_is_told_and_left_alone(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "desk.db").write_bytes(b"not a database " * 400)
    answer = ask(capsys, "--at-price", "350")
    assert "is damaged and was left as it is" in answer["problem"]
    assert main([*LOAN, *LEVELS]) == 1
    assert "is damaged" in capsys.readouterr().err
    assert (home / "desk.db").read_bytes() == b"not a database " * 400


@pytest.mark.usefixtures("home")
def test_settings_come_from_the_file_the_variable_and_the_flag_in_this_order(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaultdesk.settings import load  # noqa: PLC0415

    (home / "settings.toml").write_text("poll_interval_s = 10\nchain_days = 30\n")
    assert load({}).poll_interval_s == 10
    monkeypatch.setenv("VAULTDESK_POLL_INTERVAL_S", "20")
    assert load({}).poll_interval_s == 20
    assert load({"poll_interval_s": "25"}).poll_interval_s == 25
    assert load({}).chain_days == 30


@pytest.mark.usefixtures("home")
def test_the_style_of_exercise_is_a_setting_like_any_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaultdesk.settings import load  # noqa: PLC0415

    assert load({}).exercise_style == "", "left to what was last chosen in the window"
    monkeypatch.setenv("VAULTDESK_EXERCISE_STYLE", "european")
    assert load({}).exercise_style == "european"
    assert load({"exercise_style": "american"}).exercise_style == "american"
    sentence = refused(capsys, "status", "--at-price", "350", "--exercise-style", "asian")
    assert "american or european" in sentence


def test_status_needs_no_window_and_no_qt(home: Path) -> None:
    code = (
        "import sys; from vaultdesk.cli import main\n"
        "code = main(['status', '--json', '--at-price', '350'])\n"
        "assert not [m for m in sys.modules if m.startswith(('PySide6', 'pandas', 'yfinance'))]\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env={"VAULTDESK_HOME": str(home), "PATH": ""},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"vaultdesk {__version__}\n"


@pytest.mark.recorded
@pytest.mark.usefixtures("home")
def test_the_recorded_close_of_gld(capsys: pytest.CaptureFixture[str], recorded: Path) -> None:
    main([*LOAN, *LEVELS])
    file = recorded / "options" / "GLD-2026-07-10.market.jsonl.gz"
    answer = ask(capsys, "--feed", f"recorded:{file}")
    assert answer["quote"]["last"] == "377.01"
    expected = Decimal(2_100_000) / (10_000 * Decimal("377.01"))
    assert abs(Decimal(answer["loan"]["ltv"]) - expected) < Decimal("1e-8")


def test_a_recording_of_the_simulated_market_replays(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    out = home / "market.jsonl.gz"
    pinned = ("--simulated-start", "2026-07-10T10:00:00-04:00")
    recorded = ("record", "--feed", "simulated", *pinned, "--out", str(out), "--seconds", "1")
    assert main(recorded) == 0
    told = capsys.readouterr().out
    assert "1 chain" in told
    quote = ask(capsys, "--feed", f"recorded:{out}")["quote"]
    assert quote["quality"] == "SIMULATED"
    assert quote["source"] == "simulated (seed 7) (recorded)"
    assert abs(Decimal(quote["last"]) - Decimal("377.01")) < 5


def test_a_recording_into_nowhere_says_so(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["record", "--feed", "simulated", "--out", str(home / "no" / "file.gz")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("home")
def test_status_tells_the_ratios_and_what_each_divides(capsys: pytest.CaptureFixture[str]) -> None:
    main([*LOAN, *LEVELS])
    loan = ask(capsys, "--at-price", "262.50", "--cure-to", "0.65")["loan"]
    assert loan["lending_value"] == "1837500.00"
    assert loan["utilisation"] == "1.14285714"
    assert loan["cash_ltv"] == loan["ltv"] == "0.80000000"
    assert loan["headroom"] == "-262500.00"
    assert loan["cure"]["sell"] == "1125000.00"
    assert loan["call_price"] == "280.0000"
    assert Decimal(loan["call_ounce"]) > 3_000


@pytest.mark.usefixtures("home")
def test_interest_and_advance_rate_are_set_by_flags(capsys: pytest.CaptureFixture[str]) -> None:
    since = (datetime.now(UTC) - timedelta(days=180)).date().isoformat()
    more = ("--advance-rate", "0.5", "--rate", "0.06", "--interest-since", since)
    main([*LOAN, *LEVELS, *more, "--day-count", "act/360"])
    loan = ask(capsys, "--at-price", "350")["loan"]
    assert loan["lending_value"] == "1750000.00"
    assert Decimal(loan["interest"]) in {Decimal(62_650), Decimal(63_000), Decimal(63_350)}
    assert Decimal(loan["amount"]) == Decimal(2_100_000) + Decimal(loan["interest"])


@pytest.mark.usefixtures("home")
def test_a_facility_goes_out_as_json_and_comes_back_from_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([*LOAN, *LEVELS, "--cure-days", "3"])
    assert main(["loan", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["cure"]["count"] == 3
    shown["lots"].append({"asset": "cash", "symbol": "USD", "quantity": "500000", "unit": "USD"})
    file = tmp_path / "facility.json"
    file.write_text(json.dumps(shown))
    assert main(["loan", "set", "--file", str(file)]) == 0
    loan = ask(capsys, "--at-price", "350")["loan"]
    assert loan["value"] == "4000000.00"
    assert Decimal(loan["call_price"]) == Decimal(230)
    assert main(["loan", "show"]) == 0
    assert "500000 USD USD" in capsys.readouterr().out


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"lots": []}, "Nothing is pledged"),
        ({"colour": "red"}, "'colour'"),
        ({"call_ltv": "0.9"}, "margin call must come before"),
        ({"tranches": [{"principal": "many"}]}, "tranches"),
    ],
)
def test_a_file_that_holds_no_sound_facility_says_why(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: dict[str, object], word: str
) -> None:
    main([*LOAN, *LEVELS])
    main(["loan", "show", "--json"])
    file = tmp_path / "facility.json"
    file.write_text(json.dumps(json.loads(capsys.readouterr().out) | change))
    assert word in refused(capsys, "loan", "set", "--file", str(file))
    assert "cannot be read" in refused(capsys, "loan", "set", "--file", str(tmp_path / "none.json"))


def test_every_command_is_known_before_any_is_loaded() -> None:
    groups = cli._parser()._subparsers
    assert groups is not None
    choices = groups._group_actions[0].choices
    assert isinstance(choices, dict)
    assert set(choices) == cli.COMMANDS


def test_a_window_loads_no_command() -> None:
    check = (
        "import sys; from vaultdesk import cli; cli._read(['--demo', '--size', '800x600']);"
        "print([m for m in sys.modules if m.startswith('vaultdesk.cli.')])"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, text=True)  # noqa: S603
    assert done.stdout.strip() == "['vaultdesk.cli.reading']"


def test_an_unknown_command_is_told_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--demo", "hegde"])
    assert ended.value.code == 2
    assert "hedge" in capsys.readouterr().err


def test_a_reader_who_leaves_early_sees_no_traceback(home: Path) -> None:
    del home
    program = [sys.executable, "-m", "vaultdesk", "health", "--json"]
    gone, answer = os.pipe()
    os.close(gone)
    try:
        done = subprocess.run(  # noqa: S603
            program, stdout=answer, stderr=subprocess.PIPE, check=False, text=True
        )
    finally:
        os.close(answer)
    assert (done.returncode, done.stderr) == (1, "")
