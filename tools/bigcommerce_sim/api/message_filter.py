"""The filters of `GET /v2/orders/{id}/messages`."""

from collections.abc import Callable

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.pages import whole_number
from bigcommerce_sim.world.dates import read_date
from bigcommerce_sim.world.messages import Message
from bigcommerce_sim.world.refusal import invalid, unsupported

Test = Callable[[Message], bool]
_NUMBERS: dict[str, Callable[[int], Test]] = {
    "min_id": lambda wanted: lambda message: message.id >= wanted,
    "max_id": lambda wanted: lambda message: message.id <= wanted,
    "customer_id": lambda wanted: lambda message: message.customer_id == wanted,
}
MESSAGE_FILTERS = frozenset(
    {*_NUMBERS, "min_date_created", "max_date_created", "is_flagged", "status"}
)


def message_tests(call: Call) -> list[Test]:
    """Read the query.

    Raises:
        Refusal: 400 for what is unknown or cannot be read; an unreadable date is ignored.
    """
    tests = []
    for name, text in call.query.items():
        if name not in ("page", "limit"):
            try:
                tests.append(_test(name, text))
            except ValueError:
                raise invalid(name) from None
    return tests


def _test(name: str, text: str) -> Test:
    if name in _NUMBERS:
        return _NUMBERS[name](whole_number(text))
    if name in ("min_date_created", "max_date_created"):
        moment = read_date(text)
        if moment is None:
            return lambda _message: True
        if name.startswith("min"):
            return lambda message: message.created_at >= moment
        return lambda message: message.created_at <= moment
    if name == "is_flagged":
        return lambda message: message.is_flagged == (text.lower() in ("true", "1"))
    if name == "status":
        if text not in ("read", "unread"):
            raise invalid(name)
        return lambda message: message.is_read == (text == "read")
    raise unsupported(name)
