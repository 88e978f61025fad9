"""`orderwarden rules list|show|diff|rollback`: every version stays, and any can come back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from orderwarden_cli.publishing import publish_rules
from orderwarden_cli.rules_yaml import read_rules
from unit.cli.command_line import RULES, STORE, CommandLine, StatusServer

SECOND = (
    RULES.replace("fully_shipped: true", "status: Shipped")
    + """
  - name: note-it
    on: order_created
    when: {total: {over: 5}}
    do: [staff_note: "Noted, [so] to say."]
"""
)


@pytest.fixture(scope="module")
def listening() -> Iterator[StatusServer]:
    with StatusServer().listening() as server:
        yield server


@pytest.fixture
def shop(tmp_path: Path, listening: StatusServer) -> CommandLine:
    """Return a store with two published versions; the second is in force."""
    shop = CommandLine(tmp_path, listening.url, STORE)
    shop.run("rules", "publish")
    shop.rules.write_text(SECOND)
    shop.run("rules", "publish")
    return shop


# list


def test_versions_are_listed_oldest_first(shop: CommandLine) -> None:
    versions = shop.json("rules", "list")
    lines = shop.run("rules", "list").stdout.splitlines()

    assert [version["version"] for version in versions] == [1, 2]
    assert all(set(version) == {"version", "at", "author", "digest"} for version in versions)
    assert all(datetime.fromisoformat(version["at"]).tzinfo for version in versions)
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert all(
        version["digest"][:12] in line for version, line in zip(versions, lines, strict=True)
    )


# show


def test_the_version_in_force_is_shown_as_it_was_written(shop: CommandLine) -> None:
    result = shop.run("rules", "show")

    assert result.exit_code == 0
    heading, _, source = result.stdout.partition("\n")
    assert heading.startswith("# version 2  ")
    assert source == SECOND


def test_what_is_shown_is_a_rule_file_again(shop: CommandLine) -> None:
    shown = shop.run("rules", "show", "1").stdout

    assert read_rules(shown, "shown").digest == read_rules(RULES, "rules.yaml").digest


def test_a_version_is_shown_as_json(shop: CommandLine) -> None:
    told = shop.json("rules", "show", "1")

    assert (told["version"], told["source"]) == (1, RULES)
    assert told["compiled"]["rules"][0]["name"] == "complete-when-shipped"


@pytest.mark.parametrize("command", [("show", "9"), ("diff", "9"), ("rollback", "9", "--yes")])
def test_a_version_that_was_never_published_is_told(
    shop: CommandLine, command: tuple[str, ...]
) -> None:
    result = shop.run("rules", *command)

    assert result.exit_code == 3
    assert result.stderr == (
        f"error: store {STORE}: no version 9 was published; see `orderwarden rules list`\n"
    )


# diff


def test_two_versions_are_compared_by_line_and_by_rule(shop: CommandLine) -> None:
    result = shop.run("rules", "diff", "1", "2")

    lines = result.stdout.splitlines()
    assert lines[:2] == ["--- version 1", "+++ version 2"]
    assert "-    when: {fully_shipped: true}" in lines
    assert "+    when: {status: Shipped}" in lines
    assert '+    do: [staff_note: "Noted, [so] to say."]' in lines
    assert lines[-2:] == ["Added: note-it", "Changed, and counted anew: complete-when-shipped"]


def test_a_file_alone_is_compared_with_what_is_in_force(shop: CommandLine) -> None:
    draft = shop.folder / "draft.yaml"
    draft.write_text(RULES + "time_zone: Europe/Paris\n")

    told = shop.json("rules", "diff", str(draft))

    assert (told["before"], told["after"]) == ("version 2", str(draft))
    assert (told["added"], told["removed"]) == ([], ["note-it"])
    assert (told["changed"], told["settings"]) == (["complete-when-shipped"], ["time_zone"])


def test_a_version_alone_is_compared_with_what_came_of_it(shop: CommandLine) -> None:
    told = shop.json("rules", "diff", "1")

    assert (told["before"], told["after"]) == ("version 1", "version 2")


def test_another_order_of_rules_is_a_change(shop: CommandLine) -> None:
    draft = shop.folder / "draft.yaml"
    head, first, second = SECOND.partition("rules:\n")[0], RULES.split("rules:\n")[1], SECOND
    second = "  - name: note-it" + second.split("  - name: note-it")[1]
    changed = first.replace("fully_shipped: true", "status: Shipped")
    draft.write_text(f"{head}rules:\n{second}{changed}")

    told = shop.json("rules", "diff", str(draft))

    assert (told["is_same"], told["is_reordered"]) == (False, True)
    assert told["added"] == told["removed"] == told["changed"] == []


def test_the_same_rules_in_other_words_are_the_same(shop: CommandLine) -> None:
    draft = shop.folder / "draft.yaml"
    draft.write_text("# a remark\n" + SECOND)

    result = shop.run("rules", "diff", str(draft))

    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1] == "Both say the same."


# rollback


def test_an_old_version_comes_back_as_a_new_one(shop: CommandLine) -> None:
    result = shop.run("rules", "rollback", "1", "--yes")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"Store {STORE}: version 3 is in force.\n"
    with shop.machine() as here:
        first, _, third = here.state.versions(STORE)
    assert (third.digest, third.compiled, third.source) == (first.digest, first.compiled, RULES)


def test_where_nobody_can_be_asked_nothing_is_rolled_back(shop: CommandLine) -> None:
    result = shop.run("rules", "rollback", "1")

    assert result.exit_code == 2
    assert "there is no terminal to ask on; look first, then add --yes" in result.stderr
    assert result.stdout.startswith("--- version 2\n+++ version 1\n")
    assert len(shop.json("rules", "list")) == 2


def test_a_rollback_to_the_version_in_force_changes_nothing(shop: CommandLine) -> None:
    result = shop.run("rules", "rollback", "2", "--yes")

    assert result.stdout == f"Store {STORE}: the same rules are in force as version 2.\n"


def test_what_somebody_else_published_meanwhile_is_not_written_over(shop: CommandLine) -> None:
    rules = read_rules(RULES, "rules.yaml")

    with shop.machine() as here:
        done = publish_rules(here, STORE, rules, RULES, "ann", over=1)

        assert done.published.was_overtaken
        assert len(here.state.versions(STORE)) == 2
