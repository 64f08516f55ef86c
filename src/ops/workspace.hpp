#pragma once
// Scratch memory of operations. It grows to the largest size asked for, which the blocking of
// each operation bounds (but for Winograd's filters), and is then reused: no allocation in a steady
// state.
#include <cstddef>
#include <new>

#include "lanewise/tensor.hpp"

namespace lanewise::ops {

// Grows, never shrinks; freed when its thread ends.
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { release(); }

  void* at_least(std::size_t bytes) {
    if (bytes > size_) {
      release();
      data_ = ::operator new (bytes, std::align_val_t{kAlignment});
      size_ = bytes;
    }
    return data_;
  }

  std::size_t size() const { return size_; }

 private:
  void release() {
    if (data_ != nullptr) ::operator delete (data_, std::align_val_t{kAlignment});
    data_ = nullptr;
    size_ = 0;
  }

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

// Whether an operation that holds a workspace calls another one, which wants one too.
enum class Calls { none, another };

// The calling thread's buffer: `slice` elements for each of `team` workers. One a thread for all
// operations, and one for those that call them.
template <class T, Calls kCalls = Calls::none>
T* workspace(Index slice, int team) {
  if (slice == 0) return nullptr;
  thread_local Buffer buffer;
  return static_cast<T*>(buffer.at_least(sizeof(T) * static_cast<std::size_t>(slice) *
                                         static_cast<std::size_t>(team)));
}

}  // namespace lanewise::ops
