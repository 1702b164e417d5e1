"""The settings: what they may be, where they come from, and how the file of them is written."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from vaultdesk.settings import (
    FILE,
    Origin,
    Settings,
    SettingsError,
    declared,
    load,
    origins,
    refusal,
    save,
)
from vaultdesk.settings.declared import written

COMMENTED = """# The desk of the morning.
symbol = "IAU"   # not GLD

poll_interval_s = 45
"""


def test_every_setting_has_a_sentence_a_page_and_a_default_it_accepts() -> None:
    for setting in declared():
        assert setting.sentence.endswith("."), setting.name
        assert setting.group, setting.name
        assert refusal(setting.name, setting.default) == "", setting.name
        assert refusal(setting.name, written(setting.default)) == "", setting.name


def test_only_desktop_notices_are_on_by_default() -> None:
    on = {s.name for s in declared() if s.name.startswith("notify_") and s.default}
    assert on == {"notify_desktop"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quiet_from", "24:00"),
        ("quiet_to", "7:00"),
        ("quiet_to", "07:00\n"),
        ("mail_port", "70000"),
        ("mail_port", "587.5"),
        ("mail_from", "desk"),
        ("mail_from", "desk@example.com\nBcc: x@example.com"),
        ("mail_to", "a@example.com b@example.com"),
        ("mail_host", "smtp://example.com"),
        ("mail_security", "ssl"),
        ("webhook_url", "ftp://example.com"),
        ("webhook_shape", "teams"),
        ("notify_mail", "perhaps"),
        ("call_horizon_days", "0"),
        ("secrets_in", "file"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_same_words_everywhere(
    home: Path, name: str, value: str
) -> None:
    words = refusal(name, value)
    assert words
    with pytest.raises(SettingsError, match=name) as kept:
        save({name: value})
    assert words in str(kept.value)
    with pytest.raises(SettingsError) as flagged:
        load({name: value})
    assert words in str(flagged.value)
    assert not (home / FILE).exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("poll_interval_s", "0.5", "a number of at least 1 is wanted"),
        ("chain_days", "2000", "a whole number of at most 1,000 is wanted"),
        ("chain_days", "many", "a whole number is wanted"),
        ("risk_free_rate", "0.25", "a number of less than 0.25 is wanted"),
        ("notify_mail", "on", "it is true or false"),
        ("theme", "sepia", "not one of those allowed"),
    ],
)
def test_a_refusal_says_what_is_wanted(name: str, value: str, words: str) -> None:
    assert refusal(name, value) == words


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quiet_from", "22:30"),
        ("quiet_to", ""),
        ("mail_to", "a@example.com, b@example.com"),
        ("webhook_url", "https://example.com/hook"),
        ("notify_sound", "true"),
    ],
)
def test_what_can_be_used_is_kept(home: Path, name: str, value: str) -> None:
    save({name: value})
    assert written(getattr(load({}), name)) == value
    assert tomllib.loads((home / FILE).read_text())[name] in (value, True)


def test_writing_keeps_comments_order_and_what_was_not_changed(home: Path) -> None:
    (home / FILE).write_text(COMMENTED)
    save({"poll_interval_s": 90, "notify_mail": True})
    text = (home / FILE).read_text()
    assert text.startswith('# The desk of the morning.\nsymbol = "IAU"   # not GLD\n\n')
    assert text.index("symbol") < text.index("poll_interval_s") < text.index("notify_mail")
    assert (load({}).symbol, load({}).poll_interval_s, load({}).notify_mail) == ("IAU", 90, True)


def test_none_goes_back_to_the_default(home: Path) -> None:
    (home / FILE).write_text(COMMENTED)
    save({"symbol": None})
    assert load({}).symbol == "GLD"
    assert "symbol" not in tomllib.loads((home / FILE).read_text())
    assert origins({})["symbol"] is Origin.DEFAULT


def test_a_file_that_is_no_toml_is_not_touched(home: Path) -> None:
    (home / FILE).write_text("symbol = \n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        save({"symbol": "IAU"})
    assert (home / FILE).read_text() == "symbol = \n"


def test_another_unusable_line_in_the_file_is_named_and_nothing_is_written(home: Path) -> None:
    (home / FILE).write_text("chain_days = 0\n")
    with pytest.raises(SettingsError, match="chain_days"):
        save({"symbol": "IAU"})
    save({"chain_days": 30, "symbol": "IAU"})
    assert load({}).chain_days == 30


def test_a_folder_that_cannot_be_written_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    monkeypatch.setenv("VAULTDESK_HOME", str(tmp_path / "home" / "deep"))
    with pytest.raises(SettingsError, match=r"cannot be read|was not written"):
        save({"symbol": "IAU"})
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_linked_file_stays_a_link_and_keeps_its_rights(home: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.toml"
    real.write_text(COMMENTED)
    real.chmod(0o640)
    (home / FILE).symlink_to(real)
    save({"symbol": "SGOL"})
    assert (home / FILE).is_symlink()
    assert 'symbol = "SGOL"   # not GLD' in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_is_for_its_owner_alone_and_nothing_lies_beside_it(home: Path) -> None:
    save({"mail_user": "desk"})
    assert (home / FILE).stat().st_mode & 0o077 == 0
    assert [path.name for path in home.iterdir()] == [FILE]


def test_where_a_value_comes_from(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / FILE).write_text('symbol = "IAU"\nmail_port = 465\n')
    monkeypatch.setenv("VAULTDESK_MAIL_PORT", "25")
    found = origins({"feed": "simulated"})
    told = {name: found[name] for name in ("feed", "mail_port", "symbol", "theme")}
    assert told == {"feed": "flag", "mail_port": "variable", "symbol": "file", "theme": "default"}


_values = {
    bool: st.booleans(),
    int: st.integers(-(10**6), 10**6),
    float: st.floats(allow_nan=False, width=32),
    str: st.text(max_size=30),
}
changes = st.fixed_dictionaries(
    {},
    optional={
        setting.name: st.none()
        | (st.sampled_from(setting.choices) if setting.choices else _values[setting.kind])
        for setting in declared()
    },
)


@given(changes=changes)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_is_saved_is_what_is_loaded_or_nothing_is_written(
    home: Path, changes: dict[str, object]
) -> None:
    (home / FILE).write_text(COMMENTED)
    sound = all(v is None or not refusal(name, v) for name, v in changes.items())
    try:
        save(changes)
    except SettingsError:
        assert not sound
        assert (home / FILE).read_text() == COMMENTED
        return
    assert sound
    loaded, defaults = load({}), Settings()
    for name, value in changes.items():
        assert getattr(loaded, name) == (getattr(defaults, name) if value is None else value)
    if "symbol" not in changes:
        assert loaded.symbol == "IAU"
