"""An alert as a sound: beeps of the desk's own, played by whatever program this Linux has."""

import array
import asyncio
import io
import math
import shutil
import sys
import tempfile
import wave
from collections.abc import Sequence
from contextlib import suppress
from functools import cache

from vaultdesk.core.alerts import Alert, Severity
from vaultdesk.ports import DeliveryError

PLAYERS = (
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("canberra-gtk-play", "-f"),
)
"""Programs that play the file named after them, best first."""

TIMEOUT_S = 10.0

RATE_HZ = 16_000
PITCH_HZ, PITCH_CLOSEOUT_HZ = 660, 880
BEEP_MS, PAUSE_MS, FADE_MS = 160, 90, 8
LOUDNESS = 0.4
"""Of full scale."""


class SoundChannel:
    """Beeps once for a note, twice for a warning and so on.

    What failed is not tried again: a beep that comes late tells nothing, and the alert stands in
    the list. On other systems than Linux there is no sound.
    """

    name = "sound"

    def __init__(
        self, players: Sequence[Sequence[str]] = PLAYERS, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._players, self._timeout_s = players, timeout_s

    def available(self) -> tuple[str, ...]:
        """The programs found here that could play it."""
        if sys.platform != "linux":
            return ()
        return tuple(player[0] for player in self._players if shutil.which(player[0]))

    async def deliver(self, alert: Alert, delivery_id: str) -> str:
        """Play it to the end and say by what.

        Raises:
            DeliveryError: Nothing here plays sounds.
        """
        del delivery_id
        here = self.available()
        if not here:
            raise DeliveryError(
                "No program that plays sounds is installed: install pipewire, pulseaudio-utils or "
                "alsa-utils, or switch sound off in Settings, Alerts.",
                permanent=True,
            )
        sound = await asyncio.to_thread(beeps, alert.severity)
        with tempfile.NamedTemporaryFile(prefix="vaultdesk-", suffix=".wav") as file:
            file.write(sound)
            file.flush()
            for player in self._players:
                if player[0] in here and await self._plays((*player, file.name)):
                    return f"played by {player[0]}"
        raise DeliveryError(
            f"{' and '.join(here)} could not play a sound: check the sound of this machine.",
            permanent=True,
        )

    async def _plays(self, command: Sequence[str]) -> bool:
        nothing = asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=nothing, stdout=nothing, stderr=nothing
            )
        except OSError:
            return False
        try:
            async with asyncio.timeout(self._timeout_s):
                return await process.wait() == 0
        except TimeoutError:
            return False
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()


@cache
def beeps(severity: Severity) -> bytes:
    """A WAV file, 16 bit mono: one beep more for each degree, higher for a close-out."""
    pitch = PITCH_CLOSEOUT_HZ if severity is Severity.CLOSEOUT else PITCH_HZ
    beep = [_sample(pitch, place) for place in range(BEEP_MS * RATE_HZ // 1000)]
    pause = [0] * (PAUSE_MS * RATE_HZ // 1000)
    samples = array.array("h", (beep + pause) * (severity + 1))
    if sys.byteorder == "big":
        samples.byteswap()  # WAV is little-endian
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, RATE_HZ, len(samples), "NONE", ""))
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def _sample(pitch: int, place: int) -> int:
    """A sine that swells and fades, so that it does not click."""
    fade = FADE_MS * RATE_HZ / 1000
    left = BEEP_MS * RATE_HZ / 1000 - place
    swell = min(1.0, place / fade, left / fade)
    return round(32767 * LOUDNESS * swell * math.sin(2 * math.pi * pitch * place / RATE_HZ))
