#pragma once
// Winograd convolution: filters with sides of 3 and 5 (and 1) at stride 1, by products of
// transformed tiles. How, and in pictures, is in simd/winograd.hpp.
#include <string_view>

#include "ops/convolution_checks.hpp"

namespace lanewise::ops {

// Whether it can do a window.
bool takes_winograd(Extent2D kernel, Extent2D stride, Extent2D dilation);
// \throws ArgumentError, which begins with `who` and says what it takes and what it got, if not.
void require_winograd(std::string_view who, Extent2D kernel, Extent2D stride, Extent2D dilation);

// Whether it is faster than an implicit GEMM, as conv_algorithm() reckons. An element of T has so
// many bytes.
bool winograd_pays(const ConvolutionSizes& size, Index element);

// Whether filters that were transformed before are of use, where there are many tiles, to a
// convolution that winograd can do.
template <class T>
bool winograd_takes_transformed(const Shape& x, const Shape& filters,
                                const ConvolutionOptions<T>& options);
// winograd_filters_shape() and winograd_filters() below their checks.
template <class T>
Shape winograd_filters_shape(const ConvolutionSizes& size);
template <class T>
void winograd_filters_unchecked(const ConvolutionSizes& size, const T* filters, T* transformed,
                                ConvolutionPass pass);

// As conv_forward, conv_backward_data (plus a number a channel, if bias is not null) and
// conv_backward_weights below their checks, without activations but relu, for sizes that have no
// obstacle. The filters, and what winograd_filters() made of them, or null.
template <class T>
struct WinogradFilters {
  const T* filters;
  const T* transformed;
};
template <class T>
void winograd_forward(const ConvolutionSizes& size, const T* x, WinogradFilters<T> filters, T* y,
                      const T* bias, bool relu);
template <class T>
void winograd_backward_data(const ConvolutionSizes& size, const T* dy, WinogradFilters<T> filters,
                            T* dx, const T* bias);
template <class T>
void winograd_backward_weights(const ConvolutionSizes& size, const T* x, const T* dy, T* dfilters);

}  // namespace lanewise::ops
