"""Places waiting in an array, the lowest first."""

from crosstie.analyses.kernels.hints import Array, Whole


def push(heap: Array, many: Whole, place: Whole) -> None:
    """Put a place into a heap that holds so many."""
    at = many
    while at > 0:
        above = (at - 1) // 2
        if heap[above] <= place:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = place


def pop(heap: Array, many: Whole) -> Whole:
    """Take the lowest place out of a heap that holds so many."""
    lowest = heap[0]
    place = heap[many - 1]
    left = many - 1
    at = 0
    while True:
        below = 2 * at + 1
        if below >= left:
            break
        if below + 1 < left and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= place:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = place
    return lowest
