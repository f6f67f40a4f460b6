"""Requests of other programs wait their turn, and are refused when too many wait."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.storage.store import Store
from tui.jobs.current_index import CurrentIndex
from tui.service.service import Busy, Service


@pytest.fixture
def index(tmp_path: Path) -> CurrentIndex:
    """An index that nothing opens."""
    return CurrentIndex(lambda: Store(tmp_path), tmp_path, "fast", 0.0)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What a blocked request waits for."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_of_a_thousand_parallel_requests_each_is_answered_or_told_to_wait(
    index: CurrentIndex, gate: threading.Event
) -> None:
    service = Service(index, most_waiting=50)
    asked = [
        asyncio.ensure_future(service.read(lambda _: gate.wait(30))),
        *(asyncio.ensure_future(service.read(lambda _: True)) for _ in range(999)),
    ]
    await asyncio.sleep(0)
    gate.set()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(answer is True for answer in answers) == 50
    assert sum(isinstance(answer, Busy) for answer in answers) == 950
    assert await service.read(lambda _: "room again") == "room again"
    await service.close()


async def test_a_request_that_waits_too_long_is_dropped(
    index: CurrentIndex, gate: threading.Event
) -> None:
    service, ran = Service(index, timeout=0.01), []
    asked = [service.read(lambda _: gate.wait(30)), service.read(lambda _: ran.append("in vain"))]
    replies = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(reply) for reply in replies] == [Busy, Busy]
    gate.set()
    await service.close()
    assert ran == []


async def test_a_check_does_not_wait_for_a_question(
    index: CurrentIndex, gate: threading.Event
) -> None:
    service = Service(index)
    question = asyncio.ensure_future(service.read(lambda _: gate.wait(30)))
    assert await service.read(lambda _: "checked", is_long=True) == "checked"
    gate.set()
    assert await question
    await service.close()
