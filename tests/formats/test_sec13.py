"""Schedules 13D and 13G, from the published schema: no real filing was at hand."""

import pytest

from crosstie.formats import sec13
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding, Source
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import at
from crosstie.text.problem import CrosstieError, Problem


def schedule_13d(*persons):
    each = "".join(
        f"<reportingPersonInfo><reportingPersonCIK>{cik}</reportingPersonCIK><reportingPersonName>{name}"
        f"</reportingPersonName><soleVotingPower>{sole}</soleVotingPower><sharedVotingPower>{shared}</sharedVotingPower>"
        f"<aggregateAmountOwned>{owned}</aggregateAmountOwned><percentOfClass>{percent}</percentOfClass>"
        f"<typeOfReportingPerson>{kind}</typeOfReportingPerson></reportingPersonInfo>"
        for cik, name, sole, shared, owned, percent, kind in persons
    )
    return (
        '<edgarSubmission xmlns="http://www.sec.gov/edgar/schedule13D"><headerData><submissionType>SCHEDULE 13D'
        "</submissionType></headerData><formData><coverPageHeader><dateOfEvent>01/15/2025</dateOfEvent><issuerInfo>"
        "<issuerCIK>1234</issuerCIK><issuerCUSIP>000000000</issuerCUSIP><issuerName>Target Corp</issuerName></issuerInfo>"
        f"</coverPageHeader><reportingPersons>{each}</reportingPersons></formData></edgarSubmission>"
    )


SCHEDULE_13G = (
    '<edgarSubmission xmlns="http://www.sec.gov/edgar/schedule13g"><headerData><submissionType>SCHEDULE 13G</submissionType>'
    "</headerData><formData><coverPageHeader><eventDateRequiresFilingThisStatement>12/31/2024"
    "</eventDateRequiresFilingThisStatement><issuerInfo><issuerCik>0000001234</issuerCik><issuerName>Target Corp</issuerName>"
    "</issuerInfo></coverPageHeader><coverPageHeaderReportingPersonDetails><reportingPersonName>Index Fund Inc"
    "</reportingPersonName><reportingPersonBeneficiallyOwnedAggregateNumberOfShares>5,100,000"
    "</reportingPersonBeneficiallyOwnedAggregateNumberOfShares><classPercent>5.1</classPercent>"
    "</coverPageHeaderReportingPersonDetails></formData></edgarSubmission>"
)


def items(tmp_path, text, name="a.xml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return list(sec13.read(path))


def held(found):
    ledger = Ledger(statements=tuple(i for i in found if not isinstance(i, Problem | Source)))
    column = at(ledger, Clocks.of(on="2025-06-01", known="2025-06-01")).columns["US-CIK-0000001234"]
    return {s.holder: str(s.of_outstanding) for s in column.stakes}


def test_one_person_is_one_holder(tmp_path):
    found = items(tmp_path, SCHEDULE_13G)
    (holding,) = [i for i in found if isinstance(i, Holding)]
    assert held(found) == {holding.holder: "51/1000"}
    assert str(holding.head.true_on.latest) == "2024-12-31"


def test_one_block_reported_by_three_persons_counts_once(tmp_path):
    block = ("10", "20", "9,000,000", "9.0")
    found = items(tmp_path, schedule_13d(("11", "Fund LP", *block, "PN"), ("12", "Manager LLC", *block, "OO"),
                                         ("13", "A. Example", *block, "IN")))  # fmt: skip
    assert list(held(found).values()) == ["9/100"]
    assert {i.party: i.type for i in found if isinstance(i, Entity)}["US-CIK-0000000013"] == "person"
    assert [i.direct for i in found if isinstance(i, Holding)] == ["no", "no", "no", "unknown"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<a", "not XML"),
        ("<a/>", "it names no issuer"),
        ("<a><issuerCik>12x</issuerCik><reportingPersonInfo/></a>", "not a CIK: '12x'"),
        ("<a><issuerCik>12</issuerCik></a>", "it names no reporting person"),
    ],
)
def test_what_is_no_filing_is_told(tmp_path, text, told):
    (problem,) = [i for i in items(tmp_path, text) if isinstance(i, Problem)]
    assert told in problem.message


def test_entities_of_its_own_are_refused(tmp_path):
    with pytest.raises(CrosstieError, match="document type"):
        items(tmp_path, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
