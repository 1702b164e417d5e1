"""Which symbols are currency pairs: EURUSD is the price of one euro in dollars."""

METALS = frozenset({"XAU", "XAG"})
"""Gold and silver by the troy ounce, which are traded as if they were currencies."""

CURRENCIES = METALS | {
    *("AED", "AUD", "BRL", "CAD", "CHF", "CNH", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD"),
    *("HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN"),
    *("RON", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD", "ZAR"),
}
"""The codes (ISO 4217, and CNH for yuan traded outside China) that make a pair."""

_CODE_LENGTH = 3


def currency_pair(symbol: str) -> tuple[str, str] | None:
    """The base and the quote currency of a pair's symbol; None for any other symbol.

    The price of a pair is what one unit of the base costs, in units of the quote currency.
    """
    base, quoted = symbol[:_CODE_LENGTH], symbol[_CODE_LENGTH:]
    if base == quoted or not {base, quoted} <= CURRENCIES:
        return None
    return base, quoted


def is_metal_pair(symbol: str) -> bool:
    """Whether the symbol is the price of an ounce of gold or silver, such as XAUUSD."""
    pair = currency_pair(symbol)
    return pair is not None and pair[0] in METALS
