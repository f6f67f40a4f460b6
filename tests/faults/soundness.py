"""An index with an older generation beside it and models in a cache, asked by a process."""

import random
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.disk.durable_files import FileRecord, record_files
from index.models.question_encoder import CARDS, Card
from qa.reader import extractive
from qa.reader.export import folder_of
from qa.reader.shipped import DEFAULT_READER
from qa.reader.sources import find_reader
from tests.fakes import fake_model
from tests.faults.asker import Cited, Setting, Told, Trust
from tests.faults.standing import stands
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
class Shelved:
    """The index, its articles and the cache."""

    library: Library
    cache: Path

    def setting(self, trust: Trust = "") -> Setting:
        """Tell a process that asks where everything is."""
        return Setting(str(self.library.store.folder), str(self.cache), trust)

    def files(self) -> list[Path]:
        """Give every file of the index and the cache but those of the older generation."""
        folder = self.library.store.folder
        found = [path for path in (*folder.rglob("*"), *self.cache.rglob("*")) if path.is_file()]
        older = set(self.older())
        return sorted(path for path in found if path not in older)

    def older(self) -> list[Path]:
        """Give every file of the older generation."""
        store = self.library.store
        current = store.current()
        return sorted(
            path
            for path in (store.folder / "generations").rglob("*")
            if path.is_file() and current not in str(path)
        )

    def wrong(self, told: Told) -> list[Cited]:
        """Give the citations that do not stand where they say, or not in an article at all."""
        cited = [one for reply in told.replies for one in reply]
        return [one for one in cited if one.status in ("unchanged", "moved") and self._errs(one)]

    def _errs(self, one: Cited) -> bool:
        file = Path(one.file)
        if file.parent != self.library.news or not file.is_file() or one.path != one.file:
            return True
        data = file.read_bytes()
        number = int(file.stem)
        titled = (one.title, one.dates) == (f"Article {number} of the envoy", ("2010-05-12",))
        return not (titled and stands(one.answer, data) and stands(one.sentence, data))


def shelved(folder: Path) -> Shelved:
    """Make the index anew."""
    library = Library(folder)
    for number in range(_ARTICLES):
        library.write(f"{number}.txt", article(number, 1))
    library.index()
    with closing(library.store.open()):
        for number in range(0, _ARTICLES, 3):
            library.write(f"{number}.txt", article(number, 2))
        library.index()
    cache = folder / "cache"
    CARDS.ensure(cache / fake_model().fingerprint, _question_card)
    extractive.CARDS.ensure(folder_of(find_reader(DEFAULT_READER), cache), _reader_card)
    return Shelved(library, cache)


def _question_card(folder: Path) -> Card:
    return Card(CARDS.format, 16, 256, "query: ", ["input_ids"], "int8", 1.0, _models(folder))


def _reader_card(folder: Path) -> extractive.Card:
    files = _models(folder)
    return extractive.Card(extractive.CARDS.format, "byline", 512, ["input_ids"], "int8", files)


def _models(folder: Path) -> dict[str, FileRecord]:
    (folder / "model.onnx").write_bytes(bytes(range(256)) * 40)
    (folder / "tokenizer.json").write_bytes(b'{"version": "1.0"}')
    return record_files(folder)
