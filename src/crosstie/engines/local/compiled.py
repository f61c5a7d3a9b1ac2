"""Kernels, compiled when first used: the only place that knows the compiler."""

import dis
from collections.abc import Callable
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any, TypeVar, cast

import numpy as np

from crosstie.text.problem import CrosstieError

F = TypeVar("F", bound=Callable[..., Any])
MISSING = "this needs the compiler: pip install 'crosstie[registers]'"


def compiled(kernel: F) -> F:
    """The same function, compiled; with the compiler switched off (``NUMBA_DISABLE_JIT``) itself.

    Compiled code is kept beside the source, so that only the first use on a machine waits for it.
    A kernel may call kernels of its own file and nothing else: what is kept is stamped with that one file,
    and would go stale when another changed. That is why two files have the same heap.

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
    return cast("F", _compiled_file(kernel.__module__)[kernel.__name__])


@cache
def _compiled_file(module: str) -> dict[str, Any]:
    """Compile all functions of a file against each other; ranges that may run at once do so."""
    import numba  # noqa: PLC0415 (heavy)

    source = vars(import_module(module))
    names: dict[str, Any] = dict(source)
    names["prange"] = numba.prange
    names["prefetch"] = _prefetch()
    names["word"] = np.uint64
    names["eight"], names["put_eight"] = _eight_bytes()
    kernels = {
        name: function
        for name, function in source.items()
        if isinstance(function, FunctionType) and function.__module__ == module
    }
    for name, function in kernels.items():
        copy = FunctionType(function.__code__, names, name, function.__defaults__)
        copy.__module__, copy.__qualname__ = module, function.__qualname__
        parallel = "prange" in function.__code__.co_names
        counted = name not in _called(kernels) or not _only_reads_and_writes(name, kernels)
        options: dict[str, Any] = {"cache": True, "nogil": True, "parallel": parallel, "_nrt": counted}
        names[name] = numba.njit(error_model="numpy", fastmath={"contract"}, **options)(copy)
    return names


_PLAIN = frozenset(
    {"np", "int64", "float64", "size", "min", "max", "abs", "range", "rint", "inf", "bool"}
    | {"word", "prefetch", "eight", "put_eight"}
)
"""Names that make no array."""


def _called(kernels: dict[str, FunctionType]) -> set[str]:
    """Kernels that other kernels of the same file call."""
    return {name for each in kernels.values() for name in each.__code__.co_names if name in kernels}


def _only_reads_and_writes(name: str, kernels: dict[str, FunctionType]) -> bool:
    """Whether a kernel, and each that it calls, makes no array, no view of one, and hands none back.

    Then nothing need be counted about who still uses its arrays: else each call from within a loop would count
    all of them up and down, in a way that processors have to agree upon, which takes longer than the call itself.
    """
    function = kernels[name]
    if "ndarray" in str(function.__annotations__["return"]):
        return False
    if any("SLICE" in each.opname for each in dis.get_instructions(function)):
        return False
    return all(
        used in _PLAIN
        or isinstance(function.__globals__.get(used), int | float)
        or (used in kernels and (used == name or _only_reads_and_writes(used, kernels)))
        for used in function.__code__.co_names
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
