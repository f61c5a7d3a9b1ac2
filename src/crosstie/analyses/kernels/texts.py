"""Texts to numbers: equal texts get equal numbers.

A 64-bit hash finds the place, the bytes themselves decide: two texts with one hash are told apart. Many texts are shared out
by the first bits of their hash: equal ones meet in one part, whose table is small enough for a processor's cache.
Texts are read, compared and copied eight bytes at a time, the last eight once more where they are not full.
"""

import numpy as np

from crosstie.analyses.kernels.hints import Array, Whole, eight, prefetch, put_eight, word

ALL_BITS = 2**64 - 1
LOW_BITS = 2**32 - 1
MIX = 0x9E3779B97F4A7C15
TWIST = 0xBF58476D1CE4E5B9
SLOT = 2
BLOCK = 64
"""How many texts ahead memory is asked for."""


def hash_bytes(data: Array, begin: Whole, end: Whole) -> Whole:
    """Sixty-four bits of a text.

    >>> a, b = np.frombuffer(b"GB-COH-1GB-COH-2", np.uint8).reshape(2, 8)
    >>> hash_bytes(a, 0, 8) == hash_bytes(b, 0, 8)
    False
    """
    state = (word(end - begin) * word(MIX)) & word(ALL_BITS)
    at = begin
    while at + 8 <= end:
        state = ((state ^ eight(data, at)) * word(TWIST)) & word(ALL_BITS)
        state ^= state >> word(29)
        at += 8
    piece = word(0)
    if at < end and end - begin >= 8:
        piece = eight(data, end - 8)
    else:
        while at < end:
            piece = (piece << word(8)) | word(data[at])
            at += 1
    state = ((state ^ piece) * word(TWIST)) & word(ALL_BITS)
    state ^= state >> word(32)
    state = (state * word(MIX)) & word(ALL_BITS)
    return state ^ (state >> word(29))


def same_bytes(data: Array, begin: Whole, end: Whole, names: Array, at: Whole) -> bool:
    """Whether a text is, byte for byte, what a name of the same length is that begins at a place."""
    length = end - begin
    if length < 8:
        for i in range(length):  # noqa: SIM110 (compiled)
            if data[begin + i] != names[at + i]:
                return False
        return True
    for i in range(0, length - 7, 8):
        if eight(data, begin + i) != eight(names, at + i):
            return False
    return bool(eight(data, end - 8) == eight(names, at + length - 8))


def copy_bytes(data: Array, begin: Whole, end: Whole, copied: Array, at: Whole) -> None:
    """Copy a text to a place."""
    length = end - begin
    if length < 8:
        for i in range(length):
            copied[at + i] = data[begin + i]
        return
    for i in range(0, length - 7, 8):
        put_eight(copied, at + i, eight(data, begin + i))
    put_eight(copied, at + length - 8, eight(data, end - 8))


def grow(old: Array, table: Array) -> None:
    """Enter all texts of one table into a new, empty one."""
    mask = word(table.size // SLOT - 1)
    for slot in range(old.size // SLOT):
        if old[SLOT * slot] == 0:
            continue
        place = np.int64((old[SLOT * slot] >> word(32)) & mask)
        while table[SLOT * place] != 0:
            place = (place + 1) & np.int64(mask)
        for i in range(SLOT):
            table[SLOT * place + i] = old[SLOT * slot + i]


def share_out(
    offsets: Array,
    data: Array,
    bits: Whole,
    hashes: Array,
    starts: Array,
    parts: Array,
    codes: Array,
    begins: Array,
    copied: Array,
) -> None:
    """Copy the texts ``data[offsets[i]:offsets[i+1]]``, sorted by part, with their hashes' last bits as ``codes``.

    Text *i* belongs to part ``parts[i]``: the first ``bits`` of its hash. Part *p* is ``starts[p]:starts[p+1]``; text *k* of the
    sorted ones is ``copied[begins[k]:begins[k+1]]``. ``hashes`` is scratch memory.
    """
    many = offsets.size - 1
    room = np.zeros(starts.size, np.int64)
    starts[:] = 0
    end: Whole = np.int64(offsets[0])
    for i in range(many):
        begin, end = end, np.int64(offsets[i + 1])
        code = hash_bytes(data, begin, end)
        part: Whole = np.int64((code >> word(1)) >> word(63 - bits))
        hashes[i] = code & word(LOW_BITS)
        parts[i] = part
        starts[part + 1] += 1
        room[part + 1] += end - begin
    for part in range(starts.size - 1):
        starts[part + 1] += starts[part]
        room[part + 1] += room[part]
    fill = starts[:-1].copy()
    begins[many] = room[starts.size - 1]
    end = np.int64(offsets[0])
    for i in range(many):
        begin, end = end, np.int64(offsets[i + 1])
        part = np.int64(parts[i])
        to, at = fill[part], room[part]
        fill[part] = to + 1
        room[part] = at + end - begin
        codes[to] = hashes[i]
        begins[to] = at
        copy_bytes(data, begin, end, copied, at)


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

    Text *i* is ``data[offsets[i]:offsets[i+1]]``, known text *n* is ``names[begins[n]:begins[n+1]]``. A slot of
    the table is a hash above the number from one (zero: free), and where the bytes begin; it has a power of two of
    them, and holds the texts numbered since ``before`` were known.

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
        prefetch(table, np.int64(word(codes[ahead]) & mask) * SLOT)
        near = np.int64(word(codes[min(i + BLOCK // 4, last - 1)]) & mask) * SLOT
        prefetch(names, np.int64(table[near + 1]))
        prefetch(begins, np.int64(word(table[near]) & word(LOW_BITS)))
        if (known - before) * 3 >= slots * 2:
            return i, known
        begin, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        code = word(codes[i])
        place = np.int64(code & mask)
        slot = table[SLOT * place]
        while slot != 0:
            if word(slot) >> word(32) == code:
                number = np.int64(word(slot) & word(LOW_BITS)) - 1
                at = np.int64(table[SLOT * place + 1])
                if begins[number + 1] - at == end - begin and same_bytes(data, begin, end, names, at):
                    codes[i] = number
                    break
            place = (place + 1) & np.int64(mask)
            slot = table[SLOT * place]
        if slot != 0:
            continue
        codes[i] = known
        known += 1
        table[SLOT * place] = (code << word(32)) | word(known)
        table[SLOT * place + 1] = named
        copy_bytes(data, begin, end, names, named)
        named += end - begin
        begins[known] = named
    return last, known


def put_back(starts: Array, parts: Array, codes: Array, bases: Array, numbers: Array) -> None:
    """From numbers within each part to numbers of all, in the order of rows."""
    fill = starts[:-1].copy()
    for i in range(parts.size):
        part = np.int64(parts[i])
        numbers[i] = np.int64(codes[fill[part]]) + bases[part]
        fill[part] += 1


def with_company(
    starts: Array,
    parts: Array,
    codes: Array,
    bases: Array,
    its_starts: Array,
    its_parts: Array,
    share: Array,
    holder: Array,
    shares: Array,
) -> None:
    """Holders' numbers and shares in the order in which the companies of the same rows were shared out."""
    fill, to = starts[:-1].copy(), its_starts[:-1].copy()
    for i in range(parts.size):
        part, its = np.int64(parts[i]), np.int64(its_parts[i])
        holder[to[its]] = np.int64(codes[fill[part]]) + bases[part]
        shares[to[its]] = share[i]
        fill[part] += 1
        to[its] += 1


def count_holders(company: Array, holder: Array, base: Whole, counts: Array) -> None:
    """How many holders each company of a part has, itself left out: of company *c* at ``base + c + 1``."""
    for k in range(company.size):
        c = base + np.int64(company[k])
        counts[c + 1] += np.int64(holder[k]) != c


def group_by_company(
    company: Array, holder: Array, share: Array, base: Whole, fill: Array, to_holder: Array, to_share: Array
) -> None:
    """Put holdings of the companies of a part side by side, in the order they come; none in itself.

    ``fill`` says where each company begins, and is used up.
    """
    for k in range(company.size):
        c = base + np.int64(company[k])
        if np.int64(holder[k]) == c:
            continue
        at = np.int64(fill[c])
        fill[c] = at + 1
        to_holder[at] = holder[k]
        to_share[at] = share[k]
