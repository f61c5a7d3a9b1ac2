"""The recipe in the documentation that turns dated states of a table into BODS lines."""

import subprocess
import sys
from datetime import date
from pathlib import Path

from crosstie.formats.bods import reading
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Holding, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at

RECIPE = Path(__file__).parents[2] / "docs" / "examples" / "tables_to_bods.py"
STATES = {
    "2018-06-22_a.tsv": "origine\tvaleur\tcible\nAna\t50.00%\tEcho\nBo\t>20\tEcho\nCy\tcontrôle\tDaily\nAna\t5\tWeekly\n",
    "2019-01-01_b.tsv": "origine\tqualificatif\tvaleur\tcible\nAna\tégal à\t60,5%\tEcho\nBo\tinférieur à\t10\tEcho\nCy\tcontrôle\t\tDaily\n",
}  # fmt: skip


def test_each_state_counts_from_its_day_until_the_next(tmp_path):
    for name, text in STATES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, str(RECIPE), *(str(tmp_path / name) for name in STATES)]
    (tmp_path / "x.jsonl").write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    items = [i for i in reading.read(tmp_path / "x.jsonl") if not isinstance(i, Source)]
    ledger = Ledger(statements=tuple(items))

    def held(day):
        columns = at(ledger, Clocks(on=day, known=day)).columns.values()
        return {
            (s.holder, c.issuer): str(s.of_outstanding) for c in columns for s in c.stakes if s.of_outstanding
        }

    first = {("Ana", "Echo"): "1/2", ("Bo", "Echo"): "(1/5, 1]", ("Ana", "Weekly"): "1/20"}
    second = {("Ana", "Echo"): "121/200", ("Bo", "Echo"): "[0, 1/10)"}
    assert {k: v for k, v in held(date(2018, 12, 31)).items() if k[1] != "Daily"} == first
    assert {k: v for k, v in held(date(2019, 1, 1)).items() if k[1] != "Daily"} == second
    assert {h.words for h in items if isinstance(h, Holding) and h.issuer == "Daily"} == {
        "otherInfluenceOrControl"
    }
