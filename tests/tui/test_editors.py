"""Files are opened at their line, and no file name becomes an option or a command."""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from pathlib import Path

import pytest

from tui.editors import EditorCommand, NoEditor, editor_command, run_editor

FILE = "/news/2011 a.txt"
NO_MODELINES = (
    "--cmd", "augroup byline",
    "--cmd", "autocmd BufReadPre * setlocal nomodeline",
    "--cmd", "augroup END",
)  # fmt: skip
VIM = (*NO_MODELINES, "+12", "-c", "normal! 04lzv", "--", FILE)
HOSTILE = (
    "+!touch canary",
    "-c!touch canary",
    "+call system('touch canary')",
    "--cmd=!touch canary",
    "-S canary.vim",
    "a|!touch canary",
    "`touch canary`",
    "$(touch canary)",
    "a;touch canary;",
    "a\n!touch canary\nb",
    "a' \"b\\",
    "%",
    "#",
    "*?[a]{b,c}",
    "~",
    "$HOME",
    "a.txt:3:4",
    "<cfile>",
    "\u202eevil\x1b]52;c;x\x07",
    os.fsdecode(b"broken\xff\x9b"),
)


def installed(folder: Path, *names: str) -> dict[str, str]:
    """Install these commands, and no others on PATH."""
    for name in names:
        path = folder / name
        path.write_text("#!/bin/sh\n", encoding="ascii")
        path.chmod(0o700)
    return {"PATH": str(folder)}


def command(folder: Path, editor: str, file: str = FILE, **more: str) -> EditorCommand:
    environment = installed(folder, editor.split()[0]) | {"EDITOR": editor} | more
    return editor_command(environment, file, 12, 5)


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("vim", VIM),
        ("nvim", VIM),
        ("vim.basic", VIM),
        ("vi", ("+12", "--", FILE)),
        ("nano", ("--", "+12,5", FILE)),
        ("emacs", ("+12:5", FILE)),
        ("hx", ("--", f"{FILE}:12:5")),
        ("helix", ("--", f"{FILE}:12:5")),
        ("micro", ("--", "+12:5", FILE)),
        ("kak", ("--", "+12:5", FILE)),
        ("less", ("-L", "-N", "+12g", "--", FILE)),
    ],
)
def test_each_terminal_editor_gets_the_line_in_its_own_syntax(
    tmp_path: Path, editor: str, arguments: tuple[str, ...]
) -> None:
    expected = EditorCommand((editor, *arguments), in_terminal=True, at_line=True)
    assert command(tmp_path, editor) == expected


@pytest.mark.parametrize(
    ("editor", "arguments"),
    [
        ("gvim", VIM),
        *(
            (name, ("--goto", f"{FILE}:12:5"))
            for name in "code code-insiders codium vscodium cursor windsurf positron".split()
        ),
        *((name, (f"{FILE}:12:5",)) for name in "zed zeditor zedit subl sublime_text".split()),
    ],
)
def test_a_windowed_editor_does_not_take_the_terminal(
    tmp_path: Path, editor: str, arguments: tuple[str, ...]
) -> None:
    expected = EditorCommand((editor, *arguments), in_terminal=False, at_line=True)
    assert command(tmp_path, editor) == expected


def test_arguments_of_the_variable_precede_ours(tmp_path: Path) -> None:
    assert command(tmp_path, "code --wait -n").argv == (
        "code", "--wait", "-n", "--goto", f"{FILE}:12:5",
    )  # fmt: skip
    assert command(tmp_path, "nvim -c 'set nu rnu'").argv[:3] == ("nvim", "-c", "set nu rnu")


def test_emacs_opens_a_window_only_with_a_display_and_unless_disabled(tmp_path: Path) -> None:
    screen = {"DISPLAY": ":0"}
    assert command(tmp_path, "emacs").in_terminal
    assert not command(tmp_path, "emacs", **screen).in_terminal
    assert not command(tmp_path, "emacsclient -c", WAYLAND_DISPLAY="w").in_terminal
    for editor in ("emacs -nw", "emacsclient -t", "emacsclient --tty", "emacs-nox"):
        assert command(tmp_path, editor, **screen).in_terminal
    assert command(tmp_path, "vim", **screen).in_terminal


@pytest.mark.parametrize(
    ("editor", "options"),
    [("vim", ("-R",)), ("vi", ("-R",)), ("gvim", ("-R",)), ("nano", ("-v",)), ("code", ())],
)
def test_a_file_is_opened_read_only_by_editors_that_can(
    tmp_path: Path, editor: str, options: tuple[str, ...]
) -> None:
    environment = installed(tmp_path, editor) | {"EDITOR": editor}
    writing = editor_command(environment, FILE, 12, 5)
    reading = editor_command(environment, FILE, 12, 5, read_only=True)
    assert reading.argv == (editor, *options, *writing.argv[1:])


def test_an_unknown_editor_gets_only_the_file(tmp_path: Path) -> None:
    expected = EditorCommand(("ed2000", "-x", FILE), in_terminal=True, at_line=False)
    assert command(tmp_path, "ed2000 -x") == expected


@pytest.mark.parametrize("editor", ["hx", "code", "zed", "subl"])
def test_a_colon_in_a_name_never_becomes_a_line(tmp_path: Path, editor: str) -> None:
    opened = command(tmp_path, editor, "/news/at 10:30.txt")
    assert (opened.argv, opened.at_line) == ((editor, "/news/at 10:30.txt"), False)


def test_visual_takes_precedence_over_editor_unless_it_is_blank(tmp_path: Path) -> None:
    there = installed(tmp_path, "nano", "kak")
    both = there | {"VISUAL": "kak", "EDITOR": "nano"}
    assert editor_command(both, FILE, 1).argv[0] == "kak"
    assert editor_command(both | {"VISUAL": " "}, FILE, 1).argv[0] == "nano"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("less",), "less"),
        (("less", "vi"), "vi"),
        (("less", "vi", "vim"), "vim"),
        (("less", "vi", "vim", "nano"), "nano"),
        (("less", "vi", "vim", "nano", "editor"), "editor"),
    ],
)
def test_without_a_variable_the_first_installed_editor_is_used(
    tmp_path: Path, names: tuple[str, ...], chosen: str
) -> None:
    assert editor_command(installed(tmp_path, *names), FILE, 1).argv[0] == chosen


def test_a_link_to_another_editor_gets_the_arguments_of_that_editor(tmp_path: Path) -> None:
    environment = installed(tmp_path, "vim.basic", "nano")
    (tmp_path / "vi").symlink_to("vim.basic")
    (tmp_path / "editor").symlink_to("nano")
    (tmp_path / "e").symlink_to("nano")
    for editor, family in (("vi", VIM), ("editor", ("--", "+12,5", FILE))):
        opened = editor_command(environment | {"EDITOR": editor}, FILE, 12, 5)
        assert opened.argv == (editor, *family)
    assert editor_command(environment | {"EDITOR": "e"}, FILE, 12, 5).at_line


@pytest.mark.parametrize(
    ("editor", "message"),
    [
        ("'vim", "$EDITOR is invalid: No closing quotation"),
        ("nowhere -x", "nowhere is not installed"),
        ("''", " is not installed"),
        ("", "no known editor is installed"),
    ],
)
def test_a_missing_editor_is_reported(tmp_path: Path, editor: str, message: str) -> None:
    with pytest.raises(NoEditor) as raised:
        editor_command({"PATH": str(tmp_path), "EDITOR": editor}, FILE, 1)
    assert message in raised.value.message
    assert "$VISUAL or $EDITOR" in raised.value.message or "invalid" in message


@pytest.mark.parametrize(
    "editor", ["vim", "vi", "nano", "emacs", "hx", "micro", "kak", "less", "code", "subl", "joe"]
)
def test_no_file_name_becomes_an_option_or_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, editor: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in HOSTILE:
        argv = command(tmp_path, editor, name).argv
        plain = command(tmp_path, editor, "x:" if ":" in name else "x").argv
        # Only the last argument contains the name.
        assert argv[:-1] == plain[:-1]
        assert argv[-1].startswith(f"{tmp_path}/{name}")


def test_an_editor_that_cannot_be_started_is_reported() -> None:
    for in_terminal in (True, False):
        with pytest.raises(NoEditor, match="cannot be started"):
            run_editor(EditorCommand(("/nowhere/vim", FILE), in_terminal, at_line=True))


def test_a_terminal_editor_is_waited_for(tmp_path: Path) -> None:
    script = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('done')"
    run_editor(EditorCommand((sys.executable, "-c", script, f"{tmp_path}/log"), True, True))
    assert (tmp_path / "log").read_text(encoding="utf-8") == "done"


POSITION = 'line(".") . ":" . charcol(".") . ":" . &number'
LOG = f':call writefile([getbufinfo("%")[0].name, {POSITION}], "log")'


def in_vim(home: Path, file: Path, environment: Mapping[str, str]) -> list[str]:
    """Open a file in the real vim on a terminal and return the file and position it shows."""
    argv = editor_command(environment, file, 3, 4).argv
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        argv, stdin=there, stdout=there, stderr=there, cwd=home, start_new_session=True,
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "HOME": str(home)},
    )  # fmt: skip
    os.close(there)
    typed = f"\x1b{LOG}\r:qa!\r".encode()
    os.write(here, typed)
    try:
        while True:
            # vim drops what was typed before it set up the terminal, so type again while it waits.
            if not select.select([here], [], [], 2)[0]:
                os.write(here, typed)
            elif not os.read(here, 4096):
                break
    except OSError:  # Linux: the other end is closed
        pass
    finally:
        os.close(here)
        process.wait()
    data = (home / "log").read_bytes().replace(b"\0", b"\n")
    shown, place, _ = data.rsplit(b"\n", 2)
    (home / "log").unlink()
    return [os.fsdecode(shown), place.decode()]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("vim"), reason="vim is not installed")
def test_the_real_vim_opens_at_line_and_column_and_runs_no_name_and_no_modeline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rc = tmp_path / "rc.vim"
    rc.write_text("set nocompatible modeline modelines=5 noswapfile encoding=utf-8\nautocmd!\n")
    environment = {"PATH": os.environ["PATH"], "EDITOR": f"vim -u {rc} -i NONE"}
    there = {"rc.vim"}
    for name in HOSTILE:
        path = tmp_path / name
        path.write_text("One.\nTwo.\n’Tis three.\n\nvim: set number:\n", encoding="utf-8")
        there.add(name)
        assert in_vim(tmp_path, path, environment) == [str(path), "3:4:0"]
        assert {path.name for path in tmp_path.iterdir()} == there
