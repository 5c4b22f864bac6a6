"""msgspec hooks that write the numpy arrays of a job's result as JSON, and read them back."""

import zlib
from base64 import b64decode, b64encode
from typing import Any

import numpy as np


def pack_array(it: Any) -> Any:
    """Return an array as [dtype, shape, base64 of its compressed bytes]. Raises NotImplementedError for another object."""
    if not isinstance(it, np.ndarray):
        raise NotImplementedError(type(it))
    return [it.dtype.str, list(it.shape), b64encode(zlib.compress(it.tobytes())).decode()]


def unpack_array(_: Any, it: Any) -> Any:
    """Return the array that `pack_array` wrote."""
    dtype, shape, data = it
    return np.frombuffer(zlib.decompress(b64decode(data)), np.dtype(dtype)).reshape(shape)
