"""Published examples: each file says what was read and where; a wrong published answer stands beside the right one."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from crosstie.analyses.control import control
from crosstie.analyses.groups import self_controlled_groups
from crosstie.analyses.majority import majority_attributed, weakest_link
from crosstie.analyses.ownership import look_through, walk_sum
from crosstie.ledger.amounts import Interval
from crosstie.network import toys

FILES = sorted(
    path
    for path in (Path(__file__).parent.parent / "published").glob("*.json")
    if "edges" in (read := json.loads(path.read_text("utf-8"))) and "ask" in read
)


def number(text):
    return Interval.parse(text).low


def chain(network, asked):
    rows = majority_attributed(network, asked["owner"])
    return next(row.votes.low for row in rows if row.company == asked["company"])


def controlled(network, asked):
    found = control(network, threshold=number(asked["threshold"]), reaching=asked["reaching"]).pairs
    return sorted(company for owner, company in found if owner == asked["owner"])


NUMBERS = {
    "look-through": lambda n, a: look_through(n, exact=True)[a["owner"], a["company"]],
    "walk-sum": lambda n, a: walk_sum(n, exact=True)[a["owner"], a["company"]],
    "weakest link": lambda n, a: weakest_link(n, a["owner"], a["company"]).rights,
    "majority chain": chain,
}
LISTS = {
    "control": lambda n, _: sorted(map(list, control(n).pairs)),
    "controlled by": controlled,
    "closed groups": lambda n, _: [sorted(group) for group in look_through(n).closed_groups],
    "self-controlled groups": lambda n, _: [sorted(group) for group in self_controlled_groups(n)],
}


def test_there_are_at_least_twenty_five():
    assert len(FILES) >= 25


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_published(path):
    case = json.loads(path.read_text("utf-8"))
    assert case["source"]["title"]
    assert case["source"]["read"]
    network = toys.from_shares(*(tuple(edge) for edge in case["edges"]))
    for asked in case["ask"]:
        question = asked["question"]
        if question in LISTS:
            assert LISTS[question](network, asked) == asked["answer"]
            continue
        answer = NUMBERS[question](network, asked)
        assert answer == number(asked["answer"])
        assert isinstance(answer, Fraction)
        if "published" in asked:
            assert answer != number(asked["published"])
            assert "wrong" in case["note"]
