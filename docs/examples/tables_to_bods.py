"""Dated states of a table of holdings into BODS lines, with what was known on which day.

    python docs/examples/tables_to_bods.py 2018-06-22_links.tsv 2018-07-09_links.tsv > links.jsonl
    crosstie import bods links.jsonl links.duckdb

Written for the tables of "Médias français : qui possède quoi" (Le Monde diplomatique and Acrimed, ODC-By 1.0): columns
``origine`` (holder), ``cible`` (company) and ``valeur``, which is a percentage (``50.00%``, ``>50``, ``<10``) or a word
(``contrôle``, ``participe``); in newer ones ``qualificatif`` says ``égal à``, ``supérieur à``, ``inférieur à`` or the word.
The day is the first ten characters of a file's name; of several states of one day the last by name counts. Adapt the three names of columns and the words to other tables.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HOLDER, COMPANY, VALUE, QUALIFIER = "origine", "cible", "valeur", "qualificatif"
SIGNS = {"égal à": "", "supérieur à": ">", "inférieur à": "<"}


def interest(value: str) -> dict[str, Any]:
    """One interest in BODS words; a word stays a word, never a percentage."""
    match = re.fullmatch(r"([<>]?)\s*(\d+(?:[.,]\d+)?)\s*%?", value.strip())
    if not match:
        kind = "shareholding" if value == "participe" else "otherInfluenceOrControl"
        return {"type": kind, "directOrIndirect": "direct", "details": value}
    percent = float(match[2].replace(",", "."))
    bounds = {"": {"exact": percent}, ">": {"exclusiveMinimum": percent, "maximum": 100.0},
              "<": {"minimum": 0.0, "exclusiveMaximum": percent}}  # fmt: skip
    return {"type": "shareholding", "directOrIndirect": "direct", "share": bounds[match[1]]}


def links(path: Path) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Who holds what, as one state of the table says."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            word = row.get(QUALIFIER) or ""
            value = f"{SIGNS[word]}{row[VALUE]}" if word in SIGNS else word or row[VALUE] or ""
            if row[HOLDER] and row[COMPANY]:
                each = interest(value.strip())
                listed = found.setdefault((row[HOLDER].strip(), row[COMPANY].strip()), [])
                if each not in listed:
                    listed.append(each)
    return found


def statement(path: Path, kind: str, record: str, status: str, details: dict[str, Any]) -> dict[str, Any]:
    """One BODS statement."""
    day = path.name[:10]
    return {"statementId": f"{record} in {path.stem}", "recordId": record, "recordType": kind, "recordStatus": status,
            "statementDate": day, "recordDetails": details}  # fmt: skip


def statements(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """What each state says that the one before did not; what it says no longer is closed."""
    parties: set[str] = set()
    before: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for path in sorted(paths, key=lambda each: each.name):
        now = links(path)
        for party in dict.fromkeys(name for pair in now for name in pair):
            if party not in parties:
                parties.add(party)
                details = {"entityType": {"type": "unknownEntity"}, "name": party}  # it may be a person
                yield statement(path, "entity", party, "new", details)
        for pair in sorted(before.keys() | now.keys()):
            if now.get(pair) != before.get(pair):
                status = "closed" if pair not in now else "updated" if pair in before else "new"
                ends = {"interestedParty": pair[0], "subject": pair[1], "interests": now.get(pair, [])}
                yield statement(path, "relationship", " in ".join(pair), status, ends)
        before = now


if __name__ == "__main__":
    for each in statements([Path(name) for name in sys.argv[1:]]):
        sys.stdout.write(json.dumps(each, ensure_ascii=False) + "\n")
