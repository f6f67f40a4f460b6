"""Train the token encoding: `python -m qa.training.train_tokens TEXTS.jsonl.gz… --out FILE`.

The texts are the `context` fields of question-answering data, one JSON object a line.
"""

import argparse
import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from index.articles.tokens import PATTERN

VOCABULARY = 16_384


def contexts(paths: list[Path]) -> Iterator[str]:
    """Yield each distinct context once, in order."""
    seen: set[str] = set()
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                text = json.loads(line)["context"]
                if text not in seen:
                    seen.add(text)
                    yield text


def train(texts: Iterator[str]) -> list[bytes]:
    """Train a byte-level byte-pair encoding; return its tokens by rank."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

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
    byte_of = _byte_of_letter()
    ranked = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    return [bytes(byte_of[letter] for letter in token) for token, _ in ranked]


def _byte_of_letter() -> dict[str, int]:
    """Return the byte behind each printable letter of a byte-level encoding (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in printable]
    letters = {chr(byte): byte for byte in printable}
    return letters | {chr(256 + i): byte for i, byte in enumerate(hidden)}


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
