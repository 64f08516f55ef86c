#pragma once
/// \file
/// The whole library.

/// \namespace lanewise
/// Tensors, layers, models and what trains them.

/// \namespace lanewise::ops
/// The operations that layers are made of: views in, views out, nothing remembered.

/// \namespace lanewise::data
/// Data sets, and labels in their several forms.

/// \namespace lanewise::report
/// What is shown of a training: progress, plots, tables, results.json.

#include "lanewise/cpu.hpp"
#include "lanewise/data/datasets.hpp"
#include "lanewise/data/idx.hpp"
#include "lanewise/data/labels.hpp"
#include "lanewise/error.hpp"
#include "lanewise/export.hpp"
#include "lanewise/fields.hpp"
#include "lanewise/io/npy.hpp"
#include "lanewise/io/text.hpp"
#include "lanewise/names.hpp"
#include "lanewise/nn/callback.hpp"
#include "lanewise/nn/config.hpp"
#include "lanewise/nn/config_conversion.hpp"
#include "lanewise/nn/convolution_layers.hpp"
#include "lanewise/nn/core_layers.hpp"
#include "lanewise/nn/data.hpp"
#include "lanewise/nn/description.hpp"
#include "lanewise/nn/fold.hpp"
#include "lanewise/nn/functional.hpp"
#include "lanewise/nn/gradient_check.hpp"
#include "lanewise/nn/initializer.hpp"
#include "lanewise/nn/json.hpp"
#include "lanewise/nn/layer.hpp"
#include "lanewise/nn/layer_instance.hpp"
#include "lanewise/nn/loss.hpp"
#include "lanewise/nn/merging_layers.hpp"
#include "lanewise/nn/metric.hpp"
#include "lanewise/nn/model.hpp"
#include "lanewise/nn/normalization_layers.hpp"
#include "lanewise/nn/optimizer.hpp"
#include "lanewise/nn/pooling_layers.hpp"
#include "lanewise/nn/regularizer.hpp"
#include "lanewise/nn/reshaping_layers.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/ops/activation.hpp"
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/convolution_algorithm.hpp"
#include "lanewise/ops/depthwise.hpp"
#include "lanewise/ops/embedding.hpp"
#include "lanewise/ops/gemm.hpp"
#include "lanewise/ops/loss.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/normalization.hpp"
#include "lanewise/ops/optimizer.hpp"
#include "lanewise/ops/penalty.hpp"
#include "lanewise/ops/pooling.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "lanewise/ops/resampling.hpp"
#include "lanewise/ops/rows.hpp"
#include "lanewise/ops/scale.hpp"
#include "lanewise/ops/softmax.hpp"
#include "lanewise/ops/window.hpp"
#include "lanewise/random.hpp"
#include "lanewise/report/matrices.hpp"
#include "lanewise/report/model_graph.hpp"
#include "lanewise/report/plot.hpp"
#include "lanewise/report/progress.hpp"
#include "lanewise/report/results.hpp"
#include "lanewise/report/table.hpp"
#include "lanewise/shape.hpp"
#include "lanewise/tensor.hpp"
#include "lanewise/threads.hpp"
