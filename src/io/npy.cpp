// .npy files. The contract and the layout are in lanewise/io/npy.hpp.
#include "lanewise/io/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "io/file.hpp"
#include "io/npy_header.hpp"
#include "lanewise/error.hpp"

namespace lanewise {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they stand");

constexpr std::size_t kDataAlignment = 64;

template <class T>
constexpr std::string_view kDescr = "";
template <>
constexpr std::string_view kDescr<float> = "<f4";
template <>
constexpr std::string_view kDescr<double> = "<f8";
template <>
constexpr std::string_view kDescr<std::int32_t> = "<i4";
template <>
constexpr std::string_view kDescr<std::uint8_t> = "|u1";

// The type of a file's elements, taken apart: '>f8' is a kind 'f' of 8 bytes, the other way around.
struct ElementType {
  char kind = '\0';
  int bytes = 0;
  bool swapped = false;
};

// Of '<f4', '=f4' (the machine's own order) and '|u1' (no order) alike; kind '\0' for anything
// else.
ElementType parse(std::string_view descr) {
  ElementType type;
  if (descr.empty()) return type;
  if (constexpr std::string_view kOrders = "<>=|"; kOrders.find(descr[0]) != kOrders.npos) {
    type.swapped = descr[0] == '>';
    descr.remove_prefix(1);
  }
  if (descr.size() < 2) return type;
  const char* const end = descr.data() + descr.size();
  const auto [stop, error] = std::from_chars(descr.data() + 1, end, type.bytes);
  if (error == std::errc() && stop == end) type.kind = descr[0];
  return type;
}

// As a person says it, for messages: '<f4' (float32).
std::string describe(std::string_view descr) {
  const ElementType type = parse(descr);
  const std::string_view kind = type.kind == 'f'   ? "float"
                                : type.kind == 'i' ? "int"
                                : type.kind == 'u' ? "uint"
                                : type.kind == 'b' ? "bool"
                                : type.kind == 'c' ? "complex"
                                                   : "";
  if (kind.empty() || type.bytes < 1 || type.bytes > 16) return fmt::format("'{}'", descr);
  return fmt::format("'{}' ({}{}{})", descr, type.swapped ? "big-endian " : "", kind,
                     8 * type.bytes);
}

// NumPy's bool: a byte, true unless it is 0.
enum class Bool : std::uint8_t {};

// Calls use(U{}) for the type U of a file's elements. Returns false if T cannot be made of it.
template <class T, class Use>
bool with_type(const ElementType& type, Use use) {
  if (type.kind == 'b' && type.bytes == 1) return use(Bool{}), true;
  if (type.kind == 'i') {
    if (type.bytes == 1) return use(std::int8_t{}), true;
    if (type.bytes == 2) return use(std::int16_t{}), true;
    if (type.bytes == 4) return use(std::int32_t{}), true;
    if (type.bytes == 8) return use(std::int64_t{}), true;
  }
  if (type.kind == 'u') {
    if (type.bytes == 1) return use(std::uint8_t{}), true;
    if (type.bytes == 2) return use(std::uint16_t{}), true;
    if (type.bytes == 4) return use(std::uint32_t{}), true;
    if (type.bytes == 8) return use(std::uint64_t{}), true;
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (type.kind == 'f' && type.bytes == 4) return use(float{}), true;
    if (type.kind == 'f' && type.bytes == 8) return use(double{}), true;
  }
  return false;
}

template <class U>
U byte_swapped(U value) {
  auto bytes = std::bit_cast<std::array<std::byte, sizeof(U)>>(value);
  std::reverse(bytes.begin(), bytes.end());
  return std::bit_cast<U>(bytes);
}

// A value of the file as T; nothing if T has no such value.
template <class T, class U>
std::optional<T> converted(U value) {
  if constexpr (std::is_same_v<U, Bool>) {
    return static_cast<T>(value != Bool{} ? 1 : 0);
  } else if constexpr (std::is_floating_point_v<T>) {
    const T rounded = static_cast<T>(value);
    if constexpr (std::is_floating_point_v<U>)
      if (std::isinf(rounded) && !std::isinf(value)) return std::nullopt;
    return rounded;
  } else {
    if (!std::in_range<T>(value)) return std::nullopt;
    return static_cast<T>(value);
  }
}

// Reads all elements in the file's order.
template <class T, class U>
void read_elements(io::InputFile& file, bool swapped, std::span<T> out) {
  if constexpr (std::is_same_v<T, U>)
    if (!swapped) return file.read(std::as_writable_bytes(out));
  constexpr std::size_t kChunk = std::size_t{1} << 14;
  std::vector<U> chunk(std::min(out.size(), kChunk));
  for (std::size_t done = 0; done < out.size(); done += chunk.size()) {
    chunk.resize(std::min(chunk.size(), out.size() - done));
    file.read(std::as_writable_bytes(std::span(chunk)));
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      const U value = swapped ? byte_swapped(chunk[i]) : chunk[i];
      const std::optional<T> result = converted<T>(value);
      if constexpr (!std::is_same_v<U, Bool>)
        if (!result)
          file.fail(
              fmt::format("has the element {} (number {} of the file, from 0), which does "
                          "not fit {}, {} to {}",
                          value, done + i, describe(kDescr<T>), std::numeric_limits<T>::lowest(),
                          std::numeric_limits<T>::max()));
      out[done + i] = *result;
    }
  }
}

// The same array with its elements row by row that has them column by column: the first index,
// which runs fastest there, runs slowest here.
template <class T>
Tensor<T> from_fortran_order(const Tensor<T>& columns) {
  const Shape& shape = columns.shape();
  Tensor<T> rows(shape);
  std::array<Index, Shape::kMaxRank> strides{}, index{};
  Index stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; stride *= shape[axis--])
    strides[static_cast<std::size_t>(axis)] = stride;
  Index at = 0;
  for (const T value : columns) {
    rows[at] = value;
    for (int axis = 0; axis < shape.rank(); ++axis) {
      const auto a = static_cast<std::size_t>(axis);
      at += strides[a];
      if (++index[a] < shape[axis]) break;
      at -= strides[a] * shape[axis];
      index[a] = 0;
    }
  }
  return rows;
}

// The shape, once it is known that the file holds as many elements and no more.
Shape checked_shape(const io::NpyHeader& header, std::size_t bytes, const io::InputFile& file) {
  Shape shape;
  try {
    shape = Shape(header.shape);
  } catch (const ShapeError& error) {
    file.fail(fmt::format("has an impossible shape: {}", error.what()));
  }
  const auto count = static_cast<std::uintmax_t>(shape.size());
  // The comparison by elements cannot overflow; the product can be taken once it has passed.
  if (count > file.remaining() / bytes || count * bytes != file.remaining())
    file.fail(
        fmt::format("{}: its header says {} elements of {} bytes, shape {}; {} bytes follow it",
                    count > file.remaining() / bytes ? "is truncated" : "has trailing bytes", count,
                    bytes, to_string(shape), file.remaining()));
  return shape;
}

// Everything before the data, as numpy.lib.format writes it.
template <class T>
std::string header_bytes(const Shape& shape) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}",
                                 kDescr<T>, to_string(shape));
  // NumPy leaves room for the outermost size to grow to 21 digits.
  constexpr std::size_t kGrowth = 21;
  if (shape.rank() > 0) text.append(kGrowth - std::to_string(shape[0]).size(), ' ');
  const std::size_t prefix = io::kNpyMagic.size() + 4;
  // A line feed ends the header. NumPy pads by a whole 64 where it would need none.
  const std::size_t used = prefix + text.size() + 1;
  text.append(kDataAlignment - used % kDataAlignment, ' ');
  text += '\n';
  std::string bytes(io::kNpyMagic);
  bytes +=
      {'\x01', '\x00', static_cast<char>(text.size() & 0xff), static_cast<char>(text.size() >> 8)};
  return bytes + text;
}

}  // namespace

template <class T>
Tensor<T> load_npy(const std::filesystem::path& path) {
  io::InputFile file("load_npy", path);
  const io::NpyHeader header = io::read_npy_header(file);
  const ElementType type = parse(header.descr);
  Tensor<T> tensor;
  const bool known = with_type<T>(type, [&]<class U>(U) {
    tensor = Tensor<T>(checked_shape(header, sizeof(U), file));
    read_elements<T, U>(file, type.swapped, tensor.span());
  });
  if (!known)
    file.fail(fmt::format("holds {}, expected {} or {}", describe(header.descr),
                          describe(kDescr<T>),
                          std::is_floating_point_v<T>
                              ? "another float, integers or bool"
                              : "other integers or bool, since nothing is rounded to integers"));
  return header.fortran_order && tensor.rank() > 1 ? from_fortran_order(tensor) : tensor;
}

template <class T>
void save_npy(const std::filesystem::path& path, TensorView<const T> tensor) {
  const std::string header = header_bytes<T>(tensor.shape());
  io::write_file("save_npy", path,
                 {std::as_bytes(std::span(header)), std::as_bytes(tensor.span())});
}

#define LANEWISE_INSTANTIATE(T)                                           \
  template LANEWISE_API Tensor<T> load_npy(const std::filesystem::path&); \
  template LANEWISE_API void save_npy(const std::filesystem::path&, TensorView<const T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
LANEWISE_INSTANTIATE(std::int32_t)
LANEWISE_INSTANTIATE(std::uint8_t)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
