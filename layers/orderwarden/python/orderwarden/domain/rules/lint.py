"""What a rule set says and hardly means: found before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, combinations, islice
from types import MappingProxyType
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.rules.inspect import named_statuses, possible_statuses, top_tests
from orderwarden.domain.rules.lint_pairs import cycles, overlaps, why_hidden
from orderwarden.domain.rules.lint_rule import why_dead
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.rules.sweeping import costly_fields, endless_sweep, has_age_bound
from orderwarden.domain.rules.wording import test_words
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import NAMES

MOST: Final = 200
"""So many findings are told."""

_NO_LABELS: Final[Mapping[int, str]] = MappingProxyType({})


class Severity(StrEnum):
    """How sure it is that something is wrong."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
