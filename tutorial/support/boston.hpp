#pragma once
// The Boston housing data, and Keras's way of dividing it.
#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// The columns of Houses::x by name, as Keras has them too.
inline constexpr std::array<std::string_view, 13> kBostonColumns{
    "crim", "zn",  "indus", "chas",    "nox", "rm",   "age",
    "dis",  "rad", "tax",   "ptratio", "b",   "lstat"};
/// The column of the rooms.
inline constexpr lanewise::Index kRooms = 5;

/// Districts of Boston: what is known of each, and what a house costs there. Views, as of a Split.
struct Houses {
  lanewise::TensorView<const double> x;       ///< (count, 13)
  lanewise::TensorView<const double> prices;  ///< (count), in thousands of dollars

  lanewise::Index size() const { return prices.size(); }
  Houses rows(lanewise::Index begin, lanewise::Index end) const {
    return {x.rows(begin, end), prices.rows(begin, end)};
  }
  /// One column, (count, 1), as a network takes it.
  template <class T>
  lanewise::Tensor<T> column(lanewise::Index index) const {
    lanewise::Tensor<T> values({size(), 1});
    for (lanewise::Index i = 0; i < size(); ++i) values[i] = static_cast<T>(x(i, index));
    return values;
  }
  /// The prices, (count, 1), as a network's output is compared with them.
  template <class T>
  lanewise::Tensor<T> targets() const {
    lanewise::Tensor<T> values({size(), 1});
    for (lanewise::Index i = 0; i < size(); ++i) values[i] = static_cast<T>(prices[i]);
    return values;
  }
};

/// The 506 districts, in an order. It can be moved and not copied: views of it stay right.
class Boston {
 public:
  /// Reads the file that comes with the chapters, or another one.
  /// \throws lanewise::DataError if it is missing or not what this repository has.
  explicit Boston(const std::filesystem::path& file = default_file());
  Boston(Boston&&) = default;
  /// `support/boston_housing.csv` beside the chapters' sources.
  static std::filesystem::path default_file();

  Houses all() const { return {x_, prices_}; }
  /// The same districts, in this order.
  Boston in_order(const std::vector<lanewise::Index>& order) const;

 private:
  Boston(lanewise::Tensor<double> x, lanewise::Tensor<double> prices);

  lanewise::Tensor<double> x_, prices_;
};

/// Numbers 0 … count - 1 in the order that numpy.random.RandomState(seed).shuffle() gives them.
std::vector<lanewise::Index> numpy_shuffled(lanewise::Index count, std::uint32_t seed);

/// Boston as keras.datasets.boston_housing.load_data() divides it, and the training rows as
/// fit(validation_split=0.3) divides those.
// [split]
struct BostonSplit {
  Boston boston = Boston().in_order(numpy_shuffled(506, 113));
  Houses all_train = boston.all().rows(0, 404);  // what load_data() calls the training rows
  Houses test = boston.all().rows(404, 506);
  Houses train = all_train.rows(0, 282);    // validation_split = 0.3: train by these,
  Houses valid = all_train.rows(282, 404);  // and hold out the last 30 %
};
// [split]

}  // namespace tutorial
