"""Start a ledger of one's own."""

from pathlib import Path

from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically

FIRST_LEDGER = """\
# A first ledger. Everything in it is an EXAMPLE: put your own parties, numbers and sources in its place.
# 'crosstie check' tells what is wrong, with file and line; 'crosstie format --write' tidies up.

# Where each statement comes from. A statement is known from its source's date on.
sources:
  example-report:
    title: EXAMPLE annual report
    publisher: EXAMPLE Holding
    address: https://example.com/annual-report
    date: 2024-03-29
    kind: filing

statements:
  # The parties: company, person, state, trust, fund.
  - entity: ana
    name: EXAMPLE Ana
    type: person
    source: example-report

  - entity: holding
    name: EXAMPLE Holding
    jurisdiction: FR
    source: example-report

  - entity: works
    name: EXAMPLE Works
    jurisdiction: JP
    source: example-report

  # The shares, and who had how many on the first day. What no named holder has is unknown holders'.
  - share_class: works-common
    issuer: works
    source: example-report

  - opening:
    true_on: 2023-12-31
    share_class: works-common
    shares: 1000000
    source: example-report

  - opening:
    true_on: 2023-12-31
    share_class: works-common
    shares: 600000
    holder: holding
    source: example-report

  # What moved shares since.
  - transfer:
    true_on: 2024-02-01
    share_class: works-common
    shares: 50000
    seller: holding
    buyer: ana
    source: example-report

  # Where no share count is known, what a source says: exact, an interval, or words.
  - holding:
    true_on: 2023-12-31
    holder: ana
    issuer: holding
    share: 25-50%
    base: issued
    source: example-report

  # A published figure: loading verifies it.
  - check:
    true_on: 2024-02-01
    measure: of_issued
    value: 55%
    issuer: works
    holder: holding
    rounding: 1%
    source: example-report
"""


def new_ledger(folder: str) -> Path:
    """Write a first small ledger into a folder; say which file.

    Raises
    ------
    CrosstieError
        There is a ledger already, or no folder can be made there; nothing is overwritten.
    """
    place = Path(folder)
    if place.exists() and not place.is_dir():
        raise CrosstieError(f"{folder}: a file; name a folder")
    if place.is_dir() and any(place.glob("*.yaml")):
        raise CrosstieError(f"{folder}: has .yaml files already; name a new folder")
    place.mkdir(parents=True, exist_ok=True)
    file = place / "ledger.yaml"
    write_atomically(file, FIRST_LEDGER)
    return file
