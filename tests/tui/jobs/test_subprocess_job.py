import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from index.build.events import Progress, Stage, Summary
from index.storage.store import Store
from tests.tui.fakes import Shell
from tests.tui.terminal import ROOT
from tui.jobs import subprocess_job as background
from tui.jobs.events import Event, Failed, Prepared, Stopped, Waiting, event_line
from tui.jobs.subprocess_job import BackgroundJob, BuildJob, Job, PrepareJob

FAKED = (sys.executable, "-m", "tests.tui.faked_background")
PREPARE = PrepareJob("fake", "byline")


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def told(job: Job, command: Sequence[str] = FAKED) -> list[Event]:
    return list(BackgroundJob.start(job, command).events())


def crash(cause: str) -> Failed:
    return Failed(None, f"Stopped unexpectedly ({cause}). Finished work was kept.")


def child(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import os, signal, sys, tui.jobs.subprocess_job as b\n{script}")


def working(script: str) -> tuple[str, ...]:
    """A child whose work is the script, which yields events."""
    lines = "".join(f"\n    {line}" for line in script.splitlines())
    return child(f"def work(job):{lines}\nb._work = work\nb.main()")


def test_a_build_tells_its_stages_and_ends_with_its_summary(shell: Shell) -> None:
    shell.write("port.txt", "the port is closed.")
    shell.write(os.fsdecode(b"odd\xff.pdf"), "x")
    *progress, end = told(BuildJob(str(shell.index), "fake", "byline", ("news",)))
    assert isinstance(end, Summary)
    assert (end.added, end.articles, end.embedded, end.published) == (1, 1, 1, True)
    assert [os.fsencode(one.path)[-8:] for one in end.skipped] == [b"odd\xff.pdf"]
    stages = [one.stage for one in progress if isinstance(one, Progress)]
    assert list(dict.fromkeys(stages)) == list(Stage)
    assert Store(shell.index).remembered_roots()[0].given == "news"


def test_only_what_changed_is_embedded_unless_everything_is_asked_for(indexed: Shell) -> None:
    job = BuildJob(str(indexed.index), "all-MiniLM-L6-v2", "byline")
    again = told(job)[-1]
    full = told(BuildJob(job.index, job.model, job.reader, full=True))[-1]
    assert isinstance(again, Summary)
    assert isinstance(full, Summary)
    assert (again.embedded, full.embedded) == (0, 2)


def test_models_are_prepared_alone_where_that_is_asked() -> None:
    assert told(PREPARE) == [Prepared()]


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
def test_what_a_person_can_mend_is_told_in_words(
    shell: Shell, job: BuildJob, title: str, message: str
) -> None:
    shell.write("port.txt", "the port is closed.")
    (end,) = told(job)
    assert isinstance(end, Failed)
    assert end.title == title
    assert message in end.message
    assert not Store(Path(job.index)).exists()


def test_an_error_of_the_disk_names_the_file() -> None:
    (end,) = told(PREPARE, working("raise OSError(28, 'No space left on device', '/n/a')\nyield"))
    assert end == Failed("Failed", "/n/a: No space left on device")


def test_a_child_that_breaks_off_is_told_by_its_last_words() -> None:
    (end,) = told(PREPARE, child("print('noise', file=sys.stderr)\nsys.exit('the disk melted')"))
    assert end == crash("the disk melted")


def test_a_fault_of_ours_is_told_without_its_traceback() -> None:
    (end,) = told(PREPARE, working("raise RuntimeError('odd')\nyield"))
    assert end == crash("RuntimeError: odd")


@pytest.mark.parametrize(
    ("script", "cause"),
    [("os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL"), ("os._exit(3)", "exit code 3")],
)
def test_a_child_that_ends_without_a_word_is_told_by_how_it_ended(script: str, cause: str) -> None:
    assert told(PREPARE, child(script)) == [crash(cause)]


def test_an_event_that_was_cut_short_ends_the_job() -> None:
    line = event_line(Waiting("a while"))
    script = f"os.write(1, {line!r}.encode() + b'\\n[\"Sum')\nos._exit(1)"
    waiting, end = told(PREPARE, child(script))
    assert waiting == Waiting("a while")
    assert isinstance(end, Failed)


def test_however_much_a_child_complains_only_the_end_of_it_is_kept() -> None:
    script = "sys.stderr.write('x' * 5_000_000)\nsys.exit('\\nlast')"
    job = BackgroundJob.start(PREPARE, child(script))
    assert list(job.events()) == [crash("last")]
    assert len(job._stderr) == 8192


def test_a_line_without_end_is_kept_short() -> None:
    (end,) = told(PREPARE, child("sys.exit('x' * 100_000)"))
    assert isinstance(end, Failed)
    assert len(end.message) < 300


def test_what_libraries_print_is_no_event() -> None:
    assert told(PREPARE, working("print('noise')\nos.write(1, b'more')\nyield b.Prepared()")) == [
        Prepared()
    ]


def test_the_child_gives_way_to_the_chat() -> None:
    script = (
        "from tui.jobs.events import Waiting\nyield Waiting(str(os.nice(0)))\nyield b.Prepared()"
    )
    niceness, _ = told(PREPARE, working(script))
    assert niceness == Waiting(str(min(19, os.nice(0) + background.NICENESS)))


ENDLESS = (
    "from tui.jobs.events import Waiting\nyield Waiting('a while')\nwhile True: signal.pause()"
)


def test_a_job_that_is_stopped_says_so() -> None:
    job = BackgroundJob.start(PREPARE, working(ENDLESS))
    events = job.events()
    assert next(events) == Waiting("a while")
    job.stop()
    assert list(events) == [Stopped()]
    job.stop()


def test_a_job_that_is_stopped_tidies_up() -> None:
    indented = ENDLESS.replace("\n", "\n    ")
    script = f"try:\n    {indented}\nfinally:\n    os.write(2, b'tidy')"
    job = BackgroundJob.start(PREPARE, working(script))
    events = job.events()
    next(events)
    job.stop()
    assert list(events) == [Stopped()]
    assert bytes(job._stderr) == b"tidy"


def test_a_child_that_does_not_heed_is_stopped_by_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.jobs.subprocess_job._GRACE", 0.01)
    deaf = f"signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{ENDLESS}"
    job = BackgroundJob.start(PREPARE, working(deaf))
    events = job.events()
    next(events)
    job.stop()
    assert list(events) == [Stopped()]
    assert job.process.returncode == -9


def test_the_child_ends_where_nobody_listens_any_more() -> None:
    script = "from tui.jobs.events import Waiting\nwhile True: yield Waiting('on')"
    job = BackgroundJob.start(PREPARE, working(script))
    events = job.events()
    assert next(events) == Waiting("on")
    assert job.process.stdout
    job.process.stdout.close()
    job.process.wait()


def test_progress_is_throttled_but_each_stage_is_seen_to_begin_and_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("tui.jobs.subprocess_job.monotonic", lambda: next(clock) / 100)
    sent = [Progress(Stage.READ, done, 25) for done in range(26)]
    sent += [Progress(Stage.EMBED, done, 2) for done in range(3)]
    kept = list(background._throttled(iter([*sent, Prepared()])))
    assert [one.done for one in kept if isinstance(one, Progress)] == [0, 10, 20, 25, 0, 2]
    assert kept[-1] == Prepared()
