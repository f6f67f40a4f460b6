import json
import os
from pathlib import Path

from tests.tui.fakes import Ran, Shell


def test_a_line_is_shown_with_its_context(shell: Shell) -> None:
    shell.write("a.txt", "".join(f"Line {i} is here.\n\n" for i in range(6)))
    shell.byline("index", "news")
    ran = shell.byline("show", "news/a.txt:9", "--around", "2")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "   7  Line 3 is here.",
        "   8",
        ">  9  Line 4 is here.",
        "  10",
        "  11  Line 5 is here.",
    ]
    assert ran.err == "news/a.txt:9  (unchanged since indexing)\n"


def test_each_line_is_shown_with_what_it_was_taken_for(shell: Shell) -> None:
    shell.write("a.md", "---\nby: Ada\n---\n\n## The port\n\n- It is\n  old.\n\nIt is \x1b.\n")
    ran = shell.byline("show", "news/a.md:3", "--structure")
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()] == [
        ["1", "front", "matter", "---"],
        ["2", "front", "matter", "by:", "Ada"],
        ["3", "front", "matter", "---"],
        ["4"],
        ["5", "heading", "2", "##", "The", "port"],
        ["6"],
        ["7", "list", "item", "1", "-", "It", "is"],
        ["8", "list", "item", "1", "old."],
        ["9"],
        ["10", "paragraph", "It", "is", "␛."],
    ]


def test_the_structure_of_what_is_no_text_is_an_error(shell: Shell) -> None:
    shell.write("a.txt", "\0")
    assert shell.byline("show", "news/a.txt", "--structure").code == 2
    assert shell.byline("show", "news/none.txt", "--structure").code == 2


def test_a_citation_with_its_column_can_be_pasted(indexed: Shell) -> None:
    ran = indexed.byline("show", "news/port.txt:1:40")
    assert (ran.code, ran.out[:4]) == (0, "> 1 ")


def test_a_moved_changed_or_missing_line_is_reported(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text("New.\n" + text, encoding="utf-8")
    moved = indexed.byline("show", "news/port.txt:1", "--around", "0")
    assert (moved.code, moved.out) == (0, f"> 2  {text}\n")
    assert "from line 1 to line 2" in moved.err
    path.write_text("Something else.\n", encoding="utf-8")
    changed = indexed.byline("show", "news/port.txt:1")
    assert (changed.code, changed.out) == (1, "> 1  Something else.\n")
    assert "changed since indexing; run `byline index`" in changed.err
    path.unlink()
    missing = indexed.byline("show", "news/port.txt:1", "--json")
    assert (missing.code, missing.json["status"], missing.json["lines"]) == (1, "gone", [])


def test_a_line_as_json(indexed: Shell) -> None:
    assert indexed.byline("show", "news/in/mill.txt:1", "--json").json == {
        "path": "news/in/mill.txt",
        "status": "unchanged",
        "line": 1,
        "title": None,
        "lines": [{"line": 1, "text": "The mill was sold in May. It is very old."}],
    }


def test_a_colon_and_digits_in_a_file_name_are_not_a_line(shell: Shell) -> None:
    shell.write("at 10:30.txt", "The port is closed.")
    shell.byline("index", "news")
    assert shell.byline("show", "news/at 10:30.txt:1", "--json").json["line"] == 1


def editing(shell: Shell, name: str = "kak") -> Path:
    """Set $EDITOR to a script and return the file to which it writes its arguments."""
    script, log = shell.home / "bin" / name, shell.home / "log"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{log}"\n', encoding="utf-8")
    script.chmod(0o700)
    shell.patch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    shell.patch.delenv("VISUAL", raising=False)
    shell.patch.setenv("EDITOR", name)
    return log


def opened(shell: Shell, log: Path, *arguments: str) -> tuple[Ran, list[str]]:
    ran = shell.byline("show", *arguments, "--open")
    return ran, log.read_text(encoding="utf-8").splitlines()


def test_a_line_is_opened_in_the_editor_at_its_column(indexed: Shell) -> None:
    ran, arguments = opened(indexed, editing(indexed), "news/port.txt:1:5")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "news/port.txt:1  (unchanged since indexing)\n"
    assert arguments == ["--", "+1:5", str(indexed.news / "port.txt")]


def test_a_moved_line_is_opened_where_it_is_now(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    path.write_text("New.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    _, arguments = opened(indexed, editing(indexed), "news/port.txt:1:5")
    assert arguments == ["--", "+2:1", str(path)]


def test_the_line_is_printed_for_an_editor_that_takes_none(indexed: Shell) -> None:
    ran, arguments = opened(indexed, editing(indexed, "ed2000"), "news/port.txt:1")
    assert ran.err.endswith("go to line 1\n")
    assert arguments == [str(indexed.news / "port.txt")]


def test_a_missing_file_is_not_opened_and_json_is_still_printed(indexed: Shell) -> None:
    log = editing(indexed)
    ran, _ = opened(indexed, log, "news/port.txt:1", "--json")
    assert json.loads(ran.out)["line"] == 1
    log.unlink()
    (indexed.news / "port.txt").unlink()
    assert indexed.byline("show", "news/port.txt:1", "--open").code == 1
    assert not log.exists()


def test_a_missing_editor_is_an_error(indexed: Shell) -> None:
    editing(indexed)
    indexed.patch.setenv("EDITOR", "nowhere")
    ran = indexed.byline("show", "news/port.txt:1", "--open", "--json")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "nowhere is not installed" in ran.err
