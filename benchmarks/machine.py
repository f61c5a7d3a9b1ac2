"""What a benchmark ran on, and clocks that compare two things fairly."""

import os
import platform
import resource
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np


def describe():
    """One line: processor, cores, memory, versions, and how busy the machine is."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = next(
        (line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?"
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "numba", "duckdb", "pyarrow"))
    load = os.getloadavg()[0]
    return (
        f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
        f"{packages}; load when started {load:.1f}"
    )


def in_turns(repeats, **tasks):
    """Seconds of each task, the best of so many turns in which all run one after the other."""
    seconds = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - began)
    return {name: min(found) for name, found in seconds.items()}


def once(task):
    """Seconds and the answer."""
    began = time.perf_counter()
    answer = task()
    return time.perf_counter() - began, answer


def peak_gigabytes():
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def touch_memory(part=0.6):
    """Write to much of the memory once and give it back: a virtual machine may get its memory only then, slowly.

    Else whoever runs first in a benchmark pays for it.
    """
    room = int(part * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES"))
    np.empty(room, np.uint8).fill(1)
