// The IDX reader. The contract is in lanewise/data/idx.hpp.
#include "lanewise/data/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "data/gzip.hpp"
#include "lanewise/error.hpp"

namespace lanewise::data {
namespace {

constexpr unsigned kUnsignedByte = 0x08;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

void check_header(const GzipReader& file, std::size_t count, std::size_t expected) {
  if (count < expected)
    file.fail(
        fmt::format("is truncated: its IDX header ends after {} of {} bytes", count, expected));
}

Shape read_shape(GzipReader& file) {
  std::array<unsigned char, 4> magic{};
  const std::size_t count = file.read(magic);
  if (count > 0 && (magic[0] != 0 || magic[1] != 0))
    file.fail(fmt::format("is not an IDX file: it begins with {:02x} {:02x}, expected 00 00{}",
                          magic[0], magic[1], file.compressed() ? "" : ", or 1f 8b of gzip"));
  check_header(file, count, magic.size());
  if (magic[2] != kUnsignedByte)
    file.fail(fmt::format("holds elements of type 0x{:02x}, expected 0x{:02x} (unsigned bytes)",
                          magic[2], kUnsignedByte));
  const int rank = magic[3];
  if (rank < 1 || rank > Shape::kMaxRank)
    file.fail(fmt::format("has {} dimensions, expected 1 to {}", rank,
                          static_cast<int>(Shape::kMaxRank)));

  std::array<unsigned char, 4 * Shape::kMaxRank> bytes{};
  const auto sizes_bytes = std::span(bytes).first(4 * static_cast<std::size_t>(rank));
  check_header(file, file.read(sizes_bytes), sizes_bytes.size());
  std::array<Index, Shape::kMaxRank> sizes{};
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(rank); ++axis)
    for (std::size_t i = 0; i < 4; ++i) sizes[axis] = sizes[axis] * 256 + bytes[4 * axis + i];
  try {
    return Shape(std::span<const Index>(sizes).first(static_cast<std::size_t>(rank)));
  } catch (const ShapeError& error) {  // the product overflows
    file.fail(fmt::format("has an impossible header: {}", error.what()));
  }
}

// The header may lie, so memory grows as the bytes arrive.
std::vector<std::uint8_t> read_elements(GzipReader& file, const Shape& shape) {
  const auto expected = static_cast<std::size_t>(shape.size());
  std::vector<std::uint8_t> elements;
  while (elements.size() < expected) {
    const std::size_t before = elements.size();
    const std::size_t wanted = std::min(kChunkBytes, expected - before);
    elements.resize(before + wanted);
    const std::size_t got = file.read(std::span(elements).subspan(before));
    if (got < wanted)
      file.fail(fmt::format("ends after {} elements, its header says {} = {}", before + got,
                            to_string(shape), expected));
  }
  // Reading past the last element is also what makes zlib verify the checksum.
  unsigned char extra = 0;
  if (file.read({&extra, 1}) != 0)
    file.fail(fmt::format("goes on after the {} = {} elements that its header says",
                          to_string(shape), expected));
  return elements;
}

Tensor<std::uint8_t> load(std::string_view operation, const std::filesystem::path& path,
                          int expected_rank) {
  GzipReader file(operation, path);
  const Shape shape = read_shape(file);
  if (expected_rank > 0 && shape.rank() != expected_rank)
    file.fail(fmt::format("has the shape {} of rank {}, expected rank {} ({})", to_string(shape),
                          shape.rank(), expected_rank, expected_rank == 1 ? "labels" : "images"));
  return Tensor<std::uint8_t>(shape, read_elements(file, shape));
}

}  // namespace

Tensor<std::uint8_t> load_idx(const std::filesystem::path& path) {
  return load("load_idx", path, 0);
}

Tensor<std::uint8_t> load_idx_images(const std::filesystem::path& path) {
  return load("load_idx_images", path, 3);
}

Tensor<std::int32_t> load_idx_labels(const std::filesystem::path& path) {
  const Tensor<std::uint8_t> bytes = load("load_idx_labels", path, 1);
  Tensor<std::int32_t> labels(bytes.shape());
  std::copy(bytes.begin(), bytes.end(), labels.begin());
  return labels;
}

}  // namespace lanewise::data
