"""Hook secrets that `hooks rotate-secret` made: a file of its own beside the database.

Only its owner may read it. The database stays free of secrets, so its backups are, too.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.rotation import Rotation
from orderwarden.errors import ConfigurationError

from orderwarden_local.configuration import StoreConfiguration

FILE: Final = "hook-secrets.json"


class RotatedSecrets:
    """`ports.Rotations`; what another process writes is known at once."""

    def __init__(self, folder: Path, stores: Mapping[str, StoreConfiguration]) -> None:
        """Keep where the file lies; there is none before the first rotation."""
        self._path = folder / FILE
        self._stores = stores
        self._read: tuple[object, Mapping[str, Rotation]] = (None, {})

    def configured(self, store: str) -> tuple[str, ...]:
        """Return the hook secrets that the configuration lists."""
        known = self._stores.get(store)
        return known.hook_secrets if known else ()

    def live(self, store: str) -> tuple[str, ...]:
        """Return the hook secrets that are accepted; the first goes on hooks."""
        rotation, configured = self.rotation(store), self.configured(store)
        return rotation.live(configured) if rotation else configured

    def rotation(self, store: str) -> Rotation | None:
        """Return a store's latest rotation.

        Raises:
            ConfigurationError: The file cannot be read.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        version = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._read[0] != version:
            self._read = (version, self._rotations())
        return self._read[1].get(store)

    def replace_rotation(self, store: str, new: Rotation, before: Rotation | None) -> bool:
        """Write it if `before` stands there; on disk when this returns.

        Raises:
            ConfigurationError: The file cannot be read or written.
        """
        try:
            with self._locked():
                rotations = dict(self._rotations()) if self._path.exists() else {}
                if rotations.get(store) != before:
                    return False
                self._write({**rotations, store: new})
        except OSError as error:
            raise ConfigurationError(f"{self._path}: cannot be written ({error})") from error
        return True

    def unsettled_s(self, store: str, secret: str | None) -> float:  # noqa: ARG002
        """Return 0.0: what is written is known at once."""
        return 0.0

    def _rotations(self) -> Mapping[str, Rotation]:
        try:
            stores = json.loads(self._path.read_text(encoding="utf-8"))
            return {store: _rotation(fields) for store, fields in stores.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unreadable(error) from None  # no cause is kept: it might carry a secret

    def _unreadable(self, error: Exception) -> ConfigurationError:
        return ConfigurationError(
            f"{self._path}: cannot be read ({type(error).__name__}); restore it, or move it away: "
            "then the hook_secrets of the configuration go on the hooks again"
        )

    def _write(self, rotations: Mapping[str, Rotation]) -> None:
        """Replace the file as a whole: a reader sees the old one or the new one."""
        text = json.dumps({store: _fields(one) for store, one in rotations.items()}, indent=2)
        draft = self._path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        if os.geteuid() == 0:  # a command of root's must not lock the server out
            owner = self._path.parent.stat()
            os.chown(draft, owner.st_uid, owner.st_gid)
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out; the lock ends with its holder."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _fields(rotation: Rotation) -> Mapping[str, object]:
    return {
        "secret": rotation.secret,
        "older": list(rotation.older),
        "began_at": to_text(rotation.began_at),
        "carried_at": rotation.carried_at and to_text(rotation.carried_at),
        "ended_at": rotation.ended_at and to_text(rotation.ended_at),
        "retired": list(rotation.retired),
    }


def _rotation(fields: Mapping[str, Any]) -> Rotation:
    return Rotation(
        secret=str(fields["secret"]),
        began_at=from_text(fields["began_at"]),
        older=tuple(map(str, fields["older"])),
        carried_at=_time(fields["carried_at"]),
        ended_at=_time(fields["ended_at"]),
        retired=tuple(map(str, fields["retired"])),
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
