"""Bookmarks in DynamoDB."""

from __future__ import annotations

from orderwarden.adapters.dynamodb_items import item_of, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable, Key


class DynamoBookmarks:
    """`ports.Bookmarks`: subject store#bookmarks, name = the bookmark's."""

    _table: DynamoTable

    def bookmark(self, store: str, name: str) -> str | None:
        """Return what is kept under a name."""
        item = self._table.get(*_key(store, name))
        return text_in(item, "text") if item else None

    def replace_bookmark(self, store: str, name: str, text: str, before: str | None) -> bool:
        """Write it if `before` stands there; return whether exactly it stands there now."""
        subject, key = _key(store, name)
        item = item_of(subject=subject, name=key, text=text)
        if before is None:
            refusal = self._table.put(item, "attribute_not_exists(#subject)")
        else:
            refusal = self._table.put(item, "#text = :before", before=before)
        if refusal is None:
            return True
        return refusal.item is not None and text_in(refusal.item, "text") == text


def _key(store: str, name: str) -> Key:
    return f"{store}#bookmarks", name
