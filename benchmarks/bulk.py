"""Everybody at once: Crosstie against SciPy and DuckDB in one run, answers compared.

python benchmarks/bulk.py 1e6                 all questions at a million companies and persons
python benchmarks/bulk.py 1e8 --only world    what fits beside 100 million
"""

import argparse
import gc
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

import machine
import networks
import sql
from crosstie.engines.local import anchored, beneficial, control, owners, snapshot, value
from crosstie.engines.local.edges import COMPANY, PERSON, make_edges
from crosstie.engines.local.plan import make_plan

OUT = Path(__file__).parent / "out"
SECTIONS = ("solve", "control", "beneficial", "owners", "register")


def edges_of(network):
    kind = np.where(network.kind == networks.PERSON, PERSON, COMPANY).astype(np.int8)
    return make_edges(network.start, network.holder, network.share, kind)


def warm_up():
    """Compile before anything is timed; Crosstie keeps compiled code between runs."""
    small = networks.generate(20_000, 7)
    plan = make_plan(edges_of(small))
    value.look_through_values(plan, small.assets)
    control.ultimate_controllers(plan)
    anchored.ultimate_controllers(edges_of(small))
    beneficial.beneficial_owners(plan)
    desk = owners.make_desk(plan)
    for within in (0.0, 1e-3):
        owners.owners_of(plan, desk, 5, within=within)


def matrix_of(network):
    n = network.parties
    return sp.csc_array((network.share, network.holder, network.start.astype(np.int32)), shape=(n, n)).tocsr()


def jacobi(c, e, tolerance=1e-12):
    """The values, how many rounds they took, and the seconds of the fastest round."""
    v, rounds, total, fastest = e.copy(), 0, np.abs(e).sum(), np.inf
    while True:
        began = time.perf_counter()
        rounds += 1
        after = c @ v
        after += e
        change = np.abs(after - v).sum()
        v = after
        fastest = min(fastest, time.perf_counter() - began)
        if change <= tolerance * total:
            return v, rounds, fastest


def solve(network):
    e = network.assets

    def cold():
        plan = make_plan(edges_of(network))
        return plan, value.look_through_values(plan, e)

    cold_seconds = min(machine.once(cold)[0] for _ in range(3))
    plan, v = cold()
    matrix_seconds, c = machine.once(lambda: matrix_of(network))
    jacobi_seconds, (other, rounds, fastest) = machine.once(lambda: jacobi(c, e))
    amounts = e[plan.order]
    x = amounts.copy()

    def kept():
        np.copyto(x, amounts)
        value.flow_up(plan, x)

    kept()
    times = machine.in_turns(
        9, kept=kept, product=lambda: c @ v, numbered=lambda: value.look_through_values(plan, e)
    )
    return {
        "kept": times["kept"],
        "kept_by_party_number": times["numbered"],
        "scipy_product": times["product"],
        "scipy_jacobi": rounds * fastest,
        "jacobi_rounds": rounds,
        "cold": cold_seconds,
        "scipy_jacobi_cold": matrix_seconds + jacobi_seconds,
        "product_over_kept": times["product"] / times["kept"],
        "jacobi_over_kept": rounds * fastest / times["kept"],
        "jacobi_cold_over_cold": (matrix_seconds + jacobi_seconds) / cold_seconds,
        "residual": float(np.abs(v - e - c @ v).max() / np.abs(v).max()),
        "largest_difference_to_jacobi": float(np.abs(v - other).max() / np.abs(v).max()),
        "loops": len(plan.first),
        "largest_loop": int(plan.size.max()),
    }


def controllers(network):
    def cold():
        return anchored.ultimate_controllers(edges_of(network))

    found = cold()
    cold_seconds = min(machine.once(cold)[0] for _ in range(4))
    plan = make_plan(edges_of(network), for_values=False)
    leads = control.find_leads(plan)
    kept = machine.in_turns(15, kept=lambda: control.heads_in_order(plan, leads))["kept"]
    db = sql.connect()
    sql.load(db, network)
    sql_seconds, rounds = min(machine.once(lambda: sql.controllers(db, network.parties)) for _ in range(2))
    theirs = sql.heads(db)
    db.close()
    differ = np.flatnonzero(theirs != found.ultimate)
    return {
        "kept": kept,
        "cold": cold_seconds,
        "duckdb": sql_seconds,
        "duckdb_rounds": rounds,
        "duckdb_over_kept": sql_seconds / kept,
        "duckdb_over_cold": sql_seconds / cold_seconds,
        "differences": len(differ),
        "doubtful": int(found.doubtful.sum()),
        "circular": len(found.circular),
        "controlled": int((found.ultimate != np.arange(network.parties)).sum()),
    }


def beneficial_owners(network):
    plan = make_plan(edges_of(network))

    def bounded():
        lists = beneficial.list_owners(plan)
        keep = beneficial._walk_all  # noqa: SLF001 (the pass without its second half)
        beneficial._walk_all = lambda *_: ([], 0)  # noqa: SLF001 (as above)
        try:
            return beneficial.settle(plan, lists)
        finally:
            beneficial._walk_all = keep  # noqa: SLF001 (as above)

    times = machine.in_turns(3, bounded=bounded, decided=lambda: beneficial.beneficial_owners(plan))
    found = beneficial.beneficial_owners(plan)
    desk = owners.make_desk(plan)
    companies = np.flatnonzero(np.diff(network.start) > 0)
    sample = np.random.default_rng(11).choice(companies, 300, replace=False)
    is_person = network.kind == networks.PERSON
    began = time.perf_counter()
    want = set()
    for company in sample:
        near = owners.owners_of(plan, desk, int(company))
        for i in np.flatnonzero((near.share >= 0.25 - 1e-9) & is_person[near.owner]):
            want.add((int(company), int(near.owner[i])))
    each = (time.perf_counter() - began) / len(sample)
    inside = np.isin(found.company, sample)
    got = {(int(c), int(o)) for c, o in zip(found.company[inside], found.owner[inside], strict=True)}
    return {
        "bounded": times["bounded"],
        "decided": times["decided"],
        "decided_over_bounded": times["decided"] / times["bounded"],
        "walk_per_company_for_all": each * len(companies),
        "walks_over_decided": each * len(companies) / times["decided"],
        "pairs": len(found.company),
        "walked": found.walked,
        "undecided": found.undecided,
        "sample": len(sample),
        "differences_in_sample": len(want ^ got),
    }


CUT = 5e-5
"""Paths that carry less are not followed by the recursive query: about what 1e-3 of accuracy asks of it."""


def owners_of_one(network, queries=1000, duckdb_queries=40):
    plan = make_plan(edges_of(network))
    desk = owners.make_desk(plan)
    companies = np.flatnonzero(np.diff(network.start) > 0)
    sample = np.random.default_rng(5).choice(companies, queries, replace=False)
    seconds = {0.0: [], 1e-3: []}
    for within, found in seconds.items():
        owners.owners_of(plan, desk, int(sample[0]), within=within)
        for company in sample:
            found.append(
                machine.once(lambda c=int(company), w=within: owners.owners_of(plan, desk, c, within=w))[0]
            )
    db = sql.connect()
    sql.load(db, network)
    theirs, worst = [], 0.0
    full = np.zeros(network.parties)
    for company in sample[:duckdb_queries]:
        took, (party, part) = machine.once(lambda c=company: sql.owners(db, c, CUT))
        theirs.append(took)
        exact = owners.owners_of(plan, desk, int(company))
        full[:] = 0.0
        full[exact.owner] = exact.share
        held = network.start[party + 1] == network.start[party]
        worst = max(worst, float(np.abs(full[party[held]] - part[held]).max(initial=0.0)))
    db.close()
    p99 = {within: float(np.percentile(found, 99)) for within, found in seconds.items()}
    duckdb99 = float(np.percentile(theirs, 99))
    return {
        "exact_p50": float(np.median(seconds[0.0])),
        "exact_p99": p99[0.0],
        "within_1e-3_p50": float(np.median(seconds[1e-3])),
        "within_1e-3_p99": p99[1e-3],
        "duckdb_p50": float(np.median(theirs)),
        "duckdb_p99": duckdb99,
        "duckdb_queries": duckdb_queries,
        "duckdb_over_exact": duckdb99 / p99[0.0],
        "duckdb_over_within": duckdb99 / p99[1e-3],
        "largest_error_of_duckdb_terminal_owners": worst,
    }


def register(network):
    import pyarrow as pa  # noqa: PLC0415 (only here)
    import pyarrow.parquet as pq  # noqa: PLC0415 (only here)

    file = OUT / f"register-{network.parties}.parquet"
    if not file.exists():
        ids = pa.array(networks.text_ids(network))
        rows = np.random.default_rng(3).permutation(network.holdings)
        company = np.repeat(np.arange(network.parties, dtype=np.int32), np.diff(network.start))
        columns = {
            "owner": ids.take(pa.array(network.holder[rows])),
            "company": ids.take(pa.array(company[rows])),
        }
        pq.write_table(pa.table({**columns, "share": network.share[rows]}), file)

    def ours():
        db = sql.connect()
        rows = db.sql("select owner, company, share from read_parquet($file)", params={"file": str(file)})
        made = snapshot.from_batches(batch.columns for batch in rows.to_arrow_reader(1 << 20))
        db.close()
        return made, anchored.ultimate_controllers(made.edges)

    made, found = ours()
    db = sql.register_to_controllers(file)
    times = machine.in_turns(4, ours=ours, theirs=lambda: sql.register_to_controllers(file).close())
    seconds, theirs = times["ours"], times["theirs"]
    sample = np.random.default_rng(9).choice(len(made.names), 2_000, replace=False)
    mine = {made.names[i]: made.names[int(found.ultimate[i])] for i in sample}
    answer = dict(
        db.execute(
            "select party, controller from answer where party in (select unnest(?))", [list(mine)]
        ).fetchall()
    )
    count = db.execute("select count(*) from answer where party <> controller").fetchone()[0]
    return {
        "ours": seconds,
        "duckdb": theirs,
        "duckdb_over_ours": theirs / seconds,
        "differences_in_sample": sum(answer[k] != v for k, v in mine.items()),
        "controlled": int((found.ultimate != np.arange(len(made.names))).sum()),
        "controlled_by_duckdb": count,
    }


def product_seconds(network):
    n = network.parties
    turned = sp.csr_array((network.share, network.holder, network.start.astype(np.int32)), shape=(n, n))
    return machine.in_turns(3, product=lambda: turned @ network.assets)["product"]


def solve_seconds(plan, amounts):
    """Seconds of a solve, and how far the answer is from solving its equation."""
    x = amounts.copy()

    def kept():
        np.copyto(x, amounts)
        value.flow_up(plan, x)

    seconds = machine.in_turns(5, kept=kept)["kept"]
    off = x - amounts
    for begin in range(0, plan.holdings, 10_000_000):
        part = slice(begin, min(begin + 10_000_000, plan.holdings))
        np.subtract.at(off, plan.holder[part], plan.share[part] * x[plan.company[part]])
    return seconds, float(np.abs(off).max() / np.abs(x).max())


def control_seconds(plan):
    leads = control.find_leads(plan)
    return machine.in_turns(3, kept=lambda: control.heads_in_order(plan, leads))["kept"]


def planned(network):
    """Seconds to plan, the plan, and outside assets by place; the network can go."""
    seconds, plan = machine.once(lambda: make_plan(edges_of(network)))
    return seconds, plan, network.assets[plan.order]


def world(parties, folder):
    """As many parties as memory allows: one SciPy product against the solve and against control."""
    product = product_seconds(networks.cached(parties, folder))
    gc.collect()
    plan_seconds, plan, amounts = planned(networks.cached(parties, folder))
    gc.collect()
    solving, residual = solve_seconds(plan, amounts)
    amounts = None
    controlling = control_seconds(plan)
    return {
        "scipy_product": product,
        "plan": plan_seconds,
        "solve": solving,
        "control": controlling,
        "solve_over_product": solving / product,
        "control_over_product": controlling / product,
        "peak_gigabytes": machine.peak_gigabytes(),
        "residual": residual,
        "holdings": plan.holdings,
    }


def main():
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("parties", nargs="?", default=1_000_000, type=lambda text: int(float(text)))
    options.add_argument("--only", nargs="+", choices=[*SECTIONS, "world"], default=SECTIONS)
    options.add_argument(
        "--networks", type=Path, default=OUT, help="folder where generated networks are kept"
    )
    chosen = options.parse_args()
    if len(chosen.only) > 1:  # each in a process of its own: none inherits another's memory
        for name in chosen.only:
            again = [str(chosen.parties), "--only", name, "--networks", str(chosen.networks)]
            subprocess.run([sys.executable, __file__, *again], check=True)
        return
    OUT.mkdir(exist_ok=True)
    described = machine.describe()
    machine.touch_memory()
    print(described, file=sys.stderr)
    warm_up()
    network = None if chosen.only == ["world"] else networks.cached(chosen.parties, chosen.networks)
    tasks = {
        "solve": solve,
        "control": controllers,
        "beneficial": beneficial_owners,
        "owners": owners_of_one,
        "register": register,
        "world": lambda _: world(chosen.parties, chosen.networks),
    }
    for name in chosen.only:
        result = tasks[name](network)
        record = {
            "question": name,
            "parties": chosen.parties,
            "holdings": network.holdings if network else 0,
            "machine": described,
            "command": f"python benchmarks/bulk.py {chosen.parties:.0e} --only {name}",
            **result,
        }
        (OUT / f"{name}-{chosen.parties}.json").write_text(
            json.dumps(record, indent=1) + "\n", encoding="utf-8"
        )
        ratios = {k: v for k, v in result.items() if "_over_" in k}
        print(
            name,
            json.dumps(ratios),
            json.dumps({k: v for k, v in result.items() if k not in ratios}),
            flush=True,
        )


if __name__ == "__main__":
    main()
