// Contract in nn/lifetimes.hpp.
#include "nn/lifetimes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/round.hpp"
#include "lanewise/error.hpp"
#include "lanewise/tensor.hpp"
#include "nn/graph.hpp"

namespace lanewise::nn {

Lifetimes::Lifetimes(std::string_view model, Index batch, std::size_t element_size)
    : model_(model),
      batch_(batch),
      line_(static_cast<Index>(kAlignment / element_size)),
      // No more can be addressed; the rest is room for padding.
      most_(std::numeric_limits<Index>::max() / static_cast<Index>(element_size) -
            Index{kAlignment}) {}

void Lifetimes::refuse(const NamedLayer* who, std::string_view what) const {
  throw ShapeError(fmt::format("{}: a batch of {} needs more memory{} than there can be",
                               who ? describe(*who) : std::string(model_), batch_,
                               what.empty() ? "" : fmt::format(" for its {}", what)));
}

void Lifetimes::want(Index& offset, Index count, std::size_t first, std::size_t last,
                     const NamedLayer* who, std::string_view what) {
  if (count < 0 || count > most_) refuse(who, what);
  wishes_.push_back({&offset, round_up(count, line_), first, last, who, what});
}

void Lifetimes::want_samples(Index& offset, Index sample, std::size_t first, std::size_t last,
                             const NamedLayer* who, std::string_view what) {
  Index count = 0;
  if (__builtin_mul_overflow(batch_, sample, &count)) refuse(who, what);
  want(offset, count, first, last, who, what);
}

Index Lifetimes::pack() {
  std::vector<const Wish*> by_size;
  for (const Wish& wish : wishes_) by_size.push_back(&wish);
  std::stable_sort(by_size.begin(), by_size.end(),
                   [](const Wish* a, const Wish* b) { return a->count > b->count; });
  std::vector<const Wish*> placed;  // by offset
  Index total = 0;
  for (const Wish* wish : by_size) {
    Index offset = 0;
    for (const Wish* other : placed) {
      if (other->last < wish->first || wish->last < other->first) continue;
      if (*other->offset - offset >= wish->count) break;  // it fits before this one
      offset = std::max(offset, *other->offset + other->count);
    }
    if (wish->count > most_ - offset) refuse(wish->who, wish->what);
    *wish->offset = offset;
    total = std::max(total, offset + wish->count);
    const auto after =
        std::upper_bound(placed.begin(), placed.end(), offset,
                         [](Index at, const Wish* other) { return at < *other->offset; });
    placed.insert(after, wish);
  }
  wishes_.clear();
  return total;
}

}  // namespace lanewise::nn
