"""What-if scenes kept under a name, and those that come with the desk."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

import msgspec

from vaultdesk.core.hedge.naming import check_name
from vaultdesk.core.hedge.stress.episodes import EPISODES, Episode
from vaultdesk.core.hedge.stress.inputs import (
    LEAST_ADVANCE,
    LEAST_FX,
    LEAST_GOLD,
    LEAST_VOL,
    MOST_ADVANCE,
    MOST_FX,
    MOST_GOLD,
    MOST_VOL,
    Stress,
)
from vaultdesk.core.money import rounded

MOST_DAYS = 3650
"""That a scene looks ahead: no listed option lives longer."""
KNOWN: Final = frozenset(field.name for field in fields(Stress))


@dataclass(frozen=True, slots=True)
class NamedScene:
    """A stress under a name, within what the panel can assume."""

    name: str
    stress: Stress

    def __post_init__(self) -> None:
        """Raise ValueError for a name nobody could read, or for what cannot be assumed."""
        check_name(self.name, "scene")
        scene, lent = self.stress, self.stress.advance
        _within(Decimal(scene.days), 0, MOST_DAYS, "A scene looks ahead", "days")
        _within(scene.vol_pts, LEAST_VOL, MOST_VOL, "Volatility moves", "points")
        _within(scene.gold, LEAST_GOLD, MOST_GOLD, "Gold moves")
        _within(scene.fx, LEAST_FX, MOST_FX, "The currency moves")
        if lent is not None:
            _within(lent, LEAST_ADVANCE, MOST_ADVANCE, "The bank lends")


def written(stress: Stress) -> str:
    """The stress as JSON, decimals as text."""
    return msgspec.json.encode(stress).decode()


def parsed(text: str) -> Stress:
    """The stress in a text.

    Raises:
        ValueError: it is none, or it assumes something that this program does not know.
    """
    try:
        found = msgspec.json.decode(text, type=dict[str, msgspec.Raw])  # its errors: ValueErrors
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if unknown := sorted(found.keys() - KNOWN):
        raise ValueError(f"it also assumes {', '.join(unknown)}")
    return msgspec.json.decode(text, type=Stress)


def _within(value: Decimal, least: int, most: int, what: str, unit: str = "%") -> None:
    """Raise ValueError for a value beyond these ends; one in per cent is a fraction."""
    by = 100 if unit == "%" else 1
    if not value.is_finite() or not Decimal(least) / by <= value <= Decimal(most) / by:
        raise ValueError(f"{what} between {least} and {most} {unit}.")


def _fallen(episode: Episode) -> NamedScene:
    """The whole fall at once, in whole per cent as the panel assumes it."""
    return NamedScene(f"{episode.key} {episode.title}", Stress(gold=rounded(episode.depth, 2)))


READY = (
    *(_fallen(one) for one in EPISODES),
    NamedScene(
        "Gold falls 20 % and volatility rises 10 points",
        Stress(gold=Decimal("-0.20"), vol_pts=Decimal(10)),
    ),
    NamedScene("The bank lends 60 %", Stress(advance=Decimal("0.60"))),
)
"""Offered to everybody; they are not stored. The smile rule is the one hedges are decided by."""
