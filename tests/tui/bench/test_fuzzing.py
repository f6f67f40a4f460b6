import random

import pytest

from tests.tui.fakes import Shell
from tests.tui.terminal import FAKED
from tui.bench import server
from tui.bench.fuzzing import ERRORS, bench_fuzzing, fuzzed


def test_a_seed_always_means_the_same_requests() -> None:
    first, second = (random.Random(7) for _ in range(2))
    requests = [fuzzed(first, 8018, "token") for _ in range(300)]
    assert requests == [fuzzed(second, 8018, "token") for _ in range(300)]
    assert len(set(requests)) > 250


@pytest.mark.slow
def test_no_fuzzed_request_is_an_error_of_the_server(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "COMMAND", (*FAKED, "serve"))
    figures = {one.name: one.value for one in bench_fuzzing(None, 300, 10, 1, print)}
    assert [figures[name] for name in ERRORS] == [0, 0]
    assert figures["replies of 4xx"] > 150
    assert figures["the server's status afterwards"] == 200
