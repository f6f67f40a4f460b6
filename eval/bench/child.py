"""One part of a benchmark in its own process, so that its start and its memory can be measured."""

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from pkgutil import resolve_name
from typing import Literal, ParamSpec, TypeVar, get_type_hints

import msgspec

Parameters = ParamSpec("Parameters")
Outcome = TypeVar("Outcome")

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of getrusage's ru_maxrss."""


def run_job(
    python: Sequence[str],
    job: Callable[Parameters, Outcome],
    *arguments: Parameters.args,
    **options: Parameters.kwargs,
) -> Outcome:
    """Call a function of a module in a new process; what goes in and out passes as JSON.

    Raises RuntimeError if that fails.
    """
    command = [*python, "-m", "eval.bench.child", f"{job.__module__}:{job.__qualname__}"]
    call = msgspec.json.encode((arguments, options)).decode()
    ended = subprocess.run(command, input=call, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        raise RuntimeError(ended.stderr)
    outcome: Outcome = msgspec.json.decode(
        ended.stdout.splitlines()[-1], type=get_type_hints(job)["return"]
    )
    return outcome


def main() -> None:
    """Call the function that is named; print its result as a line of JSON."""
    arguments, options = msgspec.json.decode(sys.stdin.read())
    outcome = resolve_name(sys.argv[1])(*arguments, **options)
    sys.stdout.write(msgspec.json.encode(outcome).decode() + "\n")


def resident(which: Literal["VmRSS", "VmHWM"], process: int | None = None) -> int:
    """Return the bytes resident now (VmRSS) or at their peak (VmHWM); without /proc the peak.

    `process` is the id of another process, whose bytes are 0 without /proc; None is this one.
    Mapped files that are shared count too.
    """
    try:
        status = Path(f"/proc/{process or 'self'}/status").read_text(encoding="ascii")
    except OSError:
        if process is not None:
            return 0
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
    line = next(line for line in status.splitlines() if line.startswith(which))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
