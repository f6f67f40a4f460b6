from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.files import resolve_roots
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from qa.training.corpus import Location, write_articles
from tests.fakes import FakeEncoder, fake_model
from tests.index.strategies import nasty_text
from tests.qa.training.rows import row

PORT = "The port is closed. Nobody\nhas the money to dig it out."
MILL = "The mill was sold in May, to a café owner 😀."


def line(folder: Path, location: Location) -> str:
    """Return the line of a file by splitting its bytes on LF."""
    data = (folder / location.article).read_bytes()
    return data.split(b"\n")[location.line - 1].decode()


def test_a_context_is_the_line_at_its_location(tmp_path: Path) -> None:
    rows = [row(PORT, title="Old_ports"), row(MILL, title="Mills"), row("Rain.", title="Old_ports")]
    locations = write_articles(rows, tmp_path)
    assert locations == {
        PORT: Location("Old_ports.txt", 3),
        MILL: Location("Mills.txt", 3),
        "Rain.": Location("Old_ports.txt", 5),
    }
    text = (tmp_path / "Old_ports.txt").read_text(encoding="utf-8")
    assert text == f"Old ports\n\n{PORT.replace(chr(10), ' ')}\n\nRain.\n\n"


@pytest.mark.parametrize("words", ["money to dig", "Nobody", "café", "😀", "owner 😀."])
def test_code_point_n_of_a_context_is_column_n_plus_one_of_its_line(
    tmp_path: Path, words: str
) -> None:
    locations = write_articles([row(PORT, title="a"), row(MILL)], tmp_path)
    context = PORT if words in PORT else MILL
    at = context.index(words)
    assert line(tmp_path, locations[context])[at : at + len(words)] == words


def test_a_context_of_two_questions_is_written_once(tmp_path: Path) -> None:
    rows = [row(PORT, "port", title="a"), row(PORT, "money", title="a"), row(MILL), row(MILL)]
    write_articles(rows, tmp_path)
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert written.count("The port is closed.") == written.count("The mill was sold") == 1


def test_sources_share_the_file_of_an_article_with_the_same_title(tmp_path: Path) -> None:
    sources = ((PORT, "squad"), (MILL, "qed"), (PORT, "qed"), ("Rain.", "squad"))
    locations = write_articles(
        [row(one, title="Ports", source=of) for one, of in sources], tmp_path
    )
    assert [path.name for path in tmp_path.iterdir()] == ["Ports.txt"]
    assert {one.line for one in locations.values()} == {3, 5, 7}
    for context, location in locations.items():
        assert line(tmp_path, location) == context.replace("\n", " ")


def test_contexts_without_a_title_are_written_fifty_a_file_by_source(tmp_path: Path) -> None:
    rows = [row(f"Context {i}.", source="qed") for i in range(120)] + [row(MILL, source="squad")]
    locations = write_articles(rows, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "qed-000000.txt", "qed-000050.txt", "qed-000100.txt", "squad-000000.txt"
    ]  # fmt: skip
    assert locations["Context 49."] == Location("qed-000000.txt", 99)
    assert locations["Context 50."] == Location("qed-000050.txt", 1)
    assert all(line(tmp_path, location) == context for context, location in locations.items())


@given(st.lists(nasty_text.filter(str.strip), min_size=1, max_size=6), st.sampled_from(["", "a_b"]))
def test_any_context_and_its_line_have_the_same_code_points_but_newlines(
    tmp_path_factory: pytest.TempPathFactory, contexts: list[str], title: str
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    locations = write_articles([row(one, title=title) for one in contexts], folder)
    for context, location in locations.items():
        assert line(folder, location) == context.replace("\n", " ")


def test_an_index_of_the_articles_finds_the_contexts_at_their_locations(tmp_path: Path) -> None:
    rows = [row(f"{MILL} It was number {i}.", title=f"Mill_{i % 3}") for i in range(9)]
    locations = write_articles(rows, tmp_path / "articles")
    store = Store(tmp_path / "index")
    request = BuildRequest(fake_model(), resolve_roots((str(tmp_path / "articles"),)))
    list(build(store, request, FakeEncoder()))
    index = store.open()
    catalog = index.generation.catalog
    for article in catalog.articles():
        for stored in catalog.passages_of(article):
            lines = range(stored.passage.line, stored.passage.end_line + 1)
            inside = {
                one for one, at in locations.items()
                if at.article == article.found.relative and at.line in lines
            }  # fmt: skip
            assert inside
            assert all(one in stored.passage.text for one in inside)
    index.close()
