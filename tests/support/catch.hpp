#pragma once
// Catch2 of either major version: 2 is one header, 3 is several and keeps Approx in its namespace.
#if LANEWISE_CATCH2 >= 3
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#define CATCH_CONFIG_FAST_COMPILE  // an eighth less to compile; an exception then ends its test case
#include <catch2/catch.hpp>
#endif
