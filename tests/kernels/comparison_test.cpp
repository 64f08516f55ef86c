// Every operation against its reference, at random (comparison/case.hpp). An operation is written
// in a file of comparison/ and has a line here.
#include "kernels/comparison/convolution.hpp"
#include "kernels/comparison/depthwise.hpp"
#include "kernels/comparison/loss.hpp"
#include "kernels/comparison/matrices.hpp"
#include "kernels/comparison/merge.hpp"
#include "kernels/comparison/normalization.hpp"
#include "kernels/comparison/optimizer.hpp"
#include "kernels/comparison/pooling.hpp"
#include "kernels/comparison/rearrange.hpp"
#include "kernels/comparison/resampling.hpp"
#include "kernels/comparison/rows.hpp"

namespace lanewise::test {
namespace {

template <class T>
constexpr Operation kOperations[] = {
    {"gemm", gemm<T>},
    {"activation_forward", activation_forward<T>},
    {"activation_backward", activation_backward<T>},
    {"mean_squared_error", mean_squared_error<T>},
    {"sum_squared_error", sum_squared_error<T>},
    {"mean_absolute_error", mean_absolute_error<T>},
    {"huber", huber<T>},
    {"binary_crossentropy", binary_crossentropy<T>},
    {"binary_crossentropy_from_logits", binary_crossentropy_from_logits<T>},
    {"categorical_crossentropy", categorical<T, false, false>},
    {"categorical_crossentropy_from_logits", categorical<T, true, false>},
    {"sparse_categorical_crossentropy", categorical<T, false, true>},
    {"sparse_categorical_crossentropy_from_logits", categorical<T, true, true>},
    {"optimizer_step SGD", sgd<T>},
    {"optimizer_step RMSprop", rmsprop<T>},
    {"optimizer_step Adagrad", adagrad<T>},
    {"optimizer_step Adadelta", adadelta<T>},
    {"optimizer_step Adam", adam<T>},
    {"optimizer_step AdamW", adamw<T>},
    {"batch_norm_forward", normalize_forward<T, false>},
    {"batch_norm_inference", batch_norm_inference<T>},
    {"batch_norm_backward", normalize_backward<T, false>},
    {"update_moving_moments", update_moving_moments<T>},
    {"layer_norm_forward", normalize_forward<T, true>},
    {"layer_norm_backward", normalize_backward<T, true>},
    {"scale", scale<T>},
    {"accumulate", accumulate<T>},
    {"merge_forward", merge_forward<T>},
    {"merge_backward", merge_backward<T>},
    {"broadcast, broadcast_backward", broadcast<T>},
    {"penalty, penalty_backward", penalty<T>},
    {"gather_rows", gather_rows<T>},
    {"column_sums", column_sums<T>},
    {"argmax_rows", argmax_rows<T>},
    {"all_finite", all_finite<T>},
    {"dropout", dropout<T>},
    {"permute", permute<T>},
    {"concatenate", concatenate<T>},
    {"slice", slice<T>},
    {"embedding_forward, embedding_backward", embedding<T>},
    {"softmax_forward, softmax_backward", softmax_over<T, false>},
    {"log_softmax_forward, log_softmax_backward", softmax_over<T, true>},
    {"fill_uniform", fill_uniform<T>},
    {"fill_normal", fill_normal<T>},
    {"winograd_filters", winograd_filters<T>},
    {"conv_forward", conv_forward<T>},
    {"conv_backward_data", conv_backward_data<T>},
    {"conv_backward_weights", conv_backward_weights<T>},
    {"conv_transpose_forward", conv_transpose_forward<T>},
    {"im2col", im2col<T>},
    {"col2im", col2im<T>},
    {"depthwise_forward", depthwise_forward<T>},
    {"depthwise_backward_data", depthwise_backward_data<T>},
    {"depthwise_backward_weights", depthwise_backward_weights<T>},
    {"max_pool", max_pool<T, false>},
    {"max_pool_backward", max_pool_backward<T, false>},
    {"max_pool_places", max_pool_places<T>},
    {"average_pool", average_pool<T, false>},
    {"average_pool_backward", average_pool_backward<T, false>},
    {"l2_pool", l2_pool<T>},
    {"l2_pool_backward", l2_pool_backward<T>},
    {"global_max_pool", max_pool<T, true>},
    {"global_max_pool_backward", max_pool_backward<T, true>},
    {"global_average_pool", average_pool<T, true>},
    {"global_average_pool_backward", average_pool_backward<T, true>},
    {"zero_pad", zero_pad<T>},
    {"crop", crop<T>},
    {"upsample", upsample<T>},
    {"upsample_backward", upsample_backward<T>},
};

}  // namespace

TEMPLATE_TEST_CASE("every operation agrees with its reference at random", "[comparison]", float,
                   double) {
  for (const Operation& operation : kOperations<TestType>) DYNAMIC_SECTION(operation.name) {
      compare_at_random<TestType>(operation);
    }
}

}  // namespace lanewise::test
