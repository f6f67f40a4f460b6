"""The chat in a real browser."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocket, sync_playwright
from playwright.sync_api import TimeoutError as NoFrame

from index.disk.json_lines import LineDecoder
from tests.tui.http.serving import serving_http
from tests.tui.terminal import piped
from tests.tui.web.serving import Served, serving
from tui.sessions.log import AnsweredTurn

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH"),
    pytest.mark.timeout(200),
]
FLAGS = """
    --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
""".split()
PATIENCE = 60_000
"""Milliseconds in which each step must end."""
QUIET = 2_000
"""Milliseconds without a frame after which the chat has drawn all it will."""
WIDTH, HEIGHT, ROW = 1280, 800, 20
SOLD = "The mill was sold in May."
REST = "Nobody knows who bought it."
ARTICLE = f"Mill sold\n\n{SOLD}\n\n{REST} https://example.org/elsewhere tells.\n"
CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ANOTHER_SITE = "data:text/html,elsewhere"
CONNECT = """
    address => new Promise(resolve => {
        const socket = new WebSocket(address);
        socket.onopen = () => resolve("open");
        socket.onclose = () => resolve("refused");
    })
"""


@dataclass
class Terminal:
    """What a page's terminal drew, and what the page requested."""

    page: Page
    requested: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sockets: list[WebSocket] = field(default_factory=list)
    _drawn: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requested.append(request.url))
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("websocket", self._connected)

    def _connected(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        self._drawn.clear()
        socket.on("framereceived", self._received)

    def _received(self, frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            self._drawn.extend(frame)

    def wait_for(self, words: str) -> None:
        """Wait until these words are drawn, in one piece."""
        height, end = HEIGHT, time.monotonic() + PATIENCE / 1000
        while words not in (drawn := CONTROL.sub(b"", self._drawn).decode(errors="replace")):
            assert time.monotonic() < end, f"not drawn: {words}: {drawn[-2000:]!r}"
            try:
                self.sockets[-1].wait_for_event("framereceived", timeout=QUIET)
            except NoFrame:  # drawn in several pieces: another size draws everything again
                height = HEIGHT if height != HEIGHT else HEIGHT - 2 * ROW
                self.page.set_viewport_size({"width": WIDTH, "height": height})

    def open(self, address: str) -> None:
        with self.page.expect_websocket():
            self.page.goto(address)
        self.page.wait_for_selector("body.-first-byte")
        self.wait_for("Ask the articles")

    def click_rows(self, column: int, rows: int) -> None:
        """Click on the first rows."""
        columns, lines = map(int, re.findall(r"=(\d+)", self.sockets[-1].url))
        box = self.page.locator(".xterm-screen").bounding_box()
        assert box
        width, height = box["width"] / columns, box["height"] / lines
        for row in range(rows):
            self.page.mouse.click((column + 0.5) * width, (row + 0.5) * height)


@contextmanager
def chromium(home: Path) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            home / "browser",
            executable_path=CHROMIUM,
            args=FLAGS,
            chromium_sandbox=False,
            env={"HOME": str(home)},
            timeout=PATIENCE,
            viewport={"width": WIDTH, "height": HEIGHT},
        )
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one article."""
    home = tmp_path_factory.mktemp("home")
    (home / "news").mkdir()
    (home / "news" / "mill.txt").write_text(ARTICLE, encoding="utf-8")
    indexed = piped(home, ["index", "news"], {})
    assert indexed.returncode == 0, indexed.stderr
    return home


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    with serving(home) as one:
        yield one


@pytest.fixture(scope="module")
def browser(home: Path) -> Iterator[BrowserContext]:
    with chromium(home) as browser:
        yield browser


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_a_question_is_answered_and_its_source_opened(
    served: Served, home: Path, browser: BrowserContext, page: Page
) -> None:
    pages = list(browser.pages)
    terminal = Terminal(page)
    terminal.open(served.origin)
    assert page.title() == "Byline"

    # The source pane is hidden first, to see it opened.
    page.keyboard.press("Control+b")
    page.keyboard.type("the mill was sold in May")
    page.keyboard.press("Enter")
    terminal.wait_for(SOLD)
    page.keyboard.press("Tab")
    terminal.wait_for("Copy")  # the answer has the focus
    page.keyboard.press("Enter")
    terminal.wait_for(REST)
    page.keyboard.press("f")
    page.screenshot(path=home / "source.png")
    # Nothing in an article is a link.
    terminal.click_rows(column=45, rows=12)

    terminal.open(served.origin)
    terminal.wait_for(SOLD)
    assert browser.pages == pages
    assert {f"http://localhost:{served.port}"} == {
        "/".join(address.split("/")[:3]) for address in terminal.requested
    }
    assert len(terminal.sockets) == 2
    assert (terminal.failed, terminal.errors) == ([], [])

    page.keyboard.press("Control+q")
    page.get_by_text("The chat has ended.").wait_for()

    (file,) = (home / "data" / "byline" / "sessions").glob("*.jsonl")
    turns: LineDecoder[AnsweredTurn] = LineDecoder(AnsweredTurn)
    (turn,) = [turns.decode(line) for line in file.read_bytes().splitlines()]
    assert turn.question == "the mill was sold in May"
    assert turn.reply.answers[0].text == SOLD


def test_the_page_of_serve_answers_with_the_keyboard_alone(home: Path, page: Page) -> None:
    requested: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    with serving_http(home) as server:
        page.goto(server.address)
        page.keyboard.type("the mill was sold in May")
        page.keyboard.press("Enter")
        answers = page.get_by_role("region", name="Answers")
        answers.get_by_role("heading", name=SOLD).wait_for()
        assert "news/mill.txt:3:1" in answers.inner_text()
        # It came by the script: the page is the same, and the focus is still on the question.
        assert page.url == server.address
        assert page.evaluate("document.activeElement.id") == "question"
        assert page.evaluate("document.querySelector('#result').ariaBusy") == "false"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Ask"
        assert {"/".join(address.split("/")[:3]) for address in requested} == {server.origin}
    assert said == []


def test_the_page_of_serve_has_no_fault_that_axe_finds(home: Path, page: Page) -> None:
    # Not part of the development tools: pip install axe-playwright-python==0.1.8
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def check() -> None:
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found = axe.run(page).response
            assert found["violations"] == []
            assert len(found["passes"]) > 10

    with serving_http(home) as server:
        page.goto(server.address)
        check()
        page.locator("#question").fill("the mill was sold in May")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=SOLD).wait_for()
        check()


def test_a_page_of_another_site_cannot_talk_to_the_chat(served: Served, page: Page) -> None:
    page.goto(ANOTHER_SITE)
    assert page.evaluate(CONNECT, served.socket) == "refused"
    page.goto(f"{served.origin}/page.js")
    assert page.evaluate(CONNECT, served.socket) == "open"
