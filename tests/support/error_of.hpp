#pragma once
// What a refused call says.
#include <string>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"

namespace lanewise::test {

// The text of the E that the call throws; another exception passes through.
template <class E = Error, class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

template <class... Parts>
void says(const std::string& text, const Parts&... parts) {
  const auto check = [&](const std::string& part) { CHECK_THAT(text, contains(part)); };
  (check(parts), ...);
}

// Checks that the call throws an E which says all of these.
template <class E, class Call>
void throws(Call&& call, std::initializer_list<const char*> parts) {
  const std::string message = error_of<E>(call);
  for (const char* part : parts) says(message, part);
}

}  // namespace lanewise::test
