"""Money: `Decimal` inside, strings of four decimals in v2, numbers in v3."""

from decimal import Decimal, InvalidOperation

ZERO = Decimal(0)
_CENT = Decimal("0.01")
_LARGEST = Decimal(10**12)


def four_decimals(amount: Decimal) -> str:
    """Write an amount as v2 does."""
    return f"{amount:.4f}" if amount else "0.0000"


def as_number(amount: Decimal) -> float:
    """Write an amount as v3 does, to the cent."""
    return float(to_cents(amount))


def to_cents(amount: Decimal) -> Decimal:
    """Round to two decimals, half to even."""
    return amount.quantize(_CENT)


def read_amount(value: object) -> Decimal:
    """Read an amount from JSON: a number, or a string that holds one.

    Raises:
        ValueError: anything else, infinite, or absurdly large.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("not an amount")
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or abs(amount) > _LARGEST:
        raise ValueError("not an amount")
    return amount
