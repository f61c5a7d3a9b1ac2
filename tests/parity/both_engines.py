"""Both engines behind the same questions: many networks or days in, one answer by network or day and party."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from hard_networks import PARTIES, PERSONS, UNKNOWN

from crosstie.engines.local import anchored, components, control, edges, plan, screening, snapshot, value
from crosstie.engines.register import bulk

NONE = -1


class OneMachine:
    """Each network, and each day, on its own."""

    name = "local"

    def components(self, networks):
        return self._each(networks, lambda _, made, given: _components(made, given))

    def controllers(self, networks):
        return self._each(networks, lambda _, made, __: _controllers(made))

    def values(self, networks, assets):
        return self._each(
            networks, lambda n, made, _: value.look_through_values(made, assets[n.seed]).tolist()
        )

    def shares(self, networks, owner):
        return self._each(networks, lambda _, made, __: value.look_through_of(made, owner).tolist())

    def reached(self, networks, listed):
        return self._each(networks, lambda _, made, __: _reached(made, listed))

    def closed(self, networks):
        return self._each(networks, lambda _, made, __: _closed(made))

    def holdings(self, folders, moments):
        (folder,) = folders
        found = {}
        for number, moment in enumerate(moments):
            one = bulk.holdings_on(folder, *moment)
            ends = zip(one.low.tolist(), one.high.tolist(), strict=True)
            pairs = zip(one.holder.to_pylist(), one.company.to_pylist(), ends, strict=True)
            found |= {(number, holder, company): both for holder, company, both in pairs}
        return found

    def controllers_of_register(self, folders, moments):
        (folder,) = folders
        found = {}
        for number, moment in enumerate(moments):
            one = bulk.holdings_on(folder, *moment)
            taken = snapshot.from_columns(one.holder, one.company, one.low)
            answer = anchored.ultimate_controllers(taken.edges)
            for party in range(len(taken.names)):
                top = int(answer.ultimate[party])
                found[number, taken.names[party]] = (
                    taken.names[top] if top >= 0 else None,
                    bool(answer.doubtful[party]),
                )
        return found

    @staticmethod
    def _each(networks, ask):
        found = {}
        for network in networks:
            given = _edges(network)
            answers = ask(network, plan.make_plan(given), given)
            found |= {(network.seed, party): answer for party, answer in enumerate(answers)}
        return found


def _edges(network):
    rows = sorted((company, holder, share) for holder, company, share in network.rows if holder != company)
    start = np.searchsorted([row[0] for row in rows], np.arange(PARTIES + 1))
    kind = np.where(np.arange(PARTIES) < PERSONS, edges.PERSON, edges.COMPANY).astype(np.int8)
    kind[UNKNOWN] = edges.UNKNOWN
    whole = network.whole
    return edges.make_edges(
        start,
        np.array([row[1] for row in rows], np.int64),
        np.array([float(row[2]) for row in rows]),
        kind,
        parts=np.array([int(row[2] * whole) for row in rows], np.int64) if whole else None,
        whole=np.full(PARTIES, whole) if whole else None,
    )


def _components(made, given):
    found = components.components(given, made)
    return list(zip(found.together.tolist(), found.loop.tolist(), strict=True))


def _controllers(made):
    found = control.ultimate_controllers(made)
    circular = set(found.circular.tolist())
    return [
        (int(top), bool(doubt), party in circular)
        for party, (top, doubt) in enumerate(zip(found.ultimate, found.doubtful, strict=True))
    ]


def _reached(made, listed):
    found = screening.screen_everybody(made, np.array(listed))
    return list(zip(found.reached.tolist(), found.doubtful.tolist(), strict=True))


def _closed(made):
    members = {int(party) for group in made.closed_groups() for party in group}
    return [party in members for party in range(PARTIES)]


def lacking():
    """What Spark lacks on this machine; nothing where it can start."""
    if find_spec("pyspark") is None:
        return "needs the extra spark: pip install 'crosstie[spark]'"
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        return "needs Java 17 or later"
    return ""


class Cluster:
    """All networks, and all days, as moments of one frame: each question is asked once."""

    name = "spark"

    def __init__(self, master, settings):
        from crosstie.engines.spark import session  # noqa: PLC0415 (an extra)

        home = Path(find_spec("pyspark").origin).parent
        # PySpark's own wheel starts workers only where it is told which Scala it was built with
        os.environ |= {"SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13"}
        self.spark = session.start(master, {**session.QUIET, **settings})
        self.work = home / "work"

    def close(self):
        self.spark.stop()
        shutil.rmtree(self.work, ignore_errors=True)

    @property
    def workers(self):
        return self.spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1

    def components(self, networks):
        from crosstie.engines.spark import components as spark_components  # noqa: PLC0415 (an extra)

        rows = spark_components.components(self._holdings(networks)).collect()
        found = {(row.moment, _number(row.party)): (_number(row.together), _number(row.loop)) for row in rows}
        return self._filled(networks, found, lambda party: (party, NONE))

    def controllers(self, networks):
        from crosstie.engines.spark import control as spark_control  # noqa: PLC0415 (an extra)

        nobody = self._frame([(n.seed, _name(UNKNOWN)) for n in networks], "moment INT, party STRING")
        rows = spark_control.ultimate_controllers(self._holdings(networks), nobody).collect()
        found = {
            (row.moment, _number(row.party)): (_number(row.ultimate), row.doubtful, row.circular)
            for row in rows
        }
        return self._filled(
            networks, found, lambda party: (party if party != UNKNOWN else NONE, False, False)
        )

    def values(self, networks, assets):
        from crosstie.engines.spark import value as spark_value  # noqa: PLC0415 (an extra)

        given = [
            (n.seed, _name(party), float(assets[n.seed][party])) for n in networks for party in range(PARTIES)
        ]
        frame = self._frame(given, "moment INT, party STRING, amount DOUBLE")
        rows = spark_value.look_through_values(self._holdings(networks), frame).collect()
        return self._filled(
            networks, {(row.moment, _number(row.party)): row.amount for row in rows}, lambda _: 0.0
        )

    def shares(self, networks, owner):
        from crosstie.engines.spark import value as spark_value  # noqa: PLC0415 (an extra)

        owners = self._frame([(n.seed, _name(owner)) for n in networks], "moment INT, owner STRING")
        rows = spark_value.look_through_of(self._holdings(networks), owners).collect()
        return self._filled(
            networks, {(row.moment, _number(row.party)): row.amount for row in rows}, lambda _: 0.0
        )

    def reached(self, networks, listed):
        from crosstie.engines.spark import screening as spark_screening  # noqa: PLC0415 (an extra)

        given = [(n.seed, _name(party)) for n in networks for party in listed]
        frame = self._frame(given, "moment INT, party STRING")
        rows = spark_screening.screen_everybody(self._holdings(networks), frame).collect()
        found = {(row.moment, _number(row.party)): (not row.doubtful, row.doubtful) for row in rows}
        return self._filled(networks, found, lambda _: (False, False))

    def closed(self, networks):
        from crosstie.engines.spark import value as spark_value  # noqa: PLC0415 (an extra)

        rows = spark_value.closed_groups(self._holdings(networks)).collect()
        return self._filled(
            networks, {(row.moment, _number(row.party)): True for row in rows}, lambda _: False
        )

    def holdings(self, folders, moments):
        from crosstie.engines.spark import register  # noqa: PLC0415 (an extra)

        rows = register.holdings(self.spark, [str(folder) for folder in folders], moments).collect()
        return {(row.moment, row.holder, row.company): (row.low, row.high) for row in rows}

    def controllers_of_register(self, folders, moments):
        from crosstie.engines.spark import control as spark_control  # noqa: PLC0415 (an extra)
        from crosstie.engines.spark import holdings, register  # noqa: PLC0415 (an extra)

        held = register.holdings(self.spark, [str(folder) for folder in folders], moments)
        rows = spark_control.ultimate_controllers(holdings.exact(held)).collect()
        return {(row.moment, row.party): (row.ultimate, row.doubtful) for row in rows}

    def _frame(self, rows, schema):
        return self.spark.createDataFrame(rows, schema)

    def _holdings(self, networks):
        rows = [
            (n.seed, _name(h), _name(j), float(s), int(s * n.whole) if n.whole else None, n.whole or None)
            for n in networks
            for h, j, s in n.rows
        ]
        return self._frame(
            rows, "moment INT, holder STRING, company STRING, share DOUBLE, parts BIGINT, whole BIGINT"
        )

    @staticmethod
    def _filled(networks, found, otherwise):
        """Parties that hold nothing and that nobody holds are no rows of a register."""
        everybody = [(n.seed, party) for n in networks for party in range(PARTIES)]
        assert found.keys() <= set(everybody)
        return {key: found.get(key, otherwise(key[1])) for key in everybody}


def _name(party):
    return f"p{party:02}"


def _number(name):
    return NONE if name is None else int(name[1:])
