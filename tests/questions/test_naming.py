"""Whom a person means: by id first, then by name, then by identifier."""

import pytest

from crosstie.ledger.amounts import Interval
from crosstie.network.edges import Edge, make_network
from crosstie.network.network import Party, UnknownPartyError
from crosstie.questions import naming
from crosstie.questions.naming import find_party, finder
from crosstie.text.problem import CrosstieError

PARTIES = [
    Party("a", "Ampere", identifiers=(("lei", "X1"),)),
    Party("b", "Nissan", names=("Nissan Motor",)),
    Party("c", "NISSAN"),
    Party("ampere", "Other"),
]
NETWORK = make_network([Edge("a", "b", Interval.parse("50%"))], PARTIES)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("a", "a"),
        (" a ", "a"),
        ("AMPERE", None),
        ("ampere", "ampere"),
        ("nissan motor", "b"),
        ("lei:x1", "a"),
        ("x1", "a"),
    ],
)
def test_a_party_is_found(asked, found):
    if found is None:
        with pytest.raises(CrosstieError, match="names several parties: a, ampere"):
            find_party(NETWORK, asked)
    else:
        assert NETWORK.parties[find_party(NETWORK, asked)].id == found


def test_many_names_are_laid_out_once(monkeypatch):
    seen = []
    monkeypatch.setattr(
        naming, "_having", lambda *given, real=naming._having: seen.append(given) or real(*given)
    )
    find = finder(NETWORK)
    assert [find(each) for each in ("a", "b")] == [0, 1]
    assert not seen  # ids need no names
    for each in ("Other", "nissan motor", "lei:X1"):
        find(each)
    with pytest.raises(UnknownPartyError, match="no such party: 'renault'"):
        find("renault")
    assert len(seen) == 2
