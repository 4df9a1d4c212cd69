"""Steps of stores as they are taken: recorded, and with something in between."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")
Action = Callable[[], Awaitable[object]]


class Crashed(Exception):
    """The process ended here."""


async def crash() -> None:
    """End the process."""
    raise Crashed


class Steps:
    """The calls of all watched stores, as `store.method`, in their order.

    Before or after the next call of a step something else can happen once: a crash, or
    another request.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self._before: defaultdict[str, list[Action]] = defaultdict(list)
        self._after: defaultdict[str, list[Action]] = defaultdict(list)

    def watch(self, name: str, store: T) -> T:
        """Return *store* with its calls recorded under *name*."""
        return cast("T", _Watched(name, store, self))  # forwards every method

    def before(self, step: str, action: Action) -> None:
        """Let *action* happen before the next call of *step*."""
        self._before[step].append(action)

    def after(self, step: str, action: Action) -> None:
        """Let *action* happen after the next call of *step*."""
        self._after[step].append(action)

    def forget(self) -> None:
        """Forget the calls recorded so far."""
        self.taken.clear()

    async def run(self, step: str, call: Action) -> object:
        """Run *call* as *step*, with what is to happen around it."""
        if self._before[step]:
            await self._before[step].pop()()
        self.taken.append(step)
        result = await call()
        if self._after[step]:
            await self._after[step].pop()()
        return result


class _Watched:
    def __init__(self, name: str, store: object, steps: Steps) -> None:
        self._name = name
        self._store = store
        self._steps = steps

    def __getattr__(self, method: str) -> Callable[..., Awaitable[object]]:
        real: Callable[..., Awaitable[object]] = getattr(self._store, method)

        async def called(*arguments: object, **named: object) -> object:
            step = f"{self._name}.{method}"
            return await self._steps.run(step, lambda: real(*arguments, **named))

        return called
