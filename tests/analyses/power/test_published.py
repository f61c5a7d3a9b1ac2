"""Published voting games, each with the line that was read."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from crosstie.analyses.power.game import quota_game
from crosstie.questions.power import INDICES

CASES = yaml.safe_load((Path(__file__).parents[2] / "published" / "power.yaml").read_text("utf-8"))
WEIGHED = [case for case in CASES if "weights" in case]


@pytest.mark.parametrize(
    ("case", "index"),
    [pytest.param(c, i, id=f"{c['id']}-{i}") for c in WEIGHED for i in INDICES if i in c],
)
def test_published_powers_are_found_exactly(case, index):
    game = quota_game(Fraction(case["quota"]), [Fraction(w) for w in case["weights"]])
    assert INDICES[index](game).values == tuple(Fraction(v) for v in case[index])


@pytest.mark.parametrize("case", [c for c in CASES if "equal" in c], ids=lambda c: c["id"])
def test_equal_voters_have_equal_power(case):
    game = quota_game(Fraction(case["quota"]), [1] * case["equal"])
    for index in ("shapley-shubik", "banzhaf"):
        assert set(INDICES[index](game).values) == {Fraction(case[f"{index}-each"])}


def test_every_case_says_what_was_read():
    assert all(case["source"] and case["line"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)
