// Reading, and what writing shares with it. The contract is in io/file.hpp.
#include "io/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lanewise/error.hpp"

namespace lanewise::io {
namespace {

std::string_view kind_of(mode_t mode) {
  return S_ISDIR(mode)    ? "a directory"
         : S_ISFIFO(mode) ? "a FIFO"
         : S_ISSOCK(mode) ? "a socket"
                          : "a device";
}

}  // namespace

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

InputFile::InputFile(std::string_view operation, const std::filesystem::path& path)
    : operation_(operation), path_(path) {
  struct stat status {};
  const auto require = [&](bool good) {
    if (!good)
      fail(errno == ENOENT ? "does not exist"
                           : fmt::format("cannot be opened: {}", std::strerror(errno)));
    if (!S_ISREG(status.st_mode))
      fail(fmt::format("is {}, expected a regular file", kind_of(status.st_mode)));
  };
  require(::stat(path.c_str(), &status) == 0);  // opening a device can already have consequences
  file_ = Descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  require(file_ && ::fstat(file_.get(), &status) == 0);  // it may be another file by now
  size_ = static_cast<std::uintmax_t>(status.st_size);
}

void InputFile::fail(std::string_view what) const {
  throw DataError(fmt::format("{}: {} {}", operation_, path_.string(), what));
}

void InputFile::read(std::span<std::byte> bytes) {
  if (bytes.size() > remaining())
    fail(fmt::format("is truncated: expected {} bytes at offset {}, found {}", bytes.size(),
                     position_, remaining()));
  while (!bytes.empty()) {
    const ssize_t count = ::read(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      fail(fmt::format("cannot be read at offset {}: {}", position_,
                       count < 0 ? std::strerror(errno) : "the file became shorter meanwhile"));
    position_ += static_cast<std::uintmax_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string InputFile::read_rest() {
  std::string text(static_cast<std::size_t>(remaining()), '\0');
  read(std::as_writable_bytes(std::span(text)));
  return text;
}

}  // namespace lanewise::io
