"""Hostile texts in every place that shows text: none of them takes effect."""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.markup import escape
from textual.events import MouseDown, MouseUp

from eval.report.html import report
from index.storage.scope import Scope
from tests.eval.outcomes import judged, outcome
from tests.eval.report.test_html import Page, exported
from tests.faults.chat_screens import Drawn, drawn, drawn_by_chat, turns
from tests.faults.conftest import Battery, Figure
from tests.faults.markup_check import unsafe_calls
from tests.faults.payloads import action_links, faults, in_file, in_name, payloads
from tests.tui.chat.chats import Chat, Home, chat_of
from tests.tui.chat.terminals import ENTER, ESCAPE, TAB, control, running
from tests.tui.chat.test_hostile import faults as faults_of_chat
from tests.tui.cli.commands.test_eval import stand_in
from tests.tui.conftest import shell as shell
from tests.tui.fakes import Shell
from tests.tui.terminal import all_on_terminal
from tui.chat.app import ChatApp
from tui.output.markdown_export import markdown_of
from tui.output.sanitise import visible
from tui.sessions.session import Session

ROOT = Path(__file__).parents[2]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
OURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]", re.ASCII)
"""Colours and cursor movements."""
LINK = re.compile(r"\x1b]8;;(?:file://[\w.%/~-]*)?\x1b\\", re.ASCII)
"""One of ours: whatever a file is called, its address has only these characters."""
NOTHING = re.compile(r"(?!)")
PAGE_DOWN = "\x1b[6~"
BATCH = 50


def batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]


def found_in(shown: Drawn) -> list[str]:
    found = [*faults(shown.written, COLOURS), *action_links(shown.metas)]
    return [f"{shown.place}: {fault}" for fault in found]


async def test_no_text_takes_effect_anywhere_in_the_chat(
    tmp_path: Path, battery: Battery, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    texts = payloads(battery.pick(50, 5_000), battery.chance("chat"))
    found: list[str] = []
    places: Counter[str] = Counter()
    for number, batch in enumerate(batches(texts)):
        place = tmp_path / f"{number}"
        place.mkdir()
        monkeypatch.chdir(place)
        async for shown in drawn_by_chat(Home(place), batch):
            places[shown.place] += 1
            found += found_in(shown)
    figure(
        f"{len(texts):,} payloads in {len(places)} places of the chat, {places.total():,} screens: "
        f"{len(found)} forbidden bytes or actions, 0 crashes"
    )
    assert found == []


@pytest.mark.parametrize("naive", ["raw markup", "rich's escape", "raw text"])
async def test_a_careless_chat_is_caught(
    tmp_path: Path, battery: Battery, figure: Figure, monkeypatch: pytest.MonkeyPatch, naive: str
) -> None:
    monkeypatch.chdir(tmp_path)
    match naive:
        case "raw markup":
            monkeypatch.setattr("tui.chat.screens.chat_screen.Content", str)
        case "rich's escape":
            monkeypatch.setattr("tui.chat.screens.chat_screen.Content", escape)
        case _:
            monkeypatch.setattr("tui.chat.transcript.rows.visible", str)
            monkeypatch.setattr("tui.chat.screens.chat_screen.visible", str)
    found: list[str] = []
    crashes = 0
    for number, text in enumerate(payloads(40, battery.chance("planted"))):
        home = tmp_path / str(number)
        home.mkdir()
        try:
            async with chat_of(Home(home), size=(100, 30)) as chat:
                chat.transcript.fill(turns([text], chat.home.article))
                chat.screen.notice(text)
                await chat.pilot.pause()
                found += found_in(drawn(chat, "notice"))
        except Exception:  # noqa: BLE001  any exception ends the chat
            crashes += 1
        if crashes or any("@click" in fault for fault in found) or (found and naive == "raw text"):
            break
    figure(f"planted {naive}: {len(found)} forbidden bytes or actions, {crashes} crashes")
    assert found or crashes
    assert naive == "raw text" or any("@click" in fault for fault in found) or crashes


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The actions of payloads that were run; they do nothing."""
    ran: list[str] = []
    for action in ("action_quit", "action_bell", "action_screenshot", "open_url"):
        monkeypatch.setattr(ChatApp, action, lambda *_, action=action: ran.append(action))
    return ran


async def click_everywhere(chat: Chat) -> int:
    """Click on every cell except the footer, which presses keys; return the number of cells."""
    height = chat.app.size.height - 1
    for y in range(height):
        for x in range(chat.app.size.width):
            for kind in (MouseDown, MouseUp):
                chat.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
        await chat.pilot.pause()
        assert chat.app.screen is chat.screen, f"a click in row {y} left the chat"
    await chat.settle()
    return height * chat.app.size.width


async def test_a_click_on_any_cell_runs_no_action_of_a_text(
    tmp_path: Path,
    battery: Battery,
    figure: Figure,
    monkeypatch: pytest.MonkeyPatch,
    ran: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = payloads(400, battery.chance("clicks"))
    home = Home(tmp_path)
    hostile = [text for text in texts if "@click" in text and len(text) < 120]
    home.article.write_text("\n\n".join(map(in_file, hostile)), encoding="utf-8")
    clicked = 0
    async with chat_of(home, size=(60, 20)) as chat:
        chat.screen.notice(" ".join(hostile[:2]))
        chat.screen.search_within((in_name(hostile[0]),))
        for start in range(0, 9 * battery.pick(1, 8), 9):
            spoken = turns(hostile[start : start + 9], home.article)
            chat.screen.show_session(replace(chat.screen.session, turns=spoken))
            await chat.settle()
            clicked += await click_everywhere(chat)
        assert chat.app.is_running
    figure(f"{clicked:,} cells clicked: {len(ran)} actions run")
    assert ran == []


async def test_a_click_on_text_escaped_by_rich_is_caught(
    tmp_path: Path, figure: Figure, monkeypatch: pytest.MonkeyPatch, ran: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.chat.screens.chat_screen.Content", escape)
    async with chat_of(Home(tmp_path), size=(60, 20)) as chat:
        chat.screen.notice("Read [ @click=app.bell]this[/]")
        await chat.settle()
        await click_everywhere(chat)
    figure(f"planted rich's escape: {len(ran)} actions run")
    assert "action_bell" in ran


def neutral(place: str, written: str, ours: re.Pattern[str] = NOTHING) -> list[str]:
    return [f"{place}: {fault}" for fault in faults(written, ours)]


@pytest.fixture
def evaluating(shell: Shell) -> Shell:
    return stand_in(shell)


def test_no_text_takes_effect_on_the_command_line(
    evaluating: Shell, battery: Battery, figure: Figure
) -> None:
    shell = evaluating
    shell.patch.chdir(shell.home)
    texts = payloads(battery.pick(60, 5_000), battery.chance("commands"))
    found: list[str] = []
    outputs = 0
    for batch in batches(texts):
        shutil.rmtree(shell.news, ignore_errors=True)
        for place, written in _outputs(shell, batch):
            outputs += 1
            found += neutral(place, written)
            assert "Traceback" not in written
    figure(
        f"{len(texts):,} payloads, {outputs:,} outputs of commands: {len(found)} forbidden bytes"
    )
    assert found == []


def _outputs(shell: Shell, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Run every command on hostile articles, names and arguments; yield what each wrote."""
    files = []
    for number, text in enumerate(texts):
        said = in_file(text)
        article = f"# {said}\n\nThe {number}. {said} is closed.\n\n{said} {said}\n"
        files.append(shell.write(f"{in_name(text)}.txt", article))
        shell.write(f"{in_name(text)}.zip", "x")

    def ran(*arguments: str, stdin: bytes = b"") -> str:
        done = shell.byline(*arguments, stdin=stdin)
        assert done.code in (0, 1, 2), arguments
        return done.out + done.err

    yield "index", ran("index", "news", "--full")
    yield "index --json", ran("index", "--json")
    questions = [text.replace("\n", " ") for text in texts]
    lines = "\n".join(questions).encode(errors="replace")
    objects = [json.dumps({"question": text, "in": [text], "id": text}) for text in texts]
    yield "ask -", ran("ask", "-", stdin=lines)
    yield "ask --threshold 0", ran("ask", "-", "--threshold", "0", stdin=lines)
    yield "ask - --json", ran("ask", "-", "--json", stdin=lines)
    yield "ask - with objects", ran("ask", "-", "--json", stdin="\n".join(objects).encode())
    yield "eval", _evaluated(shell, texts, ran)
    yield "check", ran("check")
    yield "verify", _verified(shell, texts, ran)
    for text, file in zip(texts, files, strict=True):
        argument = os.fsdecode(text.replace("\0", "").encode(errors="replace")) or "x"
        yield "show", ran("show", f"{file}:3")
        yield "ask", ran("ask", "--", argument)
        yield "errors of ask", ran("ask", "who?", "--in", argument)
        yield "errors of show", ran("show", "--", argument)
        yield "errors of index", ran("index", "--", f"no{argument}")
        yield (
            "errors of options",
            ran("ask", "who?", "--index", f"./no{argument}".replace("\n", "")),
        )
        yield "errors of eval", ran("eval", "--", f"no{argument}")


def _evaluated(shell: Shell, texts: Sequence[str], ran: Callable[..., str]) -> str:
    lines = [
        {"id": text, "question": text, "history": [text], "tags": [text],
         "gold": [{"path": text, "line": 1, "answers": [text]}]}
        for text in texts
        if text.strip()
    ]  # fmt: skip
    place = shell.home / "set.jsonl"
    place.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="ascii")
    written = ran("eval", "set.jsonl", "--report", "r.html", "--json", "r.json")
    written += ran("eval", "set.jsonl", "--threshold", "0", "--compare")
    return written + ran("eval", "runs")


def _verified(shell: Shell, texts: Sequence[str], ran: Callable[..., str]) -> str:
    at = "2026-11-22T12:00:00+01:00"
    session = Session("x", texts[0], turns(texts, shell.home / "news"), Scope(tuple(texts)), at, at)
    exported_to = shell.home / "talk.md"
    exported_to.write_text(markdown_of(session), encoding="utf-8")
    return markdown_of(session) + ran("verify", "talk.md")


def test_nothing_in_a_report_runs(battery: Battery, figure: Figure, tmp_path: Path) -> None:
    texts = payloads(battery.pick(200, 5_000), battery.chance("report"))
    hostile = [
        outcome(text, question=text, searched_question=text, history=(text,), tags=(text,),
                answers=(judged(text, quote=text, path=text),))
        for text in texts
    ]  # fmt: skip
    page = Page(report(exported(hostile), visible))
    harmless = Page(report(exported([outcome("a")]), visible))
    new = {tag for tag, _ in page.elements} - {tag for tag, _ in harmless.elements}
    handlers = [name for _, names in page.elements for name in names if name.startswith("on")]
    seen = [row["question"] for row in page.rows]
    shown = [fault for text in seen for fault in faults(text, NOTHING)]
    figure(f"report of {len(texts):,} payloads: {len(new) + len(handlers) + len(shown)} faults")
    assert (new, handlers, shown) == (set(), [], [])
    assert len(page.contents["script"]) == len(harmless.contents["script"])
    assert len(seen) == len(texts)


def test_no_module_passes_a_text_as_markup() -> None:
    found = [
        f"{path.name} {call}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        for call in unsafe_calls(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "careless",
    [
        "Static(text)",
        "Label(f'{title}')",
        "self.app.notify(message)",
        "self.query_one(Static).update(visible(text))",
        "widget.border_title = name",
        "Text.from_markup(text)",
        "Static(escape(text))",
        "Option(name, id='x')",
    ],
)
def test_careless_code_is_caught(careless: str) -> None:
    assert list(unsafe_calls(careless))


@pytest.mark.parametrize(
    "careful",
    [
        "Static(Content(text))",
        "Label('Library')",
        "app.notify(visible(x), markup=False)",
        "notify(self.app, x)",
    ],
)
def test_careful_code_is_not_reported(careful: str) -> None:
    assert not list(unsafe_calls(careful))


@pytest.fixture
def terminal_home(shell: Shell, battery: Battery) -> Path:
    """A home with an index of hostile articles; the last one contains every payload."""
    texts = payloads(battery.pick(60, 600), battery.chance("terminal"))
    shell.patch.chdir(shell.home)
    for text in texts:
        shell.write(f"{in_name(text)}.txt", f"# {in_file(text)}\n\nThe {in_file(text)} is shut.\n")
    lines = "".join(f"{in_file(text)}\n\n" for text in texts)
    shell.write("zz all.txt", f"All of them stand here now.\n\n{lines}")
    assert shell.byline("index", "news").code == 0
    return shell.home


def test_commands_send_a_terminal_no_forbidden_byte(terminal_home: Path, figure: Figure) -> None:
    files = sorted(path.name for path in (terminal_home / "news").iterdir())[:1]
    commands = [
        ["index", "--full"],
        ["check"],
        ["ask", "is shut.", "--top", "20", "--threshold", "0"],
        ["ask", "All of them stand here now."],
        ["show", "news/zz all.txt:1", "--around", "1000"],
        *(["show", f"news/{name}:3"] for name in files),
    ]
    written = all_on_terminal(terminal_home, commands, columns=60)
    found = neutral("terminal", LINK.sub("", written.replace("\r", "")), OURS)
    count = f"{len(commands)} commands on a terminal, {len(written):,} characters"
    figure(f"{count}: {len(found)} forbidden")
    assert "Traceback" not in written
    assert found == []


def test_the_chat_sends_a_terminal_no_forbidden_byte(
    terminal_home: Path, battery: Battery, figure: Figure
) -> None:
    with running(terminal_home, size=(160, 50)) as terminal:
        terminal.until("Ask")
        terminal.press("All of them stand here now.")
        terminal.until("now.")
        terminal.press(ENTER)
        terminal.until("zz all.txt")
        terminal.press(TAB)
        terminal.until("Copy")
        terminal.press(ENTER)
        terminal.until("Full screen")
        for _ in range(battery.pick(4, 60)):
            terminal.press(PAGE_DOWN)
        terminal.press(ESCAPE)
        terminal.until("Answers")
        terminal.press(control("l"))
        terminal.until("Mark")
        for _ in range(battery.pick(2, 20)):
            terminal.press(PAGE_DOWN)
        terminal.press(ESCAPE)
        terminal.until("Answers")
        assert terminal.close() == 0
        found = list(faults_of_chat(terminal))
    figure(f"the chat on a terminal, {len(terminal.written):,} bytes: {len(found)} forbidden")
    assert found == []
