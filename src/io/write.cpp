// Writing. The contract is in io/file.hpp.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>

#include "io/file.hpp"
#include "lanewise/error.hpp"

namespace lanewise::io {
namespace {

namespace fs = std::filesystem;

// Where a path leads to: to a name that is no link, whether or not it is taken, or to a descriptor
// of this process.
struct Target {
  fs::path name;
  int descriptor = -1;
};

// The number of "/proc/self/fd/3", under whatever name; -1 for other paths.
int own_descriptor(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.empty() || name.size() > 6 || name.find_first_not_of("0123456789") != std::string::npos)
    return -1;
  std::error_code none;
  const fs::path folder = fs::canonical(path.parent_path(), none);
  return folder == fs::path(fmt::format("/proc/{}/fd", ::getpid())) ? std::stoi(name) : -1;
}

Target follow_links(fs::path path) {
  constexpr int kMostLinks = 40;  // as the kernel, which has said so before a loop gets here
  for (int i = 0; i <= kMostLinks; ++i) {
    if (const int descriptor = own_descriptor(path); descriptor >= 0) return {path, descriptor};
    std::error_code error;
    const fs::path next = fs::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / next;
  }
  return {path};
}

// The name of a temporary file beside `target`; several may be in use at once. Of a name that is
// too long the end is kept, since that is where the files of one set differ.
fs::path temporary_name(const fs::path& target, int number) {
  constexpr std::size_t kLongestName = 255;
  const std::string suffix = fmt::format(".lanewise-{}.tmp", number);
  std::string name = target.filename().string();
  if (name.size() + suffix.size() > kLongestName)
    name.erase(0, name.size() + suffix.size() - kLongestName);
  return target.parent_path() / (name + suffix);
}

// Waits, where it has to, for another save that looks whether the file is a leftover. Where files
// cannot be locked there is nothing to be done.
void lock(const Descriptor& file) {
  while (::flock(file.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
}

// Removes a temporary file unless its writer holds it. Returns whether there was one.
bool remove_leftover(const fs::path& name) {
  const Descriptor file(::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  if (!file) return errno == EACCES || errno == ELOOP;  // another's, or not a file of ours
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return true;
  // Its writer may have renamed it, and the name have been taken again, before it was locked here.
  struct stat held {
  }, named{};
  if (::fstat(file.get(), &held) == 0 && ::lstat(name.c_str(), &named) == 0 &&
      S_ISREG(held.st_mode) && held.st_dev == named.st_dev && held.st_ino == named.st_ino)
    ::unlink(name.c_str());
  return true;
}

void remove_leftovers(const fs::path& target) {
  constexpr int kGap = 8;  // numbers that are free while higher ones may not be
  constexpr int kMost = 1000;
  for (int number = 0, free = 0; free < kGap && number < kMost; ++number)
    free = remove_leftover(temporary_name(target, number)) ? 0 : free + 1;
}

// While it lives, a pipe that nobody reads and a limit on the size of files are errors of write(),
// and not signals that end the process.
class NoSignals {
 public:
  NoSignals() {
    sigset_t pending;
    sigpending(&pending);
    sigemptyset(&held_);
    for (const int signal : {SIGPIPE, SIGXFSZ})
      if (sigismember(&pending, signal) == 0) sigaddset(&held_, signal);
    pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  ~NoSignals() {
    const timespec now{};
    while (sigtimedwait(&held_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t held_, before_;
};

// Writes everything. Returns false, and errno, if that fails.
bool write_all(const Descriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // a terminal or a pipe that somebody set so
      pollfd ready{.fd = file.get(), .events = POLLOUT, .revents = 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// One file on its way: opened and written, but not yet under its name. It is removed unless
// commit() is called.
class Draft {
 public:
  Draft(std::string_view operation, const fs::path& path) : operation_(operation), path_(path) {
    struct stat old {};
    const bool exists = ::stat(path.c_str(), &old) == 0;
    if (!exists && errno != ENOENT) fail(std::strerror(errno));
    Target target = follow_links(path);
    target_ = std::move(target.name);
    if (target.descriptor >= 0) {
      open_special(::fcntl(target.descriptor, F_DUPFD_CLOEXEC, 0));
    } else if (exists && S_ISDIR(old.st_mode)) {
      fail(std::strerror(EISDIR));
    } else if (exists && !S_ISREG(old.st_mode)) {
      int number = -1;
      do number = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
      while (number < 0 && errno == EINTR);
      open_special(number);
    } else {
      if (exists && ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0)
        fail(std::strerror(errno));
      remove_leftovers(target_);
      create(exists ? &old : nullptr);
    }
  }
  ~Draft() { discard(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  void write(std::span<const std::byte> bytes) {
    if (!write_all(file_, bytes)) fail(std::strerror(errno));
  }

  // Some disks are found full, or gone, only here.
  void finish() {
    const int copy = beside_.empty() ? -1 : ::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0);
    if (copy >= 0 && ::close(copy) != 0) fail(std::strerror(errno));
  }

  void commit() {
    if (beside_.empty()) return;
    if (::rename(beside_.c_str(), target_.c_str()) != 0) fail(std::strerror(errno));
    beside_.clear();
  }

 private:
  [[noreturn]] void fail(std::string_view reason) {
    discard();
    throw IoError(fmt::format("{}: {} cannot be written: {}", operation_, path_.string(), reason));
  }

  void discard() {
    if (!beside_.empty()) ::unlink(beside_.c_str());
    beside_.clear();
  }

  void open_special(int number) {
    file_ = Descriptor(number);
    if (!file_) fail(std::strerror(errno));
  }

  // Makes the new file, with the old one's mode and owners if there is an old one.
  void create(const struct stat* old) {
    for (int number = 0; !file_; ++number) {
      const fs::path name = temporary_name(target_, number);
      file_ = Descriptor(
          ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, old ? 0600 : 0666));
      if (!file_ && errno != EEXIST)
        fail(fmt::format("it is replaced whole or not at all, and no file can be made in {}: {}",
                         target_.has_parent_path() ? target_.parent_path().string() : ".",
                         std::strerror(errno)));
      if (!file_) continue;  // another save's
      lock(file_);
      struct stat made {};
      if (::fstat(file_.get(), &made) == 0 && made.st_nlink == 0) {
        file_ = Descriptor();  // taken for a leftover before it was locked
        number = -1;
        continue;
      }
      beside_ = name;
    }
    if (old == nullptr) return;
    if (::fchmod(file_.get(), old->st_mode & 0777) != 0) fail(std::strerror(errno));
    if (::fchown(file_.get(), old->st_uid, old->st_gid) != 0 &&
        ::fchown(file_.get(), static_cast<uid_t>(-1), old->st_gid) != 0) {
      // Only root can give files away: this one is ours from now on.
    }
  }

  std::string_view operation_;
  fs::path path_, target_, beside_;
  Descriptor file_;
};

}  // namespace

void write_files(std::string_view operation, const std::vector<NewFile>& files) {
  const NoSignals no_signals;
  std::deque<Draft> drafts;
  for (const NewFile& file : files) {
    drafts.emplace_back(operation, file.path);
    for (const auto part : file.parts) drafts.back().write(part);
    drafts.back().finish();
  }
  for (Draft& draft : drafts) draft.commit();
}

void write_file(std::string_view operation, const fs::path& path,
                std::vector<std::span<const std::byte>> parts) {
  write_files(operation, {{path, std::move(parts)}});
}

Descriptor memory_file(std::string_view operation, std::string_view text) {
  const NoSignals no_signals;
  constexpr int kLeastNumber = 10;
  const Descriptor low(::memfd_create("lanewise", MFD_CLOEXEC));
  Descriptor file(low ? ::fcntl(low.get(), F_DUPFD_CLOEXEC, kLeastNumber) : -1);
  if (!file || !write_all(file, std::as_bytes(std::span(text))) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0)
    throw IoError(
        fmt::format("{}: no file can be made in memory: {}", operation, std::strerror(errno)));
  return file;
}

void remove_file(const fs::path& path) {
  const Target target = follow_links(path);
  struct stat status {};
  if (target.descriptor < 0 && ::lstat(target.name.c_str(), &status) == 0 &&
      S_ISREG(status.st_mode))
    ::unlink(target.name.c_str());
}

}  // namespace lanewise::io
