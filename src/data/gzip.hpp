#pragma once
// A file as a stream of bytes: those that were compressed if it is a gzip file, else as it stands.
//
// zlib's own gzread() ignores what follows the compressed data. Here that is an error, unless it is
// zeros, as tapes and block devices leave them, or another member, since several gzip files one
// after the other are one.

#include <zlib.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "io/file.hpp"

namespace lanewise::data {

class GzipReader {
 public:
  /// Throws DataError, beginning with `operation`, if the file cannot be opened.
  GzipReader(std::string_view operation, const std::filesystem::path& path);
  ~GzipReader();
  GzipReader(const GzipReader&) = delete;
  GzipReader& operator=(const GzipReader&) = delete;

  /// Whether the file begins as gzip does.
  bool compressed() const { return compressed_; }

  /// Fills `out` as far as the data goes and returns how many bytes that was. Fewer than asked for
  /// means that the file has ended properly, checksum included; anything else throws DataError.
  std::size_t read(std::span<unsigned char> out);

  /// Throws a DataError of the operation, the path and what is wrong with the file.
  [[noreturn]] void fail(std::string_view what) const { file_.fail(what); }

 private:
  bool demand(std::size_t count);
  bool at_member();
  bool next_member();

  io::InputFile file_;
  std::vector<unsigned char> buffer_;
  z_stream stream_{};  // its input, next_in and avail_in, is that of a plain file too
  bool compressed_ = false;
  bool member_ended_ = false;
};

}  // namespace lanewise::data
