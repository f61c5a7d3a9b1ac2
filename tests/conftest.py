"""What tests keep between questions goes into a folder of their own, not into the user's."""

import os

import pytest


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory):
    before = os.environ.get("CROSSTIE_CACHE")
    os.environ["CROSSTIE_CACHE"] = str(tmp_path_factory.mktemp("kept"))
    yield
    if before is None:
        del os.environ["CROSSTIE_CACHE"]
    else:
        os.environ["CROSSTIE_CACHE"] = before
