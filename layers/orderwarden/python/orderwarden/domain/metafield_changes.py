"""What can be written of order metafields. Source: docs/bigcommerce.md, "Metafields"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

PermissionSet = Literal["app_only", "read", "write", "read_and_sf_access", "write_and_sf_access"]

LONGEST: Final[Mapping[str, int]] = {"namespace": 64, "key": 64, "value": 65_535}
LONGEST_DESCRIPTION: Final = 255


@dataclass(frozen=True, slots=True)
class NewMetafield:
    """A text to keep with an order; one for each namespace and key.

    Attributes:
        namespace: 1 to 64 characters, as `key`.
        value: 1 to 65,535 characters.
        permission_set: Who else may read or write it.
        description: At most 255 characters; None leaves it as it is.
    """

    namespace: str
    key: str
    value: str
    permission_set: PermissionSet = "app_only"
    description: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the store would refuse.

        Raises:
            ValueError: A text is too long, or empty.
        """
        for name, most in LONGEST.items():
            if not 1 <= len(getattr(self, name)) <= most:
                raise ValueError(f"{name} must have 1 to {most} characters")
        if len(self.description or "") > LONGEST_DESCRIPTION:
            raise ValueError(f"description must have at most {LONGEST_DESCRIPTION} characters")

    @property
    def name(self) -> tuple[str, str]:
        """Return what tells it from the others of its order."""
        return self.namespace, self.key


@dataclass(frozen=True, slots=True)
class BatchProblem:
    """One row of a batch that was not done.

    Attributes:
        row: Which one, as the store names it: mostly its place in the batch; may be empty.
        words: Why not, in the store's words, fit to be shown.
    """

    row: str
    words: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of a batch of metafields; those not done are as they were.

    Attributes:
        done: Ids of the metafields made, changed or deleted.
        problems: Those that were not.
    """

    done: tuple[int, ...]
    problems: tuple[BatchProblem, ...]
