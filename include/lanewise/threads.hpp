#pragma once
/// \file
/// How many threads the library uses.

#include "lanewise/export.hpp"

namespace lanewise {

/// The number of threads an operation may use: what set_num_threads() was given last, else
/// OMP_NUM_THREADS, else the number of cores. Always 1 in a build without OpenMP, and in a process
/// that was forked from one whose operations had run on several threads: those it does not have.
///
/// It is an upper limit: small operations take one thread, and while other processes hold cores, so
/// that a team would wait for its last member for longer than it worked, operations take fewer.
LANEWISE_API int num_threads();

/// Sets the number of threads for the whole process, whichever thread calls. Results do not depend
/// on it: every sum is added in an order that depends on its size alone.
/// \throws ArgumentError if `count` is below 1, or above 1 where num_threads() is always 1.
LANEWISE_API void set_num_threads(int count);

/// While it lives the library works on at most `count` threads; then on as many as before.
/// \code
/// {
///   const lanewise::ScopedThreads one(1);
///   …  // what is timed
/// }
/// \endcode
/// Those that live at once nest, whichever threads made them: the setting is the whole process's.
class LANEWISE_API ScopedThreads {
 public:
  /// \throws ArgumentError as set_num_threads() does.
  explicit ScopedThreads(int count);
  ~ScopedThreads();
  ScopedThreads(const ScopedThreads&) = delete;
  ScopedThreads& operator=(const ScopedThreads&) = delete;

 private:
  int before_;
};

/// Whether the library was built with OpenMP.
LANEWISE_API bool has_openmp();

}  // namespace lanewise
