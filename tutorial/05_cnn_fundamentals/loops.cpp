// Chapter 05: the loops whose time the chapter publishes. They are compiled as the library is; the
// rest of the chapter checks every index, which would take a part of their time.
#include "05_cnn_fundamentals/loops.hpp"

namespace naive {

using lanewise::Index;

// [naive conv]
void conv(const Batch& x, const Batch& filters, Batch& y) {
  const lanewise::Shape &f = filters.shape(), &out = y.shape();
  for (Index n = 0; n < out[0]; ++n)        // images
    for (Index i = 0; i < out[1]; ++i)      // rows
      for (Index j = 0; j < out[2]; ++j)    // columns
        for (Index k = 0; k < out[3]; ++k)  // filters
        {
          float sum = 0;
          for (Index a = 0; a < f[0]; ++a)      // rows of the filter
            for (Index b = 0; b < f[1]; ++b)    // its columns
              for (Index c = 0; c < f[2]; ++c)  // its channels
                sum += filters(a, b, c, k) * x(n, i + a, j + b, c);
          y(n, i, j, k) = sum;
        }
}
// [naive conv]

}  // namespace naive
