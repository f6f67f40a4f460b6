from pathlib import Path

import numpy as np
import pytest

from index import embedded
from index.embedded import EmbeddedLog, Vector
from index.encoder import Vectors

KEYS = [bytes([i]) * 32 for i in range(4)]
VECTORS: Vectors = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    log = EmbeddedLog(tmp_path / "embedded" / "m.vectors")
    log.restart({})
    log.append(KEYS[:2], VECTORS[:2])
    log.append(KEYS[2:], VECTORS[2:])
    return log


def check(found: dict[bytes, Vector], count: int) -> None:
    assert list(found) == KEYS[:count]
    for vector, expected in zip(found.values(), VECTORS, strict=False):
        np.testing.assert_array_equal(vector, expected)


def test_vectors_come_back_by_key(log: EmbeddedLog) -> None:
    check(log.read(), 4)


def test_a_log_that_is_not_there_holds_nothing(log: EmbeddedLog) -> None:
    log.delete()
    assert log.read() == {}
    log.delete()


def test_a_log_cut_anywhere_gives_the_records_before_the_cut(log: EmbeddedLog) -> None:
    data = log.path.read_bytes()
    record = 4 + 32 + 3 * 4 + 4
    assert len(data) == 4 * record
    for length in range(len(data) + 1):
        log.path.write_bytes(data[:length])
        check(log.read(), length // record)


def test_a_log_damaged_anywhere_gives_no_wrong_vector(log: EmbeddedLog) -> None:
    data = log.path.read_bytes()
    for at in range(len(data)):
        log.path.write_bytes(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
        check(log.read(), at // 52)


def test_a_restart_drops_what_was_cut_so_that_more_can_follow(log: EmbeddedLog) -> None:
    log.path.write_bytes(log.path.read_bytes()[:-10])
    log.restart(log.read())
    log.append(KEYS[3:], VECTORS[3:])
    check(log.read(), 4)


def test_a_kill_during_a_restart_loses_nothing(
    log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(_path: Path, _data: bytes) -> None:
        raise KeyboardInterrupt

    kept = log.read()
    monkeypatch.setattr(embedded, "replace_synced", killed)
    with pytest.raises(KeyboardInterrupt):
        log.restart(kept)
    check(log.read(), 4)
