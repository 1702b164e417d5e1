"""`vaultdesk hedge`: compare hedges, find the cheapest that holds, and do an answer over again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultdesk.cli.reading import FAILED, OK, day, decimal, profile, required
from vaultdesk.core.hedge.vocabulary import Use
from vaultdesk.ports import InputError

if TYPE_CHECKING:
    import argparse
    from datetime import date
    from decimal import Decimal

    from vaultdesk.app.answers.hedges import Wishes


def add(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401
    """Add the command to the parser's."""
    hedge = commands.add_parser("hedge", help="compare, find and recompute hedges")
    verbs = hedge.add_subparsers(title="hedge", required=True)
    compare = verbs.add_parser("compare", help="all candidates side by side", parents=[common])
    compare.add_argument("--days", type=int, metavar="N", help="life wished for, calendar days")
    find = verbs.add_parser("find", help="the cheapest hedge that holds", parents=[common])
    find.add_argument("--max-ltv", metavar="0.70", help="the LTV never to be exceeded")
    find.add_argument("--max-fall", metavar="0.30", help="for every fall of gold up to this")
    find.add_argument("--horizon", type=day, metavar="DATE", help="on every day until this one")
    find.add_argument("--budget", metavar="N", help="the most it may cost")
    find.add_argument("--collars", action="store_true", help="calls may be sold as well")
    find.add_argument("--max-spread", metavar="0.25", help="widest spread, a fraction of the mid")
    find.add_argument("--min-open-interest", type=int, metavar="N", help="fewest contracts open")
    for verb, work in ((compare, _compare), (find, _find)):
        _add_rules(verb)
        verb.set_defaults(command=work)
    replay = verbs.add_parser("replay", help="recompute a saved answer", parents=[common])
    replay.add_argument("file", metavar="FILE", help="written with --save, or by the window")
    replay.add_argument("--json", action="store_true", help="as JSON")
    replay.set_defaults(command=_replay)


def _add_rules(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="as JSON")
    verb.add_argument("--use", choices=[str(use) for use in Use], help="what becomes of the payoff")
    verb.add_argument("--drawn", action="store_true", help="the premium is drawn on the loan")
    verb.add_argument("--naked-calls", action="store_true", help="calls may be sold uncovered")
    verb.add_argument("--free-shares", metavar="N", help="shares that are not pledged")
    verb.add_argument("--save", metavar="FILE", help="keep inputs and answer, for hedge replay")


def _compare(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.hedges import compare, told_comparison  # noqa: PLC0415

    answer = compare(profile(namespace), _wishes(namespace))
    return _print(namespace, answer, told_comparison)


def _find(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.hedges import find, told_find  # noqa: PLC0415
    from vaultdesk.core.hedge.finder import FindRequest  # noqa: PLC0415

    horizon: date | None = namespace.horizon
    if horizon is None:
        raise InputError("--horizon is missing: give a date, such as 2026-12-18.")
    request = FindRequest(
        max_ltv=_fraction("--max-ltv", namespace.max_ltv),
        max_fall=_fraction("--max-fall", namespace.max_fall),
        horizon=horizon,
        budget=_not_negative("--budget", namespace.budget),
        collars=namespace.collars,
    )
    answer = find(profile(namespace), _wishes(namespace), request)
    return _print(namespace, answer, told_find)


def _replay(namespace: argparse.Namespace) -> int:
    from vaultdesk.app.answers.hedges import replay, told_replay  # noqa: PLC0415

    answer = replay(Path(namespace.file).expanduser())
    _print(namespace, answer, told_replay)
    return OK if answer["same"] else FAILED


def _wishes(namespace: argparse.Namespace) -> Wishes:
    from vaultdesk.app.answers.hedges import Wishes  # noqa: PLC0415

    days = getattr(namespace, "days", None)
    if days is not None and days < 1:
        raise InputError(f"--days must be at least 1, not {days}.")
    least = getattr(namespace, "min_open_interest", None)
    if least is not None and least < 0:
        raise InputError(f"--min-open-interest must not be below 0, not {least}.")
    return Wishes(
        use=Use(namespace.use) if namespace.use else None,
        days=days,
        drawn=namespace.drawn,
        naked_calls=namespace.naked_calls,
        free_units=_not_negative("--free-shares", namespace.free_shares),
        max_spread=_not_negative("--max-spread", getattr(namespace, "max_spread", None)),
        min_open_interest=least,
        save=Path(namespace.save).expanduser() if namespace.save else None,
    )


def _fraction(flag: str, text: str | None) -> Decimal:
    value = required(flag, text)
    if not 0 < value < 1:
        raise InputError(f"{flag} is a fraction between 0 and 1, such as 0.30, not {text}.")
    return value


def _not_negative(flag: str, text: str | None) -> Decimal | None:
    value = decimal(flag, text)
    if value is not None and value < 0:
        raise InputError(f"{flag} must not be below 0, not {text}.")
    return value


def _print(namespace: argparse.Namespace, answer: dict[str, Any], told: Any) -> int:  # noqa: ANN401
    print(json.dumps(answer, indent=2) if namespace.json else told(answer))  # noqa: T201
    return OK
