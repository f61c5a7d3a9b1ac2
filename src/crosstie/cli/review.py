"""``crosstie review``: confirm, edit or reject drafts, one by one."""

from typing import TYPE_CHECKING, Annotated

import typer

from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from crosstie.ledger.statements import SameAs
    from crosstie.questions.judging import Judging
    from crosstie.questions.review import Review
    from crosstie.stories.drafts import Entry

Draft = Annotated[
    str,
    typer.Argument(
        metavar="DRAFT",
        help="Drafts written by 'crosstie read -o DRAFT', or judgements by 'crosstie match -o DRAFT'.",
    ),
]
Ledger = Annotated[
    str, typer.Argument(metavar="[LEDGER]", help="For drafts: a folder of .yaml files, or one .yaml file.")
]
Reviewer = Annotated[
    str,
    typer.Option("--reviewer", metavar="NAME", help="Who confirms; kept with each statement.", envvar="USER"),
]


Again = Annotated[
    str,
    typer.Option("--again", metavar="PARTY", help="Look again at what was judged about this party (its id)."),
]
Known = Annotated[
    str, typer.Option("--known", metavar="DATE", help="The day from which judgements count (default: today).")
]


def review(
    draft: Draft, ledger: Ledger = "", reviewer: Reviewer = "", again: Again = "", known: Known = ""
) -> None:
    """Confirm, edit or reject drafts; a confirmed one is written into the ledger at once.

    Answers for drafts: c confirm, e edit (KEY=VALUE, several with ;), r reject with a reason, s skip, q stop.
    For proposed matches: o one party, a apart, u undo what was judged, s skip, q stop. Stopping loses nothing.

    Example: crosstie review draft.yaml my-ledger --reviewer "Ana Silva"
    """
    from crosstie.questions import judging  # noqa: PLC0415 (start-up)

    if judging.is_judgements(draft):
        _review_judgements(draft, ledger, reviewer, again, known)
        return
    if not ledger:
        raise CrosstieError("into which ledger? write: crosstie review DRAFT LEDGER")
    if again or known:
        raise CrosstieError(
            f"{draft}: --again and --known are for judgements written by 'crosstie match -o FILE'"
        )
    _review_drafts(draft, ledger, reviewer)


def _review_drafts(draft: str, ledger: str, reviewer: str) -> None:
    from crosstie.questions import review as question  # noqa: PLC0415 (start-up)

    going = question.start(draft, ledger, reviewer=reviewer)
    for each in going.open:
        stepped = _decide(going, each)
        if stepped is None:
            break
        going = stepped
    left = len(going.open)
    done = [entry.review for entry in going.file.entries]
    print(f"{done.count('confirmed')} confirmed, {done.count('rejected')} rejected, {left} open")


def _decide(going: "Review", each: "Entry") -> "Review | None":
    """Ask until there is a decision on one draft; nothing is the wish to stop."""
    from crosstie.questions import review as question  # noqa: PLC0415 (start-up)

    while True:
        print("\n".join(question.describe(each)))
        answer = _ask("[c]onfirm [e]dit [r]eject [s]kip [q]uit: ")
        more = _ask("why: ") if answer.strip().lower()[:1] == "r" else ""
        more = _ask("KEY=VALUE; ...: ") if answer.strip().lower()[:1] == "e" else more
        try:
            match answer.strip().lower()[:1]:
                case "c":
                    stepped, made = question.accept(going, each)
                    print(f"  {question.outcome(made)}")
                    return stepped
                case "e":
                    each = question.edit(each, _changes(more))
                case "r":
                    return question.reject(going, each, more)
                case "s":
                    return going
                case "q":
                    return None
                case _:
                    print("  answer c, e, r, s or q")
        except CrosstieError as error:
            print(f"  {error}")


def _review_judgements(path: str, ledger: str, reviewer: str, again: str, known: str) -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 (start-up)

    from crosstie.cli.output import print_problems  # noqa: PLC0415
    from crosstie.ledger.dates import parse_day  # noqa: PLC0415
    from crosstie.questions import judging  # noqa: PLC0415

    if ledger:
        raise CrosstieError(f"{path}: a file of judgements is a ledger itself; leave {ledger} out")
    try:
        day = parse_day(known) if known else datetime.now(UTC).astimezone().date()
    except ValueError as error:
        raise CrosstieError(f"--known: {error}") from error
    going = judging.start(path, reviewer=reviewer, known=day)
    pairs = judging.decided(going, again) if again else going.open
    for number, pair in enumerate(pairs, 1):
        stepped = _judge(going, pair, f"{number} of {len(pairs)}")
        if stepped is None:
            break
        going = stepped
    one = sum(each.same for each in going.standing)
    print(f"{one} judged one, {len(going.standing) - one} apart, {len(going.open)} open")
    print_problems(judging.contradictions(going))


def _judge(going: "Judging", pair: "SameAs", place: str) -> "Judging | None":
    """Ask until there is a decision on one pair; nothing is the wish to stop."""
    from crosstie.questions import judging  # noqa: PLC0415 (start-up)

    is_judged = pair in going.standing
    if not is_judged and pair not in going.open:
        return going  # an earlier answer has decided it
    print("\n".join(judging.describe(pair, place)))
    choices = (
        "[o]ne party [a]part [u]ndo [s]kip [q]uit: " if is_judged else "[o]ne party [a]part [s]kip [q]uit: "
    )
    while True:
        match _ask(choices).strip().lower()[:1]:
            case "o":
                return judging.decide(going, pair, same=True)
            case "a":
                return judging.decide(going, pair, same=False)
            case "u" if is_judged:
                return judging.undo(going, pair)
            case "s":
                return going
            case "q":
                return None
            case _:
                print(f"  answer {'o, a, u, s or q' if is_judged else 'o, a, s or q'}")


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        print()
        raise CrosstieError("no more answers: stopped; what was decided is kept") from None


def _changes(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    if not pairs or not all(equals for _, equals, _ in pairs):
        raise CrosstieError("write KEY=VALUE, for example share=<=15%; target=ampere")
    return {key.strip(): value.strip() for key, _, value in pairs}
