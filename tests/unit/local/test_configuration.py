"""`orderwarden.toml`: read whole, or refused with every problem and its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from orderwarden.errors import ConfigurationError
from orderwarden_local.configuration import Configuration, examine, read_configuration

ROOT = Path(__file__).parents[3]
TOKEN = "tok3n-never-shown"
LEAST = f"""
[stores.abc123]
access_token = "{TOKEN}"
client_secrets = ["client-s3cret"]
"""
BAD_URL = (
    "must be like https://api.bigcommerce.com, without user, query or fragment; "
    "http:// only on this machine"
)


def written(folder: Path, text: str) -> Path:
    path = folder / "orderwarden.toml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Configuration:
    return read_configuration(written(folder, text))


def problems(folder: Path, text: str) -> list[str]:
    """Return every problem, without the name of the file, which each must begin with."""
    path = written(folder, text)
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(path)
    assert all(problem.startswith(f"{path}: ") for problem in refused.value.problems)
    return [problem.removeprefix(f"{path}: ") for problem in refused.value.problems]


def test_everything_written_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BC_HOOK_SECRET", "hook-s3cret")

    configuration = read(
        tmp_path,
        """
        state_dir = "state"
        public_url = "https://hooks.example.com"
        workers = 8

        [stores.abc123]
        api_url = "https://api.example.com/"
        access_token = "tok3n"
        client_id = "client-1"
        client_secrets = ["old", "new"]
        hook_secrets = ["env:BC_HOOK_SECRET"]
        proof = "both"
        rules = "rules.yaml"
        """,
    )

    store = configuration.stores["abc123"]
    assert configuration.state_dir == tmp_path / "state"
    assert configuration.public_url == "https://hooks.example.com"
    assert configuration.workers == 8
    assert store.store == "abc123"
    assert store.api_url == "https://api.example.com"
    assert store.access_token == "tok3n"
    assert store.client_id == "client-1"
    assert store.client_secrets == ("old", "new")
    assert store.hook_secrets == ("hook-s3cret",)
    assert store.proof == "both"
    assert store.rules == tmp_path / "rules.yaml"


def test_a_token_and_one_secret_are_enough(tmp_path: Path) -> None:
    configuration = read(tmp_path, LEAST)

    store = configuration.stores["abc123"]
    assert configuration.state_dir == tmp_path / "var"
    assert (configuration.public_url, configuration.workers) == ("", 4)
    assert store.api_url == "https://api.bigcommerce.com"
    assert (store.client_id, store.hook_secrets) == ("", ())
    assert (store.proof, store.rules) == ("either", None)


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    configuration = read(tmp_path, 'state_dir = "/srv/state"\n' + LEAST + 'rules = "/srv/r.yaml"')

    assert configuration.state_dir == Path("/srv/state")
    assert configuration.stores["abc123"].rules == Path("/srv/r.yaml")


def test_the_example_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BC_ACCESS_TOKEN", "BC_CLIENT_SECRET", "BC_HOOK_SECRET"):
        monkeypatch.setenv(name, "s3cret")

    configuration = read_configuration(ROOT / "examples/orderwarden.toml")

    assert list(configuration.stores) == ["abc123"]


# Files that cannot be read at all


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "absent.toml"

    with pytest.raises(ConfigurationError) as refused:
        read_configuration(path)

    assert refused.value.problems == (
        f"{path}: cannot be read (No such file or directory); name the file with --config",
    )


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cannot be read \(Is a directory\)"):
        read_configuration(tmp_path)


def test_a_slip_in_the_syntax_is_shown_with_its_line(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, 'state_dir = "var"\n\nworkers 4\n')

    assert problem.startswith("not TOML: ")
    assert "at line 3" in problem


def test_a_secret_without_its_quotes_is_not_shown(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, f"[stores.abc123]\naccess_token = {TOKEN}\n")

    assert "at line 2" in problem
    assert TOKEN not in problem


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orderwarden.toml"
    path.write_bytes(b'state_dir = "\xff"\n')

    with pytest.raises(ConfigurationError, match=r"not TOML: .* byte 0xff in position 13"):
        read_configuration(path)


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "a = " + "[" * 50_000)

    assert problem.startswith("not TOML: ")


# Everything that is wrong, at once


def test_every_problem_is_told_at_once_each_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BC_ABSENT", raising=False)

    found = problems(
        tmp_path,
        """
        workrs = 2
        workers = 0
        state_dir = 5

        [stores.abc123]
        acces_token = "env:BC_ABSENT"
        api_url = "ftp://api.example.com"
        client_secrets = ["env:BC_ABSENT", ""]
        proof = "none"

        [stores."not a hash"]
        access_token = "tok3n"
        hook_secrets = "hook-s3cret"
        rules = 7
        """,
    )

    assert found == [
        "workrs: no such setting; did you mean `workers`?",
        "state_dir: must be text, not 5",
        "workers: must be a number from 1 to 32, not `0`",
        "stores.abc123.acces_token: no such setting; did you mean `access_token`?",
        "stores.abc123.proof: must be `either` or `both`, not `none`",
        "stores.abc123.client_secrets[0]: the environment variable BC_ABSENT is not set",
        "stores.abc123.client_secrets[1]: is missing; give a value or `env:NAME`",
        f"stores.abc123.api_url: {BAD_URL}",
        "stores.abc123.access_token: is missing; give a value or `env:NAME`",
        "stores.not a hash: a store hash has letters and digits only",
        "stores.not a hash.rules: must be text, not 7",
        "stores.not a hash.hook_secrets: must be a list, e.g. ['env:NAME']",
        "stores.not a hash: needs client_secrets or hook_secrets: nothing proves a webhook",
    ]


def test_what_makes_sense_is_there_beside_the_problems(tmp_path: Path) -> None:
    path = written(tmp_path, LEAST + 'rules = "rules.yaml"\nprof = "both"\n')

    configuration, found = examine(path)

    assert configuration.stores["abc123"].rules == tmp_path / "rules.yaml"
    assert found == [f"{path}: stores.abc123.prof: no such setting; did you mean `proof`?"]


@pytest.mark.parametrize(
    ("key", "advice"),
    [
        ("worker", "did you mean `workers`?"),
        ("store", "did you mean `stores`?"),
        ("Public_URL", "did you mean `public_url`?"),
        (
            "colour",
            "known: state_dir, public_url, workers, reconcile_minutes, look_back_hours, stores",
        ),
    ],
)
def test_an_unknown_setting_is_told_what_would_be_right(
    tmp_path: Path, key: str, advice: str
) -> None:
    found = problems(tmp_path, f"{key} = 1\n{LEAST}")

    assert found == [f"{key}: no such setting; {advice}"]


@pytest.mark.parametrize("text", ["", "stores = 3", "[stores]", "stores = []"])
def test_without_a_store_there_is_nothing_to_do(tmp_path: Path, text: str) -> None:
    found = problems(tmp_path, text)

    assert found == ["stores: no store is configured; add a table [stores.<store hash>]"]


def test_a_store_is_a_table(tmp_path: Path) -> None:
    found = problems(tmp_path, "[stores]\nabc123 = 3\n")

    assert found == ["stores.abc123: must be a table, e.g. [stores.abc123]"]


@pytest.mark.parametrize("store", ["", "abc-123", "abc/123", "é", "a" * 65])
def test_a_store_hash_has_letters_and_digits_only(tmp_path: Path, store: str) -> None:
    found = problems(tmp_path, LEAST.replace("abc123", f'"{store}"'))

    assert found == [f"stores.{store}: a store hash has letters and digits only"]


def test_lost_webhooks_are_looked_for_every_quarter_of_an_hour_unless_told(tmp_path: Path) -> None:
    left = read(tmp_path, LEAST)
    told = read(tmp_path, f"reconcile_minutes = 5\nlook_back_hours = 24\n{LEAST}")

    assert (left.reconcile_minutes, left.look_back_hours) == (15, 72)
    assert (told.reconcile_minutes, told.look_back_hours) == (5, 24)


@pytest.mark.parametrize("workers", [1, 32])
def test_there_may_be_one_to_32_workers(tmp_path: Path, workers: int) -> None:
    assert read(tmp_path, f"workers = {workers}\n{LEAST}").workers == workers


@pytest.mark.parametrize(
    ("workers", "shown"),
    [("0", "0"), ("33", "33"), ("true", "True"), ('"4"', "4"), ("4.0", "4.0")],
)
def test_no_other_number_of_workers_is_taken(tmp_path: Path, workers: str, shown: str) -> None:
    found = problems(tmp_path, f"workers = {workers}\n{LEAST}")

    assert found == [f"workers: must be a number from 1 to 32, not `{shown}`"]


# Addresses


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com:8443/bc/", "https://api.example.com:8443/bc"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_api_is_called_by_https_or_on_this_machine(tmp_path: Path, url: str, kept: str) -> None:
    configuration = read(tmp_path, f'{LEAST}api_url = "{url}"')

    assert configuration.stores["abc123"].api_url == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "http://api.example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "https://",
        "https:///v2",
        "https://api.example.com:https",
        "https://api.example.com:0",
        "https://[::1",
        "https://jane:pass-w0rd@api.example.com",
        "https://api.example.com?token=pass-w0rd",
        "https://api.example.com#pass-w0rd",
        "https://api.example.com\\nX: pass-w0rd",
    ],
)
def test_another_address_is_refused_and_not_shown(tmp_path: Path, url: str) -> None:
    [problem] = problems(tmp_path, f'{LEAST}api_url = "{url}"')

    assert problem == f"stores.abc123.api_url: {BAD_URL}"


# Secrets


def test_a_secret_may_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BC_ACCESS_TOKEN", TOKEN)

    configuration = read(tmp_path, LEAST.replace(TOKEN, "env:BC_ACCESS_TOKEN"))

    assert configuration.stores["abc123"].access_token == TOKEN


@pytest.mark.parametrize("name", ["BC_EMPTY", "BC_ABSENT", ""])
def test_a_variable_that_is_empty_or_absent_is_a_missing_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("BC_EMPTY", "")
    monkeypatch.delenv("BC_ABSENT", raising=False)

    found = problems(tmp_path, LEAST.replace(TOKEN, f"env:{name}"))

    assert found == [f"stores.abc123.access_token: the environment variable {name} is not set"]


@pytest.mark.parametrize("value", ["tok3n\n", " tok3n", "tok3n ", "tök3n", "tok3n\r\nX-A: b", " "])
def test_a_secret_that_no_header_can_carry_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("BC_SECRET", value)

    found = problems(tmp_path, LEAST.replace(TOKEN, "env:BC_SECRET"))

    sentence = "must be ASCII on one line, without blanks around it"
    assert found == [f"stores.abc123.access_token: {sentence}"]


@pytest.mark.parametrize("value", ["3", "true", '["tok3n"]'])
def test_a_secret_is_text(tmp_path: Path, value: str) -> None:
    found = problems(tmp_path, LEAST.replace(f'"{TOKEN}"', value))

    assert found == ["stores.abc123.access_token: is missing; give a value or `env:NAME`"]


@pytest.mark.parametrize(
    "secrets", ["", "client_secrets = []", "client_secrets = []\nhook_secrets = []"]
)
def test_something_must_prove_a_webhook(tmp_path: Path, secrets: str) -> None:
    found = problems(tmp_path, f'[stores.abc123]\naccess_token = "{TOKEN}"\n{secrets}')

    assert found == [
        "stores.abc123: needs client_secrets or hook_secrets: nothing proves a webhook"
    ]


@pytest.mark.parametrize("secrets", ['client_secrets = ["a"]', 'hook_secrets = ["a"]'])
def test_both_proofs_need_both_kinds_of_secret(tmp_path: Path, secrets: str) -> None:
    text = f'[stores.abc123]\naccess_token = "{TOKEN}"\n{secrets}\nproof = "both"\n'

    found = problems(tmp_path, text)

    assert found == ["stores.abc123.proof: `both` needs client_secrets and hook_secrets"]


def test_what_was_read_shows_no_secret(tmp_path: Path) -> None:
    configuration = read(tmp_path, LEAST + 'hook_secrets = ["hook-s3cret"]')

    shown = f"{configuration!r} {configuration.stores['abc123']}"

    assert "abc123" in shown
    assert not [secret for secret in (TOKEN, "client-s3cret", "hook-s3cret") if secret in shown]
