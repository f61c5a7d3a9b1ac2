"""Compiled and plain, the same; small networks have levels that are shared out, and narrower ones that are not."""

import pytest

numba = pytest.importorskip("numba")

from crosstie.engines.local import plan  # noqa: E402 (only where there is a compiler)


@pytest.fixture(params=["compiled", "plain"], autouse=True)
def compiler(request, monkeypatch):
    """Every test runs twice: with the compiler and, so that each line is seen running, without."""
    monkeypatch.setattr(numba.config, "DISABLE_JIT", int(request.param == "plain"))
    monkeypatch.setattr(plan, "WIDE", 3)
    return request.param
