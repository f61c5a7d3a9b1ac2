import json
import subprocess
import sys
from pathlib import Path

from crosstie.questions.clocks import Clocks
from crosstie.questions.diff import diff

NISSAN = str(Path(__file__).parents[2] / "docs" / "examples" / "nissan.yaml")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from crosstie.cli.app import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def changes(before: Clocks, after: Clocks, ledger: str = NISSAN):
    return {(each.holder, each.measure): each for each in diff(ledger, before, after).rows}


def test_a_cancellation_moves_everybody_without_a_trade():
    found = changes(
        Clocks.of(on="2024-10-02", known="2025-01-01"), Clocks.of(on="2024-10-03", known="2025-01-01")
    )
    renault = found["renault", "of_issued"]
    assert (round(float(renault.before.low), 4), round(float(renault.after.low), 4)) == (0.1619, 0.1705)
    assert renault.because == "no trade of its own: L7 (cancellation, 2024-10-03)"
    assert ("renault", "shares") not in found
    assert found["treasury of nissan", "shares"].because == "L7 (cancellation, 2024-10-03)"


def test_a_sale_names_its_statement():
    found = changes(
        Clocks.of(on="2023-12-12", known="2025-01-01"), Clocks.of(on="2023-12-13", known="2025-01-01")
    )
    assert found["trust", "shares"].because == "L2 (repurchase, 2023-12-13)"


def test_what_became_known_replaces_the_plan():
    on = "2024-03-28"
    found = changes(Clocks.of(on, "2024-03-28", "planned"), Clocks.of(on, "2024-04-02", "planned"))
    trust = found["trust", "shares"]
    assert (str(trust.before), str(trust.after)) == ("[887486860, 987729760]", "888597660")
    assert trust.because == "L4-plan (repurchase, 2024-03-28), L4 (repurchase, 2024-03-28)"


def test_votes_that_wake_move_the_others_without_a_trade(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text(
        "statements:\n  - {entity: ana}\n  - {entity: alpha}\n"
        "  - {holding: h, holder: ana, issuer: alpha, share: 15%, true_on: 2020-01-01, known_on: 2020-01-01}\n"
        "  - {holding: i, holder: alpha, issuer: ana, share: 15%, true_on: 2020-01-01, known_on: 2020-01-01}\n"
        "  - {right: suspended_votes, id: r, holder: ana, issuer: alpha, true_on: 2020-01-01,"
        " known_on: 2020-01-01, until: 2023-11-08}\n"
    )
    found = changes(Clocks.of("2023-11-07", "2024-01-01"), Clocks.of("2023-11-08", "2024-01-01"), str(file))
    others = found["unknown holders of alpha", "of_exercisable"]
    assert (others.before.low, others.after.low * 20) == (1, 17)
    assert others.because == "no trade of its own: r (suspended votes ends, 2023-11-08)"


def test_nothing_changed_is_no_row():
    same = Clocks.of(on="2024-10-03", known="2025-01-01")
    assert changes(same, same) == {}


def test_json_has_the_keys_and_numbers():
    found = run("diff", NISSAN, "--on", "2024-10-02", "--to", "2024-10-03", "--format", "json")
    rows = json.loads(found.stdout)
    assert found.returncode == 0
    assert list(rows[0]) == ["company", "holder", "measure", "before", "after", "because"]
    assert {"company": "nissan", "holder": "treasury of nissan", "measure": "shares", "before": 225_285_826,
            "after": 29_812_226, "because": "L7 (cancellation, 2024-10-03)"} in rows  # fmt: skip


def test_one_day_alone_is_wrong_usage():
    found = run("diff", NISSAN, "--on", "2024-10-02")
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr == (
        "crosstie: diff compares two days: give --on and --to, or --known and --known-to\n"
    )
