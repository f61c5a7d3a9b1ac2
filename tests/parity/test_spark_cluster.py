"""The same answers where two workers are processes of their own and rows travel between them."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.spark,
    pytest.mark.long,
    pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="needs the extra spark"),
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17"),
]


def test_a_local_cluster_gives_the_same_answers():
    home = Path(importlib.util.find_spec("pyspark").origin).parent
    # PySpark's own wheel starts workers only where it is told which Scala it was built with
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13"}
    try:
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("cluster_of_two.py"))],
            env=environment, capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(home / "work", ignore_errors=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "agree on 2 workers" in done.stdout
