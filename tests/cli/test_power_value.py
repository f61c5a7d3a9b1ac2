"""What a person types and sees: power and value."""

import json
import re
import sys

import pytest

from crosstie.cli.app import main

HOLDINGS = """holder,issuer,share
ana,beta,30%
bo,beta,25%
cy,beta,45%
renault,nissan,43.4%
state,renault,15.01%
fund,renault,5-10%
p,s,80%
s,p,10%
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "holdings.csv").write_text(HOLDINGS, "utf-8")

    def run(*words, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, "utf-8")
        monkeypatch.setattr(sys, "argv", ["crosstie", *words])
        try:
            main()
            status = 0
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capsys.readouterr()
        return status, out, err

    return run


def rows(run, *words, **files):
    status, out, _ = run(*words, "--format", "json", **files)
    assert status == 0
    return json.loads(out)


def test_power_of_weights_has_its_keys_and_one_row_per_weight(run):
    found = rows(run, "power", "--weights", "68; 50,20,21")
    assert [list(row) for row in found] == [["holder", "weight", "power", "method", "standard_error"]] * 3
    assert [(row["holder"], row["weight"]) for row in found] == [("1", 50), ("2", 20), ("3", 21)]
    assert [row["power"] for row in found] == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert {row["standard_error"] for row in found} == {None}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["2; 1,1"], [0.5, 0.5]),
        (["1,1", "--quota", "0.5"], [0.5, 0.5]),
        (["3; 2,1", "--index", "banzhaf-absolute"], [0.5, 0.5]),
        (["50,49,1"], [2 / 3, 1 / 6, 1 / 6]),
        (["50; 50,49,1"], [2 / 3, 1 / 6, 1 / 6]),
        (["49; 50,49,1"], [0.5, 0.5, 0.0]),
        (["51; 35,20,15,15,15", "--index", "deegan-packel"], [0.3, 0.15, 11 / 60, 11 / 60, 11 / 60]),
        (["51; 35,20,15,15,15", "--index", "holler"], [4 / 15, 2 / 15, 0.2, 0.2, 0.2]),
        (["4; 3,2,1", "--index", "johnston"], [2 / 3, 1 / 6, 1 / 6]),
        (["12; 4,4,4,2,2,1", "--index", "banzhaf"], [5 / 21, 5 / 21, 5 / 21, 1 / 7, 1 / 7, 0]),
        (["1,1,1", "--quota", "1"], [1 / 3, 1 / 3, 1 / 3]),
        (["1,1,1", "--quota", "66.6%"], [1 / 3, 1 / 3, 1 / 3]),
        (["36; " + ",".join(["1"] * 70)], [1 / 70] * 70),
    ],
)
def test_weights_and_quotas(run, words, expected):
    found = rows(run, "power", "--weights", *words)
    assert [row["power"] for row in found] == pytest.approx(expected)


def test_a_quota_option_replaces_the_one_before_the_semicolon(run):
    found = rows(run, "power", "--weights", "68; 50,20,21", "--quota", "0.9")
    assert [row["power"] for row in found] == pytest.approx([1 / 3] * 3)


def test_power_in_a_ledger(run):
    found = rows(run, "power", "holdings.csv", "beta")
    assert [(row["holder"], row["weight"]) for row in found] == [("ana", 0.3), ("bo", 0.25), ("cy", 0.45)]
    assert [row["power"] for row in found] == pytest.approx([1 / 3] * 3)


def test_unknown_holders_are_an_ocean_unless_said_otherwise(run):
    renault, ocean = rows(run, "power", "holdings.csv", "nissan")
    assert renault["power"] == pytest.approx(0.434 / 0.566)
    assert ocean["holder"] == "unknown holders of nissan"
    assert "the unknown holders are the ocean" in renault["method"]
    assert rows(run, "power", "holdings.csv", "nissan", "--unknown", "one")[0]["power"] == 0
    assert rows(run, "power", "holdings.csv", "nissan", "--unknown", "absent")[0]["power"] == 1
    (bounded,) = rows(run, "power", "holdings.csv", "nissan", "--unknown", "any")
    assert (bounded["power"], bounded["power_low"], bounded["power_high"]) == (None, 0, 1)
    (holler,) = rows(run, "power", "holdings.csv", "nissan", "--index", "holler")
    assert "do not vote" in holler["method"]


def test_ranges_of_votes_give_bounds(run):
    found = {row["holder"]: row for row in rows(run, "power", "holdings.csv", "renault")}
    assert 0 < found["state"]["power_low"] < found["state"]["power_high"] < 0.3
    assert (found["fund"]["weight_low"], found["fund"]["weight_high"]) == (0.05, 0.1)


def test_power_through_chains_has_a_standard_error(run):
    found = rows(run, "power", "holdings.csv", "beta", "--through-chains")
    assert {row["holder"] for row in found} == {"ana", "bo", "cy"}
    assert all(abs(row["power"] - 1 / 3) < 5 * row["standard_error"] for row in found)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--weights", "50,-1"], "weight 2 is negative: -1"),
        (["--weights", "5; 1,nan"], "weight 2 is not a number: 'nan'"),
        (["--weights", "5; 1,inf"], "weight 2 is not a number: 'inf'"),
        (["--weights", "0,0"], "the weights sum to zero"),
        (["--weights", "50,,1"], "weight 2 is missing"),
        (["--weights", ""], "no weights"),
        (["--weights", "5;"], "no weights"),
        (["--weights", "5; 1; 2"], "weight 1 is not a number: '1; 2'"),
        (["--weights", "x; 1,2"], "the quota before the semicolon is not a number: 'x'"),
        (["--weights", "99; 1,2"], r"the quota 99 is outside \(0, 3\]"),
        (["--weights", "0; 1,2"], r"the quota 0 is outside \(0, 3\]"),
        (["--weights", "1,2", "--quota", "0"], r"the quota 0 is outside \(0, 1\]"),
        (["--weights", "1,2", "--quota", "1.5"], r"the quota 1.5 is outside \(0, 1\]"),
        (["--weights", "1,2", "--quota", "-0.5"], r"the quota -0.5 is outside \(0, 1\]"),
        (["--weights", "1,2", "--quota", "nan"], "the quota is not a number: 'nan'"),
        (["--weights", "1,2", "--quota", ""], "the quota is not a number: ''"),
        (["--weights", "1,2", "--index", "owen"], "no such index: 'owen'; one of shapley-shubik"),
        (["holdings.csv", "beta", "--unknown", "gone"], "no such treatment of unknown holders: 'gone'"),
        (["holdings.csv", "beta", "--weights", "1"], "give either LEDGER COMPANY or --weights"),
        (["holdings.csv"], "give LEDGER COMPANY, or --weights"),
        (["holdings.csv", "nisan"], "did you mean 'nissan'"),
        (["holdings.csv", "ana"], "nobody is known to vote in 'ana'"),
        (["holdings.csv", "renault", "--index", "johnston"], "johnston has no bounds over ranges"),
        (["holdings.csv", "renault", "--through-chains"], "some votes in 'renault' are ranges"),
        (["holdings.csv", "beta", "--through-chains", "--index", "holler"], "leave out --index and --unknown"),
    ],
)  # fmt: skip
def test_each_mistake_about_power_has_one_line(run, words, message):
    status, out, err = run("power", *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert re.search(message, err)


ASSETS = "company,outside_assets\np,50000\ns,20000\n"


def test_values_of_exact_holdings(run):
    exact = HOLDINGS.replace("fund,renault,5-10%\n", "")
    found = rows(run, "value", "exact.csv", "--assets", "assets.csv", exact=exact, assets=ASSETS)
    assert [list(row) for row in found] == [
        ["company", "outside_assets", "equity", "to_outside_holders"]
    ] * len(found)
    by = {row["company"]: row for row in found}
    assert by["p"]["equity"] == pytest.approx(71739.13, abs=0.005)
    assert by["p"]["to_outside_holders"] == pytest.approx(64565.22, abs=0.005)
    assert sum(row["to_outside_holders"] for row in found) == pytest.approx(70000)


def test_many_companies_are_valued_in_floats(run):
    text = (
        "holder,issuer,share\n"
        + "".join(f"c{i},c{i + 1},{10 + i % 40}%\n" for i in range(120))
        + "c120,c0,5%\n"
    )
    assets = "company,outside_assets\n" + "".join(f"c{i},{i}.5\n" for i in range(121))
    found = rows(run, "value", "many.csv", "--assets", "assets.csv", many=text, assets=assets)
    assert len(found) == 121
    assert sum(row["to_outside_holders"] for row in found) == pytest.approx(sum(i + 0.5 for i in range(121)))


def test_values_within_ranges_have_ends(run):
    text = "holder,issuer,share\na,b,20-40%\n"
    found = rows(
        run,
        "value",
        "ranged.csv",
        "--assets",
        "assets.csv",
        ranged=text,
        assets="company,outside_assets\na,100\nb,50\n",
    )
    (a,) = [row for row in found if row["company"] == "a"]
    assert (a["equity"], a["equity_low"], a["equity_high"]) == (None, 110, 120)


def test_debts_clear(run):
    debts = "debtor,creditor,amount,seniority\na,b,6,1\na,c,6,2\n"
    assets = "company,outside_assets\na,8\nb,0\nc,0\n"
    text = "holder,issuer,share\nx,a,10%\nx,b,10%\nx,c,10%\n"
    words = ("value", "h.csv", "--assets", "assets.csv", "--debts", "debts.csv")
    files = {"h": text, "assets": assets, "debts": debts}
    by = {row["company"]: row["equity"] for row in rows(run, *words, **files)}
    assert by == {"a": 0, "b": 6, "c": 2}
    by = {row["company"]: row["equity"] for row in rows(run, *words, "--equal-ranks", **files)}
    assert by == {"a": 0, "b": 4, "c": 4}
    by = {row["company"]: row["equity"] for row in rows(run, *words, "--keep-assets", "0.5", **files)}
    assert by == {"a": 0, "b": 4, "c": 0}


def test_companies_that_only_the_files_know_are_valued_and_pointed_out(run):
    text = "holder,issuer,share\nx,alpha,10%\n"
    status, out, err = run(
        "value",
        "h.csv",
        "--assets",
        "assets.csv",
        "--format",
        "json",
        h=text,
        assets="company,outside_assets\nalfa,5\n",
    )
    assert status == 0
    assert {row["company"]: row["equity"] for row in json.loads(out)} == {"alpha": 0, "alfa": 5}
    assert err == (
        "assets.csv:2: no such party: 'alfa'; did you mean 'alpha'?; "
        "valued as a company that nobody is stated to hold\n"
    )


GOOD = {"assets": ASSETS, "h": "holder,issuer,share\np,s,80%\n"}


@pytest.mark.parametrize(
    ("files", "words", "message"),
    [
        ({"assets": "company,outside_assets\np,much\n"}, [], "assets.csv:2: outside_assets 'much' is not an amount"),
        ({"assets": "company,outside_assets\n\np,nan\n"}, [], "assets.csv:3: outside_assets 'nan' is not an amount"),
        ({"assets": "company,outside_assets\np,1\np,2\n"}, [], "assets.csv:3: p is also on line 2"),
        ({"assets": "company,outside_assets\n,1\n"}, [], "assets.csv:2: company is empty"),
        ({"assets": "company,outside_assets\np,1,2\n"}, [], "assets.csv:2: 3 cells where the first line names 2"),
        ({"assets": "company,assets\np,1\n"}, [], "assets.csv:1: no column outside_assets"),
        ({"assets": ""}, [], "assets.csv:1: empty; the first line must name the columns company,outside_assets"),
        ({"debts": "debtor,creditor,amount,seniority\np,s,-1,1\n"}, ["--debts", "debts.csv"], "debts.csv:2: amount '-1' is negative"),
        ({"debts": "debtor,creditor,amount,seniority\np,s,1,first\n"}, ["--debts", "debts.csv"], "debts.csv:2: seniority 'first' is not a rank"),
        ({"debts": "debtor,creditor,amount\np,p,1\n"}, ["--debts", "debts.csv"], "debts.csv:2: p owes itself"),
        ({}, ["--debts", "gone.csv"], "gone.csv: no such file"),
        ({}, ["--equal-ranks"], "give --debts FILE"),
        ({"debts": "debtor,creditor,amount\np,s,1\n"}, ["--debts", "debts.csv", "--keep-claims", "2"], "recovered part 2 is outside"),
        ({"h": "holder,issuer,share\np,s,100%\ns,p,100%\n"}, [], "p, s: they hold all of each other"),
        ({"h": "holder,issuer,share\np,s,10-20%\n", "debts": "debtor,creditor,amount\np,x,1\n"}, ["--debts", "debts.csv"], "some holdings are ranges"),
    ],
)  # fmt: skip
def test_each_mistake_about_value_has_one_line(run, files, words, message):
    status, out, err = run("value", "h.csv", "--assets", "assets.csv", *words, **{**GOOD, **files})
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
