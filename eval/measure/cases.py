"""Ask the questions of a folder of cases: `python -m eval.measure.cases DIR [NAME…]`.

Each folder in DIR with `articles/` and `questions.jsonl` is a case: a question set over a few small
articles, indexed on their own in a temporary folder with the real models. Prints one line for each
wrong reply, with what was expected, what was said, and both places; then the totals. A reply is
right if the best answer is right (see `eval.outcomes`) and cited on a gold line, or if a question
without gold is refused.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from eval.outcomes import Cause, Kind, Outcome
from eval.runs.examine import Examiner
from eval.runs.gold_passages import GoldPassages
from eval.sets.gold_quotes import GoldQuotes
from eval.sets.question_set import read_questions
from index.articles.files import resolve_roots
from index.build.pipeline import BuildRequest, build
from index.models.onnx_export import open_question_encoder
from index.models.passage_encoder import PassageEncoder
from index.models.question_encoder import QuestionEncoder
from index.models.registry import DEFAULT_MODEL, Model, find_model
from index.models.tuned_encoder import TunedEncoder
from index.storage.store import Store
from qa.answering.second_reading import SecondReader
from qa.bot import Bot, open_readers
from qa.reader.protocol import Reader
from qa.reader.shipped import DEFAULT_READER


@dataclass(frozen=True)
class Models:
    """The models that all cases share, and the confidence under which there is no answer."""

    model: Model
    passages: PassageEncoder
    questions: QuestionEncoder
    reader: Reader
    second: SecondReader | None
    threshold: float | None

    @classmethod
    def load(cls, cache: Path, reader: str, threshold: float | None) -> "Models":
        """Load the default model and a reader, by name or path; exports are kept in `cache`."""
        model = find_model(DEFAULT_MODEL)
        return cls(
            model,
            TunedEncoder(model, cache),
            open_question_encoder(model.name, model.fingerprint, cache, _note),
            *open_readers(reader, cache, _note),
            threshold,
        )


def find_cases(folder: Path, names: Sequence[str] = ()) -> list[Path]:
    """Return the folders of the cases, sorted; only those named, if any are."""
    cases = sorted(file.parent for file in folder.glob("*/questions.jsonl"))
    return [case for case in cases if not names or case.name in names]


def ask_case(case: Path, models: Models) -> Iterator[Outcome]:
    """Index the articles of a case and ask its questions. Raises BylineError."""
    articles = (case / "articles").resolve()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "index")
        request = BuildRequest(models.model, resolve_roots((str(articles),)))
        for _ in build(store, request, models.passages):
            pass
        bot = Bot.from_index(
            store.open(), models.questions, models.reader, models.threshold, second=models.second
        )
        with closing(bot):
            gold = GoldPassages(bot.index.generation.catalog, [articles])
            examiner = Examiner(bot, gold, GoldQuotes([articles]))
            yield from map(examiner.ask, read_questions(case / "questions.jsonl"))


def failure_line(outcome: Outcome) -> str:
    """Return one line on a wrong reply: the question, what was expected, and what was said."""
    history = "".join(f"{earlier} → " for earlier in outcome.history)
    wanted = " or ".join(
        f"{', '.join(map(repr, gold.answers)) or 'that line'} {gold.location}"
        for gold in outcome.gold
    )
    said, best = "answered" if outcome.answered else "refused", outcome.best
    got = (
        f"{best.text!r} {100 * best.confidence:.0f}% {best.path}:{best.line}" if best else "nothing"
    )
    return (
        f"{outcome.id}: {history}{outcome.question} | expected {wanted or 'a refusal'} | "
        f"{said}: {got} | {outcome.cause}"
    )


def totals(outcomes: Iterable[Outcome]) -> str:
    """Return how many answerable questions are right, and how many others refused."""
    counts: Counter[tuple[bool, bool]] = Counter(
        (outcome.kind is Kind.UNANSWERABLE, outcome.cause is Cause.NONE) for outcome in outcomes
    )
    return "; ".join(
        f"{label}: {_share(counts[unanswerable, True], counts[unanswerable, False])}"
        for label, unanswerable in (
            ("answerable, right on the right line", False),
            ("unanswerable, refused", True),
        )
    )


def _share(right: int, wrong: int) -> str:
    every = right + wrong
    return f"{right} of {every} ({100 * right / every:.1f}%)" if every else "none"


def main() -> None:
    """Ask, print failures as they occur, then the totals."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.cases", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these cases")
    parser.add_argument("--reader", default=DEFAULT_READER, help="name or path")
    parser.add_argument("--threshold", type=float, help="of the confidence")
    options = parser.parse_args()
    cases = find_cases(options.folder, options.names)
    cache = user_cache_path("byline") / "models"
    models = Models.load(cache, options.reader, options.threshold)
    outcomes: list[Outcome] = []
    for number, case in enumerate(cases, 1):
        of_case = list(ask_case(case, models))
        wrong = [outcome for outcome in of_case if outcome.cause is not Cause.NONE]
        for outcome in wrong:
            print(failure_line(outcome).replace(f"{case.resolve()}/articles/", ""))
        outcomes += of_case
        _note(f"[{number}/{len(cases)}] {case.name}: {len(wrong)} of {len(of_case)} wrong")
    print(totals(outcomes))


def _note(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
