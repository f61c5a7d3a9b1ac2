"""Take the text of a story from a file, a web page, a PDF or standard input, or say in one line why not."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from crosstie.text.inputs import ordinary
from crosstie.text.problem import CrosstieError

LARGEST_FILE = 20_000_000  # bytes: a web page or a PDF with pictures
LARGEST_STORY = 100_000  # characters: a long story has 30,000
SUFFIXES = frozenset((".txt", ".text", ".md", ".html", ".htm", ".xhtml", ".pdf"))

_ENGLISH = frozenset(
    """the of to and in a for is that on said with as by its has from at it an will be was are have which would not
    this were who their or after but he she they new also had than more been about could company""".split()
)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article|div|p)\b",
    re.IGNORECASE | re.DOTALL,
)


def story_files(path: str) -> tuple[str, ...]:
    """The stories behind a name: itself, ``-`` for standard input, or the texts and pages of a folder.

    Raises
    ------
    CrosstieError
        Nothing there, or a folder without a story.
    """
    place = Path(path)
    if path == "-" or place.is_file():
        return (path,)
    if not place.exists():
        raise CrosstieError(f"{path}: no such file or folder")
    if not place.is_dir():
        ordinary(place)
    found = sorted(
        str(each) for each in place.rglob("*") if each.suffix.lower() in SUFFIXES and each.is_file()
    )
    if not found:
        raise CrosstieError(f"{path}: no story in this folder; stories end in {', '.join(sorted(SUFFIXES))}")
    return tuple(found)


def story_text(path: str) -> str:
    """The text of one story.

    Raises
    ------
    CrosstieError
        Empty, binary, too large, or not in English; one line says which.
    """
    content = _content(path)
    name = "standard input" if path == "-" else path
    if not content.strip():
        raise CrosstieError(f"{name}: empty; a story is text, HTML or PDF")
    if content.startswith(b"%PDF-"):
        text = _pdf(content, name)
    elif _PAGE.match(content[:4000]):
        text = _page(_decoded(content, name), name)
    else:
        text = _decoded(content, name)
    if len(text) > LARGEST_STORY:
        raise CrosstieError(
            f"{name}: {len(text):,} characters are no story; the limit is {LARGEST_STORY:,}: split it"
        )
    if not re.search(r"\w", text):
        raise CrosstieError(f"{name}: no words in it; a story is text, HTML or PDF")
    require_english(text, name)
    return text


def _content(path: str) -> bytes:
    if path == "-":
        content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        size = len(content)
    else:
        size = Path(path).stat().st_size
        with ordinary(Path(path)).open("rb") as file:
            content = file.read(LARGEST_FILE + 1) if size <= LARGEST_FILE else b""
    if size > LARGEST_FILE:
        raise CrosstieError(
            f"{'standard input' if path == '-' else path}: larger than {LARGEST_FILE // 1_000_000} MB; a story is shorter: split it"
        )
    return content


def _decoded(content: bytes, name: str) -> str:
    marks = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
    encoding = next((kind for mark, kind in marks if content.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\x00" in content:
        raise CrosstieError(f"{name}: binary data, not a story; give text, HTML or PDF")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    odd = sum(
        1
        for c in text[:20_000]
        if c == "\ufffd" or (ord(c) < 32 and c not in "\n\r\t\f") or 0x7F <= ord(c) < 0xA0
    )
    if odd > len(text[:20_000]) // 50:
        raise CrosstieError(f"{name}: binary data, not a story; give text, HTML or PDF")
    return text


def require_english(text: str, name: str) -> None:
    """Refuse a text whose function words are not English: nothing could be read from it, so nothing is.

    Raises
    ------
    CrosstieError
        Not English.
    """
    words = re.findall(r"[^\W\d_]+", text.lower())[:3000]
    if len(words) < 12:
        return
    share = sum(word in _ENGLISH for word in words) / len(words)
    if share < 0.12:
        raise CrosstieError(
            f"{name}: not English, as far as its words tell ({share:.0%} common English words); only English is read"
        )


def _page(markup: str, name: str) -> str:
    try:
        import trafilatura  # noqa: PLC0415 (an extra)
    except ImportError:
        raise CrosstieError(
            f"{name}: a web page needs trafilatura: pip install 'crosstie[stories]'"
        ) from None
    text = trafilatura.extract(markup, include_comments=False, include_tables=False, favor_precision=True)
    if not text:
        raise CrosstieError(f"{name}: no main text found in this page")
    return "\n\n".join(text.split("\n"))


def _pdf(content: bytes, name: str) -> str:
    try:
        import pypdf  # noqa: PLC0415 (an extra)
    except ImportError:
        raise CrosstieError(f"{name}: a PDF needs pypdf: pip install 'crosstie[stories]'") from None
    import logging  # noqa: PLC0415 (only here)
    from io import BytesIO  # noqa: PLC0415 (only here)

    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # its warnings are told in our one line

    try:
        pages = [page.extract_text() or "" for page in pypdf.PdfReader(BytesIO(content)).pages]
    except Exception as error:  # noqa: BLE001 (a PDF library fails in many ways)
        raise CrosstieError(
            f"{name}: not a readable PDF: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from None
    text = "\n\n".join(pages)
    if not text.strip():
        raise CrosstieError(f"{name}: a PDF without text, perhaps scanned; read it with OCR first")
    return text


def read_in_order(paths: tuple[str, ...]) -> Iterator[tuple[str, str | CrosstieError]]:
    """Each story's text, or why it could not be read."""
    for path in paths:
        try:
            yield path, story_text(path)
        except CrosstieError as error:
            yield path, error
        except OSError as error:
            yield path, CrosstieError(f"{path}: {error.strerror or error}")
