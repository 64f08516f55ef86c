#pragma once
// Chapter 03: a line, the numbers that it is laid through, and the best one there is.
#include <cstdint>
#include <span>
#include <vector>

#include "support/boston.hpp"

namespace line {

namespace lw = lanewise;
using lanewise::Index;

// [data]
// Rooms and prices of some districts: of the 13 columns this chapter looks at one.
struct Data {
  std::vector<double> rooms, prices;

  Index size() const { return static_cast<Index>(rooms.size()); }
};

inline Data data_of(const tutorial::Houses& houses) {
  Data data;
  for (Index i = 0; i < houses.size(); ++i) {
    data.rooms.push_back(houses.x(i, tutorial::kRooms));
    data.prices.push_back(houses.prices[i]);
  }
  return data;
}
// [data]

// Those of these rows.
inline Data picked(const Data& data, std::span<const std::int32_t> rows) {
  Data some;
  for (const std::int32_t row : rows) {
    some.rooms.push_back(data.rooms[static_cast<std::size_t>(row)]);
    some.prices.push_back(data.prices[static_cast<std::size_t>(row)]);
  }
  return some;
}

// A tensor of one column.
template <class T>
lw::Tensor<T> column(const std::vector<double>& values) {
  lw::Tensor<T> tensor({static_cast<Index>(values.size()), 1});
  for (Index i = 0; i < tensor.size(); ++i)
    tensor[i] = static_cast<T>(values[static_cast<std::size_t>(i)]);
  return tensor;
}

inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

// [line]
struct Line {
  double slope = 0, intercept = 0;

  double operator()(double rooms) const { return slope * rooms + intercept; }
};
// [line]

// Ordinary least squares, by means of products.
inline Line least_squares(const Data& data) {
  const double rooms = mean(data.rooms), prices = mean(data.prices);
  Line best;
  double products = 0, squares = 0;
  for (std::size_t i = 0; i < data.rooms.size(); ++i) {
    products += data.rooms[i] * (data.prices[i] - prices);
    squares += data.rooms[i] * (data.rooms[i] - rooms);
  }
  best.slope = products / squares;
  best.intercept = prices - best.slope * rooms;
  return best;
}

}  // namespace line
