"""A stress in words: what a crash would have done, what it is told by, and what a hedge pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.hedge.stress.inputs import last_day
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.ui.format import (
    dated,
    in_percent,
    money,
    number,
    percent,
    signed,
    ungrouped,
)
from vaultdesk.ui.translation import tr
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

CHOOSE = tr("No hedge is on the desk: choose one in the Strategy, Compare or Finder panel.")
USES = {
    Use.PLEDGED: tr("payoff pledged"),
    Use.REPAYS: tr("payoff repays the loan"),
    Use.BROKER: tr("payoff stays at the broker"),
}


def where(config: StrategyConfig, stress: Stress) -> str:
    """The price and the date that are looked at."""
    spot = config.spot_price * (1 + stress.gold)
    when = (
        "now" if not stress.days else tr("on {config}").format(config=day_word(config, stress.days))
    )
    return f"{config.board.symbol} {number(spot)} {when}"


def contracts(position: Position) -> str:
    """Every leg of a hedge, "100 of the 330 put of 2026-12-18"."""
    return "\n".join(
        tr("{contracts} of the {words}").format(
            contracts=ungrouped(leg.contracts), words=leg.listed.words
        )
        for leg in position.legs
    )


def episode_name(episode: Episode) -> str:
    """An episode in a list."""
    return f"{episode.key}  {episode.title}, {signed(100 * episode.depth, 1)} %"


def basis(path: CrashPath, reason: str) -> str:
    """What a path is made of; `reason` is why there are no daily closes, if that is known."""
    episode = path.episode
    span = tr("{start} to {trough}").format(
        start=dated(episode.start), trough=dated(episode.trough)
    )
    if path.measured:
        return tr("By GLD's {count} daily closes of {span}, begun today.").format(
            count=len(path.days), span=span
        )
    facts = tr("{depth} % from {span}, worst day {worst_day} {worst} %").format(
        depth=signed(100 * episode.depth, 1),
        span=span,
        worst_day=dated(episode.worst_day),
        worst=signed(100 * episode.worst, 2),
    )
    told = tr(
        "Built from the published drawdown, not from daily data: GLD {facts}. Begun today."
    ).format(facts=facts)
    return f"{told} {reason}".strip()


def tornado_note(swings: Swings, ratio: Ratio, *, hedged: bool) -> str:
    """What the bars start from, and which inputs have none."""
    side = tr("with the hedge") if hedged else tr("without a hedge")
    text = tr("{upper}{value} {side}, each input moved alone from here.").format(
        upper=ratio.value[0].upper(), value=ratio.value[1:], side=side
    )
    idle = swings.idle(ratio)
    return (
        tr("{text} No difference here: {lower}.").format(text=text, lower=", ".join(idle).lower())
        if idle
        else text
    )


def crash_told(look: Look, replay: CrashReplay) -> str:
    """What an episode does to the loan, first without the hedge."""
    config, bare = look.config, replay.worst
    unhedged = _side(config, replay.called, bare, bare.bare.ltv, bare.bare.cure.repay)
    if not look.hedged:
        return tr("Unprotected: {unhedged}").format(unhedged=unhedged)
    worst = replay.hedged_worst
    hedged = _side(config, replay.hedged_called, worst, worst.hedged.hedged_ltv, worst.hedged.cure)
    ended = last_day(config, look.position)
    if ended < replay.points[-1].stress.days:
        hedged += tr(
            " The hedge ends on {config}; what it has paid until then is not counted on afterwards."
        ).format(config=day_word(config, ended))
    return tr("Unprotected: {unhedged}\nProtected: {hedged}").format(
        unhedged=unhedged, hedged=hedged
    )


def _side(
    config: StrategyConfig,
    called: Point | None,
    worst: Point,
    ltv: Decimal | None,
    cure: Decimal,
) -> str:
    when = (
        tr("the bank calls on {config}").format(config=day_word(config, called.stress.days))
        if called
        else tr("no call")
    )
    reached = tr("without bound") if ltv is None else percent(ltv)
    target = in_percent(100 * config.portfolio.cure_to, 0)
    text = tr("{when}; worst LTV {reached} on {config}").format(
        when=when, reached=reached, config=day_word(config, worst.stress.days)
    )
    if cure:
        text += tr(", {cure} brings it back to {target}").format(
            cure=money(cure, config.portfolio.terms.currency, 0), target=target
        )
    return f"{text}."
