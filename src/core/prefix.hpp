#pragma once
// How messages begin: with who says them.
//
// An operation names itself. A layer does not know what its model calls it, nor a check who wants
// to know: they say what came and what they expect, and who calls them puts "who: " before that.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "lanewise/error.hpp"

namespace lanewise {

// "who: ", or nothing if the caller says who it is.
inline std::string prefix_of(std::string_view who) {
  return who.empty() ? std::string() : fmt::format("{}: ", who);
}

// Calls check(), and begins the message of what it throws with prefix(): who asked, and of what.
template <class Prefix, class Check>
auto with_prefix(const Prefix& prefix, const Check& check) {
  const auto message = [&](const Error& error) {
    return fmt::format("{}: {}", prefix(), error.what());
  };
  try {
    return check();
  } catch (const ShapeError& error) {
    throw ShapeError(message(error));
  } catch (const ArgumentError& error) {
    throw ArgumentError(message(error));
  } catch (const DataError& error) {
    throw DataError(message(error));
  }
}

}  // namespace lanewise
