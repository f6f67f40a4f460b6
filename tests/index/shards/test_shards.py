"""The same articles in one index and in shards: what is found and answered is the same."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from index.build.partition import Part, part_of
from index.build.pipeline import build
from index.check import check
from index.errors import BadRequest, IndexDamaged
from index.shards.build import recorded
from index.shards.manifest import SHARDS, read_shards, write_shards
from index.shards.store import ShardedStore
from index.shards.which import MANIFEST, store_in
from index.storage.scope import Scope
from qa.find import mentions, wanted
from tests.fakes import EncoderKilled, FakeEncoder
from tests.index.shards.both import QUESTIONS, Both, audit, made_article, write_both


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    library = write_both(tmp_path_factory.mktemp("both"))
    library.shard()
    yield library


def test_answers_and_passages_are_those_of_one_index(both: Both) -> None:
    expected = both.answers(both.store)
    assert any(one.cited for one in expected)
    assert both.answers(both.sharded) == expected


def test_the_audit_finds_an_article_that_is_lost_and_one_that_is_in_two_shards(both: Both) -> None:
    assert audit(both, both.sharded) == []
    manifest = read_shards(both.sharded.folder)
    planted = ShardedStore(both.folder / "planted")
    shutil.copytree(both.sharded.folder, planted.folder)
    write_shards(planted.folder, replace(manifest, shards=manifest.shards[1:]))
    assert {fault.partition(":")[0] for fault in audit(both, planted)} == {"lost"}
    list(build(planted.shard(Part(0, 4)), both.request, FakeEncoder()))
    record = recorded(planted, Part(0, 4))
    assert record is not None
    write_shards(planted.folder, replace(manifest, shards=(record, *manifest.shards[1:])))
    assert {fault.partition(":")[0] for fault in audit(both, planted)} == {"doubled"}


def test_the_audit_finds_wrong_statistics(both: Both) -> None:
    manifest = read_shards(both.sharded.folder)
    planted = ShardedStore(both.folder / "alone")
    shutil.copytree(both.sharded.folder, planted.folder)
    first, *others = manifest.shards
    tokens = {**first.keywords.tokens, "text": 50 * first.keywords.tokens["text"]}
    wrong = replace(first, keywords=replace(first.keywords, tokens=tokens))
    write_shards(planted.folder, replace(manifest, shards=(wrong, *others)))
    assert any(fault.startswith("wrong") for fault in audit(both, planted))


@pytest.mark.parametrize(
    "scope",
    [
        Scope(since=date(2011, 7, 10), until=date(2011, 7, 20)),
        Scope(since=date(2011, 7, 3), until=date(2011, 7, 3)),
    ],
)
def test_filters_are_those_of_one_index(both: Both, scope: Scope) -> None:
    assert both.answers(both.sharded, scope) == both.answers(both.store, scope)


def test_a_scope_that_is_in_one_shard_leaves_out_the_others(both: Both) -> None:
    scope = Scope(within=(str(both.news / "1" / "report 1.md"),))
    assert both.answers(both.sharded, scope) == both.answers(both.store, scope)


def test_every_passage_is_found_in_the_order_of_one_index(both: Both) -> None:
    found = []
    for store in (both.store, both.sharded):
        with closing(store.open()) as index:
            found.append(mentions(index.generation, wanted("harbour storm")))
    assert found[0].articles == found[1].articles
    assert len(found[0].articles) > 10


def test_every_article_is_in_the_shard_of_its_path_and_in_no_other(both: Both) -> None:
    with closing(both.sharded.open()) as index:
        articles = index.generation.catalog.articles()
        parts = index.generation.generations
        held = [[one.found.path for one in part.catalog.articles()] for part in parts]
    for number, paths in enumerate(held):
        assert {part_of(path, 4) for path in paths} == {number}
    with closing(both.store.open()) as index:
        assert [one.found.path for one in articles] == [
            one.found.path for one in index.generation.catalog.articles()
        ]


def test_the_part_of_a_path_never_changes() -> None:
    assert [part_of(path, 4) for path in ("/news/a.txt", "/news/b.txt", "/news/ä.txt")] == [3, 2, 2]


def test_check_finds_nothing_wrong_with_the_index(both: Both) -> None:
    states = {finding.subject: finding.state for finding in check(both.sharded, both.folder)}
    assert states["index"] == states["articles"] == "ok"


def test_the_folder_says_whether_it_is_in_shards(both: Both) -> None:
    assert isinstance(store_in(both.sharded.folder), ShardedStore)
    assert not isinstance(store_in(both.store.folder), ShardedStore)


def test_an_ordinary_build_is_refused_and_one_in_shards_over_an_ordinary_index(both: Both) -> None:
    with pytest.raises(BadRequest, match="cluster index"), both.sharded.writing():
        pass
    with pytest.raises(BadRequest, match="ordinary"), ShardedStore(both.store.folder).building():
        pass


@pytest.fixture
def few(tmp_path: Path) -> Both:
    library, chance = Both(tmp_path), random.Random(5)
    library.count, library.questions = 2, QUESTIONS[:2]
    names = (f"{number}.txt" for number in count())
    for part in (0, 1, 0, 1):
        # In any folder, each shard has two articles.
        name = next(one for one in names if part_of(str(library.news / one), 2) == part)
        library.write(name, made_article(chance, chance.randint(0, 99)))
    library.shard()
    return library


def test_a_later_build_embeds_only_what_changed(few: Both) -> None:
    few.write(few.names[0], "Nothing like it was here before. It is new.\n")
    summary = few.shard()
    assert (summary.changed, summary.unchanged) == (1, 3)
    assert 1 <= summary.embedded <= 3
    before = read_shards(few.sharded.folder)
    assert few.shard().embedded == 0
    assert read_shards(few.sharded.folder) == before


def test_a_build_that_dies_leaves_the_old_index_which_answers(few: Both) -> None:
    old = few.answers(few.sharded)
    for name in few.names:
        few.write(name, f"All is new in {name}. The harbour is closed.\n")
    with pytest.raises(EncoderKilled):
        few.shard(FakeEncoder(batches_left=1))  # one shard is complete
    assert [one.passages for one in few.answers(few.sharded)] == [one.passages for one in old]
    with pytest.raises(EncoderKilled):
        few.shard(FakeEncoder(batches_left=0))
    assert [one.passages for one in few.answers(few.sharded)] == [one.passages for one in old]
    finished = few.index().embedded
    assert few.shard().embedded < finished
    assert few.answers(few.sharded) == few.answers(few.store)


def test_another_number_of_shards_replaces_the_old_ones(few: Both) -> None:
    few.index()
    few.shard(count=7)
    assert {path.name[-3:] for path in (few.sharded.folder / SHARDS).iterdir()} == {"007"}
    assert len(read_shards(few.sharded.folder).shards) <= 4
    assert few.answers(few.sharded) == few.answers(few.store)


def test_a_lost_shard_is_named_and_the_others_answer_if_asked_to(few: Both) -> None:
    folder = next((few.sharded.folder / SHARDS).iterdir())
    for manifest in folder.rglob("articles.sqlite"):
        manifest.write_bytes(b"damaged")
    with pytest.raises(IndexDamaged, match=r"shard \d of 2.*--partial"):
        few.sharded.open()
    missing: list[str] = []
    with closing(ShardedStore(few.sharded.folder, missing.append).open()) as index:
        assert 0 < index.generation.manifest.articles < 4
        assert len(index.generation.catalog.articles()) == index.generation.manifest.articles
    assert len(missing) == 1
    few.shard()
    few.index()
    assert few.answers(few.sharded) == few.answers(few.store)


def test_a_damaged_manifest_of_all_shards_is_found(few: Both) -> None:
    path = few.sharded.folder / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"count":2', b'"count":5'))
    with pytest.raises(IndexDamaged, match="checksum"):
        few.sharded.open()
