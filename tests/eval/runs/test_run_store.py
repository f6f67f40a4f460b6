"""Stored runs: what an interruption keeps, and when a run is resumed."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from eval.outcomes import Outcome
from eval.runs.results import results_of
from eval.runs.run_store import (
    OUTCOMES,
    Run,
    RunSettings,
    last_finished,
    recording,
    run_named,
    runs_in,
)
from index.errors import BadRequest
from tests.eval.outcomes import outcome

SETTINGS = RunSettings(
    set_name="/sets/my.jsonl",
    set_sha256="a" * 64,
    questions=3,
    index="/index",
    generation="g1",
    reader="byline",
    reader_fingerprint="b" * 64,
    threshold=0.3,
)


class Killed(BaseException):
    """Ends a run like a keypress or a signal."""


def outcomes_of(*names: str, killed: bool = False) -> Iterator[Outcome]:
    for name in names:
        yield outcome(name)
    if killed:
        raise Killed


def start(folder: Path, *names: str, killed: bool = False, fresh: bool = False) -> Run:
    with recording(folder, SETTINGS, fresh) as recorder:
        list(recorder.record(outcomes_of(*names, killed=killed)))
        return recorder.run


@pytest.fixture
def interrupted(tmp_path: Path) -> Run:
    with pytest.raises(Killed):
        start(tmp_path, "a", "b", killed=True)
    (run,) = runs_in(tmp_path)
    return run


def done(folder: Path, settings: RunSettings = SETTINGS, fresh: bool = False) -> list[str]:
    with recording(folder, settings, fresh) as recorder:
        return [one.id for one in recorder.done]


def test_outcomes_before_an_interruption_are_kept(interrupted: Run) -> None:
    assert [one.id for one in interrupted.outcomes()] == ["a", "b"]
    assert not interrupted.is_finished


def test_the_same_settings_resume_a_run(interrupted: Run, tmp_path: Path) -> None:
    with recording(tmp_path, SETTINGS, fresh=False) as recorder:
        assert [one.id for one in recorder.done] == ["a", "b"]
        list(recorder.record(outcomes_of("c")))
        run = recorder.run
    assert run == interrupted
    assert [one.id for one in run.outcomes()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "other",
    [
        {"set_sha256": "c" * 64},
        {"generation": "g2"},
        {"threshold": 0.4},
        {"reader_fingerprint": "d" * 64},
        {"without": ("keywords",)},
        {"questions": 2},
        {"versions": ("byline 2",)},
    ],
)
def test_other_settings_start_a_new_run(
    interrupted: Run, tmp_path: Path, other: dict[str, object]
) -> None:
    assert done(tmp_path, msgspec.structs.replace(SETTINGS, **other)) == []
    assert len(runs_in(tmp_path)) == 2


def test_a_fresh_run_does_not_resume(interrupted: Run, tmp_path: Path) -> None:
    assert done(tmp_path, fresh=True) == []
    assert [one.id for one in interrupted.outcomes()] == ["a", "b"]


def test_a_finished_run_is_not_resumed(interrupted: Run, tmp_path: Path) -> None:
    interrupted.finish(results_of(interrupted.outcomes()))
    assert interrupted.is_finished
    assert done(tmp_path) == []


def test_an_incomplete_line_is_asked_again(interrupted: Run, tmp_path: Path) -> None:
    file = interrupted.folder / OUTCOMES
    file.write_bytes(file.read_bytes()[:-20])
    with recording(tmp_path, SETTINGS, fresh=False) as recorder:
        assert [one.id for one in recorder.done] == ["a"]
        list(recorder.record(outcomes_of("b")))
    assert [one.id for one in interrupted.outcomes()] == ["a", "b"]


def test_a_run_with_a_damaged_line_is_not_resumed(interrupted: Run, tmp_path: Path) -> None:
    file = interrupted.folder / OUTCOMES
    file.write_bytes(b"{}\n" + file.read_bytes())
    assert done(tmp_path) == []
    with pytest.raises(BadRequest, match="line 1, is damaged"):
        interrupted.outcomes()


def test_an_error_while_resuming_is_passed_on(interrupted: Run, tmp_path: Path) -> None:
    with (
        pytest.raises(BadRequest, match="cannot be asked"),
        recording(tmp_path, SETTINGS, fresh=False),
    ):
        raise BadRequest("cannot be asked")
    assert runs_in(tmp_path) == [interrupted]


def test_two_processes_do_not_write_to_one_run(interrupted: Run, tmp_path: Path) -> None:
    with recording(tmp_path, SETTINGS, fresh=False) as first:
        assert first.run == interrupted
        with recording(tmp_path, SETTINGS, fresh=False) as second:
            assert second.run != first.run
            assert second.done == ()


def test_runs_are_listed_latest_first_without_other_files(tmp_path: Path) -> None:
    made = [start(tmp_path, "a", fresh=True) for _ in range(3)]
    (tmp_path / "notes").mkdir()
    (tmp_path / "stray.txt").write_text("x", encoding="utf-8")
    assert [one.name for one in runs_in(tmp_path)] == [one.name for one in reversed(made)]
    assert runs_in(tmp_path / "none") == []


def test_the_last_finished_run_of_a_set_is_found(tmp_path: Path) -> None:
    first, second, third = (start(tmp_path, "a", fresh=True) for _ in range(3))
    for run in (first, second, third):
        assert last_finished(tmp_path, SETTINGS.set_name, "x") is None or run != first
        run.finish(results_of(run.outcomes()))
    assert last_finished(tmp_path, SETTINGS.set_name, third.name) == second
    assert last_finished(tmp_path, "/sets/other.jsonl", "") is None


def test_a_run_is_found_by_a_prefix_of_its_name(tmp_path: Path) -> None:
    run = start(tmp_path, "a")
    assert run_named(tmp_path, run.name) == run_named(tmp_path, run.name[:10]) == run
    other = replace(run, folder=start(tmp_path, "a", fresh=True).folder)
    with pytest.raises(BadRequest, match="matches several runs"):
        run_named(tmp_path, other.name[:8])
    assert run_named(tmp_path, run.name) == run
    with pytest.raises(BadRequest, match="there is no run x"):
        run_named(tmp_path, "x")


def test_results_are_read_as_they_were_stored(interrupted: Run) -> None:
    results = results_of(interrupted.outcomes())
    interrupted.finish(results)
    assert interrupted.results() == results
    file = interrupted.folder / "results.json"
    # Earlier versions stored neither figures of tags nor counts of states.
    earlier = json.loads(file.read_bytes())
    del earlier["tags"], earlier["states"]
    file.write_text(json.dumps(earlier), encoding="utf-8")
    assert interrupted.results() == msgspec.structs.replace(results, tags=(), states=())
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(BadRequest, match="cannot be read"):
        interrupted.results()


def test_only_the_user_can_read_a_run(interrupted: Run) -> None:
    assert interrupted.folder.stat().st_mode & 0o77 == 0
    assert (interrupted.folder / OUTCOMES).stat().st_mode & 0o77 == 0


def test_an_outcome_is_one_line_of_json_whatever_its_text(tmp_path: Path) -> None:
    odd = outcome("odd", question="a\nb\u2028c\ud800?")
    with recording(tmp_path, SETTINGS, fresh=False) as recorder:
        list(recorder.record(iter([odd])))
        run = recorder.run
    assert run.outcomes() == [odd]
    (line,) = (run.folder / OUTCOMES).read_bytes().splitlines()
    stored = json.loads(line)
    assert stored["id"] == "odd"
    # Runs of earlier versions have these names.
    assert {"asked", "given"} <= stored.keys()
