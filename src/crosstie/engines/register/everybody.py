"""Everybody's holdings on one day as flat arrays: most companies from the day's words, the few with a history by their records.

Of a company that is not plain (see :mod:`crosstie.engines.register.plain`) the column is made by the replay from the
statements about it alone, and put among the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import rows as kernels
from crosstie.engines.local.compiled import compiled
from crosstie.engines.register.ids import Ids
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.plain import MOST_REPLAYED, Asked, Moment, Plain, asked_at
from crosstie.engines.register.rows import Rows
from crosstie.engines.register.words import (
    CONTROL,
    HIGH_OPEN,
    LOW_OPEN,
    SHARE,
    VOTES,
    VOTES_HIGH_OPEN,
    VOTES_LOW_OPEN,
    WORDS,
    Words,
    kinds_of,
    not_plain,
    one_word_each,
    words_of,
)
from crosstie.ledger.amounts import Interval
from crosstie.network.edges import unknown_id

UNITS = 10**12
"""Shares are counted in these: decimals of up to twelve digits are whole numbers of them."""
LARGEST_WHOLE = 1 << 40
KINDS = {"person": 1, "state": 2, "unknown": 3}
Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stated:
    """One holding of a company that is not plain: both parts exactly, and who casts its votes (none: as it says)."""

    holder: str
    company: str
    capital: Interval
    votes: Interval


@dataclass(frozen=True, slots=True)
class Ends:
    """One range a holding, in whole numbers of the company's ``whole``."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    low_open: NDArray[np.bool_]
    high_open: NDArray[np.bool_]

    @property
    def is_exact(self) -> bool:
        """Whether no holding is a range."""
        return self.low is self.high or bool(np.array_equal(self.low, self.high))

    def only(self, these: Column) -> "Ends":
        """Some of them, in the order asked for."""
        low = self.low[these]
        high = low if self.high is self.low else self.high[these]
        return Ends(low, high, self.low_open[these], self.high_open[these])


@dataclass(frozen=True, slots=True)
class Everybody:
    """All parties in the order of their ids, unknown holders last, and all holdings by company.

    The holdings of company *j* are ``start[j]:start[j + 1]``. ``whole[j]`` is what its numbers are parts of;
    ``rounded`` marks companies of whom some share is not such a number. ``unknown_of`` is the company whose
    unknown holders a party stands for, else -1. Arrays that would be equal may be one.
    """

    ids: Ids
    kind: NDArray[np.int8]
    unknown_of: NDArray[np.int32]
    start: NDArray[np.int64]
    holder: NDArray[np.int32]
    capital: Ends
    votes: Ends
    whole: NDArray[np.int64]
    rounded: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many parties."""
        return len(self.kind)

    def companies(self) -> NDArray[np.int32]:
        """The company of every holding."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Day:
    """A day's words on holdings, what asked for them, and which companies' columns do not follow from them."""

    moment: Moment
    asked: Asked
    rows: Rows
    words: Words
    plain: Plain


def day_of(together: Joined, moment: Moment, rows: Rows) -> Day | None:
    """Read the day's words; ``None``: too many companies are not plain, everything must be replayed."""
    asked = asked_at(together, moment)
    if asked is None:
        return None
    words = words_of(together, asked, rows)
    found = asked.companies | {_name(rows, words, each) for each in not_plain(words).tolist()}
    if len(found) > MOST_REPLAYED:
        return None
    return Day(moment, asked, rows, words, Plain(asked.same, frozenset(found)))


def _name(rows: Rows, words: Words, number: int) -> str:
    return rows.ids[number] if number < len(rows.ids) else words.others[number - len(rows.ids)]


def everybody(together: Joined, day: Day, plain: Plain, stated: Sequence[Stated]) -> Everybody:
    """All holdings as arrays: plain companies' from the day's words, the others' as stated.

    ``stated`` are all the holdings of the companies that are not plain, their unknown holders' too.
    """
    rows, words = day.rows, day.words
    named = {end for each in stated for end in (each.holder, each.company) if not end.startswith(_UNKNOWN)}
    names = [name for name in sorted(named) if rows.ids.find(name) < 0 and name not in words.others]
    everyone = _Parties(rows.ids, (*words.others, *names))
    words = _without(words, everyone.numbers(plain.replayed))
    loose, some, whole, rounded = _plain_part(together, day, words, len(everyone))
    met = np.zeros(len(everyone), np.bool_)
    for these in (loose.holder, loose.company, everyone.numbers(named)):
        met[these] = True
    loose = loose.only(some)
    kind = np.zeros(len(everyone), np.int8)
    kind[: len(rows.ids)] = kinds_of(together, day.moment, rows, KINDS)
    ids, number = everyone.met(met)
    chosen = np.flatnonzero(met)
    by_number = np.argsort(number[chosen])
    chosen = chosen[by_number]
    kind, whole, rounded = kind[chosen], whole[chosen], rounded[chosen]
    loose = _Loose(number[loose.holder], number[loose.company], loose.columns)
    rest = _remainders(loose, whole, len(ids))
    others = _of_stated(stated, ids, whole, rounded)
    return _by_company(ids, kind, [loose, rest, *others], whole, rounded)


_UNKNOWN = unknown_id("")


class _Parties:
    """The parties of a register, and further ones by name."""

    def __init__(self, ids: Ids, others: Sequence[str]) -> None:
        self.ids, self.others = ids, others
        self.further = {name: len(ids) + nth for nth, name in enumerate(others)}

    def __len__(self) -> int:
        return len(self.ids) + len(self.others)

    def numbers(self, names: "set[str] | frozenset[str]") -> NDArray[np.int64]:
        """The numbers of those of these that are among them."""
        found = (self.further[name] if name in self.further else self.ids.find(name) for name in names)
        return np.array([each for each in found if each >= 0], np.int64)

    def met(self, met: NDArray[np.bool_]) -> tuple[Ids, NDArray[np.int32]]:
        """Only those that are met, in the order of their ids; and the new number of each, -1 for the others."""
        further = [self.others[nth] for nth in np.flatnonzero(met[len(self.ids) :]).tolist()]
        further.sort(key=str.encode)
        kept = np.flatnonzero(met[: len(self.ids)])
        at = np.searchsorted(kept, [self.ids.place(each) for each in further]).astype(np.int64)
        number = np.full(len(met), -1, np.int32)
        turn = np.arange(len(kept))
        number[kept] = turn + np.searchsorted(at, turn, side="right")
        number[[self.further[each] for each in further]] = at + np.arange(len(further))
        return self.ids.only(met[: len(self.ids)], further), number


def _without(words: Words, companies: NDArray[np.int64]) -> Words:
    return words.only(~np.isin(words.company, companies)) if len(companies) else words


@dataclass(slots=True)
class _Loose:
    """Holdings in no order: holder, company, and both ranges as eight columns (low, high, open, open)."""

    holder: NDArray[np.int32]
    company: NDArray[np.int32]
    columns: tuple[Column, ...]

    def only(self, these: NDArray[np.bool_]) -> "_Loose":
        """Some of them; columns that are one stay one."""
        if these.all():
            return self
        made = {id(each): each[these] for each in self.columns}
        return _Loose(self.holder[these], self.company[these], tuple(made[id(each)] for each in self.columns))


def _plain_part(
    together: Joined, day: Day, words: Words, size: int
) -> tuple[_Loose, NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """The holdings that the day's words state, in units, and which are more than nothing.

    By party: what they are parts of, and who has longer numbers.
    """
    shares, votes = one_word_each(together, day.asked, words, size)
    whole, rounded = np.full(size, UNITS, np.int64), np.zeros(size, np.bool_)

    def units(parts: NDArray[np.float64]) -> NDArray[np.int64]:
        found = np.rint(parts * UNITS).astype(np.int64)
        rounded[shares.company[found / UNITS != parts]] = True
        return found

    has_share = (shares.said & SHARE) != 0
    low, high = shares.shares
    all_have = bool(has_share.all())
    is_range = not all_have or not np.array_equal(low, high)
    ends = (low, high) if all_have else (np.where(has_share, low, 0.0), np.where(has_share, high, 1.0))
    first = units(ends[0])
    capital: tuple[Column, ...] = (
        first, units(ends[1]) if is_range else first,
        has_share & ((shares.said & LOW_OPEN) != 0), has_share & ((shares.said & HIGH_OPEN) != 0),
    )  # fmt: skip
    same = (votes.said & (VOTES | WORDS)) == 0
    same |= ((votes.said & (VOTES | CONTROL)) == 0) & has_share & (votes.place == shares.place)
    some = ends[1] > 0
    if same.all():
        return _Loose(shares.holder, shares.company, capital * 2), some, whole, rounded
    voting = _voting(votes, same, capital, units)
    nothing = same if votes.votes is None else same | (((votes.said & VOTES) != 0) & (votes.votes[1] <= 0))
    return _Loose(shares.holder, shares.company, (*capital, *voting)), some | ~nothing, whole, rounded


def _voting(votes: Words, same: NDArray[np.bool_], capital: Sequence[Column], units: Any) -> Sequence[Column]:  # noqa: ANN401 (a function)
    """The votes of each pair: as its shares, as stated, a majority, or anything."""
    stated = (votes.said & VOTES) != 0
    majority = ~stated & ((votes.said & CONTROL) != 0)
    least = np.where(majority, 0.5, 0.0)
    most = np.ones(len(stated))
    if votes.votes is not None:
        least, most = np.where(stated, votes.votes[0], least), np.where(stated, votes.votes[1], most)
    told = (
        units(least), units(most),
        (stated & ((votes.said & VOTES_LOW_OPEN) != 0)) | majority, stated & ((votes.said & VOTES_HIGH_OPEN) != 0),
    )  # fmt: skip
    return [np.where(same, mine, said) for mine, said in zip(capital, told, strict=True)]


def _remainders(plain: _Loose, whole: NDArray[np.int64], count: int) -> _Loose:
    """The unknown holders' parts: what the stated ones leave. Their number is the company's, negative less one."""
    made: list[Column] = []
    for ends in (plain.columns[:4], plain.columns[4:]):  # low, high, open, open
        counts, sums = np.zeros((count, 2), np.int64), np.zeros((count, 4), np.int64)
        compiled(kernels.tally)(plain.company, ends[0], ends[1], ends[2], ends[3], counts, sums)
        low, high, low_opens, high_opens = sums.T
        made += [np.maximum(0, whole - high), np.maximum(0, whole - low),
                 (high_opens > 0) & (high < whole), (low_opens > 0) & (low < whole)]  # fmt: skip
        if ends[0] is plain.columns[0]:
            held, ranged = counts[:, 0] > 0, counts[:, 1] > 0
        if plain.columns[0] is plain.columns[4]:
            made += made
            break
    some = held & ((made[1] > 0) | (made[5] > 0) | ranged)
    at = np.flatnonzero(some).astype(np.int32)
    return _Loose(-at - 1, at, tuple(each[at] for each in made))


def _of_stated(
    stated: Sequence[Stated],
    ids: Ids,
    whole: NDArray[np.int64],
    rounded: NDArray[np.bool_],
) -> list[_Loose]:
    if not stated:
        return []
    by_company: dict[str, list[Stated]] = {}
    for each in stated:
        by_company.setdefault(each.company, []).append(each)
    rows: list[tuple[int, int, list[Any]]] = []
    for name, column in by_company.items():
        number = ids.find(name)
        common = _common(column)
        whole[number] = common or UNITS
        rounded[number] = common is None
        for each in column:
            found = ids.find(each.holder)
            holder = -number - 1 if found < 0 or each.holder == unknown_id(name) else found
            rows.append(
                (
                    holder,
                    number,
                    [
                        *_whole_ends(each.capital, int(whole[number])),
                        *_whole_ends(each.votes, int(whole[number])),
                    ],
                )
            )
    kinds = (np.int64, np.int64, np.bool_, np.bool_) * 2
    columns: tuple[NDArray[Any], ...] = tuple(
        np.array([row[2][at] for row in rows], kind) for at, kind in enumerate(kinds)
    )
    return [
        _Loose(
            np.array([row[0] for row in rows], np.int32),
            np.array([row[1] for row in rows], np.int32),
            columns,
        )
    ]


def _common(column: Sequence[Stated]) -> int | None:
    """A whole of which all shares of a column are whole numbers, where it is small enough."""
    common = 1
    for each in column:
        for part in (each.capital, each.votes):
            for end in (part.low, part.high):
                if end is not None:
                    common = (
                        int(np.lcm(common, end.denominator))
                        if end.denominator < LARGEST_WHOLE
                        else LARGEST_WHOLE
                    )
                if common >= LARGEST_WHOLE or common <= 0:
                    return None
    return common


def _whole_ends(part: Interval, whole: int) -> tuple[int, int, bool, bool]:
    high = part.high if part.high is not None else max(part.low, Fraction(1))
    return round(part.low * whole), round(high * whole), part.low_open, part.high_open


def _by_company(
    ids: Ids,
    kind: NDArray[np.int8],
    loose: Sequence[_Loose],
    whole: NDArray[np.int64],
    rounded: NDArray[np.bool_],
) -> Everybody:
    count = len(ids)
    holder = np.concatenate([each.holder for each in loose])
    company = np.concatenate([each.company for each in loose])
    nobody = np.unique(-holder[holder < 0] - 1).astype(np.int32)
    holder = np.where(holder < 0, count + np.searchsorted(nobody, -holder - 1), holder).astype(np.int32)
    size = count + len(nobody)
    start, order = np.zeros(size + 1, np.int64), np.empty(len(company), np.int32)
    compiled(kernels.put_by)(company, start, order)
    unknown_of = np.full(size, -1, np.int32)
    unknown_of[count:] = nobody
    kinds, wholes, rough = (
        np.concatenate([each, np.full(len(nobody), at, each.dtype)])
        for each, at in ((kind, KINDS["unknown"]), (whole, UNITS), (rounded, False))
    )
    return Everybody(
        ids.with_unknown(nobody), kinds, unknown_of, start, holder[order], *_ends(loose, order), wholes, rough
    )


def _ends(loose: Sequence[_Loose], order: NDArray[np.int32]) -> tuple[Ends, Ends]:
    """Capital and votes; columns that say the same are one array."""
    made: dict[tuple[int, ...], Column] = {}
    columns = []
    for at in range(8):
        key = tuple(id(each.columns[at]) for each in loose)
        if key not in made:
            made[key] = np.concatenate([each.columns[at] for each in loose])[order]
        columns.append(made[key])
    for at, like in ((1, 0), (4, 0), (5, 1), (6, 2), (7, 3)):
        if columns[at] is not columns[like] and np.array_equal(columns[at], columns[like]):
            columns[at] = columns[like]
    return Ends(*columns[:4]), Ends(*columns[4:])


def restricted(all_: Everybody, companies: NDArray[np.bool_]) -> Everybody:
    """The holdings in some companies alone, with all parties that are met in these."""
    count = np.where(companies, np.diff(all_.start), 0)
    edges = np.flatnonzero(companies[all_.companies()])
    met = companies & (count > 0)
    met[all_.holder[edges]] = True
    number = (np.cumsum(met) - 1).astype(np.int32)
    start = np.zeros(int(met.sum()) + 1, np.int64)
    np.cumsum(count[met], out=start[1:])
    unknown = all_.unknown_of[met]
    unknown[unknown >= 0] = number[unknown[unknown >= 0]]
    ids = all_.ids.only(met[: all_.ids.named]).with_unknown(unknown[unknown >= 0])
    capital = all_.capital.only(edges)
    votes = capital if all_.votes is all_.capital else all_.votes.only(edges)
    return Everybody(
        ids, all_.kind[met], unknown, start, number[all_.holder[edges]], capital, votes, all_.whole[met], all_.rounded[met]
    )  # fmt: skip
