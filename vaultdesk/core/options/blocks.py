"""Broadcasting a formula over its arguments, in blocks that stay in the processor's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.types import FloatArray

    Access = Literal["readonly", "writeonly", "allocate"]

BLOCK = 4096
"""Elements a block: about forty temporaries of 32 KB stay in the second-level cache."""


def over_blocks(
    formula: Callable[..., tuple[FloatArray, ...]], count: int, *arguments: npt.ArrayLike
) -> list[FloatArray]:
    """Evaluate `formula` over the arguments broadcast against each other, without warnings.

    Args:
        formula: takes as many arrays as there are arguments, which broadcast but need not have
            been broadcast (a scalar's exponential is then taken once) but of which the first has
            a dimension; returns `count` arrays.
        count: how many arrays the formula returns.
        *arguments: numbers or array-likes, converted to float64.

    Returns:
        `count` float64 arrays of the broadcast shape.

    Raises:
        ValueError: the shapes do not broadcast, or an argument is no number.
    """
    arrays = [np.asarray(argument, dtype=np.float64) for argument in arguments]
    target = np.broadcast(*arrays)
    if target.size == 0:
        return [np.empty(target.shape) for _ in range(count)]
    with np.errstate(all="ignore"):
        if target.size > BLOCK:
            return _blockwise(formula, count, arrays)
        arrays[0] = np.atleast_1d(arrays[0])
        results = (of_shape(result, target.shape or (1,)) for result in formula(*arrays))
        return [result.reshape(target.shape) for result in results]


def of_shape(result: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Return the array itself where it has the shape, else a writable copy broadcast to it."""
    result = np.asarray(result)
    return result if result.shape == shape else np.broadcast_to(result, shape).copy()


def _blockwise(
    formula: Callable[..., tuple[FloatArray, ...]], count: int, arrays: list[FloatArray]
) -> list[FloatArray]:
    outputs = range(count)
    operands: list[FloatArray | None] = [*arrays, *(None for _ in outputs)]
    access: list[list[Access]] = [["readonly"] for _ in arrays]
    access += [["writeonly", "allocate"] for _ in outputs]
    blocks = np.nditer(
        operands,
        flags=["external_loop", "buffered", "delay_bufalloc"],
        op_flags=access,
        op_dtypes=[np.float64 for _ in operands],
        buffersize=BLOCK,
    )
    with blocks:
        blocks.reset()
        for block in blocks:
            inputs = [a[:1] if a.strides == (0,) else a for a in block[: len(arrays)]]
            for out, result in zip(block[len(arrays) :], formula(*inputs), strict=True):
                out[...] = result
        return list(blocks.operands[len(arrays) :])
