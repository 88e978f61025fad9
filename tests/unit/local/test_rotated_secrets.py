"""The file of rotated secrets: private, whole, and known to every process at once."""

from __future__ import annotations

import fcntl
import json
import os
import stat
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOON, TurnableClock
from orderwarden.domain.rotation import Rotation
from orderwarden.errors import ConfigurationError
from orderwarden_local.configured_secrets import ConfiguredSecrets
from orderwarden_local.rotated_secrets import FILE, RotatedSecrets
from unit.machines import STORE, a_store_configuration

CONFIGURED = {STORE: replace(a_store_configuration(), hook_secrets=("old",))}
FIRST = Rotation("new-s3cret", NOON)


def test_without_a_rotation_the_configured_secrets_are_live(tmp_path: Path) -> None:
    rotated = RotatedSecrets(tmp_path, CONFIGURED)

    assert rotated.rotation(STORE) is None
    assert rotated.live(STORE) == ("old",)


def test_what_one_process_writes_another_one_reads_at_once(tmp_path: Path) -> None:
    server = ConfiguredSecrets(CONFIGURED, TurnableClock(), RotatedSecrets(tmp_path, CONFIGURED))
    assert server.hook_secrets(STORE).hook_secrets == ("old",)

    assert RotatedSecrets(tmp_path, CONFIGURED).replace_rotation(STORE, FIRST, None)

    assert server.hook_secrets(STORE).hook_secrets == ("new-s3cret", "old")


def test_every_fact_of_a_rotation_is_kept(tmp_path: Path) -> None:
    rotated = RotatedSecrets(tmp_path, CONFIGURED)
    full = Rotation("s", NOON, ("o",), NOON, NOON + timedelta(hours=49), ("0a",))

    assert rotated.replace_rotation(STORE, FIRST, None)
    assert rotated.replace_rotation(STORE, full, FIRST)

    assert RotatedSecrets(tmp_path, CONFIGURED).rotation(STORE) == full


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    RotatedSecrets(tmp_path, CONFIGURED).replace_rotation(STORE, FIRST, None)

    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert "new-s3cret" not in repr(FIRST)


def test_of_many_at_once_one_wins(tmp_path: Path) -> None:
    won: list[int] = []

    def begin(number: int) -> None:
        rotated = RotatedSecrets(tmp_path, CONFIGURED)
        if rotated.replace_rotation(STORE, Rotation(f"s{number}", NOON), None):
            won.append(number)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [winner] = won
    kept = RotatedSecrets(tmp_path, CONFIGURED).rotation(STORE)
    assert kept is not None
    assert kept.secret == f"s{winner}"


def test_another_stores_rotation_stays(tmp_path: Path) -> None:
    rotated = RotatedSecrets(tmp_path, CONFIGURED)
    rotated.replace_rotation("xyz789", FIRST, None)

    rotated.replace_rotation(STORE, Rotation("mine", NOON), None)

    assert rotated.rotation("xyz789") == FIRST


@pytest.mark.parametrize("text", ["", "[]", "{", '{"abc123": 5}', '{"abc123": {"secret": "s"}}'])
def test_a_spoiled_file_is_told_and_never_taken_for_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)

    with pytest.raises(ConfigurationError, match=FILE):
        RotatedSecrets(tmp_path, CONFIGURED).live(STORE)


def test_a_draft_that_a_crash_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / FILE).with_suffix(".draft").write_text("half")

    assert RotatedSecrets(tmp_path, CONFIGURED).replace_rotation(STORE, FIRST, None)
    assert json.loads((tmp_path / FILE).read_text())[STORE]["secret"] == "new-s3cret"


def test_a_rotation_waits_for_another_process_that_writes(tmp_path: Path) -> None:
    rotated = RotatedSecrets(tmp_path, CONFIGURED)
    assert rotated.replace_rotation(STORE, FIRST, None)
    wrote: list[bool] = []
    late = threading.Thread(
        target=lambda: wrote.append(rotated.replace_rotation(STORE, FIRST, FIRST))
    )

    with (tmp_path / FILE).with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        late.start()
        late.join(timeout=0.3)
        meanwhile = list(wrote)
    late.join()

    assert meanwhile == []
    assert wrote == [True]


def test_a_rotation_is_on_the_disk_before_it_takes_the_old_ones_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated = RotatedSecrets(tmp_path, CONFIGURED)
    assert rotated.replace_rotation(STORE, FIRST, None)
    old, sync = (tmp_path / FILE).read_text(), os.fsync
    synced: list[tuple[str, bool]] = []

    def noting(descriptor: int) -> None:
        found = os.fstat(descriptor)
        what = "folder" if stat.S_ISDIR(found.st_mode) else f"{found.st_size} bytes"
        synced.append((what, (tmp_path / FILE).read_text() == old))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    assert rotated.replace_rotation(STORE, replace(FIRST, secret="later"), FIRST)

    size = (tmp_path / FILE).stat().st_size
    assert synced == [(f"{size} bytes", True), ("folder", False)]
