"""Writing the texts that are kept with orders: `ports.MetafieldWrites`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_bodies import Body, metafield_body
from orderwarden.adapters.bigcommerce_call import MADE, Call, Reply, deed
from orderwarden.adapters.bigcommerce_order_parts import ReadsOrderParts
from orderwarden.adapters.bigcommerce_way import v3_order_path
from orderwarden.adapters.bigcommerce_words import words_in
from orderwarden.domain.metafield_changes import BatchProblem, BatchResult, NewMetafield
from orderwarden.domain.order import Json, whole
from orderwarden.domain.order_parts import Metafield
from orderwarden.errors import NotFound, Refused, Rejected, TryAgain
from orderwarden.ports import Answer

FORBIDDEN: Final = 403
CONFLICT: Final = 409
IN_PART: Final = 422
"""How the store answers a batch of which something failed; what was done is done."""


class WritesMetafields(ReadsOrderParts):
    """Order metafields, one by one or many at a time."""

    def write_metafield(self, order_id: int, new: NewMetafield) -> Answer[Metafield]:
        """Create the metafield of this namespace and key, or change its value.

        Those of other apps may have the same name and be refused to us, and one may be deleted
        while we look; then ours is made.
        """
        listed = self._listed(order_id, new.namespace, new.key).value
        body = metafield_body(new)
        in_the_way = [each for each in listed if (each.namespace, each.key) != new.name]
        for metafield in (each for each in listed if (each.namespace, each.key) == new.name):
            path = v3_order_path(order_id, f"/metafields/{metafield.id:d}")
            try:
                return self._http.answer(Call("PUT", path, body=body), _metafield)
            except NotFound:
                continue
            except Refused as refused:
                if refused.http_status != FORBIDDEN:
                    raise
                in_the_way.append(metafield)
        return self._make(order_id, body, is_contended=not in_the_way)

    def delete_metafield(self, order_id: int, metafield_id: int) -> Answer[None]:
        """Delete a metafield; `NotFound` where it is gone already."""
        path = v3_order_path(order_id, f"/metafields/{metafield_id:d}")
        return self._http.answer(deed("DELETE", path), parse.nothing)

    def create_metafields(self, new: Sequence[tuple[int, NewMetafield]]) -> Answer[BatchResult]:
        """Create metafields, each with the order it is for."""
        body = [{**metafield_body(each), "resource_id": order_id} for order_id, each in new]
        return self._batch("POST", body)

    def update_metafields(self, changed: Mapping[int, NewMetafield]) -> Answer[BatchResult]:
        """Change metafields, by id."""
        body = [{**metafield_body(each), "id": number} for number, each in changed.items()]
        return self._batch("PUT", body)

    def delete_metafields(self, metafield_ids: Sequence[int]) -> Answer[BatchResult]:
        """Delete metafields."""
        return self._batch("DELETE", list(metafield_ids))

    def _make(self, order_id: int, body: Body, *, is_contended: bool) -> Answer[Metafield]:
        """Make a metafield; a conflict passes only where nothing that stays is in the way."""
        path = v3_order_path(order_id, "/metafields")
        try:
            return self._http.answer(Call("POST", path, body=body, good=MADE), _metafield)
        except Refused as refused:
            if refused.http_status != CONFLICT or not is_contended:
                raise
            words = refused.message
        raise TryAgain("metafield_contended", http_status=CONFLICT, detail=words)

    def _batch(self, method: str, body: Sequence[object]) -> Answer[BatchResult]:
        if not body:
            raise ValueError("nothing to write")
        call = Call(method, "/v3/orders/metafields", body=body, good=MADE | {IN_PART})
        return self._http.answer(call, _result)


def _metafield(reply: Reply) -> Metafield:
    return Metafield.from_json(parse.data(reply))


def _result(reply: Reply) -> BatchResult:
    """Read what became of each row.

    Raises:
        Refused: The batch was refused as a whole: the store tells of no row, and says why.
    """
    is_in_part = reply.http_status == IN_PART
    body = reply.json if isinstance(reply.json, Mapping) else {}
    errors = parse.objects(body.get("errors")) if is_in_part else ()
    if is_in_part and not errors:
        raise _refused(reply)
    listed = parse.whole_object(reply).get("data")
    ids = (_id(each) for each in listed) if isinstance(listed, list) else ()
    problems = (problem for error in errors for problem in _problems(error, reply.secrets))
    return BatchResult(tuple(each for each in ids if each is not None), tuple(problems))


def _refused(reply: Reply) -> Refused | Rejected:
    words = words_in(reply.json, reply.secrets)
    return Refused(IN_PART, words) if words else Rejected("no_row_and_no_word")


def _id(row: object) -> int | None:
    """Return an id; rows that were deleted are nothing else."""
    return whole(row.get("id") if isinstance(row, Mapping) else row)


def _problems(error: Json, secrets: tuple[str, ...]) -> Iterator[BatchProblem]:
    """Return the errors of single rows, or the words of one that names no row."""
    of_rows = error.get("errors")
    if not isinstance(of_rows, Mapping) or not of_rows:
        yield BatchProblem("", words_in(error, secrets))
        return
    title = words_in(error.get("title"), secrets)
    for row, problem in of_rows.items():
        yield BatchProblem(words_in(row, secrets), words_in(problem, secrets) or title)
