"""Train the token encoding: `python -m qa.training.train_tokens TEXTS.jsonl.gz… --out FILE`.

The texts are the `context` fields of question-answering data, one JSON object a line.
"""

import argparse
import base64
import gzip
import hashlib
import json
from pathlib import Path

from index.articles.tokens import PATTERN

VOCABULARY = 16_384


def contexts(paths: list[Path]) -> list[str]:
    """Return each distinct context once, in order."""
    lines = (line for path in paths for line in gzip.decompress(path.read_bytes()).splitlines())
    return list(dict.fromkeys(json.loads(line)["context"] for line in lines))


def train(texts: list[str]) -> list[bytes]:
    """Train a byte-level byte-pair encoding; return its tokens by rank."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=alphabet, show_progress=True, special_tokens=[]
    )
    tokenizer.train_from_iterator(texts, trainer)
    byte_of = {letter: byte for byte, letter in bytes_to_unicode().items()}
    vocabulary = tokenizer.get_vocab()
    ranked = sorted(vocabulary, key=vocabulary.__getitem__)
    return [bytes(byte_of[letter] for letter in token) for token in ranked]


def main() -> None:
    """Train, write the file in tiktoken's format, and print its SHA-256."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    tokens = train(contexts(options.texts))
    lines = (f"{base64.b64encode(token).decode()} {i}\n" for i, token in enumerate(tokens))
    data = "".join(lines).encode()
    options.out.write_bytes(data)
    print(hashlib.sha256(data).hexdigest())


if __name__ == "__main__":
    main()
