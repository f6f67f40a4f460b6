import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.build.events import Progress, Stage, Summary
from index.storage.store import Store
from index.watch.events import Updating, UpToDate
from tests.tui.fakes import Shell
from tests.tui.terminal import ROOT
from tui.jobs import subprocess_job
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting, event_line
from tui.jobs.subprocess_job import BackgroundJob, BuildJob, Job, PrepareJob, WatchJob

pytestmark = pytest.mark.slow

FAKED = (sys.executable, "-m", "tests.tui.faked_background")
PREPARE = PrepareJob("fake", "byline")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def events_of(job: Job, command: Sequence[str] = FAKED) -> list[Event]:
    return list(BackgroundJob.start(job, command).events())


def crash(cause: str) -> Failed:
    return Failed(None, f"Stopped unexpectedly ({cause}). Finished work was kept.")


def child(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, signal, sys, tui.jobs.subprocess_job as b\n{script}")


def child_yielding(script: str) -> tuple[str, ...]:
    """A child whose script yields events."""
    lines = "".join(f"\n    {line}" for line in script.splitlines())
    return child(f"def work(job):{lines}\nb._work = work\nb.main()")


def test_a_build_reports_its_stages_and_ends_with_its_summary(shell: Shell) -> None:
    shell.write("port.txt", "the port is closed.")
    shell.write(os.fsdecode(b"odd\xff.zip"), "x")
    *progress, end = events_of(BuildJob(str(shell.index), "fake", "byline", ("news",)))
    assert isinstance(end, Summary)
    assert (end.added, end.articles, end.embedded, end.published) == (1, 1, 1, True)
    assert [os.fsencode(one.path)[-8:] for one in end.skipped] == [b"odd\xff.zip"]
    stages = [one.stage for one in progress if isinstance(one, Progress)]
    assert list(dict.fromkeys(stages)) == list(Stage)
    assert Store(shell.index).remembered_roots()[0].given == "news"


def test_only_changes_are_embedded_unless_the_build_is_full(indexed: Shell) -> None:
    job = BuildJob(str(indexed.index), "all-MiniLM-L6-v2", "byline")
    again = events_of(job)[-1]
    full = events_of(BuildJob(job.index, job.model, job.reader, full=True))[-1]
    assert isinstance(again, Summary)
    assert isinstance(full, Summary)
    assert (again.embedded, full.embedded) == (0, 2)


def test_models_can_be_prepared_without_a_build() -> None:
    assert events_of(PREPARE) == [Prepared()]


@pytest.mark.parametrize(
    ("job", "title", "message"),
    [
        (
            BuildJob("ix", "fake", "byline", ("typo",)),
            "Cannot do that",
            "no such file or folder: typo",
        ),
        (BuildJob("ix", "fake", "./nowhere"), "Model cannot be used", "no model folder at"),
    ],
)
def test_an_error_that_the_user_can_fix_is_reported_in_words(
    shell: Shell, job: BuildJob, title: str, message: str
) -> None:
    shell.write("port.txt", "the port is closed.")
    (end,) = events_of(job)
    assert isinstance(end, Failed)
    assert end.title == title
    assert message in end.message
    assert not Store(Path(job.index)).exists()


def test_a_disk_error_names_the_file() -> None:
    (end,) = events_of(
        PREPARE, child_yielding("raise OSError(28, 'No space left on device', '/n/a')\nyield")
    )
    assert end == Failed("Failed", "/n/a: No space left on device")


def test_a_crash_is_reported_with_the_childs_last_line() -> None:
    (end,) = events_of(
        PREPARE, child("print('noise', file=sys.stderr)\nsys.exit('the disk melted')")
    )
    assert end == crash("the disk melted")


def test_an_internal_error_is_reported_without_its_traceback() -> None:
    (end,) = events_of(PREPARE, child_yielding("raise RuntimeError('odd')\nyield"))
    assert end == crash("RuntimeError: odd")


@pytest.mark.parametrize(
    ("script", "cause"),
    [("os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL"), ("os._exit(3)", "exit code 3")],
)
def test_a_silent_crash_is_reported_with_its_cause(script: str, cause: str) -> None:
    assert events_of(PREPARE, child(script)) == [crash(cause)]


def test_a_truncated_event_ends_the_job() -> None:
    line = event_line(Waiting("a while"))
    script = f"os.write(1, {line!r}.encode() + b'\\n[\"Sum')\nos._exit(1)"
    waiting, end = events_of(PREPARE, child(script))
    assert waiting == Waiting("a while")
    assert isinstance(end, Failed)


def test_only_the_end_of_a_childs_standard_error_is_kept() -> None:
    script = "sys.stderr.write('x' * 5_000_000)\nsys.exit('\\nlast')"
    job = BackgroundJob.start(PREPARE, child(script))
    assert list(job.events()) == [crash("last")]
    assert len(job._stderr) == 8192


def test_a_long_last_line_is_cut() -> None:
    (end,) = events_of(PREPARE, child("sys.exit('x' * 100_000)"))
    assert isinstance(end, Failed)
    assert len(end.message) < 300


def test_output_of_libraries_is_not_an_event() -> None:
    assert events_of(
        PREPARE, child_yielding("print('noise')\nos.write(1, b'more')\nyield b.Prepared()")
    ) == [Prepared()]


def test_the_child_runs_at_lower_priority_than_the_chat() -> None:
    script = (
        "from tui.jobs.events import Waiting\nyield Waiting(str(os.nice(0)))\nyield b.Prepared()"
    )
    niceness, _ = events_of(PREPARE, child_yielding(script))
    assert niceness == Waiting(str(min(19, os.nice(0) + subprocess_job.NICENESS)))


ENDLESS = (
    "from tui.jobs.events import Waiting\nyield Waiting('a while')\nwhile True: signal.pause()"
)


def test_a_stopped_job_reports_it() -> None:
    job = BackgroundJob.start(PREPARE, child_yielding(ENDLESS))
    events = job.events()
    assert next(events) == Waiting("a while")
    job.stop()
    assert list(events) == [Stopped()]
    job.stop()


def test_a_stopped_job_cleans_up() -> None:
    indented = ENDLESS.replace("\n", "\n    ")
    script = f"try:\n    {indented}\nfinally:\n    os.write(2, b'tidy')"
    job = BackgroundJob.start(PREPARE, child_yielding(script))
    events = job.events()
    next(events)
    job.stop()
    assert list(events) == [Stopped()]
    assert bytes(job._stderr) == b"tidy"


def test_a_child_that_ignores_the_request_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.jobs.subprocess_job._GRACE", 0.01)
    ignoring = f"signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{ENDLESS}"
    job = BackgroundJob.start(PREPARE, child_yielding(ignoring))
    events = job.events()
    next(events)
    job.stop()
    assert list(events) == [Stopped()]
    assert job.process.returncode == -9


def test_the_child_ends_when_nobody_reads_its_events() -> None:
    script = "from tui.jobs.events import Waiting\nwhile True: yield Waiting('on')"
    job = BackgroundJob.start(PREPARE, child_yielding(script))
    events = job.events()
    assert next(events) == Waiting("on")
    assert job.process.stdout
    job.process.stdout.close()
    job.process.wait()


def test_progress_is_throttled_except_for_the_start_and_end_of_a_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("tui.jobs.subprocess_job.monotonic", lambda: next(clock) / 100)
    sent = [Progress(Stage.READ, done, 25) for done in range(26)]
    sent += [Progress(Stage.EMBED, done, 2) for done in range(3)]
    kept = list(subprocess_job._throttled(iter([*sent, Prepared()])))
    assert [one.done for one in kept if isinstance(one, Progress)] == [0, 10, 20, 25, 0, 2]
    assert kept[-1] == Prepared()


def test_a_watcher_reports_updates_and_ends_when_it_is_stopped(indexed: Shell) -> None:
    job = BackgroundJob.start(WatchJob(str(indexed.index), "fake"), FAKED)
    events = job.events()
    seen: list[Event] = []
    for event in events:
        seen.append(event)
        if event == UpToDate(2):
            indexed.write("dam.txt", "The dam broke.")
        if event == UpToDate(3):
            job.stop()
    assert [event for event in seen if isinstance(event, Updating)] == [Updating(0), Updating(1)]
    assert seen[-1] == Stopped()


def test_a_watcher_ends_with_its_parent(indexed: Shell) -> None:
    job = BackgroundJob.start(WatchJob(str(indexed.index), "fake"), FAKED)
    for event in job.events():
        if isinstance(event, UpToDate):
            assert job.process.stdin
            job.process.stdin.close()  # as the system does when the parent ends
    assert job.process.returncode == 128 + signal.SIGTERM
