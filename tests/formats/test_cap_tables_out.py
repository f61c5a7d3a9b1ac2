"""Cap tables out and in again, checked by following securities one by one, and by the format's own schema."""

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crosstie.formats import ocf, ocf_writing
from crosstie.formats.ocf_securities import noted
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Head, Instrument, Issue, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.export import export
from crosstie.questions.opening import at, load_ledger
from crosstie.text.problem import NOWHERE, CrosstieError, Problem

ALLIANCE = str(Path(__file__).parents[2] / "cases" / "alliance")
ISSUER = {"object_type": "ISSUER", "id": "iss", "legal_name": "Startup Inc.", "formation_date": "2019-01-01",
          "country_of_formation": "US", "country_subdivision_of_formation": "DE"}  # fmt: skip
HOLDERS = ("ana", "bo", "cy", "dan")
CLASSES = ("common", "preferred")


def package(path, transactions, **more):
    files = {
        "Manifest.ocf.json": {"file_type": "OCF_MANIFEST_FILE", "issuer": ISSUER},
        "Stakeholders.ocf.json": {"items": [
            {"object_type": "STAKEHOLDER", "id": s, "name": {"legal_name": s.title()}, "stakeholder_type": "INDIVIDUAL"}
            for s in HOLDERS]},
        "StockClasses.ocf.json": {"items": [
            {"object_type": "STOCK_CLASS", "id": c, "name": c, "votes_per_share": "1"} for c in CLASSES]},
        "Transactions.ocf.json": {"items": transactions},
        **more,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in files.items():
            archive.writestr(name, json.dumps(value))
    return path


def read(path):
    items = list(ocf.read(path))
    ledger = Ledger(statements=tuple(i for i in items if not isinstance(i, Problem | Source)))
    return ledger, [i for i in items if isinstance(i, Problem)]


def nowhere(ledger):
    """A ledger's statements by id, without where they stood: a package written anew has other places."""
    return {s.head.id: replace(s, head=replace(s.head, where=NOWHERE)) for s in ledger.statements}


def positions(ledger, day):
    opened = at(ledger, Clocks(on=day, known=day))
    assert not [p for p in opened.problems if p.severity == "error"]
    found = {}
    for (holder, share_class), shares in counts(opened).items():
        found[holder.removeprefix("ocf-"), share_class.removeprefix("ocf-")] = shares
    return found


def counts(opened):
    return {
        (holder, position.share_class): position.held(holder)  # exact, since no range is in it
        for position in opened.state.positions
        for holder in position.lots
        if position.held(holder)
    }


class Follower:
    """A cap table kept as the format says: a set of open securities, each closed whole by a transaction."""

    def __init__(self):
        self.open, self.written, self.number = {}, [], 0

    def issue(self, day, holder, stock_class, shares):
        self.number += 1
        name = f"s{self.number}"
        self.open[name] = [holder, stock_class, shares]
        self.written.append({"object_type": "TX_STOCK_ISSUANCE", "id": f"i{self.number}", "security_id": name,
                             "date": day.isoformat(), "stakeholder_id": holder, "stock_class_id": stock_class,
                             "quantity": str(shares)})  # fmt: skip
        return name

    def close(self, kind, day, security, shares, key="quantity", **more):
        holder, stock_class, held = self.open.pop(security)
        self.number += 1
        item = {"object_type": f"TX_STOCK_{kind}", "id": f"t{self.number}", "security_id": security,
                "date": day.isoformat(), **more}  # fmt: skip
        if key:
            item[key] = str(shares)
        if shares < held:
            item["balance_security_id"] = self.issue(day, holder, stock_class, held - shares)
        self.written.append(item)
        return item

    def split(self, day, stock_class, ratio):
        for each in self.open.values():
            if each[1] == stock_class:
                each[2] *= ratio
        self.number += 1
        self.written.append({"object_type": "TX_STOCK_CLASS_SPLIT", "id": f"x{self.number}", "date": day.isoformat(),
                             "stock_class_id": stock_class,
                             "split_ratio": {"numerator": str(ratio), "denominator": "1"}})  # fmt: skip

    def table(self):
        found = {}
        for holder, stock_class, shares in self.open.values():
            found[holder, stock_class] = found.get((holder, stock_class), 0) + shares
        return {key: Fraction(value) for key, value in found.items()}


@st.composite
def histories(draw):
    """Any order of transactions, several on one day, each closing one open security; then written in any order."""
    table, day, tables = Follower(), date(2020, 1, 1), {}
    for _ in range(draw(st.integers(1, 12))):
        kinds = ["ISSUE"] + (["TRANSFER", "CANCELLATION", "REPURCHASE", "CONVERSION", "RETRACTION", "REISSUANCE",
                              "CONSOLIDATION", "SPLIT"] if table.open else [])  # fmt: skip
        kind = draw(st.sampled_from(kinds))
        if kind == "SPLIT" or draw(st.booleans()):
            tables[day] = table.table()
            day += timedelta(days=draw(st.integers(1, 40)))
        holder, stock_class = draw(st.sampled_from(HOLDERS)), draw(st.sampled_from(CLASSES))
        if kind == "ISSUE":
            table.issue(day, holder, stock_class, draw(st.integers(1, 1000)))
            continue
        if kind == "SPLIT":
            table.split(day, stock_class, draw(st.integers(2, 5)))
            continue
        security = draw(st.sampled_from(sorted(table.open)))
        owner, owned_class, held = table.open[security]
        shares = draw(st.integers(1, held))
        if kind == "TRANSFER":
            parts = [shares] if shares < 2 or draw(st.booleans()) else [1, shares - 1]
            item = table.close(kind, day, security, shares)
            item["resulting_security_ids"] = [
                table.issue(day, draw(st.sampled_from([h for h in HOLDERS if h != owner])), owned_class, part)
                for part in parts
            ]
        elif kind == "CONVERSION":
            other = next(c for c in CLASSES if c != owned_class)
            item = table.close(kind, day, security, shares, key="quantity_converted")
            item["resulting_security_ids"] = [table.issue(day, owner, other, shares * 2)]
        elif kind == "RETRACTION":
            table.close(kind, day, security, held, key=None)
        elif kind == "REISSUANCE":
            item = table.close(kind, day, security, held, key=None)
            item["resulting_security_ids"] = [table.issue(day, owner, owned_class, held)]
        elif kind == "CONSOLIDATION":
            same = [s for s, (h, c, _) in table.open.items() if (h, c) == (owner, owned_class)]
            total = sum(table.open.pop(s)[2] for s in same)
            table.number += 1
            table.written.append({"object_type": "TX_STOCK_CONSOLIDATION", "id": f"c{table.number}", "security_ids": same,
                                  "date": day.isoformat(),
                                  "resulting_security_id": table.issue(day, owner, owned_class, total)})  # fmt: skip
        else:
            table.close(kind, day, security, shares)
    tables[day] = table.table()
    return draw(st.permutations(table.written)), tables


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(histories())
def test_any_history_comes_to_what_following_each_security_comes_to(tmp_path_factory, history):
    transactions, tables = history
    folder = tmp_path_factory.mktemp("ocf")
    one, problems = read(package(folder / "one.zip", transactions))
    assert problems == []
    for day, table in tables.items():
        assert positions(one, day) == table, day
    last = max(tables)
    assert ocf_writing.write(one, folder / "two.zip", last) == ()
    two, problems = read(folder / "two.zip")
    assert problems == []
    for day, table in tables.items():
        assert positions(two, day) == table, day
    ocf_writing.write(two, folder / "three.zip", last)
    assert nowhere(read(folder / "three.zip")[0]) == nowhere(two)


def tx(kind, identity, security, day="2021-01-01", **more):
    return {"object_type": kind, "id": identity, "security_id": security, "date": day, **more}


def stock(security, holder, shares, day="2020-01-01", stock_class="common"):
    return tx("TX_STOCK_ISSUANCE", f"issue-{security}", security, day, stakeholder_id=holder,
              stock_class_id=stock_class, quantity=str(shares))  # fmt: skip


EVERY = [
    stock("s1", "ana", 1000),
    stock("s2", "bo", 400, stock_class="preferred"),
    stock("s3", "cy", "600.5"),
    tx("TX_STOCK_CANCELLATION", "c", "s1", quantity="100", balance_security_id="s4"),
    stock("s4", "ana", 900, "2021-01-01"),
    tx("TX_STOCK_REPURCHASE", "r", "s3", quantity="600.5", price={"amount": "1.5", "currency": "USD"}),
    tx("TX_STOCK_CONVERSION", "v", "s2", quantity_converted="400", resulting_security_ids=["s5"]),
    stock("s5", "bo", 800, "2021-01-01"),
    {"object_type": "TX_STOCK_CLASS_SPLIT", "id": "x", "date": "2022-01-01", "stock_class_id": "common",
     "split_ratio": {"numerator": "3", "denominator": "2"}},
    tx("TX_STOCK_TRANSFER", "t", "s4", "2022-02-01", quantity="1350", resulting_security_ids=["s6", "s7"]),
    stock("s6", "bo", 350, "2022-02-01"), stock("s7", "dan", 1000, "2022-02-01"),
    tx("TX_STOCK_ACCEPTANCE", "a", "s7", "2022-02-02"),
    tx("TX_WARRANT_ISSUANCE", "w", "w1", stakeholder_id="cy", quantity="70", purchase_price={"amount": "0", "currency": "USD"},
       exercise_triggers=[{"type": "UNSPECIFIED", "trigger_id": "1", "conversion_right": {
           "type": "WARRANT_CONVERSION_RIGHT", "converts_to_stock_class_id": "common",
           "conversion_mechanism": {"type": "CUSTOM_CONVERSION", "custom_conversion_description": "see the paper"}}}]),
    tx("TX_WARRANT_TRANSFER", "wt", "w1", "2022-03-01", quantity="70", resulting_security_ids=["w2"]),
    tx("TX_WARRANT_ISSUANCE", "w'", "w2", "2022-03-01", stakeholder_id="dan", quantity="70",
       exercise_triggers=[{"conversion_right": {"converts_to_stock_class_id": "common"}}]),
    tx("TX_CONVERTIBLE_ISSUANCE", "n", "n1", stakeholder_id="cy", investment_amount={"amount": "5", "currency": "USD"},
       conversion_triggers=[{"conversion_right": {"converts_to_stock_class_id": "preferred", "conversion_mechanism": {
           "type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": "25"}}}]),
    tx("TX_EQUITY_COMPENSATION_ISSUANCE", "o", "o1", stakeholder_id="ana", stock_plan_id="plan", quantity="50",
       compensation_type="RSU", exercise_price={"amount": "0.1", "currency": "USD"}),
    tx("TX_EQUITY_COMPENSATION_RELEASE", "rel", "o1", "2022-05-01", quantity="50", resulting_security_ids=["s8"]),
    stock("s8", "ana", 50, "2022-05-01"),
]  # fmt: skip
PLANS = {
    "items": [{"object_type": "STOCK_PLAN", "id": "plan", "plan_name": "P", "stock_class_ids": ["common"]}]
}


def test_every_kind_of_transaction_and_what_it_comes_to(tmp_path):
    ledger, problems = read(package(tmp_path / "p.zip", EVERY, **{"Plans.ocf.json": PLANS}))
    assert problems == []
    assert positions(ledger, date(2023, 1, 1)) == {
        ("bo", "common"): 1550, ("dan", "common"): 1000, ("ana", "common"): 50,
    }  # fmt: skip
    kept = {i.head.id: (i.instrument, i.holder, str(i.head.until and i.head.until.text)) for i in ledger.statements
            if isinstance(i, Instrument)}  # fmt: skip
    assert kept == {
        "w": ("warrant", "ocf-cy", "2022-03-01"), "w'": ("warrant", "ocf-dan", "None"),
        "n": ("convertible", "ocf-cy", "None"), "o": ("option", "ocf-ana", "2022-05-01"),
    }  # fmt: skip
    (issuer,) = [e for e in ledger.statements if isinstance(e, Entity) and e.name == "Startup Inc."]
    assert (issuer.jurisdiction, issuer.head.true_on.text) == ("US-DE", "2019-01-01")


def test_every_kind_goes_out_and_in_unchanged_and_is_what_the_schema_asks_for(tmp_path):
    captable = pytest.importorskip("pyocf.captable")
    one, _ = read(package(tmp_path / "one.zip", EVERY, **{"Plans.ocf.json": PLANS}))
    assert ocf_writing.write(one, tmp_path / "two.zip", date(2024, 1, 1)) == ()
    two, problems = read(tmp_path / "two.zip")
    assert problems == []
    assert nowhere(two) == nowhere(one)
    said = captable.Captable.load(
        str(tmp_path / "two.zip")
    )  # built from the schema of 1.2.0, which it enforces
    assert len(said.transactions) == 19
    assert {each.id for each in said.stakeholders} == set(HOLDERS)
    with zipfile.ZipFile(tmp_path / "two.zip") as archive:
        manifest = json.loads(archive.read("Manifest.ocf.json"))
    assert manifest["issuer"] == ISSUER


def test_a_transfer_into_another_class_and_a_closed_security_after_a_split(tmp_path):
    transactions = [
        stock("s1", "ana", 400, stock_class="preferred"),
        tx("TX_STOCK_TRANSFER", "t", "s1", quantity="300", resulting_security_ids=["s2"], balance_security_id="s3"),
        stock("s2", "bo", 300, "2021-01-01", "common"),
        stock("s3", "ana", 100, "2021-01-01", "preferred"),
        {"object_type": "TX_STOCK_CLASS_SPLIT", "id": "x", "date": "2022-01-01", "stock_class_id": "preferred",
         "split_ratio": {"numerator": "10", "denominator": "1"}},
        tx("TX_STOCK_CANCELLATION", "c", "s3", "2023-01-01", quantity="1000"),
    ]  # fmt: skip
    ledger, problems = read(package(tmp_path / "p.zip", transactions))
    assert problems == []
    assert positions(ledger, date(2022, 6, 1)) == {("bo", "common"): 300, ("ana", "preferred"): 1000}
    assert positions(ledger, date(2023, 6, 1)) == {("bo", "common"): 300}


def test_ids_are_unique_within_a_type_only(tmp_path):
    """The format lets an issuer, a holder, a class and a transaction have one id."""
    files = {
        "Manifest.ocf.json": {"issuer": {**ISSUER, "id": "1"}},
        "Stakeholders.ocf.json": {
            "items": [{"object_type": "STAKEHOLDER", "id": "1", "name": {"legal_name": "Ana"}}]
        },
        "StockClasses.ocf.json": {"items": [{"object_type": "STOCK_CLASS", "id": "1", "name": "Common"}]},
    }
    issue = {**stock("1", "1", 10, stock_class="1"), "id": "1"}
    ledger, problems = read(package(tmp_path / "p.zip", [issue], **files))
    assert problems == []
    assert len({s.head.id for s in ledger.statements}) == len(ledger.statements)
    assert {e.party: e.name for e in ledger.statements if isinstance(e, Entity)} == {
        "ocf-issuer-1": "Startup Inc.", "ocf-1": "Ana",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("transaction", "told"),
    [
        (tx("TX_STOCK_TRANSFER", "t", "s1", quantity="1", resulting_security_ids=["gone"]), "no issuance of security 'gone'"),
        (tx("TX_STOCK_TRANSFER", "t", "s1", quantity="-1", resulting_security_ids=[]), "a quantity below zero"),
        (tx("TX_STOCK_DOUBLING", "t", "s1"), "no Open Cap Format transaction: 'TX_STOCK_DOUBLING'"),
        (tx("TX_STOCK_REPURCHASE", "t", "s1"), "'quantity' is missing"),
        (tx("TX_STOCK_CONVERSION", "t", "s1", quantity_converted="0", resulting_security_ids=[]), "of or into no shares"),
    ],
)  # fmt: skip
def test_a_transaction_that_cannot_be_is_told_and_the_others_count(tmp_path, transaction, told):
    ledger, (problem,) = read(package(tmp_path / "p.zip", [stock("s1", "ana", 10), transaction]))
    assert told in problem.message
    assert [s.head.id for s in ledger.statements if isinstance(s, Issue)] == ["issue-s1"]


def test_one_company_of_the_alliance_as_a_package_has_the_same_parts(tmp_path):
    export(ALLIANCE, "ocf", str(tmp_path / "nissan.zip"), Clocks.of(known="2025-01-01"), company="nissan")
    ledger, problems = read(tmp_path / "nissan.zip")
    assert problems == []
    day = Clocks.of(on="2024-06-01", known="2025-01-01")
    ours, theirs = at(load_ledger(ALLIANCE), day).columns["nissan"], at(ledger, day).columns["ocf-nissan"]
    one = {s.holder: s.of_outstanding for s in ours.stakes}
    other = {s.holder.removeprefix("ocf-"): s.of_outstanding for s in theirs.stakes}
    assert len(one) == 2
    assert one == other


def test_what_no_package_can_say_is_one_line(tmp_path):
    with pytest.raises(CrosstieError, match=r"share classes of \d+ .*: name one with --company"):
        export(ALLIANCE, "ocf", str(tmp_path / "a.zip"), None)
    with pytest.raises(CrosstieError, match=r"no company 'nisan'.*nissan"):
        export(ALLIANCE, "ocf", str(tmp_path / "a.zip"), None, company="nisan")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("note", "found"),
    [("security s1", ("s1", "", "")), ("security s1 to s2, balance s1 balance", ("s1", "s2", "s1 balance")),
     ("security security of h1, balance b", ("security of h1", "", "b")), ("bought back", ("", "", ""))],
)  # fmt: skip
def test_the_securities_in_a_note_are_found_whatever_their_ids(note, found):
    said = Entity(head=Head(id="e", note=note), party="p")
    assert tuple(noted(said, part) for part in ("source", "result", "balance")) == found
