"""A class run as discrete events: one coordinator, some workers, a network between them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import simpy


@dataclass(frozen=True)
class Costs:
    """Seconds for each submission of what all submissions share.

    The coordinator prepares and records; `transfer` is one notebook's way over its network,
    which each notebook takes twice.
    """

    prepare: float
    record: float
    transfer: float = 0.0


@dataclass(frozen=True)
class Run:
    """How a simulated run went.

    Attributes
    ----------
    makespan : float
        Seconds from the start until the last result is recorded.
    workers_busy, coordinator_busy : float
        The share of that time in which workers executed, and in which the coordinator worked.
    held : int
        The most submissions that were prepared and not yet recorded.
    bounds : mapping
        Seconds below which no run can come, by what forbids it: "workers", "coordinator",
        "network" or "longest", the submission that takes longest.
    """

    workers: int
    makespan: float
    workers_busy: float
    coordinator_busy: float
    held: int
    bounds: Mapping[str, float]

    @property
    def limit(self) -> str:
        """What forbids most."""
        return max(self.bounds, key=self.bounds.__getitem__)

    @property
    def floor(self) -> tuple[str, float]:
        """What would forbid most with any number of workers, and the seconds that it needs."""
        others = {name: bound for name, bound in self.bounds.items() if name != "workers"}
        return max(others.items(), key=lambda item: item[1])


def simulate_run(seconds: Sequence[float], workers: int, costs: Costs, window: int) -> Run:
    """Simulate the grading of a class.

    The coordinator does one thing at a time, in the order in which it is asked: it prepares the
    next submission as soon as fewer than `window` prepared ones wait, and records each result.
    A worker takes the submission that has waited longest. Notebooks travel one after another.

    Parameters
    ----------
    seconds : sequence of float
        How long a worker executes each submission.
    workers : int
        How many there are.
    costs : Costs
        Of coordinator and network.
    window : int
        The most prepared submissions that wait for a worker.
    """
    run = _ClassRun(seconds, costs, window)
    for _ in range(workers):
        run.env.process(run.work())
    run.env.process(run.prepare())
    run.env.run(until=run.done)
    bounds = _bounds(seconds, workers, costs)
    return Run(
        workers=workers,
        makespan=run.env.now,
        workers_busy=sum(seconds) / workers / run.env.now,
        coordinator_busy=bounds["coordinator"] / run.env.now,
        held=run.most_held,
        bounds=bounds,
    )


def _bounds(seconds: Sequence[float], workers: int, costs: Costs) -> dict[str, float]:
    count, ways = len(seconds), 2 * costs.transfer
    return {
        "workers": (sum(seconds) + count * ways) / workers,
        "coordinator": count * (costs.prepare + costs.record),
        "network": count * ways,
        "longest": costs.prepare + max(seconds) + ways + costs.record,
    }


class _ClassRun:
    """The processes of a run, and what they share."""

    def __init__(self, seconds: Sequence[float], costs: Costs, window: int) -> None:
        self.env = simpy.Environment()
        self.done = self.env.event()
        self.most_held = 0
        self._seconds, self._costs = seconds, costs
        self._coordinator = simpy.Resource(self.env)
        self._network = simpy.Resource(self.env)
        self._room = simpy.Container(self.env, capacity=window, init=window)
        self._waiting = simpy.Store(self.env)
        self._held = self._recorded = 0

    def prepare(self) -> Iterator[simpy.Event]:
        for seconds in self._seconds:
            yield self._room.get(1)
            yield from self._use(self._coordinator, self._costs.prepare)
            self._held += 1
            self.most_held = max(self.most_held, self._held)
            self._waiting.put(seconds)

    def work(self) -> Iterator[simpy.Event]:
        while True:
            seconds = yield self._waiting.get()
            self._room.put(1)
            yield from self._use(self._network, self._costs.transfer)
            yield self.env.timeout(seconds)
            yield from self._use(self._network, self._costs.transfer)
            self.env.process(self._record())

    def _record(self) -> Iterator[simpy.Event]:
        yield from self._use(self._coordinator, self._costs.record)
        self._held -= 1
        self._recorded += 1
        if self._recorded == len(self._seconds):
            self.done.succeed()

    def _use(self, resource: simpy.Resource, seconds: float) -> Iterator[simpy.Event]:
        """Wait for one's turn and use something for some seconds."""
        if seconds:
            with resource.request() as turn:
                yield turn
                yield self.env.timeout(seconds)
