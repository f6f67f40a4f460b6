"""`byline index --watch`, with reports that a test writes in place of the system's."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from index.articles.files import Root
from tests.tui.fakes import Shell, assert_one_line_error, home_variables
from tests.tui.terminal import ROOT

Step = Callable[[], Sequence[str]]


@dataclass
class Reports:
    """Reports of one step at each wait; then the user presses Ctrl+C."""

    steps: list[Step]
    polls: list[bool] = field(default_factory=list)
    notes: Sequence[str] = ()

    def open(self, _roots: Sequence[Root], poll: bool) -> "Reports":
        self.polls.append(poll)
        return self

    def wait(self, _seconds: float) -> frozenset[str]:
        if not self.steps:
            raise KeyboardInterrupt
        return frozenset(self.steps.pop(0)())

    def close(self) -> None:
        pass


def reports(shell: Shell, *steps: Step) -> Reports:
    made = Reports(list(steps))
    shell.patch.setattr("tui.jobs.build_job.WatchedFiles", made.open)
    shell.patch.setattr("tui.cli.watching.signal.signal", lambda *_: None)
    return made


def test_each_update_is_one_line_and_so_is_the_end(indexed: Shell) -> None:
    def edit() -> Sequence[str]:
        return [str(indexed.write("port.txt", "The port is open."))]

    def add_and_remove() -> Sequence[str]:
        (indexed.news / "port.txt").unlink()
        return [str(indexed.write("dam.txt", "The dam broke.")), str(indexed.news / "port.txt")]

    reports(indexed, edit, add_and_remove, tuple)
    ran = indexed.byline("index", "--watch")
    assert (ran.code, ran.out) == (130, "")
    watched, changed, replaced, end = filter(None, ran.err.splitlines())
    assert watched == "2 articles watched; Ctrl+C ends it"
    assert changed.startswith("1 changed; 2 articles in ")
    assert replaced.startswith("1 added, 1 removed; 2 articles in ")
    assert "interrupted" in end
    assert indexed.byline("ask", "The dam broke.").code == 0


def test_summaries_as_json_are_one_a_line(indexed: Shell) -> None:
    reports(indexed, lambda: [str(indexed.write("port.txt", "The port is open."))], tuple)
    (summary,) = indexed.byline("index", "--watch", "--json").lines
    assert (summary["changed"], summary["articles"]) == (1, 2)


def test_a_new_folder_is_indexed_and_then_watched(shell: Shell) -> None:
    shell.write("port.txt", "The port is closed.")
    made = reports(shell, tuple)
    ran = shell.byline("index", "news", "--watch", "--poll")
    assert (ran.code, made.polls) == (130, [True])
    assert "1 added" in ran.err
    assert "1 article watched" in ran.err


def test_a_file_that_has_to_be_left_out_is_named_when_it_is_saved(indexed: Shell) -> None:
    reports(indexed, lambda: [str(indexed.write("port.txt", b"\0"))], tuple)
    ran = indexed.byline("index", "--watch")
    assert f"byline: skipped {indexed.news}/port.txt: binary" in ran.err


def test_a_second_watcher_and_options_without_watching_are_one_line_errors(indexed: Shell) -> None:
    from index.storage.store import Store

    with Store(indexed.index).watching():
        ran = indexed.byline("index", "--watch")
    assert_one_line_error(ran, f"process {os.getpid()}", "is keeping", "up to date already")
    assert_one_line_error(indexed.byline("index", "--poll"), "--poll goes with --watch")
    assert_one_line_error(indexed.byline("index", "--service"), "--service goes with --watch")
    ran = indexed.byline("index", "news", "--watch", "--service")
    assert_one_line_error(ran, "index it first")


def test_a_service_is_printed_for_the_index_in_use(indexed: Shell) -> None:
    indexed.patch.setattr(sys, "platform", "linux")
    ran = indexed.byline("index", "--watch", "--service", "--poll")
    assert (ran.code, ran.err) == (0, "")
    (command,) = [line for line in ran.out.splitlines() if line.startswith("ExecStart=")]
    assert command.endswith(f'"index" "--watch" "--poll" "--index" "{indexed.index}"')


@pytest.mark.slow
def test_a_watcher_that_is_told_to_end_leaves_a_sound_index(indexed: Shell) -> None:
    command = (sys.executable, "-m", "tests.tui.faked", "index", "--watch", "--json")
    environment = {**os.environ, **home_variables(indexed.home)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        timer = threading.Timer(60, process.kill)
        timer.start()
        assert process.stderr.readline() == b"2 articles watched; Ctrl+C ends it\n"
        indexed.write("dam.txt", "The dam broke.")
        assert json.loads(process.stdout.readline())["added"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        timer.cancel()
    assert indexed.byline("check").code == 0
