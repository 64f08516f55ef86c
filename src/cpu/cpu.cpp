// The lists of instruction sets and the choice among them. The contract is in lanewise/cpu.hpp.
#include "lanewise/cpu.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "cpu/detect.hpp"
#include "each_isa.hpp"
#include "lanewise/error.hpp"

namespace lanewise {
namespace {

#define LANEWISE_ENUMERATOR(isa, Enum) Enum::isa,
constexpr std::array kCompiled{LANEWISE_EACH_ISA(LANEWISE_ENUMERATOR, Isa)};
#undef LANEWISE_ENUMERATOR

std::string names(std::span<const Isa> isas) {
  std::vector<std::string_view> list;
  for (Isa isa : isas) list.push_back(to_string(isa));
  return fmt::format("{}", fmt::join(list, ", "));
}

Isa choose() {
  const char* forced = std::getenv("LANEWISE_ISA");
  if (forced == nullptr || *forced == '\0') return supported_isas().back();
  for (Isa isa : supported_isas())
    if (to_string(isa) == forced) return isa;

  const auto has_forced = [forced](std::span<const Isa> isas) {
    return std::any_of(isas.begin(), isas.end(), [&](Isa isa) { return to_string(isa) == forced; });
  };
  const char* reason = has_forced(kCompiled)          ? "is not supported by this machine"
                       : has_forced(values_of(Isa{})) ? "is not compiled into this library"
                                                      : "is not an instruction set";
  throw ArgumentError(fmt::format("LANEWISE_ISA: '{}' {}; possible here: {}", forced, reason,
                                  names(supported_isas())));
}

}  // namespace

std::span<const Isa> compiled_isas() {
  return kCompiled;
}

std::span<const Isa> supported_isas() {
  static const std::vector<Isa> supported = [] {
    std::vector<Isa> list;
    std::copy_if(kCompiled.begin(), kCompiled.end(), std::back_inserter(list),
                 cpu::machine_supports);
    return list;
  }();
  return supported;
}

Isa active_isa() {
  static const Isa chosen = choose();  // throws again at the next call if it threw at this one
  return chosen;
}

}  // namespace lanewise
