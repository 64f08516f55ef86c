// Buffers that live at the same time never meet, and those that do not share their places.
#include "nn/lifetimes.hpp"

#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/random.hpp"
#include "lanewise/tensor.hpp"
#include "nn/graph.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/random_data.hpp"

using namespace lanewise;
using nn::Lifetimes;

TEST_CASE("buffers that live at the same time never meet", "[lifetimes]") {
  struct Buffer {
    Index offset = -1, count = 0;
    std::size_t first = 0, last = 0;
  };
  for (std::uint64_t trial = 0; trial < 200; ++trial) {
    Tensor<float> random({30, 3});
    fill_uniform<float>(random, 0, 1, {.seed = test::seed(), .stream = trial});
    std::vector<Buffer> buffers(30);
    Lifetimes lifetimes("Model", 1, sizeof(float));
    Index sum = 0;
    for (Index i = 0; i < 30; ++i) {
      Buffer& buffer = buffers[static_cast<std::size_t>(i)];
      buffer.count = static_cast<Index>(random(i, 0) * random(i, 0) * 1000);
      buffer.first = static_cast<std::size_t>(random(i, 1) * 20);
      buffer.last = buffer.first + static_cast<std::size_t>(random(i, 2) * 6);
      sum += (buffer.count + 15) / 16 * 16;
      lifetimes.want(buffer.offset, buffer.count, buffer.first, buffer.last, nullptr);
    }
    const Index total = lifetimes.pack();
    CHECK(total <= sum);
    Index outside = 0, met = 0;
    for (const Buffer& a : buffers) {
      // In whole cache lines, and in the arena.
      outside += a.offset < 0 || a.offset % 16 != 0 || a.offset + a.count > total;
      for (const Buffer& b : buffers) {
        if (&a == &b || a.count == 0 || b.count == 0) continue;
        if (a.last < b.first || b.last < a.first) continue;
        met += a.offset < b.offset + b.count && b.offset < a.offset + a.count;
      }
    }
    CHECK(outside == 0);
    CHECK(met == 0);
  }
}

TEST_CASE("a chain needs the two largest neighbours", "[lifetimes]") {
  const std::vector<Index> sizes{1600, 320, 640, 160, 16};
  std::vector<Index> offsets(sizes.size());
  Lifetimes lifetimes("Model", 2, sizeof(float));
  for (std::size_t i = 0; i < sizes.size(); ++i)
    lifetimes.want_samples(offsets[i], sizes[i], i, i + 1, nullptr);
  CHECK(lifetimes.pack() == 2 * (1600 + 320));
}

TEST_CASE("more memory than there can be", "[lifetimes]") {
  const nn::NamedLayer layer{Dense{}, "dense"};
  Index offset = 0;
  Lifetimes lifetimes("Model", Index{1} << 40, sizeof(double));
  CHECK_THROWS_WITH(lifetimes.want_samples(offset, Index{1} << 40, 0, 0, &layer),
                    contains("dense (Dense): a batch of"));
  std::vector<Index> offsets(4);  // each for itself there could be
  for (Index& each : offsets) lifetimes.want_samples(each, Index{1} << 18, 0, 0, nullptr);
  CHECK_THROWS_AS(lifetimes.pack(), ShapeError);
}
