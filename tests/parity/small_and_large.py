"""One question asked of a register as of a small ledger, and of everybody at once."""

from crosstie.questions import opening


def both_ways(monkeypatch, ask, *given):
    """By the small analyses, then by everybody at once."""
    monkeypatch.setattr(opening, "LARGE", 10**9)
    small = ask(*given)
    monkeypatch.setattr(opening, "LARGE", 0)
    return small, ask(*given)


def ends(part):
    """Both ends of a share, exact or a range, and which are open; without an upper one it is infinite."""
    if hasattr(part, "low"):
        return (
            float(part.low),
            float("inf") if part.high is None else float(part.high),
            part.low_open,
            part.high_open,
        )
    return float(part), float(part), False, False
