"""An update of the paths that changed leaves the same index as an update of everything."""

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles.files import Root
from index.build.events import Summary
from index.build.pipeline import BuildRequest, Known, build
from index.errors import BadRequest
from index.storage.catalog import Catalog
from tests.fakes import FakeEncoder, fake_model
from tests.index.build.workspace import Workspace

NAMES = ("a.txt", "b/c.txt", "b/d/e.txt", "b/d.txt", "f.md", "g/h.txt", ".bylineignore")
TEXTS = ("The port is closed.", "The mill was sold in May.", "b/d*\n", "")


def update(workspace: Workspace, *paths: Path | str) -> Summary:
    """Update what is at or under some paths, relative to the articles' folder."""
    only = frozenset(str(workspace.news / path).rstrip("/") for path in paths)
    return workspace.build(BuildRequest(fake_model(), only=only))


def contents(workspace: Workspace) -> list[tuple[str, list[str]]]:
    """Return the articles of the index in order, each with its passages."""
    with closing(workspace.store.open()) as opened:
        opened.generation.check()
        catalog = opened.generation.catalog
        return [
            (article.found.path, [stored.passage.text for stored in catalog.passages_of(article)])
            for article in catalog.articles()
        ]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.write("port.txt", "The port is closed.")
    workspace.write("in/mill.txt", "The mill was sold.")
    workspace.build()
    return workspace


def test_only_the_paths_that_are_named_are_read(workspace: Workspace) -> None:
    workspace.write("port.txt", "The port is open.")
    workspace.write("in/mill.txt", "The mill was bought.")
    summary = update(workspace, "in/mill.txt")
    assert (summary.changed, summary.unchanged, summary.embedded) == (1, 1, 1)
    assert [texts for _, texts in contents(workspace)] == [
        ["The port is closed."], ["The mill was bought."]
    ]  # fmt: skip


def test_a_moved_folder_is_found_under_its_new_name(workspace: Workspace) -> None:
    (workspace.news / "in").rename(workspace.news / "a folder")
    summary = update(workspace, "in", "a folder")
    assert (summary.added, summary.removed, summary.embedded) == (1, 1, 0)
    assert contents(workspace)[1][0] == str(workspace.news / "a folder" / "mill.txt")


def test_nothing_is_published_if_nothing_changed(workspace: Workspace) -> None:
    assert not update(workspace, "port.txt", "missing.txt", "in").published


def test_a_folder_that_is_left_out_from_now_on_is_removed(workspace: Workspace) -> None:
    workspace.write(".bylineignore", "in/\n")
    assert update(workspace, "").removed == 1


def test_a_damaged_index_is_rebuilt_from_everything(workspace: Workspace) -> None:
    shutil.rmtree(workspace.store.folder / "generations")
    summary = update(workspace, "port.txt")
    assert (summary.articles, summary.rebuild_reason is not None) == (2, True)


def test_without_an_index_there_is_nothing_to_update(tmp_path: Path) -> None:
    with pytest.raises(BadRequest):
        update(Workspace(tmp_path), "port.txt")


def test_the_articles_of_a_missing_root_are_kept(workspace: Workspace) -> None:
    other = workspace.folder / "other.txt"
    other.write_text("The dam broke.", encoding="utf-8")
    workspace.build(BuildRequest(fake_model(), (workspace.root, Root("other.txt", str(other)))))
    other.unlink()
    summary = update(workspace, other, "port.txt")
    assert (summary.articles, summary.removed, len(summary.missing_roots)) == (3, 0, 1)


def test_where_links_are_followed_everything_is_scanned(workspace: Workspace) -> None:
    workspace.build(BuildRequest(fake_model(), (replace(workspace.root, follow_links=True),)))
    workspace.write("port.txt", "The port is open.")
    assert update(workspace, "in").changed == 1


def test_what_a_build_wrote_is_not_read_again_by_the_next_one(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Known()

    def update_known(name: str, text: str) -> Summary:
        only = frozenset({str(workspace.write(name, text))})
        request = BuildRequest(fake_model(), only=only)
        *_, summary = build(workspace.store, request, FakeEncoder(), known)
        assert isinstance(summary, Summary)
        return summary

    update_known("port.txt", "The port is open.")
    with monkeypatch.context() as patch:
        patch.setattr(Catalog, "articles", lambda _: pytest.fail("read again"))
        summary = update_known("in/mill.txt", "The mill was bought.")
    assert (summary.changed, summary.unchanged) == (1, 1)
    workspace.write("dam.txt", "The dam broke.")
    workspace.build()
    assert update_known("port.txt", "The port is closed.").articles == 3
    after = contents(workspace)
    workspace.build(BuildRequest(fake_model(), full=True))
    assert contents(workspace) == after


writes = st.tuples(st.sampled_from(NAMES), st.sampled_from(TEXTS))


@settings(max_examples=8, deadline=None)
@given(first=st.lists(writes), then=st.lists(writes), roots=st.sampled_from(["", "b", "b/d"]))
def test_after_any_change_the_index_is_as_if_built_afresh(
    tmp_path_factory: pytest.TempPathFactory,
    first: list[tuple[str, str]],
    then: list[tuple[str, str]],
    roots: str,
) -> None:
    base = tmp_path_factory.mktemp("any")
    workspace = Workspace(base)
    inner = Root(roots, str(workspace.news / roots).rstrip("/"))
    (workspace.news / "b" / "d").mkdir(parents=True)
    request = BuildRequest(fake_model(), tuple(dict.fromkeys((workspace.root, inner))))
    for name, text in first:
        workspace.write(name, text)
    workspace.build(request)
    changed = set()
    for name, text in then:
        if text:
            workspace.write(name, text)
        else:
            (workspace.news / name).unlink(missing_ok=True)
        changed.add(str(Path(name).parent) if name == ".bylineignore" else name)
    if workspace.store.exists():
        update(workspace, *changed)
        updated = contents(workspace)
        workspace.build(replace(request, full=True))
        assert updated == contents(workspace)
    shutil.rmtree(base)
