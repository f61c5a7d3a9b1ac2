"""Of several statements on one holder the latest word on shares and on votes each counts, and nothing twice."""

from fractions import Fraction

import pytest

from crosstie.formats import ledger_text
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at

LEDGER = """
statements:
  - entity: a
  - entity: b
  - holding: first
    holder: a
    issuer: b
    share: 10%
    votes: 20%
    true_on: 2020-01-01
    known_on: 2020-01-01
  - holding: newer
    holder: a
    issuer: b
    {newer}
    true_on: 2021-01-01
    known_on: 2021-01-01
"""


@pytest.mark.parametrize(
    ("newer", "share", "votes"),
    [
        ("share: 15%", Fraction(15, 100), Fraction(20, 100)),
        ("votes: 30%", Fraction(10, 100), Fraction(30, 100)),
        ("share: 15%\n    votes: 30%", Fraction(15, 100), Fraction(30, 100)),
    ],
)
def test_a_newer_word_replaces_and_is_never_added(tmp_path, newer, share, votes):
    path = tmp_path / "a.yaml"
    path.write_text(LEDGER.format(newer=newer), encoding="utf-8")
    opened = at(ledger_text.load(path), Clocks.of(on="2022-01-01", known="2022-01-01"))
    (stake,) = opened.columns["b"].stakes
    assert (stake.of_outstanding.low, stake.of_votes.low) == (share, votes)
    assert stake.of_outstanding.is_exact
    before = at(ledger_text.load(path), Clocks.of(on="2020-06-01", known="2022-01-01"))
    assert before.columns["b"].stakes[0].of_outstanding.low == Fraction(1, 10)
