"""A stress in words: what a crash would have done, what it is told by, and what a hedge pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.hedge.stress.inputs import last_day
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.ui.format import in_percent, money, number, percent, signed
from vaultdesk.ui.whatif.plots import day_word

if TYPE_CHECKING:
    from decimal import Decimal

    from vaultdesk.core.hedge.config import StrategyConfig
    from vaultdesk.core.hedge.position import Position
    from vaultdesk.core.hedge.stress.crash import CrashPath, CrashReplay
    from vaultdesk.core.hedge.stress.episodes import Episode
    from vaultdesk.core.hedge.stress.inputs import Stress
    from vaultdesk.core.hedge.stress.tornado import Ratio, Swings
    from vaultdesk.core.hedge.stress.views import Point
    from vaultdesk.ui.whatif.look import Look

CHOOSE = "No hedge is on the desk: choose one in the Strategy, Compare or Finder panel."
USES = {
    Use.PLEDGED: "payoff pledged",
    Use.REPAYS: "payoff repays the loan",
    Use.BROKER: "payoff stays at the broker",
}


def where(config: StrategyConfig, stress: Stress) -> str:
    """The price and the date that are looked at."""
    spot = config.spot_price * (1 + stress.gold)
    when = "now" if not stress.days else f"on {day_word(config, stress.days)}"
    return f"{config.board.symbol} {number(spot)} {when}"


def contracts(position: Position) -> str:
    """Every leg of a hedge, "100 of the 330 put of 2026-12-18"."""
    return "\n".join(f"{leg.contracts:f} of the {leg.listed.words}" for leg in position.legs)


def episode_name(episode: Episode) -> str:
    """An episode in a list."""
    return f"{episode.key}  {episode.title}, {signed(100 * episode.depth, 1)} %"


def basis(path: CrashPath, reason: str) -> str:
    """What a path is made of; `reason` is why there are no daily closes, if that is known."""
    episode = path.episode
    span = f"{episode.start} to {episode.trough}"
    if path.measured:
        return f"By GLD's {len(path.days)} daily closes of {span}, begun today."
    facts = (
        f"{signed(100 * episode.depth, 1)} % from {span}, worst day {episode.worst_day} "
        f"{signed(100 * episode.worst, 2)} %"
    )
    told = f"Built from the published drawdown, not from daily data: GLD {facts}. Begun today."
    return f"{told} {reason}".strip()


def tornado_note(swings: Swings, ratio: Ratio, *, hedged: bool) -> str:
    """What the bars start from, and which inputs have none."""
    side = "with the hedge" if hedged else "without a hedge"
    text = f"{ratio.value[0].upper()}{ratio.value[1:]} {side}, each input moved alone from here."
    idle = swings.idle(ratio)
    return f"{text} No difference here: {', '.join(idle).lower()}." if idle else text


def crash_told(look: Look, replay: CrashReplay) -> str:
    """What an episode does to the loan, first without the hedge."""
    config, bare = look.config, replay.worst
    unhedged = _side(config, replay.called, bare, bare.bare.ltv, bare.bare.cure.repay)
    if not look.hedged:
        return f"Unprotected: {unhedged}"
    worst = replay.hedged_worst
    hedged = _side(config, replay.hedged_called, worst, worst.hedged.hedged_ltv, worst.hedged.cure)
    ended = last_day(config, look.position)
    if ended < replay.points[-1].stress.days:
        hedged += (
            f" The hedge ends on {day_word(config, ended)}; "
            "what it has paid until then is not counted on afterwards."
        )
    return f"Unprotected: {unhedged}\nProtected: {hedged}"


def _side(
    config: StrategyConfig,
    called: Point | None,
    worst: Point,
    ltv: Decimal | None,
    cure: Decimal,
) -> str:
    when = f"the bank calls on {day_word(config, called.stress.days)}" if called else "no call"
    reached = "without bound" if ltv is None else percent(ltv)
    target = in_percent(100 * config.portfolio.cure_to, 0)
    text = f"{when}; worst LTV {reached} on {day_word(config, worst.stress.days)}"
    if cure:
        text += f", {money(cure, config.portfolio.terms.currency, 0)} brings it back to {target}"
    return f"{text}."
