#pragma once
// Text on its way into pictures and files of numbers.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lanewise::report {

/// Characters, not bytes of UTF-8.
std::size_t letters(std::string_view text);

/// About how wide a text of letters of 15 pixels is, in pixels.
double text_width(std::string_view text);

/// What can be shown of a text: control characters become spaces, and what is not UTF-8 becomes
/// U+FFFD.
std::string printable(std::string_view text);

/// The same within an element of an SVG, or in quotes as an attribute of one.
std::string xml_text(std::string_view text);

/// Each of these characters twice.
std::string doubling(std::string_view text, char special);

/// A field of a CSV file, in double quotes where it needs them, of what is printable(): gnuplot
/// reads line by line.
std::string csv_field(std::string_view text);

/// The widest of these names, in pixels.
double widest(const std::vector<std::string>& names);

}  // namespace lanewise::report
