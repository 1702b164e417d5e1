"""Decimals for money and quantities: how they are read, rounded and refused."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")


def exact(value: str | int | Decimal) -> Decimal:
    """The finite Decimal a text or integer stands for.

    Floats are not accepted: a binary fraction is not an amount of money.

    Raises:
        ValueError: The text is not a finite decimal number.
    """
    if isinstance(value, float):
        raise TypeError("Money is never a float; pass the text or a Decimal.")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(f"'{value}' is not a number.") from None
    if not number.is_finite():
        raise ValueError(f"'{value}' is not a finite number.")
    return number


def from_float(value: float | None, places: int = 6) -> Decimal | None:
    """The decimal a source's binary float was meant to be; None for nothing, NaN and infinity.

    Sources send prices as binary floats with float32 noise (162.14999389648438 for 162.15):
    rounding to `places` and dropping the zeros gives back the printed price to that precision.
    """
    if value is None or value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
        return None
    return plain(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros or an exponent."""
    shorter = value.normalize()
    return shorter.quantize(Decimal(1)) if shorter.as_tuple().exponent > 0 else shorter  # type: ignore[operator]


def rounded(value: Decimal, places: int) -> Decimal:
    """The value to this many decimal places, halves away from zero, as banks print them."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
