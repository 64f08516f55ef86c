// The contract is in text.hpp.
#include "report/text.hpp"

#include <algorithm>

namespace lanewise::report {

namespace {

// The length of the well-formed UTF-8 sequence that `text` begins with (RFC 3629); 0 if it does not
// begin with one.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4 || !follows(1)) return 0;
  if (first < 0xe0) return 2;
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_large = first == 0xf4 && second >= 0x90;
  if (overlong || surrogate || too_large || !follows(2)) return 0;
  if (first < 0xf0) return 3;
  return follows(3) ? 4 : 0;
}

}  // namespace

// Scripts, and CSV files as gnuplot reads them, know lines but no way to write one in a text, and
// an SVG with anything but UTF-8 is none.
std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto code = static_cast<unsigned char>(text[0]);
    if (length == 0)
      out += "\xef\xbf\xbd";
    else if (code < 0x20 || code == 0x7f)
      out += ' ';
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::size_t letters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

double text_width(std::string_view text) {
  constexpr double kLetter = 8.2;
  return kLetter * static_cast<double>(letters(text));
}

double widest(const std::vector<std::string>& names) {
  double width = 0;
  for (const std::string& name : names) width = std::max(width, text_width(name));
  return width;
}

std::string doubling(std::string_view text, char special) {
  std::string out;
  for (const char c : text) out.append(c == special ? 2 : 1, c);
  return out;
}

std::string csv_field(std::string_view text) {
  const std::string field = doubling(printable(text), '"');
  return field.find_first_of(",\"") == std::string::npos ? field : '"' + field + '"';
}

}  // namespace lanewise::report
