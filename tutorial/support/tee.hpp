#pragma once
// A copy of what a program prints, for the book.

#include <filesystem>
#include <fstream>
#include <ostream>
#include <streambuf>
#include <string>

namespace tutorial {

/// While it lives, what is written to a stream also goes to a file, line by line, and to that of
/// the section that is open. Of a line that a carriage return overwrites, as a progress bar does,
/// only the last state goes there.
class Tee : private std::streambuf {
 public:
  /// \throws lanewise::IoError if the file cannot be opened.
  Tee(std::ostream& stream, const std::filesystem::path& path);
  ~Tee() override;
  Tee(const Tee&) = delete;
  Tee& operator=(const Tee&) = delete;

  /// From here on lines also go to this file, and no longer to the one before.
  /// \throws lanewise::IoError as close_section(), or if the file cannot be opened.
  void open_section(const std::filesystem::path& path);
  /// From here on lines go to no section's file.
  /// \throws lanewise::IoError if the section could not be written, as on a full disk.
  void close_section();
  /// Closes both files: nothing is copied any more.
  /// \throws lanewise::IoError if one of them could not be written.
  void finish();

 private:
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;
  void keep(char character);
  void put_line();

  std::ostream& stream_;
  std::streambuf* original_;
  std::filesystem::path path_, section_path_;
  std::ofstream file_, section_;
  std::string line_;
  bool overwrite_ = false;  // a carriage return came, and nothing since
};

}  // namespace tutorial
