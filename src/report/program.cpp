// The contract is in program.hpp.
#include "report/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "io/file.hpp"

namespace lanewise::report {
namespace {

// Owns what posix_spawn needs. The files are numbered from 10 on, so that none is overwritten here
// before it has been passed on.
class SpawnActions {
 public:
  SpawnActions() { posix_spawn_file_actions_init(&actions_); }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  void pass(int descriptor, int as) { posix_spawn_file_actions_adddup2(&actions_, descriptor, as); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

}  // namespace

std::string descriptor_name(int number) {
  return fmt::format("/dev/fd/{}", number);
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer;
  ssize_t count = 0;
  while ((count = read(descriptor, buffer.data(), buffer.size())) > 0 ||
         (count < 0 && errno == EINTR))
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return text;
}

std::string run_program(std::string name, std::vector<std::string> arguments,
                        std::span<const PassedFile> files) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fmt::format("pipe: {}", std::strerror(errno));
  const io::Descriptor output(ends[0]);
  io::Descriptor input(ends[1]);
  SpawnActions actions;
  actions.pass(input.get(), STDOUT_FILENO);
  actions.pass(input.get(), STDERR_FILENO);
  for (const PassedFile& file : files) actions.pass(file.descriptor, file.as);
  std::vector<char*> all{name.data()};
  for (std::string& argument : arguments) all.push_back(argument.data());
  all.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawnp(&child, name.c_str(), actions.get(), nullptr, all.data(), environ);
  if (error == ENOENT) return fmt::format("{} was not found", name);
  if (error != 0) return fmt::format("{} cannot be run: {}", name, std::strerror(error));
  input = io::Descriptor();  // else it would never end
  const std::string words = read_all(output.get());
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return fmt::format("{} was lost: {}", name, std::strerror(errno));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
  // POSIX lets posix_spawn succeed and the child exit with 127 instead; under qemu it does.
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127 && words.empty())
    return fmt::format("{} was not found", name);
  return fmt::format("{} failed: {}", name, words.empty() ? "it said nothing" : words);
}

}  // namespace lanewise::report
