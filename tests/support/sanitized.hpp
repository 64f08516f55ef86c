#pragma once
// Whether sanitizers watch: what they look for is at the edges, and large arrays take minutes.

namespace lanewise::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace lanewise::test
