"""An answer as it comes about: what the keywords match, the first reader's reply, the answer."""

import asyncio
from collections.abc import AsyncIterator

from tui.service.operations import Json, answer, matches
from tui.service.requests import Ask
from tui.service.service import Service

Event = tuple[str, Json]
"""Its name, `searching`, `matches`, `first` or `answer`, and its data."""


async def progress(service: Service, request: Ask) -> AsyncIterator[Event]:
    """Yield what is known of an answer, as soon as it is; the last event is the answer.

    Raises BylineError. Where there is one reader, there is no `first`.
    """
    yield "searching", {"question": request.question}
    yield "matches", await service.read(lambda index: matches(index, request))
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def show_first(reply: Json) -> None:
        loop.call_soon_threadsafe(events.put_nowait, ("first", reply))

    answered = asyncio.ensure_future(service.read(lambda index: answer(index, request, show_first)))
    answered.add_done_callback(lambda _: events.put_nowait(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        yield "answer", await answered
    finally:
        answered.cancel()
