"""From the YAML that a merchant writes to rules: the only place that knows YAML.

Built on YAML's events, not its values: texts stay as they were written (`NO`, `on`, `1:30`), and
a file that is hostile is refused before it is large in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Protocol
from unicodedata import category

import yaml
from orderwarden.domain.rules.compile import CompiledFile, compile_file
from orderwarden.domain.rules.given import Given
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.rules.nodes import MappingNode, Node, ScalarNode, SequenceNode
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import Problems
from orderwarden.domain.rules.status_names import StatusNames
from orderwarden.domain.rules.test_entry import given_facts
from orderwarden.errors import ConfigurationError
from yaml.reader import ReaderError

MOST_BYTES: Final = 512 * 1024
"""500 rules of a kilobyte each."""

MOST_DEPTH: Final = 20

MOST_NODES: Final = 40_000
"""Keys, values, lists and mappings, 80 for each of 500 rules: so that no file takes long."""


def read_rules(text: str, file_name: str) -> RuleSet:
    """Return the rules of a file, not yet published: version 0, digest set.

    Raises:
        ConfigurationError: With every problem at once; where it is no YAML, with the first.
    """
    return read_file(text, file_name).rules


def read_file(text: str, file_name: str, labels: Mapping[int, str] | None = None) -> CompiledFile:
    """Return the rules of a file, not yet published, and its tests.

    Args:
        text: YAML.
        file_name: For messages.
        labels: What the store calls its statuses, by id.

    Raises:
        ConfigurationError: As `read_rules`.
    """
    return compile_file(read_document(text, file_name), file_name, labels)


def read_facts(text: str, file_name: str, labels: Mapping[int, str] | None = None) -> Given:
    """Return the facts of a file: fields with their values, as under `facts:` of a test.

    Raises:
        ConfigurationError: As `read_rules`.
    """
    problems = Problems(file_name)
    node = read_document(text, file_name)
    found = given_facts(Place(node, "", problems, StatusNames(labels or {})))
    problems.raise_if_any()
    return found


def read_document(text: str, file_name: str) -> Node:
    """Return a YAML file as nodes.

    Raises:
        ConfigurationError: It is too large, no YAML, or uses what rule files do without: tags,
            anchors, several documents, control characters.
    """
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise ConfigurationError(f"{file_name}: more than {MOST_BYTES} bytes; no more are read")
    try:
        return _Reader(text).document()
    except _Refused as error:
        line, column, sentence = error.args
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        sentence = _no_character(chr(error.character))
    except yaml.MarkedYAMLError as error:
        line, column = _place(error.problem_mark)
        sentence = _no_yaml(error)
    raise ConfigurationError(f"{file_name}:{line}:{column}: {sentence}")


class _Refused(Exception):
    """Line, column and sentence of what no rule file may hold."""


class _Mark(Protocol):
    line: int
    column: int


def _place(mark: _Mark | None) -> tuple[int, int]:
    """Return line and column, from 1."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _no_yaml(error: yaml.MarkedYAMLError) -> str:
    if "'\\t'" in str(error.problem):
        return "a tab; indent with spaces"
    told = ", ".join(part for part in (error.context, error.problem) if part)
    return f"no YAML: {told}; a text with `: ` or ` #` in it needs quotes"


def _no_character(character: str) -> str:
    return f"the character {character!a}; remove it"


def _is_control(character: str) -> bool:
    return category(character) in {"Cc", "Cs"} and character not in "\n\t"


def _events(loader: yaml.SafeLoader) -> Iterator[yaml.Event]:
    try:
        while loader.check_event():
            yield loader.get_event()  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):  # "\UFFFFFFFF", %YAML 1.99...: PyYAML does not see it
        raise _Refused(*_place(loader.get_mark()), "a number that is too large") from None


class _Reader:
    """Turns events into nodes."""

    def __init__(self, text: str) -> None:
        self._events = _events(yaml.SafeLoader(text))
        self._nodes_left = MOST_NODES

    def document(self) -> Node:
        next(self._events)  # the start of the stream
        start = next(self._events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise self._refused(start, "an empty file; write version: 1 and rules:")
        node = self._node(next(self._events), MOST_DEPTH)
        next(self._events)  # the end of the document
        end = next(self._events)
        if not isinstance(end, yaml.StreamEndEvent):
            raise self._refused(end, "a second document; write one file for each")
        return node

    def _node(self, event: yaml.Event, depth_left: int) -> Node:
        line, column = _place(event.start_mark)
        self._nodes_left -= 1
        if self._nodes_left < 0:
            told = f"more than {MOST_NODES} keys, values, lists and mappings; write fewer"
            raise self._refused(event, told)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise self._refused(event, "an anchor or alias (`&`, `*`); write the value out")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            raise self._refused(event, "a tag (`!`); write the value alone")
        if isinstance(event, yaml.ScalarEvent):
            odd = next(filter(_is_control, event.value), None)
            if odd:
                raise self._refused(event, _no_character(odd))
            return ScalarNode(event.value, event.style is None, line, column)
        if depth_left == 0:
            raise self._refused(event, f"nested too deeply; at most {MOST_DEPTH} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(self._node(each, depth_left - 1) for each in self._until_end())
            return SequenceNode(items, line, column)
        return MappingNode(tuple(self._entries(depth_left - 1)), line, column)

    def _entries(self, depth_left: int) -> Iterator[tuple[ScalarNode, Node]]:
        for event in self._until_end():
            key = self._node(event, depth_left)
            if not isinstance(key, ScalarNode):
                raise self._refused(event, "a list or mapping as a key; write a name")
            yield key, self._node(next(self._events), depth_left)

    def _until_end(self) -> Iterator[yaml.Event]:
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _refused(self, event: yaml.Event, sentence: str) -> _Refused:
        return _Refused(*_place(event.start_mark), sentence)
