"""The names that `import crosstie` offers: each there, documented, with an example that runs elsewhere."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import crosstie

PAGE = Path(__file__).parents[1] / "docs" / "python.md"


@pytest.mark.parametrize("name", crosstie.__all__)
def test_every_public_name_is_there_and_explained(name):
    public = getattr(crosstie, name)
    assert inspect.getdoc(public), name
    assert f"`{name}`" in PAGE.read_text("utf-8"), f"{name} is not in docs/python.md"


@pytest.mark.parametrize("name", [n for n in crosstie.__all__ if inspect.isfunction(getattr(crosstie, n))])
def test_every_analysis_has_an_example(name):
    public = getattr(crosstie, name)
    if public.__module__.startswith("crosstie.analyses"):
        assert ">>> " in (inspect.getdoc(public) or ""), name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'ownership_of_everything'"):
        crosstie.ownership_of_everything  # noqa: B018


def test_importing_costs_nothing():
    code = "import sys, crosstie; print(sorted({'numpy', 'scipy', 'yaml', 'typer'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_network_draws_itself():
    svg = crosstie._svg(crosstie.from_shares(("ana", "alpha", "60%")))
    assert svg is not None
    assert "60%" in svg
