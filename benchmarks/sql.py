"""The same questions in DuckDB, written as well as we can."""

import duckdb
import numpy as np
import pyarrow as pa


def connect(threads=2):
    return duckdb.connect(config={"threads": threads})


def load(db, network):
    company = np.repeat(np.arange(network.parties, dtype=np.int32), np.diff(network.start))
    holdings = pa.table({"holder": network.holder, "company": company, "share": network.share})
    db.register("holdings", holdings)
    db.execute("create or replace table e as select * from holdings")
    db.unregister("holdings")


def controllers(db, parties):
    """Ultimate controllers: majority by group, then pointer jumping, until nothing changes."""
    db.execute(
        "create or replace temp table head as select i::int as party, i::int as head from range(?) r(i)",
        [parties],
    )
    db.execute(  # only companies of which somebody could hold enough
        "create or replace temp table open as select e.* from e join (select company from e group by company"
        " having sum(share) > 0.5) using (company)"
    )
    rounds = 0
    while True:
        rounds += 1
        db.execute(
            "create or replace temp table up as select company, head as parent from (select company, head, sum(share) s"
            " from open join head on holder = party group by all) where s > 0.5 and head <> company"
        )
        db.execute(
            "delete from up a where a.company < a.parent and exists"
            " (from up b where b.company = a.parent and b.parent = a.company)"
        )
        if not db.execute("select count(*) from up").fetchone()[0]:
            return rounds
        while True:
            jumped = db.execute("select count(*) from up a join up b on a.parent = b.company").fetchone()[0]
            if not jumped:
                break
            db.execute(
                "create or replace temp table up as select a.company, coalesce(b.parent, a.parent) as parent"
                " from up a left join up b on a.parent = b.company"
            )
        db.execute(
            "create or replace temp table head as select party, coalesce(parent, head) as head"
            " from head left join up on head.head = up.company"
        )
        db.execute("create or replace temp table open as select * from open anti join up using (company)")


def heads(db):
    return db.execute("select head from head order by party").fetchnumpy()["head"]


OWNERS = """
with recursive up(party, part) as (
    select holder, share from e where company = ?
    union all
    select e.holder, up.part * e.share from up join e on e.company = up.party where up.part * e.share > ?
)
select party, sum(part) as part from up group by party
"""


def owners(db, company, cut):
    found = db.execute(OWNERS, [int(company), cut]).fetchnumpy()
    return found["party"], found["part"]


def register_to_controllers(file):
    """From text ids in Parquet to the id of everybody's ultimate controller."""
    db = connect()
    db.execute(
        "create table names as select id, (row_number() over () - 1)::int as n from"
        " (select owner as id from read_parquet($file) union select company from read_parquet($file))",
        {"file": str(file)},
    )
    db.execute(
        "create table e as select o.n as holder, c.n as company, share from read_parquet($file) p"
        " join names o on p.owner = o.id join names c on p.company = c.id",
        {"file": str(file)},
    )
    controllers(db, db.execute("select count(*) from names").fetchone()[0])
    db.execute(
        "create table answer as select p.id as party, c.id as controller from head"
        " join names p on head.party = p.n join names c on head.head = c.n"
    )
    return db
