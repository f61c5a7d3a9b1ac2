"""What is behind one look-through share of a ledger: chains, loops, statements, sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from crosstie.analyses.explain import Explanation, Link, explain
from crosstie.ledger.amounts import Interval
from crosstie.ledger.statements import StatementId
from crosstie.questions.clocks import Clocks
from crosstie.questions.naming import find_party
from crosstie.questions.opening import About, Opened, open_ledger
from crosstie.text.problem import Problem


@dataclass(frozen=True, slots=True)
class Said:
    """A holding behind the number, one of its statements, and who said it where."""

    holder: str
    company: str
    share: Interval
    statement: str
    certainty: str
    sources: str
    where: str


@dataclass(frozen=True, slots=True)
class Explained:
    """The explanation, the statements behind it, and what is doubtful about the ledger."""

    explanation: Explanation
    said: tuple[Said, ...]
    problems: tuple[Problem, ...]


def explain_in_ledger(path: str, clocks: Clocks, owner: str, company: str, *, most: int = 20) -> Explained:
    """Explain the look-through share of an owner in a company.

    Raises
    ------
    CrosstieError
        Nothing there, or an unknown name.
    """
    opened = open_ledger(path, clocks, About((owner, company), "between"))
    parties = opened.network.parties
    names = (parties[find_party(opened.network, name)].id for name in (owner, company))
    explanation = explain(opened.network, *names, most=most)
    said = tuple(row for link in explanation.links for row in _said(opened, link))
    return Explained(explanation, said, opened.problems)


def _said(opened: Opened, link: Link) -> Iterator[Said]:
    if not link.statements:
        why = "what the stated holders leave" if link.holder.startswith("unknown holders of ") else ""
        yield Said(link.holder, link.company, link.share, "", "", why, "")
    for name in dict.fromkeys(link.statements):
        yield _one(opened, link, name)


def _one(opened: Opened, link: Link, name: str) -> Said:
    statement = opened.state.statements.get(StatementId(name))
    if statement is None:
        return Said(link.holder, link.company, link.share, name, "", "", "")
    head = statement.head
    found = [opened.ledger.sources[s] for s in head.sources if s in opened.ledger.sources]
    sources = "; ".join(", ".join(filter(None, (s.title or s.id, s.publisher, s.address))) for s in found)
    return Said(link.holder, link.company, link.share, name, head.certainty.value, sources, str(head.where))


def rows(found: Explained) -> Iterator[dict[str, object]]:
    """The explanation as flat rows: the total, its chains and remainder, loops, statements.

    Under ranges ``x_low`` and ``x_high`` are what a number is when the whole share is lowest and highest.
    """
    e = found.explanation
    both = _ranged if e.lowest != e.highest else _single
    whole = {"owner": e.owner, "company": e.company}
    yield {"kind": "total", **whole, **both("contribution", e.lowest, e.highest)}
    for way in e.ways:
        yield {
            "kind": "chain",
            **whole,
            "chain": " > ".join(way.parties),
            **both("product", way.lowest.product, way.highest.product),
            **both("loop_factor", way.lowest.loop_factor, way.highest.loop_factor),
            **both("contribution", way.lowest.contribution, way.highest.contribution),
        }
    yield {"kind": "remainder", **whole, **both("contribution", e.remainder_lowest, e.remainder_highest)}
    for loop in e.loops:
        ring = " > ".join((*loop.parties, loop.parties[0]))
        yield {"kind": "loop", "chain": ring, **both("product", loop.turn, loop.turn)} | both(
            "loop_factor", loop.factor, loop.factor
        )
    yield from map(_statement, found.said)


def _statement(said: Said) -> dict[str, object]:
    return {
        "kind": "statement",
        "owner": said.holder,
        "company": said.company,
        "share": said.share,
        "statement": said.statement,
        "certainty": said.certainty,
        "source": said.sources,
        "where": said.where,
    }


def _single(key: str, low: Fraction | float, high: Fraction | float) -> dict[str, object]:  # noqa: ARG001 (as _ranged)
    return {key: high}


def _ranged(key: str, low: Fraction | float, high: Fraction | float) -> dict[str, object]:
    return {f"{key}_low": low, f"{key}_high": high}
