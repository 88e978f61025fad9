"""Writing the texts that are kept with orders: `ports.MetafieldWrites`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_bodies import Body, metafield_body
from orderwarden.adapters.bigcommerce_call import MADE, Call, Reply, deed
from orderwarden.adapters.bigcommerce_order_parts import ReadsOrderParts
from orderwarden.adapters.bigcommerce_way import v3_order_path
from orderwarden.domain.metafield_changes import BatchResult, NewMetafield
from orderwarden.domain.order import Json, whole
from orderwarden.domain.order_parts import Metafield
from orderwarden.errors import Refused, TryAgain
from orderwarden.ports import Answer

CONFLICT: Final = 409
IN_PART: Final = 422
"""How the store answers a batch of which something failed; what was done is done."""


class WritesMetafields(ReadsOrderParts):
    """Order metafields, one by one or many at a time."""

    def write_metafield(self, order_id: int, new: NewMetafield) -> Answer[Metafield]:
        """Create the metafield of this namespace and key, or change its value.

        Those of other apps may have the same name and be refused to us; then ours is made.
        """
        found = self.metafields(order_id, namespace=new.namespace, key=new.key)
        body = metafield_body(new)
        for metafield in found.value:
            path = v3_order_path(order_id, f"/metafields/{metafield.id:d}")
            try:
                return self._http.answer(Call("PUT", path, body=body), _metafield)
            except Refused:
                continue
        return self._make(order_id, body)

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

    def _make(self, order_id: int, body: Body) -> Answer[Metafield]:
        path = v3_order_path(order_id, "/metafields")
        try:
            return self._http.answer(Call("POST", path, body=body, good=MADE), _metafield)
        except Refused as refused:
            if refused.http_status != CONFLICT:
                raise
        raise TryAgain("metafield_contended", http_status=CONFLICT)

    def _batch(self, method: str, body: Sequence[object]) -> Answer[BatchResult]:
        call = Call(method, "/v3/orders/metafields", body=body, good=MADE | {IN_PART})
        return self._http.answer(call, _result)


def _metafield(reply: Reply) -> Metafield:
    return Metafield.from_json(parse.data(reply))


def _result(reply: Reply) -> BatchResult:
    body = parse.whole_object(reply)
    listed = body.get("data")
    ids = (_id(each) for each in listed) if isinstance(listed, list) else ()
    problems = tuple(_problems(body)) if reply.http_status == IN_PART else ()
    return BatchResult(tuple(each for each in ids if each is not None), problems)


def _id(row: object) -> int | None:
    """Return an id; rows that were deleted are nothing else."""
    return whole(row.get("id") if isinstance(row, Mapping) else row)


def _problems(body: Json) -> Iterator[str]:
    """Return at least one: the errors of single rows, or the title of the whole."""
    for error in parse.objects(body.get("errors")) or (body,):
        of_rows = error.get("errors")
        if isinstance(of_rows, Mapping) and of_rows:
            yield from (str(problem) for problem in of_rows.values())
        else:
            yield str(error.get("title") or IN_PART)
