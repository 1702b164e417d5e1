"""Which rows and columns of a program decide nothing: what is left out is provably not missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from vaultdesk.core.options.types import FloatArray

    IndexArray = npt.NDArray[np.intp]


def deciding_rows(gain: FloatArray, need: FloatArray) -> IndexArray:
    """Rows of gain @ x >= need that no single other one implies, for x >= 0.

    Row i follows from row k where gain_i >= t·gain_k and need_i <= t·need_k for one t >= 0; that
    t is need_i / need_k where both are above 0, else 1 is tried.
    """
    kept: list[int] = []
    positive = need > 0.0
    by_need = gain / np.where(positive, need, 1.0)[:, np.newaxis]
    for row in np.lexsort((-need, by_need.sum(axis=1), ~positive)).tolist():
        others = kept if not positive[row] else [k for k in kept if positive[k]]
        own = by_need if positive[row] else gain
        weaker = (own[row] >= own[others]).all(axis=1) & (
            positive[row] | (need[row] <= need[others])
        )
        if not weaker.any():
            kept.append(row)
    return np.sort(np.array(kept, dtype=np.intp))


def deciding_columns(cost: FloatArray, gain: FloatArray, side: FloatArray) -> IndexArray:
    """Columns but those that another can stand for, one for one, at no more cost and no less gain.

    Nor does the other count for more where something is limited.
    """
    kept: list[int] = []
    worth = np.vstack([gain, -side])
    for column in np.lexsort((-worth.sum(axis=0), cost)).tolist():
        better = (worth[:, kept] >= worth[:, [column]]).all(axis=0)  # and none of them is dearer
        if not better.any():
            kept.append(column)
    return np.sort(np.array(kept, dtype=np.intp))
