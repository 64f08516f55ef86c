#include "support/checksum.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <vector>

#include "lanewise/error.hpp"

namespace fs = std::filesystem;

namespace tutorial {

namespace {

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw lanewise::IoError(fmt::format("{}: it cannot be read", file.string()));
  return text;
}

// A sentence that was mended makes no results old.
std::string without_page(std::string text) {
  constexpr std::string_view kBegin = "/** \\page ", kEnd = "*/";
  for (std::size_t at = 0; (at = text.find(kBegin, at)) != std::string::npos;) {
    const std::size_t end = text.find(kEnd, at);
    if (end == std::string::npos) break;
    text.erase(at, end + kEnd.size() - at);
  }
  return text;
}

}  // namespace

std::string checksum_of_sources(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code absent;  // of a program that is away from its sources
  for (const auto& entry : fs::directory_iterator(folder, absent))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  if (files.empty()) return "";
  uLong sum = crc32(0, nullptr, 0);
  for (const fs::path& file : files) {
    const std::string text = without_page(text_of(file));
    sum = crc32_z(sum, reinterpret_cast<const Bytef*>(text.data()), text.size());
  }
  return fmt::format("{:08x}", sum);
}

}  // namespace tutorial
