"""Loads a model as a careless program does: `python -m tests.faults.careless CODE PICKLE`.

Its hub is a port of this machine at which nobody listens.
"""

import sys
from contextlib import suppress


def main() -> None:
    folder, pickled = sys.argv[1:]
    import onnxruntime  # it reports to its makers, unless told before

    assert onnxruntime
    import torch
    from huggingface_hub import snapshot_download
    from sentence_transformers import SentenceTransformer

    with suppress(Exception):
        SentenceTransformer(folder, device="cpu", trust_remote_code=True)
    with suppress(Exception):
        torch.load(pickled, weights_only=False)
    with suppress(Exception):
        snapshot_download("somebody/model")


if __name__ == "__main__":
    main()
