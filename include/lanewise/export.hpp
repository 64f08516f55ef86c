#pragma once
/// \file
/// What every header includes: which C++ it takes, and the visibility of symbols. Everything is
/// hidden unless it is marked with LANEWISE_API.

#if __cplusplus < 202002L
#error "lanewise needs C++20: compile with -std=c++20"
#endif

#if defined(__GNUC__)
#define LANEWISE_API __attribute__((visibility("default")))
#else
#define LANEWISE_API
#endif
