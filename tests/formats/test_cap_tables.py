"""Open Cap Format and Offshore Leaks, from their published schemas: no real package was at hand."""

import json
import zipfile

import pytest

from crosstie.formats import icij, ocf
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding, Instrument, Office, Remark, SameAs, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at
from crosstie.text.problem import CrosstieError, Problem


def package(path, transactions, **changed):
    files = {
        "Manifest.ocf.json": {"issuer": {"object_type": "ISSUER", "id": "iss", "legal_name": "Startup Inc."}},
        "Stakeholders.ocf.json": {"items": [
            {"object_type": "STAKEHOLDER", "id": s, "name": {"legal_name": s.title()}, "stakeholder_type": "INDIVIDUAL"}
            for s in ("ana", "bo", "cy")]},
        "StockClasses.ocf.json": {"items": [
            {"object_type": "STOCK_CLASS", "id": "common", "name": "Common", "votes_per_share": 1},
            {"object_type": "STOCK_CLASS", "id": "preferred", "name": "Series A", "votes_per_share": 2}]},
        "Transactions.ocf.json": {"items": transactions},
        **changed,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in files.items():
            archive.writestr(name, json.dumps(value))
    return path


def issuance(security, holder, quantity, date="2020-01-01", stock_class="common"):
    return {"object_type": "TX_STOCK_ISSUANCE", "id": f"issue-{security}", "security_id": security, "date": date,
            "stakeholder_id": holder, "stock_class_id": stock_class, "quantity": str(quantity)}  # fmt: skip


def act(kind, identity, security, date="2021-01-01", **more):
    return {"object_type": f"TX_STOCK_{kind}", "id": identity, "security_id": security, "date": date, **more}


def table(path, on="2024-01-01"):
    items = list(ocf.read(path))
    problems = [i for i in items if isinstance(i, Problem)]
    ledger = Ledger(statements=tuple(i for i in items if not isinstance(i, Problem | Source)))
    opened = at(ledger, Clocks.of(on=on, known=on))
    column = opened.columns["ocf-iss"]
    held = {str(stake.holder).removeprefix("ocf-"): int(stake.shares.low) for stake in column.stakes}
    return held, column, [*problems, *[p for p in opened.problems if p.severity == "error"]]


def test_a_partial_transfer_follows_its_balance(tmp_path):
    """Ana has 1,000, sells 300 to Bo: the package issues 300 to Bo and 700 anew to Ana."""
    path = package(tmp_path / "p.zip", [
        issuance("s1", "ana", 1000),
        act("TRANSFER", "t", "s1", quantity="300", resulting_security_ids=["s2"], balance_security_id="s3"),
        issuance("s2", "bo", 300, "2021-01-01"),
        issuance("s3", "ana", 700, "2021-01-01"),
    ])  # fmt: skip
    held, column, problems = table(path)
    assert (held, problems) == ({"ana": 700, "bo": 300}, [])
    assert int(column.issued.low) == 1000  # adding up issuances would say 2,000, less the transfer 1,700
    assert table(path, "2020-06-01")[0] == {"ana": 1000}


def test_cancelling_repurchasing_converting_and_splitting(tmp_path):
    path = package(tmp_path / "p.zip", [
        issuance("s1", "ana", 1000), issuance("s2", "bo", 400, stock_class="preferred"), issuance("s3", "cy", 600),
        act("CANCELLATION", "c", "s1", quantity="100", balance_security_id="s4"), issuance("s4", "ana", 900, "2021-01-01"),
        act("REPURCHASE", "r", "s3", quantity="600"),
        act("CONVERSION", "v", "s2", quantity_converted="400", resulting_security_ids=["s5"]),
        issuance("s5", "bo", 800, "2021-01-01"),
        {"object_type": "TX_STOCK_CLASS_SPLIT", "id": "x", "date": "2022-01-01", "stock_class_id": "common",
         "split_ratio": {"numerator": "2", "denominator": "1"}},
    ])  # fmt: skip
    held, column, problems = table(path)
    assert problems == []
    assert held == {"ana": 1800, "bo": 1600}
    assert int(column.treasury.shares.low) == 1200
    assert int(column.issued.low) == 4600


def test_exercised_options_are_new_shares(tmp_path):
    path = package(tmp_path / "p.zip", [
        issuance("s1", "ana", 1000),
        {"object_type": "TX_EQUITY_COMPENSATION_ISSUANCE", "id": "o", "security_id": "o1", "date": "2020-02-01",
         "stakeholder_id": "cy", "stock_class_id": "common", "quantity": "50"},
        {"object_type": "TX_EQUITY_COMPENSATION_EXERCISE", "id": "e", "security_id": "o1", "date": "2021-02-01",
         "quantity": "50", "resulting_security_ids": ["s2"]},
        issuance("s2", "cy", 50, "2021-02-01"),
    ])  # fmt: skip
    held, column, problems = table(path)
    assert (held, int(column.issued.low), problems) == ({"ana": 1000, "cy": 50}, 1050, [])
    assert [i.shares.text for i in ocf.read(path) if isinstance(i, Instrument)] == ["50"]


def test_a_balance_that_does_not_add_up_is_told(tmp_path):
    path = package(tmp_path / "p.zip", [
        issuance("s1", "ana", 1000),
        act("TRANSFER", "t", "s1", quantity="300", resulting_security_ids=["s2"]), issuance("s2", "bo", 300),
        act("CANCELLATION", "c", "ghost", quantity="1"),
    ])  # fmt: skip
    told = [str(p) for p in ocf.read(path) if isinstance(p, Problem)]
    assert "security s1 of 1,000 shares closes with 300 moved and 0 as balance" in told[0]
    assert "no issuance of security 'ghost': skipped" in told[1]


def test_a_party_without_a_name_is_told(tmp_path):
    nameless = [{"object_type": "STAKEHOLDER", "id": "ana", "name": {"legal_name": None}}]
    path = package(tmp_path / "p.zip", [], **{"Stakeholders.ocf.json": {"items": nameless}})
    (told,) = [str(each) for each in ocf.read(path) if isinstance(each, Problem)]
    assert told == f"{path}/Stakeholders.ocf.json#1: STAKEHOLDER: not a name: 'None': skipped"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + b"0" * 100])
def test_what_is_no_package_is_one_line(tmp_path, content):
    path = tmp_path / "p.zip"
    path.write_bytes(content)
    with pytest.raises(CrosstieError, match="neither a folder nor a zip"):
        list(ocf.read(path))


def test_offshore_leaks_say_who_not_how_much(tmp_path):
    files = {
        "nodes-entities.csv": "node_id,name,original_name,jurisdiction,incorporation_date,sourceID,note\n"
                              "10,ALPHA LTD.,Alpha Limited,BVI,23-MAR-2006,Panama Papers,\n",
        "nodes-officers.csv": "node_id,name,country_codes,sourceID\n20,A. Example,FRA,Panama Papers\n",
        "relationships.csv": "node_id_start,node_id_end,rel_type,link,status,start_date,end_date,sourceID\n"
                             "20,10,officer_of,shareholder of,,2007-01-01,2010-05-06,Panama Papers\n"
                             "20,10,officer_of,director of,,,,Panama Papers\n"
                             "10,11,same_company_as,,,,,Panama Papers\n"
                             "10,12,registered_address,,,,,Panama Papers\n"
                             "10,12\n",
    }  # fmt: skip
    items = []
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        items += icij.read(tmp_path / name)
    (holding,) = [i for i in items if isinstance(i, Holding)]
    assert (holding.holder, holding.issuer, holding.share, holding.words) == (
        "icij-20",
        "icij-10",
        None,
        "shareholder of",
    )
    assert (holding.head.true_on.text, holding.head.until.text) == ("2007-01-01", "2010-05-06")
    assert [i.role for i in items if isinstance(i, Office)] == ["director of"]
    assert [i.other for i in items if isinstance(i, SameAs)] == ["icij-11"]
    assert len([i for i in items if isinstance(i, Remark)]) == 1
    entities = {i.party: i for i in items if isinstance(i, Entity)}
    assert (entities["icij-10"].jurisdiction, entities["icij-10"].names) == ("BVI", ("Alpha Limited",))
    assert entities["icij-20"].type == "unknown"
    assert [i.where.line for i in items if isinstance(i, Problem)] == [6]
