"""The two dates and the status that every question takes."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self

from crosstie.ledger.dates import parse_day
from crosstie.ledger.statements import Status
from crosstie.text.problem import CrosstieError


@dataclass(frozen=True, slots=True)
class Clocks:
    """True on which day, as known on which day, counting statements of which status or firmer."""

    on: date
    known: date
    assume: Status = Status.COMPLETED

    @classmethod
    def of(cls, on: str | None = None, known: str | None = None, assume: str = "completed") -> Self:
        """Read what a person typed: ``on`` defaults to ``known``, ``known`` to today.

        >>> Clocks.of(known="2023-06-28").on
        datetime.date(2023, 6, 28)

        Raises
        ------
        CrosstieError
            Not a day, or not a status that counts.
        """
        try:
            known_day = parse_day(known) if known else datetime.now(UTC).date()
            on_day = parse_day(on) if on else known_day
        except ValueError as error:
            raise CrosstieError(str(error)) from error
        counted = [status.value for status in Status if status.firmness]
        if assume not in counted:
            raise CrosstieError(f"no such status to assume: {assume!r}; one of {', '.join(counted)}")
        return cls(on_day, known_day, Status(assume))
