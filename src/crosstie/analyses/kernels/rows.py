"""Rows that are put by number: counted, listed, compared; and texts in order that are found among others."""

from crosstie.analyses.kernels.hints import Array, Whole


def put_by(keys: Array, start: Array, rows: Array) -> None:
    """List rows by their key, those of one key in their order; a key below zero is nobody's.

    >>> import numpy as np
    >>> start, rows = np.zeros(4, np.int64), np.empty(3, np.int32)
    >>> put_by(np.array([2, 0, 2, -1]), start, rows)
    >>> start.tolist(), rows.tolist()
    ([0, 1, 1, 3], [1, 0, 2])
    """
    for row in range(keys.size):
        if keys[row] >= 0:
            start[keys[row] + 1] += 1
    for key in range(1, start.size):
        start[key] += start[key - 1]
    for row in range(keys.size):
        if keys[row] >= 0:
            rows[start[keys[row]]] = row
            start[keys[row]] += 1
    for key in range(start.size - 1, 0, -1):
        start[key] = start[key - 1]
    start[0] = 0


def tally(
    keys: Array, low: Array, high: Array, low_open: Array, high_open: Array, counts: Array, sums: Array
) -> None:
    """By key how many rows, how many of them are ranges; both ends added up, how many are open below and above.

    >>> import numpy as np
    >>> one, no = np.ones(2, np.int64), np.zeros(2, np.bool_)
    >>> counts, sums = np.zeros((2, 2), np.int64), np.zeros((2, 4), np.int64)
    >>> tally(np.array([1, 1]), one, 2 * one, no, ~no, counts, sums)
    >>> counts.tolist(), sums.tolist()
    ([[0, 0], [2, 2]], [[0, 0, 0, 0], [2, 4, 0, 2]])
    """
    for row in range(keys.size):
        key = keys[row]
        counts[key, 0] += 1
        counts[key, 1] += low[row] != high[row]
        sums[key, 0] += low[row]
        sums[key, 1] += high[row]
        sums[key, 2] += low_open[row]
        sums[key, 3] += high_open[row]


def repeat_in(start: Array, rows: Array, other: Array, seen: Array, again: Array) -> Whole:
    """Mark the rows of a key that name the same other party as another row of that key; how many.

    ``seen`` is scratch, one a party, below zero at first and at the end.

    >>> import numpy as np
    >>> again = np.zeros(3, np.bool_)
    >>> repeat_in(np.array([0, 3]), np.arange(3), np.array([1, 0, 1]), np.full(2, -1), again), again.tolist()
    (2, [True, False, True])
    """
    found = 0
    for key in range(start.size - 1):
        for at in range(start[key], start[key + 1]):
            row = rows[at]
            first = seen[other[row]]
            if first < 0:
                seen[other[row]] = row
            else:
                found += (not again[row]) + (not again[first])
                again[row] = True
                again[first] = True
        for at in range(start[key], start[key + 1]):
            seen[other[rows[at]]] = -1
    return found


def numbers_in(begins: Array, data: Array, all_begins: Array, all_data: Array, numbers: Array) -> None:
    """The number that each of some texts has among others; both in the order of their bytes. Below zero: it has none.

    >>> import numpy as np
    >>> letters, numbers = np.frombuffer(b"abd", np.uint8), np.empty(2, np.int32)
    >>> numbers_in(np.array([0, 1, 3]), letters, np.array([0, 1, 2, 3]), letters, numbers), numbers.tolist()
    (None, [0, -1])
    """
    other = 0
    others = all_begins.size - 1
    for text in range(begins.size - 1):
        begin, size = begins[text], begins[text + 1] - begins[text]
        numbers[text] = -1
        while other < others:
            first, many = all_begins[other], all_begins[other + 1] - all_begins[other]
            at = 0
            while at < size and at < many and data[begin + at] == all_data[first + at]:
                at += 1
            if at == size and at == many:
                numbers[text] = other
                break
            if at == size or (at < many and data[begin + at] < all_data[first + at]):
                break  # the other is the later one
            other += 1
