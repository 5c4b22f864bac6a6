"""Arrays of a result as JSON: the hooks by which msgspec writes and reads them."""

import zlib
from base64 import b64decode, b64encode
from typing import Any

import numpy as np


def pack_array(it: Any) -> Any:
    """Return an array as its type, its shape and its bytes. Raises NotImplementedError for what is none."""
    if not isinstance(it, np.ndarray):
        raise NotImplementedError(type(it))
    return [it.dtype.str, list(it.shape), b64encode(zlib.compress(it.tobytes())).decode()]


def unpack_array(_: Any, it: Any) -> Any:
    """Return the array that `packed` wrote."""
    dtype, shape, data = it
    return np.frombuffer(zlib.decompress(b64decode(data)), np.dtype(dtype)).reshape(shape)
