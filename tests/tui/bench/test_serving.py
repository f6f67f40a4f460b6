import pytest

from tests.tui.fakes import Shell
from tests.tui.terminal import FAKED
from tui.bench import server
from tui.bench.serving import bench_serving


@pytest.mark.slow
def test_every_request_has_a_reply_and_is_timed_next_to_one_process(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "COMMAND", (*FAKED, "serve"))
    said: list[str] = []
    figures = {one.name: one for one in bench_serving(None, 100, 5, said.append)}
    assert figures["requests without a reply"].value == 0
    over_http = figures["question over HTTP, p95"]
    assert over_http.reference == "in process, p95"
    assert over_http.value > 0
    assert figures["memory of the server"].ratio
    assert len(said) == 2
