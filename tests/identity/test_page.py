"""The page says every scheme and every number that the code has."""

import re
from pathlib import Path

from crosstie.identity import comparing
from crosstie.identity.identifiers import SCHEMES

PAGE = (Path(__file__).parents[2] / "docs" / "identity.md").read_text("utf-8")


def test_the_table_of_schemes_is_the_codes():
    rows = [
        f"| {each.name}{'' if each.one_each else ' (a party may have several)'} | {', '.join(each.aliases)} |"
        for each in SCHEMES
    ]
    between = PAGE.partition("<!-- schemes -->\n")[2].partition("<!-- end of schemes -->")[0]
    assert between.splitlines() == rows


def test_the_scores_are_the_codes():
    table = PAGE.partition("## By name and country")[2].partition("Written alike")[0]
    said = {float(number) for number in re.findall(r"\b[01](?:\.\d+)?\b", table.partition("| --- |")[2])}
    names = (
        "ORDER",
        "SPACES",
        "TYPO",
        "GENERAL",
        "FORM_MISSING",
        "FORM_OTHER",
        "COUNTRY_MISSING",
        "COUNTRY_OTHER",
        "KIND_OTHER",
    )
    assert said == {1.0, *(getattr(comparing, name) for name in names)}
    assert f"that is {comparing.PERSON_ALONE}, below what is proposed" in PAGE
    assert f"both have to do with, {comparing.PERSON_TIED}" in PAGE
