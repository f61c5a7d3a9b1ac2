"""Crosstie says who owns, votes, controls and profits from what, with the source behind each number.

A question is one function over a network and returns a typed result with ``.to_frame()``:

>>> import crosstie
>>> network = crosstie.from_shares(("ana", "alpha", "60%"), ("alpha", "beta", "51%"))
>>> [(row.company, float(row.share)) for row in crosstie.look_through(network, owner="ana").rows]
[('alpha', 0.6), ('beta', 0.306)]

In a notebook a network draws itself.
"""

import importlib
import sys
from types import MappingProxyType
from typing import Any

_PUBLIC = MappingProxyType(
    {
        # open and build
        "Clocks": "crosstie.questions.clocks",
        "open_ledger": "crosstie.questions.opening",
        "open_network": "crosstie.questions.opening",
        "Network": "crosstie.network.network",
        "Party": "crosstie.network.network",
        "Edge": "crosstie.network.edges",
        "make_network": "crosstie.network.edges",
        "from_shares": "crosstie.network.toys",
        "Interval": "crosstie.ledger.amounts",
        "When": "crosstie.ledger.dates",
        "CrosstieError": "crosstie.text.problem",
        "Problem": "crosstie.text.problem",
        # ownership
        "look_through": "crosstie.analyses.ownership",
        "walk_sum": "crosstie.analyses.ownership",
        "simple_path_sum": "crosstie.analyses.ownership",
        "look_through_bounds": "crosstie.analyses.ranges",
        "chains": "crosstie.analyses.chains",
        "explain": "crosstie.analyses.explain",
        # control and votes
        "control": "crosstie.analyses.control",
        "control_greatest": "crosstie.analyses.control",
        "vote_split": "crosstie.analyses.vote_split",
        "who_decides": "crosstie.analyses.votes",
        "turnout_to_carry": "crosstie.analyses.votes",
        "settle": "crosstie.analyses.sleep",
        "majority_attributed": "crosstie.analyses.majority",
        "weakest_link": "crosstie.analyses.majority",
        "critical_thresholds": "crosstie.analyses.majority",
        "network_control_linear": "crosstie.analyses.network_control",
        "network_control_threshold": "crosstie.analyses.network_control",
        # structure
        "loops_of": "crosstie.analyses.structure",
        "bow_tie": "crosstie.analyses.structure",
        "common_owners": "crosstie.analyses.structure",
        "close_links": "crosstie.analyses.structure",
        "wedges": "crosstie.analyses.structure",
        "interlocks": "crosstie.analyses.structure",
        # power
        "quota_game": "crosstie.analyses.power.game",
        "majority_game": "crosstie.analyses.power.game",
        "shapley_shubik": "crosstie.analyses.power.indices",
        "banzhaf": "crosstie.analyses.power.indices",
        "banzhaf_absolute": "crosstie.analyses.power.indices",
        "deegan_packel": "crosstie.analyses.power.indices",
        "holler": "crosstie.analyses.power.indices",
        "johnston": "crosstie.analyses.power.indices",
        "power_through_chains": "crosstie.analyses.power.through_chains",
        "mutual_control_power": "crosstie.analyses.power.mutual",
        # value
        "equity": "crosstie.analyses.value.equity",
        "clear": "crosstie.analyses.value.clearing",
        "cascade": "crosstie.analyses.value.cascades",
        "stub_value": "crosstie.analyses.value.markets",
        "market_value_once": "crosstie.analyses.value.markets",
        # deals
        "deal": "crosstie.questions.deal",
    }
)

__all__ = sorted(_PUBLIC)  # noqa: PLE0605 (the table above is the list)


def __getattr__(name: str) -> Any:  # noqa: ANN401 (each name has its own type)
    """Import a public name when it is first used: `import crosstie` itself costs nothing."""
    if name not in _PUBLIC:
        raise AttributeError(f"module 'crosstie' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return [*globals(), *__all__]


def _draw_in_notebooks() -> None:
    """Let a notebook show a network as its chart, where one is running."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        formatter = shell.display_formatter.formatters["image/svg+xml"]
        formatter.for_type_by_name("crosstie.network.network", "Network", _svg)


def _svg(network: Any) -> str | None:  # noqa: ANN401 (a Network, imported by nobody yet)
    from crosstie.reports.diagram import structure  # noqa: PLC0415 (only when drawing)
    from crosstie.reports.layout import place  # noqa: PLC0415
    from crosstie.reports.svg import draw  # noqa: PLC0415

    if network.edge_count == 0 or network.size > 120:
        return None
    return draw(place(structure(network, title="", subtitle="")))


_draw_in_notebooks()
