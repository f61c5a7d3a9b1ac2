"""Registers that are being filled: how many statements they have, and whether they are whole."""

import json
import random
import subprocess
import sys
from pathlib import Path

from crosstie.engines.register import store
from crosstie.ledger.statements import Source
from crosstie.text.problem import CrosstieError

WATCHED = "from crosstie.cli.watched import main; main()"
ALONE = "from crosstie.cli.app import main; main()"  # nobody watches: nobody clears up behind it
OLD, ALL = 500, 8_000


def lines(numbers):
    for i in numbers:
        yield json.dumps({"statementId": f"e{i}", "recordId": f"r{i}", "recordType": "entity", "recordStatus": "new",
                          "statementDate": "2024-01-01", "recordDetails": {
                              "entityType": {"type": "registeredEntity"}, "name": f"Company {i} {random.Random(i).random()}"}})  # fmt: skip


def start(code, *words, cwd, limit=None):
    import resource  # noqa: PLC0415

    def limited():
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen([sys.executable, "-c", code, *map(str, words)], cwd=cwd, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, preexec_fn=limited)  # noqa: PLW1509  # fmt: skip


def worker(process):
    """The process that works for one that watches; 0 before it is there and when it has ended."""
    try:
        return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    except (OSError, IndexError):
        return 0


def statements(register):
    """How many a register has; none where it is not there or its first import was cut off."""
    if not register.exists():
        return 0
    try:
        return len(store.read(register).statements)
    except CrosstieError as error:
        return 0 if "its first import was cut off" in str(error) else -1


def is_whole(register, made, before):
    """It opens with the state before or after; nothing else lies about; the next import works."""
    found = statements(register)
    assert found in {before, ALL if before else ALL - OLD}, found
    beside = {each.name for each in register.parent.iterdir()} - {register.name, f"{register.name}.wal"}
    assert not beside
    after = store.append(register, [Source(id="next", title="next")])
    assert after.rows["source"] == 1
    return found
