"""Query filters of v3: `name`, `name:in`, `name:min`, `name:max`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.pages import whole_number
from bigcommerce_sim.world.dates import read_date
from bigcommerce_sim.world.refusal import Refusal, unprocessable

Row = TypeVar("Row")
Test = Callable[[Row], bool]
Filters = Mapping[str, Callable[[str], Test[Row]]]
_PAGING = frozenset({"page", "limit"})
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def read_tests(
    call: Call, filters: Filters[Row], also: frozenset[str] = frozenset()
) -> list[Test[Row]]:
    """Read the query; `also` names parameters that something else reads.

    Raises:
        Refusal: 422 for unknown names and for values that cannot be read.
    """
    unknown = [name for name in call.query if name not in filters and name not in _PAGING | also]
    if unknown:
        names = ", ".join(unknown)
        raise Refusal(422, f"The filter(s): {names} are not valid filter parameter(s).", errors={})
    tests = []
    for name, text in call.query.items():
        if name in filters:
            try:
                tests.append(filters[name](text))
            except ValueError:
                raise unprocessable({name: "error.expected.validvalue"}) from None
    return tests


def passing(rows: list[Row], tests: list[Test[Row]]) -> list[Row]:
    """Return the rows that pass all tests."""
    return [row for row in rows if all(test(row) for test in tests)]


def number_in(read: Callable[[Row], int]) -> Callable[[str], Test[Row]]:
    """Return a filter for a list of numbers, such as `id:in=1,2`."""

    def make(text: str) -> Test[Row]:
        wanted = {whole_number(each.strip()) for each in text.split(",")}
        return lambda row: read(row) in wanted

    return make


def flag(read: Callable[[Row], bool]) -> Callable[[str], Test[Row]]:
    """Return a filter for `true` or `false`."""

    def make(text: str) -> Test[Row]:
        if text.lower() not in _FLAGS:
            raise ValueError("not a boolean")
        return lambda row: read(row) is _FLAGS[text.lower()]

    return make


def text_in(read: Callable[[Row], str]) -> Callable[[str], Test[Row]]:
    """Return a filter for a list of texts, such as `sku:in=A,B`."""

    def make(text: str) -> Test[Row]:
        wanted = {each.strip().lower() for each in text.split(",")}
        return lambda row: read(row).lower() in wanted

    return make


def date_is(read: Callable[[Row], datetime]) -> Callable[[str], Test[Row]]:
    """Return a filter for one date, to the second."""

    def make(text: str) -> Test[Row]:
        moment = _date(text)
        return lambda row: read(row) == moment

    return make


def date_from(read: Callable[[Row], datetime]) -> Callable[[str], Test[Row]]:
    """Return a filter for dates that are not earlier."""

    def make(text: str) -> Test[Row]:
        edge = _date(text)
        return lambda row: read(row) >= edge

    return make


def date_to(read: Callable[[Row], datetime]) -> Callable[[str], Test[Row]]:
    """Return a filter for dates that are not later."""

    def make(text: str) -> Test[Row]:
        edge = _date(text)
        return lambda row: read(row) <= edge

    return make


def _date(text: str) -> datetime:
    moment = read_date(text)
    if moment is None:
        raise ValueError("not a date")
    return moment
