"""Which kernels go without counts of who uses their arrays: only those that make none and hand none back."""

from types import FunctionType

import numpy as np

from crosstie.analyses.kernels import heads, order, texts
from crosstie.analyses.kernels.hints import Array
from crosstie.engines.local import compiled


def double(a: Array) -> Array:
    """Makes an array."""
    return a + double_all(a, a)


def double_all(a: Array, out: Array) -> Array:
    """Hands one back."""
    out[0] = a[0]
    return out


def tail(a: Array) -> int:
    """Makes a view."""
    return a[1:].size


def through(a: Array) -> int:
    """Calls what makes a view."""
    return tail(a)


def least(a: Array) -> float:
    """Only reads."""
    return min(a[0], np.inf)


def test_only_kernels_that_read_and_write_go_without_counts():
    here = {f.__name__: f for f in (double, double_all, tail, through, least)}
    assert [name for name in here if compiled._only_reads_and_writes(name, here)] == ["least"]
    for module, named in ((texts, "copy_bytes"), (heads, "strongest"), (order, "holds_itself")):
        kernels = {
            n: f
            for n, f in vars(module).items()
            if isinstance(f, FunctionType) and f.__module__ == module.__name__
        }
        assert compiled._only_reads_and_writes(named, kernels)
    assert not compiled._only_reads_and_writes("loops_last_first", kernels)
