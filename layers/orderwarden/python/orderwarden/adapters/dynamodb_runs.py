"""Runs in DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from orderwarden.adapters.dynamodb_items import Item, item_of, number_in, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.instants import from_text
from orderwarden.ports import Run


class DynamoRuns:
    """`ports.Runs`: subject store#runs, name = id; the index `by_cause` has them by time."""

    _table: DynamoTable

    def replace_run(self, run: Run, before: Run | None) -> bool:
        """Write a run if what stands under its id is `before`, else change nothing."""
        stored = replace(run, revision=before.revision + 1 if before else 1)
        if before is None:
            refusal = self._table.put(_item(stored), "attribute_not_exists(#subject)")
        else:
            same = "#revision = :revision"
            refusal = self._table.put(_item(stored), same, revision=before.revision)
        return refusal is None or refusal.item == _item(stored)

    def run(self, store: str, run_id: str) -> Run | None:
        """Return one run."""
        item = self._table.get(_subject(store), run_id)
        return _run(store, item) if item else None

    def runs(self, store: str, limit: int) -> Sequence[Run]:
        """Return the runs of a store, the latest first; one just begun may be missing."""
        items = self._table.query_index(
            "by_cause", "#cause = :cause", is_newest_first=True, page=limit, cause=_subject(store)
        )
        return tuple(_run(store, item) for item in islice(items, limit))


def _subject(store: str) -> str:
    return f"{store}#runs"


def _item(run: Run) -> Item:
    return item_of(
        subject=_subject(run.store),
        name=run.id,
        cause=_subject(run.store),
        at=run.began_at,
        kind=run.kind,
        ended_at=run.ended_at,
        summary=json.dumps(dict(run.summary), sort_keys=True),
        revision=run.revision,
    )


def _run(store: str, item: Item) -> Run:
    return Run(
        id=text_in(item, "name"),
        store=store,
        kind=text_in(item, "kind"),
        began_at=from_text(text_in(item, "at")),
        ended_at=_time(item, "ended_at"),
        summary=json.loads(text_in(item, "summary")),
        revision=number_in(item, "revision"),
    )


def _time(item: Item, name: str) -> datetime | None:
    return from_text(text_in(item, name)) if name in item else None
