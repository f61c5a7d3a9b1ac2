"""A day's arrays in a file and back, with what the replayed part told."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosstie.engines import keeping
from crosstie.engines.register.everybody import Ends, Everybody
from crosstie.engines.register.ids import Ids
from crosstie.engines.register.joined import Joined, is_unchanged
from crosstie.engines.register.plain import Moment, Plain
from crosstie.text.problem import Place, Problem


@dataclass(frozen=True, slots=True)
class Told:
    """What there is beside the arrays: which companies were replayed, their problems, and the parties met there."""

    plain: Plain
    problems: tuple[Problem, ...] = ()
    parties: frozenset[str] = frozenset()


def read_day(together: Joined, moment: Moment) -> tuple[Everybody, Told] | None:
    """A day that was kept of these very registers, if one was."""
    if together.keep is None:
        return None
    found = keeping.read(_file(together, together.keep, moment))
    return None if found is None else (_unpacked(found[0]), _told(found[1]))


def keep_day(together: Joined, moment: Moment, all_: Everybody, told: Told) -> None:
    """Keep a day for the next question, unless a register was changed meanwhile."""
    if together.keep is not None and is_unchanged(together):
        note = {
            "same": told.plain.same,
            "replayed": sorted(told.plain.replayed),
            "problems": [asdict(each) for each in told.problems],
            "parties": sorted(told.parties),
        }
        keeping.write(together.keep, _file(together, together.keep, moment), _packed(all_), note)


def _file(together: Joined, keep: keeping.Keep, moment: Moment) -> Any:  # noqa: ANN401 (a path)
    named = together.files if len(together.told) != 1 else ()  # problems of several name their files
    return keep.file("day", moment.on, moment.known, moment.assume.value, *named)


_ENDS = ("low", "high", "low_open", "high_open")


def _packed(all_: Everybody) -> dict[str, NDArray[Any]]:
    """Each array once: those that are one are named together."""
    arrays: dict[str, NDArray[Any]] = {
        "begins": all_.ids.begins, "data": all_.ids.data, "nobody": all_.ids.unknown_of,
        "kind": all_.kind, "start": all_.start, "holder": all_.holder,
        "rounded": all_.rounded, "whole": _once(all_.whole),
    }  # fmt: skip
    columns = {
        f"{side} {end}": getattr(getattr(all_, side), end) for side in ("capital", "votes") for end in _ENDS
    }
    seen: dict[int, str] = {}
    for name, array in columns.items():
        first = seen.setdefault(id(array), name)
        if first != name:
            arrays[f"{name} = {first}"] = array[:0]
        else:
            arrays[name] = _once(array)
    return arrays


def _once(array: NDArray[Any]) -> NDArray[Any]:
    """One value, where all are the same."""
    return array[:1] if len(array) and (array == array[0]).all() else array


def _unpacked(arrays: keeping.Arrays) -> Everybody:
    ids = Ids(arrays["begins"], arrays["data"], arrays["nobody"])
    columns: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        column, _, first = name.partition(" = ")
        columns[column] = columns[first] if first else array
    many = len(arrays["holder"])
    made: dict[int, NDArray[Any]] = {}
    for name in (f"{side} {end}" for side in ("capital", "votes") for end in _ENDS):
        array = columns[name]
        columns[name] = made.setdefault(id(array), _all(array, many))
    unknown_of = np.full(len(ids), -1, np.int32)
    unknown_of[ids.named :] = ids.unknown_of
    capital, votes = (Ends(*(columns[f"{side} {end}"] for end in _ENDS)) for side in ("capital", "votes"))
    return Everybody(
        ids, arrays["kind"], unknown_of, arrays["start"], arrays["holder"], capital, votes,
        _all(arrays["whole"], len(ids)), arrays["rounded"],
    )  # fmt: skip


def _all(array: NDArray[Any], many: int) -> NDArray[Any]:
    return np.full(many, array[0]) if len(array) == 1 and many != 1 else array


def _told(note: Any) -> Told:  # noqa: ANN401 (what JSON gives)
    plain = Plain(dict(note["same"]), frozenset(note["replayed"]))
    return Told(plain, tuple(_problems(note["problems"])), frozenset(note["parties"]))


def _problems(told: Sequence[dict[str, Any]]) -> Sequence[Problem]:
    return [Problem(**{**each, "where": Place(**each["where"])}) for each in told]
