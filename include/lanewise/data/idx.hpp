#pragma once
/// \file
/// The IDX format of MNIST and its relatives, compressed with gzip or as it is.
///
/// \code
///   offset   0    1    2     3      4             8                 4 + 4 rank
///          | 0  | 0  | 8  | rank | size of axis 0 | … one for each axis | elements, row-major |
/// \endcode
///
/// The sizes are big-endian 32-bit integers; 8 is the code of unsigned bytes, the one element type
/// that is read here. Nothing of a file is believed before its bytes have arrived: memory grows
/// with them and not with what the header promises, and gzip's checksum is verified. A gzip file may
/// have several members, and zeros after them.

#include <cstdint>
#include <filesystem>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::data {

/// Reads an IDX file of unsigned bytes, of any rank from 1 to Shape::kMaxRank. Whether it is
/// compressed is seen from its first bytes, not from its name.
/// \throws DataError if the file is missing, is not a regular one (a FIFO or a device is not waited
/// for), cannot be read, is truncated or damaged, holds elements of another type, has more or fewer
/// bytes than its header says, or has other bytes than zeros after its gzip data. The message names
/// the path, what was found and what was expected.
LANEWISE_API Tensor<std::uint8_t> load_idx(const std::filesystem::path& path);

/// Reads images as bytes, shape (count, height, width), 0 = black and 255 = white as stored.
/// \throws DataError as load_idx(), and if the rank is not 3.
LANEWISE_API Tensor<std::uint8_t> load_idx_images(const std::filesystem::path& path);

/// Reads labels, shape (count).
/// \throws DataError as load_idx(), and if the rank is not 1.
LANEWISE_API Tensor<std::int32_t> load_idx_labels(const std::filesystem::path& path);

}  // namespace lanewise::data
