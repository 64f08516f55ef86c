#include "counted_new.hpp"

#include <malloc.h>

#include <cstdlib>
#include <new>

std::atomic<long> allocation_count = 0, fails_at = 0;
std::atomic<std::size_t> bytes_held = 0, most_bytes_held = 0;

namespace {

void* counted(std::size_t bytes, std::size_t alignment) {
  if (allocation_count.fetch_add(1, std::memory_order_relaxed) + 1 == fails_at)
    throw std::bad_alloc();
  bytes = (bytes / alignment + 1) * alignment;  // as aligned_alloc wants it, and never 0
  void* memory = std::aligned_alloc(alignment, bytes);
  if (!memory) throw std::bad_alloc();
  bytes = malloc_usable_size(memory);
  const std::size_t held = bytes_held.fetch_add(bytes) + bytes;
  std::size_t most = most_bytes_held;
  while (held > most && !most_bytes_held.compare_exchange_weak(most, held)) {
  }
  return memory;
}

void release(void* memory) {
  bytes_held -= malloc_usable_size(memory);  // 0 for null
  std::free(memory);
}

}  // namespace

// The other forms call these.
void* operator new(std::size_t bytes) {
  return counted(bytes, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  release(memory);
}
