"""Ways to spoil a file: its values, its records, its lines, its bytes, its encoding and its packing."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable, Iterable
from random import Random
from typing import Any

TEXTS = ("", " ", "\0", "\ud800", "\U0010ffff", "\u2028", "\ufeff", "\u202e", "a" * 3000, "é" * 300, "=1+1", "@x", "-1", "%", "..", "\n",
         "\r", "a\r\nb", "\t", "1e999", "NaN", "1/0", "0/0", "9" * 400, "1e400%", "101%", "50-25%", "<=", "(0, 0)", "٣٥%", "½",
         "0000-00-00", "9999-12-31", "0001-01-01", "2023-02-30", "2023-13", "10000-01-01", "2023-Q5", "FY2023", "99999999999999",
         "-62135596800001", "253402300800000", "2020-01-01T", "'", '"', "\\", "../../etc/passwd", "unknown", "unknown holders of alpha",
         "treasury of alpha", "true", "null", "None", "[]", "{}", "<a>", "&amp;", "a,b", "closed", "new", "updated", "exact")  # fmt: skip
NUMBERS = (
    0,
    -1,
    1,
    100,
    101,
    1e308,
    -1e308,
    5e-324,
    10**400,
    10**4000,
    2**63,
    -(2**63) - 1,
    0.1 + 0.2,
    33.333333333333336,
    1e-400,
)
OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    [1],
    {"a": 1},
    {"id": 1},
    {"id": "x"},
    [{"id": "y"}],
    ["a", 5],
)
BITS = (b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"1e999", b"-1", b"\0", b"\xff", b"\n", b"\r", b"\r\n", b"%", b"1/0", b"<", b">",
        b"&", b"&#0;", b"&x;", b"<!DOCTYPE a>", b"<!--", b"<![CDATA[", b"]]>", b"[" * 3000, b'{"a":' * 2000, b"<a>" * 2000, b"9" * 5000,
        b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc0\x80", b"\xf4\x90\x80\x80", b'"' * 3, b"\\ud800", b"\\u0000", b"\x1a", b"\x85", b";", b"\t")  # fmt: skip


def deep(rng: Random) -> object:
    """Lists or objects nested out of all reason, or merely deep."""
    value: object = "x"
    for _ in range(rng.choice((20, 200, 900))):
        value = [value] if rng.random() < 0.5 else {"a": value}
    return value


def a_value(rng: Random) -> object:
    """Anything that JSON may hold."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(TEXTS)
    if kind < 0.7:
        return rng.choice(NUMBERS)
    return rng.choice(OTHERS) if kind < 0.97 else deep(rng)


def _places(value: object, found: list[tuple[Any, Any]], depth: int = 40) -> list[tuple[Any, Any]]:
    """Every container and key below a value, but for the depths of what is nested out of all reason."""
    keys: Iterable[Any] = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        found.append((value, key))
        if depth:
            _places(value[key], found, depth - 1)  # type: ignore[index]
    return found


def change_values(record: object, rng: Random) -> None:
    """Change, drop, rename, swap or double something within a record."""
    for _ in range(rng.choice((0, 1, 1, 1, 2, 4))):
        places = _places(record, [])
        if not places:
            return
        (place, key), (other, there) = rng.choice(places), rng.choice(places)
        choice = rng.randrange(7)
        if choice < 3:
            place[key] = a_value(rng)
        elif choice == 3:
            del place[key]
        elif choice == 4 and isinstance(place[key], str) and place[key]:
            at = rng.randrange(len(place[key]))
            place[key] = place[key][:at] + rng.choice(TEXTS) + place[key][at + 1 :]
        elif choice == 5 and isinstance(place, dict):
            place[rng.choice((f"{key}x", key.upper(), rng.choice(TEXTS)))] = place.pop(key)
        elif not _holds(other[there], place):
            place[key] = other[there]


def _holds(value: object, place: object) -> bool:
    return value is place or any(_holds(c[k], place) for c, k in _places(value, []) if c[k] is place)


def json_file(seeds: list[list[object]], rng: Random) -> bytes:
    """Records of one or two versions, changed, doubled, out of order, as lines, an array or a mixture."""
    records = json.loads(json.dumps(rng.choice(seeds)))
    if rng.random() < 0.2:
        records += json.loads(json.dumps(rng.choice(seeds)))
    for _ in range(rng.choice((1, 1, 2, 3))):
        change_values(records[rng.randrange(len(records))] if records else records, rng)
    if rng.random() < 0.2:
        rng.shuffle(records)
    if records and rng.random() < 0.2:
        records.append(rng.choice(records))
    texts = [_written(each, rng) for each in records]
    if rng.random() < 0.25:
        return (
            b"["
            + rng.choice((b",", b",\n", b" , \n\n")).join(texts)
            + rng.choice((b"]", b"]", b"", b",]", b"] x"))
        )
    return rng.choice((b"\n", b"\n", b"\r\n", b"\n\n", b"\r", b"")).join(texts)


def _written(value: object, rng: Random) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=rng.random() < 0.7)
    except (RecursionError, ValueError):
        text = "[" * 100_000
    if rng.random() < 0.05 and text.startswith("{") and len(text) > 2:
        text = "{" + text[1:-1] + ", " + text[1:]  # every key twice
    return text.encode("utf-8", errors="surrogatepass")


def csv_file(seeds: list[bytes], rng: Random) -> bytes:
    """Lines and cells changed, doubled, quoted, of other lengths; two files one after the other or interleaved."""
    rows = [line.split(b",") for line in rng.choice(seeds).splitlines()]
    if rng.random() < 0.15:
        other = [line.split(b",") for line in rng.choice(seeds).splitlines()]
        rows = [row for pair in zip(rows, other, strict=False) for row in pair]
    for _ in range(rng.choice((1, 1, 2, 4))):
        row = rows[rng.randrange(len(rows))]
        at = rng.randrange(len(row)) if row else 0
        choice = rng.randrange(6)
        cell = rng.choice((*TEXTS, str(rng.choice(NUMBERS[:8])))).encode("utf-8", errors="surrogatepass")
        if choice < 3 and row:
            row[at] = cell
        elif choice == 3 and row:
            row[at] = b'"' + cell + rng.choice((b'"', b'"', b'""', b""))
        elif choice == 4:
            row.insert(at, cell)
        elif row:
            del row[at]
    return rng.choice((b"\n", b"\n", b"\r\n", b"\r", b"\n\n")).join(
        rng.choice((b",", b",", b",", b";")).join(row) for row in rows
    )


def xml_file(seeds: list[bytes], rng: Random) -> bytes:
    """Elements and texts changed, doubled, dropped, nested and exchanged."""
    parts = rng.choice(seeds).replace(b"<", b"\0<").replace(b">", b">\0").split(b"\0")
    for _ in range(rng.choice((1, 1, 2, 4))):
        i, j = rng.randrange(len(parts)), rng.randrange(len(parts))
        choice = rng.randrange(6)
        if choice == 0:
            parts[i] = rng.choice(TEXTS).encode("utf-8", errors="surrogatepass")
        elif choice == 1:
            parts[i] = b""
        elif choice == 2:
            parts.insert(i, parts[j])
        elif choice == 3:
            parts[i], parts[j] = parts[j], parts[i]
        elif choice == 4 and not parts[i].startswith(b"<"):
            parts[i] = rng.choice(BITS)
        else:
            lo, hi = sorted((i, j))
            parts[i:i] = parts[lo:hi][:40]
    return b"".join(parts)


def spoil(data: bytes, rng: Random) -> bytes:
    """Sometimes break the bytes, the line ends, the encoding, or pack the file, whole or cut."""
    for change, chance in _SPOILT:
        if rng.random() < chance:
            data = change(data, rng)
    return data


def _bits(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(out) + 1)
        out[at : at + rng.randrange(4)] = rng.choice(BITS)
    return bytes(out)


def _flips(data: bytes, rng: Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 4) if out else 0):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def _cut(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _encoded(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", errors="replace")
    return text.encode(
        rng.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "utf-8-sig", "utf-7")),
        errors="replace",
    )


def _packed(data: bytes, rng: Random) -> bytes:
    whole = rng.choice((lambda d: gzip.compress(d, 1), bz2.compress, lambda d: lzma.compress(d, preset=0)))(
        data
    )
    return _flips(whole, rng) if rng.random() < 0.3 else _cut(whole, rng) if rng.random() < 0.3 else whole


_SPOILT: tuple[tuple[Callable[[bytes, Random], bytes], float], ...] = (
    (_bits, 0.15), (_flips, 0.1), (_cut, 0.05), (_encoded, 0.02), (_packed, 0.02),
)  # fmt: skip
