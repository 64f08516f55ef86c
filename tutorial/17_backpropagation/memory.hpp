#pragma once
// Chapter 17: how many bytes a program has asked for, of the kind that the library computes in:
// aligned for vector instructions. It replaces the two functions that C++ gets such memory by, and
// is included once in a program.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace memory {

inline std::atomic<std::size_t> asked_for = 0;

}  // namespace memory

void* operator new(std::size_t bytes, std::align_val_t alignment) {
  const auto line = static_cast<std::size_t>(alignment);
  void* const place = std::aligned_alloc(line, (bytes / line + 1) * line);  // a multiple, never 0
  if (!place) throw std::bad_alloc();
  memory::asked_for += bytes;
  return place;
}

void operator delete(void* place, std::align_val_t) noexcept {
  std::free(place);
}

void operator delete(void* place, std::size_t, std::align_val_t) noexcept {
  std::free(place);
}
