#include "support/run_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include "lanewise/error.hpp"
#include "lanewise/io/text.hpp"

namespace fs = std::filesystem;

namespace tutorial {

namespace {

constexpr const char* kList = ".files";  // written last: a folder that has one is complete

// A descriptor of the folder, locked, or -1. Closing it ends the lock.
int lock_folder(const fs::path& folder, int wait = 0) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | wait) == 0) return descriptor;
  if (descriptor >= 0) ::close(descriptor);
  return -1;
}

// Holds a folder against the other runs, for a moment.
class Turn {
 public:
  explicit Turn(const fs::path& folder) : lock_(lock_folder(folder)) {}
  ~Turn() {
    if (lock_ >= 0) ::close(lock_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  int lock_;
};

std::set<std::string> listed_files(const fs::path& folder) {
  std::ifstream file(folder / kList);
  std::set<std::string> names{kList};
  for (std::string name; std::getline(file, name);) names.insert(name);
  return names;
}

void write_list(const fs::path& folder) {
  std::string names;
  for (const auto& entry : fs::directory_iterator(folder))
    names += entry.path().filename().string() + '\n';
  lanewise::save_text(folder / kList, names);
}

// What is in the old folder and not a run's is also put into the new one, as a link where possible.
void keep_what_is_not_ours(const fs::path& old_folder, const fs::path& new_folder) {
  const std::set<std::string> ours = listed_files(old_folder);
  for (const auto& entry : fs::directory_iterator(old_folder)) {
    const fs::path name = entry.path().filename();
    const bool taken = fs::exists(fs::symlink_status(new_folder / name));
    if (taken && entry.symlink_status().type() == fs::file_type::directory)
      throw lanewise::IoError(
          fmt::format("--out: {} cannot be written: Is a directory", entry.path().string()));
    if (taken || ours.contains(name.string())) continue;
    constexpr auto kWhole = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
    std::error_code error;
    fs::copy(entry.path(), new_folder / name, kWhole | fs::copy_options::create_hard_links, error);
    if (error)
      fs::copy(entry.path(), new_folder / name, kWhole | fs::copy_options::overwrite_existing);
  }
}

// `path` becomes `target`, and what `target` was is then `path`.
void exchange(const fs::path& path, const fs::path& target) {
#ifdef RENAME_EXCHANGE
  if (::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) return;
#endif
  // Not every file system has it. A run that is killed in between leaves two complete folders, and
  // the next one puts one of them in place.
  const fs::path aside = path.string() + ".tmp";
  fs::rename(target, aside);
  fs::rename(path, target);
  fs::rename(aside, path);
}

}  // namespace

RunFolder::RunFolder(const fs::path& target) {
  try {
    fs::create_directories(target);
    target_ = fs::canonical(target);
    const Turn turn(target_.parent_path());
    remove_leftovers();
    int number = 0;
    do path_ = fmt::format("{}.lanewise-{}.tmp", target_.string(), number++);
    while (!fs::create_directory(path_));
    lock_ = lock_folder(path_);
  } catch (const fs::filesystem_error& error) {
    throw lanewise::IoError(
        fmt::format("--out: {} cannot be written to: {}", target.string(), error.code().message()));
  }
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (path_ != target_) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

void RunFolder::remove_leftovers() const {
  const std::string begin = target_.filename().string() + ".lanewise-";
  for (const auto& entry : fs::directory_iterator(target_.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(".tmp")) continue;
    const int lock = lock_folder(entry.path(), LOCK_NB);
    if (lock < 0) continue;
    std::error_code ignored;
    if (fs::exists(entry.path() / kList) && fs::is_empty(target_))
      fs::rename(entry.path(), target_, ignored);  // replaces an empty folder
    else
      fs::remove_all(entry.path(), ignored);
    ::close(lock);
  }
}

void RunFolder::publish() {
  try {
    write_list(path_);
    const Turn turn(target_.parent_path());
    fs::create_directories(target_);  // somebody may have removed it
    fs::permissions(path_, fs::status(target_).permissions());
    keep_what_is_not_ours(target_, path_);
    exchange(path_, target_);
    std::error_code ignored;
    fs::remove_all(std::exchange(path_, target_), ignored);  // what was the target
  } catch (const fs::filesystem_error& error) {
    throw lanewise::IoError(fmt::format("--out: {} cannot be written to: {}", target_.string(),
                                        error.code().message()));
  }
}

}  // namespace tutorial
