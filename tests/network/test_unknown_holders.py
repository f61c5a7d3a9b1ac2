from crosstie.network import toys
from crosstie.network.edges import unknown_id


def test_a_stated_share_of_the_unknown_holders_stands_instead_of_the_remainder():
    network = toys.from_shares(
        ("nissan", "ampere", "(0%, 15%]"),
        ("renault", "ampere", "[85%, 100%)"),
        (unknown_id("ampere"), "ampere", "0%"),
    )
    column = network.column(network.index("ampere"))
    assert [network.parties[i].id for i in network.holder[column]].count(unknown_id("ampere")) == 1
    assert list(network.capital.high[column]) == [0.15, 1.0, 0.0]
    unknown = network.parties[network.index(unknown_id("ampere"))]
    assert (unknown.type, unknown.unknown_of) == ("unknown", "ampere")
    assert network.unknown[network.index("ampere")] == network.index(unknown_id("ampere"))


def test_without_one_the_remainder_is_added():
    network = toys.from_shares(("nissan", "ampere", "15%"))
    column = network.column(network.index("ampere"))
    assert list(network.capital.low[column]) == [0.15, 0.85]
