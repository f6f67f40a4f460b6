"""Several commands of `byline`, one after another in one process, so that torch is loaded once.

`python -m tests.faults.commands JOBS ENDS` reads a JSON array of argument lists from the file JOBS
and writes an array of code, standard output and standard error of each to ENDS.
"""

import io
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tests.faults.watched import Watch


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of standard error."""
        return self.err.rstrip("\n").split("\n")[-1]


def run_all(watch: Watch, commands: Sequence[Sequence[str]], cwd: Path) -> list[Ended]:
    """Run commands in one process, watched."""
    jobs, ends = watch.folder / "jobs", watch.folder / "ends"
    jobs.write_bytes(msgspec.json.encode(commands))
    argv = (sys.executable, "-P", "-m", "tests.faults.commands", str(jobs), str(ends))
    ended = watch.run(argv, cwd)
    assert ended.returncode == 0, ended.stderr
    return msgspec.json.decode(ends.read_bytes(), type=list[Ended])


def main() -> None:
    jobs, ends = (Path(one) for one in sys.argv[1:])
    commands = msgspec.json.decode(jobs.read_bytes(), type=list[list[str]])
    ends.write_bytes(msgspec.json.encode([_run(command) for command in commands]))


def _run(command: list[str]) -> Ended:
    from tui.cli.main import run

    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            code = run(command)
        except Exception:  # noqa: BLE001  (what a person would see as a traceback)
            traceback.print_exc()
            code = -1
    return Ended(code, out.getvalue(), err.getvalue())


if __name__ == "__main__":
    main()
