"""Where a LEDGER is: one place, or several asked as one."""

from dataclasses import dataclass
from pathlib import Path

from crosstie.text.inputs import ordinary
from crosstie.text.problem import CrosstieError

SEVERAL = "+"
"""Stands between ledgers asked as one: no shell reads it, and a file whose name has it is taken as it is."""
TEXT = frozenset({".yaml", ".yml"})
TABLE = ".csv"


@dataclass(frozen=True, slots=True)
class Places:
    """The parts of a LEDGER by what they are, each in the order named; ``text`` are files or one folder."""

    text: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()
    registers: tuple[Path, ...] = ()

    @property
    def are_several(self) -> bool:
        """Whether different readers, or one reader several times, must bring them together."""
        return len(self.tables) + len(self.registers) + bool(self.text) > 1 or len(self.text) > 1


def places_of(asked: str) -> Places:
    """Sort what a person named: a file, a folder, or several of them with ``+`` between.

    A folder is a register (of Parquet), or everything in it that is a ledger: text files, register files,
    folders that are registers.

    Raises
    ------
    CrosstieError
        Nothing there, or nothing that is a ledger.
    """
    names = [asked] if SEVERAL not in asked or Path(asked).exists() else asked.split(SEVERAL)
    found = [_one(name.strip()) for name in names]
    repeated = [each for places in found for each in (*places.text, *places.tables, *places.registers)]
    twice = next((each for at, each in enumerate(repeated) if each in repeated[:at]), None)
    if twice is not None:
        raise CrosstieError(f"{twice}: named twice in {asked!r}; name each ledger once")
    return Places(
        tuple(path for each in found for path in each.text),
        tuple(path for each in found for path in each.tables),
        tuple(path for each in found for path in each.registers),
    )


def _one(name: str) -> Places:
    path = Path(name)
    if not name or not path.exists():
        raise CrosstieError(f"{name or 'a ledger without a name'}: no such file or folder")
    found = _kind(path)
    if found is not None:
        return found
    if path.is_dir():
        return _inside(path)
    ordinary(path)
    raise CrosstieError(
        f"{name}: not a ledger; give a .yaml file, a folder of them, a register or a .csv edge list"
    )


def _kind(path: Path) -> Places | None:
    if path.suffix.lower() in TEXT and path.is_file():
        return Places(text=(path,))
    if path.suffix.lower() == TABLE and path.is_file():
        return Places(tables=(path,))
    return Places(registers=(path,)) if _is_register(path) else None


def _inside(folder: Path) -> Places:
    """A folder of text, with the registers that lie in it; edge lists beside a text ledger are not part of it."""
    registers = tuple(
        each for each in sorted(folder.iterdir()) if each.suffix.lower() not in TEXT and _is_register(each)
    )
    text = any(each.is_file() for each in folder.glob("*.yaml"))
    return Places(text=(folder,) if text or not registers else (), registers=registers)


def _is_register(path: Path) -> bool:
    from crosstie.engines.register import store  # noqa: PLC0415 (a text ledger needs no register)

    return store.is_register(path)
