import json
import subprocess
import sys
from pathlib import Path

import pytest

from crosstie.network.network import UnknownPartyError
from crosstie.questions.clocks import Clocks
from crosstie.questions.holders import KEYS, Holders, holders
from crosstie.text.problem import CrosstieError

NISSAN = str(Path(__file__).parents[2] / "docs" / "examples" / "nissan.yaml")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def asked(ledger: str, company: str, group: bool = False, **clocks: str) -> Holders:
    return holders(ledger, company, Clocks.of(**clocks), group=group)


def row(found: Holders, holder: str):
    return next(each for each in found.rows if each.holder == holder)


def test_the_same_shares_are_43_40_of_issued_and_43_71_of_outstanding():
    found = asked(NISSAN, "nissan", on="2023-06-28")
    renault = row(found, "renault")
    assert renault.shares.low == 1_831_837_027
    assert round(float(renault.of_issued.low), 4) == 0.4340
    assert round(float(renault.of_outstanding.low), 4) == 0.4371
    assert found.notes == ("treasury of nissan as counted on 2017-03-31 (6 years old)",)
    assert [each.holder for each in found.rows] == [
        "renault",
        "unknown holders of nissan",
        "treasury of nissan",
    ]


def test_a_group_adds_the_trust_to_who_takes_what_it_has():
    found = asked(NISSAN, "nissan", group=True, on="2024-10-03")
    renault = row(found, "renault")
    assert renault.shares.low == 1_326_231_327
    assert round(float(renault.of_issued.low), 4) == 0.3571
    assert "trust" not in {each.holder for each in found.rows}


@pytest.mark.parametrize(
    "name", ["nissan", "Nissan Motor Co., Ltd.", "NISSAN MOTOR CO., LTD.", "7201", "TSE:7201"]
)
def test_a_company_is_found_by_id_name_or_identifier(name):
    assert asked(NISSAN, name).company == "nissan"


def test_a_near_miss_suggests():
    with pytest.raises(UnknownPartyError, match="no such party: 'nisan'; did you mean 'nissan'"):
        asked(NISSAN, "nisan")


def test_the_rows_have_the_stable_keys_and_parts_sum_to_one():
    found = run("holders", NISSAN, "nissan", "--on", "2024-10-03", "--format", "json")
    rows = json.loads(found.stdout)
    assert found.returncode == 0
    assert all(tuple(each) == KEYS for each in rows)
    for key in KEYS[2:4] + KEYS[7:]:
        assert sum(each[key] for each in rows) == pytest.approx(1, abs=1e-12)
    assert sum(each["shares"] for each in rows) == 3_713_998_612


def test_an_edge_list_has_parts_and_no_counts(tmp_path):
    file = tmp_path / "edges.csv"
    file.write_text("holder,issuer,share,votes\nana,alpha,25-50%,\nbo,alpha,0.2,60%\nalpha,alpha,10%,\n")
    found = asked(str(file), "alpha")
    assert {each.holder: str(each.of_outstanding) for each in found.rows} == {
        "ana": "[5/18, 5/9]",
        "bo": "2/9",
        "unknown holders of alpha": "[2/9, 1/2]",
        "treasury of alpha": "0",
    }
    assert str(row(found, "bo").of_exercisable) == "3/5"
    assert all(each.shares is None for each in found.rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.yaml", "nissan"], "crosstie: nowhere.yaml: no such file or folder"),
        ([NISSAN, "nissan", "--on", "2024-13-01"], "crosstie: no such day: '2024-13-01'"),
        ([NISSAN, "nissan", "--on", "soon"], "crosstie: not a day: 'soon'; write YYYY-MM-DD"),
        (
            [NISSAN, "nissan", "--assume", "hoped"],
            "crosstie: no such status to assume: 'hoped'; one of rumoured",
        ),
        ([__file__, "nissan"], "not a ledger; give a .yaml file"),
    ],
)
def test_what_a_person_can_get_wrong_is_one_line_and_status_2(arguments, words):
    found = run("holders", *arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert words in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_name_of_two_parties_asks_which(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("statements:\n  - {entity: a1, name: Alpha}\n  - {entity: a2, name: alpha}\n")
    with pytest.raises(CrosstieError, match="'ALPHA' names several parties: a1, a2; write one of these ids"):
        asked(str(file), "ALPHA")
