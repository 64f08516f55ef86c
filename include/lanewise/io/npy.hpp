#pragma once
/// \file
/// NumPy's .npy files: one array a file, for exchanging tensors with Python.
///
/// \code
///   bytes 0-5   "\x93NUMPY"
///   bytes 6-7   format version: 1.0, 2.0 or 3.0
///   bytes 8-9   length of the header, little-endian (four bytes from version 2.0 on)
///   header      {'descr': '<f4', 'fortran_order': False, 'shape': (64, 784), }, padded by spaces
///               so that the data starts on a multiple of 64
///   data        the elements, row-major
/// \endcode
///
/// Source: the documentation of numpy.lib.format.

#include <cstdint>
#include <filesystem>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise {

/// Reads an array as elements of type T: float, double, std::int32_t or std::uint8_t.
///
/// | in the file                         | into float, double          | into int32, uint8       |
/// |-------------------------------------|-----------------------------|-------------------------|
/// | float32, float64                    | the nearest value           | DataError               |
/// | int8 to int64, uint8 to uint64      | the nearest value           | the value, or DataError |
/// | bool                                | 0 or 1                      | 0 or 1                  |
///
/// Nothing is clipped and nothing wraps: an integer that T does not have, and a finite float64
/// beyond the largest float, are DataErrors that name the element. Infinities and NaN stay, and so
/// does the sign of zero. Elements may be little-endian ('<f4'), big-endian ('>f4') or in the
/// machine's order ('=f4'), rows first or columns first (Fortran order); the tensor has them rows
/// first. A damaged header cannot cause a large allocation: the size that it claims is compared
/// with the file's first.
/// \throws DataError if the file does not exist, is not a regular one (a FIFO or a device is not
/// waited for) or cannot be read, if it is not an .npy file, holds another type or a value that T
/// does not have, or is longer or shorter than its header says.
template <class T>
LANEWISE_API Tensor<T> load_npy(const std::filesystem::path& path);

/// Writes what numpy.save() would, byte for byte. As every file that the library writes, it appears
/// under its name only when it is complete: it is written beside (`NAME.lanewise-0.tmp`) and then
/// renamed, over an older one if there is one, whose mode it keeps. Symbolic links are followed; a
/// FIFO (which waits for its reader), a device and `/dev/stdout` are written to. What a killed
/// process leaves beside is removed by the next save. Nothing is flushed to the disk: after a loss
/// of power the file may be the old one, the new one or, on some file systems, empty.
/// \throws IoError if it cannot be written; nothing has changed then.
template <class T>
LANEWISE_API void save_npy(const std::filesystem::path& path, TensorView<const T> tensor);

/// \copydoc save_npy(const std::filesystem::path&, TensorView<const T>)
template <class T>
void save_npy(const std::filesystem::path& path, const Tensor<T>& tensor) {
  save_npy(path, tensor.view());
}

}  // namespace lanewise
