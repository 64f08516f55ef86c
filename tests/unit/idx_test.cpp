#include "lanewise/data/idx.hpp"

#include <functional>
#include <string>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/idx.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
using namespace std::string_literals;

namespace {

// The message of the DataError that loading a file of these bytes must throw. It names the
// operation and the path.
std::string error_of(
    std::string_view file_bytes, const std::function<void(const std::filesystem::path&)>& load =
                                     [](const auto& path) { data::load_idx(path); }) {
  const TemporaryDirectory directory;
  const std::filesystem::path path = directory / "some.gz";
  write_file(path, file_bytes);
  const std::string message = test::error_of<DataError>([&] { load(path); });
  if (message != "no error") test::says(message, "load_idx", ": " + path.string() + " ");
  return message;
}

const std::string kGood = idx_bytes({2, 2, 3}, "abcdefghijkl");

}  // namespace

TEST_CASE("an IDX file is read", "[idx]") {
  const TemporaryDirectory directory;
  write_file(directory / "images.gz", gzip(kGood));
  const Tensor<std::uint8_t> images = data::load_idx_images(directory / "images.gz");
  CHECK(images.shape() == Shape{2, 2, 3});
  CHECK(images(0, 0, 0) == 'a');
  CHECK(images(1, 1, 2) == 'l');

  write_file(directory / "labels.gz", gzip(idx_bytes({4}, "\x00\x09\xff\x07"s)));
  CHECK(to_string(data::load_idx_labels(directory / "labels.gz")) == "[  0   9 255   7]");

  write_file(directory / "empty.gz", gzip(idx_bytes({0, 28, 28}, "")));
  CHECK(data::load_idx_images(directory / "empty.gz").shape() == Shape{0, 28, 28});
}

TEST_CASE("an IDX file of several gzip members and several chunks is read", "[idx]") {
  const TemporaryDirectory directory;
  std::string elements(3'000'001, '\0');
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<char>(i * i % 251);
  const std::string whole = idx_bytes({3'000'001}, elements);
  write_file(directory / "big.gz", gzip(whole.substr(0, 7)) + gzip(whole.substr(7)));
  const Tensor<std::uint8_t> read = data::load_idx(directory / "big.gz");
  CHECK(std::equal(read.begin(), read.end(), elements.begin(), elements.end(),
                   [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }));
}

TEST_CASE("an IDX file is read as it is, too", "[idx]") {
  const TemporaryDirectory directory;
  write_file(directory / "images", kGood);
  const Tensor<std::uint8_t> images = data::load_idx_images(directory / "images");
  CHECK(images.shape() == Shape{2, 2, 3});
  CHECK(images(1, 1, 2) == 'l');
  const std::string elements(200'000, 'x');
  write_file(directory / "big", idx_bytes({200'000}, elements));
  CHECK(data::load_idx(directory / "big").size() == 200'000);

  for (std::size_t size = 0; size < kGood.size(); ++size)
    CHECK(error_of(kGood.substr(0, size)) != "no error");
  CHECK_THAT(error_of(kGood.substr(0, 20)), contains("ends after 4 elements"));
  CHECK_THAT(error_of(kGood + "m"), contains("goes on after the (2, 2, 3) = 12 elements"));
}

TEST_CASE("zeros and further members may follow a gzip file", "[idx]") {
  const TemporaryDirectory directory;
  const auto size_of = [&](const std::string& bytes) {
    write_file(directory / "x.gz", bytes);
    return data::load_idx(directory / "x.gz").size();
  };
  const std::string whole = gzip(kGood), empty = gzip("");
  for (const std::size_t zeros : {1u, 2u, 511u, 65536u, 200'000u})
    CHECK(size_of(whole + std::string(zeros, '\0')) == 12);
  CHECK(size_of(whole + empty + empty) == 12);
  CHECK(size_of(gzip(kGood.substr(0, 20)) + std::string(70'000, '\0') + gzip(kGood.substr(20)) +
                "\0"s) == 12);
  // The beginning of a member on both sides of the buffer's end, the first and the second time.
  for (const std::size_t end : {std::size_t{65536}, std::size_t{131072}})
    for (std::size_t begin = end - 3; begin < end + 2; ++begin)
      CHECK(size_of(whole + std::string(begin - whole.size(), '\0') + empty) == 12);
}

TEST_CASE("anything else after a gzip file is refused, and counted", "[idx]") {
  const std::string whole = gzip(kGood);
  CHECK_THAT(error_of(whole + "\n"), contains("1 byte follows it, neither zeros nor gzip"));
  CHECK_THAT(error_of(whole + "trailing"), contains("8 bytes follow it"));
  CHECK_THAT(error_of(whole + "\x1f"), contains("1 byte follows it"));
  CHECK_THAT(error_of(whole + "\0\0\0\n"s), contains("4 bytes follow it"));
  CHECK_THAT(error_of(whole + std::string(100'000, '\0') + "\n"), contains("100001 bytes follow"));
  CHECK_THAT(error_of(whole + std::string(100'000, 'x')), contains("100000 bytes follow"));
  CHECK_THAT(error_of(whole + gzip("") + "x"), contains("1 byte follows it"));
  CHECK_THAT(error_of(whole + "\x1f\x8b"), contains("is truncated"));
}

TEST_CASE("files that are neither gzip nor IDX are refused", "[idx]") {
  CHECK_THAT(error_of(""), contains("header ends after 0 of 4 bytes"));
  CHECK_THAT(
      error_of("<html>not found</html>"),
      contains("is not an IDX file: it begins with 3c 68, expected 00 00, or 1f 8b of gzip"));
  CHECK_THAT(error_of("\x1f"), contains("is not an IDX file: it begins with 1f 00"));
  CHECK_THAT(error_of("\x1f\x8b"), contains("is truncated"));
}

TEST_CASE("a gzip file cut anywhere is refused", "[idx]") {
  const std::string whole = gzip(kGood);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(error_of(whole.substr(0, size)) != "no error");
  CHECK_THAT(error_of(whole.substr(0, whole.size() - 1)), contains("is truncated"));
}

TEST_CASE("a damaged gzip file is refused", "[idx]") {
  std::string wrong_checksum = gzip(kGood);
  wrong_checksum[wrong_checksum.size() - 8] ^= 1;
  CHECK_THAT(error_of(wrong_checksum), contains("incorrect data check"));
  std::string wrong_length = gzip(kGood);
  wrong_length[wrong_length.size() - 4] ^= 1;
  CHECK_THAT(error_of(wrong_length), contains("incorrect length check"));
}

TEST_CASE("headers that lie are refused", "[idx]") {
  CHECK_THAT(error_of(gzip(idx_bytes({2, 2, 3}, "abcdefghijk"))),
             contains("ends after 11 elements, its header says (2, 2, 3) = 12"));
  CHECK_THAT(error_of(gzip(idx_bytes({2, 2, 3}, "abcdefghijklm"))),
             contains("goes on after the (2, 2, 3) = 12 elements"));
  // 64 TiB promised, 3 bytes there: answered at once and without the memory.
  CHECK_THAT(error_of(gzip(idx_bytes({1u << 31, 1u << 15}, "abc"))),
             contains("ends after 3 elements"));
  CHECK_THAT(error_of(gzip(idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, "abc"))),
             contains("impossible header"));
}

TEST_CASE("headers of another kind are refused", "[idx]") {
  CHECK_THAT(error_of(gzip("PK\x03\x04")), contains("begins with 50 4b, expected 00 00"));
  CHECK_THAT(error_of(gzip("\0\0\x08"s)), contains("header ends after 3 of 4 bytes"));
  CHECK_THAT(error_of(gzip(kGood.substr(0, 11))), contains("header ends after 7 of 12 bytes"));
  CHECK_THAT(error_of(gzip(idx_header(0x0d, {1}) + "abcd")), contains("type 0x0d, expected 0x08"));
  CHECK_THAT(error_of(gzip(idx_header(8, {}))), contains("has 0 dimensions"));
  CHECK_THAT(error_of(gzip(idx_header(8, {1, 1, 1, 1, 1, 1, 1, 1, 1}) + "a")),
             contains("has 9 dimensions"));
  CHECK_THAT(error_of(gzip(kGood), [](const auto& path) { data::load_idx_labels(path); }),
             contains("has the shape (2, 2, 3) of rank 3, expected rank 1 (labels)"));
  CHECK_THAT(
      error_of(gzip(idx_bytes({3}, "abc")), [](const auto& path) { data::load_idx_images(path); }),
      contains("expected rank 3 (images)"));
}
