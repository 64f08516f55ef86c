#pragma once
// Winograd convolution: filters of 3 x 3 (or 1 x 3, 3 x 1) at stride 1, by products of transformed
// tiles. How, and in pictures, is in simd/winograd.hpp.
#include "ops/convolution_checks.hpp"

namespace lanewise::ops {

// What a window has to have for Winograd, if this one has it not; else null.
const char* winograd_obstacle(Extent2D kernel, Extent2D stride, Extent2D dilation);

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
