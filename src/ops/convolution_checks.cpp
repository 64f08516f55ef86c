// Contract in ops/convolution_checks.hpp.
#include "ops/convolution_checks.hpp"

#include <fmt/format.h>

#include "lanewise/error.hpp"
#include "ops/check.hpp"
#include "ops/resolve_window.hpp"

namespace lanewise::ops {
namespace {

void check_groups(const ConvolutionNames& names, Index count, const char* what, Index groups) {
  if (count < 1 || count % groups != 0)
    throw ArgumentError(fmt::format("{}: got {} {} in {} groups, expected a multiple of the groups",
                                    names.operation, count, what, groups));
}

}  // namespace

template <class T>
ConvolutionSizes check_convolution(const ConvolutionNames& names, const Shape& x,
                                   const Shape& filters, const Shape& y,
                                   const ConvolutionOptions<T>& options) {
  check_images(names.operation, {names.x, x});
  check_rank(names.operation, {names.filters, filters}, 4,
             "(height, width, channels / groups, filters)");
  check_rank(names.operation, {names.y, y}, 4, "(images, height, width, filters)");
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
  const Shape expected = countable_shape(
      names.operation, {x[0], window.output.height, window.output.width, filters[3]});
  check_same(names.operation, {names.y, y}, expected, {{names.x, x}, {names.filters, filters}});
  return {x[0], x[3], filters[3], options.groups, window};
}

template ConvolutionSizes check_convolution(const ConvolutionNames&, const Shape&, const Shape&,
                                            const Shape&, const ConvolutionOptions<float>&);
template ConvolutionSizes check_convolution(const ConvolutionNames&, const Shape&, const Shape&,
                                            const Shape&, const ConvolutionOptions<double>&);

}  // namespace lanewise::ops
