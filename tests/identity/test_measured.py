"""Precision and recall on companies whose labels no matcher made (see LICENCES.md), as the page says them."""

import csv
from itertools import product
from pathlib import Path

from crosstie.identity.comparing import LEAST, compare
from crosstie.identity.party import Described

COMPANIES = Path(__file__).parent / "companies.csv"


def test_names_and_countries_find_what_company_numbers_say():
    with COMPANIES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["company_number"]]
    sides = {"uk": [], "lei": []}
    for row in rows:
        party = Described(
            party=row["party"], register=row["register"], name=row["name"], jurisdiction=row["jurisdiction"]
        )
        sides[row["register"]].append((party, row["company_number"]))
    true, proposed = set(), set()
    for (one, number), (other, same) in product(sides["uk"], sides["lei"]):
        likeness = compare(one, other)
        if likeness and likeness.score >= LEAST:
            proposed.add((one.party, other.party))
        if number == same:
            true.add((one.party, other.party))
    assert len(true) == 38
    assert proposed == true
