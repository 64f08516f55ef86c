// The contract is in io/npy_header.hpp.
#include "io/npy_header.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <span>
#include <utility>

namespace lanewise::io {
namespace {

// Headers of arrays that can be read here are below 200 bytes; NumPy itself refuses 10,000.
constexpr std::size_t kMaxHeader = 10'000;

// Reads the Python dictionary that the header is: the three keys in any order, each once, and
// nothing else.
class HeaderParser {
 public:
  HeaderParser(const InputFile& file, std::string_view text) : file_(file), text_(text) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && header_.descr.empty())
        header_.descr = descr();
      else if (key == "fortran_order" && !has_order_)
        header_.fortran_order = boolean();
      else if (key == "shape" && !has_shape_)
        header_.shape = tuple();
      else
        fail(fmt::format("unexpected key '{}'", key));
      if (!accept(',') && peek() != '}') fail("expected ',' or '}'");
    }
    if (header_.descr.empty() || !has_order_ || !has_shape_)
      fail("expected the keys 'descr', 'fortran_order' and 'shape'");
    if (peek() != '\0') fail("expected nothing after '}'");
    return std::move(header_);
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    file_.fail(fmt::format("has a damaged header: {} at character {} of it", what, at_));
  }

  // The next character that is not a space, '\0' at the end.
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool accept(char c) {
    if (c == '\0' || peek() != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!accept(c)) fail(fmt::format("expected '{}'", c));
  }

  std::string_view string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("expected a string");
    const std::size_t begin = ++at_, end = text_.find(quote, begin);
    if (end == std::string_view::npos) fail("expected the end of a string");
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  std::string descr() {
    if (peek() == '[') file_.fail("holds a structured type, expected a number");
    const std::string_view text = string();
    if (text.empty()) fail("expected a type");
    return std::string(text);
  }

  bool boolean() {
    has_order_ = true;
    peek();
    for (const bool value : {false, true}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    fail("expected True or False");
  }

  std::vector<Index> tuple() {
    has_shape_ = true;
    std::vector<Index> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(size());
      if (!accept(',') && (peek() != ')' || sizes.size() == 1)) fail("expected ','");
    }
    return sizes;
  }

  Index size() {
    const char first = peek();
    Index value = 0;
    const auto result = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (first < '0' || first > '9' || result.ec != std::errc{})
      fail("expected a size that fits in 63 bits");
    at_ = static_cast<std::size_t>(result.ptr - text_.data());
    return value;
  }

  const InputFile& file_;
  std::string_view text_;
  std::size_t at_ = 0;
  NpyHeader header_;
  bool has_order_ = false, has_shape_ = false;
};

// The dictionary's text; leaves the file at the first element.
std::string read_text(InputFile& file) {
  std::array<char, 8> start{};
  if (file.size() >= start.size()) file.read(std::as_writable_bytes(std::span(start)));
  if (std::string_view(start.data(), kNpyMagic.size()) != kNpyMagic)
    file.fail("is not an .npy file: expected it to begin with '\\x93NUMPY'");
  const int major = static_cast<unsigned char>(start[6]);
  const int minor = static_cast<unsigned char>(start[7]);
  if (major < 1 || major > 3 || minor != 0)
    file.fail(fmt::format("has the format version {}.{}, expected 1.0, 2.0 or 3.0", major, minor));
  std::array<unsigned char, 4> length_bytes{};  // little-endian; the upper two stay 0 in 1.0
  file.read(std::as_writable_bytes(std::span(length_bytes).first(major == 1 ? 2 : 4)));
  const auto length = std::bit_cast<std::uint32_t>(length_bytes);
  if (length > kMaxHeader)
    file.fail(fmt::format("claims a header of {} bytes, expected at most {}", length, kMaxHeader));
  std::string text(length, '\0');
  file.read(std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace

NpyHeader read_npy_header(InputFile& file) {
  const std::string text = read_text(file);
  return HeaderParser(file, text).parse();
}

}  // namespace lanewise::io
