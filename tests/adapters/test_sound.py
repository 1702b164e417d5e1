"""Sounds, played by a real aplay to nobody, and by programs that refuse, hang or are missing."""

import asyncio
import io
import os
import stat
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fakes.alerts import ALERT
from tests.fakes.session_bus import need
from vaultdesk.adapters.notices import PLAYERS, SoundChannel
from vaultdesk.adapters.notices.sound import RATE_HZ, beeps
from vaultdesk.core.alerts import Severity
from vaultdesk.ports import DeliveryError

NOTHING = "pcm.!default { type null }\n"
"""ALSA's device that plays at once and to nobody."""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is searched for programs, beside the shell's own."""
    need("sh", "cp")
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in ("sh", "cp", "sleep"):
        (folder / name).symlink_to(
            next(p for p in ("/bin", "/usr/bin") if Path(p, name).exists()) + f"/{name}"
        )
    monkeypatch.setenv("PATH", str(folder))
    return folder


def given(folder: Path) -> str:
    return (folder / "given").read_text("utf-8").strip()


def program(folder: Path, name: str, does: str) -> None:
    path = folder / name
    path.write_text(f"#!{folder}/sh\n{does}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


async def refusal(channel: SoundChannel) -> str:
    with pytest.raises(DeliveryError) as error:
        await channel.deliver(ALERT, "a-delivery")
    assert error.value.permanent  # a late beep tells nothing
    return str(error.value)


async def test_a_real_player_takes_the_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need("aplay")
    (tmp_path / "asound.conf").write_text(NOTHING, "utf-8")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    aplay = [player for player in PLAYERS if player[0] == "aplay"]
    assert await SoundChannel(aplay).deliver(ALERT, "a-delivery") == "played by aplay"


async def test_the_player_is_given_a_wav_file_that_is_gone_afterwards(
    programs: Path, tmp_path: Path
) -> None:
    program(programs, "paplay", f'echo "$@" > {tmp_path}/given; cp "$1" {tmp_path}/copy.wav')
    assert await SoundChannel().deliver(ALERT, "a-delivery") == "played by paplay"
    assert (tmp_path / "copy.wav").read_bytes() == beeps(Severity.CRITICAL)
    assert not await asyncio.to_thread(Path(given(tmp_path)).exists)


async def test_the_next_program_is_tried_when_one_cannot(programs: Path) -> None:
    program(programs, "pw-play", "exit 1")
    program(programs, "aplay", "exit 0")
    channel = SoundChannel()
    assert channel.available() == ("pw-play", "aplay")
    assert await channel.deliver(ALERT, "a-delivery") == "played by aplay"
    program(programs, "aplay", "exit 1")
    assert "pw-play and aplay could not play" in await refusal(channel)


@pytest.mark.usefixtures("programs")
async def test_without_a_program_it_says_what_to_install() -> None:
    channel = SoundChannel()
    assert channel.available() == ()
    assert "install pipewire" in await refusal(channel)


async def test_a_program_that_is_none_counts_as_one_that_cannot(programs: Path) -> None:
    path = programs / "paplay"
    path.write_text("not a program", "utf-8")
    path.chmod(0o755)
    assert "paplay could not play" in await refusal(SoundChannel())


async def test_a_player_that_hangs_is_ended(programs: Path, tmp_path: Path) -> None:
    program(programs, "paplay", f"echo $$ > {tmp_path}/pid; exec sleep 600")
    assert "could not play" in await refusal(SoundChannel(timeout_s=0.3))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("utf-8")), 0)


async def test_a_cancelled_delivery_ends_its_player(programs: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "started"
    os.mkfifo(pipe)
    program(programs, "paplay", f"echo $$ > {pipe}; exec sleep 600")
    playing = asyncio.create_task(SoundChannel().deliver(ALERT, "a-delivery"))
    pid = int(await asyncio.to_thread(pipe.read_text, "utf-8"))
    playing.cancel()
    await asyncio.wait([playing])
    assert playing.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("severity", list(Severity))
def test_there_is_one_beep_more_for_each_degree(severity: Severity) -> None:
    with wave.open(io.BytesIO(beeps(severity))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE_HZ)
        samples = array("h", sound.readframes(sound.getnframes()))
    assert _loud_stretches(samples) == severity + 1
    assert 0.3 * 32767 < max(samples) < 0.5 * 32767
    assert abs(sum(samples)) < len(samples)  # no direct current, which clicks


def test_a_close_out_sounds_higher() -> None:
    def turns(severity: Severity) -> int:
        samples = array("h", beeps(severity)[44:][: 2 * RATE_HZ // 10])
        return sum(a < 0 <= b for a, b in pairwise(samples))

    assert turns(Severity.CLOSEOUT) == pytest.approx(88, abs=1)  # 880 Hz for 0.1 s
    assert turns(Severity.CRITICAL) == pytest.approx(66, abs=1)


def _loud_stretches(samples: "array[int]") -> int:
    """How often 10 ms of sound follow 10 ms of silence."""
    size = RATE_HZ // 100
    loud = [max(map(abs, samples[i : i + size])) > 100 for i in range(0, len(samples), size)]
    return sum(now and not before for before, now in zip([False, *loud], loud, strict=False))
