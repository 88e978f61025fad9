"""A method that holds its object's lock while it runs."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bigcommerce_sim.world.world import World

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Lockable(Protocol):
    """Have a world and the lock that guards it."""

    world: World
    lock: threading.RLock


Self = TypeVar("Self", bound=Lockable)


def locked(
    method: Callable[Concatenate[Self, Arguments], Result],
) -> Callable[Concatenate[Self, Arguments], Result]:
    """Hold the lock, and first let happen what has become due."""

    @wraps(method)
    def run(self: Self, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with self.lock:
            self.world.settle()
            return method(self, *args, **kwargs)

    return run
