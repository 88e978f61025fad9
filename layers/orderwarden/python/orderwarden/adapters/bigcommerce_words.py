"""What an error body says to a person, whatever its shape, and nothing that is personal.

Shapes: v2 arrays, v3 objects, problem+json, HTML, plain text, nothing. Source:
docs/bigcommerce.md, "Errors".
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote, quote_plus

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


def is_page(body: bytes | None, content_type: str) -> bool:
    """Return whether a body is a page, such as a proxy or a log-in puts in an answer's place.

    The header alone is no proof, since some servers call whatever they send HTML; but of a body
    that did not arrive (None) there is nothing else to go by.
    """
    is_called_page = "html" in content_type.lower()
    if body is None:
        return is_called_page
    begins_with = body.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    return begins_with == b"<" or (is_called_page and begins_with not in {b"", b"{", b"["})


def words_of(body: bytes, secrets: tuple[str, ...]) -> str:
    """Return the message of an error body, at most 500 characters; empty where it has none.

    The secrets, and whatever looks like an e-mail address, are struck out.
    """
    try:
        return words_in(json.loads(body), secrets)
    except (ValueError, RecursionError):
        return words_of_page(body, secrets)


def words_in(value: object, secrets: tuple[str, ...]) -> str:
    """Return the message within a piece of a body, as `words_of` does."""
    strike = _striking(secrets)
    return _line(strike(" / ".join(dict.fromkeys(islice(_said(value), _MOST)))))


def words_of_page(body: bytes, secrets: tuple[str, ...]) -> str:
    """Return what a page says that came in place of JSON, as `words_of` does.

    JSON that is broken has no words, and a page none from its first brace on: any part of what
    was to be an answer may be personal.
    """
    if body.lstrip()[:1] in (b"{", b"["):
        return ""
    strike = _striking(secrets)
    page = strike(body.decode("utf-8", "replace"))[:_READ]
    text = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", page)))
    return _line(strike(text).partition("{")[0])


def _line(text: str) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in text[:_READ])
    text = " ".join(_EMAIL.sub("[e-mail]", text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _striking(secrets: tuple[str, ...]) -> Callable[[str], str]:
    """Return what strikes secrets out of a text, in whatever form the store may echo them."""
    forms = {form for secret in secrets if secret.strip() for form in _forms(secret)}
    if not forms:
        return lambda text: text
    found = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    return lambda text: found.sub("[secret]", text)


def _forms(secret: str) -> Iterator[str]:
    in_json = json.dumps(secret)[1:-1]
    yield from (secret, html.escape(secret), in_json, in_json.replace("/", "\\/"))
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret))


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
