// Tensors and views: the checked parts, and printing. The contract is in lanewise/tensor.hpp.
#include "lanewise/tensor.hpp"

#include <fmt/format.h>

#include <new>
#include <ostream>
#include <string>
#include <vector>

#include "lanewise/error.hpp"

namespace lanewise {

template <class T>
TensorView<T> TensorView<T>::reshape(const Shape& shape) const {
  if (shape.size() != size())
    throw ShapeError(fmt::format("reshape: {} has {} elements, {} has {}", to_string(this->shape_),
                                 size(), to_string(shape), shape.size()));
  return {data(), shape};
}

template <class T>
TensorView<T> TensorView<T>::rows(Index begin, Index end) const {
  if (rank() == 0 || begin < 0 || end < begin || end > this->shape_[0])
    throw ShapeError(fmt::format("rows: got [{}, {}) of a tensor of shape {}", begin, end,
                                 to_string(this->shape_)));
  const Shape row_shape = this->shape_.inner();
  return {data() + begin * row_shape.size(), row_shape.with_outer(end - begin)};
}

template <class T>
Tensor<T>::Tensor(const Shape& shape) : shape_(shape) {
  const auto count = static_cast<std::size_t>(shape.size());
  if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T))
    throw ShapeError(fmt::format("Tensor: {} is too large", to_string(shape)));
  data_.reset(static_cast<T*>(::operator new[](count * sizeof(T), std::align_val_t{kAlignment})));
  fill(T{});
}

template <class T>
Tensor<T>::Tensor(const Shape& shape, std::span<const T> values) : shape_(shape) {
  if (static_cast<Index>(values.size()) != shape.size())
    throw ShapeError(fmt::format("Tensor: got {} values for shape {}, expected {}", values.size(),
                                 to_string(shape), shape.size()));
  *this = Tensor(shape);
  std::copy(values.begin(), values.end(), begin());
}

namespace {

// Elements are printed twice: once to find the widest, once padded to it.
template <class T>
std::string format_element(T value) {
  if constexpr (std::is_floating_point_v<T>)
    return fmt::format("{:.6g}", value);
  else
    return fmt::format("{}", static_cast<int>(value));
}

template <class T>
class Printer {
 public:
  Printer(TensorView<const T> tensor, Index edge) : tensor_(tensor), edge_(edge) {
    print(tensor_, 0, [this](T value) { width_ = std::max(width_, format_element(value).size()); });
    text_.clear();
    print(tensor_, 0,
          [this](T value) { text_ += fmt::format("{:>{}}", format_element(value), width_); });
  }

  std::string take() { return std::move(text_); }

 private:
  template <class Visit>
  void print(TensorView<const T> part, int depth, Visit&& visit) {
    if (part.rank() == 0) {
      visit(part[0]);
      return;
    }
    const Index count = part.shape()[0];
    const bool last_axis = part.rank() == 1;
    text_ += '[';
    for (Index i = 0; i < count; ++i) {
      if (i > 0) separate(last_axis, depth, part.rank());
      if (count > 2 * edge_ && i == edge_) {
        text_ += "...";
        i = count - edge_ - 1;
        continue;
      }
      print(part.row(i), depth + 1, visit);
    }
    text_ += ']';
  }

  void separate(bool last_axis, int depth, int rank) {
    if (last_axis) {
      text_ += ' ';
      return;
    }
    text_.append(rank > 2 ? 2 : 1, '\n');  // a blank line between matrices
    text_.append(static_cast<std::size_t>(depth) + 1, ' ');
  }

  TensorView<const T> tensor_;
  Index edge_;
  std::size_t width_ = 0;
  std::string text_;
};

}  // namespace

template <class T>
std::string to_string(TensorView<const T> tensor, Index edge) {
  return Printer<T>(tensor, std::max<Index>(edge, 1)).take();
}

template <class T>
std::ostream& operator<<(std::ostream& stream, TensorView<const T> tensor) {
  return stream << to_string(tensor);
}

#define LANEWISE_INSTANTIATE(T)                                            \
  template class LANEWISE_API TensorView<const T>;                         \
  template class LANEWISE_API TensorView<T>;                               \
  template class LANEWISE_API Tensor<T>;                                   \
  template LANEWISE_API std::string to_string(TensorView<const T>, Index); \
  template LANEWISE_API std::ostream& operator<<(std::ostream&, TensorView<const T>);
LANEWISE_INSTANTIATE(float)
LANEWISE_INSTANTIATE(double)
LANEWISE_INSTANTIATE(std::int32_t)
LANEWISE_INSTANTIATE(std::uint8_t)
#undef LANEWISE_INSTANTIATE

}  // namespace lanewise
