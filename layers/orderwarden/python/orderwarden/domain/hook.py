"""A webhook as it is registered with the store. Source: docs/bigcommerce.md, "Webhooks"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook of our API account; those of others are never shown.

    Attributes:
        headers: Sent with every callback; one of them is a secret, so they do not show themselves.
        status: Only `hooks_admin` tells; deactivated is what the store switched off.
    """

    id: int
    scope: str
    destination: str
    is_active: bool
    created_at: datetime | None
    updated_at: datetime | None
    status: Literal["inactive", "active", "deactivated"] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class NewHook:
    """A hook to register; it may take a minute to start.

    Attributes:
        destination: HTTPS on port 443. One hook for each scope and destination, ten a scope.
    """

    scope: str
    destination: str
    is_active: bool = True
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class HookChanges:
    """What shall change of a hook; what is None stays, and one thing must change."""

    scope: str | None = None
    destination: str | None = None
    is_active: bool | None = None
    headers: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class BlockedDomain:
    """A destination that the store leaves alone for now.

    Attributes:
        left_s: Seconds until it is tried again.
        reasons: What failed, in the store's words.
    """

    destination: str
    left_s: int
    reasons: tuple[str, ...]
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class HooksAdmin:
    """The state of all our hooks.

    Attributes:
        emails: Who is told when a hook is switched off.
    """

    emails: tuple[str, ...] = field(repr=False)
    hooks: tuple[Hook, ...]
    blocked: tuple[BlockedDomain, ...]
    raw: Json = field(default_factory=dict, repr=False)
