#pragma once
/// \file
/// Text files, written as all files of the library are.

#include <filesystem>
#include <string_view>

#include "lanewise/export.hpp"

namespace lanewise {

/// Writes a text, byte for byte, to a file that has its old contents or the new ones, never half.
/// The mode of an older file is kept, links are followed, and special files are written to, as by
/// save_npy().
/// \throws IoError if it cannot be written; nothing has changed then.
LANEWISE_API void save_text(const std::filesystem::path& path, std::string_view text);

}  // namespace lanewise
