import shutil
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.articles.files import Root
from index.build.pipeline import BuildRequest
from index.errors import BadRequest, IndexBusy
from index.watch.watcher import SWEEP_SECONDS, Watcher
from tests.fakes import EncoderKilled, FakeEncoder, fake_model
from tests.index.build.workspace import Workspace
from tests.index.watch.script import (
    WAIT_ONLY,
    Script,
    articles,
    lose_reports,
    problems,
    updates,
    watch,
)

PORT = "The port is closed."
MILL = "The mill was sold."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.write("port.txt", PORT)
    workspace.write("in/mill.txt", MILL)
    workspace.build()
    return workspace


def texts(workspace: Workspace) -> dict[str, str]:
    """Return the text of each indexed article, by the name of its file."""
    with closing(workspace.store.open()) as opened:
        catalog = opened.generation.catalog
        return {
            article.found.relative: catalog.passages_of(article)[0].passage.text
            for article in catalog.articles()
        }


def test_the_first_update_looks_at_everything_and_the_next_at_what_changed(
    workspace: Workspace,
) -> None:
    def edit() -> Sequence[Path]:
        return [workspace.write("port.txt", "The port is open.")]

    script = Script([edit, WAIT_ONLY])
    events = watch(workspace, script)
    assert (updates(events), articles(events)) == ([0, 1], [2, 2])
    assert texts(workspace) == {"port.txt": "The port is open.", "in/mill.txt": MILL}
    assert (script.opened, script.closed) == ([(str(workspace.news),)], 1)


def test_new_moved_and_deleted_files_and_folders_are_followed(workspace: Workspace) -> None:
    news = workspace.news

    def move() -> Sequence[Path]:
        (news / "in").rename(news / "out")
        return [news / "in", news / "out"]

    def save() -> Sequence[Path]:
        """Save as many editors do: the new file gets the old one's name."""
        (news / ".port.txt.swp").write_text("The port is open.", encoding="utf-8")
        (news / ".port.txt.swp").rename(news / "port.txt")
        return [news / ".port.txt.swp", news / "port.txt", news / "4913"]

    def create() -> Sequence[Path]:
        workspace.write("a/b/dam.txt", "The dam broke.")
        return [news / "a"]

    def delete() -> Sequence[Path]:
        shutil.rmtree(news / "out")
        return [news / "out" / "mill.txt", news / "out"]

    events = watch(workspace, Script([move, save, create, delete, WAIT_ONLY]))
    assert updates(events) == [0, 2, 1, 1, 2]
    assert texts(workspace) == {"port.txt": "The port is open.", "a/b/dam.txt": "The dam broke."}


def test_what_is_no_article_or_left_out_wakes_nothing(workspace: Workspace) -> None:
    workspace.write(".bylineignore", "draft*\n")

    def litter() -> Sequence[Path]:
        names = ("draft1.txt", ".git/index", ".hidden.txt", "plan.xyz", "in/port.txt~", "gone.txt")
        return [workspace.write(name, PORT) for name in names[:-1]] + [workspace.news / names[-1]]

    events = watch(workspace, Script([litter, WAIT_ONLY]))
    assert updates(events) == [0]


def test_a_changed_ignore_file_affects_its_folder(workspace: Workspace) -> None:
    def ignore() -> Sequence[Path]:
        return [workspace.write("in/.bylineignore", "mill*\n")]

    def read_again() -> Sequence[Path]:
        return [workspace.write("in/.bylineignore", "")]

    events = watch(workspace, Script([ignore, WAIT_ONLY, read_again, WAIT_ONLY]))
    assert (updates(events), articles(events)) == ([0, 1, 1], [2, 1, 2])


def test_a_change_that_was_not_reported_is_found_by_the_sweep(workspace: Workspace) -> None:
    def change_silently() -> Sequence[Path]:
        workspace.write("port.txt", "The port is open.")
        return []

    script = Script([change_silently, *[WAIT_ONLY] * 119, WAIT_ONLY])
    events = watch(workspace, script)
    assert updates(events) == [0, 0]
    assert set(script.waits) == {5.0}
    assert script.now == 1000 + SWEEP_SECONDS + 5
    assert texts(workspace)["port.txt"] == "The port is open."


def test_everything_is_looked_at_and_watched_anew_when_reports_are_lost(
    workspace: Workspace,
) -> None:
    def change_silently() -> Sequence[Path]:
        workspace.write("port.txt", "The port is open.")
        return lose_reports()

    script = Script([change_silently, WAIT_ONLY])
    events = watch(workspace, script)
    assert (updates(events), len(script.opened), script.closed) == ([0, 0], 2, 2)
    assert texts(workspace)["port.txt"] == "The port is open."


def test_changes_wait_while_another_process_builds(workspace: Workspace) -> None:
    building = ExitStack()

    def edit() -> Sequence[Path]:
        building.enter_context(workspace.store.writing())
        return [workspace.write("port.txt", "The port is open.")]

    def finish() -> Sequence[Path]:
        building.close()
        return []

    script = Script([edit, WAIT_ONLY, WAIT_ONLY, finish, WAIT_ONLY])
    events = watch(workspace, script)
    (problem,) = problems(events)
    assert "is building" in problem
    assert updates(events) == [0, 1, 1, 1, 1]
    assert script.waits[1:4] == [2.0, 4.0, 5.0]  # at most the time to the next glance
    assert texts(workspace)["port.txt"] == "The port is open."


def test_an_index_is_watched_once(workspace: Workspace) -> None:
    with workspace.store.watching(), pytest.raises(IndexBusy, match=r"process \d+, started .* up"):
        watch(workspace, Script([]))
    with workspace.store.writing(), pytest.raises(IndexBusy, match="is building"):
        watch(workspace, Script([]))


def test_others_may_build_beside_a_watcher_and_what_they_add_is_watched(
    workspace: Workspace,
) -> None:
    other = Root("more", str(workspace.folder / "more"))

    def add() -> Sequence[Path]:
        Path(other.path).mkdir()
        Path(other.path, "dam.txt").write_text("The dam broke.", encoding="utf-8")
        workspace.build(BuildRequest(fake_model(), (other,)))
        return []

    script = Script([add, WAIT_ONLY])
    events = watch(workspace, script)
    assert script.opened == [(str(workspace.news),), (str(workspace.news), other.path)]
    assert articles(events) == [2, 3]


def test_what_a_followed_link_leads_to_is_watched(workspace: Workspace) -> None:
    more = workspace.folder / "more"
    more.mkdir()
    (workspace.news / "link").symlink_to(more)
    root = replace(workspace.root, follow_links=True)
    (more / "dam.txt").write_text("The dam broke.", encoding="utf-8")
    workspace.build(BuildRequest(fake_model(), (root,)))

    def edit() -> Sequence[Path]:
        (more / "dam.txt").write_text("The dam holds.", encoding="utf-8")
        return [more / "dam.txt"]

    script = Script([edit, WAIT_ONLY])
    assert articles(watch(workspace, script)) == [3, 3]
    assert script.opened == [(str(workspace.news), str(more))]
    assert texts(workspace)["dam.txt"] == "The dam holds."


def test_a_root_that_appears_again_is_read_and_watched(workspace: Workspace) -> None:
    def leave() -> Sequence[Path]:
        workspace.news.rename(workspace.folder / "away")
        return [workspace.news]

    def return_changed() -> Sequence[Path]:
        (workspace.folder / "away").rename(workspace.news)
        workspace.write("port.txt", "The port is open.")
        return []

    script = Script([leave, WAIT_ONLY, return_changed, WAIT_ONLY])
    events = watch(workspace, script)
    assert articles(events)[-1] == 2
    assert texts(workspace)["port.txt"] == "The port is open."


def test_a_drive_that_is_no_longer_mounted_does_not_empty_the_index(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unmount() -> Sequence[Path]:
        shutil.rmtree(workspace.news)
        workspace.news.mkdir()
        monkeypatch.setattr("index.watch.watcher._identity", lambda _: (99, 99))
        return []

    script = Script([unmount, WAIT_ONLY, WAIT_ONLY])
    events = watch(workspace, script)
    (problem,) = problems(events)
    assert "not mounted" in problem
    assert texts(workspace) == {"port.txt": PORT, "in/mill.txt": MILL}


def test_a_file_that_is_always_written_to_is_indexed_less_and_less_often(
    workspace: Workspace,
) -> None:
    lines: list[str] = []

    def append() -> Sequence[Path]:
        script.now += 1
        lines.append(f"Line {len(lines)} came.")
        return [workspace.write("port.txt", " ".join(lines))]

    script = Script([append] * 40)
    events = watch(workspace, script)
    # The first one, five at once, and then after 1, 2, 4, 8 and 16 seconds.
    assert 9 <= len(updates(events)) <= 12


def test_an_update_that_fails_is_tried_again(workspace: Workspace) -> None:
    encoder = FakeEncoder(batches_left=1)

    def edit() -> Sequence[Path]:
        return [workspace.write("port.txt", "The port is open.")]

    def mend() -> Sequence[Path]:
        encoder.batches_left = -1
        return []

    events = watch(workspace, Script([edit, mend, WAIT_ONLY]), encoder)
    assert problems(events) == ["EncoderKilled"]
    assert texts(workspace)["port.txt"] == "The port is open."


def test_an_error_of_the_first_update_ends_the_watcher(workspace: Workspace) -> None:
    workspace.write("port.txt", "The port is open.")
    with pytest.raises(EncoderKilled):
        watch(workspace, Script([]), FakeEncoder(batches_left=1))
    with pytest.raises(BadRequest):
        watch(Workspace(workspace.folder / "new"), Script([]))


def test_what_is_polled_is_reported_once(workspace: Workspace) -> None:
    script = Script([lose_reports, WAIT_ONLY], notes=["news is polled"])
    assert problems(watch(workspace, script)) == ["news is polled"]


def test_a_watcher_that_is_left_gives_its_locks_back(workspace: Workspace) -> None:
    script = Script([WAIT_ONLY])
    request = BuildRequest(fake_model())
    running = Watcher(workspace.store, request, FakeEncoder(), script.open, script.clock).run()
    next(running)
    assert isinstance(running, Generator)
    running.close()
    assert script.closed == 1
    with workspace.store.watching(), workspace.store.writing():
        pass
