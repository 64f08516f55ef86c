#pragma once
// A model's graph from a Config. The form is in lanewise/nn/json.hpp.
#include <cstdint>
#include <string_view>

#include "lanewise/nn/config_conversion.hpp"
#include "nn/graph.hpp"

namespace lanewise::nn {

inline constexpr std::string_view kModelFormat = "lanewise.model";
inline constexpr std::int64_t kModelVersion = 1;

// Throws DataError as documented at from_json().
template <class T>
Graph read_graph(const Config& config, const ConfigPath& path);

}  // namespace lanewise::nn
