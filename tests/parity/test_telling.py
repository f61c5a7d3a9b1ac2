"""What is written of a register in pieces is, byte for byte, what is written of it read whole."""

import random
from datetime import UTC, datetime

import pytest

pytest.importorskip("duckdb")
from random_registers import statements_of
from registries import said, share, written

from crosstie.engines.register import store
from crosstie.formats.catalogue import FORMATS
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import (
    Correction,
    Entity,
    Head,
    Holding,
    Office,
    Retraction,
    Source,
    StatementId,
)
from crosstie.questions.export import export
from crosstie.questions.opening import load_ledger
from crosstie.text.problem import CrosstieError

pytestmark = pytest.mark.bulk
NAMES = [name for name, each in FORMATS.items() if each.from_telling and each.has_dates]
TODAY = datetime.now(UTC).date()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "make", [said, lambda seed: statements_of(random.Random(seed))], ids=["states", "all kinds"]
)
def test_in_pieces_is_as_whole(tmp_path, make, name):
    if name in {"graphml", "gexf"}:
        pytest.importorskip("networkx")
    for seed in range(12):
        register = tmp_path / f"{seed}.duckdb"
        store.append(register, make(seed))
        one, other = tmp_path / f"{seed} pieces", tmp_path / f"{seed} whole"
        count, problems = export(str(register), name, str(one), None)
        whole = load_ledger(str(register))
        assert problems == (*whole.problems, *FORMATS[name].write(whole, other, TODAY))
        assert written(one) == written(other), seed
        assert count == sum(
            isinstance(each, Entity | Holding | Office | Retraction) for each in whole.statements
        )


def test_what_binds_several_statements_is_looked_at_together(tmp_path):
    """A correction: the format that says what stands on a day has the corrected share."""
    holding = Holding(head=Head(id=StatementId("h")), holder="a", issuer="b", share=share(random.Random(3)))
    correction = Correction(
        head=Head(id=StatementId("c")), corrects=StatementId("h"), field="share", value="7%"
    )
    register, out = tmp_path / "r.duckdb", tmp_path / "out.ftm"
    store.append(register, [holding, correction])
    export(str(register), "ftm", str(out), None)
    assert '"percentage": ["7"]' in out.read_text()


def test_several_registers_are_told_as_one(tmp_path):
    for number in (1, 2):
        store.append(tmp_path / f"{number}.duckdb", said(number))
    both = f"{tmp_path / '1.duckdb'}+{tmp_path / '2.duckdb'}"
    for name in ("bods", "dot"):
        _, problems = export(both, name, str(tmp_path / "pieces"), None)
        whole = load_ledger(both)
        FORMATS[name].write(whole, tmp_path / "whole", TODAY)
        assert problems == whole.problems
        assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()


def test_both_files_for_neo4j_or_none(tmp_path, monkeypatch):
    ledger = Ledger(statements=tuple(each for each in said(1) if not isinstance(each, Source)))
    FORMATS["neo4j"].write(ledger, tmp_path / "there", TODAY)
    before = written(tmp_path / "there")
    with pytest.raises(CrosstieError, match="is there already; name a new folder"):
        FORMATS["neo4j"].write(Ledger(), tmp_path / "there", TODAY)
    assert written(tmp_path / "there") == before

    def broken(_):
        yield {":START_ID": "a"}
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crosstie.formats.graphs._edge_rows", broken)
    with pytest.raises(CrosstieError, match="the disk is full; nothing was written"):
        FORMATS["neo4j"].write(ledger, tmp_path / "new", TODAY)
    assert [each.name for each in tmp_path.iterdir()] == ["there"]
