"""Texts to numbers: equal texts get equal numbers.

A 64-bit hash finds the place, the bytes themselves decide: two texts with one hash are told apart. Many texts are shared out
by the first bits of their hash: equal ones meet in one part, whose table is small enough for a processor's cache.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, prefetch, word

ALL_BITS = 2**64 - 1
MIX = 0x9E3779B97F4A7C15
TWIST = 0xBF58476D1CE4E5B9
SLOT = 3
END = 0xFF
"""Closes a name: no byte of UTF-8 is that."""
BLOCK = 64
"""How many texts ahead memory is asked for."""


def hash_bytes(data: Array, begin: Whole, end: Whole) -> Whole:
    """Sixty-four bits of a text, eight bytes at a time.

    >>> a, b = np.frombuffer(b"GB-COH-1GB-COH-2", np.uint8).reshape(2, 8)
    >>> hash_bytes(a, 0, 8) == hash_bytes(b, 0, 8)
    False
    """
    state = (word(end - begin) * word(MIX)) & word(ALL_BITS)
    at = begin
    while at + 8 <= end:
        piece = (
            word(data[at])
            | word(data[at + 1]) << word(8)
            | word(data[at + 2]) << word(16)
            | word(data[at + 3]) << word(24)
            | word(data[at + 4]) << word(32)
            | word(data[at + 5]) << word(40)
            | word(data[at + 6]) << word(48)
            | word(data[at + 7]) << word(56)
        )
        state = ((state ^ piece) * word(TWIST)) & word(ALL_BITS)
        state ^= state >> word(29)
        at += 8
    piece = word(0)
    while at < end:
        piece = (piece << word(8)) | word(data[at])
        at += 1
    state = ((state ^ piece) * word(TWIST)) & word(ALL_BITS)
    state ^= state >> word(32)
    state = (state * word(MIX)) & word(ALL_BITS)
    return state ^ (state >> word(29))


def same_bytes(data: Array, begin: Whole, end: Whole, names: Array, at: Whole, named: Whole) -> bool:
    """Whether a text is, byte for byte, the name that begins at a place and is followed by ``END``."""
    length = end - begin
    if at + length >= named or names[at + length] != END:
        return False
    for i in range(length):  # noqa: SIM110 (compiled)
        if data[begin + i] != names[at + i]:
            return False
    return True


def grow(old: Array, table: Array) -> None:
    """Enter all texts of one table into a new, empty one."""
    mask = word(table.size // SLOT - 1)
    for slot in range(old.size // SLOT):
        if old[SLOT * slot + 2] == 0:
            continue
        place = np.int64(old[SLOT * slot] & mask)
        while table[SLOT * place + 2] != 0:
            place = (place + 1) & np.int64(mask)
        for i in range(SLOT):
            table[SLOT * place + i] = old[SLOT * slot + i]


def part_of(code: Whole, bits: Whole) -> Whole:
    """The part that a hash belongs to: its first bits.

    >>> int(part_of(2**63 + 5, 3)), int(part_of(2**63 + 5, 0))
    (4, 0)
    """
    return np.int64((code >> word(1)) >> word(63 - bits))


def share_out(
    offsets: Array,
    data: Array,
    bits: Whole,
    hashes: Array,
    starts: Array,
    codes: Array,
    rows: Array,
    begins: Array,
    copied: Array,
) -> None:
    """Copy the texts ``data[offsets[i]:offsets[i+1]]``, sorted by part, with their hashes and rows.

    Part *p* is ``starts[p]:starts[p+1]``; text *k* of the sorted ones is ``copied[begins[k]:begins[k+1]]``.
    ``hashes`` is scratch memory.
    """
    many = offsets.size - 1
    room = np.zeros(starts.size, np.int64)
    starts[:] = 0
    for i in range(many):
        begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        hashes[i] = hash_bytes(data, begin, end)
        part = part_of(hashes[i], bits)
        starts[part + 1] += 1
        room[part + 1] += end - begin
    for part in range(starts.size - 1):
        starts[part + 1] += starts[part]
        room[part + 1] += room[part]
    fill = starts[:-1].copy()
    begins[many] = room[starts.size - 1]
    for i in range(many):
        begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        part = part_of(hashes[i], bits)
        to, at = fill[part], room[part]
        fill[part] += 1
        room[part] += end - begin
        codes[to] = hashes[i]
        rows[to] = i
        begins[to] = at
        for b in range(end - begin):
            copied[at + b] = data[begin + b]


def number_texts(
    codes: Array,
    offsets: Array,
    data: Array,
    first: Whole,
    last: Whole,
    table: Array,
    before: Whole,
    begins: Array,
    names: Array,
    known: Whole,
) -> tuple[Whole, Whole]:
    """Number texts with known hashes, in order of first mention, until all are done or the table is full.

    ``codes`` come as hashes and become numbers.

    Text *i* is ``data[offsets[i]:offsets[i+1]]``. The bytes of known text *n* are
    ``names[begins[n]:begins[n+1]]`` less a closing ``END``. A slot of the table is a hash, where the bytes begin, and the number
    from one (zero: free); it has a power of two of them, and holds the texts numbered since ``before`` were known.

    Returns
    -------
    tuple
        The text to go on with, and how many texts are known.
    """
    slots = table.size // SLOT
    mask = word(slots - 1)
    named = np.int64(begins[known])
    for i in range(first, last):
        ahead = min(i + BLOCK, last - 1)
        prefetch(table, np.int64(codes[ahead] & mask) * SLOT)
        near = np.int64(codes[min(i + BLOCK // 4, last - 1)] & mask) * SLOT
        prefetch(names, np.int64(table[near + 1]))
        if (known - before) * 3 >= slots * 2:
            return i, known
        begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        place = np.int64(codes[i] & mask)
        number = np.int64(table[SLOT * place + 2])
        while number > 0:
            if table[SLOT * place] == codes[i] and same_bytes(
                data, begin, end, names, np.int64(table[SLOT * place + 1]), named
            ):
                break
            place = (place + 1) & np.int64(mask)
            number = np.int64(table[SLOT * place + 2])
        if number == 0:
            table[SLOT * place] = codes[i]
            table[SLOT * place + 1] = named
            known += 1
            number = known
            table[SLOT * place + 2] = number
            for b in range(end - begin):
                names[named + b] = data[begin + b]
            named += end - begin
            names[named] = END
            named += 1
            begins[known] = named
        codes[i] = number - 1
    return last, known


def put_back(starts: Array, rows: Array, codes: Array, bases: Array, numbers: Array) -> None:
    """From numbers within each part to numbers of all, in the order of rows."""
    for part in range(starts.size - 1):
        base = bases[part]
        for k in range(starts[part], starts[part + 1]):
            numbers[rows[k]] = np.int64(codes[k]) + base


def count_holders(company: Array, counts: Array) -> None:
    """How many holdings there are in each company, from place one."""
    ahead = 32
    safe = max(0, company.size - ahead)
    for k in range(safe):
        prefetch(counts, np.int64(company[k + ahead]) + 1)
        counts[company[k] + 1] += 1
    for k in range(safe, company.size):
        counts[company[k] + 1] += 1


def group_by_company(
    company: Array, holder: Array, share: Array, fill: Array, to_holder: Array, to_share: Array
) -> None:
    """Put holdings of one company side by side, in the order they come.

    ``fill`` says where each company begins, and is used up.
    """
    ahead = 24
    safe = max(0, company.size - 2 * ahead)
    for k in range(company.size):
        if k < safe:
            prefetch(fill, np.int64(company[k + 2 * ahead]))
            soon = np.int64(fill[company[k + ahead]])
            prefetch(to_holder, soon)
            prefetch(to_share, soon)
        at = np.int64(fill[company[k]])
        fill[company[k]] = at + 1
        to_holder[at] = holder[k]
        to_share[at] = share[k]
