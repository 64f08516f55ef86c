// Contract in ops/convolution_checks.hpp.
#include "ops/convolution_checks.hpp"

#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/resolve_window.hpp"
#include "ops/winograd.hpp"
#include "ops/winograd_pieces.hpp"
#include "parallel/parallel.hpp"

namespace lanewise::ops {
namespace {

void check_groups(const ConvolutionNames& names, Index count, const char* what, Index groups) {
  if (count < 1 || count % groups != 0)
    throw ArgumentError(fmt::format("{}: got {} {} in {} groups, expected a multiple of the groups",
                                    names.operation, count, what, groups));
}

// What is asked for, and for `automatic` the faster one.
template <class T>
ConvolutionAlgorithm choose(const ConvolutionNames& names, const ConvolutionSizes& size,
                            const ConvolutionOptions<T>& options) {
  const WindowOnImage& w = size.window;
  switch (options.algorithm) {
    case ConvolutionAlgorithm::winograd:
      require_winograd(names.operation, w.kernel, options.stride, options.dilation);
      return ConvolutionAlgorithm::winograd;
    case ConvolutionAlgorithm::automatic:
      if (takes_winograd(w.kernel, w.stride, w.dilation) && winograd_pays(size, sizeof(T)))
        return ConvolutionAlgorithm::winograd;
      break;
    case ConvolutionAlgorithm::direct:
      break;
  }
  return ConvolutionAlgorithm::direct;
}

// All but y.
template <class T>
ConvolutionSizes check_operands(const ConvolutionNames& names, const Shape& x, const Shape& filters,
                                const ConvolutionOptions<T>& options) {
  check_images(names.operation, {names.x, x});
  check_rank(names.operation, {names.filters, filters}, 4,
             "(height, width, channels / groups, filters)");
  if (options.groups < 1)
    throw ArgumentError(
        fmt::format("{}: got {} groups, expected at least 1", names.operation, options.groups));
  check_groups(names, x[3], "channels", options.groups);
  check_groups(names, filters[3], "filters", options.groups);
  if (filters[2] != x[3] / options.groups)
    throw ShapeError(
        fmt::format("{}: {} of shape {} and {} of shape {} in {} groups, expected "
                    "filters of {} channels",
                    names.operation, names.x, to_string(x), names.filters, to_string(filters),
                    options.groups, x[3] / options.groups));
  const WindowOnImage window = resolve_window_for(
      {{filters[0], filters[1]}, options.stride, options.dilation, options.padding}, x,
      names.operation);
  ConvolutionSizes size{x[0], x[3], filters[3], options.groups, window};
  // Refuses what cannot be counted.
  countable_shape(names.operation, {x[0], window.output.height, window.output.width, filters[3]});
  size.algorithm = choose(names, size, options);
  if (size.algorithm == ConvolutionAlgorithm::winograd && options.transformed.data() != nullptr)
    check_same(names.operation, {"the transformed filters", options.transformed.shape()},
               winograd_filters_shape<T>(size), {{names.x, x}, {names.filters, filters}});
  return size;
}

// Of a convolution that has to be winograd's, whatever the options say.
template <class T>
ConvolutionSizes winograd_sizes(std::string_view who, const Shape& x, const Shape& filters,
                                ConvolutionOptions<T> options) {
  options.algorithm = ConvolutionAlgorithm::winograd;
  options.transformed = {};
  return check_operands({who, "x", "filters", "y"}, x, filters, options);
}

}  // namespace

template <class T>
ConvolutionSizes check_convolution(const ConvolutionNames& names, const Shape& x,
                                   const Shape& filters, const Shape& y,
                                   const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = check_operands(names, x, filters, options);
  check_rank(names.operation, {names.y, y}, 4, "(images, height, width, filters)");
  const Extent2D output = size.window.output;
  check_same(names.operation, {names.y, y}, {x[0], output.height, output.width, filters[3]},
             {{names.x, x}, {names.filters, filters}});
  return size;
}

template <class T>
ConvolutionAlgorithm conv_algorithm(const Shape& x, const Shape& filters,
                                    const ConvolutionOptions<T>& options) {
  return check_operands({"conv_algorithm", "x", "filters", "y"}, x, filters, options).algorithm;
}

template <class T>
bool winograd_takes_transformed(const Shape& x, const Shape& filters,
                                const ConvolutionOptions<T>& options) {
  const ConvolutionSizes size = winograd_sizes("winograd_filters_shape", x, filters, options);
  return !outweigh_tiles(Tiling(size), sizeof(T));
}

template <class T>
Shape winograd_filters_shape(const Shape& x, const Shape& filters,
                             const ConvolutionOptions<T>& options) {
  return winograd_filters_shape<T>(winograd_sizes("winograd_filters_shape", x, filters, options));
}

template <class T>
void winograd_filters(TensorView<const T> filters, const Shape& x, TensorView<T> transformed,
                      const ConvolutionOptions<T>& options, ConvolutionPass pass) {
  const ConvolutionSizes size = winograd_sizes("winograd_filters", x, filters.shape(), options);
  check_same("winograd_filters", {"transformed", transformed.shape()},
             winograd_filters_shape<T>(size), {{"x", x}, {"filters", filters.shape()}});
  const parallel::FlushToZero guard;
  winograd_filters_unchecked(size, filters.data(), transformed.data(), pass);
}

template ConvolutionSizes check_convolution(const ConvolutionNames&, const Shape&, const Shape&,
                                            const Shape&, const ConvolutionOptions<float>&);
template ConvolutionSizes check_convolution(const ConvolutionNames&, const Shape&, const Shape&,
                                            const Shape&, const ConvolutionOptions<double>&);
template LANEWISE_API ConvolutionAlgorithm conv_algorithm(const Shape&, const Shape&,
                                                          const ConvolutionOptions<float>&);
template LANEWISE_API ConvolutionAlgorithm conv_algorithm(const Shape&, const Shape&,
                                                          const ConvolutionOptions<double>&);
template bool winograd_takes_transformed(const Shape&, const Shape&,
                                         const ConvolutionOptions<float>&);
template bool winograd_takes_transformed(const Shape&, const Shape&,
                                         const ConvolutionOptions<double>&);
template LANEWISE_API Shape winograd_filters_shape(const Shape&, const Shape&,
                                                   const ConvolutionOptions<float>&);
template LANEWISE_API Shape winograd_filters_shape(const Shape&, const Shape&,
                                                   const ConvolutionOptions<double>&);
template LANEWISE_API void winograd_filters(TensorView<const float>, const Shape&,
                                            TensorView<float>, const ConvolutionOptions<float>&,
                                            ConvolutionPass);
template LANEWISE_API void winograd_filters(TensorView<const double>, const Shape&,
                                            TensorView<double>, const ConvolutionOptions<double>&,
                                            ConvolutionPass);

}  // namespace lanewise::ops
