"""One place in a rule file: what stands there, the path to it, and where problems are noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orderwarden.domain.rules.nodes import MappingNode, Node, ScalarNode, SequenceNode
from orderwarden.domain.rules.problems import Problems, quoted
from orderwarden.domain.rules.status_names import StatusNames


def _never(_name: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Place:
    """A node on its way through the compiler.

    Every method that cannot return what was asked for notes a problem and returns None or
    less; the compiler goes on, so that all problems are found at once.

    Attributes:
        statuses: What the store's statuses are called.
    """

    node: Node
    path: str
    problems: Problems
    statuses: StatusNames

    def refuse(self, sentence: str) -> None:
        """Note a problem here."""
        self.problems.add(self.node, self.path or "file", sentence)

    @property
    def found(self) -> str:
        """Return what stands here, for messages."""
        if isinstance(self.node, SequenceNode):
            return "a list"
        if isinstance(self.node, MappingNode):
            return "a mapping"
        return "nothing" if self.node.is_nothing else quoted(self.node.text)

    def at(self, key: str, node: Node) -> Place:
        """Return the place of a part."""
        return replace(self, node=node, path=f"{self.path}.{key}" if self.path else key)

    def text(self, expected: str) -> str | None:
        """Return the one text that stands here, without outer spaces."""
        if isinstance(self.node, ScalarNode) and not self.node.is_nothing:
            return self.node.text.strip()
        self.refuse(f"{self.found}; write {expected}")
        return None

    def items(self, expected: str) -> list[Place]:
        """Return the parts of the list that stands here; an empty list is a problem."""
        if not isinstance(self.node, SequenceNode) or not self.node.items:
            found = "an empty list" if isinstance(self.node, SequenceNode) else self.found
            self.refuse(f"{found}; write {expected}")
            return []
        return [
            replace(self, node=item, path=f"{self.path}[{number}]")
            for number, item in enumerate(self.node.items, start=1)
        ]

    def one_or_items(self, expected: str) -> list[Place]:
        """Return the parts of a list, or the one value that stands without one."""
        return [self] if isinstance(self.node, ScalarNode) else self.items(expected)

    def entries(
        self,
        noun: str,
        known: Sequence[str],
        *,
        required: Sequence[str] = (),
        accepts: Callable[[str], bool] = _never,
    ) -> dict[str, Place]:
        """Return the values of the mapping that stands here, by key.

        What stands under a misspelt key is taken for the value of the key that was meant, so that
        its own problems are found as well.

        Args:
            noun: What its keys are, for messages.
            known: The keys there may be.
            required: Those there must be.
            accepts: Tells further keys there may be, too many to list.
        """
        if not isinstance(self.node, MappingNode):
            self.refuse(f"{self.found}; write {noun}s, such as `{known[0]}: ...`")
            return {}
        places: dict[str, Place] = {}
        meant: dict[str, Place] = {}
        lines: dict[str, int] = {}
        for key, node in self.node.entries:
            name = key.text
            if name in lines:
                self._refuse_key(key, f"written twice, first on line {lines[name]}")
            elif name in known or accepts(name):
                places[name] = self.at(name, node)
            else:
                self._refuse_key(key, f"no such {noun}; {self._advice(name, known)}")
                near = self.problems.nearest(name, known)
                if near and "<" not in near:  # not `meta.<namespace>.<key>`
                    meant.setdefault(near, self.at(name, node))
            lines.setdefault(name, key.line)
        for name in required:
            if name not in lines and name not in meant:
                self.refuse(f"`{name}` is missing")
        return meant | places

    def _advice(self, name: str, known: Sequence[str]) -> str:
        is_rest_of_number = name.replace(".", "").isdigit()
        if is_rest_of_number:
            return "a comma ends a value, so write 1000 where you mean 1,000"
        return self.problems.advice(name, known)

    def _refuse_key(self, key: ScalarNode, sentence: str) -> None:
        self.problems.add(key, self.path or "file", f"{quoted(key.text)}: {sentence}")
