#include "support/tee.hpp"

#include <exception>
#include <utility>

#include "lanewise/io/text.hpp"

namespace tutorial {

Tee::Tee(std::ostream& stream, const std::filesystem::path& path)
    : stream_(stream), original_(stream.rdbuf()), path_(path) {
  stream_.rdbuf(this);
}

Tee::~Tee() {
  try {
    finish();
  } catch (const std::exception&) {
    // On the way out of an error that is told, or finish() has told already.
  }
}

void Tee::open_section(const std::filesystem::path& path) {
  close_section();
  section_path_ = path;
}

void Tee::close_section() {
  put_line();
  if (!section_path_.empty()) lanewise::save_text(std::exchange(section_path_, {}), section_text_);
  section_text_.clear();
  lanewise::save_text(path_, text_);
}

void Tee::finish() {
  if (stream_.rdbuf() != this) return;
  stream_.rdbuf(original_);
  close_section();
}

void Tee::put_line() {
  text_ += line_;
  if (!section_path_.empty()) section_text_ += line_;
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
  return original_->pubsync();
}

}  // namespace tutorial
