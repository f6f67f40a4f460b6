import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import onnx
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidProtobuf
from tokenizers import Tokenizer
from tokenizers.models import WordPiece

from index.disk.durable_files import with_digest
from index.errors import IndexUnwritable, ModelUnavailable
from index.models import onnx_export as export
from index.models.onnx_export import ensure_export, folder_of, open_question_encoder
from index.models.onnx_runtime import write_finished
from index.models.passage_encoder import Vectors, encode_batch, load_model
from index.models.question_encoder import Card, OnnxQuestionEncoder
from index.models.registry import Model, find_model
from index.models.tuning import BLOCKS, FLOAT32
from tests.real import Home

pytestmark = pytest.mark.slow

QUESTIONS = [
    "Who is Russia's NATO envoy?",
    "When was the radar treaty signed?",
    "How many interceptors are in Alaska, and what did they cost?",
    "?",
]


@dataclass(frozen=True)
class Made:
    model: Model
    cache: Path
    card: Card
    original: Vectors
    """Vectors of the questions, from the model itself."""

    @property
    def folder(self) -> Path:
        return folder_of(self.model.fingerprint, self.cache)


@pytest.fixture(scope="session")
def made(real: Home, tmp_path_factory: pytest.TempPathFactory) -> Made:
    model = find_model("all-MiniLM-L6-v2")
    cache = tmp_path_factory.mktemp("cache") / "models"
    shutil.copytree(folder_of(model.fingerprint, real.cache), folder_of(model.fingerprint, cache))
    original = encode_batch(load_model(model), QUESTIONS, "")
    return Made(model, cache, ensure_export(model, cache), original)


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Made:
    """A copy of the export that a test may damage."""
    shutil.copytree(made.cache, tmp_path / "models")
    return Made(made.model, tmp_path / "models", made.card, made.original)


def opened(made: Made) -> OnnxQuestionEncoder:
    encoder = open_question_encoder(made.model.name, made.model.fingerprint, made.cache, print)
    assert isinstance(encoder, OnnxQuestionEncoder)
    return encoder


def test_the_export_agrees_with_the_model(made: Made) -> None:
    assert made.card.failure == ""
    assert {trial.way for trial in made.card.questions} == {FLOAT32, BLOCKS}
    loss = made.card.questions[0].loss
    assert loss is not None
    assert loss <= 0.001
    assert (made.card.dimension, made.card.max_tokens) == (384, 256)
    vectors = opened(made).encode(QUESTIONS)
    assert vectors.shape == (4, 384)
    *questions, mark = (vectors * made.original).sum(axis=1)
    assert min(questions) >= 0.999
    assert mark >= 0.998


def test_a_question_has_the_same_vector_alone_and_in_a_batch(made: Made) -> None:
    encoder = opened(made)
    alone = np.concatenate([encoder.encode([question]) for question in QUESTIONS * 10])
    np.testing.assert_allclose(encoder.encode(QUESTIONS * 10), alone, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_a_question_longer_than_the_models_limit_is_read_to_its_end(made: Made) -> None:
    encoder = opened(made)
    filler = "the port " * 200
    vectors = encoder.encode([filler + "lion " * 100, filler + "treaty " * 100, filler])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert float(vectors[0] @ vectors[1]) < 0.95


def test_questions_are_encoded_without_torch(made: Made) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from index.models.onnx_export import open_question_encoder\n"
        "encoder = open_question_encoder(sys.argv[1], sys.argv[2], Path(sys.argv[3]), print)\n"
        "assert encoder.encode(['Who?']).shape == (1, 384)\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    arguments = [made.model.name, made.model.fingerprint, str(made.cache)]
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


def test_an_export_is_made_once(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "load_model", None)
    assert ensure_export(made.model, made.cache) == made.card
    assert list(made.cache.iterdir()) == [made.folder]


def test_weights_of_another_size_are_refused(copy: Made) -> None:
    path = copy.folder / "question.weights"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelUnavailable, match=r"question\.weights is missing or damaged"):
        opened(copy)


@pytest.mark.parametrize("name", ["question.onnx", "tokenizer.json"])
def test_a_damaged_export_is_refused(copy: Made, name: str) -> None:
    path = copy.folder / name
    data = path.read_bytes()
    path.write_bytes(b"\xff" * len(data))
    with pytest.raises(ModelUnavailable, match=f"damaged; delete .*{copy.folder.name}|is damaged"):
        opened(copy)
    path.write_bytes(data[:-1])
    with pytest.raises(ModelUnavailable, match="missing or damaged"):
        opened(copy)
    path.unlink()
    with pytest.raises(ModelUnavailable, match="missing or damaged"):
        opened(copy)


def test_a_model_that_changed_since_is_refused(made: Made) -> None:
    with pytest.raises(ModelUnavailable, match="another 'all-MiniLM-L6-v2'"):
        open_question_encoder(made.model.name, "0" * 64, made.cache, print)


class Loaded:
    """Stands in for a loaded model whose weights do not matter."""

    max_seq_length = 256
    tokenizer = SimpleNamespace(backend_tokenizer=Tokenizer(WordPiece({"[UNK]": 0})))

    def get_embedding_dimension(self) -> int:
        return 384


def write_garbage(_loaded: object, path: Path) -> list[str]:
    path.write_bytes(b"no graph")
    return ["input_ids"]


def fail_silently(_loaded: object, _path: Path) -> list[str]:
    raise AssertionError


def fail_at_length(_loaded: object, _path: Path) -> list[str]:
    raise RuntimeError("\n  operator X \n is unknown " + "x" * 500)


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (write_garbage, r"(DecodeError|InvalidProtobuf): "),
        (fail_silently, r"AssertionError$"),
        (fail_at_length, r"RuntimeError: operator X is unknown xxx"),
    ],
)
def test_a_failed_export_is_recorded_with_its_reason(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: object, reason: str
) -> None:
    monkeypatch.setattr(export, "load_model", lambda _: Loaded())
    monkeypatch.setattr(export, "encode_batch", lambda *_: np.zeros((1, 384)))
    monkeypatch.setattr(export, "_write_onnx", write)
    card = ensure_export(made.model, tmp_path)
    assert re.match(reason, card.failure)
    assert len(card.failure) < 150
    monkeypatch.setattr(export, "_write_onnx", None)
    assert ensure_export(made.model, tmp_path) == card


def test_if_the_export_fails_the_model_itself_is_used(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_write_onnx", fail_at_length)
    notices: list[str] = []
    encoder = open_question_encoder(
        made.model.name, made.model.fingerprint, tmp_path, notices.append
    )
    np.testing.assert_allclose(encoder.encode(QUESTIONS), made.original, atol=1e-5)
    preparing, failed = notices
    assert "preparing the model" in preparing
    assert "(RuntimeError: operator X" in failed


def test_an_export_that_differs_from_the_model_is_not_used(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(_loaded: object, path: Path) -> list[str]:
        onnx.save(onnx.load(made.folder / "question.onnx"), path)
        return made.card.inputs

    monkeypatch.setattr(export, "_write_onnx", other)
    monkeypatch.setattr(export, "encode_batch", lambda *_: np.full((1, 384), 0.01))
    assert ensure_export(made.model, tmp_path).failure.startswith("its results differ by")
    monkeypatch.setattr(export, "encode_batch", lambda *_: np.full((1, 384), np.nan))
    assert ensure_export(made.model, tmp_path / "nan").failure == "its results differ by nan"


def test_an_export_of_an_older_format_is_made_again(
    copy: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = msgspec.structs.replace(copy.card, format=0)
    (copy.folder / "question.json").write_bytes(with_digest(msgspec.json.encode(old)))
    monkeypatch.setattr(export, "load_model", lambda _: Loaded())
    monkeypatch.setattr(export, "_write_onnx", fail_silently)
    assert ensure_export(copy.model, copy.cache).failure == "AssertionError"
    assert [path.name for path in copy.folder.iterdir()] == ["question.json"]


def fail_on_full_disk(_loaded: object, _path: Path) -> list[str]:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_an_error_and_not_recorded_as_a_failed_export(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "load_model", lambda _: Loaded())
    monkeypatch.setattr(export, "_write_onnx", fail_on_full_disk)
    with pytest.raises(IndexUnwritable, match="No space left on device"):
        ensure_export(made.model, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("free", "error"), [(7, OSError), (8, InvalidProtobuf)])
def test_onnxruntime_running_out_of_disk_space_is_a_disk_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, error: type[Exception]
) -> None:
    write_garbage(None, tmp_path / "network")  # of 8 bytes
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    with pytest.raises(error):
        write_finished(tmp_path / "network", tmp_path / "finished.onnx")


def test_weights_are_in_their_own_file_which_can_be_mapped(made: Made) -> None:
    graph, weights = made.folder / "question.onnx", made.folder / "question.weights"
    assert {"question.onnx", "question.weights", "tokenizer.json"} <= set(made.card.files)
    assert graph.stat().st_size < 200_000
    # 11.9 million weights of embeddings and the like in float32; 10.6 million of matrix products,
    # in int8 with one float32 scale per 16; none of the pooler, which no vector needs.
    product_size = {BLOCKS: 1 + 4 / 16, FLOAT32: 4}[made.card.questions[0].way] * 10_616_832
    assert weights.stat().st_size == pytest.approx(4 * 11_949_696 + product_size, rel=0.01)
