import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SWITCHES = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY")
WATCH = """
import os, sys
from pathlib import Path

def watch(event, arguments):
    if event == "import" and arguments[0] == LIBRARY:
        print([os.environ.get(switch) for switch in SWITCHES])

sys.addaudithook(watch)
from index.errors import ModelUnavailable
"""


def switched(library: str, switches: tuple[str, ...], script: str) -> str:
    """Run a script in a new interpreter; returns the switches when the library was imported."""
    begin = f"LIBRARY, SWITCHES = {library!r}, {switches!r}{WATCH}"
    return subprocess.run(
        [sys.executable, "-c", begin + script],
        cwd=ROOT, env={}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def test_telemetry_is_off_before_onnxruntime_is_imported() -> None:
    script = (
        "from index.models.onnx_runtime import open_session\n"
        "try:\n    open_session(Path('nowhere'))\nexcept ModelUnavailable:\n    pass"
    )
    assert switched("onnxruntime", ("ORT_DISABLE_TELEMETRY",), script) == "['1']\n"


def test_the_hub_is_off_before_it_is_imported() -> None:
    script = (
        "from index.models.registry import find_model\n"
        "try:\n    find_model('no/model', from_hub=False)\nexcept ModelUnavailable:\n    pass"
    )
    assert switched("huggingface_hub", SWITCHES, script) == "['1', '1', '1']\n"


def test_the_watch_notices_a_switch_that_is_not_set() -> None:
    assert switched("onnxruntime", SWITCHES, "import onnxruntime") == "[None, None, None]\n"
