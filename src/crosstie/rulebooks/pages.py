"""One page per rule for the documentation, written from the rules themselves.

``python -m crosstie.rulebooks.pages docs/rules`` writes them again.
"""

import sys
from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from crosstie.rulebooks.reading import built_in
from crosstie.rulebooks.rule import Provision, Reach, Rule, Threshold

NOTICE = (
    "Not legal advice. Written from the rulebook by `python -m crosstie.rulebooks.pages docs/rules`;"
    " do not edit."
)
_SURE = {
    "first_hand": "the text, or an official or verbatim copy or translation, was read",
    "second_hand": "read in a summary of the text",
    "computed": "computed from numbers that were read",
    "inferred": "**unverified**: inferred, stated by no source",
    "recalled": "**unverified**: recalled, not read",
}


def pages(rules: Iterable[Rule]) -> dict[str, str]:
    """File names and contents: a page per rule, and an index.

    >>> "fr-1.md" in pages(built_in())
    True
    """
    every = list(rules)
    grouped = [(name, list(tests)) for name, tests in groupby(every, key=lambda rule: rule.rule)]
    written = {f"{name.lower()}.md": _page(name, tests) for name, tests in grouped}
    return {"index.md": _index(grouped), **written}


def _index(grouped: list[tuple[str, list[Rule]]]) -> str:
    lines = [
        "# Rules",
        "",
        NOTICE,
        "",
        "| rule | what | law | last checked | sure |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, tests in grouped:
        first = tests[0]
        sure = ", ".join(sorted({test.provisions[-1].sure.value.replace("_", " ") for test in tests}))
        lines.append(
            f"| [{name}]({name.lower()}.md) | {first.title} | {first.law} | {first.last_checked_on} | {sure} |"
        )
    return "\n".join(lines) + "\n"


def _page(name: str, tests: list[Rule]) -> str:
    lines = [f"# {name}: {tests[0].title}", "", NOTICE, ""]
    for rule in tests:
        if len(tests) > 1:
            lines += [f"## {rule.id}", ""]
        lines += [rule.description, "", f"* law: {rule.law}"]
        if rule.jurisdiction:
            lines.append(f"* jurisdiction: {rule.jurisdiction}")
        if rule.consequence:
            lines.append(f"* when met: {rule.consequence}")
        if rule.when_passive:
            lines.append(f"* when the holder's shares did not change: {rule.when_passive}")
        lines += [f"* last checked: {rule.last_checked_on}", f"* file: `{rule.name}.yaml`", ""]
        for provision in rule.provisions:
            lines += [*_provision(provision, rule), ""]
    return "\n".join(lines).rstrip() + "\n"


def _provision(provision: Provision, rule: Rule) -> list[str]:
    lines = [f"From {provision.since}: {provision.shape}", ""]
    if provision.thresholds:
        lines.append(f"* threshold: {_thresholds(provision.thresholds, rule.unit)}")
    lines += [f"* base: {base}" for base in provision.bases]
    if len(provision.bases) > 1:
        how = {
            "any": "each for itself",
            "all": "all must pass",
            "readings": "readings; undecided where they differ",
        }
        lines.append(f"* the bases: {how[provision.together]}")
    if provision.bases:
        lines.append(f"* indirect holdings: {provision.indirect}; aggregation: {provision.aggregation}")
    if provision.control:
        lines.append(f"* control as by: {provision.control}")
    lines += [f"* {name}: {_number(value)}" for name, value in provision.parameters.items()]
    for label, reach in (("subject", provision.subject), ("object", provision.object)):
        if words := _reach(reach):
            lines.append(f"* {label}: {words}")
    lines.append(f"* how sure: {_SURE[provision.sure.value]}")
    if provision.note:
        lines.append(f"* note: {provision.note}")
    for each in provision.references:
        words = f": “{each.words}”" if each.words else ""
        lines.append(f"* source: {f'[{each.title}]({each.href})' if each.href else each.title}{words}")
    return lines


def _thresholds(thresholds: Iterable[Threshold], unit: str) -> str:
    part = unit in {"share", "points"}
    return ", ".join(
        f"{each.comparator} {_number(each.value) if part else f'{float(each.value):,.10g}'}"
        for each in thresholds
    )


def _number(value: Fraction) -> str:
    return f"{float(value):,.10g}" if value > 1 else f"{float(100 * value):.4g} %"


def _reach(reach: Reach) -> str:
    words = [", ".join(reach.types), ", ".join(reach.jurisdictions)]
    if reach.listed is not None:
        words.append("listed" if reach.listed else "not listed")
    return "; ".join(word for word in words if word)


def write(folder: Path) -> None:
    """Write all pages into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(built_in()).items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/rules"))
