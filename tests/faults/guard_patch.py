"""Put a file's changed text in force in this process: the code of what it defines is exchanged.

Whoever imported a function or a class of it has the very object, and so gets the new code. This
takes no new process, which would import everything anew.
"""

from __future__ import annotations

import builtins
import functools
import sys
from collections.abc import Iterator
from enum import EnumMeta
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any


def put_in_force(path: Path, text: str) -> bool:
    """Exchange the code of a module; return False where it is not loaded, or cannot be."""
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__file__", "") == str(path)]
    return bool(modules) and all(_exchange(module, text) for module in modules)


def _exchange(module: ModuleType, text: str) -> bool:
    def build(*arguments: Any, **named: Any) -> type:  # noqa: ANN401
        """Return a class; an enum is what it was, since its members are known by identity."""
        new: type = builtins.__build_class__(*arguments, **named)
        old = getattr(module, new.__name__, None)
        return old if isinstance(new, EnumMeta) and isinstance(old, type) else new

    fresh = {name: getattr(module, name) for name in ("__name__", "__file__", "__package__")}
    fresh["__builtins__"] = {**vars(builtins), "__build_class__": build}
    exec(compile(text, str(module.__file__), "exec", dont_inherit=True), fresh)  # noqa: S102
    try:
        for name, new in fresh.items():
            if not name.startswith("__"):
                _renew(module, name, vars(module).get(name), new)
    except ValueError:  # other variables from around it: such code does not fit
        return False
    return True


def _renew(module: ModuleType, name: str, old: Any, new: Any) -> None:  # noqa: ANN401
    """Give an old value the code of the new one; what has no code is replaced wherever it is."""
    if isinstance(old, type) and isinstance(new, type):
        if new.__module__ == module.__name__:
            _renew_class(old, new)
        return
    functions = list(zip(_functions(old), _functions(new), strict=False))
    for theirs, ours in functions:
        if ours.__module__ == module.__name__:
            theirs.__code__, theirs.__defaults__ = ours.__code__, ours.__defaults__
            theirs.__kwdefaults__ = ours.__kwdefaults__
    if not functions and old != new and repr(old) != repr(new):
        _replace(name, old, new)


def _renew_class(old: type, new: type) -> None:
    for name, fresh in vars(new).items():
        before = vars(old).get(name)
        for theirs, ours in zip(_functions(before), _functions(fresh), strict=False):
            theirs.__code__ = ours.__code__


def _functions(value: object) -> Iterator[FunctionType]:
    """Yield the functions in a value: itself, what it wraps, what a property calls."""
    match value:
        case FunctionType():
            wrapped = getattr(value, "__wrapped__", None)
            yield from _functions(wrapped) if wrapped is not None else (value,)
        case staticmethod() | classmethod():
            yield from _functions(value.__func__)
        case property():
            yield from _functions(value.fget)
        case functools.cached_property():
            yield from _functions(value.func)
        case _:
            return


def _replace(name: str, old: object, new: object) -> None:
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get(name) is old:
            setattr(module, name, new)
