"""Random registers of many small groups with every kind of statement that moves shares or votes."""

import random
from dataclasses import replace
from fractions import Fraction

from random_registers import statements_of

from crosstie.ledger.amounts import Interval, Quantity
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Beneficiary,
    Correction,
    Entity,
    Head,
    Holding,
    Opening,
    Right,
    SameAs,
    ShareClass,
    Transfer,
    VoteTotal,
)
from crosstie.text.problem import Place

HOLDINGS = 40
KINDS = ("company", "person", "state", "trust", "fund")


def world_of(chance: random.Random, *, replayed: bool = True):
    """Three groups of four companies and three others, tied here and there; all ids differ."""
    said = []
    names = [f"g{group} {letter}" for group in range(3) for letter in "abcdxyz"]
    for name in names:
        kind = "company" if name[-1] in "abcd" else "person" if name[-1] == "x" else chance.choice(KINDS[1:])
        said.append(Entity(head=_head(f"entity {name}"), party=name, name=f"The {name}", type=kind))
    said += [_holding(chance, number, names) for number in range(HOLDINGS)]
    if replayed:
        said += _replayed(chance, names)
    said += [
        replace(each, head=replace(each.head, id=f"other {each.head.id}"))
        for each in statements_of(chance, holdings=20)
        if isinstance(each, Holding)
    ]
    said += [Entity(head=_head(f"entity {name}"), party=name) for name in ("p0", "p1", "p2", "c0", "c1")]
    chance.shuffle(said)
    return said


def _head(name, day="", line=0, **more):
    return Head(id=name, true_on=When.parse(day) if day else None, where=Place("world", line), **more)


def _holding(chance, number, names):
    group = chance.randrange(3)
    company = f"g{group} {chance.choice('abcd')}"
    near = [name for name in names if name.startswith(f"g{group}") and name != company]
    holder = chance.choice(names if chance.random() < 0.08 else near)
    share = Interval.parse(
        chance.choice(["50%", "25%", "10%", "30%", "5%", "10%", "25-50%", "(10%, 25%]", "(5%, 20%)", "1/3"])
    )
    votes = Interval.parse(chance.choice(["50%", "51%", "25-50%"])) if chance.random() < 0.1 else None
    day = chance.choice(["2019-01-01", "2020-01-01", "2021-01-01", "2022-01-01"])
    head = _head(
        f"held {number}", day, number, until=When.parse("2023-01-01") if chance.random() < 0.1 else None
    )
    words = chance.choice(["controls", "a partner"]) if chance.random() < 0.05 else ""
    return Holding(head=head, holder=holder, issuer=company, share=share, votes=votes, words=words)


def _replayed(chance, names):
    said = []
    if chance.random() < 0.7:
        one, other = chance.sample(names, 2)
        said.append(SameAs(head=_head("judged"), party=one, other=other, same=chance.random() < 0.8))
    if chance.random() < 0.6:
        company = f"g{chance.randrange(3)} {chance.choice('abcd')}"
        said += [
            ShareClass(head=_head("class one"), share_class="one", issuer=company, votes_per_share=Fraction(chance.choice([1, 10]))),
            Opening(head=_head("opened", "2019-01-01"), share_class="one", shares=Quantity.parse("1000")),
            Opening(head=_head("opened too", "2019-01-01"), share_class="one", shares=Quantity.parse("400"), holder=chance.choice(names[4:7])),
            Transfer(head=_head("moved", "2020-06-01"), share_class="one", shares=Quantity.parse("150"),
                     seller=None, buyer=chance.choice(names)),
        ]  # fmt: skip
    if chance.random() < 0.5:
        company, holder = f"g{chance.randrange(3)} a", chance.choice(names)
        kind = chance.choice(["suspended_votes", "vote_cap", "voting_instruction", "acting_in_concert"])
        said.append(
            Right(
                head=_head("right", "2019-01-01"), right=kind, holder=holder, issuer=company,
                limit=Interval.parse("15%") if kind == "vote_cap" else None,
                parties=tuple(chance.sample(names, 2)) if kind == "acting_in_concert" else (),
                instructed_by=chance.choice(names) if kind == "voting_instruction" else None,
            )
        )  # fmt: skip
    if chance.random() < 0.4:
        said.append(
            Beneficiary(
                head=_head("takes", "2019-01-01"),
                trust=f"g{chance.randrange(3)} x",
                holder=chance.choice(names),
            )
        )
    if chance.random() < 0.4:
        number = chance.randrange(HOLDINGS)
        field, value = chance.choice(
            [("share", "40%"), ("holder", chance.choice(names)), ("issuer", f"g{chance.randrange(3)} b")]
        )
        said.append(
            Correction(
                head=_head("corrected", "2020-05-05"), corrects=f"held {number}", field=field, value=value
            )
        )
    if chance.random() < 0.3:
        said.append(
            VoteTotal(
                head=_head("total", "2021-01-01"),
                issuer=f"g{chance.randrange(3)} c",
                theoretical=10_000,
                shares=10_000,
            )
        )
    return said
