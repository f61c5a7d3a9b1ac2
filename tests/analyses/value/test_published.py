"""Published valuations, each with the line that was read."""

from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from crosstie.analyses.value.clearing import Recovery, clear
from crosstie.analyses.value.equity import equity
from crosstie.analyses.value.markets import Stake, stub_value
from crosstie.analyses.value.system import Debt, make_system

PUBLISHED = Path(__file__).parents[2] / "published"
CASES = yaml.safe_load((PUBLISHED / "value.yaml").read_text("utf-8"))
STUBS = yaml.safe_load((PUBLISHED / "stub.yaml").read_text("utf-8"))


def valued(case):
    held = {(h, c): Fraction(part) for h, c, part in case.get("held", [])}
    debts = [Debt(d, c, Fraction(amount), rank) for d, c, amount, rank in case.get("debts", [])]
    assets = {name: Fraction(amount) for name, amount in case["assets"].items()}
    system = make_system(list(assets), assets, held, debts)
    if not debts:
        return equity(system)
    return clear(system, Recovery.of(case.get("keep_assets", "1"), case.get("keep_claims", "1")))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_published_values_are_found(case):
    rows = {row.company: row for row in valued(case).rows()}
    compared = [
        (key, name, number)
        for key in ("equity", "to_outside_holders", "paid")
        for name, number in case.get(key, {}).items()
    ]
    assert compared
    for key, name, number in compared:
        assert abs(getattr(rows[name], key) - Fraction(number)) <= Fraction(case["within"]), (key, name)


@pytest.mark.parametrize("case", STUBS, ids=lambda c: c["id"])
def test_published_stubs_and_discounts_are_found(case):
    found = stub_value(case["market_value"], [Stake(*stake) for stake in case["stakes"]])
    for key in ("stub", "discount"):
        if key in case:
            assert getattr(found, key) == pytest.approx(case[key], abs=1e-12)


def test_every_case_says_what_was_read():
    assert all(case["source"] and case["line"] for case in [*CASES, *STUBS])
