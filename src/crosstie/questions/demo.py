"""The worked case that travels with Crosstie, and a copy of it in a folder of one's own."""

from pathlib import Path

from crosstie.text.problem import CrosstieError
from crosstie.text.writing import write_atomically

PACKAGE = Path(__file__).parents[1]


def case_folder(name: str = "alliance") -> Path:
    """Where a worked case lies: inside the installed package, or in the checkout.

    >>> (case_folder() / "nissan.yaml").exists()
    True

    Raises
    ------
    CrosstieError
        Neither place has it.
    """
    for place in (PACKAGE / "cases" / name, PACKAGE.parents[1] / "cases" / name):
        if place.is_dir():
            return place
    raise CrosstieError(f"the case {name!r} is not installed; reinstall crosstie")


def write_case(folder: str, name: str = "alliance") -> tuple[Path, ...]:
    """Copy a worked case into a new folder; say which files.

    Raises
    ------
    CrosstieError
        Something is there already; nothing is overwritten.
    """
    place = Path(folder)
    if place.exists() and not place.is_dir():
        raise CrosstieError(f"{folder}: a file; name a new folder")
    if place.is_dir() and any(place.iterdir()):
        raise CrosstieError(f"{folder}: not empty; name a new folder, nothing is overwritten")
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for file in sorted(case_folder(name).glob("*.yaml")):
        write_atomically(place / file.name, file.read_text("utf-8"))
        written.append(place / file.name)
    return tuple(written)
