#pragma once
// The global operator new, replaced in the program that counted_new.cpp is linked into: it counts,
// and fails when it is told to.
#include <atomic>
#include <cstddef>

// Of all threads.
extern std::atomic<long> allocation_count;
extern std::atomic<long> fails_at;  // the allocation of this number fails
extern std::atomic<std::size_t> bytes_held, most_bytes_held;
