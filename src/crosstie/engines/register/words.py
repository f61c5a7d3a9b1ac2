"""A day's words on holdings as arrays: by row of the register, with parties as numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.analyses.kernels import rows as kernels
from crosstie.engines.local.compiled import compiled
from crosstie.engines.register.joined import Joined
from crosstie.engines.register.plain import MORE_THAN_PARTS, Asked, Moment
from crosstie.engines.register.rows import Rows

_BATCH = 1 << 20
SHARE, VOTES, WORDS, CONTROL, LOW_OPEN, HIGH_OPEN, VOTES_LOW_OPEN, VOTES_HIGH_OPEN, NOT_PLAIN = (
    1 << bit for bit in range(9)
)
"""What is said of a holding, a bit each."""
_BITS = (
    (SHARE, "share IS NOT NULL"),
    (VOTES, "votes IS NOT NULL"),
    (WORDS, "words IS NOT NULL"),
    (CONTROL, "words IS NOT NULL AND contains(lower(words), 'control')"),
    (LOW_OPEN, "coalesce(share_low_open, FALSE)"),
    (HIGH_OPEN, "share_high IS NOT NULL AND coalesce(share_high_open, FALSE)"),
    (VOTES_LOW_OPEN, "coalesce(votes_low_open, FALSE)"),
    (VOTES_HIGH_OPEN, "votes_high IS NOT NULL AND coalesce(votes_high_open, FALSE)"),
    (NOT_PLAIN, MORE_THAN_PARTS),
)
_SAID = " + ".join(f"CASE WHEN {told} THEN {bit} ELSE 0 END" for bit, told in _BITS)
_ENDS = "share_low AS low, coalesce(share_high, 1) AS high, votes_low, coalesce(votes_high, 1) AS votes_high"


@dataclass(frozen=True, slots=True)
class Words:
    """Parties by number and what is said of each pair, with both ends of its parts; ``place`` is where it is stored.

    Numbers from ``len(rows.ids)`` on are of ``others``: names in use that no holding and no description has. ``votes`` are
    both ends of the votes, ``None`` where nothing is said of any.
    """

    place: NDArray[np.int64]
    holder: NDArray[np.int32]
    company: NDArray[np.int32]
    said: NDArray[np.int16]
    shares: tuple[NDArray[np.float64], NDArray[np.float64]]
    votes: tuple[NDArray[np.float64], NDArray[np.float64]] | None
    others: tuple[str, ...]

    def only(self, these: NDArray[Any]) -> "Words":
        """Some of the words, in the order asked for."""
        low, high = (each[these] for each in self.shares)
        votes = None if self.votes is None else (self.votes[0][these], self.votes[1][these])
        return Words(
            self.place[these], self.holder[these], self.company[these], self.said[these], (low, high), votes, self.others
        )  # fmt: skip


def words_of(together: Joined, asked: Asked, rows: Rows) -> Words:
    """The words in force on a day, names of one party under the one in use."""
    some_votes = together.connection.execute('SELECT 1 FROM "holding" WHERE votes IS NOT NULL LIMIT 1')
    columns = _columns(together, asked, with_votes=bool(some_votes.fetchall()))
    row = rows.rows_at(columns[0])
    if (row < 0).any():
        columns, row = [each[row >= 0] for each in columns], row[row >= 0]
    holder, company = rows.holder[row], rows.issuer[row]
    others: tuple[str, ...] = ()
    if asked.same:
        number, others = _in_use(asked.same, rows)
        holder, company = number[holder], number[company]
    place, said, low, high, *votes = columns
    return Words(place, holder, company, said, (low, high), (votes[0], votes[1]) if votes else None, others)


def _columns(together: Joined, asked: Asked, *, with_votes: bool) -> list[NDArray[Any]]:
    """Place, what is said and both ends, read in batches: nothing is held twice."""
    ends = _ENDS if with_votes else _ENDS.split(", votes_low", maxsplit=1)[0]
    query = f"{asked.before} SELECT stands_at, CAST({_SAID} AS SMALLINT) AS said, {ends} FROM in_force"  # noqa: S608 (our own words)
    kinds = (np.int64, np.int16, *(np.float64,) * (4 if with_votes else 2))
    parts: list[list[NDArray[Any]]] = [[np.zeros(0, kind)] for kind in kinds]
    for batch in together.connection.sql(query, params=asked.bound).to_arrow_reader(_BATCH):
        for part, column, kind in zip(parts, batch.columns, kinds, strict=True):
            part.append(column.fill_null(0).to_numpy(zero_copy_only=False).astype(kind, copy=False))
    found = []
    for part in parts:
        found.append(np.concatenate(part))
        part.clear()
    if np.any(np.diff(found[0]) < 0):  # the same answer whoever read first
        order = np.argsort(found[0], kind="stable")
        found = [each[order] for each in found]
    return found


def _in_use(same: dict[str, str], rows: Rows) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """By number the number in use, and the names in use that have no number among the rows."""
    others = tuple(sorted({each for each in same.values() if rows.ids.find(each) < 0}))
    further = {name: len(rows.ids) + nth for nth, name in enumerate(others)}
    number = np.arange(len(rows.ids), dtype=np.int32)
    for name, used in same.items():
        at = rows.ids.find(name)
        if at >= 0:
            number[at] = further.get(used, rows.ids.find(used))
    return number, others


def not_plain(words: Words) -> NDArray[np.int32]:
    """The companies of whose holders more than parts is said."""
    odd = ((words.said & NOT_PLAIN) != 0) | (words.holder == words.company)
    return np.unique(words.company[odd])


def one_word_each(together: Joined, asked: Asked, words: Words, size: int) -> tuple[Words, Words]:
    """By pair the latest word on its shares and the latest on its votes; one that says nothing of it stands for none."""
    start, rows = np.zeros(size + 1, np.int64), np.empty(len(words.place), np.int32)
    compiled(kernels.put_by)(words.company, start, rows)
    again = np.zeros(len(words.place), np.bool_)
    some = compiled(kernels.repeat_in)(start, rows, words.holder, np.full(size, -1, np.int32), again)
    says = (words.said & (SHARE | VOTES | WORDS)) != 0
    if not some:
        told = words if says.all() else words.only(says)
        return told, told
    once = np.flatnonzero(says & ~again)
    on_shares, on_votes = _latest(together, asked, words, np.flatnonzero(again), size)
    return words.only(np.concatenate([once, on_shares])), words.only(np.concatenate([once, on_votes]))


def _latest(
    together: Joined, asked: Asked, words: Words, again: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of pairs with several words, pair by pair, the latest that says something of shares and of votes.

    Where nothing is said of the one, the word on the other stands in its place.
    """
    order = again[np.argsort(_turns(together, asked, words.place[again]), kind="stable")]
    pair = words.company[order].astype(np.int64) * size + words.holder[order]
    pairs, which = np.unique(pair, return_inverse=True)
    last = []
    for bits in (SHARE, VOTES | WORDS):
        latest = np.full(len(pairs), -1)
        says = np.flatnonzero((words.said[order] & bits) != 0)
        np.maximum.at(latest, which[says], says)
        last.append(latest)
    both = [np.where(mine < 0, other, mine) for mine, other in (last, last[::-1])]
    told = both[0] >= 0
    return order[both[0][told]], order[both[1][told]]


def _turns(together: Joined, asked: Asked, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The turn in which each word was said, the latest last."""
    import pyarrow as pa  # noqa: PLC0415 (an extra)

    connection = together.connection
    connection.register("said_again", pa.table({"place": places}))
    query = f"""{asked.before} SELECT stands_at, row_number() OVER (
            ORDER BY since, known_day, file, line, stands_at) AS turn
        FROM in_force JOIN said_again ON said_again.place = stands_at"""  # noqa: S608 (our own words)
    found: Any = connection.sql(query, params=asked.bound).to_arrow_table()
    connection.unregister("said_again")
    stored, turn = (found[name].to_numpy() for name in ("stands_at", "turn"))
    order = np.argsort(stored)
    placed: NDArray[np.int64] = turn[order][np.searchsorted(stored, places, sorter=order)]
    return placed


def kinds_of(together: Joined, moment: Moment, rows: Rows, codes: dict[str, int]) -> NDArray[np.int8]:
    """By number what each party is said to be, by its latest description; a company where nothing is said."""
    of_type = " ".join(f"WHEN '{name}' THEN {code}" for name, code in codes.items())
    query = f"""SELECT place, CASE type {of_type} ELSE 0 END AS kind, known_day <= $known AS known, known_day FROM (
        SELECT {together.place} AS place, type,
            coalesce(known_on_latest, true_on_latest, DATE '0001-01-01') AS known_day
        FROM "entity" WHERE id NOT IN (SELECT id FROM gone)) AS said"""  # noqa: S608 (our own names)
    kind = np.zeros(len(rows.ids), np.int8)
    told: Any = together.connection.sql(query, params={"known": moment.known}).to_arrow_table()
    row = rows.told_rows_at(told["place"].to_numpy())
    sound = row >= 0
    party, code = rows.party[row[sound]], told["kind"].to_numpy().astype(np.int8)[sound]
    often = np.bincount(party, minlength=len(kind))[party] > 1
    kind[party[~often]] = code[~often]
    if often.any():
        keys: Sequence[Any] = [
            row[sound][often], told["known_day"].cast("int32").to_numpy()[sound][often],
            told["known"].to_numpy()[sound][often],
        ]  # fmt: skip
        for at in np.lexsort(keys).tolist():  # the latest last
            kind[party[often][at]] = code[often][at]
    return kind
