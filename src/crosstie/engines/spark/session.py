"""Start Spark on this machine or join a cluster; keep the frame of a round."""

import os
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MISSING = "questions on a cluster need Spark: pip install 'crosstie[spark]' and Java 17 or later"
QUIET: Mapping[str, str] = MappingProxyType(
    {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
    }
)
"""Settings for one machine; a cluster brings its own."""


def start(master: str = "local[2]", settings: Mapping[str, str] = QUIET) -> "SparkSession":
    """A session on a master: ``local[2]``, ``local-cluster[2,1,1024]``, ``spark://host:7077``, ``yarn``, ...

    Raises
    ------
    CrosstieError
        PySpark or Java is not installed, or Spark does not start.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 (an extra)
        from pyspark.sql import SparkSession  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise CrosstieError(MISSING) from error
    if not java_is_there():
        raise CrosstieError(MISSING)
    if master.startswith("local"):  # the workers' Python must be this one, with what is installed here
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder
    builder = builder.master(master).appName("crosstie")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session: SparkSession = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        first = str(error).split("\n", 1)[0]
        raise CrosstieError(f"Spark does not start on {master}: {first}") from error
    return session


def java_is_there() -> bool:
    """Whether Spark would find Java: by ``JAVA_HOME`` or on the path."""
    import shutil  # noqa: PLC0415 (only here)

    return bool(os.environ.get("JAVA_HOME")) or shutil.which("java") is not None


def kept(frame: "DataFrame") -> "DataFrame":
    """The same rows, computed once and cut off from how they came about: rounds would pile up otherwise."""
    return frame.localCheckpoint(eager=True)


def sql(
    session: "SparkSession",
    query: str,
    values: Mapping[str, object] = MappingProxyType({}),
    **frames: "DataFrame",
) -> "DataFrame":
    """A query whose braces name frames and whose colons name bound values."""
    return session.sql(query, args=dict(values), **frames)


def number(frame: "DataFrame") -> float:
    """The one number that a frame of one row has; nothing counts as zero."""
    row = frame.first()
    return float(row[0]) if row is not None and row[0] is not None else 0.0
