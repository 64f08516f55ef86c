#pragma once
// What the exercises of chapter 13 call a layer.
#include <vector>

#include "lanewise/lanewise.hpp"

namespace sliding {

/// A convolution or a pooling, as far as it decides the shape of what it leaves.
struct Sliding {
  lanewise::Extent2D kernel{};
  lanewise::Extent2D stride{};
  bool same = false;            ///< padding="same" of Keras; otherwise the window stays inside
  lanewise::Index filters = 0;  ///< of a convolution; 0 for a pooling, which keeps the channels
};

/// The five layers of Listing 4.4 that look at an image.
inline const std::vector<Sliding> kListing{{.kernel = 3, .filters = 32},
                                           {.kernel = 2, .stride = 2},
                                           {.kernel = 3, .filters = 64},
                                           {.kernel = 2, .stride = 2},
                                           {.kernel = 3, .filters = 64}};

}  // namespace sliding
