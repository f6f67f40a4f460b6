"""How fast `byline serve` answers many at once, next to the same questions in one process."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from eval.bench.figures import Figure, percentiles
from index.storage.catalog import Catalog
from qa.stopwatch import Stopwatch
from tui.bench.server import served
from tui.cli.services import open_service
from tui.jobs.current_index import CurrentIndex
from tui.library.contents import library_of
from tui.service.operations import ASK
from tui.service.requests import Ask
from tui.service.service import Busy

_QUESTIONS = 200
"""Distinct questions at most."""
_BUSY = (429, 503)
_TIMEOUT = 600.0
Asker = Callable[[str], Awaitable[bool]]
"""Asks a question; returns whether there was a reply."""


def bench_serving(
    folder: Path | None, requests: int, connections: int, on_progress: Callable[[str], None]
) -> list[Figure]:
    """Ask an index, the default one for None, over HTTP and in this process.

    Both are asked the same questions, as many at a time as there are connections.
    """
    return asyncio.run(_bench(folder, requests, connections, on_progress))


async def _bench(
    folder: Path | None, requests: int, connections: int, on_progress: Callable[[str], None]
) -> list[Figure]:
    service = open_service(folder, None, None)
    distinct = await service.read(_questions)
    questions = list(itertools.islice(itertools.cycle(distinct), requests))

    async def ask_here(question: str) -> bool:
        while True:
            try:
                return bool(await service.run(ASK, Ask(question)))
            except Busy:  # on a machine that does much else
                continue

    on_progress(f"{requests:,} questions in this process, {connections} at a time")
    await _times(distinct[:connections], connections, ask_here)
    here, _ = await _times(questions, connections, ask_here)
    await service.close()
    timeout = ClientTimeout(_TIMEOUT)
    with served(folder) as server:
        address, token = f"{server.origin}/ask", server.token
        async with ClientSession(
            connector=TCPConnector(limit=connections), timeout=timeout
        ) as session:

            async def ask_there(question: str) -> bool:
                while True:
                    asked = {"question": question, "token": token}
                    async with session.get(address, params=asked) as response:
                        await response.read()
                    if response.status not in _BUSY:
                        return response.status == 200
                    await asyncio.sleep(float(response.headers["Retry-After"]))

            on_progress(f"{requests:,} requests over {connections} connections")
            await _times(distinct[:connections], connections, ask_there)
            before = server.megabytes
            there, failed = await _times(questions, connections, ask_there)
            after = server.megabytes
    limit = percentiles("", here, "", 0.0)[-1].value
    return [
        *percentiles("question over HTTP", there, "in process, p95", limit),
        Figure("requests without a reply", failed),
        Figure("memory of the server", after, "MB", "before the requests", before),
    ]


def _questions(index: CurrentIndex) -> list[str]:
    return questions_about(index.generation().catalog)


def questions_about(catalog: Catalog) -> list[str]:
    """Return questions about the articles, by their titles."""
    articles = library_of(catalog).articles[:_QUESTIONS]
    return [f"What happened with {one.title or Path(one.file).stem}?"[:500] for one in articles]


async def _times(questions: Sequence[str], connections: int, ask: Asker) -> tuple[list[float], int]:
    """Ask so many at a time; return the milliseconds that each took, and how many failed."""
    left, times, failed = iter(questions), list[float](), 0

    async def ask_some() -> None:
        nonlocal failed
        for question in left:
            watch = Stopwatch()
            failed += not await ask(question)
            times.append(watch.lap())

    await asyncio.gather(*(ask_some() for _ in range(connections)))
    return times, failed
