"""Who controls what in a ledger."""

from fractions import Fraction

from crosstie.analyses.control import Controls, Semantics, control, control_greatest
from crosstie.analyses.groups import self_controlled_groups
from crosstie.network.network import Network
from crosstie.questions.clocks import Clocks
from crosstie.questions.opening import open_ledger
from crosstie.text.problem import Problem


def control_in_ledger(
    path: str, clocks: Clocks, threshold: Fraction, semantics: Semantics
) -> tuple[Controls, tuple[Problem, ...]]:
    """Every pair of controller and controlled company; groups that control themselves are told as notes.

    Raises
    ------
    CrosstieError
        Nothing there, or a threshold that does not lie over 0 and at most at 1.
    """
    opened = open_ledger(path, clocks)
    ask = control if semantics == "least" else control_greatest
    answer = ask(opened.network, threshold=threshold)
    return answer, (*opened.problems, *_groups(opened.network, threshold))


def _groups(network: Network, threshold: Fraction) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            f"{', '.join(members)} together hold more than {float(threshold):.4g} of the votes of each of them,"
            " and nobody else controls them: the group is its own ultimate controller",
            kind="self-controlled-group",
            severity="note",
        )
        for members in self_controlled_groups(network, threshold=threshold)
    )
