"""The whole-number program as HiGHS takes it.

It does not count contracts strike by strike but how many there are at each strike and above: a
bound on such a sum cannot be evaded by moving a contract to the next strike. That is what closes
the gap; by single strikes the same problem can take a hundred times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vaultdesk.core.hedge.finder.program import scaled

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.hedge.finder.program import Program
    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]

TIME_UP = 1
"""HiGHS's status."""


class _Rows(NamedTuple):
    """What is minimised and the rows that bound it: least <= rows @ variables <= most."""

    cost: FloatArray
    rows: FloatArray
    least: FloatArray
    most: FloatArray
    whole: FloatArray


def mixed(
    program: Program, seconds: float, most: FloatArray | None
) -> tuple[FloatArray | None, float, bool]:
    """Best, bound and whether HiGHS was done in time; the bound is infinite where there is none.

    Args:
        program: what to solve.
        seconds: the most it may take.
        most: how many of each there may be, which lets the least commission of a leg count;
            None leaves it out, and the bound is one of the true cost nevertheless.
    """
    from scipy.optimize import LinearConstraint, milp  # noqa: PLC0415 - not before it is needed

    apart = _differences(program.group)
    posed = _posed(program, apart)
    if most is not None:
        posed = _with_least_commission(program, posed, apart, most)
    found = milp(
        posed.cost,
        integrality=posed.whole,
        constraints=LinearConstraint(posed.rows, posed.least, posed.most),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    in_time = found.status != TIME_UP
    if found.x is None:
        return None, np.inf if in_time else -np.inf, in_time
    return np.rint(apart @ found.x[: program.cost.size]), float(found.mip_dual_bound), in_time


def _differences(group: IndexArray) -> FloatArray:
    """From how many there are at a strike and above to how many there are at it."""
    return np.eye(group.size) - np.diag((group[:-1] == group[1:]).astype(np.float64), 1)


def _posed(program: Program, apart: FloatArray) -> _Rows:
    gain, need = scaled(program)
    rows = (gain @ apart, program.side @ apart, apart)
    counts = [len(part) for part in rows]
    free = np.full(counts[1], -np.inf)
    return _Rows(
        program.cost @ apart,
        np.vstack(rows),
        np.concatenate([need, free, np.zeros(counts[2])]),
        np.concatenate([np.full(counts[0], np.inf), program.limit, np.full(counts[2], np.inf)]),
        np.ones(program.cost.size),
    )


def _with_least_commission(
    program: Program, posed: _Rows, apart: FloatArray, most: FloatArray
) -> _Rows:
    """With two more variables a leg: whether it is traded, and what it lacks to the minimum.

    x <= most * traded and lack >= minimum * traded - fee * x.
    """
    count = program.cost.size
    none, one, every = np.zeros((count, count)), np.eye(count), np.ones(count)
    drawn = np.zeros((len(posed.rows), count))
    drawn[: len(program.need)] = -program.drawn / program.scale[:, np.newaxis]
    rows = np.block(
        [
            [posed.rows, np.zeros_like(drawn), drawn],
            [-apart, np.diag(most), none],
            [program.fee * apart, -program.fee_minimum * one, one],
            [none, one, none],
        ]
    )
    return _Rows(
        np.concatenate([posed.cost, 0.0 * every, every]),
        rows,
        np.concatenate([posed.least, np.zeros(3 * count)]),
        np.concatenate([posed.most, np.full(2 * count, np.inf), every]),
        np.concatenate([posed.whole, every, 0.0 * every]),
    )
