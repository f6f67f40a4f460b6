"""Model folders that would run code, read a pickle or break the loader."""

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_OWN = "sentence_transformers.models."


class _Payload:
    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return exec, (_touch(self.canary),)


def _touch(canary: Path) -> str:
    return f"open({str(canary)!r}, 'w').close()"


def write_pickle(path: Path, canary: Path) -> None:
    """Write a pickle that creates the canary when it is read."""
    path.write_bytes(pickle.dumps(_Payload(canary)))


def write_code(folder: Path, canary: Path) -> None:
    """Write a module `evil` that creates the canary when it is imported."""
    code = f"{_touch(canary)}\n\n\nclass Trap:\n    pass\n"
    (folder / "evil.py").write_text(code, encoding="utf-8")


def write_modules(folder: Path, *more: tuple[str, str], first: str = "Transformer") -> None:
    """Turn the folder of a transformer into one of sentence-transformers."""
    types = [(f"{_OWN}{first}", ""), (f"{_OWN}Pooling", "1_Pooling"), *more]
    _write(
        folder / "modules.json",
        [
            {"idx": number, "name": str(number), "path": path, "type": kind}
            for number, (kind, path) in enumerate(types)
        ],
    )
    (folder / "1_Pooling").mkdir(exist_ok=True)
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), encoding="utf-8")


def _configured(path: Path, **more: object) -> None:
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    _write(path, known | more)


def add_unused_pickle(folder: Path, canary: Path) -> None:
    """Add a pickle next to the weights, as many published models have one; it is never read."""
    write_pickle(folder / "pytorch_model.bin", canary)


def _pickle_alone(folder: Path, canary: Path) -> None:
    (folder / "model.safetensors").unlink()
    write_pickle(folder / "pytorch_model.bin", canary)


def _pickle_with_a_decoy(folder: Path, canary: Path) -> None:
    (folder / "model.safetensors").rename(folder / "decoy.safetensors")
    write_pickle(folder / "pytorch_model.bin", canary)


def _pickles_as_shards(folder: Path, canary: Path) -> None:
    (folder / "model.safetensors").rename(folder / "decoy.safetensors")
    write_pickle(folder / "shard.bin", canary)
    index = {"metadata": {}, "weight_map": {"embeddings.word_embeddings.weight": "shard.bin"}}
    _write(folder / "model.safetensors.index.json", index)


def _pickle_by_name(folder: Path, canary: Path) -> None:
    write_pickle(folder / "weights.bin", canary)
    _configured(folder / "config.json", transformers_weights="weights.bin")


def _code_of_the_model(folder: Path, canary: Path) -> None:
    write_code(folder, canary)
    names = ("AutoConfig", "AutoModel", "AutoModelForQuestionAnswering")
    _configured(folder / "config.json", auto_map=dict.fromkeys(names, "evil.Trap"))


def _code_of_the_tokenizer(folder: Path, canary: Path) -> None:
    write_code(folder, canary)
    known = {"AutoTokenizer": ["evil.Trap", "evil.Trap"]}
    _configured(folder / "tokenizer_config.json", auto_map=known, tokenizer_class="Trap")


def _code_behind_an_escape(folder: Path, canary: Path) -> None:
    _code_of_the_model(folder, canary)
    config = folder / "config.json"
    config.write_text(config.read_text().replace("auto_map", "auto\\u005fmap"), encoding="utf-8")


def _kernel(folder: Path, _canary: Path) -> None:
    _configured(folder / "config.json", attn_implementation="somebody/kernel")


def _numbers_that_are_words(folder: Path, _canary: Path) -> None:
    _configured(folder / "config.json", hidden_size="many", num_attention_heads=[])


def _weights_cut_short(folder: Path, _canary: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _tokenizer_of_junk(folder: Path, _canary: Path) -> None:
    _write(folder / "tokenizer.json", {"model": {"type": "BPE", "vocab": 7}})


def _foreign_module(folder: Path, canary: Path) -> None:
    write_code(folder, canary)
    write_modules(folder, ("evil.Trap", ""))


def _dense_of_a_pickle(folder: Path, canary: Path) -> None:
    write_modules(folder, (f"{_OWN}Dense", "2_Dense"))
    (folder / "2_Dense").mkdir()
    config = {"in_features": 32, "out_features": 32, "activation_function": "evil.Trap"}
    _write(folder / "2_Dense" / "config.json", config)
    write_pickle(folder / "2_Dense" / "pytorch_model.bin", canary)


def _router_to_code(folder: Path, canary: Path) -> None:
    write_code(folder, canary)
    write_modules(folder, first="Router")
    config = {"types": {"a": "evil.Trap"}, "structure": {"query": ["a"]}, "parameters": {}}
    _write(folder / "router_config.json", config)


def _words_of_code(folder: Path, canary: Path) -> None:
    write_code(folder, canary)
    write_modules(folder, first="WordEmbeddings")
    _write(folder / "wordembedding_config.json", {"tokenizer_class": "evil.Trap"})


def _module_outside(folder: Path, canary: Path) -> None:
    outside = folder.with_name(f"{folder.name}-outside")
    outside.mkdir()
    write_pickle(outside / "pytorch_model.bin", canary)
    _write(outside / "config.json", {"in_features": 32, "out_features": 32})
    write_modules(folder, (f"{_OWN}Dense", f"../{outside.name}"))


Trap = Callable[[Path, Path], None]
"""Changes a model folder; code that runs, or a pickle that is read, creates the canary."""

ANY: Mapping[str, Trap] = {
    "a pickle alone": _pickle_alone,
    "a pickle with a decoy": _pickle_with_a_decoy,
    "pickles as shards": _pickles_as_shards,
    "a pickle by name": _pickle_by_name,
    "code of the model": _code_of_the_model,
    "code of the tokenizer": _code_of_the_tokenizer,
    "code behind an escape": _code_behind_an_escape,
    "a kernel out of a hub": _kernel,
    "numbers that are words": _numbers_that_are_words,
    "weights cut short": _weights_cut_short,
    "a tokenizer of junk": _tokenizer_of_junk,
}
EMBEDDING: Mapping[str, Trap] = {
    "a foreign module": _foreign_module,
    "a layer of a pickle": _dense_of_a_pickle,
    "a router to code": _router_to_code,
    "words of code": _words_of_code,
    "a module outside": _module_outside,
}
"""Traps for embedding models only."""
