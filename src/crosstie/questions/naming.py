"""Find the party that a person means: by id, name or identifier."""

from collections.abc import Callable, Iterable, Mapping

from crosstie.network.network import Network, Party, UnknownPartyError, no_such_party
from crosstie.text.problem import CrosstieError


def find_party(network: Network, asked: str) -> int:
    """The position of the party with this id, else this name, else this identifier.

    Names are compared without regard to case; an identifier is its value or ``scheme:value``.

    >>> from crosstie.network import toys
    >>> find_party(toys.ring(), "Alpha")
    1

    Raises
    ------
    UnknownPartyError
        Nobody of that name; the message names the nearest.
    CrosstieError
        Several parties have that name.
    """
    return finder(network)(asked)


def finder(network: Network) -> Callable[[str], int]:
    """:func:`find_party` for many names in one network: names and identifiers are laid out once, when one is no id.

    >>> from crosstie.network import toys
    >>> find = finder(toys.ring())
    >>> find("ALPHA"), find("beta")
    (1, 2)
    """
    laid_out: list[Mapping[str, list[int]]] = []

    def find(asked: str) -> int:
        text = asked.strip()
        exact = [network.index(each) for each in dict.fromkeys((asked, text)) if each in network]
        if not exact and not laid_out:
            laid_out.extend(_having(network, words) for words in (_names, _identifiers))
        for found in (sorted(exact), *(each.get(text.casefold(), ()) for each in laid_out)):
            if len(found) == 1:
                return found[0]
            if found:
                ids = ", ".join(network.parties[i].id for i in found)
                raise CrosstieError(f"{asked!r} names several parties: {ids}; write one of these ids")
        raise UnknownPartyError(no_such_party(asked, list(_all_names(network))))

    return find


def _having(network: Network, words: Callable[[Party], Iterable[str]]) -> Mapping[str, list[int]]:
    having: dict[str, list[int]] = {}
    for at, party in enumerate(network.parties):
        for word in {word.casefold() for word in words(party)}:
            having.setdefault(word, []).append(at)
    return having


def _names(party: Party) -> Iterable[str]:
    return (party.id, party.name, *party.names)


def _identifiers(party: Party) -> Iterable[str]:
    for scheme, value in party.identifiers:
        yield from (value, f"{scheme}:{value}")


def _all_names(network: Network) -> dict[str, None]:
    return dict.fromkeys(name for party in network.parties for name in _names(party) if name)
