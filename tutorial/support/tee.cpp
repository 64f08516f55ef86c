#include "support/tee.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "lanewise/error.hpp"

namespace tutorial {

namespace {

void open(std::ofstream& file, const std::filesystem::path& path) {
  errno = 0;
  file.open(path, std::ios::binary);
  if (!file)
    throw lanewise::IoError(
        fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno)));
}

// Closing flushes the last block: a full disk may show only here.
void close(std::ofstream& file, const std::filesystem::path& path) {
  errno = 0;
  file.close();
  if (!file)
    throw lanewise::IoError(fmt::format("{} could not be written whole: {}", path.string(),
                                        errno == 0 ? "is the disk full?" : std::strerror(errno)));
}

}  // namespace

Tee::Tee(std::ostream& stream, const std::filesystem::path& path)
    : stream_(stream), original_(stream.rdbuf()), path_(path) {
  open(file_, path);
  stream_.rdbuf(this);
}

Tee::~Tee() {
  stream_.rdbuf(original_);
  put_line();
}

void Tee::open_section(const std::filesystem::path& path) {
  close_section();
  open(section_, path);
  section_path_ = path;
}

void Tee::close_section() {
  put_line();
  if (section_.is_open()) close(section_, section_path_);
}

void Tee::finish() {
  close_section();
  close(file_, path_);
}

void Tee::put_line() {
  file_ << line_;
  if (section_.is_open()) section_ << line_;
  line_.clear();
}

void Tee::keep(char character) {
  if (character == '\r') {
    overwrite_ = true;
    return;
  }
  if (overwrite_ && character != '\n') line_.clear();
  overwrite_ = false;
  line_ += character;
  if (character == '\n') put_line();
}

Tee::int_type Tee::overflow(int_type character) {
  if (traits_type::eq_int_type(character, traits_type::eof()))
    return traits_type::not_eof(character);
  keep(traits_type::to_char_type(character));
  return original_->sputc(traits_type::to_char_type(character));
}

std::streamsize Tee::xsputn(const char* text, std::streamsize size) {
  for (std::streamsize i = 0; i < size; ++i) keep(text[i]);
  return original_->sputn(text, size);
}

int Tee::sync() {
  file_.flush();
  section_.flush();
  return original_->pubsync();
}

}  // namespace tutorial
