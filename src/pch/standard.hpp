// Precompiled: what most files of the library include, and nothing of its own, so that an edit does
// not compile everything again. Every file still includes what it uses; -Db_pch=false shows it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
