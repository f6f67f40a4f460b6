"""The same articles in every format are asked the same questions: how many answers are the same?

python -m tests.faults.same_answers [--fast] [FORMAT…]

With --fast the fast reader answers alone.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click

import byline
from eval.sets.question_set import bundled_questions
from index.articles.blocks import Kind
from index.articles.bundled import bundled_articles
from index.articles.formats.reading import read_document
from index.articles.parse import structure_of
from index.articles.text import NotText
from qa.reader.shipped import DEFAULT_READER, FAST_READER
from tests.index.articles.formats.samples import samples

_QUESTIONS = 50
_KEPT = frozenset({Kind.PARAGRAPH, Kind.BYLINE, Kind.ITEM})


def plain_articles() -> Iterator[tuple[str, str, list[str]]]:
    """Yield the bundled articles, without their boilerplate: name, title and paragraphs."""
    for path in sorted(bundled_articles().glob("*.*")):
        document = read_document(path.read_bytes(), path.name)
        assert not isinstance(document, NotText)
        structure = structure_of(document)
        paragraphs = [
            " ".join(block.span.of(document.text.text).split())
            for block in structure.blocks
            if block.kind in _KEPT
        ]
        yield path.stem, structure.title or path.stem.replace("-", " "), paragraphs


def written(folder: Path, suffix: str) -> None:
    """Write the articles in a format to a folder."""
    for name, title, paragraphs in plain_articles():
        data = samples(title, paragraphs)[f"a.{suffix}"]
        (folder / f"{name}.{suffix}").write_bytes(data)


def answers(
    folder: Path, index: Path, questions: list[str], reader: str = DEFAULT_READER
) -> list[str | None]:
    """Return the best answer to each question; None where there is none."""
    found: list[str | None] = []
    with byline.open(folder, index=index, reader=reader) as articles:
        for question in questions:
            reply = articles.ask(question)
            if isinstance(reply, byline.Answered):
                found.append(" ".join(reply.answers[0].text.split()))
            else:
                found.append(None)
    return found


def main(suffixes: list[str], reader: str = DEFAULT_READER) -> None:
    """Print how many answers are those of the text files, and the others."""
    questions = [one.question for one in bundled_questions()][:_QUESTIONS]
    expected: list[str | None] = []
    for suffix in ("txt", *suffixes):
        with TemporaryDirectory() as base:
            folder = Path(base, suffix)
            folder.mkdir()
            written(folder, suffix)
            found = answers(folder, Path(base, "index"), questions, reader)
        expected = expected or found
        same = sum(map(str.__eq__, map(str, expected), map(str, found)))
        click.echo(f"{suffix}: {same} of {len(questions)} answers are those of the text")
        for question, before, now in zip(questions, expected, found, strict=True):
            if before != now:
                click.echo(f"    {question}\n        {before}\n        {now}")


if __name__ == "__main__":
    chosen = [one for one in sys.argv[1:] if one != "--fast"]
    main(
        chosen or ["md", "html", "pdf", "docx", "epub", "odt", "rtf", "eml", "mhtml"],
        FAST_READER if "--fast" in sys.argv else DEFAULT_READER,
    )
