"""Compiled and plain, the same."""

import pytest

numba = pytest.importorskip("numba")


@pytest.fixture(params=["compiled", "plain"], autouse=True)
def compiler(request, monkeypatch):
    """Every test runs twice: with the compiler and, so that each line is seen running, without."""
    monkeypatch.setattr(numba.config, "DISABLE_JIT", int(request.param == "plain"))
    return request.param
