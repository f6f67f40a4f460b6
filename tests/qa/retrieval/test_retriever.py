from collections.abc import Iterable
from contextlib import closing

import pytest

from index.storage.catalog import StoredArticle
from index.storage.selection import ALL, Selection, id_ranges
from qa.ablation import Component
from qa.retrieval.retriever import DEPTH, Hit, Retriever
from tests.fakes import FakeEncoder
from tests.index.build.workspace import regions
from tests.qa.fakes import Library

QUESTION = "radar treaty signed"


def _selection(articles: Iterable[StoredArticle]) -> Selection:
    chosen = list(articles)
    return Selection(tuple(one.id for one in chosen), id_ranges(one.passages for one in chosen))


def retrieve(
    library: Library, question: str, top_k: int, *scope: str
) -> tuple[list[Hit], dict[str, StoredArticle]]:
    """Retrieve, and return the articles by name; `scope` names articles."""
    with closing(library.store.open()) as opened:
        generation = opened.generation
        articles = {one.found.relative: one for one in generation.catalog.articles()}
        encoder = FakeEncoder()
        retriever = Retriever(generation, encoder)
        found = retriever.retrieve(question, top_k, _selection(articles[name] for name in scope))
        assert encoder.batches == [[question]]
        return found, articles


def test_the_passage_that_both_searches_put_first_comes_first(library: Library) -> None:
    library.write("a.txt", "The mill was sold in May. Nobody knows why.")
    library.write("b.txt", "radar treaty signed. So they say in Prague today.")
    library.write("c.txt", "The port is to be closed. There was a radar.")
    library.index()
    found, articles = retrieve(library, QUESTION, 3)
    assert found[0].stored.article_id == articles["b.txt"].id
    assert all(-1 <= one.similarity <= 1 for one in found)
    assert found[0].similarity == max(one.similarity for one in found)
    assert len(retrieve(library, QUESTION, 2)[0]) == 2


def test_a_passage_comes_with_the_title_of_its_own_article(library: Library) -> None:
    library.write("a.txt", "# Radar treaty\n\nradar treaty signed. So they say in Prague today.")
    library.write("b.txt", "radar treaty signed. It was a rainy morning in July, they say.")
    library.index()
    found, articles = retrieve(library, QUESTION, 3)
    assert {one.stored.article_id: one.title for one in found} == {
        articles["a.txt"].id: "Radar treaty",
        articles["b.txt"].id: "",
    }


def test_the_scope_applies_before_the_ranking_is_cut(library: Library) -> None:
    for i in range(DEPTH + 20):
        library.write(f"better/{i}.txt", f"radar treaty signed number {i}. " * 3)
    library.write("mine.txt", "A treaty is a word. It has six letters, they say.")
    library.index()
    everywhere, articles = retrieve(library, QUESTION, 8)
    assert articles["mine.txt"].id not in {one.stored.article_id for one in everywhere}
    found, _ = retrieve(library, QUESTION, 8, "mine.txt")
    assert [one.stored.article_id for one in found] == [articles["mine.txt"].id]
    both, _ = retrieve(library, QUESTION, 8, "better/3.txt", "mine.txt")
    assert {one.stored.article_id for one in both} == {
        articles["mine.txt"].id,
        articles["better/3.txt"].id,
    }


def test_a_near_duplicate_is_kept_with_its_first_copy(library: Library) -> None:
    story = "The radar treaty was signed in Prague by both ministers on a rainy morning in July."
    library.write("a.txt", story)
    library.write("b.txt", story)
    library.write("c.txt", "The port is to be closed. Nobody has the money.")
    library.index()
    found, articles = retrieve(library, "Who signed the radar treaty?", 8)
    numbers = {name: article.id for name, article in articles.items()}
    first, other = found
    assert other.stored.article_id == numbers["c.txt"]
    copies = [first.stored.article_id, *(one.article_id for one in first.duplicates)]
    assert sorted(copies) == [numbers["a.txt"], numbers["b.txt"]]


def test_keywords_find_a_passage_that_vectors_miss(library: Library) -> None:
    for i in range(DEPTH + 10):
        library.write(f"{i:03}.txt", f"the of it was to be number {i}. the of it was.")
    library.write("z.txt", "Xylophones. " + " ".join(f"word{i} filler{i}" for i in range(40)) + ".")
    library.index()
    found, articles = retrieve(library, "the of it was xylophones", 2)
    assert articles["z.txt"].id in {one.stored.article_id for one in found}


def test_a_passage_ranks_higher_among_others_that_match(library: Library) -> None:
    resigned = "The minister resigned on a rainy day."
    library.write("a.txt", regions([resigned]))
    harbour = [f"The harbour of Zeebrugge was closed {number} times." for number in range(4)]
    library.write("b.txt", regions([*harbour, resigned]))
    library.index()
    question = "Why did the minister resign over the harbour in Zeebrugge?"
    with closing(library.store.open()) as opened:
        generation = opened.generation
        alone, last = (max(one.passages) for one in generation.catalog.articles())

        def ranked(*without: Component) -> list[int]:
            retriever = Retriever(generation, FakeEncoder(), frozenset(without))
            return [one for one in retriever.search(question).fused if one in (alone, last)]

        assert ranked() == [last, alone]
        assert ranked(Component.PARTS) == [alone, last]


@pytest.mark.parametrize("question", ["", "the of", "12"])
def test_a_question_without_search_terms_is_searched_by_its_vector(
    library: Library, question: str
) -> None:
    library.write("a.txt", "The mill was sold in May. Nobody knows why.")
    library.index()
    assert len(retrieve(library, question, 8)[0]) == 1


def test_an_empty_index_has_no_hits(library: Library) -> None:
    path = library.write("a.txt", "The mill was sold in May. Nobody knows why.")
    library.index()
    path.unlink()
    library.index()
    assert retrieve(library, QUESTION, 8)[0] == []


def test_the_previous_question_decides_between_passages_for_a_follow_up(library: Library) -> None:
    library.write("mill.txt", "The mill by the river was sold in May. Nobody knows why.")
    library.write("port.txt", "The port by the sea was sold in June. Nobody knows why.")
    library.index()
    with closing(library.store.open()) as opened:
        catalog = opened.generation.catalog
        encoder = FakeEncoder()
        retriever = Retriever(opened.generation, encoder, frozenset({Component.VECTORS}))
        for previous, name in (
            ("Where is the mill?", "mill.txt"),
            ("Where is the port?", "port.txt"),
        ):
            found = retriever.gather(retriever.search("When was that sold?", ALL, [previous]), 1)
            (article,) = [one for one in catalog.articles() if one.found.relative == name]
            assert found[0].stored.article_id == article.id
            assert retriever.topic_of(previous) == article.id
            # Passages are compared with the vector of the question alone.
            assert encoder.batches[-3:-1] == [
                ["When was that sold?"], [f"{previous} When was that sold?"]
            ]  # fmt: skip
        assert retriever.topic_of("12") in {None, *(one.id for one in catalog.articles())}


def test_articles_of_the_days_that_a_question_names_rank_higher(library: Library) -> None:
    for number in range(8):
        library.write(f"{number}.txt", f"The council met {number} times. It spoke of the port.")
    library.index()
    with closing(library.store.open()) as opened:
        retriever = Retriever(opened.generation, FakeEncoder())
        plain = retriever.search("When did the council speak of the port?").fused
        for article in opened.generation.catalog.articles():
            (passage,) = article.passages
            found = retriever.search(
                "When did the council speak of the port?", of_its_days=_selection([article])
            )
            assert sorted(found.fused) == sorted(plain)
            before, after = plain.index(passage), found.fused.index(passage)
            assert after < before or before == after == 0
