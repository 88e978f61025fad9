"""What can be written of order metafields. Source: docs/bigcommerce.md, "Metafields"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PermissionSet = Literal["app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"]


@dataclass(frozen=True, slots=True)
class NewMetafield:
    """A text to keep with an order; one for each namespace and key.

    Attributes:
        namespace: 1 to 64 characters, as `key`.
        value: 1 to 65,535 characters.
        permission_set: Who else may read or write it.
        description: At most 255 characters; an empty one is not sent.
    """

    namespace: str
    key: str
    value: str
    permission_set: PermissionSet = "app_only"
    description: str = ""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch of metafields; those not done are as they were.

    Attributes:
        done: Ids of the metafields made, changed or deleted.
        problems: Why others were not, in the store's words.
    """

    done: tuple[int, ...]
    problems: tuple[str, ...]
