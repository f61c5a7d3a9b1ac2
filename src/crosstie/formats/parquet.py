"""Edge lists in Parquet: the same columns as a CSV one, and the same words for shares."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from crosstie.formats.cells import one_line, text_of
from crosstie.formats.edge_list import (
    COLUMNS,
    REQUIRED,
    Cells,
    Edge,
    EdgeList,
    edges_of,
    of_cells,
    read_cells,
    show_part,
)
from crosstie.ledger.ledger import Ledger
from crosstie.ledger.statements import Entity, Holding
from crosstie.ledger.telling import Telling
from crosstie.text.problem import CrosstieError, Place, Problem
from crosstie.text.writing import whole_file

LOSES = ("every column but holder, issuer, share and votes",)
WRITTEN_LOSES = ("all but one day's direct holdings with a share of the outstanding ones, by id",)

_BATCH = 65_536


def load(path: Path) -> EdgeList:
    """A Parquet file with columns ``holder``, ``issuer``, ``share`` and optionally ``votes``.

    Raises
    ------
    CrosstieError
        Not Parquet, or the extra ``registers`` is not installed.
    """
    return of_cells(_rows(path), str(path))


def read(path: Path) -> Iterator[Entity | Holding | Problem]:
    """The parties, holdings and problems of a Parquet file."""
    return read_cells(lambda: _rows(path), path)


def _pyarrow() -> Any:  # noqa: ANN401 (an extra)
    try:
        import pyarrow as pa  # noqa: PLC0415 (an extra)
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError as error:
        raise CrosstieError("Parquet needs pyarrow: pip install 'crosstie[registers]'") from error
    return pa


def _rows(path: Path) -> Iterator[Cells | Problem]:
    pa = _pyarrow()
    try:
        with pa.parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            names = [name for name in schema.names if name in COLUMNS]
            yield Place(str(path), 0), names if set(REQUIRED) <= set(names) else list(schema.names)
            _refuse_types(path, pa, [schema.field(name) for name in names])
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH, columns=names):
                for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True):
                    number += 1
                    yield Place(f"{path}#row", number), [text_of(value).strip() for value in row]
    except MemoryError:  # Arrow's is also one of its others
        raise
    except UnicodeDecodeError as error:
        raise CrosstieError(f"{path}: a text in it is not UTF-8; write the column as UTF-8") from error
    except (pa.ArrowException, OSError) as error:
        raise CrosstieError(f"{path}: not a whole Parquet file: {one_line(error)}") from error


def _refuse_types(path: Path, pa: Any, fields: Sequence[Any]) -> None:  # noqa: ANN401
    """Columns of lists, structures or bytes are nothing an edge list can have."""
    for field in fields:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise CrosstieError(f"{path}: column {field.name} is of type {kind}; write texts or numbers")


def write(said: Ledger | Telling, path: Path, published_on: date) -> tuple[Problem, ...]:  # noqa: ARG001 (it has no dates)
    """Write Parquet: ids, parts as exact texts, and their bounds as numbers beside them."""
    pa = _pyarrow()
    numbers = [(f"{part}_{end}", pa.float64()) for part in ("share", "votes") for end in ("low", "high")]
    schema = pa.schema([*((name, pa.string()) for name in COLUMNS), *numbers])
    with whole_file(path) as file, pa.parquet.ParquetWriter(file, schema) as writer:
        batch: list[dict[str, Any]] = []
        for edge in edges_of(said):
            batch.append(_row(edge))
            if len(batch) == _BATCH:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema))
    return ()


def _row(edge: Edge) -> dict[str, Any]:
    row: dict[str, Any] = {"holder": edge.holder, "issuer": edge.issuer}
    for name, part in (("share", edge.share), ("votes", edge.votes)):
        row[name] = show_part(part) or None
        if part is not None:
            row[f"{name}_low"], row[f"{name}_high"] = (
                float(part.low),
                float(1 if part.high is None else part.high),
            )
    return row
