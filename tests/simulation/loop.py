"""An event loop without chance: processes that share nothing, messages on their way, and a clock
that moves when it is told to.

Owns what may happen next and what becomes of it. Within a process everything runs in asyncio's own
order, turn by turn. What is left to a scheduler is what is left to chance outside: which message
arrives first, which process gets on, and whether time passes before it does. So an order that is
found here is one that asyncio allows.

A process that is killed stops where it stands: nothing of it runs any more, no `finally` either.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context
from typing import Any, NamedTuple, Protocol

from tests.simulation.violations import Violation

MOST_STEPS = 20_000
"""Many times what any schedule takes; beyond it something goes round in circles."""


class Scheduler(Protocol):
    """Decides. 0 is always what would happen if nothing were in a hurry or late."""

    def schedule(self, lanes: list[Any]) -> int: ...

    def choose(self, n: int, kind: str) -> int: ...


class Decision(NamedTuple):
    """One choice that was made, out of `n`."""

    kind: str
    n: int
    value: int


class Process:
    """What shares memory, and dies together. Its lane holds what is ready to run."""

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name
        self.alive = True
        self.queue: deque[Handle] = deque()
        self.context = copy_context()
        self.context.run(_PROCESS.set, self)


_PROCESS: ContextVar[Process] = ContextVar("process")


class Handle:
    """A callback that is ready to run."""

    __slots__ = ("args", "callback", "cancelled_", "context")

    def __init__(self, callback: Callable[..., Any], args: Any, context: Context) -> None:
        self.callback = callback
        self.args = args
        self.context = context
        self.cancelled_ = False

    def cancel(self) -> None:
        self.cancelled_ = True


class Message:
    """Something on its way: it arrives when the scheduler says so. One lane for each sender."""

    __slots__ = ("arrive", "id", "name")

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name
        self.arrive: Callable[[], None] = _nothing


def _nothing() -> None:
    return None


class _Time:
    """The lane in which time passes though something else could happen."""

    id = 0
    name = "time"


TIME = _Time()


class Loop(asyncio.AbstractEventLoop):
    """Runs one schedule."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.decisions: list[Decision] = []
        self.now = 0.0
        self.steps = 0
        self.leaps = 0
        """How often time may pass though messages are on their way, so that any may be late."""
        self.trace: Callable[[str], None] | None = None
        self.processes: list[Process] = []
        self.world = self.process("world")
        self._runnable: dict[Process | Message, None] = {}
        """In the order in which they became so."""
        self._ready = 0
        """Processes among them."""
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._numbers = 0
        self.tasks: list[asyncio.Task[Any]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let this be the running loop, and in the end nothing be left of what ran in it."""
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            self._tear_down()
            asyncio._set_running_loop(None)

    # --- what may happen ---

    def process(self, name: str) -> Process:
        """A new process."""
        process = Process(1 + len(self.processes), name)
        self.processes.append(process)
        return process

    def kill(self, process: Process) -> None:
        """Let nothing of this process run any more."""
        process.alive = False
        if process in self._runnable:
            del self._runnable[process]
            self._ready -= 1

    def post(self, message: Message, arrive: Callable[[], None]) -> None:
        """Send something. A sender has one message on its way at most."""
        assert message not in self._runnable, f"{message.name} has not arrived yet"
        message.arrive = arrive
        self._runnable[message] = None

    def withdraw(self, message: Message) -> None:
        """Let a message be lost, if it is on its way."""
        self._runnable.pop(message, None)

    def choose(self, n: int, kind: str = "data") -> int:
        """A number below `n`; 0 is the plainest."""
        if n <= 1:
            return 0
        value = self.scheduler.choose(n, kind)
        self.decisions.append(Decision(kind, n, value))
        return value

    # --- running ---

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Run to the end of `main`. Raises what it raises, and `Violation` if it never ends."""
        task = self.create_task(main)
        while not task.done():
            self._step()
        task.result()

    def _tear_down(self) -> None:
        """End whatever is left, so that nothing of it outlives the schedule."""
        self.trace = None
        for message in [it for it in self._runnable if isinstance(it, Message)]:
            del self._runnable[message]
        for process in self.processes:
            process.alive = True
            if process.queue and process not in self._runnable:
                self._runnable[process] = None
                self._ready += 1
        for task in self.tasks:
            task.cancel()
        for _ in range(MOST_STEPS):
            processes = [it for it in self._runnable if isinstance(it, Process)]
            if not processes:
                break
            for process in processes:
                self._turn(process, quietly=True)
        for task in self.tasks:
            if task.done() and not task.cancelled():
                task.exception()  # seen

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Violation("it goes on without end")
        lanes: list[Any] = list(self._runnable)
        if self.leaps and not self._ready and self._timers:
            lanes.append(TIME)
        if not lanes:
            self._pass_time()
            return
        index = 0
        if len(lanes) > 1:
            index = self.scheduler.schedule(lanes)
            self.decisions.append(Decision("sched", len(lanes), index))
        lane = lanes[index]
        if lane is TIME:
            self.leaps -= 1
            self._pass_time()
        elif type(lane) is Process:
            self._turn(lane)
        else:
            del self._runnable[lane]
            lane.arrive()

    def _turn(self, process: Process, *, quietly: bool = False) -> None:
        """All that is ready in a process by now, as one turn of asyncio's loop."""
        del self._runnable[process]
        self._ready -= 1
        queue = process.queue
        for _ in range(len(queue)):
            handle = queue.popleft()
            if handle.cancelled_:
                continue
            try:
                handle.context.run(handle.callback, *handle.args)
            except Exception as error:
                if not quietly:
                    raise Violation(f"a callback raised {error!r}") from error

    def _pass_time(self) -> None:
        timers = self._timers
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        if not timers:
            if self._runnable:
                return
            raise Violation("everything waits, and for nothing")
        self.now = max(self.now, timers[0][0])
        while timers and timers[0][0] <= self.now:
            timer = heapq.heappop(timers)[2]
            if not timer._cancelled:
                # Callback, arguments and context as asyncio's own loops find them there.
                self._enqueue(Handle(timer._callback, timer._args, timer._context))  # type: ignore[attr-defined]

    def _enqueue(self, handle: Handle) -> None:
        process = handle.context.get(_PROCESS, self.world)
        if process.alive and process not in self._runnable:
            self._runnable[process] = None
            self._ready += 1
        process.queue.append(handle)

    # --- what asyncio asks of a loop ---

    def time(self) -> float:
        return self.now

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> Any:
        handle = Handle(callback, args, context or copy_context())
        self._enqueue(handle)
        return handle

    def call_later(self, delay: float, callback: Any, *args: Any, context: Any = None) -> Any:
        return self.call_at(self.now + delay, callback, *args, context=context)

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        self._numbers += 1
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._timers, (when, self._numbers, timer))
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Any, *, name: str | None = None, context: Context | None = None
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=self, name=name, context=context)
        self.tasks.append(task)
        return task

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return True

    def is_closed(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        return None

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        return None
