#pragma once
// What stands before the elements of an .npy file. The layout is in lanewise/io/npy.hpp.
#include <string>
#include <string_view>
#include <vector>

#include "io/file.hpp"
#include "lanewise/shape.hpp"

namespace lanewise::io {

inline constexpr std::string_view kNpyMagic = "\x93NUMPY";

struct NpyHeader {
  std::string descr;  // the type of the elements: "<f4"
  bool fortran_order = false;
  std::vector<Index> shape;
};

// Reads the header and leaves the file at the first element. Throws DataError if it is damaged.
NpyHeader read_npy_header(InputFile& file);

}  // namespace lanewise::io
