#pragma once
// Files, whole: the one place where the library opens files.
//
// Reading. Only regular files are read, links to them included. A FIFO, which would wait for its
// writer, a device, a socket and a folder are DataErrors that say what the name stands for.
//
// Writing. A regular file is replaced: the new one is written beside it and then renamed, so that
// its name stands for the old contents or for the new ones, never for half of them. The new one has
// the mode of the old, and its owner and group as far as the system permits; other hard links keep
// the old contents. Symbolic links stay and the file at their end is replaced, or made. What is not
// a regular file is written to: a FIFO, which waits for its reader, a device, and the descriptors
// of this process (/dev/stdout, /dev/fd/3) at their current position.
//
// A writer that is killed leaves `<name>.lanewise-<n>.tmp` behind, which the next save of that name
// removes: writers lock their temporary files, so that one that nobody holds is known for a
// leftover. Where locks are not to be had it stays. Nothing is flushed to the disk: the promise is
// about processes that end and disks that are full, not about a loss of power.
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lanewise::io {

// Owns a descriptor of the system's; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// A regular file opened for reading. Its size is known before anything is read, so that a header's
// claims can be compared with it. `operation` begins every message: "load_npy".
class InputFile {
 public:
  // Throws DataError if there is no such file, it is not a regular one, or it cannot be opened.
  InputFile(std::string_view operation, const std::filesystem::path& path);

  std::uintmax_t size() const { return size_; }
  std::uintmax_t remaining() const { return size_ - position_; }

  // Fills `bytes` from the current position, which it moves. Throws DataError if fewer remain, and
  // if reading fails.
  void read(std::span<std::byte> bytes);

  // All bytes from the current position on. Throws as read().
  std::string read_rest();

  // Throws a DataError of the operation, the path and what is wrong with the file.
  [[noreturn]] void fail(std::string_view what) const;

 private:
  std::string_view operation_;
  std::filesystem::path path_;
  std::uintmax_t size_ = 0;
  std::uintmax_t position_ = 0;
  Descriptor file_;
};

// A file to be written: its parts, one after the other.
struct NewFile {
  std::filesystem::path path;
  std::vector<std::span<const std::byte>> parts;
};

// Writes files as the top of this page says: all of them, or, when one cannot be written, none.
// Throws IoError then, and leaves no temporary file behind. (What went into a FIFO or a device
// cannot be taken back, and a name that cannot be renamed to, after everything was written, comes
// too late for those before it.)
void write_files(std::string_view operation, const std::vector<NewFile>& files);

// Writes one file.
void write_file(std::string_view operation, const std::filesystem::path& path,
                std::vector<std::span<const std::byte>> parts);

// A file in memory with this text, to be read from its beginning, that a child process can be
// given. Its number is 10 or more: out of the way of those that a child finds its files under.
// Throws IoError.
Descriptor memory_file(std::string_view operation, std::string_view text);

// Removes the regular file that `path` stands for, if there is one. Links to it stay, and so does
// what is not a regular file.
void remove_file(const std::filesystem::path& path);

}  // namespace lanewise::io
