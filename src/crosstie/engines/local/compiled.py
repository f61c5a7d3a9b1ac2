"""Kernels, compiled when first used: the only place that knows the compiler."""

import dis
import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeGuard, TypeVar, cast

import numpy as np

from crosstie.analyses.kernels import hints
from crosstie.text.problem import CrosstieError

F = TypeVar("F", bound=Callable[..., Any])
MISSING = "this needs the compiler: pip install 'crosstie[registers]'"


def compiled(kernel: F) -> F:
    """The same function, compiled; with the compiler switched off (``NUMBA_DISABLE_JIT``) itself.

    Compiled code is kept beside the source, so that only the first use on a machine waits for it. It is kept with a stamp
    of all it was made from: its own file, the files of the kernels that it calls, at any depth, and this one.

    Raises
    ------
    CrosstieError
        The compiler is not installed.
    """
    try:
        import numba  # noqa: PLC0415 (heavy)
    except ImportError as error:
        raise CrosstieError(MISSING) from error
    if getattr(numba.config, "DISABLE_JIT", 0):
        return kernel
    return cast("F", _asked(kernel.__module__, kernel.__name__))


@cache
def _asked(module: str, name: str) -> Any:  # noqa: ANN401 (a compiler's own function)
    """A kernel as Python calls it: one that others call may go without counts, which Python cannot do without."""
    names = _compiled_file(module)
    kernel = _kernels_of(import_module(module))[name]
    return _njit(kernel, names, name, counted=True) if _only_reads_and_writes(kernel) else names[name]


@cache
def _compiled_file(module: str) -> dict[str, Any]:
    """Compile all functions of a file against each other and against those it takes from other files."""
    source = import_module(module)
    names: dict[str, Any] = vars(source) | _hints()
    for name, used in vars(source).items():
        if _is_kernel(used) and used.__module__ not in {module, hints.__name__}:
            names[name] = _compiled_file(used.__module__)[used.__name__]
    for name, kernel in _kernels_of(source).items():
        counted = not _only_reads_and_writes(kernel)
        names[name] = _njit(kernel, names, name if counted else f"{name} within", counted=counted)
    return names


@cache
def _hints() -> dict[str, Any]:
    """What stands compiled for the functions that plain Python ignores."""
    import numba  # noqa: PLC0415 (heavy)

    eight, put_eight = _eight_bytes()
    return {
        "prange": numba.prange, "prefetch": _prefetch(), "word": np.uint64, "eight": eight, "put_eight": put_eight,
    }  # fmt: skip


def _njit(kernel: FunctionType, names: dict[str, Any], kept_as: str, *, counted: bool) -> Any:  # noqa: ANN401 (a compiler's own function)
    """Compile a function that finds others under these names; ranges that may run at once do so."""
    import numba  # noqa: PLC0415 (heavy)

    copy = FunctionType(kernel.__code__, names, kernel.__name__, kernel.__defaults__)
    copy.__module__, copy.__qualname__ = kernel.__module__, kept_as
    parallel = "prange" in kernel.__code__.co_names
    options: dict[str, Any] = {"nogil": True, "parallel": parallel, "_nrt": counted}
    made: Any = numba.njit(error_model="numpy", fastmath={"contract"}, **options)(copy)
    try:
        made.enable_caching()
    except RuntimeError:  # there is no place where it could be kept: each program waits for it anew
        return made
    made._cache._cache_file._source_stamp = _stamp(kernel.__module__)  # noqa: SLF001 (it has no other way to be told)
    return made


_ROOM = "crosstie.analyses.kernels."
_IMPORTED = re.compile(rb"^from (crosstie\.analyses\.kernels\.\w+) import", re.MULTILINE)


@cache
def _stamp(module: str) -> bytes:
    """What compiled code of a file depends on, in few bytes."""
    texts = {"": Path(__file__).read_bytes()}
    todo = [module]
    while todo:
        name = todo.pop()
        if name not in texts:
            texts[name] = Path(str(import_module(name).__file__)).read_bytes()
            todo += (each.decode() for each in _IMPORTED.findall(texts[name]))
    told = hashlib.sha256()
    for name, text in sorted(texts.items()):
        told.update(f"{name} {len(text)}\n".encode() + text)
    return told.digest()


def _is_kernel(value: object) -> TypeGuard[FunctionType]:
    """Whether something is a function to be compiled, or to be replaced when others are."""
    return isinstance(value, FunctionType) and value.__module__.startswith(_ROOM)


def _kernels_of(source: ModuleType) -> dict[str, FunctionType]:
    return {
        name: value
        for name, value in vars(source).items()
        if isinstance(value, FunctionType) and value.__module__ == source.__name__
    }


_PLAIN = frozenset(
    {"np", "int64", "float64", "size", "min", "max", "abs", "range", "rint", "inf", "bool"}
    | {"word", "prefetch", "eight", "put_eight"}
)
"""Names that make no array."""


@cache
def _only_reads_and_writes(kernel: FunctionType) -> bool:
    """Whether a kernel, and each that it calls, makes no array, no view of one, and hands none back.

    Then nothing need be counted about who still uses its arrays: else each call from within a loop would count
    all of them up and down, in a way that processors have to agree upon, which takes longer than the call itself.
    """
    if "ndarray" in str(kernel.__annotations__["return"]):
        return False
    if any("SLICE" in each.opname for each in dis.get_instructions(kernel)):
        return False
    return all(_makes_no_array(kernel, used) for used in kernel.__code__.co_names)


def _makes_no_array(kernel: FunctionType, used: str) -> bool:
    """Names of numbers, of kernels that make none, and of what a named tuple has are harmless."""
    taken = (each for each in kernel.__annotations__.values() if hasattr(each, "_fields"))
    if used in _PLAIN or used == kernel.__name__ or any(used in each._fields for each in taken):
        return True
    meant = kernel.__globals__.get(used)
    if hasattr(meant, "_fields"):
        return "ndarray" not in str(meant.__annotations__)
    return isinstance(meant, int | float) or (
        isinstance(meant, FunctionType) and _only_reads_and_writes(meant)
    )


@cache
def _prefetch() -> Any:  # noqa: ANN401 (a compiler's own function)
    """Ask memory for one element ahead of its use."""
    from llvmlite import ir  # noqa: PLC0415 (heavy)
    from numba.core import cgutils, types  # noqa: PLC0415 (heavy)
    from numba.extending import intrinsic  # noqa: PLC0415 (heavy)

    def prefetch(_context: Any, array: Any, index: Any) -> Any:  # noqa: ANN401 (the compiler's types)
        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401 (the compiler's types)
            data = context.make_array(signature.args[0])(context, builder, args[0]).data
            address = builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(8).as_pointer())
            word = ir.IntType(32)
            kind = ir.FunctionType(ir.VoidType(), [address.type, word, word, word])
            ask = cast("Any", cgutils).get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
            builder.call(ask, [address, word(0), word(3), word(1)])
            return context.get_dummy_value()

        return types.void(array, index), emit

    return intrinsic(prefetch)


@cache
def _eight_bytes() -> tuple[Any, Any]:
    """Read and write eight bytes at once, wherever they begin: the lowest first, as processors that matter keep them."""
    from llvmlite import ir  # noqa: PLC0415 (heavy)
    from numba.core import types  # noqa: PLC0415 (heavy)
    from numba.extending import intrinsic  # noqa: PLC0415 (heavy)

    def place(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401 (the compiler's types)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(64).as_pointer())

    def eight(_context: Any, array: Any, index: Any) -> Any:  # noqa: ANN401 (the compiler's types)
        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401 (as above)
            return builder.load(place(context, builder, signature, args), align=1)

        return types.uint64(array, index), emit

    def put_eight(_context: Any, array: Any, index: Any, value: Any) -> Any:  # noqa: ANN401, ARG001 (the compiler's types and names)
        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:  # noqa: ANN401 (as above)
            builder.store(args[2], place(context, builder, signature, args), align=1)
            return context.get_dummy_value()

        return types.void(array, index, types.uint64), emit

    return intrinsic(eight), intrinsic(put_eight)
