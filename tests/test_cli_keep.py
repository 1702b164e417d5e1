"""`vaultdesk backup`, `restore`, `export`, `import`: what they say, and their exit codes."""

import json
from pathlib import Path

import pytest

from tests.fakes.profiles import contents, furnished
from vaultdesk.cli import main
from vaultdesk.services.home_lock import HomeLock

Run = tuple[int, list[str], str]


@pytest.fixture
def profile(home: Path) -> Path:
    return furnished(home)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Run:
    code = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err


def test_backup_verify_restore(
    profile: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "desk.vaultdesk"
    code, (line,), problem = run(capsys, "backup", path)
    assert (code, problem) == (0, "")
    assert line.startswith(f"{path}: 4 files of ")
    code, lines, _ = run(capsys, "backup", "--verify", path)
    assert code == 0
    assert lines[0].startswith("whole: 4 files of ")
    assert [line.split("  ")[1] for line in lines[1:5]] == [
        *("desk.db", "settings.toml", "window/Morning check.workspace", "window/theme.txt")
    ]
    assert "audit log: 13 entries, orders: 2, trades: 1; seal of the last entry: " in lines[5]
    (profile / "settings.toml").write_text('theme = "light"\n')
    code, lines, problem = run(capsys, "restore", path)
    assert (code, problem) == (0, "")
    assert lines[0].startswith("Restored: 4 files of ")
    assert "before-restore-" in lines[1]
    assert "compared with the broker" in lines[2]
    assert 'theme = "dark"' in (profile / "settings.toml").read_text()


def test_the_vault_goes_along_when_asked(profile: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, (line,), _ = run(capsys, "backup", profile / "a.vaultdesk", "--with-vault")
    assert code == 0
    assert ": 5 files of " in line


@pytest.mark.usefixtures("profile")
def test_a_damaged_backup_is_told_with_exit_code_one(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(home)
    path = home / "torn.vaultdesk"
    path.write_bytes(b"PK")
    for command in (("backup", "--verify"), ("restore",)):
        code, lines, problem = run(capsys, *command, path)
        assert (code, lines) == (1, [])
        assert "torn.vaultdesk is damaged" in problem
        assert problem.count("\n") == 1
    assert contents(home) == before


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize(
    "command",
    [
        *(("backup", "desk.zip"), ("export", "."), ("import", "nowhere")),
        ("export", "x", "--format", "xml"),
    ],
)
def test_bad_input_is_told_with_exit_code_two(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code, lines, problem = run(capsys, *command)
    except SystemExit as ended:
        code, lines, problem = int(str(ended.code)), [], capsys.readouterr().err
    assert (code, lines) == (2, [])
    assert problem.count("\n") == 1


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("form", ["csv", "json"])
def test_export_and_import(
    capsys: pytest.CaptureFixture[str], form: str,
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out, home = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("new")
    code, (line,), _ = run(capsys, "export", out / "all", "--format", form)
    assert code == 0
    assert "facilities 2, snapshots 2, alert_desk 1" in line
    assert "loan_terms" not in line, "it is empty"
    monkeypatch.setenv("VAULTDESK_HOME", str(home))
    code, (line,), _ = run(capsys, "import", out / "all")
    assert code == 0
    assert line.startswith("Imported: facilities 2")
    code, lines, problem = run(capsys, "import", out / "all")
    assert (code, lines) == (2, [])
    assert "add --replace" in problem
    code, lines, _ = run(capsys, "import", out / "all", "--replace")
    assert code == 0
    assert "before-restore-" in lines[1]
    code, lines, _ = run(capsys, "loan", "show")
    assert code == 0
    assert "12000.50" in "".join(lines)


def test_csv_is_the_form_unless_another_is_named(
    profile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "export", profile / "all")
    assert json.loads((profile / "all" / "export.json").read_text())["rows"]["alerts"] == 2


@pytest.mark.usefixtures("profile")
def test_with_a_desk_open_backups_are_made_and_nothing_is_replaced(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = HomeLock(home, "desk")
    assert desk.acquire()
    path = home / "a.vaultdesk"
    assert run(capsys, "backup", path)[0] == 0
    code, _, problem = run(capsys, "restore", path)
    assert code == 2
    assert "close it first" in problem
    desk.release()
    assert run(capsys, "restore", path)[0] == 0


@pytest.mark.usefixtures("profile")
def test_the_demonstration_has_a_backup_of_its_own(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, problem = run(capsys, "backup", home / "a.vaultdesk", "--demo")
    assert code == 1
    assert str(home / "demo" / "desk.db") in problem
