from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from crosstie.ledger.amounts import Interval
from crosstie.rulebooks.changes import direction
from crosstie.rulebooks.deciding import both, decide, either, hull, minus, part_of
from crosstie.rulebooks.rule import Threshold

PARTS = st.integers(0, 20).map(lambda n: Fraction(n, 20))
COMPARATORS = st.sampled_from(["more than", "at least"])
ANSWERS = st.lists(st.sampled_from([True, False, None]), max_size=4)


@st.composite
def intervals(draw):
    low, high = sorted((draw(PARTS), draw(PARTS)))
    if low == high:
        return Interval.exactly(low)
    return Interval(low, high, draw(st.booleans()), draw(st.booleans()))


def inside(interval):
    """Numbers of the interval, its closed ends among them."""
    steps = [interval.low + (interval.high - interval.low) * Fraction(i, 8) for i in range(9)]
    return [each for each in steps if interval.contains(each)]


@given(intervals(), PARTS, COMPARATORS)
def test_an_answer_holds_for_every_number_inside(interval, threshold, comparator):
    answers = {
        number > threshold or (comparator == "at least" and number == threshold)
        for number in inside(interval)
    }
    answer = decide(interval, threshold, comparator)
    if answer is not None:
        assert answers == {answer}


@given(PARTS, PARTS, COMPARATORS)
def test_one_number_is_always_decided(number, threshold, comparator):
    assert decide(Interval.exactly(number), threshold, comparator) is not None


@given(intervals(), intervals())
def test_differences_parts_and_hulls_lose_no_number(one, other):
    for a in inside(one):
        assert hull(one, other).contains(a)
        for b in inside(other):
            assert minus(one, other).contains(max(Fraction(0), a - b))
            if b >= a and b > 0:
                assert part_of(one, other).contains(a / b)


@given(ANSWERS)
def test_three_values_agree_with_every_way_to_fill_in_what_is_open(answers):
    filled = [[each if each is not None else guess for each in answers] for guess in (True, False)]
    assert both(*answers) in {None, all(filled[0])} or both(*answers) is False
    if both(*answers) is not None:
        assert {all(each) for each in filled} == {both(*answers)}
    if either(*answers) is not None:
        assert {any(each) for each in filled} == {either(*answers)}


@given(PARTS, PARTS, PARTS, COMPARATORS)
def test_a_crossing_and_its_way_back(before, after, number, comparator):
    threshold = Threshold(value=number, comparator=comparator)
    there = direction(Interval.exactly(before), Interval.exactly(after), threshold)
    back = direction(Interval.exactly(after), Interval.exactly(before), threshold)
    if there == "up":
        assert back in {"down", "landed on it"}
    if before == after:
        assert there is None
