from crosstie.questions.clocks import Clocks
from crosstie.questions.rules import Asked, rules_of_ledger

LEDGER = """
statements:
  - entity: alfa
    jurisdiction: IT
    listed: Milano
  - entity: beta
    jurisdiction: IT
    listed: Milano
  - share_class: alfa-shares
    issuer: alfa
  - share_class: beta-shares
    issuer: beta
  - opening: a
    true_on: 2019-01-01
    share_class: alfa-shares
    shares: 1,000
  - opening: b
    true_on: 2019-01-01
    share_class: beta-shares
    shares: 1,000
  - transfer: alfa-buys
    true_on: 2020-05-04
    share_class: beta-shares
    shares: 100
    buyer: alfa
  - transfer: beta-buys
    true_on: 2023-05-04
    share_class: alfa-shares
    shares: 100
    buyer: beta
"""


def answers(path, on):
    found = rules_of_ledger(
        str(path), Clocks.of(on=on, known="2026-01-01"), Asked(("IT-1/ordinary",))
    ).findings
    return {line.subject: line.why for line in found if line.met == "met"}


def test_who_crossed_the_limit_later_is_read_from_the_ledger(tmp_path):
    path = tmp_path / "cross.yaml"
    path.write_text(LEDGER, "utf-8")
    assert answers(path, "2023-06-01") == {
        "alfa": "crossed the limit first: its votes stay",
        "beta": "votes above 0.03 of the total sleep",
    }
    assert answers(path, "2024-05-04")["beta"] == "votes above 0.03 of the total sleep"
    assert answers(path, "2024-05-05")["beta"] == "all votes sleep"
