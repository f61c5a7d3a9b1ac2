from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from crosstie.analyses.vote_split import HolderVotes, vote_split
from crosstie.formats.ledger_text import load
from crosstie.ledger.amounts import ZERO, Interval
from crosstie.ledger.column import Column
from crosstie.ledger.replay import as_of
from crosstie.ledger.statements import Status
from crosstie.network.build import Built, build
from crosstie.network.edges import Edge, make_network, unknown_id

LATER = date(2030, 1, 1)
HEAD = """
statements:
  - {entity: ana, type: person}
  - {entity: bob, type: person}
  - {entity: top}
  - {entity: sub}
  - {entity: alpha}
  - {entity: pool, type: trust}
  - {share_class: a, issuer: alpha}
  - {share_class: o, issuer: sub}
  - {opening: o1, share_class: a, shares: 1000, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: o2, share_class: a, holder: ana, shares: 300, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: o3, share_class: a, holder: sub, shares: 200, true_on: 2020-01-01, known_on: 2020-01-01}
  - {opening: o4, share_class: a, holder: alpha, shares: 100, true_on: 2020-01-01, known_on: 2020-01-01}
  - {holding: h, holder: top, issuer: sub, share: 80%, true_on: 2020-01-01, known_on: 2020-01-01}
"""
NOW = "true_on: 2021-01-01, known_on: 2021-01-01"


def made(*lines: str, on: date = LATER, base="outstanding", suspended=(), head: str = HEAD) -> Built:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.yaml"
        file.write_text(head + "".join(f"  - {{{line}}}\n" for line in lines), "utf-8")
        ledger = load(file)
    assert all(each.kind == "no-known-on" for each in ledger.problems), ledger.problems
    return build(as_of(ledger, on, LATER, Status.COMPLETED), base=base, suspended=suspended)


def edge(built: Built, holder: str, company: str = "alpha") -> int:
    network = built.network
    column = network.column(network.index(company))
    return next(e for e in range(column.start, column.stop) if network.holder[e] == network.index(holder))


def capital(built: Built, holder: str, company: str = "alpha") -> Interval:
    return built.network.exact_capital[edge(built, holder, company)]


def votes(built: Built, holder: str, company: str = "alpha") -> Interval:
    return built.network.exact_votes[edge(built, holder, company)]


def split(built: Built, holder: str, company: str = "alpha", matter="all") -> HolderVotes:
    network = built.network
    rows = vote_split(network, network.index(company), matter).rows
    return next(row for row in rows if row.holder == network.index(holder))


def column(built: Built, company: str = "alpha") -> Column:
    return built.columns[company]


def exactly(text: str) -> Interval:
    return Interval.exactly(Fraction(text))


def test_capital_is_a_part_of_what_is_outstanding_and_treasury_votes_nothing():
    built = made()
    assert capital(built, "ana") == exactly("1/3")
    assert capital(built, unknown_id("alpha")) == exactly("4/9")
    assert votes(built, "ana") == exactly("1/3")
    assert np.isclose(built.network.totals.issued[built.network.index("alpha")], 1000)
    assert np.isclose(built.network.totals.treasury[built.network.index("alpha")], 100)


def test_with_the_issued_base_treasury_is_a_row_without_votes():
    built = made(base="issued")
    assert capital(built, "ana") == exactly("3/10")
    assert capital(built, "treasury of alpha") == exactly("1/10")
    assert votes(built, "treasury of alpha") == ZERO
    assert built.network.parties[built.network.index("treasury of alpha")].unknown_of == "alpha"


def test_every_edge_keeps_its_statements():
    built = made(f"transfer: t, share_class: a, seller: ana, shares: 5, {NOW}")
    assert built.network.statements[edge(built, "ana")] == ("o2", "t", "o1")
    assert built.network.statements[edge(built, "top", "sub")] == ("h",)


def test_classes_add_by_shares_and_vote_by_their_own_number():
    built = made(
        "share_class: b, issuer: alpha, votes_per_share: 10",
        f"opening: x, share_class: b, holder: bob, shares: 100, {NOW}",
    )
    assert capital(built, "bob") == exactly("1/10")
    assert votes(built, "bob") == Interval.exactly(Fraction(1000, 900 + 1000))


DOUBLE = HEAD.replace("{share_class: a, issuer: alpha}", "{share_class: a, issuer: alpha, double_after_years: 2, "
                      "true_on: 2020-06-01, known_on: 2020-01-01}").replace(
    "holder: ana, shares: 300,", "holder: ana, shares: 300, registered_on: 2019-06-01,")  # fmt: skip


@pytest.mark.parametrize(
    ("on", "ana"),
    [(date(2021, 5, 31), 300), (date(2021, 6, 1), 600)],
)
def test_votes_double_after_two_years_in_one_name(on, ana):
    built = made(on=on, head=DOUBLE)
    stake = next(each for each in column(built).stakes if each.holder == "ana")
    assert stake.votes == Interval.exactly(ana)
    assert column(built).theoretical_votes == Interval.exactly(700 + ana)


def test_votes_do_not_double_before_the_right_exists():
    first = "share_class: a, id: a0, issuer: alpha, true_on: 2015-01-01, known_on: 2015-01-01"
    head = DOUBLE.replace("registered_on: 2019-06-01", "registered_on: 2015-06-01")
    for on, ana in ((date(2020, 5, 31), 300), (date(2020, 6, 1), 600)):
        stake = next(each for each in column(made(first, on=on, head=head)).stakes if each.holder == "ana")
        assert stake.votes == Interval.exactly(ana)


def test_a_sale_loses_the_double_vote_and_the_right_covers_no_more_than_is_held():
    right = f"right: double_vote, id: r, holder: ana, issuer: alpha, shares: 250, {NOW}"
    assert votes(made(right), "ana") == Interval.exactly(Fraction(550, 1150))
    sale = f"transfer: t, share_class: a, seller: ana, shares: 200, {NOW}"
    assert votes(made(right, sale), "ana") == Interval.exactly(Fraction(200, 1000))


def test_suspended_votes_stay_theoretical_and_leave_the_exercisable():
    right = (
        "right: suspended_votes, id: r, holder: sub, issuer: alpha, true_on: 2020-01-01, until: 2022-01-01"
    )
    asleep = made(right, on=date(2021, 12, 31))
    assert votes(asleep, "sub") == exactly("2/9")
    assert split(asleep, "sub").exercisable == ZERO
    index = asleep.network.index("alpha")
    shared = vote_split(asleep.network, index)
    assert shared.exercisable == exactly("7/9")
    assert shared.of_exercisable(split(asleep, "ana")) == exactly("3/7")
    awake = made(right, on=date(2022, 1, 1))
    assert vote_split(awake.network, index).of_exercisable(split(awake, "ana")) == exactly("1/3")


def test_suspension_by_law_arrives_as_pairs():
    built = made(suspended=[("sub", "alpha")])
    assert bool(built.network.suspended[edge(built, "sub")])
    assert split(built, "sub").exercisable == ZERO


@pytest.mark.parametrize("excess", ["lost", "neutral"])
def test_a_cap_binds_the_holder_with_what_it_controls(excess):
    cap = f"right: vote_cap, id: r, holder: top, issuer: alpha, limit: 10%, excess: {excess}, {NOW}"
    row = split(made(cap), "sub")
    assert (row.exercisable, row.free) == (exactly("2/9"), exactly("1/10"))
    assert getattr(row, excess) == Interval.exactly(Fraction(2, 9) - Fraction(1, 10))


def test_a_cap_is_shared_in_proportion_and_taken_of_exercisable_votes_before_it():
    lines = (
        f"right: acting_in_concert, id: k, parties: [ana, top], issuer: alpha, {NOW}",
        f"right: vote_cap, id: r, holder: ana, issuer: alpha, limit: 10%, {NOW}",
    )
    built = made(*lines)
    assert split(built, "ana").free == exactly("6/100")
    assert split(built, "sub").free == exactly("4/100")
    assert split(built, unknown_id("alpha")).free == exactly("4/9")


def test_a_trust_gives_capital_to_its_settlor_and_votes_to_nobody():
    built = made(f"contribution: t, share_class: a, settlor: ana, trust: pool, shares: 300, {NOW}")
    assert capital(built, "pool") == exactly("1/3")
    assert capital(built, "ana", "pool") == exactly("1")
    assert votes(built, "ana", "pool") == ZERO


def test_a_trust_instructed_on_all_matters_votes_as_it_is_told():
    lines = (
        f"contribution: t, share_class: a, settlor: ana, trust: pool, shares: 300, {NOW}",
        f"beneficiary: b, trust: pool, holder: bob, share: 100%, {NOW}",
        f"right: voting_instruction, id: v, holder: pool, issuer: alpha, instructed_by: bob, {NOW}",
    )
    built = made(*lines)
    assert capital(built, "bob", "pool") == exactly("1")
    assert votes(built, "bob", "pool") == exactly("1")
    neutral = made(
        *lines[:2], f"right: voting_instruction, id: v, holder: pool, issuer: alpha, how: neutral, {NOW}"
    )
    row = split(neutral, "pool")
    assert (row.exercisable, row.free, row.neutral) == (exactly("1/3"), ZERO, exactly("1/3"))


def test_a_matter_has_its_own_instruction():
    lines = (
        f"contribution: t, share_class: a, settlor: ana, trust: pool, shares: 300, {NOW}",
        f"right: voting_instruction, id: v, holder: pool, issuer: alpha, how: neutral, {NOW}",
        (
            "right: voting_instruction, id: w, holder: pool, issuer: alpha, matter: shareholder_proposal,"
            f" how: abstain, {NOW}"
        ),
    )
    assert split(made(*lines), "pool", matter="ordinary").neutral == exactly("1/3")
    assert split(made(*lines), "pool", matter="shareholder_proposal").lost == exactly("1/3")


def test_a_published_total_gives_unknown_holders_what_named_lots_do_not_explain():
    lines = (
        f"right: double_vote, id: d, holder: sub, issuer: alpha, {NOW}",
        f"right: suspended_votes, id: r, holder: sub, issuer: alpha, {NOW}",
        "vote_total: v, issuer: alpha, theoretical: 1250, exercisable: 730, true_on: 2021-06-30, known_on: 2021-07",
    )
    found = column(made(*lines))
    assert found.theoretical_votes == Interval.exactly(1250)
    assert found.treasury_votes == Interval.exactly(1250 - 730 - 400)
    assert found.unknown.votes == Interval.exactly(730 - 300)
    later = column(made(*lines, "transfer: t, share_class: a, seller: sub, shares: 50, true_on: 2022-01-01"))
    assert later.theoretical_votes == Interval.exactly(1200)
    assert later.unknown.votes == Interval.exactly(430 + 50)


def test_a_published_total_below_what_is_named_is_a_problem():
    built = made("vote_total: v, issuer: alpha, theoretical: 550, true_on: 2021-06-30, known_on: 2021-07")
    assert [problem.message for problem in built.network.problems] == [
        "alpha on 2021-06-30: 550 theoretical votes published, but the named holders and treasury have 600"
    ]


def test_stated_holders_are_carved_out_of_the_unknown_ones():
    built = made(f"holding: x, holder: bob, issuer: alpha, share: 25-50%, base: issued, {NOW}")
    assert str(capital(built, "bob")) == "[5/18, 5/9]"
    assert str(capital(built, unknown_id("alpha"))) == "[0, 1/6]"


def test_control_in_words_is_more_than_half_of_the_votes_and_any_part_of_the_capital():
    built = made(f"holding: x, holder: bob, issuer: top, words: controls, {NOW}")
    assert str(votes(built, "bob", "top")) == "(1/2, 1]"
    assert str(capital(built, "bob", "top")) == "[0, 1]"


def test_an_indirect_holding_is_never_an_edge():
    built = made(f'holding: x, holder: bob, issuer: top, share: 30%, direct: "no", {NOW}')
    assert "top" not in built.columns


def test_the_latest_word_on_a_holding_stands():
    built = made(
        "holding: x, holder: bob, issuer: top, share: 30%, true_on: 2021-01-01",
        "holding: y, holder: bob, issuer: top, share: 20%, true_on: 2022-01-01",
        "holding: z, holder: bob, issuer: top, votes: 40%, true_on: 2021-06-01",
    )
    assert capital(built, "bob", "top") == exactly("1/5")
    assert votes(built, "bob", "top") == exactly("2/5")


def test_holders_over_100_percent_are_told_where_they_are_written_and_computed_as_stated():
    built = made(f"opening: x, share_class: a, holder: bob, shares: 800, {NOW}")
    assert capital(built, "bob") == Interval.exactly(Fraction(800, 900))
    (problem,) = built.network.problems
    assert problem.kind == "over-100"
    assert problem.where.line == 16
    assert problem.message.startswith("holders of alpha add up to 144.444444%, over 100%")


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        (("(50%, 75%)", "(50%, 75%)"), ["holders of top add up to more than 100%"]),
        (("(50%, 75%)", "50-75%"), ["holders of top add up to more than 100%"]),
        (("50-75%", "50%"), []),
        (("(50%, 75%)", "(25%, 50%]"), []),
    ],
)
def test_ranges_that_are_over_100_percent_however_little_are_told(shares, told):
    edges = [Edge(holder, "top", Interval.parse(share)) for holder, share in zip("xy", shares, strict=True)]
    found = [each.message.partition(";")[0] for each in make_network(edges).problems]
    assert found == told
