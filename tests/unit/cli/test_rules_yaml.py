"""YAML as merchants and attackers write it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.rules.nodes import MappingNode, ScalarNode, SequenceNode
from orderwarden.errors import ConfigurationError
from orderwarden_cli.rules_yaml import MOST_BYTES, read_document, read_rules

HINT = "; a text with `: ` or ` #` in it needs quotes"
EXAMPLES = Path(__file__).parents[3] / "examples"


def problem(text: str) -> str:
    with pytest.raises(ConfigurationError) as raised:
        read_document(text, "rules.yaml")
    (found,) = raised.value.problems
    return found.removeprefix("rules.yaml:")


def test_the_example_compiles() -> None:
    rules = read_rules((EXAMPLES / "rules.yaml").read_text(), "rules.yaml")

    assert [rule.name for rule in rules.rules] == [
        "release-paid",
        "complete-when-shipped",
        "cancel-unpaid-large",
        "cancel-unpaid",
        "remind-of-authorized",
    ]


def test_texts_stay_as_they_were_written_with_their_place() -> None:
    document = read_document("on: [NO, 1:30,\n  'null', ~, 0x10, 007, 2026-12-25]", "rules.yaml")

    assert document == MappingNode(
        (
            (
                ScalarNode("on", True, 1, 1),
                SequenceNode(
                    (
                        ScalarNode("NO", True, 1, 6),
                        ScalarNode("1:30", True, 1, 10),
                        ScalarNode("null", False, 2, 3),
                        ScalarNode("~", True, 2, 11),
                        ScalarNode("0x10", True, 2, 14),
                        ScalarNode("007", True, 2, 20),
                        ScalarNode("2026-12-25", True, 2, 25),
                    ),
                    1,
                    5,
                ),
            ),
        ),
        1,
        1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: an empty file; write version: 1 and rules:"),
        ("# nothing\n\n", "3:1: an empty file; write version: 1 and rules:"),
        ("a:\n\tb: 1", "2:1: a tab; indent with spaces"),
        ("a: [\n\t1]", "2:1: a tab; indent with spaces"),
        ("a: 1\n---\nb: 2", "2:1: a second document; write one file for each"),
        ("a: &x 1\nb: 2", "1:4: an anchor or alias (`&`, `*`); write the value out"),
        ("a: *x", "1:4: an anchor or alias (`&`, `*`); write the value out"),
        ("a: !!str 1", "1:4: a tag (`!`); write the value alone"),
        ("a: !!python/object/apply:os.system ['true']", "1:4: a tag (`!`); write the value alone"),
        ("? [a]\n: b", "1:3: a list or mapping as a key; write a name"),
        (
            "a: 1\nb: 'x",
            f"2:6: no YAML: while scanning a quoted scalar, found unexpected end of stream{HINT}",
        ),
        (
            "a: 1\nb\n",
            f"3:1: no YAML: while scanning a simple key, could not find expected ':'{HINT}",
        ),
        ("a: b: c", f"1:5: no YAML: mapping values are not allowed here{HINT}"),
        ("a: 1\nb: \x00", "2:4: the character '\\x00'; remove it"),
        ("a: \ud800", "1:4: the character '\\ud800'; remove it"),
        ('a: "\\ud800"', "1:4: the character '\\ud800'; remove it"),
        ('a: "\\UFFFFFFFF"', "1:7: a number that is too large"),
        ("%YAML 1." + "9" * 5_000 + "\n---\na: 1", "1:9: a number that is too large"),
        ('a: "x\\0y"', "1:4: the character '\\x00'; remove it"),
        ("[" * 21, "1:21: nested too deeply; at most 20 levels"),
        ("[" * 200_000, "1:21: nested too deeply; at most 20 levels"),
        ("{a: " * 50_000, "1:81: nested too deeply; at most 20 levels"),
        ("- " * 100_000, "1:41: nested too deeply; at most 20 levels"),
        (
            "[" + "1," * 40_000,
            "1:80000: more than 40000 keys, values, lists and mappings; write fewer",
        ),
        ("x" * 1_000_000, " more than 524288 bytes; no more are read"),
        ("é" * 300_000, " more than 524288 bytes; no more are read"),
    ],
)
def test_what_no_rule_file_may_hold_is_refused_with_its_place(text: str, expected: str) -> None:
    assert problem(text) == expected


def test_twenty_levels_are_read() -> None:
    node = read_document("[" * 20 + "]" * 20, "rules.yaml")

    depth = 1
    while isinstance(node, SequenceNode) and node.items:
        node = node.items[0]
        depth += 1
    assert depth == 20


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]

    assert problem("\n".join(lines)).endswith("(`&`, `*`); write the value out")


def test_a_key_written_twice_is_left_for_the_compiler_to_see() -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_rules("version: 1\nrules: []\nversion: 1", "rules.yaml")

    assert raised.value.problems == (
        "rules.yaml:3:1: file: `version`: written twice, first on line 1",
    )


def test_a_merge_key_is_a_key_like_any_other() -> None:
    with pytest.raises(ConfigurationError, match="`<<`: no such key"):
        read_rules("version: 1\nrules: []\n<<: {mode: live}", "rules.yaml")


json_like = st.recursive(
    st.text(max_size=5) | st.booleans() | st.none() | st.integers(),
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=5), parts, max_size=3)
    ),
    max_leaves=10,
)


@given(st.text(max_size=60) | json_like.map(lambda value: str(yaml.safe_dump(value))))
def test_any_text_is_rules_or_a_list_of_problems(text: str) -> None:
    found: tuple[str, ...] = ("rules.yaml: none",)
    try:
        read_rules(text, "rules.yaml")
    except ConfigurationError as error:
        found = error.problems

    assert found
    assert all(problem.startswith("rules.yaml:") for problem in found)


def test_a_file_as_large_as_allowed_is_read() -> None:
    text = "version: 1\nrules: []\n# "

    assert read_rules(text + "x" * (MOST_BYTES - len(text)), "rules.yaml").rules == ()
