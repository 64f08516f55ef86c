#pragma once
/// \file
/// The layers that slide filters over images and sequences.
///
/// Samples are (height, width, channels), channels innermost, as in Keras; a convolution over a
/// sequence takes (steps, channels). Kernels start within Glorot's bounds, counted as Keras does:
/// from the last two sizes of the kernel, kh * kw * channels / groups inputs and kh * kw * filters
/// outputs; for a transposed convolution the other way round.

#include <optional>

#include "lanewise/nn/layer.hpp"
#include "lanewise/ops/convolution_algorithm.hpp"
#include "lanewise/ops/window.hpp"

namespace lanewise {

/// Options of Conv2D.
struct Conv2DOptions {
  Extent2D strides = 1;
  Padding padding = Padding::valid;
  Extent2D dilation_rate = 1;
  Index groups = 1;
  ActivationFunction activation = linear;
  bool use_bias = true;
  Initializer kernel_initializer = GlorotUniform{};
  Initializer bias_initializer = Zeros{};
  Regularizer kernel_regularizer{};
  Regularizer bias_regularizer{};
  ConvolutionAlgorithm algorithm = ConvolutionAlgorithm::automatic;  ///< its price is told there
  LANEWISE_FIELDS(Conv2DOptions, strides, padding, dilation_rate, groups, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                  algorithm);
};

/// Convolution of images: (height, width, channels) becomes (height', width', filters), see
/// ops/convolution.hpp for formula, padding and cost. Its kernel is (kernel_size, channels /
/// groups, filters), its bias (filters).
/// \throws ArgumentError when the model is made unless filters >= 1 in whole groups, and for
/// kernel, strides, dilation, padding, activation or initializers out of range, and for a window
/// that the algorithm asked for cannot do; when it is built for channels out of range; ShapeError
/// if the samples are no images or smaller than the kernel.
struct LANEWISE_API Conv2D {
  Index filters = 1;
  Extent2D kernel_size{};
  Conv2DOptions options{};
  LANEWISE_LAYER(Conv2D, filters, kernel_size, options);
};

/// Options of Conv1D. Of an explicit padding, `left` and `right` are the steps before and after.
struct Conv1DOptions {
  Index strides = 1;
  Padding padding = Padding::valid;
  Index dilation_rate = 1;
  Index groups = 1;
  ActivationFunction activation = linear;
  bool use_bias = true;
  Initializer kernel_initializer = GlorotUniform{};
  Initializer bias_initializer = Zeros{};
  Regularizer kernel_regularizer{};
  Regularizer bias_regularizer{};
  ConvolutionAlgorithm algorithm = ConvolutionAlgorithm::automatic;  ///< its price is told there
  LANEWISE_FIELDS(Conv1DOptions, strides, padding, dilation_rate, groups, activation, use_bias,
                  kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
                  algorithm);
};

/// Convolution of sequences, which are images one pixel high: (steps, channels) becomes (steps',
/// filters). Its kernel is (kernel_size, channels / groups, filters).
/// \throws as Conv2D; ArgumentError for padding at top or bottom.
struct LANEWISE_API Conv1D {
  Index filters = 1;
  Index kernel_size = 1;
  Conv1DOptions options{};
  LANEWISE_LAYER(Conv1D, filters, kernel_size, options);
};

/// Options of DepthwiseConv2D.
struct DepthwiseConv2DOptions {
  Extent2D strides = 1;
  Padding padding = Padding::valid;
  Extent2D dilation_rate = 1;
  Index depth_multiplier = 1;
  ActivationFunction activation = linear;
  bool use_bias = true;
  Initializer depthwise_initializer = GlorotUniform{};
  Initializer bias_initializer = Zeros{};
  Regularizer depthwise_regularizer{};
  Regularizer bias_regularizer{};
  LANEWISE_FIELDS(DepthwiseConv2DOptions, strides, padding, dilation_rate, depth_multiplier,
                  activation, use_bias, depthwise_initializer, bias_initializer,
                  depthwise_regularizer, bias_regularizer);
};

/// Convolution of each channel by itself, with depth_multiplier filters a channel: (height, width,
/// channels) becomes (height', width', channels * depth_multiplier), see ops/depthwise.hpp for
/// formula, padding and cost. Its kernel is (kernel_size, channels, depth_multiplier), its bias
/// (channels * depth_multiplier). As in Keras the kernel starts within Glorot's bounds for kh * kw
/// * channels inputs, though an output sees kh * kw of them, and kh * kw * depth_multiplier
/// outputs. \throws as Conv2D; ArgumentError when the model is made unless depth_multiplier >= 1.
struct LANEWISE_API DepthwiseConv2D {
  Extent2D kernel_size{};
  DepthwiseConv2DOptions options{};
  LANEWISE_LAYER(DepthwiseConv2D, kernel_size, options);
};

/// Options of Conv2DTranspose.
struct Conv2DTransposeOptions {
  Extent2D strides = 1;
  Padding padding = Padding::valid;
  std::optional<Extent2D> output_padding = std::nullopt;
  Extent2D dilation_rate = 1;
  ActivationFunction activation = linear;
  bool use_bias = true;
  Initializer kernel_initializer = GlorotUniform{};
  Initializer bias_initializer = Zeros{};
  Regularizer kernel_regularizer{};
  Regularizer bias_regularizer{};
  ConvolutionAlgorithm algorithm = ConvolutionAlgorithm::automatic;  ///< its price is told there
  LANEWISE_FIELDS(Conv2DTransposeOptions, strides, padding, output_padding, dilation_rate,
                  activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                  bias_regularizer, algorithm);
};

/// Transposed convolution, the adjoint of a Conv2D with the same options, which enlarges images by
/// its strides. Its kernel is (kernel_size, filters, channels). Of the sizes that the convolution
/// would bring to height, Keras's rule takes, with reach = (kernel - 1) * dilation + 1:
///
///     valid   height * stride + max(reach - stride, 0)
///     same    height * stride
///     with output_padding   (height - 1) * stride + reach - 2 * (same ? reach / 2 : 0)
///                               + output_padding
///
/// Explicit padding is taken off the `valid` size. Cost and source: ops/convolution.hpp,
/// conv_transpose_forward.
/// \throws as Conv2D; ArgumentError if the convolution would not lead from that size to height.
struct LANEWISE_API Conv2DTranspose {
  Index filters = 1;
  Extent2D kernel_size{};
  Conv2DTransposeOptions options{};
  LANEWISE_LAYER(Conv2DTranspose, filters, kernel_size, options);
};

}  // namespace lanewise
