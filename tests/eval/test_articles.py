from pathlib import Path

from eval.articles import articles_under
from eval.bench import reader as bench_reader
from index.articles import tokens
from index.articles.bundled import bundled_articles
from index.articles.files import resolve_roots
from index.articles.passages import NoLimit
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from qa.bot import PASSAGES_READ
from tests.fakes import FakeEncoder, fake_model


def test_articles_are_read_as_a_build_reads_them(tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    for name, text in (("a.txt", "The port is closed."), ("b.md", "The mill was sold.")):
        (news / name).write_text(text, encoding="utf-8")
    # Not articles: of another type, and empty.
    (news / "c.pdf").write_bytes(b"%PDF")
    (news / "d.txt").write_bytes(b"")
    encoder = FakeEncoder()
    articles = articles_under(news, encoder)
    assert [one.text for article in articles for one in article.passages] == [
        "The port is closed.", "The mill was sold."
    ]  # fmt: skip
    request = BuildRequest(fake_model(), resolve_roots((str(news),)))
    list(build(Store(tmp_path / "index"), request, encoder))
    assert sorted(encoder.texts) == sorted(text for one in articles for text in one.embedded)


def test_the_reader_benchmark_reads_long_bundled_passages() -> None:
    every = [one for article in articles_under(bundled_articles(), NoLimit())
             for one in article.passages]  # fmt: skip
    passages = bench_reader._passages()
    assert len(passages) >= PASSAGES_READ
    assert passages == [one for one in every if tokens.count(one.text) >= 140]
