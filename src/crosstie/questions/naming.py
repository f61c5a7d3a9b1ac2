"""Find the party that a person means: by id, name or identifier."""

from collections.abc import Callable, Iterable

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
    text = asked.strip()
    exact = [i for i, party in enumerate(network.parties) if party.id in {asked, text}]
    for found in (exact, _having(network, text, _names), _having(network, text, _identifiers)):
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(network.parties[i].id for i in found)
            raise CrosstieError(f"{asked!r} names several parties: {ids}; write one of these ids")
    raise UnknownPartyError(no_such_party(asked, list(_all_names(network))))


def _having(network: Network, text: str, words: Callable[[Party], Iterable[str]]) -> list[int]:
    wanted = text.casefold()
    return [i for i, party in enumerate(network.parties) if wanted in {w.casefold() for w in words(party)}]


def _names(party: Party) -> Iterable[str]:
    return (party.id, party.name, *party.names)


def _identifiers(party: Party) -> Iterable[str]:
    for scheme, value in party.identifiers:
        yield from (value, f"{scheme}:{value}")


def _all_names(network: Network) -> dict[str, None]:
    return dict.fromkeys(name for party in network.parties for name in _names(party) if name)
