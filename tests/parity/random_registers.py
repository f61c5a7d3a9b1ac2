"""Small random registers with everything that is hard in time: versions, ends, retractions, events, statuses."""

import random
from fractions import Fraction

from crosstie.ledger.amounts import Interval
from crosstie.ledger.dates import When
from crosstie.ledger.statements import (
    Deal,
    Entity,
    Head,
    Holding,
    Office,
    Remark,
    Retraction,
    Status,
    Step,
)
from crosstie.text.problem import Place

DATES = [
    "2019-06-30", "2019-06-30", "2019-11", "2020", "2020-02-01", "2020-02-01", "2020-03", "2020-Q3", "2021-05-05", "2021-H2", "by 2021-12-31",
    "not before 2020-01-01", "unknown", "2022-01-01..2022-03-01",
]  # fmt: skip
SHARES = ["5%", "10%", "20%", "1/3", "25-50%", "(25%, 50%]", "<=15%", ">75%", "0%", "12.5%"]


def statements_of(chance: random.Random, holdings: int = 110):
    """Statements with unique ids, in no order of time, some told from the same line."""
    parties = [f"p{n}" for n in range(3)]
    companies = [f"c{n}" for n in range(2)]
    said = [
        Entity(head=_head(chance, f"entity {party}", dated=False), party=party)
        for party in (*parties, *companies)
    ]
    said.append(Deal(head=_head(chance, "a deal", dated=False), deal="d"))
    for number in range(3):
        said += [
            Step(head=_head(chance, f"step {number} {version}"), step=f"s{number}", deal="d", order=number)
            for version in range(2)
        ]
    said += [_holding(chance, n, parties, companies) for n in range(holdings)]
    said += [
        Office(
            head=_head(chance, f"office {n}", told=True),
            person=chance.choice(parties),
            body="c0",
            role="chair",
        )
        for n in range(3)
    ]
    said += [Remark(head=_head(chance, f"remark {n}", told=True), text="talks") for n in range(3)]
    ids = [each.head.id for each in said if not isinstance(each, Entity | Deal)]
    for number in range(12):
        head = _head(chance, f"retraction {number}")
        said.append(Retraction(head=head, retracts=chance.choice(ids)))
        ids.append(head.id)
    chance.shuffle(said)
    return said


def _holding(chance, number, parties, companies):
    company = chance.choice(companies)
    holder = company if chance.random() < 0.06 else chance.choice([*parties, *companies])
    share = Interval.parse(chance.choice(SHARES if holder != company else ["3%", "5%", "<=4%"]))
    form = chance.random()
    stated = {"share": share}
    if holder != company and form < 0.12:
        stated = {"words": chance.choice(["controls", "is a partner of"])}
    elif holder != company and form < 0.2:
        stated = {"votes": share}
    elif holder != company and form < 0.3:
        stated = {"votes": share, "share": Interval.parse("7%")}
    return Holding(
        head=_head(chance, f"holding {number}", ended=True, told=True),
        holder=holder,
        issuer=company,
        base=chance.choice(["unstated", "outstanding", "issued", "theoretical_votes"]),
        share_class=chance.choice([None, None, f"{company} a"]),
        direct=chance.choice(["yes", "yes", "yes", "unknown", "no"]),
        **stated,
    )


def _head(chance, name, *, dated=True, ended=False, told=False):
    step_or_event = told and chance.random() < 0.25
    return Head(
        id=name,
        true_on=When.parse(chance.choice(DATES)) if dated and chance.random() < 0.9 else None,
        until=When.parse(chance.choice(DATES)) if ended and chance.random() < 0.25 else None,
        known_on=When.parse(chance.choice(DATES)) if dated and chance.random() < 0.6 else None,
        status=chance.choice([Status.COMPLETED] * 6 + list(Status)) if dated else Status.COMPLETED,
        event=chance.choice(["", "e1", "e2", "e3"]) if step_or_event else "",
        step=chance.choice(["", "s0", "s1", "s2"]) if step_or_event else "",
        where=Place("", 0)
        if chance.random() < 0.2
        else Place(chance.choice(["a", "b"]), chance.randint(1, 9)),
    )


def exact(parts: int) -> Interval:
    """So many percent."""
    return Interval.exactly(Fraction(parts, 100))


def exact_statements_of(chance: random.Random, companies: int = 8):
    """Who holds what in exact parts, changed over the years, corrected later, some of it retracted."""
    parties = [f"p{n}" for n in range(3)] + [f"c{n}" for n in range(companies)]
    said = []
    for company in parties[3:]:
        for year in (2018, 2019, 2020, 2021):
            if chance.random() < 0.4:
                continue
            for holder in chance.sample([p for p in parties if p != company], 3):
                head = Head(
                    id=f"{company} {year} {holder}",
                    true_on=When.parse(f"{year}-0{chance.randint(1, 9)}-01"),
                    known_on=When.parse(f"{chance.randint(year, 2022)}-12-01"),
                )
                share = exact(chance.choice([0, 0, 15, 20, 25, 30, 50, 51]))
                said.append(Holding(head=head, holder=holder, issuer=company, share=share))
    for each in chance.sample(said, len(said) // 6):
        head = Head(id=f"no {each.head.id}", known_on=When.parse(f"{chance.randint(2020, 2023)}-06-01"))
        said.append(Retraction(head=head, retracts=each.head.id))
    chance.shuffle(said)
    return said
