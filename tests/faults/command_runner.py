"""Runs several `byline` commands in one process, so that torch is loaded once.

`python -m tests.faults.command_runner COMMANDS RESULTS` reads a JSON array of argument lists from
the file COMMANDS and writes an array with the exit code, standard output and standard error of each
to RESULTS.
"""

import io
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.faults.watch import Watch


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of standard error."""
        return self.err.rstrip("\n").split("\n")[-1]


def run_all(watch: Watch, commands: Sequence[Sequence[str]], cwd: Path) -> list[CommandResult]:
    """Run commands in one watched process."""
    jobs, results = watch.folder / "commands", watch.folder / "results"
    jobs.write_bytes(msgspec.json.encode(commands))
    argv = (sys.executable, "-P", "-m", "tests.faults.command_runner", str(jobs), str(results))
    ended = watch.run(argv, cwd)
    assert ended.returncode == 0, ended.stderr
    return msgspec.json.decode(results.read_bytes(), type=list[CommandResult])


def main() -> None:
    jobs, results = map(Path, sys.argv[1:])
    commands = msgspec.json.decode(jobs.read_bytes(), type=list[list[str]])
    results.write_bytes(msgspec.json.encode([_run(command) for command in commands]))


def _run(command: list[str]) -> CommandResult:
    from tui.cli.main import run

    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            code = run(command)
        except Exception:  # noqa: BLE001  (the user would see a traceback)
            traceback.print_exc()
            code = -1
    return CommandResult(code, out.getvalue(), err.getvalue())


if __name__ == "__main__":
    main()
