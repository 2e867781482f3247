"""The one way in which this package compiles a function.

``nogil`` so that threads render side by side; never ``parallel=True``, which aborts the process when
two threads call it. numba keys its on-disk cache by the caller's file alone, so an edited helper
would be served stale: the cache folder is therefore named by a digest of all kernel sources.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar


@contextmanager
def _unavailable(*modules: str) -> Iterator[None]:
    """Let an import of `modules` fail meanwhile, but for those that are loaded already."""
    hidden = [module for module in modules if module not in sys.modules]
    for module in hidden:
        sys.modules[module] = None  # type: ignore[assignment]  # what the import system reads as "none"
    try:
        yield
    finally:
        for module in hidden:
            del sys.modules[module]


# numba looks for a BLAS where it defines the dot product, which no kernel takes, and for coverage to tell it
# of compiled lines, where nobody measures: a sixth of a second and 40 ms of every start.
with _unavailable("scipy.linalg", "coverage"):
    import numba
    import numba.np.arraymath

config: Any = numba.config  # its attributes are made at run time

F = TypeVar("F", bound=Callable[..., Any])

HERE = Path(__file__).parent


def sources_digest() -> str:
    """BLAKE2b-64 over the kernel's source files and numba's version, in hex."""
    state = hashlib.blake2b(numba.__version__.encode(), digest_size=8)
    for path in sorted(HERE.glob("*.py")):
        state.update(path.name.encode() + b"\0" + path.read_bytes())
    return state.hexdigest()


def _cache_folder() -> str:
    # numba reads NUMBA_CACHE_DIR itself; without it, beside the sources where that can be written.
    parent = Path(config.CACHE_DIR or HERE / "__pycache__")
    return str(parent / f"territory-kernels-{sources_digest()}")


config.CACHE_DIR = _cache_folder()


INTERPRETED = bool(config.DISABLE_JIT)
"""Whether numba was told to leave Python alone (NUMBA_DISABLE_JIT), to look for faults."""


def kernel(function: F) -> F:
    """Compile `function` on its first call; later processes load it from the cache."""
    decorate: Any = numba.njit(nogil=True, cache=True)
    compiled: F = decorate(function)
    return compiled


def inlined(function: F) -> F:
    """Compile `function` into each kernel that calls it.

    A tuple of arrays is passed to a function word by word, over a hundred of them: for what is done
    once a feature the call would cost ten times the work.
    """
    decorate: Any = numba.njit(nogil=True, cache=True, forceinline=True)
    compiled: F = decorate(function)
    return compiled
