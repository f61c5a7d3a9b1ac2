"""Whatever a ledger says, a question is answered or told: nothing is raised, no bound is crossed."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crosstie.analyses.vote_split import vote_split
from crosstie.formats.ledger_text import load
from crosstie.ledger.ledger import Ledger
from crosstie.questions.check import verify
from crosstie.questions.clocks import Clocks
from crosstie.questions.diff import changes
from crosstie.questions.holders import company_rows, holders_of
from crosstie.questions.opening import at

PARTIES = ["ana", "bob", "alpha", "beta", "pool"]
HEAD = """statements:
  - {entity: ana, type: person}
  - {entity: bob, type: person}
  - {entity: alpha}
  - {entity: beta}
  - {entity: pool, type: trust}
  - {share_class: a, issuer: alpha, double_after_years: 1}
  - {share_class: b, issuer: alpha, votes_per_share: 10}
  - {share_class: c, issuer: beta}
"""
AMOUNTS = ["10", "100", "1000", "<=50", ">=20", "(5, 30]", "15%", "<=15%", ">25%", "(0%, 40%]", "1/3", "10% of issued",
           "0", "25-50%", "7.5"]  # fmt: skip
PARTS = ["15%", "<=15%", "25-50%", ">50%", "1/3", "100%", "0%"]
STATUSES = ["completed", "planned", "agreed", "denied", "withdrawn", "rumoured"]


def anything(r: random.Random, n: int) -> str:
    p, c, q, f = (r.choice(each) for each in (PARTIES, "abc", AMOUNTS, PARTS))
    other = r.choice(PARTIES)
    said = r.choice(
        [
            f"opening: s{n}, share_class: {c}, shares: '{q}'",
            f"opening: s{n}, share_class: {c}, shares: '{q}', holder: {p}, registered_on: 2019-06-01",
            f"issue: s{n}, share_class: {c}, shares: '{q}', holder: {p}",
            f"issue: s{n}, share_class: {c}, shares: '{q}'",
            f"transfer: s{n}, share_class: {c}, shares: '{q}', seller: {p}, buyer: {other}, registered: 'true'",
            f"transfer: s{n}, share_class: {c}, shares: '{q}', buyer: {other}, keeps_registration: 'true'",
            f"repurchase: s{n}, share_class: {c}, shares: '{q}', sellers: [{{holder: {p}, shares: '{q}'}}]",
            f"repurchase: s{n}, share_class: {c}, shares: '{q}'",
            f"cancellation: s{n}, share_class: {c}, shares: '{q}'",
            f"conversion: s{n}, share_class: {c}, into: {r.choice('abc')}, shares: '{q}', holder: {p}, ratio: 1/2",
            f"split: s{n}, share_class: {c}, ratio: {r.choice(['2', '1/3', '0'])}",
            f"merger: s{n}, share_class: {c}, into: {r.choice('abc')}, ratio: 2",
            f"contribution: s{n}, share_class: {c}, settlor: {p}, trust: pool, shares: '{q}'",
            f"distribution: s{n}, share_class: {c}, trust: pool, beneficiary: {p}, shares: '{q}'",
            f"holding: s{n}, holder: {p}, issuer: {other}, share: '{f}', base: {r.choice(['issued', 'unstated'])}",
            f"holding: s{n}, holder: {p}, issuer: {other}, shares: '{q}'",
            f"holding: s{n}, holder: {p}, issuer: {other}, votes: '{f}'",
            f"holding: s{n}, holder: {p}, issuer: {other}, words: controls",
            f"beneficiary: s{n}, trust: pool, holder: {p}, share: '{f}'",
            f"right: vote_cap, id: s{n}, holder: {p}, issuer: {other}, limit: '{f}'",
            f"right: double_vote, id: s{n}, holder: {p}, issuer: {other}, shares: '{q}'",
            f"right: suspended_votes, id: s{n}, holder: {p}, issuer: {other}",
            f"right: voting_instruction, id: s{n}, holder: {p}, issuer: {other}, how: {r.choice(['neutral', 'abstain'])}",
            f"right: voting_instruction, id: s{n}, holder: {p}, issuer: {other}, instructed_by: {r.choice(PARTIES)}",
            f"right: acting_in_concert, id: s{n}, parties: [{p}, {other}], issuer: {r.choice(PARTIES)}",
            f"vote_total: s{n}, issuer: {p}, theoretical: {r.randrange(2000)}, exercisable: {r.randrange(2000)}",
            f"vote_total: s{n}, issuer: {p}, theoretical: {r.randrange(2000)}, shares: {r.randrange(2000)}",
            f"same_as: s{n}, party: {p}, other: {other}",
            f"check: s{n}, measure: of_free, issuer: {p}, holder: {other}, value: '{f}'",
            f"check: s{n}, measure: shares, issuer: {p}, holder: {other}, value: '{q.replace(' of issued', '')}', group: 'true'",
            f"check: s{n}, measure: amount, value: 1, formula: \"issued('{p}') / treasury('{other}')\"",
        ]
    )
    day, known = f"20{r.randrange(18, 24)}-01-01", f"20{r.randrange(18, 24)}-01-01"
    event = f", event: e{r.randrange(4)}" if r.random() < 0.2 else ""
    return (
        f"{said}, true_on: {day}, known_on: {known}, status: {r.choice(STATUSES[: r.choice([1, 6])])}{event}"
    )


def ledger_of(seed: int) -> Ledger:
    r = random.Random(seed)
    lines = [f"  - {{{anything(r, n)}}}\n" for n in range(r.randrange(2, 25))]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.yaml"
        file.write_text(HEAD + "".join(lines), "utf-8")
        return load(file)


def answered(seed: int) -> None:
    ledger = ledger_of(seed)
    assume = ("completed", "planned", "rumoured")[seed % 3]
    clocks = Clocks.of("2022-06-01", "2022-06-01", assume)
    opened, before = at(ledger, clocks), at(ledger, Clocks.of("2020-06-01", "2021-06-01", assume))
    at(ledger, clocks, base="issued", suspended=[("ana", "alpha")])
    list(changes(before, opened))
    list(verify(ledger, clocks))
    for company, column in opened.columns.items():
        holders_of(opened, company, group=True)
        split = vote_split(opened.network, opened.network.index(company), "ordinary")
        for row in company_rows(opened.network, column):
            for part in (row.of_outstanding, row.of_theoretical, row.of_exercisable, row.of_free):
                assert part.low >= 0
        for votes in split.rows:
            assert votes.free.low <= (votes.exercisable.high or votes.free.low)


@pytest.mark.parametrize("block", range(8))
def test_any_ledger_is_answered(block):
    for seed in range(block * 25, block * 25 + 25):
        try:
            answered(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
