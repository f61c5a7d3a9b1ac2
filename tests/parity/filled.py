"""A register filled from BODS record by record, and the same in columns: they must be alike."""

from crosstie.engines.register import store
from crosstie.engines.register.columns import TABLES
from crosstie.questions import importing


def kept(path):
    """Every row of every table, in the order of storing."""
    with store.connect(path) as connection:
        return {name: connection.table(name).order("rowid").fetchall() for name in TABLES}


def both_ways(folder, *files):
    chosen = [str(file) for file in files]
    one = store.append(folder / "one.duckdb", importing.items("bods", chosen))
    other = importing.into_register("bods", chosen, str(folder / "other.duckdb"))
    expected, found = kept(folder / "one.duckdb"), kept(folder / "other.duckdb")
    for name, rows in expected.items():
        for a, b in zip(rows, found[name], strict=False):
            assert a == b, name
        assert len(rows) == len(found[name]), name
    assert one.problems == other.problems
    assert {k: n for k, n in one.rows.items() if n} == {k: n for k, n in other.rows.items() if n}
    return expected, one
