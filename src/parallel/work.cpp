// Contract in parallel/work.hpp.
#include "parallel/work.hpp"

#include "lanewise/cpu.hpp"

namespace lanewise::parallel {
namespace {

#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wswitch"
double register_bytes_of(Isa isa) {
  switch (isa) {
    case Isa::scalar:
      return 0;
    case Isa::sse4:
    case Isa::neon:
      return 16;
    case Isa::avx2:
      return 32;
    case Isa::avx512:
      return 64;
  }
  return 0;
}
#pragma GCC diagnostic pop

}  // namespace

double register_bytes() {
  static const double bytes = register_bytes_of(active_isa());
  return bytes;
}

}  // namespace lanewise::parallel
