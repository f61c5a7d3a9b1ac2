"""How well parties are matched by name and country, against labels that no matcher made, beside baselines.

    python benchmarks/matching.py                     the committed set: United Kingdom and LEI, labelled by company number
    python benchmarks/matching.py --gleif FILE.csv    also: legal names against other names of a GLEIF entity file
    python benchmarks/matching.py --size 1000000      also: two synthetic registers of that size, time and memory

Identifiers are hidden from every method; they are the labels. Pairs of companies of which one has no label are
not counted.
"""

import argparse
import csv
import random
import tempfile
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

from rapidfuzz import fuzz, process

from crosstie.engines.register import store
from crosstie.identity.comparing import LEAST, compare
from crosstie.identity.party import Described
from crosstie.ledger.statements import Entity, Head, Identifier, PartyId, StatementId
from crosstie.questions.match import match_ledgers
from crosstie.text.problem import Place
from machine import describe, peak_gigabytes

ROOT = Path(__file__).parents[1]
COMMITTED = ROOT / "tests" / "identity" / "companies.csv"


def committed():
    """Companies of two registers with a company number, and which of them are one by that number."""
    with COMMITTED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["company_number"]]
    sides = {
        register: [
            (Described(party=row["party"], register=register, name=row["name"], jurisdiction=row["jurisdiction"]),
             row["company_number"])
            for row in rows if row["register"] == register
        ]
        for register in ("uk", "lei")
    }  # fmt: skip
    return sides["uk"], sides["lei"]


def gleif(path):
    """Legal names on one side, other names of the same entities on the other, labelled by LEI."""
    one, other = [], []
    with Path(path).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            country = row["Entity.LegalJurisdiction"]
            one.append(
                (
                    Described(
                        party=row["LEI"], register="legal", name=row["Entity.LegalName"], jurisdiction=country
                    ),
                    row["LEI"],
                )
            )
            for number in range(1, 6):
                name = row.get(f"Entity.OtherEntityNames.OtherEntityName.{number}", "")
                if name:
                    said = Described(
                        party=f"{row['LEI']}-{number}", register="other", name=name, jurisdiction=country
                    )
                    other.append((said, row["LEI"]))
    return one, other


def noisy(one, seed):
    """The same companies as a hurried clerk writes them; labelled synthetic. Seeded, and ignorant of our own rules."""
    rnd = random.Random(seed)
    forms = {"LIMITED": ["Ltd", "Ltd.", "LTD", "limited"], "PLC": ["P.L.C.", "Public Limited Company", "plc"],
             "LLP": ["L.L.P."], "COMPANY": ["Co.", "Co"]}  # fmt: skip

    def write(name):
        words = [rnd.choice(forms.get(word, [word])) for word in name.split()]
        if rnd.random() < 0.3:
            words = [word.title() if word.isupper() else word for word in words]
        if rnd.random() < 0.15 and len(words) > 2:
            at = rnd.randrange(len(words) - 2)
            words[at], words[at + 1] = words[at + 1], words[at]
        if rnd.random() < 0.3:
            at = max(range(len(words)), key=lambda number: len(words[number]))
            word, place = words[at], rnd.randrange(len(words[at]))
            words[at] = rnd.choice(
                [word[:place] + word[place + 1 :], word[:place] + rnd.choice("aeinrst") + word[place:]]
            )
        if rnd.random() < 0.1:
            words = words[:-1]
        return " ".join(words).replace(" AND ", rnd.choice([" & ", " and "]))

    return [
        (replace(each, name=write(each.name), register="noisy", party=f"{each.party}-n"), label)
        for each, label in one
    ]


def ours(one, other, least=LEAST):
    """Positions of the pairs that we would propose."""
    found = set()
    for i, j in product(range(len(one)), range(len(other))):
        likeness = compare(one[i][0], other[j][0])
        if likeness and likeness.score >= least:
            found.add((i, j))
    return found


def exact(one, other):
    """The same name in lower case without punctuation, and the same country."""

    def key(each):
        return "".join(c for c in each.name.casefold() if c.isalnum() or c == " ").split(), each.country

    return {
        (i, j) for i, j in product(range(len(one)), range(len(other))) if key(one[i][0]) == key(other[j][0])
    }


def ratio(one, other, scorer, least):
    """RapidFuzz alone over names in lower case, and the same country."""
    scores = process.cdist(
        [each.name.casefold() for each, _ in one], [each.name.casefold() for each, _ in other], scorer=scorer
    )
    return {
        (i, j) for i, j in zip(*map(list, (scores >= least).nonzero()), strict=True)
        if one[i][0].country == other[j][0].country
    }  # fmt: skip


METHODS = {
    f"crosstie, score {LEAST} and more": ours,
    "the same name in lower case": exact,
    "RapidFuzz ratio, 95 and more": lambda a, b: ratio(a, b, fuzz.ratio, 95),
    "RapidFuzz ratio, 90 and more": lambda a, b: ratio(a, b, fuzz.ratio, 90),
    "RapidFuzz token_sort_ratio, 90 and more": lambda a, b: ratio(a, b, fuzz.token_sort_ratio, 90),
}


def scores(one, other, found):
    """Precision, recall, and the counts behind them."""
    truth = {(i, j) for i, j in product(range(len(one)), range(len(other))) if one[i][1] == other[j][1]}
    right = len(truth & found)
    return right / len(found) if found else 1.0, right / len(truth), right, len(found), len(truth)


def table(title, one, other):
    print(f"\n### {title}: {len(one):,} by {len(other):,}\n")
    print("| method | precision | recall | right / proposed / true |\n| --- | --- | --- | --- |")
    for name, method in METHODS.items():
        precision, recall, right, proposed, true = scores(one, other, method(one, other))
        print(f"| {name} | {precision:.1%} | {recall:.1%} | {right} / {proposed} / {true} |")


SYLLABLES = [a + b for a in "bcdfghjklmnprstvwz" for b in "aeiou"]
FORMS = {
    "GB": ("Limited", "Ltd", "PLC"),
    "FR": ("SAS", "S.A."),
    "DE": ("GmbH", "AG"),
    "US": ("Inc.", "LLC"),
    "NL": ("B.V.", "N.V."),
}


def synthetic(size, seed=5):
    """Two registers: half of the second are companies of the first, written again, a fifth of these with a slip."""
    rnd = random.Random(seed)
    words = ["".join(rnd.choices(SYLLABLES, k=rnd.randint(2, 4))).title() for _ in range(60_000)]
    general = (
        "Holdings",
        "Properties",
        "Services",
        "Management",
        "Trading",
        "Group",
        "Estates",
        "Consulting",
    )

    def name():
        made = rnd.choices(words, k=rnd.choice((1, 2, 2, 3)))
        return [*made, rnd.choice(general)] if rnd.random() < 0.5 else made

    def written(made, country):
        made = list(made)
        if rnd.random() < 0.2:
            at = rnd.randrange(len(made))
            place = rnd.randrange(1, len(made[at]))
            made[at] = made[at][:place] + made[at][place + 1 :]
        return f"{' '.join(made)} {rnd.choice(FORMS[country])}"

    first = [(name(), rnd.choices(list(FORMS), (6, 1, 1, 2, 1))[0]) for _ in range(size)]
    second = [written(*each) if rnd.random() < 0.5 else None for each in first]
    other = [
        (text, first[at][1]) if text else (f"{' '.join(name())} Ltd", "GB") for at, text in enumerate(second)
    ]
    one = [(f"{' '.join(made)} {rnd.choice(FORMS[country])}", country) for made, country in first]
    return one, other, [at for at, text in enumerate(second) if text]


def entities(prefix, named):
    for at, (name, country) in enumerate(named):
        head = Head(id=StatementId(f"{prefix}{at}"), where=Place(f"{prefix}.csv", at + 1))
        number = (Identifier(scheme="internal", value=str(at)),)
        yield Entity(
            head=head, party=PartyId(f"{prefix}-{at}"), name=name, jurisdiction=country, identifiers=number
        )


def bulk(size):
    one, other, same = synthetic(size)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{prefix}.duckdb" for prefix in "ab"]
        for path, named in zip(paths, (one, other), strict=True):
            store.append(path, entities(path.stem, named))
        began, worked = time.perf_counter(), time.process_time()
        found = match_ledgers([str(path) for path in paths])
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
    pairs = {(each.one.party, each.other.party) for each in found.proposed}
    true = {(f"a-{at}", f"b-{at}") for at in same}
    across = {pair for pair in pairs if pair[0][0] != pair[1][0]}
    print(f"\n### Synthetic registers of {size:,} parties each\n")
    print(f"{seconds:.0f} seconds ({worked:.0f} of a processor), {peak_gigabytes():.1f} GB at most, {len(pairs):,} pairs proposed, {len(across):,} across; "
          f"of {len(true):,} companies written again {len(true & across) / len(true):.1%} proposed, "
          f"{len(true & across) / len(across):.1%} of the proposals across are those")  # fmt: skip


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--gleif")
    options.add_argument("--size", type=float, default=0)
    asked = options.parse_args()
    print(describe())
    uk, lei = committed()
    table("United Kingdom against LEI, labelled by company number", uk, lei)
    table(
        "United Kingdom against itself as a hurried clerk writes it (synthetic)", uk, noisy(uk, 2)
    )  # the rules were made looking at 1
    if asked.gleif:
        table("GLEIF legal names against other names, labelled by LEI", *gleif(asked.gleif))
    if asked.size:
        bulk(int(asked.size))


if __name__ == "__main__":
    main()
