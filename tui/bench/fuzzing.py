"""Requests that make no sense, to `byline serve`: none may be an error of the server."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from eval.bench.figures import Figure
from tui.bench.server import Server, served
from tui.http.app import PATHS

_PATIENCE = 60.0
"""Seconds in which a request is answered or refused."""
_SERVER_ERRORS, _TRACEBACKS = "replies of 5xx", "tracebacks of the server"
ERRORS = (_SERVER_ERRORS, _TRACEBACKS)
"""Names of figures that have to be 0."""
_NO_REPLY = 0
"""Stands for the status of a connection that was closed without one."""
_METHODS = ("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "G\x00T")
_PAGES = ("/", "/healthz", "/openapi.json", "/nothing", "//", "/%", "/ask/", "/../etc/passwd")
_NAMES = (
    "question words path line page chapter paragraph around in since until where history top text "
    "offset limit exact stream token"
).split()
_TEXTS = (
    "", " ", "Who?", "port", "-1", "0", "1", "1e9", "99999999999999999999", "NaN", "true", "null",
    "[]", "{}", "é", "\u202e", "\x00", "\x1b[2J", "\ud800", "'; DROP TABLE a; --", "../etc/passwd",
    "2011", "last month", "author=", "=x", "a" * 5_000, '"', "(" * 500, "*", "%s", "${HOME}", "%00",
)  # fmt: skip
_HEADERS = (
    "Content-Type: application/json", "Content-Type: text/plain", "Content-Type: \x00",
    "Accept: text/event-stream", "Origin: null", "Transfer-Encoding: chunked", "Content-Length: 7",
    "Content-Length: -1", "Expect: 100-continue", "Connection: close", f"X: {'a' * 9_000}", ": ",
    "Range: bytes=0-1", "Authorization: Basic x", "Upgrade: websocket", "If-None-Match: *",
)  # fmt: skip


def bench_fuzzing(
    folder: Path | None,
    requests: int,
    connections: int,
    seed: int,
    on_progress: Callable[[str], None],
) -> list[Figure]:
    """Send so many requests to a server of an index, and count its replies by their status."""
    with served(folder) as server:
        on_progress(f"{requests:,} fuzzed requests over {connections} connections, seed {seed}")
        asyncio.run(_status(server, _get(server, "/ask?question=Who"), is_all=True))
        asyncio.run(_statuses(server, requests // 10, connections, seed + 1))
        before = server.megabytes
        counts = asyncio.run(_statuses(server, requests, connections, seed))
        after = server.megabytes
        alive = asyncio.run(_status(server, _get(server, "/healthz"), is_all=True))
        errors = sum("Traceback" in line for line in server.log)

    def figure(name: str, *hundreds: int) -> Figure:
        return Figure(name, sum(counts[status] for status in counts if status // 100 in hundreds))

    return [
        figure("replies of 1xx to 3xx", 1, 2, 3),
        figure("replies of 4xx", 4),
        figure(_SERVER_ERRORS, 5),
        Figure("connections closed without a reply", counts[_NO_REPLY]),
        Figure(_TRACEBACKS, errors),
        Figure("the server's status afterwards", alive),
        Figure("memory of the server", after, "MB", "before the requests", before),
    ]


def fuzzed(rng: random.Random, port: int, token: str) -> bytes:
    """Return a request, most of which have something wrong."""
    method = rng.choice(_METHODS)
    path = rng.choice([*(path for path, _ in PATHS), *_PAGES])
    arguments = [(rng.choice(_NAMES), _value(rng)) for _ in range(rng.randrange(5))]
    headers = [f"Host: 127.0.0.1:{port}", f"Authorization: Bearer {token}"]
    headers += rng.sample(_HEADERS, rng.choice((0, 0, 1, 1, 2)))
    body = b""
    if method == "GET" or rng.random() < 0.3:
        flat = [
            (name, value if isinstance(value, str) else str(value)) for name, value in arguments
        ]
        path += "?" + urlencode(flat, errors="surrogatepass")
    else:
        body = json.dumps(dict(arguments)).encode("utf-8", "surrogatepass")
        body = _damaged(rng, body) if rng.random() < 0.3 else body
        if rng.random() < 0.9:
            headers.append("Content-Type: application/json")
        headers.append(f"Content-Length: {len(body)}")
    path = path if rng.random() < 0.9 else quote(path, safe="/?=&") + rng.choice(_TEXTS)[:50]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *headers, "", ""])
    request = head.encode("utf-8", "surrogatepass") + body
    return _damaged(rng, request) if rng.random() < 0.1 else request


def _value(rng: random.Random) -> object:
    text = rng.choice(_TEXTS)
    made: tuple[object, ...] = (text, text, text, rng.randrange(-9, 99), None, [text], {text: text})
    return rng.choice(made)


def _damaged(rng: random.Random, data: bytes) -> bytes:
    """Return bytes with some cut off, replaced or repeated."""
    at = rng.randrange(len(data) + 1)
    match rng.randrange(3):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + rng.randbytes(rng.randrange(1, 5)) + data[at + 1 :]
        case _:
            return data[:at] * 2 + data[at:]


def _get(server: Server, path: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        f"Authorization: Bearer {server.token}\r\nConnection: close\r\n\r\n"
    ).encode()


async def _statuses(server: Server, requests: int, connections: int, seed: int) -> "Counter[int]":
    """Return how often each status was the reply."""
    rng = random.Random(seed)  # noqa: S311
    left = iter([fuzzed(rng, server.port, server.token) for _ in range(requests)])
    counts: Counter[int] = Counter()

    async def send_some(left: Iterator[bytes]) -> None:
        for request in left:
            counts[await _status(server, request)] += 1

    await asyncio.gather(*(send_some(left) for _ in range(connections)))
    return counts


async def _status(server: Server, request: bytes, is_all: bool = False) -> int:
    """Send a request on a connection of its own; return the status of the reply.

    Unless that `is_all`, the connection is half closed: the server need not wait for what lacks,
    and drops what it has not answered by then.
    """
    reading, writing = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writing.write(request)
        if not is_all:
            writing.write_eof()
        async with asyncio.timeout(_PATIENCE):
            line = await reading.readline()
        return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else _NO_REPLY
    except (OSError, TimeoutError, ValueError):
        return _NO_REPLY
    finally:
        writing.close()
