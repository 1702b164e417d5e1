"""Recorded markets: the file format read and written, and a recording played back as a feed."""

from vaultdesk.adapters.recorded.recorder import RecordingFeed
from vaultdesk.adapters.recorded.replay import RecordedFeed, ReplayClock
from vaultdesk.adapters.recorded.tape import Tape, read_tape
from vaultdesk.adapters.recorded.writer import Summary, TapeWriter

__all__ = [
    "RecordedFeed",
    "RecordingFeed",
    "ReplayClock",
    "Summary",
    "Tape",
    "TapeWriter",
    "read_tape",
]
