"""What market prices say about holdings: stub value, holding discount, value counted once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from crosstie.analyses.frames import to_frame
from crosstie.text.problem import CrosstieError


@dataclass(frozen=True, slots=True)
class Stake:
    """A part of a listed company and what the market says all of it is worth."""

    company: str
    part: Fraction | float
    market_value: Fraction | float


@dataclass(frozen=True, slots=True)
class Stub:
    """A holding company's price taken apart.

    ``stakes`` is what its listed stakes are worth at market, ``stub`` what the market pays for all the
    rest, and ``discount`` how far the price is below the net asset value, as a part of it.
    """

    market_value: float
    stakes: float
    net_debt: float
    stub: float
    net_asset_value: float
    discount: float

    def to_frame(self) -> Any:  # noqa: ANN401 (pandas is optional)
        """A pandas data frame of one row."""
        return to_frame([self], Stub)


def stub_value(
    market_value: float, stakes: Sequence[Stake], *, net_debt: float = 0, other_assets: float = 0
) -> Stub:
    r"""Price less stakes: :math:`\text{stub} = M + D - \sum_k s_k M_k`, and the discount to net asset value.

    :math:`\text{discount} = 1 - M / (\sum_k s_k M_k + O - D)` with other assets *O* and net debt *D*.

    Parameters
    ----------
    market_value
        Of the holding company, in the same currency as all else.
    net_debt
        Debt less cash; negative for net cash.
    other_assets
        Estimated worth of what is not listed; it enters the net asset value only.

    Raises
    ------
    CrosstieError
        A net asset value that is not positive has no discount.

    Examples
    --------
    >>> found = stub_value(10.0, [Stake("nissan", Fraction(434, 1000), 15.0)], net_debt=-1.0)
    >>> round(found.stub, 2), round(found.discount, 3)
    (2.49, -0.332)
    """
    held = float(sum(stake.part * stake.market_value for stake in stakes))
    worth = held + other_assets - net_debt
    if worth <= 0:
        raise CrosstieError(f"the net asset value is {worth:g}: a discount to it means nothing")
    return Stub(market_value, held, net_debt, market_value + net_debt - held, worth, 1 - market_value / worth)


@dataclass(frozen=True, slots=True)
class CountedOnce:
    """Market values added up, and without what the companies hold of each other."""

    added_up: float
    counted_once: float

    @property
    def counted_twice(self) -> float:
        """The part of the sum that counts something a second time."""
        return 1 - self.counted_once / self.added_up if self.added_up else 0.0


def market_value_once(
    market_values: Mapping[str, float], held: Mapping[tuple[str, str], Fraction | float]
) -> CountedOnce:
    r"""Market value without double counting: :math:`\sum_j M_j (1 - \sum_i C_{ij})` over companies of the list.

    Parameters
    ----------
    market_values
        By company.
    held
        Parts by (holder, company); only holders with a market value of their own count twice.

    Examples
    --------
    >>> found = market_value_once({"a": 100.0, "b": 100.0}, {("a", "b"): 0.24, ("b", "a"): 0.24})
    >>> found.counted_once, round(found.counted_twice, 6)
    (152.0, 0.24)

    References
    ----------
    McDonald (1989), Journal of Portfolio Management 16; French & Poterba (1991), Journal of Financial Economics 29.
    """
    inside = dict.fromkeys(market_values, 0.0)
    for (holder, company), part in held.items():
        if holder in inside and company in inside:
            inside[company] += float(part)
    total = sum(market_values.values())
    return CountedOnce(total, sum(value * (1 - inside[name]) for name, value in market_values.items()))
