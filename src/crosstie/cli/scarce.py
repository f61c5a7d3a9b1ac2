"""Where memory is limited (``ulimit -v``): libraries that bear no refusal are not left to meet one.

OpenBLAS, refused its block of memory, tries again for ever or ends the process, while it is loaded (a copy each for
NumPy and SciPy) and at the first product or solution. DuckDB's threads end the process.
"""

import ctypes
import sys
from importlib.machinery import ModuleSpec

from crosstie.text.shortage import room

_BLOCK = 40 * 2**20
"""Bytes of the block, and a little more."""
_LOADED = 40 * 2**20
"""Bytes that loading the library itself takes."""
_ARENAS = -8
"""The number by which GNU's ``malloc.h`` names the greatest number of separate stores of memory."""


def prepare() -> None:
    """Check for memory wherever NumPy or SciPy may load OpenBLAS, and have NumPy's take its block now.

    Raises
    ------
    MemoryError
        There is too little for that already.
    """
    if sys.platform == "linux" and (set_option := getattr(ctypes.CDLL(None), "mallopt", None)):
        set_option(_ARENAS, 1)  # each thread would reserve 64 MB of its own
    sys.meta_path.insert(0, _Room)
    import numpy as np  # noqa: PLC0415 (after what is above)

    room(_BLOCK)
    np.linalg.inv(np.eye(2))


class _Room:
    """A finder of modules that finds none, but sees to it that there is room for OpenBLAS."""

    @staticmethod
    def find_spec(name: str, *_: object) -> ModuleSpec | None:
        """Nothing: the others are to find it, if there is memory for what it may load."""
        if name.startswith(("numpy.", "scipy.")):
            room(_BLOCK + _LOADED)
        return None
