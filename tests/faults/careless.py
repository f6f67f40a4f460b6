"""Loads a model as a careless program does: `python -m tests.faults.careless CODE PICKLE`.

Its hub is a port of this machine at which nobody listens.
"""

import pickle
import sys
from contextlib import suppress
from pathlib import Path


def main() -> None:
    folder, pickled = sys.argv[1:]
    import onnxruntime  # it reports to its makers, unless told before
    from huggingface_hub import snapshot_download
    from transformers.dynamic_module_utils import get_class_from_dynamic_module

    assert onnxruntime
    # What `trust_remote_code` comes to, and what `torch.load` does without `weights_only`.
    get_class_from_dynamic_module("evil.Trap", folder)
    with Path(pickled).open("rb") as file:
        pickle.load(file)
    with suppress(Exception):
        snapshot_download("somebody/model")


if __name__ == "__main__":
    main()
