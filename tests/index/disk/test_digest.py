import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.disk.durable_files import with_digest, without_digest

# echo -n '{}' | sha256sum
EMPTY = b'{}\n"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"\n'


def test_the_digest_stands_below_the_line() -> None:
    assert with_digest(b"{}") == EMPTY
    assert without_digest(EMPTY) == b"{}"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"{}\n", EMPTY[:-1], EMPTY + b" ", b"{ }" + EMPTY[2:]]
)
def test_what_was_not_written_so_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="checksum mismatch"):
        without_digest(data)


@given(st.integers(min_value=0, max_value=len(EMPTY) * 8 - 1))
def test_any_flipped_bit_is_seen(bit: int) -> None:
    damaged = bytearray(EMPTY)
    damaged[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ValueError, match="checksum mismatch"):
        without_digest(bytes(damaged))
