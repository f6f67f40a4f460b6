"""Loads a model as a careless program does: `python -m tests.faults.careless_loader CODE PICKLE`.

Its hub is a local port on which nothing listens.
"""

import pickle
import sys
from contextlib import suppress
from pathlib import Path


def main() -> None:
    folder, pickled = sys.argv[1:]
    import onnxruntime  # sends telemetry unless it is switched off before
    from huggingface_hub import snapshot_download
    from transformers.dynamic_module_utils import get_class_from_dynamic_module

    assert onnxruntime
    # What `trust_remote_code` does, and `torch.load` without `weights_only`.
    get_class_from_dynamic_module("evil.Trap", folder)
    with Path(pickled).open("rb") as file:
        pickle.load(file)
    with suppress(Exception):
        snapshot_download("somebody/model")


if __name__ == "__main__":
    main()
