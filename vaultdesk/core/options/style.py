"""The formula that values an option of a given exercise style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vaultdesk.core.market import exercise_style
from vaultdesk.core.options.american import american
from vaultdesk.core.options.european import european

if TYPE_CHECKING:
    from collections.abc import Callable

    from vaultdesk.core.options.types import Valuation

_FORMULAS: dict[str, Callable[..., Valuation]] = {"american": american, "european": european}


def formula(style: str) -> Callable[..., Valuation]:
    """`american` or `european`, which take the same arguments.

    Raises:
        ValueError: the style is neither "american" nor "european".
    """
    return _FORMULAS[exercise_style(style)]
