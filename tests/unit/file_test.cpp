// What every writer and every loader owes to links, modes, special files, full disks and each
// other.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "lanewise/data/idx.hpp"
#include "lanewise/error.hpp"
#include "lanewise/io/npy.hpp"
#include "lanewise/io/text.hpp"
#include "lanewise/report/plot.hpp"
#include "lanewise/report/results.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/environment.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
namespace fs = std::filesystem;

namespace {

using Writer = std::function<void(const fs::path&)>;
using Loader = std::function<void(const fs::path&)>;

// Each writes NAME.csv; draw() writes NAME.gnuplot, too.
const std::vector<std::pair<std::string, Writer>> kWriters{
    {"save_npy",
     [](const fs::path& path) {
       save_npy(path, Tensor<float>({2}, {1, -2.5f}));
     }},
    {"save_text", [](const fs::path& path) { save_text(path, "text\n"); }},
    {"write_results", [](const fs::path& path) { report::write_results(path, {}); }},
    {"draw", [](fs::path path) {  // without pictures, which plot_test.cpp sees to
       const Environment no_gnuplot("PATH", "/none");
       report::draw(path.replace_extension(),
                    report::BarChart{
                        .title = "", .x_label = "", .y_label = "", .names = {"a"}, .values = {1}});
     }}};

const std::vector<std::pair<std::string, Loader>> kLoaders{
    {"load_npy", [](const fs::path& path) { load_npy<float>(path); }},
    {"load_idx", [](const fs::path& path) { data::load_idx(path); }},
    {"load_idx_images", [](const fs::path& path) { data::load_idx_images(path); }},
    {"load_idx_labels", [](const fs::path& path) { data::load_idx_labels(path); }},
    {"load_keras_runs", [](const fs::path& path) { report::load_keras_runs(path); }}};

std::string written_by(const Writer& write) {
  const TemporaryDirectory directory;
  write(directory / "x.csv");
  return read_file(directory / "x.csv");
}

template <class Error>
std::string complaint(const std::function<void(const fs::path&)>& use, const fs::path& path) {
  try {
    use(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

bool has_temporary_files(const fs::path& directory) {
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().extension() == ".tmp") return true;
  return false;
}

void make_fifo(const fs::path& path) {
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
}

// Lets the system's permissions count, which root is not asked for.
class AsNobody {
 public:
  AsNobody() : was_root_(::geteuid() == 0) {
    if (was_root_) REQUIRE(::seteuid(65534) == 0);
  }
  ~AsNobody() {
    if (was_root_) static_cast<void>(::seteuid(0) == 0);
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  bool was_root_;
};

}  // namespace

TEST_CASE("writers keep the mode of a file, and new files get the umask's", "[files]") {
  const TemporaryDirectory directory;
  for (const auto& [name, write] : kWriters) {
    INFO(name);
    const fs::path path = directory / (name + ".csv");
    write(path);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    CHECK(mode_of(path) == (0666 & ~mask));
    for (const mode_t mode : {0600u, 0640u, 0666u, 0755u}) {
      REQUIRE(::chmod(path.c_str(), mode) == 0);
      write_file(path, "older");
      write(path);
      CHECK(mode_of(path) == mode);
      CHECK(read_file(path) == written_by(write));
    }
  }
  CHECK_FALSE(has_temporary_files(directory.path()));
}

TEST_CASE("a file belongs to whom it did", "[files]") {
  if (::geteuid() != 0) {
    WARN("skipped: only root can give files away");
    return;
  }
  const TemporaryDirectory directory;
  save_text(directory / "file", "older");
  REQUIRE(::chown((directory / "file").c_str(), 65534, 65534) == 0);
  save_text(directory / "file", "newer");
  struct stat status {};
  REQUIRE(::stat((directory / "file").c_str(), &status) == 0);
  CHECK(status.st_uid == 65534);
  CHECK(status.st_gid == 65534);
}

TEST_CASE("writers follow links, and the links stay", "[files]") {
  for (const auto& [name, write] : kWriters) {
    INFO(name);
    const TemporaryDirectory directory;
    fs::create_directories(directory / "far/away");
    fs::create_directory_symlink("far", directory / "near");
    write_file(directory / "far/away/file", "older");
    fs::create_symlink("file", directory / "far/away/link");
    fs::create_symlink("near/away/link", directory / "x.csv");
    write(directory / "x.csv");
    CHECK(fs::is_symlink(directory / "x.csv"));
    CHECK(fs::is_symlink(directory / "far/away/link"));
    CHECK(read_file(directory / "far/away/file") == written_by(write));

    fs::remove(directory / "far/away/file");  // the link leads nowhere now
    write(directory / "x.csv");
    CHECK(read_file(directory / "far/away/file") == written_by(write));
    CHECK_FALSE(has_temporary_files(directory / "far/away"));
  }
}

TEST_CASE("writers write to a FIFO and to a device, which stay what they are", "[files]") {
  for (const auto& [name, write] : kWriters) {
    INFO(name);
    const TemporaryDirectory directory;
    const fs::path path = directory / "x.csv";
    make_fifo(path);
    std::string received;
    std::thread reader([&] { received = read_file(path); });
    write(path);
    reader.join();
    CHECK(received == written_by(write));
    CHECK(fs::is_fifo(path));

    fs::remove(path);
    fs::create_symlink("/dev/null", path);
    write(path);
    CHECK(fs::is_character_file(path));
  }
}

TEST_CASE("descriptors of this process are written to where they are", "[files]") {
  const TemporaryDirectory directory;
  const int file = ::open((directory / "out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::write(file, "one ", 4) == 4);
  save_text("/dev/fd/" + std::to_string(file), "two ");
  save_text("/proc/self/fd/" + std::to_string(file), "three ");
  REQUIRE(::write(file, "four", 4) == 4);
  ::close(file);
  CHECK(read_file(directory / "out") == "one two three four");
  CHECK_THROWS_AS(save_text("/dev/fd/" + std::to_string(file), "x"), IoError);
}

TEST_CASE("a reader that leaves is an error and not the end of the process", "[files]") {
  const TemporaryDirectory directory;
  make_fifo(directory / "fifo");
  std::thread reader([&] {
    const int file = ::open((directory / "fifo").c_str(), O_RDONLY | O_CLOEXEC);
    ::close(file);
  });
  const std::string text(std::size_t{1} << 20, 'x');  // more than a pipe holds
  CHECK_THAT(
      complaint<IoError>([&](const auto& path) { save_text(path, text); }, directory / "fifo"),
      contains("fifo cannot be written: Broken pipe"));
  reader.join();
}

TEST_CASE("what cannot be written is an IoError that changes nothing", "[files]") {
  for (const auto& [name, write] : kWriters) {
    INFO(name);
    const TemporaryDirectory directory;
    const auto says = [&, &operation = name, &save = write](const std::string& file,
                                                            const std::string& reason) {
      CHECK_THAT(complaint<IoError>(save, directory / file),
                 contains(operation + ": ") && contains(file) && contains(reason));
    };
    fs::create_directory(directory / "folder.csv");
    says("folder.csv", "Is a directory");
    fs::create_symlink("loop.csv", directory / "loop.csv");
    says("loop.csv", "Too many levels of symbolic links");
    fs::create_symlink("none/file", directory / "nowhere.csv");
    says("nowhere.csv", "No such file or directory");
    fs::create_symlink("/dev/full", directory / "full.csv");
    says("full.csv", "No space left on device");
    says("none/x.csv", "No such file or directory");
    says("folder.csv/folder.csv/x.csv", "No such file or directory");
    write_file(directory / "file", "");
    says("file/x.csv", "Not a directory");
    says(std::string(300, 'x') + ".csv", "File name too long");
    CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 5);
  }
}

TEST_CASE("permissions count, those of a file and those of its folder", "[files]") {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "folder");
  for (const char* file : {"read-only", "secret", "folder/file"})
    write_file(directory / file, "old");
  REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
  REQUIRE(::chmod((directory / "read-only").c_str(), 0444) == 0);
  REQUIRE(::chmod((directory / "secret").c_str(), 0000) == 0);
  REQUIRE(::chmod((directory / "folder/file").c_str(), 0666) == 0);
  REQUIRE(::chmod((directory / "folder").c_str(), 0555) == 0);
  {
    const AsNobody user;
    const Writer write = kWriters[0].second;
    CHECK_THAT(complaint<IoError>(write, directory / "read-only"), contains("Permission denied"));
    CHECK_THAT(complaint<IoError>(write, directory / "folder/file"),
               contains("replaced whole or not at all") && contains("folder: Permission denied"));
    for (const auto& [name, load] : kLoaders)
      CHECK_THAT(complaint<DataError>(load, directory / "secret"),
                 contains(name + ": ") && contains("secret cannot be opened: Permission denied"));
  }
  REQUIRE(::chmod((directory / "folder").c_str(), 0755) == 0);
  CHECK(read_file(directory / "read-only") == "old");
  CHECK(read_file(directory / "folder/file") == "old");
  CHECK_FALSE(has_temporary_files(directory.path()));
}

TEST_CASE("a file that may not grow so large leaves the old one", "[files]") {
  const TemporaryDirectory directory;
  save_npy(directory / "x.npy", Tensor<float>(Shape{3}));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = 4096;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &low) == 0);
  const std::string message = complaint<IoError>(
      [](const auto& path) { save_npy(path, Tensor<float>(Shape{5000})); }, directory / "x.npy");
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK_THAT(message, contains("x.npy cannot be written: File too large"));
  CHECK(load_npy<float>(directory / "x.npy").size() == 3);
  CHECK_FALSE(has_temporary_files(directory.path()));
}

TEST_CASE("a process that may open no more files is told so", "[files]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.csv", "old");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
  std::vector<std::string> messages;
  for (const auto& [name, write] : kWriters)
    messages.push_back(complaint<IoError>(write, directory / "x.csv"));
  for (const auto& [name, load] : kLoaders)
    messages.push_back(complaint<DataError>(load, directory / "x.csv"));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  for (const std::string& message : messages) CHECK_THAT(message, contains("Too many open files"));
  CHECK(read_file(directory / "x.csv") == "old");
}

TEST_CASE("what a killed process leaves beside is gone after the next save", "[files]") {
  const TemporaryDirectory directory;
  const auto draw = kWriters.back().second;
  make_fifo(directory / "x.gnuplot");  // nobody reads it: the child stops there, its CSV begun
  const pid_t child = ::fork();
  if (child == 0) {
    draw(directory / "x.csv");
    ::_exit(0);
  }
  for (int i = 0; i < 1000 && !has_temporary_files(directory.path()); ++i) ::usleep(10'000);
  REQUIRE(has_temporary_files(directory.path()));
  write_file(directory / "x.csv", "of somebody else");
  draw(directory / "x2.csv");  // another name: not its business
  CHECK(has_temporary_files(directory.path()));
  save_text(directory / "x.csv", "while it is being written");
  CHECK(has_temporary_files(directory.path()));  // that writer lives
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(has_temporary_files(directory.path()));
  save_text(directory / "x.csv", "new");
  CHECK_FALSE(has_temporary_files(directory.path()));
  CHECK(read_file(directory / "x.csv") == "new");
}

TEST_CASE("many writers of one file never show half of one", "[files]") {
  const TemporaryDirectory directory;
  const fs::path path = directory / "x.npy";
  constexpr Index kSize = 3000;
  const auto save = [&](int value) {
    Tensor<std::int32_t> tensor(Shape{kSize});
    std::fill(tensor.begin(), tensor.end(), value);
    save_npy(path, tensor);
  };
  save(-1);
  std::vector<std::thread> writers;
  for (int i = 0; i < 12; ++i)
    writers.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) save(i);
    });
  bool whole = true;
  for (int k = 0; k < 100; ++k) {
    const Tensor<std::int32_t> tensor = load_npy<std::int32_t>(path);
    whole =
        whole && tensor.size() == kSize &&
        std::all_of(tensor.begin(), tensor.end(), [&](int value) { return value == tensor[0]; });
  }
  for (auto& writer : writers) writer.join();
  CHECK(whole);
  CHECK_FALSE(has_temporary_files(directory.path()));
}

TEST_CASE("a name may be as long as the system allows", "[files]") {
  const TemporaryDirectory directory;
  const std::string name(255, 'x');
  save_text(directory / name, "text");
  CHECK(read_file(directory / name) == "text");
  CHECK(std::distance(fs::directory_iterator(directory.path()), {}) == 1);
}

TEST_CASE("loaders read regular files, and wait for nothing else", "[files]") {
  const TemporaryDirectory directory;
  make_fifo(directory / "fifo");
  fs::create_symlink("fifo", directory / "link to fifo");
  fs::create_symlink("link", directory / "link");
  write_file(directory / "file", "");
  for (const auto& [name, load] : kLoaders) {
    const auto says = [&operation = name, &use = load](const fs::path& path,
                                                       const std::string& reason) {
      CHECK_THAT(complaint<DataError>(use, path),
                 contains(operation + ": " + path.string() + reason));
    };
    says(directory / "fifo", " is a FIFO, expected a regular file");
    says(directory / "link to fifo", " is a FIFO, expected a regular file");
    says(directory.path(), " is a directory, expected a regular file");
    says("/dev/zero", " is a device, expected a regular file");
    says(directory / "none", " does not exist");
    says(directory / "link", " cannot be opened: Too many levels of symbolic links");
    says(directory / "file/x", " cannot be opened: Not a directory");
  }
}
