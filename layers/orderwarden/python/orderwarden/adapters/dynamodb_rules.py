"""Published rules in DynamoDB: two gzipped items a version."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from typing import Final

from orderwarden.adapters.dynamodb_items import Item, bytes_of, item_of, number_in, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.instants import from_text
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.ports import PublishedRules

GZIPPED_BYTES_MAX: Final = 300 * 1024
"""Of the compiled form, and of the source; a DynamoDB item has 400 KB."""

_VERSIONS: Final = "#subject = :subject AND begins_with(#name, :name)"


class DynamoRules:
    """`ports.Rules`: subject store#rules, names `version#<number>#compiled` and `#source`.

    The newest version is the one in force. None is ever deleted.
    """

    _table: DynamoTable

    def current(self, store: str) -> PublishedRules | None:
        """Return the version in force, or None before the first."""
        return next(self._versions(store, is_newest_first=True, page=2), None)

    def version(self, store: str, number: int) -> PublishedRules | None:
        """Return one version."""
        return next(self._versions(store, _name(number)), None)

    def versions(self, store: str) -> Sequence[PublishedRules]:
        """Return all versions, oldest first."""
        return tuple(self._versions(store))

    def publish(self, rules: PublishedRules) -> bool:
        """Store a version if its number follows the one in force.

        Raises:
            ConfigurationError: Gzipped, it has more than 300 KB.
        """
        compiled, source = _compiled(rules), _source(rules)
        if rules.version < 1:
            return False
        if rules.version > 1 and self.version(rules.store, rules.version - 1) is None:
            return False
        return self._table.put_new_together([compiled, source])

    def _versions(
        self, store: str, name: str = "version#", *, is_newest_first: bool = False, page: int = 0
    ) -> Iterator[PublishedRules]:
        items = self._table.query(
            _VERSIONS,
            is_newest_first=is_newest_first,
            page=page,
            subject=_subject(store),
            name=name,
        )
        # Half a version at the end was read before the other half was written: not there yet.
        for one, other in zip(items, items, strict=False):
            if one["version"] != other["version"]:
                raise TryAgain("rules_being_published", 1.0)
            yield _rules(store, {**one, **other})


def _subject(store: str) -> str:
    return f"{store}#rules"


def _name(number: int) -> str:
    return f"version#{number:010}#"  # all of one width: the order of texts is that of numbers


def _compiled(rules: PublishedRules) -> Item:
    return item_of(
        subject=_subject(rules.store),
        name=f"{_name(rules.version)}compiled",
        version=rules.version,
        digest=rules.digest,
        author=rules.author,
        at=rules.at,
        compiled_gzip=_gzipped(rules.store, rules.compiled),
    )


def _source(rules: PublishedRules) -> Item:
    return item_of(
        subject=_subject(rules.store),
        name=f"{_name(rules.version)}source",
        version=rules.version,
        source_gzip=_gzipped(rules.store, rules.source),
    )


def _gzipped(store: str, text: str) -> bytes:
    gzipped = gzip.compress(bytes_of(text), mtime=0)
    if len(gzipped) > GZIPPED_BYTES_MAX:
        raise ConfigurationError(
            f"store {store}: the rules have {len(gzipped):,} bytes, compiled and "
            f"gzipped; {GZIPPED_BYTES_MAX:,} are allowed; shorten long lists"
        )
    return gzipped


def _rules(store: str, item: Item) -> PublishedRules:
    return PublishedRules(
        store=store,
        version=number_in(item, "version"),
        digest=text_in(item, "digest"),
        compiled=gzip.decompress(item["compiled_gzip"]["B"]).decode(),
        source=gzip.decompress(item["source_gzip"]["B"]).decode(),
        author=text_in(item, "author"),
        at=from_text(text_in(item, "at")),
    )
