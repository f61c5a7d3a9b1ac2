"""Score the reading of stories, beside plain baselines: ``python benchmarks/stories.py [DATA]``.

Own stories (tuned on one half, the other written before the reader existed) are always scored. With
DATA, a folder that holds ``core-relations`` (Borchert et al. 2023, CC BY 4.0) and ``meantime``
(NewsReader MEANTIME, CC BY 4.0), and beside it ``stories``, those are scored too. Baselines: dateparser for
dates, keywords for events; speed beside spaCy's rule pipeline (blank English, sentencizer, entity ruler).
"""

import json
import re
import resource
import sys
import time
import warnings
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from crosstie.ledger.dates import When
from crosstie.ledger.statements import Status
from crosstie.stories.moments import find_moments
from crosstie.stories.names import stem
from crosstie.stories.reader import Draft, read_story
from crosstie.stories.scoring import FIELDS, Count, Score, read_gold, score, total
from crosstie.stories.units import tense_at

OWN = Path(__file__).parent.parent / "tests" / "stories"
KEYWORDS = {
    "takeover": r"acqui|takeover|take over|bought|buys?\b", "stake_purchase": r"stake|invest", "stake_sale": r"\bs(?:ell|old|ale)",
    "merger": r"merge", "ipo": r"initial public offering|\bIPO\b|listing", "holding": r"\bowns?\b|\bholds?\b|owned by",
    "buyback": r"buyback|bought back|buy back", "agreement": r"agreement|memorandum", "approval": r"approv|clear(?:ed|s)",
}  # fmt: skip


def main() -> None:
    warnings.simplefilter("ignore")
    beside = next(
        Path(__file__).resolve().parents[2].glob("*/data/core-relations"), Path("data/core-relations")
    ).parent
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else beside
    for half in ("tuning", "held_out", "fresh"):
        paths = sorted((OWN / half).glob("*.txt"))
        show(f"own stories, {half.replace('_', '-')} half ({len(paths)})", [scored(path) for path in paths])
        baseline_events(paths)
        baseline_dates(paths)
    wire = data.parent / "stories" / "2023-06-28-alliance.txt"
    if wire.exists():
        show("the alliance story (tuning)", [scored(wire)])
    else:
        print("\n## the alliance story: skipped, its text is not here")
    for name, run in (("core-relations", core), ("meantime", meantime)):
        if (data / name).is_dir():
            run(data / name)
        else:
            print(f"\n## {name}: skipped, {data / name} is not here")
    speed([path.read_text(encoding="utf-8") for path in sorted(OWN.glob("*/*.txt"))])


def scored(path: Path) -> Score:
    gold, text = read_gold(path.with_suffix(".gold.json")), path.read_text(encoding="utf-8")
    return score(text, read_story(text, published=published(gold), name=path.stem), gold)


def published(gold) -> date:
    return date.fromisoformat(gold.get("published") or gold["dateline"])


def show(title: str, scores: Sequence[Score]) -> None:
    whole = total(scores)
    print(f"\n## {title}")
    print(f"{'field':12} {'precision':>9} {'recall':>7} {'F1':>6}   {'by alias: F1':>12}   n")
    for field in FIELDS:
        strict, alias = whole.strict[field], whole.alias[field]
        print(
            f"{field:12} {strict.precision:9.3f} {strict.recall:7.3f} {strict.f1:6.3f}   {alias.f1:12.3f}   {strict.wanted}"
        )
    print(
        "dates by grain: "
        + ", ".join(f"{grain} {c.right}/{c.wanted}" for grain, c in sorted(whole.grains.items()))
    )
    print(f"exact evidence spans: {whole.exact_spans}/{whole.drafts}")
    share = len(whole.false_assertions) / max(whole.drafts, 1)
    print(f"false assertions: {len(whole.false_assertions)}/{whole.drafts} = {share:.1%}")
    for line in whole.false_assertions:
        print(f"  {line}")


def baseline_events(paths: Sequence[Path]) -> None:
    """Keywords per sentence, every event taken as done."""
    events, done = Count(), 0
    for path in paths:
        gold, text = read_gold(path.with_suffix(".gold.json")), path.read_text(encoding="utf-8")
        wanted = [g for g in gold["statements"] if not g.get("optional") and g["event"] in KEYWORDS]
        said = [
            (kind, m.start())
            for s in re.finditer(r"[^.!?]+[.!?]", text)
            for kind, words in KEYWORDS.items()
            for m in [re.search(words, s[0])]
            if m
        ]
        spans = [
            (kind, s.start(), s.end())
            for s in re.finditer(r"[^.!?]+[.!?]", text)
            for kind, words in KEYWORDS.items()
            if re.search(words, s[0])
        ]
        hits = [
            g
            for g in wanted
            if any(
                kind == g["event"] and start < g["evidence"][0]["end"] and g["evidence"][0]["start"] < end
                for kind, start, end in spans
            )
        ]
        events = events.plus(len(hits), len(said), len(wanted))
        done += sum(g.get("status") == "completed" for g in hits)
    print(
        f"baseline, keywords: events P {events.precision:.3f} R {events.recall:.3f} F1 {events.f1:.3f}; status right {done}/{events.right}"
    )


def baseline_dates(paths: Sequence[Path]) -> None:
    try:
        from dateparser.search import search_dates  # noqa: PLC0415 (a baseline, if installed)
    except ImportError:
        print("baseline, dateparser: not installed")
        return
    right = wanted = 0
    for path in paths:
        gold = read_gold(path.with_suffix(".gold.json"))
        for g in gold["statements"]:
            if not g.get("true_on"):
                continue
            base = datetime.combine(published(gold), datetime.min.time())
            found = (
                search_dates(g["evidence"][0]["quote"], languages=["en"], settings={"RELATIVE_BASE": base})
                or []
            )
            wanted += 1
            right += any(_within(day.date(), When.parse(g["true_on"])) for _, day in found)
    print(
        f"baseline, dateparser: a day inside the gold span for {right}/{wanted} dates (no hedges, no grains)"
    )


def _within(day: date, when: When) -> bool:
    if when.is_day:
        return day == when.earliest
    return (when.earliest or date.min) <= day <= (when.latest or date.max)


# --- CORE: relations between two companies in one sentence ------------------------------------------------------

RELATIONS = {
    "acquired_by": {"buy"},
    "shareholder_of": {"own", "buy"},
    "merged_with": {"merge"},
    "subsidiary_of": {"sub", "own", "buy"},
}
SIMPLE = {
    "acquired_by": r"acqui|bought|purchase|takeover|took over|sold to",
    "shareholder_of": r"shareholder|stake|invest|owns|owned",
    "merged_with": r"merge",
    "subsidiary_of": r"subsidiary|owned|parent",
}


def core(folder: Path) -> None:
    instances = json.loads((folder / "test.json").read_text(encoding="utf-8"))
    counts = {name: Count() for name in RELATIONS}
    plain = {name: Count() for name in RELATIONS}
    for one in instances:
        text = joined(one["context"])
        subject, object_ = (
            (one["e2_name"], one["e1_name"]) if one["invert_relation"] else (one["e1_name"], one["e2_name"])
        )
        holder, held = (
            (object_, subject) if one["relation"] in ("acquired_by", "subsidiary_of") else (subject, object_)
        )
        said = pairs(text)
        right = {k for k, a, b in said if same(a, holder) and same(b, held)} | {
            k
            for k, a, b in said
            if k == "merge" and {same(a, holder) or same(a, held), same(b, held) or same(b, holder)} == {True}
        }
        wrong = {k for k, a, b in said if same(a, held) and same(b, holder) and k != "merge"}
        for name, kinds in RELATIONS.items():
            is_gold, given = (
                one["relation"] == name,
                bool(right & kinds or wrong & kinds)
                if name in ("acquired_by", "merged_with") or one["relation"] == name
                else False,
            )
            counts[name] = counts[name].plus(int(is_gold and bool(right & kinds)), int(given), int(is_gold))
            keyword = bool(re.search(SIMPLE[name], text))
            plain[name] = plain[name].plus(int(is_gold and keyword), int(keyword), int(is_gold))
    print(
        f"\n## CORE, {len(instances)} sentences of its test half (Wikipedia; much of the context is outside the sentence)"
    )
    for name, count in counts.items():
        base = plain[name]
        print(
            f"{name:15} P {count.precision:.3f} R {count.recall:.3f} F1 {count.f1:.3f}   keywords: P {base.precision:.3f} R {base.recall:.3f} F1 {base.f1:.3f} (undirected)   n {count.wanted}"
        )


def joined(words: Sequence[str]) -> str:
    text = " ".join(words).replace("`` ", '"').replace(" ''", '"')
    text = re.sub(r" ([.,;:!?)\]%])", r"\1", text)
    return re.sub(r" ('s|’s|n't)\b", r"\1", re.sub(r"([(\[$£€]) ", r"\1", text))


def pairs(text: str) -> list[tuple[str, str, str]]:
    found = []
    for draft in read_story(text).drafts:
        for kind, first, second in (
            ("buy", "acquirer", "target"),
            ("own", "seller", "target"),
            ("own", "holder", "issuer"),
            ("sub", "parent", "child"),
            ("merge", "a", "b"),
        ):
            if kind == "merge" and draft.kind != "merger":
                continue
            found += [(kind, a, b) for a in roled(draft, first) for b in roled(draft, second)]
    return found


def roled(draft: Draft, role: str) -> list[str]:
    return [name for key, referent in draft.parties if key == role for name in referent.names]


def same(one: str, other: str) -> bool:
    first, second = (re.sub(r"[^\w ]", "", stem(name).casefold()) for name in (one, other))
    return first == second or (
        min(len(first), len(second)) > 2
        and (
            first.startswith(second)
            or second.startswith(first)
            or first.endswith(second)
            or second.endswith(first)
        )
    )


# --- MEANTIME: dates, and whether an event happened ---------------------------------------------------------------

DEAL_PREDICATES = re.compile(
    r"^(?:buy|purchase|acqui\w+|sell|sale|own|merge\w*|invest\w*|take over|takeover|bid|offer|deal|agree\w*|list|spin\w*)$"
)


def meantime(folder: Path) -> None:
    ours, theirs = Counter(), Counter()
    happened = Counter()
    for path in sorted(folder.glob("*/*.xml")):
        root = ET.parse(path).getroot()  # noqa: S314 (a data set on one's own disk)
        text, places = detokenised(root)
        created = next(
            (t.get("value") for t in root.iter("TIMEX3") if t.get("functionInDocument") == "CREATION_TIME"),
            None,
        )
        day = date.fromisoformat(created) if created and re.fullmatch(r"\d{4}-\d\d-\d\d", created) else None
        if day:
            dates_of(root, text, places, day, ours, theirs)
            happened += happenings(root, text, places, day)
    n = ours["all"]
    print("\n## MEANTIME (60 Wikinews stories): dates with a calendar value")
    print(
        f"crosstie: {ours['right']}/{n} right ({ours['found']} found); dateparser on the annotated words alone: {theirs['right']}/{n}"
    )
    print(
        f"deal events: certain and past or not, as annotated: {happened['right']}/{happened['read']} of those read; {happened['read']}/{happened['all']} read; told too firmly: {happened['too_firm']}"
    )


def detokenised(root: ET.Element) -> tuple[str, dict[str, tuple[int, int]]]:
    text, places, sentence, before = "", {}, "0", None
    for token in root.iter("token"):
        if token.get("sentence") != sentence:
            text, sentence, before = text + "\n\n", token.get("sentence"), None
        word = token.text or ""
        if before is not None and not re.match(r"[.,;:!?)\]%]|'s|n't", word) and before not in "([$£€":
            text += " "
        places[token.get("t_id") or ""] = (len(text), len(text) + len(word))
        text, before = text + word, word
    return text, places


def span(mark: ET.Element, places) -> tuple[int, int]:
    spans = [places[anchor.get("t_id")] for anchor in mark.iter("token_anchor")]
    return (spans[0][0], spans[-1][1]) if spans else (0, 0)


def dates_of(root, text: str, places, day: date, ours: Counter, theirs: Counter) -> None:  # noqa: PLR0913, PLR0917 (all that it needs)
    import dateparser  # noqa: PLC0415 (a baseline)

    for mark in root.iter("TIMEX3"):
        value = mark.get("value") or ""
        if (
            mark.get("type") != "DATE"
            or mark.get("functionInDocument") == "CREATION_TIME"
            or not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?|-Q[1-4])?", value)
        ):
            continue
        start, end = span(mark, places)
        if start == end:
            continue  # a date that stands nowhere in the text
        first = text.rfind("\n\n", 0, start) + 2
        last = text.find("\n\n", end)
        sentence = text[first : last if last >= 0 else len(text)]
        moments = find_moments(sentence, day, lambda offset, words=sentence: tense_at(words[:offset]))
        hit = next((m for m in moments if m.start + first < end and start < m.end + first), None)
        want = When.parse(value)
        ours["all"] += 1
        ours["found"] += hit is not None
        ours["right"] += hit is not None and _agree(hit.when, want)
        told = dateparser.parse(
            text[start:end],
            languages=["en"],
            settings={"RELATIVE_BASE": datetime.combine(day, datetime.min.time())},
        )
        theirs["right"] += told is not None and (
            told.date() == want.earliest if want.is_day else _within(told.date(), want)
        )


def _agree(when: When, want: When) -> bool:
    if when.grain in ("not-before", "by"):
        return want.earliest in (when.earliest, when.latest) or want.latest in (when.earliest, when.latest)
    return (when.earliest, when.latest) == (want.earliest, want.latest)


def happenings(root, text: str, places, day: date) -> Counter:
    counts: Counter = Counter()
    drafts = read_story(text, published=day).drafts
    for mark in root.iter("EVENT_MENTION"):
        if not DEAL_PREDICATES.match(mark.get("pred") or "") or not mark.get("certainty"):
            continue
        start, end = span(mark, places)
        is_done = (
            mark.get("certainty") == "CERTAIN"
            and mark.get("polarity") == "POS"
            and mark.get("time") == "NON_FUTURE"
        )
        counts["all"] += 1
        covering = [
            d
            for d in drafts
            if d.start <= start and end <= d.end and d.kind not in ("officer_role", "subsidiary_or_arm")
        ]
        if covering:
            said = any(d.status in (Status.COMPLETED, Status.AGREED) for d in covering)
            counts["read"] += 1
            counts["right"] += said == is_done
            counts["too_firm"] += said and not is_done
    return counts


# --- speed ---------------------------------------------------------------------------------------------------------


def speed(texts: Sequence[str]) -> None:
    print(f"\n## speed: {len(texts)} stories of {sum(map(len, texts)) // len(texts)} characters, one process")
    for name, once in _readers(texts):
        once(texts[0])
        start, rounds = time.perf_counter(), 3
        for _ in range(rounds):
            for text in texts:
                once(text)
        taken = (time.perf_counter() - start) / rounds
        print(
            f"{name}: {len(texts) / taken:.0f} stories a second; peak memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        )


def _readers(texts: Sequence[str]) -> Iterator[tuple[str, object]]:
    yield "crosstie, all of its steps", lambda text: read_story(text, published=date(2024, 1, 1))
    try:
        import spacy  # noqa: PLC0415 (a baseline, if installed)
    except ImportError:
        print("spaCy: not installed")
        return
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    ruler = pipeline.add_pipe("entity_ruler")
    names = {party.name for text in texts for party in read_story(text).parties}
    ruler.add_patterns([{"label": "ORG", "pattern": name} for name in sorted(names)])
    yield "spaCy, tokens, sentences and known names only", pipeline


if __name__ == "__main__":
    main()
