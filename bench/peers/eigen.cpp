// Eigen's matrix product, from the module that fits the instruction set in use. See
// eigen_module.cpp.
#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "lanewise/cpu.hpp"
#include "peers/peer.hpp"

namespace lanewise::bench {
namespace {

std::string folder_of_this_program() {
  std::array<char, 4096> path{};
  const auto length = readlink("/proc/self/exe", path.data(), path.size());
  const std::string text(path.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  return text.substr(0, text.rfind('/') + 1);
}

template <class Function>
Function* symbol(void* module, const char* name) {
  return reinterpret_cast<Function*>(dlsym(module, name));
}

}  // namespace

void add_eigen(std::vector<Peer>& peers) {
  const char* level = active_isa() == Isa::avx512 ? "v4"
                      : active_isa() == Isa::avx2 ? "v3"
                                                  : nullptr;
  if (level == nullptr) return;
  const std::string file = folder_of_this_program() + "lanewise_eigen_" + level + ".so";
  void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return;
  const auto version = symbol<const char*()>(module, "lanewise_eigen_version");
  peers.push_back({"eigen", std::string(version()) + ", x86-64-" + level,
                   symbol<void(int)>(module, "lanewise_eigen_set_threads"),
                   symbol<void(const Product<float>&)>(module, "lanewise_eigen_gemm_f32"),
                   symbol<void(const Product<double>&)>(module, "lanewise_eigen_gemm_f64")});
}

}  // namespace lanewise::bench
