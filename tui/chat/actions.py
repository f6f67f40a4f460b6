"""What is done with an answer: opened, copied, marked, exported. Errors become a notice."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from index.errors import BylineError
from tui.editors import editor_command, run_editor
from tui.output.markdown_export import export_markdown
from tui.output.sanitise import visible, visible_name
from tui.paths import marks_file
from tui.sessions.feedback import mark_answer
from tui.sessions.session import Session, Turn

Chat = App[Any]


def say(app: Chat, message: str) -> None:
    """Tell something in passing."""
    app.notify(visible(message), markup=False)


def complain(app: Chat, message: str) -> None:
    """Tell what went wrong."""
    app.notify(visible(message), severity="error", timeout=10, markup=False)


def open_in_editor(app: Chat, file: str, line: int, column: int, read_only: bool = False) -> None:
    """Open a file at a line in the person's editor; one without a window takes the terminal."""
    try:
        command = editor_command(os.environ, file, line, column, read_only)
        if command.in_terminal:
            with app.suspend():
                run_editor(command)
            app.refresh()
        else:
            run_editor(command)
    except SuspendNotSupported:
        complain(app, "An editor in the terminal cannot be opened from here.")
        return
    except (BylineError, OSError) as error:
        complain(app, error.message if isinstance(error, BylineError) else str(error))
        return
    if not command.at_line:
        say(app, f"{visible_name(file)} is open; the line is {line:,}.")


def copy(app: Chat, text: str, what: str) -> None:
    """Put text on the clipboard."""
    app.copy_to_clipboard(text)
    say(app, f"Copied {what}.")


def mark_turn(app: Chat, turn: Turn, earlier: Sequence[Turn], answer: int, right: bool) -> str:
    """Keep a mark as a line of a question set; give the note that stands beneath the turn."""
    try:
        file = mark_answer(marks_file(), turn, earlier, answer, right)
    except (BylineError, OSError) as error:
        complain(app, error.message if isinstance(error, BylineError) else str(error))
        return ""
    return f"marked {'right' if right else 'wrong'}, in {visible_name(str(file))}"


def export_session(app: Chat, session: Session) -> None:
    """Write a conversation as Markdown into the folder that Byline was started in."""
    if not session.turns:
        say(app, "There is nothing to export yet.")
        return
    now = datetime.now()  # noqa: DTZ005  (a file's name tells local time)
    file = Path.cwd() / f"byline-{now:%Y-%m-%d-%H%M%S}.md"
    try:
        export_markdown(session, file)
    except (BylineError, OSError) as error:
        complain(app, error.message if isinstance(error, BylineError) else str(error))
        return
    say(app, f"Written to {file}. `byline verify` checks later whether every quote still stands.")
