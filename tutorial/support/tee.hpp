#pragma once
// A copy of what a program prints, for the book.

#include <filesystem>
#include <ostream>
#include <streambuf>
#include <string>

namespace tutorial {

/// While it lives, what is written to a stream is kept, line by line, for a file and for that of
/// the section that is open. Of a line that a carriage return overwrites, as a progress bar does,
/// only the last state is kept. Files are written whole (lanewise/io/text.hpp): a section's when it
/// ends, and the whole text, as far as it has come, with it.
class Tee : private std::streambuf {
 public:
  Tee(std::ostream& stream, const std::filesystem::path& path);
  /// Writes what is not written yet. If that fails there is nobody to hear of it: finish() tells.
  ~Tee() override;
  Tee(const Tee&) = delete;
  Tee& operator=(const Tee&) = delete;

  /// From here on lines also go to this file, and no longer to the one before. Throws
  /// lanewise::IoError if that one cannot be written.
  void open_section(const std::filesystem::path& path);
  /// From here on lines go to no section's file. Throws lanewise::IoError if a file cannot be
  /// written.
  void close_section();
  /// Ends the copying. Throws lanewise::IoError if a file cannot be written.
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
  std::string text_, section_text_, line_;
  bool overwrite_ = false;  // a carriage return came, and nothing since
};

}  // namespace tutorial
