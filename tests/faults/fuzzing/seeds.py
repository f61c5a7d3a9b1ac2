"""Whole, right files of every format, small enough to be changed and read a thousand times a second."""

import io
import json
import zipfile
from collections.abc import Mapping

LEI, OTHER = "5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55"


def _interest(share: Mapping[str, object], **more: object) -> dict[str, object]:
    return {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": share,
        "startDate": "2019-05-01",
        **more,
    }


def _bods_04() -> list[object]:
    source = {"type": ["officialRegister"], "description": "A register", "url": "https://example.org"}
    head = {"recordStatus": "new", "statementDate": "2020-01-01", "source": source}
    return [
        {"statementId": "e1", "recordId": "company-1", "recordType": "entity", **head,
         "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": "Alpha", "alternateNames": ["A"],
                           "jurisdiction": {"code": "GB"}, "foundingDate": "2001-02",
                           "identifiers": [{"scheme": "GB-COH", "id": "01234567"}, {"schemeName": "LEI", "id": LEI}]}},
        {"statementId": "p1", "recordId": "person-1", "recordType": "person", **head,
         "recordDetails": {"personType": "knownPerson", "names": [{"fullName": "A. Example"}, {"fullName": "Ann"}]}},
        {"statementId": "r1", "recordId": "rel-1", "recordType": "relationship", **head,
         "recordDetails": {"subject": "company-1", "interestedParty": "person-1", "isComponent": False,
                           "interests": [_interest({"minimum": 25, "exclusiveMaximum": 50}, endDate="2020-12-31"),
                                         {"type": "votingRights", "share": {"exact": 12.5}}, {"type": "nominationOfBoard"}]}},
        {"statementId": "r2", "recordId": "rel-1", "recordType": "relationship", "recordStatus": "closed",
         "statementDate": "2021-06-30T10:00:00Z", "publicationDetails": {"publisher": {"name": "P"}}, "source": source,
         "recordDetails": {"subject": "company-1", "interestedParty": {"reason": "noBeneficialOwners", "description": "d"},
                           "interests": []}},
    ]  # fmt: skip


def _bods_03() -> list[object]:
    return [
        {"statementID": "a1", "statementType": "entityStatement", "statementDate": "2018-01-01",
         "entityType": "registeredEntity", "name": "Old", "incorporatedInJurisdiction": {"code": "FR"}},
        {"statementID": "a2", "statementType": "entityStatement", "statementDate": "2019-01-01",
         "entityType": "registeredEntity", "name": "New", "replacesStatements": ["a1"]},
        {"statementID": "p1", "statementType": "personStatement", "personType": "anonymousPerson"},
        {"statementID": "c1", "statementType": "ownershipOrControlStatement", "statementDate": "2019-02-01",
         "subject": {"describedByEntityStatement": "a2"}, "interestedParty": {"describedByPersonStatement": "p1"},
         "interests": [{"type": "voting-rights", "interestLevel": "direct",
                        "share": {"minimum": 50, "exclusiveMinimum": True, "maximum": 75}}]},
    ]  # fmt: skip


def _ftm() -> list[object]:
    return [
        {"id": "p", "schema": "Person", "datasets": ["d"], "properties": {"name": ["A. Example", "Alias"], "country": ["fr"]}},
        {"id": "c", "schema": "Company", "first_seen": "2020-01-01T00:00:00", "caption": "Alpha",
         "properties": {"name": ["Alpha"], "leiCode": [LEI], "jurisdiction": ["fr"]}},
        {"id": "o", "schema": "Ownership", "datasets": ["d"],
         "properties": {"owner": ["p", {"id": "q"}], "asset": ["c"], "percentage": ["25-50 %"], "startDate": ["2019"],
                        "endDate": ["2021-03"], "sharesCount": ["100"], "ownershipType": ["direct"]}},
        {"id": "s", "schema": "Ownership", "properties": {"owner": ["p"], "asset": ["c"], "sharesCount": ["100"]}},
        {"id": "d", "schema": "Directorship", "properties": {"director": ["p"], "organization": ["c"], "role": ["CEO"]}},
        {"id": "k", "schema": "Control", "properties": {"controller": ["p"], "controlled": ["c"]}},
        {"id": "u", "schema": "UnknownLink", "properties": {"subject": ["p"], "object": ["c"], "role": ["lender"]}},
    ]  # fmt: skip


def _psc() -> list[object]:
    link = "/company/01234567/persons-with-significant-control/individual/abc"
    return [
        {"company_number": "1234567", "company_name": "ALPHA LTD",
         "data": {"kind": "individual-person-with-significant-control", "name": "A. Example", "etag": "x",
                  "name_elements": {"forename": "A.", "surname": "Example"}, "notified_on": "2016-04-06",
                  "ceased_on": "2020-02-03", "links": {"self": link},
                  "natures_of_control": ["ownership-of-shares-75-to-100-percent", "voting-rights-50-to-75-percent-as-trust"]}},
        {"company_number": "NI000001",
         "data": {"kind": "corporate-entity-person-with-significant-control", "name": "BETA LTD", "notified_on": "2017-01-01",
                  "identification": {"registration_number": "01234567", "country_registered": "England"},
                  "natures_of_control": ["right-to-appoint-and-remove-directors"], "links": {"self": f"{link}2"}}},
        {"company_number": "3", "data": {"kind": "persons-with-significant-control-statement", "statement": "no-psc",
                                         "notified_on": "2018-01-01", "links": {"self": f"{link}3"}}},
        {"company_number": "4", "data": {"kind": "exemptions", "exemptions": {"psc_exempt_as_trading": {}}}},
        {"company_number": "5", "data": {"kind": "super-secure-person-with-significant-control", "ceased": True}},
    ]  # fmt: skip


def _ocf() -> dict[str, object]:
    def act(kind: str, identity: str, **more: object) -> dict[str, object]:
        return {
            "object_type": f"TX_STOCK_{kind}",
            "id": identity,
            "date": "2021-01-01",
            "security_id": "s1",
            **more,
        }

    def issued(security: str, holder: str, quantity: str) -> dict[str, object]:
        return act("ISSUANCE", f"tx-{security}", stakeholder_id=holder, stock_class_id="common", quantity=quantity,
                   share_price={"amount": "1.00", "currency": "USD"}) | {"security_id": security}  # fmt: skip

    return {
        "Manifest.ocf.json": {"file_type": "OCF_MANIFEST_FILE",
                              "issuer": {"object_type": "ISSUER", "id": "i", "legal_name": "Issuer Inc", "country_of_formation": "US"}},
        "Stakeholders.ocf.json": {"items": [
            {"object_type": "STAKEHOLDER", "id": "ana", "name": {"legal_name": "Ana"}, "stakeholder_type": "INDIVIDUAL"},
            {"object_type": "STAKEHOLDER", "id": "bo", "name": {"legal_name": "Bo"}, "stakeholder_type": "INSTITUTION"}]},
        "StockClasses.ocf.json": {"items": [
            {"object_type": "STOCK_CLASS", "id": "common", "name": "Common", "votes_per_share": 1,
             "par_value": {"amount": "0.0001", "currency": "USD"}},
            {"object_type": "STOCK_CLASS", "id": "preferred", "name": "Preferred", "votes_per_share": "1.5"}]},
        "Transactions.ocf.json": {"items": [
            issued("s1", "ana", "1000"), issued("s2", "bo", "300"), issued("s3", "ana", "700"),
            act("TRANSFER", "t", quantity="300", resulting_security_ids=["s2"], balance_security_id="s3"),
            act("REPURCHASE", "b", quantity="100") | {"security_id": "s2"},
            act("CONVERSION", "v", quantity_converted="10", resulting_security_ids=["s3"]) | {"security_id": "s2"},
            {"object_type": "TX_STOCK_CLASS_SPLIT", "id": "x", "date": "2022-01-01", "stock_class_id": "common",
             "split_ratio": {"numerator": "2", "denominator": "1"}},
            {"object_type": "TX_WARRANT_ISSUANCE", "id": "w", "date": "2022-01-01", "security_id": "w1",
             "stakeholder_id": "bo", "quantity": "5", "stock_class_id": "common",
             "exercise_price": {"amount": "2", "currency": "USD"}},
            {"object_type": "TX_CONVERTIBLE_ISSUANCE", "id": "n", "date": "2022-01-01", "security_id": "n1",
             "stakeholder_id": "bo"}]},
    }  # fmt: skip


def _gleif_csv() -> list[bytes]:
    entities = (f"LEI,Entity.LegalName,Entity.LegalJurisdiction,Entity.EntityCategory,Entity.OtherEntityNames.OtherEntityName.1,"
                "Entity.RegistrationAuthority.RegistrationAuthorityID,Entity.RegistrationAuthority.RegistrationAuthorityEntityID,"
                "Entity.EntityCreationDate,Registration.InitialRegistrationDate\n"
                f'{LEI},"Alpha, SA",FR,GENERAL,Old,RA000189,123,1990-01-01T00:00:00Z,1325376000000\n'
                f"{OTHER},Fund,US-DE,FUND,,,,,2012-06-06T15:53:00Z\n")  # fmt: skip
    relations = ("Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
                 "Relationship.RelationshipStatus,Relationship.Period.1.startDate,Relationship.Period.1.endDate,"
                 "Relationship.Period.1.periodType,Registration.InitialRegistrationDate,Registration.LastUpdateDate\n"
                 f"{LEI},{OTHER},IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE,2018-01-01T00:00:00Z,,RELATIONSHIP_PERIOD,2019-01-01T00:00:00Z,\n"
                 f"{OTHER},{LEI},IS_FEEDER_TO,INACTIVE,,,,,2020-01-01T00:00:00Z\n")  # fmt: skip
    exceptions = f"LEI,ExceptionCategory,ExceptionReason.1\n{LEI},DIRECT_ACCOUNTING_CONSOLIDATION_PARENT,NO_KNOWN_PERSON\n"
    return [entities.encode(), relations.encode(), exceptions.encode()]


def _gleif_json() -> list[object]:
    return [
        {"LEI": {"$": LEI}, "Entity": {"LegalName": {"$": "Alpha", "@xml:lang": "fr"}, "LegalJurisdiction": {"$": "FR"},
                                       "OtherEntityNames": {"OtherEntityName": [{"$": "A"}, {"$": "B"}]}},
         "Registration": {"InitialRegistrationDate": {"$": "2012-06-06T15:53:00Z"}}},
        {"Relationship": {"StartNode": {"NodeID": {"$": LEI}}, "EndNode": {"NodeID": {"$": OTHER}},
                          "RelationshipType": {"$": "IS_DIRECTLY_CONSOLIDATED_BY"}, "RelationshipStatus": {"$": "INACTIVE"}},
         "Registration": {"LastUpdateDate": {"$": "2020-01-01T00:00:00Z"}}},
    ]  # fmt: skip


def _gleif_xml() -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?><lei:LEIData xmlns:lei="http://www.gleif.org/data/schema/leidata/2016">'
            f"<lei:LEIRecords><lei:LEIRecord><lei:LEI>{LEI}</lei:LEI><lei:Entity><lei:LegalName>Alpha &amp; Co</lei:LegalName>"
            "<lei:OtherEntityNames><lei:OtherEntityName>A</lei:OtherEntityName></lei:OtherEntityNames>"
            "<lei:LegalJurisdiction>FR</lei:LegalJurisdiction></lei:Entity><lei:Registration>"
            "<lei:InitialRegistrationDate>2012-06-06T15:53:00Z</lei:InitialRegistrationDate></lei:Registration></lei:LEIRecord>"
            f"<lei:RelationshipRecord><lei:Relationship><lei:StartNode><lei:NodeID>{LEI}</lei:NodeID></lei:StartNode><lei:EndNode>"
            f"<lei:NodeID>{OTHER}</lei:NodeID></lei:EndNode><lei:RelationshipType>IS_SUBFUND_OF</lei:RelationshipType>"
            "<lei:RelationshipPeriods><lei:RelationshipPeriod><lei:startDate>2018-01-01T00:00:00Z</lei:startDate>"
            "<lei:periodType>RELATIONSHIP_PERIOD</lei:periodType></lei:RelationshipPeriod></lei:RelationshipPeriods>"
            "</lei:Relationship></lei:RelationshipRecord></lei:LEIRecords></lei:LEIData>").encode()  # fmt: skip


def _sec13() -> list[bytes]:
    person = ("<reportingPersonInfo><reportingPersonCIK>{}</reportingPersonCIK><reportingPersonName>Ann</reportingPersonName>"
              "<soleVotingPower>10</soleVotingPower><sharedVotingPower>20</sharedVotingPower><aggregateAmountOwned>9,000,000"
              "</aggregateAmountOwned><percentOfClass>9.0</percentOfClass><typeOfReportingPerson>IN</typeOfReportingPerson>"
              "</reportingPersonInfo>")  # fmt: skip
    d = ('<edgarSubmission xmlns="http://www.sec.gov/edgar/schedule13D"><headerData><submissionType>SCHEDULE 13D</submissionType>'
         "</headerData><formData><coverPageHeader><dateOfEvent>01/15/2025</dateOfEvent><issuerInfo><issuerCIK>1234</issuerCIK>"
         "<issuerCUSIP>000000000</issuerCUSIP><issuerName>Target Corp</issuerName></issuerInfo></coverPageHeader><reportingPersons>"
         f"{person.format(1)}{person.format(2)}</reportingPersons></formData></edgarSubmission>")  # fmt: skip
    g = ('<edgarSubmission xmlns="http://www.sec.gov/edgar/schedule13g"><formData><coverPageHeader>'
         "<eventDateRequiresFilingThisStatement>12/31/2024</eventDateRequiresFilingThisStatement><issuerInfo>"
         "<issuerCik>0000001234</issuerCik><issuerName>Target Corp</issuerName></issuerInfo></coverPageHeader>"
         "<coverPageHeaderReportingPersonDetails><reportingPersonName>Index Fund Inc</reportingPersonName>"
         "<reportingPersonBeneficiallyOwnedAggregateNumberOfShares>5,100,000</reportingPersonBeneficiallyOwnedAggregateNumberOfShares>"
         "</coverPageHeaderReportingPersonDetails></formData></edgarSubmission>")  # fmt: skip
    return [d.encode(), g.encode()]


EDGES = [["holder", "issuer", "share", "votes"], ["ana", "alpha", "0.6", ""], ["ana", "beta", "25-50%", "<=15%"],
         ["=cmd()", "beta", "lots", ""], ["alpha", "beta", "1/3", "50%"], ["beta", "beta", ">5%", ""]]  # fmt: skip
NODES = (b"node_id,name,original_name,jurisdiction,incorporation_date,sourceID,note\n"
         b'10,ALPHA LTD.,Alpha Limited,BVI,23-MAR-2006,Panama Papers,\n11,"BETA, INC",,PMA,,Panama Papers,x\n')  # fmt: skip
LINKS = (b"node_id_start,node_id_end,rel_type,link,status,start_date,end_date,sourceID\n"
         b"20,10,officer_of,shareholder of,,2007-01-01,2010-05-06,Panama Papers\n20,10,officer_of,director of,,,,P\n"
         b"10,11,same_company_as,,,,,Panama Papers\n10,12,registered_address,,,,,Panama Papers\n")  # fmt: skip


def json_seeds() -> dict[str, list[list[object]]]:
    """Lists of objects by format, to be written as lines or as an array."""
    return {"bods": [_bods_04(), _bods_03()], "ftm": [_ftm()], "psc": [_psc()], "gleif-json": [_gleif_json()]}


def csv_seeds() -> dict[str, list[bytes]]:
    """Delimited files by format."""
    edges = "".join(f"{','.join(row)}\n" for row in EDGES).encode()
    return {"csv": [edges], "gleif-csv": _gleif_csv(), "icij": [NODES, LINKS]}


def xml_seeds() -> dict[str, list[bytes]]:
    """XML files by format."""
    return {"gleif-xml": [_gleif_xml()], "sec13": _sec13()}


def package() -> dict[str, object]:
    """A cap table: the files of its zip."""
    return _ocf()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files in a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(rows: list[list[object]]) -> dict[str, bytes]:
    """A workbook's parts, as openpyxl writes them."""
    from openpyxl import Workbook  # noqa: PLC0415 (slow to import)

    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def as_text(value: object) -> bytes:
    """JSON as a file has it; lone surrogates stay escapes."""
    return json.dumps(value).encode()
