"""Writes the numpy arrays of a background job's result as JSON, and reads them back (hooks of the msgspec library)."""

import zlib
from base64 import b64decode, b64encode
from typing import Any

import numpy as np


def pack_array(value: Any) -> Any:
    """Return an array as [dtype, shape, base64 of its compressed bytes]. Raises NotImplementedError for another object."""
    if not isinstance(value, np.ndarray):
        raise NotImplementedError(type(value))
    return [value.dtype.str, list(value.shape), b64encode(zlib.compress(value.tobytes())).decode()]


def unpack_array(_: Any, value: Any) -> Any:
    """Return the array that `pack_array` wrote."""
    dtype, shape, data = value
    return np.frombuffer(zlib.decompress(b64decode(data)), np.dtype(dtype)).reshape(shape)
