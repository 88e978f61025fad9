"""What an error body says to a person, whatever its shape, and nothing that is personal.

Shapes: v2 arrays, v3 objects, problem+json, HTML, plain text, nothing. Source:
docs/bigcommerce.md, "Errors".
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

LONGEST: Final = 500

_READ: Final = 8000
"""Characters looked at; what comes later helps nobody."""

_MOST: Final = 20
_DEEPEST: Final = 6
_SPOKEN: Final = ("title", "message", "detail", "error", "errors", "details", "data")
"""The keys under which BigCommerce puts words; values echoed under any other stay out."""

_HIDDEN: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"<[^<>]*>")
_EMAIL: Final = re.compile(r"[^\s\"'<>()\[\],;:=]{1,254}(@|%40)[^\s\"'<>()\[\],;:=]+", re.ASCII)


def words_of(body: bytes, secret: str) -> str:
    """Return the message of an error body, at most 500 characters; empty where it has none.

    The secret, and whatever looks like an e-mail address, are struck out.
    """
    try:
        text = " / ".join(dict.fromkeys(islice(_said(json.loads(body)), _MOST)))
    except (ValueError, RecursionError):
        is_broken_json = body.lstrip()[:1] in (b"{", b"[")  # of which any part may be personal
        text = "" if is_broken_json else _seen_in_a_browser(body[:_READ])
    text = "".join(letter if letter.isprintable() else " " for letter in text[:_READ])
    text = _EMAIL.sub("[e-mail]", text.replace(secret, "[secret]"))
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _said(value: object, deep: int = 0) -> Iterator[str]:
    if deep > _DEEPEST:
        return
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner, deep + 1)
    elif isinstance(value, Mapping):
        for key in _SPOKEN:
            if key == "errors" and isinstance(value.get(key), Mapping):
                yield from _said_of_fields(value[key], deep + 1)
            else:
                yield from _said(value.get(key), deep + 1)


def _said_of_fields(errors: Mapping[str, object], deep: int) -> Iterator[str]:
    for name, problem in errors.items():
        for words in _said(problem, deep + 1):
            yield f"{name}: {words}"


def _seen_in_a_browser(page: bytes) -> str:
    return html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", page.decode("utf-8", "replace"))))
