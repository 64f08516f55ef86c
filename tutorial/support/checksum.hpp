#pragma once
// Of what text a program was made: so the book can tell results that are older than the chapter.

#include <filesystem>
#include <string>

namespace tutorial {

/// The CRC-32 of the .cpp and .hpp files of a chapter's folder, in the order of their names and
/// without the comments of its page, in hexadecimal digits; "" where there is no such file.
/// tools/weaver/runs.py computes the same. \throws lanewise::IoError if a file cannot be read.
std::string checksum_of_sources(const std::filesystem::path& folder);

}  // namespace tutorial
