#include "lanewise/io/npy.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include "lanewise/error.hpp"
#include "npy_files.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
using namespace std::string_literals;

namespace {

// A file with this dictionary; `length_bytes` of 4 from version 2 on.
std::string npy(std::string dictionary, const std::string& data, char major = 1) {
  dictionary += "\n";
  std::string bytes = "\x93NUMPY"s + major + '\0' + static_cast<char>(dictionary.size()) + '\0';
  if (major > 1) bytes += "\0\0"s;
  return bytes + dictionary + data;
}

const std::string kTwoFloats = "\x00\x00\x80\x3f\x00\x00\x20\xc0"s;  // 1, -2.5

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& order = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

template <class T>
void check_round_trip(const std::vector<Shape>& shapes) {
  const TemporaryDirectory dir;
  for (const Shape& shape : shapes) {
    Tensor<T> out(shape);
    for (Index i = 0; i < out.size(); ++i) out[i] = static_cast<T>(i * 7 % 251);
    save_npy(dir / "x.npy", out);
    const Tensor<T> in = load_npy<T>(dir / "x.npy");
    CHECK(in.shape() == shape);
    CHECK(std::equal(in.begin(), in.end(), out.begin(), out.end()));
    CHECK((std::filesystem::file_size(dir / "x.npy") - out.span().size_bytes()) % 64 == 0);
  }
}

// What load_npy<T>() says about a file of these bytes.
template <class T = float>
std::string complaint(const std::string& bytes) {
  const TemporaryDirectory dir;
  write_file(dir / "bad.npy", bytes);
  try {
    load_npy<T>(dir / "bad.npy");
  } catch (const DataError& error) {
    return error.what();
  }
  return "no DataError";
}

}  // namespace

TEST_CASE("tensors survive .npy", "[npy]") {
  const std::vector<Shape> shapes{{}, {0}, {1}, {7}, {3, 5}, {2, 0, 3}, {2, 3, 4, 5}, {123456}};
  check_round_trip<float>(shapes);
  check_round_trip<double>(shapes);
  check_round_trip<std::int32_t>(shapes);
  check_round_trip<std::uint8_t>(shapes);
}

TEST_CASE("special values keep their bits in .npy", "[npy]") {
  using Limits = std::numeric_limits<float>;
  const TemporaryDirectory dir;
  const Tensor<float> out({6}, {-0.0f, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),
                                Limits::denorm_min(), Limits::max()});
  save_npy(dir / "x.npy", out);
  const Tensor<float> in = load_npy<float>(dir / "x.npy");
  CHECK(std::memcmp(in.data(), out.data(), 6 * sizeof(float)) == 0);
}

// The literals are the output of numpy.save(), NumPy 1.24.
TEST_CASE("the bytes are those that NumPy writes", "[npy]") {
  const TemporaryDirectory dir;
  save_npy(dir / "f4", Tensor<float>({1, 3}, {1, -2.5f, 3}));
  CHECK(read_file(dir / "f4") ==
        "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"s +
            std::string(58, ' ') + "\n" + kTwoFloats + "\x00\x00\x40\x40"s);
  save_npy(dir / "f8", Tensor<double>(Shape{}, {7}));
  CHECK(read_file(dir / "f8") ==
        "\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (), }"s +
            std::string(62, ' ') + "\n\x00\x00\x00\x00\x00\x00\x1c\x40"s);
  save_npy(dir / "u1", Tensor<std::uint8_t>({2}, {1, 2}));
  CHECK(read_file(dir / "u1") ==
        "\x93NUMPY\x01\x00v\x00{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }"s +
            std::string(60, ' ') + "\n\x01\x02"s);
}

TEST_CASE("a written .npy replaces the old one and leaves nothing beside it", "[npy]") {
  const TemporaryDirectory dir;
  save_npy(dir / "x.npy", Tensor<float>({2}, {1, 2}));
  Tensor<float> three({2}, {3, 4});
  save_npy(dir / "x.npy", three.rows(0, 1));
  CHECK(load_npy<float>(dir / "x.npy")[0] == 3);
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 1);

  // Renaming onto a directory fails after everything was written.
  std::filesystem::create_directory(dir / "taken");
  write_file(dir / "taken" / "file", "");
  CHECK_THROWS_AS(save_npy(dir / "taken", Tensor<float>({1}, {3})), IoError);
  CHECK_THROWS_WITH(save_npy(dir / "no" / "x.npy", Tensor<float>({1}, {3})), contains("x.npy"));
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path()), {}) == 2);
}

TEST_CASE("versions 1 to 3 and other spellings of the header are read", "[npy]") {
  const TemporaryDirectory dir;
  const std::string usual = dictionary("<f4", "(2,)");
  for (const char major : {'\1', '\2', '\3'}) {
    write_file(dir / "x.npy", npy(usual, kTwoFloats, major));
    CHECK(load_npy<float>(dir / "x.npy")[1] == -2.5f);
  }
  for (const auto* text :
       {R"({"shape":(1,2),"fortran_order":False,"descr":"<f4"})",
        "{ 'fortran_order' : False , 'descr' : '<f4' , 'shape' : ( 1 , 2 , ) } "}) {
    write_file(dir / "x.npy", npy(text, kTwoFloats));
    CHECK(load_npy<float>(dir / "x.npy").shape() == Shape{1, 2});
  }
}

TEST_CASE("missing files and directories are DataErrors that name the path", "[npy]") {
  const TemporaryDirectory dir;
  CHECK_THROWS_AS(load_npy<float>(dir / "none.npy"), DataError);
  CHECK_THROWS_WITH(load_npy<float>(dir / "none.npy"), contains("none.npy"));
  CHECK_THROWS_AS(load_npy<float>(dir.path()), DataError);
}

// The value as T, if T has it.
template <class T>
std::optional<T> value_as(double value) {
  if constexpr (std::is_integral_v<T>)
    if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max())
      return std::nullopt;
  return static_cast<T>(value);
}

template <class T>
void check_numpy_file(const NumpyFile& file) {
  const TemporaryDirectory dir;
  write_file(dir / "x.npy", file.bytes);
  std::vector<T> expected;
  const std::string& bytes = file.bytes;  // which name the type
  bool fits = std::is_floating_point_v<T> ||
              (bytes.find("f4'") == bytes.npos && bytes.find("f8'") == bytes.npos);
  for (const double value : file.values) {
    fits = fits && value_as<T>(value);
    if (fits) expected.push_back(*value_as<T>(value));
  }
  if (!fits) {
    CHECK_THROWS_AS(load_npy<T>(dir / "x.npy"), DataError);
    return;
  }
  const Tensor<T> tensor = load_npy<T>(dir / "x.npy");
  CHECK(tensor.shape() == file.shape);
  CHECK(std::equal(tensor.begin(), tensor.end(), expected.begin(), expected.end()));
}

TEST_CASE("what NumPy writes is read, in every type and order", "[npy]") {
  for (const NumpyFile& file : numpy_files()) {
    INFO(file.name);
    check_numpy_file<float>(file);
    check_numpy_file<double>(file);
    check_numpy_file<std::int32_t>(file);
    check_numpy_file<std::uint8_t>(file);
  }
}

TEST_CASE("the machine's own order, and bytes that say none, are read", "[npy]") {
  const TemporaryDirectory dir;
  for (const char* descr : {"=f4", "<f4", "|f4", "f4"}) {
    write_file(dir / "x.npy", npy(dictionary(descr, "(2,)"), kTwoFloats));
    CHECK(load_npy<float>(dir / "x.npy")[1] == -2.5f);
  }
  write_file(dir / "x.npy", npy(dictionary("|b1", "(4,)"), "\x00\x01\x02\xff"s));
  CHECK(to_string(load_npy<std::int32_t>(dir / "x.npy")) == "[0 1 1 1]");
}

// Little-endian, as in a file.
template <class U>
std::string bytes_of(U value) {
  return {reinterpret_cast<const char*>(&value), sizeof(U)};
}

TEST_CASE("a value that the type does not have is refused, with its place", "[npy]") {
  const auto i8 = [](std::int64_t value) {
    return npy(dictionary("<i8", "(2,)"), bytes_of(std::int64_t{7}) + bytes_of(value));
  };
  const std::int64_t large = std::int64_t{1} << 40;
  CHECK_THAT(complaint<std::int32_t>(i8(large)),
             contains("bad.npy has the element 1099511627776 (number 1 of the file, from 0), which "
                      "does not fit '<i4' (int32), -2147483648 to 2147483647"));
  CHECK_THAT(complaint<std::int32_t>(i8(std::int64_t{1} << 31)), contains("does not fit"));
  CHECK_THAT(complaint<std::int32_t>(i8((std::int64_t{1} << 31) - 1)), contains("no DataError"));
  CHECK_THAT(complaint<std::int32_t>(i8(-(std::int64_t{1} << 31) - 1)), contains("does not fit"));
  CHECK_THAT(complaint<std::uint8_t>(i8(-1)), contains("does not fit '|u1' (uint8), 0 to 255"));
  CHECK_THAT(complaint<std::uint8_t>(i8(256)), contains("does not fit"));
  CHECK_THAT(complaint<std::int32_t>(npy(dictionary("<u8", "(1,)"), bytes_of(~std::uint64_t{0}))),
             contains("has the element 18446744073709551615"));
  const auto f8 = [](double value) { return npy(dictionary("<f8", "(1,)"), bytes_of(value)); };
  CHECK_THAT(complaint<float>(f8(1e39)), contains("has the element 1e+39") && contains("float32"));
  CHECK_THAT(complaint<std::int32_t>(f8(1)),
             contains("'<f8' (float64), expected '<i4' (int32) or other integers or bool"));
}

TEST_CASE("float64 becomes the nearest float, and integers the nearest of either", "[npy]") {
  const TemporaryDirectory dir;
  const double tie = 1 + 0x1p-24, above = 1 + 0x1.00001p-24;  // half an ULP of a float from 1
  save_npy(dir / "x.npy",
           Tensor<double>({6}, {tie, above, 0x1.fffffefp127, 1e-46, HUGE_VAL, -0.0}));
  const Tensor<float> x = load_npy<float>(dir / "x.npy");
  CHECK(x[0] == 1);
  CHECK(x[1] == 1 + 0x1p-23f);
  CHECK(x[2] == std::numeric_limits<float>::max());
  CHECK(x[3] == 0);
  CHECK(x[4] == HUGE_VALF);
  CHECK(std::signbit(x[5]));
  write_file(dir / "x.npy",
             npy(dictionary("<i8", "(2,)"),
                 bytes_of(std::int64_t{16777217}) + bytes_of((std::int64_t{1} << 53) + 3)));
  CHECK(load_npy<float>(dir / "x.npy")[0] == 16777216);
  CHECK(load_npy<double>(dir / "x.npy")[1] == 0x1p53 + 4);

  Tensor<double> nan({1}, {std::numeric_limits<double>::quiet_NaN()});
  save_npy(dir / "x.npy", nan);
  CHECK(std::isnan(load_npy<float>(dir / "x.npy")[0]));
}

TEST_CASE("a large array of another type, columns first, is read", "[npy]") {
  constexpr Index kRows = 211, kColumns = 307;  // more than one chunk of elements
  std::string data;
  for (Index column = 0; column < kColumns; ++column)
    for (Index row = 0; row < kRows; ++row)
      data += bytes_of(static_cast<std::int64_t>(1000 * row + column));
  const TemporaryDirectory dir;
  write_file(dir / "x.npy", npy(dictionary("<i8", "(211, 307)", "True"), data));
  const Tensor<std::int32_t> x = load_npy<std::int32_t>(dir / "x.npy");
  REQUIRE(x.shape() == Shape{kRows, kColumns});
  bool same = true;
  for (Index row = 0; row < kRows; ++row)
    for (Index column = 0; column < kColumns; ++column)
      same = same && x(row, column) == 1000 * row + column;
  CHECK(same);
}

TEST_CASE("other element types are refused by name", "[npy]") {
  CHECK_THAT(complaint(npy(dictionary("<f2", "(4,)"), kTwoFloats)), contains("'<f2' (float16)"));
  CHECK_THAT(complaint(npy(dictionary(">c8", "(1,)"), kTwoFloats)),
             contains("big-endian complex64"));
  CHECK_THAT(complaint(npy(dictionary("<b4", "(2,)"), kTwoFloats)), contains("bool32"));
  CHECK_THAT(complaint(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }",
                           kTwoFloats)),
             contains("structured"));
  for (const char* descr : {"|O", "<U2", "<M8[s]", "f", "<", "4", "<f4x", "<f-4", "<f99999999999"})
    CHECK_THAT(complaint(npy(dictionary(descr, "(1,)"), kTwoFloats)),
               contains(std::string("holds '") + descr + "'"));
}

TEST_CASE("truncated and overlong files are refused", "[npy]") {
  const std::string whole = npy(dictionary("<f4", "(2,)"), kTwoFloats);
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_THAT(complaint(whole.substr(0, length)),
               contains(length < 8 ? "not an .npy file" : "truncated"));
  CHECK_THAT(complaint(whole + "x"), contains("trailing"));
  CHECK_THAT(complaint(whole + kTwoFloats), contains("trailing"));
  CHECK_THAT(complaint(npy(dictionary("<f4", "(0,)"), "x")), contains("trailing"));
}

TEST_CASE("a header cannot ask for more memory than the file has data", "[npy]") {
  CHECK_THAT(complaint(npy(dictionary("<f4", "(1000000000000,)"), kTwoFloats)),
             contains("truncated"));
  CHECK_THAT(
      complaint(npy(dictionary("<f4", "(4611686018427387904,)"), "")),  // 2^62: bytes overflow
      contains("truncated"));
  CHECK_THAT(complaint(npy(dictionary("<f4", "(4294967296, 4294967296)"), "")),
             contains("impossible shape"));
  CHECK_THAT(complaint(npy(dictionary("<f4", "(99999999999999999999,)"), "")), contains("63 bits"));
  CHECK_THAT(complaint(npy(dictionary("<f4", "(1, 1, 1, 1, 1, 1, 1, 1, 2)"), kTwoFloats)),
             contains("impossible shape"));
  CHECK_THAT(complaint("\x93NUMPY\x02\x00\xff\xff\xff\x7f{"s), contains("at most"));
}

TEST_CASE("damaged headers are refused", "[npy]") {
  CHECK_THAT(complaint("PK\x03\x04, which is a zip archive"), contains("not an .npy file"));
  CHECK_THAT(complaint("\x93NUMPY\x04\x00v\x00{}"s), contains("4.0"));
  for (const auto* text : {"",
                           "{",
                           "[]",
                           "{}",
                           "{'descr': '<f4'}",
                           "{'descr': '<f4, }",
                           "{'descr' '<f4'}",
                           "{'descr': }",
                           "{'descr': '<f4', 'fortran_order': False}",
                           "{'descr': '<f4', 'shape': (2,)}",
                           "{'fortran_order': False, 'shape': (2,)}",
                           "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2,}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2.,)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} 1",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}",
                           "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'shape': (2,)}",
                           "{'descr': '', 'fortran_order': False, 'shape': (2,)}"}) {
    INFO(text);
    CHECK_THAT(complaint(npy(text, kTwoFloats)), contains("damaged header"));
  }
}
