#pragma once
// Whether sanitizers watch: what they look for is at the edges, and large arrays take minutes.

namespace lanewise::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)  // clang
inline constexpr bool kSanitized = __has_feature(address_sanitizer);
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace lanewise::test
