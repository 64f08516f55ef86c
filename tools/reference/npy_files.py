"""Makes tests/unit/npy_files.hpp: .npy files of every type and order, as numpy.save() writes them.

Beside each stand its shape and its elements row by row, as doubles; the values are such that every
one of them is exactly a double.
"""

import io

import numpy as np

import common

INTEGERS = [order + kind + size for kind in "iu" for size in "1248" for order in "<>"
            if size != "1" or order == "<"]
TEMPLATE = """#pragma once
// Made by tools/reference/npy_files.py with NumPy {version}: .npy files as numpy.save() writes them.
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "lanewise/shape.hpp"

// clang-format off
struct NumpyFile {{
  std::string_view name;
  std::string bytes;
  lanewise::Shape shape;
  std::vector<double> values;
}};

inline std::vector<NumpyFile> numpy_files() {{
  using namespace std::string_literals;
  return {{
{files}
  }};
}}
"""


def extremes(dtype):
    """Of 64 bits half the limits, which are doubles."""
    limits = np.iinfo(dtype)
    half = 2 if limits.bits == 64 else 1
    return [int(limits.min) // half, (int(limits.max) + 1) // half if half == 2 else int(limits.max)]


def arrays():
    yield "bool", np.array([[True, False, True], [False, False, True]])
    for dtype in INTEGERS:
        yield dtype, np.array([[0, 1, 2], [100] + extremes(dtype)], dtype)
    for dtype in ("<f4", ">f4", "<f8", ">f8"):
        yield dtype, np.array([[0, 1.5, -2], [np.inf, np.finfo(dtype).tiny, 1 + np.finfo(dtype).eps]],
                              dtype)
    count = np.arange(24).reshape(2, 3, 4)
    for dtype in ("<f4", ">f8", "<i8", ">i2", "|u1", "|b1"):
        yield dtype + " Fortran", np.asfortranarray(count.astype(dtype))
    yield "no axis", np.array(7)
    yield "Fortran, one axis", np.asfortranarray(np.arange(3.0))
    yield "Fortran, no element", np.zeros((3, 0, 2), ">f4", order="F")


def literal(data):
    """Octal escapes end after three digits, whatever follows."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                         for b in data) + '"s'


def number(value):
    value = float(value)
    return "HUGE_VAL" if value == np.inf else repr(value)


def main():
    files = []
    for name, array in arrays():
        stream = io.BytesIO()
        np.save(stream, array)
        shape = ", ".join(map(str, array.shape))
        values = ", ".join(map(number, array.ravel(order="C")))
        files.append(f'    {{"{name}", {literal(stream.getvalue())},\n     {{{shape}}}, {{{values}}}}},')
    text = TEMPLATE.format(version=np.__version__, files="\n".join(files))
    (common.ROOT / "tests" / "unit" / "npy_files.hpp").write_text(text)


if __name__ == "__main__":
    main()
