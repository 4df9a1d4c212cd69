"""Which build of Argon2 is installed: one for AVX2 does half as much work again."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_ON_YMM: Final = b"".join(re.escape(bytes([one])) for one in range(5, 256, 8))
_WIDE_MULTIPLY: Final = re.compile(b"\xc5[" + _ON_YMM + b"]\xf4", re.DOTALL)
_ENOUGH: Final = 8


def uses_avx2() -> bool:
    """Say whether the binding was built with instructions on 256 bits.

    The wheels that are distributed were not; they run on every processor. What is
    counted is VPMULUDQ on YMM registers, the heart of the hash.
    """
    spec = find_spec("_argon2_cffi_bindings")
    if spec is None or spec.origin is None:
        return False
    found = 0
    for file in Path(spec.origin).parent.glob("*.so"):
        found += len(_WIDE_MULTIPLY.findall(file.read_bytes()))
    return found >= _ENOUGH
