"""What a benchmark measured: figures, most of them next to a reference of the same run."""

from collections.abc import Sequence
from statistics import median, quantiles

import msgspec

MEGABYTE = 1_000_000


class Figure(msgspec.Struct, frozen=True):
    """Something measured."""

    name: str
    value: int | float
    unit: str = ""
    reference: str | None = msgspec.field(default=None, name="beside")
    """What it is compared with, measured in the same run; None: nothing."""
    limit: float | None = None
    """The value of the reference, in the same unit; None: no reference."""

    @property
    def ratio(self) -> float | None:
        """The value divided by the reference's; None: no reference."""
        return self.value / self.limit if self.limit else None


def percentiles(
    name: str, milliseconds: Sequence[float], reference: str, limit: float
) -> list[Figure]:
    """Return the median and the 95th percentile of at least two times."""
    values = {"p50": median(milliseconds), "p95": quantiles(milliseconds, n=20)[-1]}
    return [Figure(f"{name}, {p}", value, "ms", reference, limit) for p, value in values.items()]


def memory_figure(name: str, resident: int, passages: int) -> Figure:
    """Compare resident bytes with all vectors as the model computes them."""
    vectors = 4 * 384 * passages / MEGABYTE
    return Figure(name, resident / MEGABYTE, "MB", "float32 vectors", vectors)
