"""The commands: beside a working server, and with a configuration that is all wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from system.processes import asked, command, wait_until
from system.shop import open_shop
from system.stories import (
    RULES,
    STORIES,
    check,
    hooked,
    tell,
    wait_until_quiet,
    write_configuration,
    written_lines,
)

pytestmark = [pytest.mark.xdist_group("system-3"), pytest.mark.timeout(300)]

LINE_FIELDS: Final = {
    "id",
    "at",
    "store",
    "order_id",
    "trigger",
    "rule",
    "rules_version",
    "action",
    "also",
    "from_status_id",
    "to_status_id",
    "result",
    "reason",
    "actor",
    "run_id",
}
SHIPPED_STORY: Final = STORIES[0]
HEALTH_FIELDS: Final = {"status", "queued", "in_flight", "parked", "dead_letters", "reviews"}


def test_the_commands_answer_while_the_server_works(tmp_path: Path) -> None:
    with open_shop(seed=71, webhook_jitter_s=3.0) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()
            told = tell(shop, STORIES * 3)

            for _ in range(2):
                assert asked(config, "status").keys() >= HEALTH_FIELDS
                assert asked(config, "reviews", "list") == []
                assert [each["version"] for each in asked(config, "rules", "list")] == [1]
                for line in asked(config, "changelog", "list"):
                    assert line.keys() >= LINE_FIELDS
            assert asked(config, "changelog", "list", "--order", "999999") == []
            wait_until_quiet(shop, config, url, within_s=60)

            check(shop, config, told)


def test_a_running_server_follows_the_rules_that_are_published_beside_it(tmp_path: Path) -> None:
    with open_shop(seed=72) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()

            def rule_of_the_next() -> tuple[str, int]:
                [order_id] = tell(shop, [SHIPPED_STORY])
                wait_until_quiet(shop, config, url, within_s=20)
                [line] = written_lines(config, order_id)
                return line["rule"], line["rules_version"]

            assert rule_of_the_next() == ("complete-when-shipped", 1)
            changed = tmp_path / "changed.yaml"
            changed.write_text(RULES.replace("complete-when-shipped", "complete-it"))
            assert asked(config, "rules", "publish", str(changed))["version"] == 2
            wait_until(lambda: rule_of_the_next() == ("complete-it", 2), within_s=20)


def test_every_problem_of_the_configuration_is_told_at_once(tmp_path: Path) -> None:
    config = tmp_path / "orderwarden.toml"
    variable = "ORDERWARDEN_TEST_NO_SUCH_VARIABLE"
    config.write_text(
        f"""
        stat_dir = "var"
        [stores.abc123]
        access_token = "env:{variable}"
        client_secrets = ["secret"]
        rules = "missing.yaml"
        [stores.def456]
        access_token = "token"
        client_secrets = ["secret"]
        rules = "wrong.yaml"
        """
    )
    (tmp_path / "wrong.yaml").write_text(RULES.replace("total:", "totla:"))

    done = command("serve", "--config", str(config), "--port", "0")

    assert done.returncode == 3
    assert done.stdout == ""
    token = f"stores.abc123.access_token: the environment variable {variable} is not set"
    field = "rules[note-large].when: `totla`: no such field; did you mean `total`?"
    assert done.stderr.splitlines() == [
        f"error: {config}: stat_dir: no such setting; did you mean `state_dir`?",
        f"error: {config}: {token}",
        f"error: {tmp_path}/missing.yaml: the rules cannot be read (No such file or directory)",
        f"error: {tmp_path}/wrong.yaml:35:7: {field}",
    ]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("words", [("serve",), ("status",), ("changelog", "list")])
def test_a_missing_configuration_is_told_with_its_place(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = command(*words, "--config", str(tmp_path / "nowhere.toml"))

    assert done.returncode == 3
    assert "nowhere.toml: cannot be read" in done.stderr
