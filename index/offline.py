"""What keeps the libraries beneath from calling home."""

import os

_SWITCHES = (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_HUB_DISABLE_TELEMETRY",
    # Since 1.29 onnxruntime reports each process and each model that is opened to its makers.
    "ORT_DISABLE_TELEMETRY",
)


def go_offline() -> None:
    """Switch every look-up in a model hub and all telemetry off, for this process.

    Needed before huggingface_hub, transformers or onnxruntime is imported: they look only then.
    """
    for switch in _SWITCHES:
        os.environ[switch] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
