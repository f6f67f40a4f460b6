from collections.abc import Iterator
from datetime import date

import pytest

from index.articles.fields import Field
from index.errors import BadRequest
from index.storage.catalog import Catalog
from index.storage.scope import Scope
from index.storage.selection import ALL
from qa.bot import Bot
from qa.scope import dated, scope_of, selected
from tests.qa.fakes import Library

ARTICLES = {
    "2010-05-12-port.md": "---\nby: Ada Quill\ntags: [harbour, trade]\n---\nThe port is closed.",
    "2011-07-03-port.md": "---\nauthor: Nils Berg\ntags: [harbour]\n---\nThe port is open again.",
    "port.txt": "Nobody remembers what the port was like in those days.",
}


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    library = Library(tmp_path_factory.mktemp("library"))
    for name, text in ARTICLES.items():
        library.write(name, text)
    library.index()
    with library.bot() as opened:
        yield opened


@pytest.fixture
def catalog(bot: Bot) -> Catalog:
    return bot.index.generation.catalog


def names(catalog: Catalog, scope: Scope) -> list[str]:
    return [catalog.article(one).found.relative for one in selected(catalog, scope).articles]


def test_filters_are_typed_in_words() -> None:
    scope = scope_of(["news"], "2010", "2011-07", ["author = Ada  Quill", "author=Ada Quill"])
    where = (Field("author", "Ada Quill"),)
    assert scope == Scope(("news",), date(2010, 1, 1), date(2011, 7, 31), where)
    assert scope_of(since=date(2010, 1, 1), until="") == Scope(since=date(2010, 1, 1))
    assert not scope_of()


@pytest.mark.parametrize("condition", ["", "author", "=Ada", "author= ", "="])
def test_a_condition_needs_a_field_and_a_value(condition: str) -> None:
    with pytest.raises(BadRequest, match=r"write FIELD=VALUE, as in author=Ada Quill"):
        scope_of(where=[condition])


def test_there_is_a_limit_to_conditions(catalog: Catalog) -> None:
    conditions = [f"author={number}" for number in range(51)]
    with pytest.raises(BadRequest, match="the limit is 50"):
        scope_of(where=conditions)
    with pytest.raises(BadRequest, match="no article has author=0"):
        selected(catalog, scope_of(where=conditions[:50]))


def test_a_first_day_after_the_last_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"2012-01-01 is after until 2011-12-31"):
        scope_of(since="2012", until="2011")


def test_articles_are_left_that_every_filter_lets_through(catalog: Catalog) -> None:
    assert selected(catalog, Scope()) is ALL
    assert names(catalog, scope_of(since="2011")) == ["2011-07-03-port.md"]
    assert names(catalog, scope_of(where=["TAG=Harbour", "author=ada quill"])) == [
        "2010-05-12-port.md"
    ]
    assert selected(catalog, scope_of(until="2011-07-03")).undated == 1


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (scope_of(since="2012"), "no article is dated 2012-01-01 or later; they are dated "
         "2010-05-12 to 2011-07-03"),
        (scope_of(since="2010-06", until="2011-06"),
         "no article is dated 2010-06-01 to 2011-06-30; "),
        (scope_of(where=["authr=x"]), "no article has a field 'authr'; there are "),
        (scope_of(where=["author=quill"]), "no article has author=quill; one has author=ada quill"),
        (scope_of(where=["author=nils brg"]), "; one has author=nils berg"),
        (scope_of(where=["author=Nils Berg", "tags=trade"]),
         "of 1 article with author=Nils Berg, none has tags=trade"),
        (scope_of(until="2010", where=["author=Nils Berg"]),
         "of 1 article with author=Nils Berg, none is dated 2010-12-31 or earlier"),
        (scope_of(["/nowhere"], since="2010"), "no indexed article is at or under /nowhere"),
    ],
)  # fmt: skip
def test_where_nothing_is_left_the_filter_that_excludes_all_is_named(
    catalog: Catalog, scope: Scope, message: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        selected(catalog, scope)
    assert message in refused.value.message


def test_filters_hold_before_the_best_passages_are_taken(bot: Bot) -> None:
    reply = bot.ask("The port is closed.", scope=scope_of(since="2011"))
    assert (reply.scope, reply.undated) == (Scope(since=date(2011, 1, 1)), 1)
    found = bot.find("The port is closed.", scope_of(since="2011"))
    assert {hit.stored.article_id for hit in found.hits} == set(found.selection.articles)
    assert len(found.selection.articles) == 1


def test_days_that_a_question_names_exclude_nothing(bot: Bot) -> None:
    found = bot.find("What was the port like in 2010?")
    assert len({hit.stored.article_id for hit in found.hits}) == 3


def test_days_without_articles_are_counted_from_the_newest_article(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.scope.today", lambda: date(2026, 11, 28))
    newest = catalog.dates()
    assert newest is not None
    last_year = Scope(since=date(newest[1].year - 1, 1, 1), until=date(newest[1].year - 1, 12, 31))
    expected = catalog.select(last_year)
    assert len(expected.articles) == 1
    found = dated(catalog, Scope(), "Was the port closed last year?")
    assert found is not None
    assert list(found.articles) == list(expected.articles)
    # A filter is what was typed: last year is 2025.
    assert scope_of(since="last year").since == date(2025, 1, 1)


def test_no_days_are_taken_from_a_question_that_no_article_is_of(catalog: Catalog) -> None:
    assert dated(catalog, Scope(), "What was the port like in 1999?") is None
    assert dated(catalog, scope_of(until="2010"), "What was the port like in 2011?") is None
    both = dated(catalog, Scope(), "Was it closed in 2010 or in 2011?")
    assert both is not None
    assert len(both.articles) == 2
