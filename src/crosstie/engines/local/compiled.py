"""Kernels, compiled when first used: the only place that knows the compiler."""

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
    for name, function in source.items():
        if not isinstance(function, FunctionType) or function.__module__ != module:
            continue
        copy = FunctionType(function.__code__, names, name, function.__defaults__)
        copy.__module__, copy.__qualname__ = module, function.__qualname__
        parallel = "prange" in function.__code__.co_names
        names[name] = numba.njit(
            cache=True, nogil=True, parallel=parallel, error_model="numpy", fastmath={"contract"}
        )(copy)
    return names


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
