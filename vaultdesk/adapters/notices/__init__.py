"""Alerts on this machine: notifications of the desktop, and a sound."""

from vaultdesk.adapters.notices.desktop import Acted, DesktopChannel, NoticeAction
from vaultdesk.adapters.notices.sound import PLAYERS, SoundChannel

__all__ = ["PLAYERS", "Acted", "DesktopChannel", "NoticeAction", "SoundChannel"]
