"""An index with an older generation and models in a cache, for a question worker."""

import random
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from index.disk.durable_files import FileRecord, record_files
from index.models.onnx_export import folder_of as question_folder
from index.models.question_encoder import CARDS, Card
from qa.reader import extractive
from qa.reader.export import folder_of
from qa.reader.shipped import FAST_READER
from qa.reader.sources import find_reader
from tests.fakes import fake_model
from tests.faults.question_worker import Cited, Setting, StepResult, Trust
from tests.faults.quote_check import is_at_its_position
from tests.qa.fakes import Library

_ARTICLES = 24
_SENTENCES = 14
QUESTIONS = (
    "What did ship 3 of article 2 sign in Panama?",
    "Ship 11 of article 15 sank late on day 22",
)


_PLACES = "Panama Prague Warsaw Oslo Lima Quito Tunis Lagos Osaka Turin Split Basel".split()
_DEEDS = "signed sank sold burned bought found hired wrote moved mended closed opened".split()


def article(number: int, edition: int) -> str:
    chance = random.Random(number)
    sentences = [
        f"Ship {ship} of article {number} {chance.choice(_DEEDS)} {chance.choice(_PLACES)} "
        f"{chance.choice(_DEEDS)} {chance.randrange(10**6)} late on day {ship * edition}."
        for ship in range(_SENTENCES)
    ]
    lines = [" ".join(sentences[at : at + 3]) for at in range(0, _SENTENCES, 3)]
    return "\n\n".join([f"Article {number} of the envoy", "12 May 2010", *lines]) + "\n"


@dataclass(frozen=True)
class SampleIndex:
    """The index, its articles and the cache."""

    library: Library
    cache: Path

    def setting(self, trust: Trust | None = None) -> Setting:
        """Return the setting for a question worker."""
        return Setting(str(self.library.store.folder), str(self.cache), trust)

    def files(self) -> list[Path]:
        """Return every file of the index and the cache except those of the older generation."""
        folder = self.library.store.folder
        found = [path for path in (*folder.rglob("*"), *self.cache.rglob("*")) if path.is_file()]
        older = set(self.older())
        return sorted(path for path in found if path not in older)

    def older(self) -> list[Path]:
        """Return every file of the older generation."""
        store = self.library.store
        current = store.current()
        return sorted(
            path
            for path in (store.folder / "generations").rglob("*")
            if path.is_file() and current not in str(path)
        )

    def wrong(self, result: StepResult) -> list[Cited]:
        """Return the citations that are shown as valid and are not."""
        return [
            cited
            for reply in result.replies
            for cited in reply
            if cited.status in ("unchanged", "moved") and self._is_wrong(cited)
        ]

    def _is_wrong(self, cited: Cited) -> bool:
        file = Path(cited.file)
        if file.parent != self.library.news or not file.is_file() or cited.path != cited.file:
            return True
        data = file.read_bytes()
        number = int(file.stem)
        titled = (cited.title, cited.dates) == (f"Article {number} of the envoy", ("2010-05-12",))
        quotes = (cited.answer, cited.sentence)
        return not (titled and all(is_at_its_position(quote, data) for quote in quotes))


@dataclass
class Tally:
    """The results of asking a damaged index."""

    index: SampleIndex
    kinds: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Citations that are not at their positions."""

    def add(self, what: str, result: StepResult) -> None:
        """Count the result of one step."""
        self.kinds[result.kind] += 1
        if result.kind == "crash":
            self.crashes.append(f"{what}: {result.message}")
        self.wrong += [f"{what}: {cited}" for cited in self.index.wrong(result)]

    def __str__(self) -> str:
        return (
            f"{len(self.crashes)} crashes, {len(self.wrong)} lines cited wrongly; "
            f"{self.kinds['error']} clear errors, {self.kinds['done']} answered correctly"
        )


def build_sample_index(folder: Path) -> SampleIndex:
    library = Library(folder)
    for number in range(_ARTICLES):
        library.write(f"{number}.txt", article(number, 1))
    library.index()
    with closing(library.store.open()):
        for number in range(0, _ARTICLES, 3):
            library.write(f"{number}.txt", article(number, 2))
        library.index()
    cache = folder / "cache"
    CARDS.ensure(question_folder(fake_model().fingerprint, cache), _question_card)
    extractive.CARDS.ensure(folder_of(find_reader(FAST_READER), cache), _reader_card)
    return SampleIndex(library, cache)


def _question_card(folder: Path) -> Card:
    return Card(CARDS.format, 16, 256, "query: ", ["input_ids"], [], [], _models(folder))


def _reader_card(folder: Path) -> extractive.Card:
    files = _models(folder)
    return extractive.Card(extractive.CARDS.format, "byline", 512, ["input_ids"], [], 1.0, files)


def _models(folder: Path) -> dict[str, FileRecord]:
    (folder / "model.onnx").write_bytes(bytes(range(256)) * 40)
    (folder / "tokenizer.json").write_bytes(b'{"version": "1.0"}')
    return record_files(folder)
