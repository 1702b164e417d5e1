"""Workers of a dask cluster, found by its scheduler's address; needs the extra `cluster`."""

from __future__ import annotations

import asyncio
from concurrent.futures import CancelledError
from contextlib import contextmanager
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any, TypeVar

from vaultdesk import __version__
from vaultdesk.adapters.workers.flight import fly
from vaultdesk.ports import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 8
"""Tasks given to each thread of the cluster at a time: a network is slower than a pipe."""


class ClusterWorkers:
    """One client of a scheduler, connected when there is work.

    The client has a thread with a loop of its own; calls to it block, so they are made in threads.
    """

    def __init__(self, address: str, timeout_s: float = 10) -> None:
        self._address, self._timeout_s = address, timeout_s
        self._client: Any = None

    async def run(
        self, function: Callable[[T], R], tasks: Sequence[T], tell: Callable[[int], None]
    ) -> list[R]:
        """As `Workers.run`: the scheduler gives what a lost worker had begun to another one."""
        threads = await asyncio.to_thread(self._connected)
        answers: dict[int, R] = {}
        given: list[Any] = []

        async def give(places: Sequence[int]) -> list[Any]:
            some = [tasks[place] for place in places]
            futures = await asyncio.to_thread(self._submitted, function, some)
            given.extend(futures)
            return futures

        async def take(done: Sequence[Any]) -> list[R]:
            return await asyncio.to_thread(self._gathered, done)

        try:
            await fly(len(tasks), AHEAD * threads, answers, give, take, tell)
        finally:
            for future in given:
                future.release()  # the scheduler forgets it, and drops it if it has not begun
        return [answers[place] for place in range(len(tasks))]

    async def close(self) -> None:
        """Leave the cluster; its workers are not ours to stop."""
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(client.close)

    def _connected(self) -> int:
        """How many threads the cluster has, once there is a client and the versions agree."""
        try:
            from distributed import Client  # noqa: PLC0415 (an extra, and slow to import)
        except ImportError as error:
            raise WorkerError(
                "A cluster needs dask: install VaultDesk with the extra “cluster”, or clear the "
                "setting cluster_address."
            ) from error
        with self._failing():
            if self._client is not None and self._client.status != "running":
                self._client = None
            if self._client is None:
                client: Any = Client  # untyped
                self._client = client(self._address, timeout=self._timeout_s, set_as_default=False)
            threads: int = sum(self._client.nthreads().values())
            versions = set(self._client.run(resolve_name, "vaultdesk:__version__").values())
        if not threads:
            raise WorkerError(
                f"The cluster at {self._address} has no workers: start one with “dask worker "
                f"{self._address}”, or clear the setting cluster_address."
            )
        if versions != {__version__}:
            raise WorkerError(
                f"The cluster's workers have VaultDesk {', '.join(sorted(versions))} and this "
                f"desk has {__version__}: install the same version everywhere."
            )
        return threads

    def _submitted(self, function: Callable[[T], R], tasks: Sequence[T]) -> list[Any]:
        with self._failing():
            return [self._client.submit(function, task, pure=False) for task in tasks]

    def _gathered(self, futures: Sequence[Any]) -> list[Any]:
        with self._failing():
            found: list[Any] = self._client.gather(list(futures))
            return found

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Tell dask's errors as ours; what the function itself raises is not among them."""
        from distributed.scheduler import KilledWorker  # noqa: PLC0415

        try:
            yield
        except ModuleNotFoundError as error:
            raise WorkerError(
                f"The workers of the cluster at {self._address} lack {error.name}: install "
                "VaultDesk for them."
            ) from error
        except KilledWorker as error:
            raise WorkerError(
                f"The workers of the cluster at {self._address} die one after the other: look "
                "whether their machines are out of memory, and try again."
            ) from error
        except (OSError, CancelledError) as error:  # asyncio's time-out is an OSError
            raise WorkerError(
                f"No dask scheduler answers at {self._address}: start it, or clear the setting "
                "cluster_address."
            ) from error
