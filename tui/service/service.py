"""Answers the requests of other programs, one at a time, without blocking an event loop."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from index.errors import BadRequest, BylineError
from tui.jobs.current_index import CurrentIndex
from tui.service.operations import Json, Operation
from tui.service.requests import Request

MOST_WAITING = 200
"""Requests that wait for the one being answered; further ones are refused."""
TIMEOUT = 60.0
"""Seconds in which a request is answered, its wait included."""
AnyRequest = TypeVar("AnyRequest", bound=Request)
Result = TypeVar("Result")


class Busy(BylineError, title="Busy"):
    """Too many requests wait, or one took too long; the same request may succeed later."""


class Service:
    """An index and the threads that read it: one for questions, one for checks."""

    def __init__(
        self, index: CurrentIndex, most_waiting: int = MOST_WAITING, timeout: float = TIMEOUT
    ) -> None:
        self._index = index
        self._most_waiting = most_waiting
        self._timeout = timeout
        self._waiting = 0
        self._threads = {
            is_long: ThreadPoolExecutor(1, thread_name_prefix="byline-service")
            for is_long in (False, True)
        }

    async def run(self, operation: Operation, request: Request) -> Json:
        """Run an operation. Raises BylineError; Busy if too many requests wait."""
        return await self.read(lambda index: operation.run(index, request), operation.is_long)

    async def read(
        self, function: Callable[[CurrentIndex], Result], is_long: bool = False
    ) -> Result:
        """Run a function that reads the index, in its turn. Raises as `run` does."""
        if self._waiting >= self._most_waiting:
            raise Busy(f"{self._waiting} requests are waiting; try again in a few seconds")
        job = self._threads[is_long].submit(function, self._index)
        self._waiting += 1
        try:
            # A job that still waits when its time is up is cancelled with the future.
            async with asyncio.timeout(self._timeout):
                return await asyncio.wrap_future(job)
        except TimeoutError as error:
            raise Busy(f"no answer within {self._timeout:g} seconds; try again later") from error
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Close the index and end the threads; what waits is dropped."""
        for thread in self._threads.values():
            await asyncio.to_thread(thread.shutdown, cancel_futures=True)
        self._index.close()


def parsed(request: type[AnyRequest], arguments: Mapping[str, object], strict: bool) -> AnyRequest:
    """Return typed arguments; unless `strict`, text may stand for numbers and for true and false.

    Raises BadRequest, which names the argument that is wrong.
    """
    try:
        return msgspec.convert(arguments, request, strict=strict)
    except msgspec.ValidationError as error:
        raise BadRequest(f"invalid arguments: {error}") from error
