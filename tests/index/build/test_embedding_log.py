import resource
from pathlib import Path

import numpy as np
import pytest

from index.build.embedding_log import EmbeddingLog
from index.models.passage_encoder import Vectors

KEYS = [bytes([i]) * 32 for i in range(4)]
VECTORS: Vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
RECORD = 4 + 32 + 3 * 2 + 4


@pytest.fixture
def log(tmp_path: Path) -> EmbeddingLog:
    log = EmbeddingLog(tmp_path / "embedded" / "m.vectors")
    log.restart(log.read().length)
    log.append(KEYS[:2], VECTORS[:2])
    log.append(KEYS[2:], VECTORS[2:])
    return log


def check(log: EmbeddingLog, count: int) -> None:
    logged = log.read()
    assert list(logged.offsets) == KEYS[:count]
    assert logged.length == count * RECORD
    if count:
        np.testing.assert_array_equal(log.vectors(list(logged.offsets.values())), VECTORS[:count])


def test_vectors_come_back_by_key(log: EmbeddingLog) -> None:
    check(log, 4)
    offsets = log.read().offsets
    found = log.vectors([offsets[KEYS[2]], offsets[KEYS[0]]])
    np.testing.assert_array_equal(found, VECTORS[[2, 0]])


def test_a_missing_log_is_empty(log: EmbeddingLog) -> None:
    log.delete()
    check(log, 0)
    log.delete()


def test_a_log_truncated_anywhere_keeps_the_records_before_the_cut(log: EmbeddingLog) -> None:
    data = log.path.read_bytes()
    assert len(data) == 4 * RECORD
    for length in range(len(data) + 1):
        log.path.write_bytes(data[:length])
        check(log, length // RECORD)


def test_a_log_damaged_anywhere_returns_no_wrong_vector(log: EmbeddingLog) -> None:
    data = log.path.read_bytes()
    for at in range(len(data)):
        log.path.write_bytes(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
        check(log, at // RECORD)


def test_an_impossible_dimension_allocates_no_memory(log: EmbeddingLog) -> None:
    log.path.write_bytes(b"\xff" * 1000)
    check(log, 0)


def test_a_restart_drops_the_truncated_record_so_that_more_can_follow(log: EmbeddingLog) -> None:
    log.path.write_bytes(log.path.read_bytes()[:-10])
    log.restart(log.read().length)
    assert log.path.stat().st_size == 3 * RECORD
    log.append(KEYS[3:], VECTORS[3:])
    check(log, 4)


def test_a_write_that_the_disk_cuts_short_is_an_error(log: EmbeddingLog) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * RECORD + RECORD // 2, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            log.append(KEYS[:1], VECTORS[:1])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    check(log, 4)
