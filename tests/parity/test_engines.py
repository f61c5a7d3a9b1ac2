"""The same questions to one machine and to Spark, on threads of one process and on workers of their own.

Every answer is held against the definition where that decides it, and against one machine's: controllers, values,
shares, listed persons, components, registers on many days. The networks are random and hard on purpose (loops within
loops, ties, joint control, groups that own themselves, more shares than there are); a failure names the seed.
"""

import inspect
import random
from datetime import date

import networkx as nx
import numpy as np
import pytest

pytest.importorskip("numba", reason="needs the extra registers")
pytest.importorskip("duckdb", reason="needs the extra registers")
from both_engines import NONE, Cluster, OneMachine, lacking
from hard_networks import PARTIES, PERSONS, UNKNOWN, controlled_by, hard_network, reached_from
from random_registers import exact_statements_of, statements_of

from crosstie.engines.register import store

SMALL = {"spark.driver.memory": "1g", "spark.log.level": "ERROR", "spark.default.parallelism": "2",
         "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
         "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}  # fmt: skip
MASTERS = {
    "spark": ("local[2]", {"spark.sql.codegen.wholeStage": "false"}),
    "cluster": ("local-cluster[2,1,768]", {"spark.executor.memory": "768m"}),
}
lacks = lacking()
on_spark = [pytest.mark.spark, pytest.mark.long, pytest.mark.skipif(bool(lacks), reason=lacks or "-")]
# Spark's own imports warn of versions of pandas, which is not used here, and leave sockets to its gateway
pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning")
GAPS = {
    "beneficial.beneficial_owners": "pairs of persons and companies: bounds that prune them need an order, not rounds",
    "owners.owners_of": "one company's owners take milliseconds on one machine, a start of Spark takes seconds",
}
NETWORKS = [hard_network(seed) for seed in range(60)]
EXACT = [n for n in NETWORKS if n.whole]
TIME = [
    (date(2020, 2, 15), date(2020, 2, 15)),
    (date(2020, 12, 31), date(2023, 1, 1)),
    (date(2021, 6, 1), date(2020, 6, 1)),
    (date(2022, 6, 1), date(2022, 6, 1)),
]


@pytest.fixture(scope="module", params=["local", *(pytest.param(name, marks=on_spark) for name in MASTERS)])
def engine(request):
    if request.param == "local":
        yield OneMachine()
        return
    master, settings = MASTERS[request.param]
    made = Cluster(master, {**SMALL, **settings})
    yield made
    made.close()


@pytest.fixture(scope="module")
def answers():
    return OneMachine()


def of(found, network):
    return [found[network.seed, party] for party in range(PARTIES)]


def test_every_question_is_asked_of_both_or_the_gap_has_a_reason():
    asked = {
        "anchored.ultimate_controllers": "control.ultimate_controllers",
        "components.components": "components.components",
        "control.ultimate_controllers": "control.ultimate_controllers",
        "screening.screen_everybody": "screening.screen_everybody",
        "value.look_through_values": "value.look_through_values",
        "value.look_through_of": "value.look_through_of",
    }
    local = {"anchored", "components", "control", "screening", "value", "beneficial", "owners"}
    steps = {
        "find_leads",
        "heads_in_order",
        "flow_up",
        "flow_down",
        "list_owners",
        "settle",
        "make_desk",
        "check_threshold",
    }
    found = set()
    for room in local:
        module = __import__(f"crosstie.engines.local.{room}", fromlist=[room])
        found |= {
            f"{room}.{name}"
            for name, each in inspect.getmembers(module, inspect.isfunction)
            if each.__module__ == module.__name__ and not name.startswith("_") and name not in steps
        }
    assert found == asked.keys() | GAPS.keys()
    for name in asked.values():
        room, function = name.split(".")
        assert inspect.isfunction(
            getattr(__import__(f"crosstie.engines.spark.{room}", fromlist=[room]), function)
        )


def test_the_networks_have_all_that_is_hard(answers):
    found = answers.controllers(NETWORKS)
    assert any(doubt for _, doubt, _ in found.values())
    assert any(circular for *_, circular in found.values())
    assert any(holder == company for n in NETWORKS for holder, company, _ in n.rows)
    assert sum(n.over for n in NETWORKS) > 8
    assert sum(answers.closed(NETWORKS).values()) > 8
    loops = [loop for _, loop in answers.components(NETWORKS).values() if loop != NONE]
    assert len(loops) > 2 * len(NETWORKS)
    assets = np.ones((len(NETWORKS), PARTIES))
    assert any(np.isnan(amount) for amount in answers.values(NETWORKS, assets).values())


def test_components(engine):
    found = engine.components(NETWORKS)
    for network in NETWORKS:
        graph = nx.DiGraph((h, j) for h, j, _ in network.rows if h != j)
        graph.add_nodes_from(range(PARTIES))
        together = {p: min(part) for part in nx.weakly_connected_components(graph) for p in part}
        loops = [part for part in nx.strongly_connected_components(graph) if len(part) > 1]
        loop = {p: min(part) for part in loops for p in part}
        want = [(together[p], loop.get(p, NONE)) for p in range(PARTIES)]
        assert of(found, network) == want, f"seed {network.seed}"


def test_ultimate_controllers(engine, answers):
    found, one = engine.controllers(NETWORKS), answers.controllers(NETWORKS)
    for network in NETWORKS:
        mine, theirs = of(found, network), of(one, network)
        assert [doubt for _, doubt, _ in mine] == [doubt for _, doubt, _ in theirs], f"seed {network.seed}"
        assert groups_of(mine) == groups_of(theirs), f"seed {network.seed}"
        groups = {i: controlled_by(i, network.columns()) for i in range(PARTIES) if i != UNKNOWN}
        for party, (top, doubt, circular) in enumerate(mine):
            if party == UNKNOWN or doubt:
                assert top == NONE
                continue
            assert party in groups[top], f"seed {network.seed} party {party}"
            above = {i for i in groups if party in groups[i]}
            assert above <= groups[top], f"seed {network.seed} party {party}: somebody else controls it too"
            own = sum(s for h, s in network.columns().get(party, {}).items() if h in groups[party])
            assert circular == (top == party and own > 0.5), f"seed {network.seed} party {party}"
        if network.whole and not network.over:
            assert not any(doubt for _, doubt, _ in mine), f"seed {network.seed}"


def groups_of(found):
    """Who stands under whom, whatever a group that controls itself calls its head."""
    groups = {}
    for party, (top, _, _) in enumerate(found):
        if top != NONE:
            groups.setdefault(top, set()).add(party)
    return {frozenset(group) for group in groups.values()}


def test_look_through_values(engine, answers):
    assets = np.random.default_rng(5).integers(1, 100, (len(NETWORKS), PARTIES)).astype(float)
    found, one = engine.values(NETWORKS, assets), answers.values(NETWORKS, assets)
    closed = answers.closed(NETWORKS)
    for network in NETWORKS:
        mine = np.array(of(found, network))
        assert mine == pytest.approx(of(one, network), rel=1e-12, abs=1e-12, nan_ok=True), (
            f"seed {network.seed}"
        )
        c = network.matrix()
        c[:, of(closed, network)] = 0.0
        known = ~np.isnan(mine)
        assert mine[known] == pytest.approx(
            (assets[network.seed] + c[:, known] @ mine[known])[known], rel=1e-10
        )


def test_what_owners_have_of_everything(engine, answers):
    for owner in (1, PERSONS, PERSONS + 3):
        found, one = engine.shares(NETWORKS, owner), answers.shares(NETWORKS, owner)
        for network in NETWORKS:
            mine = of(found, network)
            assert mine == pytest.approx(of(one, network), abs=1e-12, nan_ok=True), f"seed {network.seed}"
            if not network.over:
                chances = chance_to_reach(owner, network.matrix())
                assert mine == pytest.approx(chances, abs=1e-9), f"seed {network.seed} owner {owner}"


def chance_to_reach(owner, c):
    """A walk upwards from each party that ends at the owner."""
    c[:, owner] = 0.0
    start = np.eye(PARTIES)[owner]
    reach = start
    for _ in range(20_000):
        after = np.maximum(c.T @ reach, start)
        if np.abs(after - reach).max() < 1e-15:
            break
        reach = after
    return reach.tolist()


def test_whom_a_list_reaches(engine, answers):
    listed = (1, 2, 5, 7)
    found, one = engine.reached(NETWORKS, listed), answers.reached(NETWORKS, listed)
    assert found == one
    for network in EXACT:
        want = reached_from(listed, network.columns())
        assert of(found, network) == [(party in want, False) for party in range(PARTIES)], (
            f"seed {network.seed}"
        )
    assert any(doubt for _, doubt in one.values())


def test_groups_that_own_themselves(engine):
    found = engine.closed(NETWORKS)
    for network in NETWORKS:
        columns = network.columns()
        graph = nx.DiGraph((h, j) for j, column in columns.items() for h in column)
        want = set()
        for part in nx.strongly_connected_components(graph):
            if len(part) > 1 and all(
                columns[j].keys() <= part and sum(columns[j].values()) == 1 for j in part
            ):
                want |= part
        assert of(found, network) == [party in want for party in range(PARTIES)], f"seed {network.seed}"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two registers with some statements in both, and one with all of them in the same order."""
    place = tmp_path_factory.mktemp("registers")
    chance = random.Random(11)
    said = statements_of(chance)
    first = [each for each in said if chance.random() < 0.6]
    second = [each for each in said if each not in first or chance.random() < 0.4]
    store.append(place / "all.duckdb", first)
    store.append(place / "all.duckdb", second)
    for name, part in (("a", first), ("b", second)):
        store.append(place / f"{name}.duckdb", part)
    for name in ("a", "b", "all"):
        store.export_parquet(place / f"{name}.duckdb", place / name)
    return place


def test_holdings_of_many_days_and_of_several_registers(engine, answers, folders):
    want = answers.holdings([folders / "all"], TIME)
    assert len(want) > 8
    several = [folders / "all"] if engine.name == "local" else [folders / "a", folders / "b"]
    for asked in ([folders / "all"], several):
        found = engine.holdings(asked, TIME)
        assert found.keys() == want.keys()
        for key, ends in found.items():
            assert ends == pytest.approx(want[key], abs=1e-12), key


def test_from_registers_to_controllers_on_many_days(engine, answers, tmp_path):
    folders = []
    for seed in range(3):
        store.append(tmp_path / f"{seed}.duckdb", exact_statements_of(random.Random(seed)))
        store.export_parquet(tmp_path / f"{seed}.duckdb", tmp_path / f"{seed}")
        folders.append(tmp_path / f"{seed}")
    moments = [
        (date(year, 6, 30), date(known, 12, 31)) for year in (2019, 2020, 2021) for known in (2020, 2022)
    ]
    under = 0
    for folder in folders[: 3 if engine.name == "local" else 1]:
        found, want = (
            engine.controllers_of_register([folder], moments),
            answers.controllers_of_register([folder], moments),
        )
        assert together_of(found) == together_of(want)
        assert {key: doubt for key, (_, doubt) in found.items()} == {
            key: doubt for key, (_, doubt) in want.items()
        }
        under += sum(top not in {party, None} for (_, party), (top, _) in found.items())
    assert under >= 8


def together_of(found):
    groups = {}
    for (moment, party), (top, _) in found.items():
        groups.setdefault((moment, top), set()).add(party)
    return {(moment, top is None, frozenset(group)) for (moment, top), group in groups.items()}


def test_a_cluster_is_one(engine):
    if engine.name == "spark":
        assert engine.workers == {"local[2]": 0}.get(engine.spark.sparkContext.master, 2)
