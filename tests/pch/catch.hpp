// Precompiled, as src/pch/standard.hpp is: what every test includes.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "support/catch.hpp"
