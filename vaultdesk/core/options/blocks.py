"""Broadcasting a formula over its arguments, in blocks that stay in the processor's cache."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vaultdesk.core.options.types import FloatArray

    Access = Literal["readonly", "writeonly"]
    Formula = Callable[..., tuple[FloatArray, ...]]

BLOCK = 8192
"""Elements a block: some sixteen arrays of 64 KB in use fill about a second-level cache."""
PAIR = (2,)
"""One element is computed as two: in place, NumPy takes thrice as long over one."""
DOUBLE = np.dtype(np.float64)


@np.errstate(all="ignore")
def over_blocks(formula: Formula, count: int, *arguments: npt.ArrayLike) -> Sequence[FloatArray]:
    """Evaluate `formula` over the arguments broadcast against each other, without warnings.

    Args:
        formula: takes as many one-dimensional arrays as there are arguments, all of one length
            and not to be written to; returns `count` new arrays of that length.
        count: how many arrays the formula returns.
        *arguments: numbers or array-likes, converted to float64.

    Returns:
        `count` float64 arrays of the broadcast shape, which may be parts of one larger array.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    shape = np.broadcast(*arguments).shape
    size = math.prod(shape)
    if size > BLOCK:
        return _blockwise(formula, count, shape, arguments)
    inner = PAIR if size == 1 else shape
    columns = [
        a if type(a) is np.ndarray and a.dtype is DOUBLE and a.shape == inner else _filled(inner, a)
        for a in arguments
    ]
    if inner is shape and len(shape) == 1:
        return formula(*columns)
    results = formula(*(column.reshape(-1) for column in columns))
    return [result[:size].reshape(shape) for result in results]


def rows_of(*arguments: npt.ArrayLike) -> tuple[FloatArray, tuple[int, ...]]:
    """The arguments broadcast against each other, a flat row for each, and their common shape.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    arrays = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in arguments))
    return np.stack([array.ravel() for array in arrays]), arrays[0].shape


def _filled(shape: tuple[int, ...], argument: npt.ArrayLike) -> FloatArray:
    """Full length also for a scalar: equal lengths are what NumPy is fastest with."""
    column = np.empty(shape)
    column[...] = argument
    return column


def _blockwise(
    formula: Formula, count: int, shape: tuple[int, ...], arguments: tuple[npt.ArrayLike, ...]
) -> Sequence[FloatArray]:
    results = np.empty((count, *shape))  # at once: the system hands out large pages faster
    operands = [*(np.asarray(a, dtype=np.float64) for a in arguments), *results]
    access: list[list[Access]] = [["readonly"] for _ in arguments]
    access += [["writeonly"] for _ in results]
    flags: list[Literal["external_loop", "buffered"]] = ["external_loop", "buffered"]
    with np.nditer(operands, flags, access, buffersize=BLOCK) as blocks:
        for block in blocks:
            inputs, outputs = block[: len(arguments)], block[len(arguments) :]
            for output, result in zip(outputs, formula(*inputs), strict=True):
                output[...] = result
    return list(results)
