import re
import shlex
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, ClientTimeout, WSServerHandshakeError

from tests.tui.fakes import Shell, assert_one_line_error
from tests.tui.terminal import environment
from tests.tui.web.serving import SERVED, Served, serving
from tui.web.server import COMMAND, LocalServer

pytestmark = pytest.mark.slow

PATHS = ("/", "/page.js", "/static/js/textual.js", "/nothing")
ADDRESS = re.compile(r"(?:\w+:)?//[^\s\"')]*")
PATIENCE = 300.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as one:
        yield one


@pytest.fixture
async def client() -> AsyncIterator[ClientSession]:
    async with ClientSession(timeout=ClientTimeout(PATIENCE)) as session:
        yield session


async def test_the_page_refers_to_no_other_host(served: Served, client: ClientSession) -> None:
    async with client.get(served.origin) as response:
        page = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "<title>Byline</title>" in page
    addresses = ADDRESS.findall(page)
    assert served.socket in addresses
    assert {address.split("/")[2] for address in addresses} == {f"localhost:{served.port}"}
    assert f"default-src 'self'; connect-src 'self' ws://localhost:{served.port};" in policy


async def test_everything_that_the_page_refers_to_exists(
    served: Served, client: ClientSession
) -> None:
    async with client.get(served.origin) as response:
        page = await response.text()
    names = re.findall(r'(?:\ssrc=|\shref=|\burl\()"([^"]+)"', page)
    assert "/page.js" in names
    for name in names:
        if not name.startswith("data:"):
            async with client.get(name if "//" in name else served.origin + name) as response:
                assert (response.status, bool(await response.read())) == (200, True), name
                assert response.headers["X-Content-Type-Options"] == "nosniff"


def foreign(port: int) -> list[dict[str, str]]:
    hosts = ("byline.example", f"byline.example:{port}", f"127.0.0.1:{port}", f"localhost:{port}0")
    origins = ("https://example.org", "null", f"https://localhost:{port}", "http://localhost:1")
    return [
        *({"Host": host, "Origin": f"http://{host}"} for host in hosts),
        *({"Host": host} for host in hosts),
        *({"Origin": origin} for origin in origins),
    ]


async def test_another_host_or_origin_is_refused(served: Served, client: ClientSession) -> None:
    for headers in foreign(served.port):
        for path in PATHS:
            async with client.get(served.origin + path, headers=headers) as response:
                assert response.status == 403, (headers, path)
                assert await response.text() == f"Byline answers only at {served.origin}\n"


async def test_another_host_or_origin_is_refused_at_the_socket(
    served: Served, client: ClientSession
) -> None:
    for headers in foreign(served.port):
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect(served.socket, headers=headers)
        assert refused.value.status == 403, headers


def test_other_machines_cannot_reach_it(served: Served) -> None:
    # A server that listens on all addresses would have this one too.
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", served.port)):
        pass


async def test_it_ends_at_once_and_leaves_no_process_while_a_page_is_open(
    tmp_path: Path, client: ClientSession
) -> None:
    with serving(tmp_path) as served:
        async with client.ws_connect(served.socket, headers={"Origin": served.origin}) as page:
            drawn = await page.receive_bytes(timeout=PATIENCE)
            assert drawn
            assert len(served.running()) >= 2
            served.process.terminate()
            async for _ in page:
                pass
        assert served.process.wait(PATIENCE) == 0
    assert served.running() == []


def test_a_taken_port_is_an_error_of_one_line(served: Served, tmp_path: Path) -> None:
    ended = subprocess.run(
        [*SERVED, str(served.port)],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"byline: Cannot do that: port {served.port}: ".encode())
    assert b"address already in use" in ended.stderr
    assert b"--port" in ended.stderr
    assert ended.stderr.count(b"\n") == 1


def test_an_error_in_the_settings_is_reported_before_serving(shell: Shell) -> None:
    shell.set('top = "many"')
    assert_one_line_error(shell.byline("chat", "--web"), "config.toml", "top")


def test_each_page_gets_the_options_of_the_command(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[LocalServer] = []
    monkeypatch.setattr(LocalServer, "serve", lambda one: served.append(one))
    options = ["--bundled", "--new", "--top", "3", "--threshold", "0.25"]
    places = ["--reader", "a b; c", "--index", "$HOME/'x'"]
    assert shell.byline("chat", "--web", "--port", "8080", *places, *options).code == 0
    assert shell.byline("chat", "--web").code == 0
    assert [shlex.split(one.command) for one in served] == [
        ["exec", *COMMAND, *options, *places],
        ["exec", *COMMAND],
    ]
    assert [one.port for one in served] == [8080, 8017]
