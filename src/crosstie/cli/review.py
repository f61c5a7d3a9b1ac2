"""``crosstie review``: confirm, edit or reject drafts, one by one."""

from typing import TYPE_CHECKING, Annotated

import typer

from crosstie.text.problem import CrosstieError

if TYPE_CHECKING:
    from crosstie.questions.review import Review
    from crosstie.stories.drafts import Entry

Draft = Annotated[
    str, typer.Argument(metavar="DRAFT", help="Drafts written by 'crosstie read STORY -o DRAFT'.")
]
Ledger = Annotated[str, typer.Argument(metavar="LEDGER", help="A folder of .yaml files, or one .yaml file.")]
Reviewer = Annotated[
    str,
    typer.Option("--reviewer", metavar="NAME", help="Who confirms; kept with each statement.", envvar="USER"),
]


def review(draft: Draft, ledger: Ledger, reviewer: Reviewer = "") -> None:
    """Confirm, edit or reject drafts; a confirmed one is written into the ledger at once.

    Answers: c confirm, e edit (KEY=VALUE, several with ;), r reject with a reason, s skip, q stop. Stopping loses nothing.

    Example: crosstie review draft.yaml my-ledger --reviewer "Ana Silva"
    """
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
