#pragma once
// Winograd convolution: filters of 3 x 3 (or 1 x 3, 3 x 1) at stride 1, by products of transformed
// tiles. How, and in pictures, is in simd/winograd.hpp.
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

// As conv_forward, conv_backward_data (plus a number a channel, if bias is not null) and
// conv_backward_weights below their checks, without activations but relu, for sizes that have no
// obstacle.
template <class T>
void winograd_forward(const ConvolutionSizes& size, const T* x, const T* filters, T* y,
                      const T* bias, bool relu);
template <class T>
void winograd_backward_data(const ConvolutionSizes& size, const T* dy, const T* filters, T* dx,
                            const T* bias);
template <class T>
void winograd_backward_weights(const ConvolutionSizes& size, const T* x, const T* dy, T* dfilters);

}  // namespace lanewise::ops
