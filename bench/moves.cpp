// What moves elements, brings them together or spreads them: sums of columns and gathered rows,
// merging, permuting, embedding, windows, resampling.
#include <cstdint>
#include <memory>
#include <vector>

#include "case.hpp"
#include "lanewise/ops/convolution.hpp"
#include "lanewise/ops/embedding.hpp"
#include "lanewise/ops/merge.hpp"
#include "lanewise/ops/rearrange.hpp"
#include "lanewise/ops/resampling.hpp"
#include "lanewise/ops/rows.hpp"
#include "lanewise/ops/softmax.hpp"
#include "reference/convolution.hpp"
#include "reference/merge.hpp"
#include "reference/rearrange.hpp"
#include "reference/resampling.hpp"
#include "reference/rows.hpp"

namespace lanewise::bench {
namespace {

constexpr MergeKind kMerge = MergeKind::multiply;

template <class T>
void add_rows(const Add& add) {
  for (const Shape& shape : {Shape{64, 128}, Shape{21'632, 32}}) {
    add({"column_sums", named(shape), bytes_of<T>(shape.size() + shape[1]),
         on<T>(ops::column_sums<T>, shape, Shape{shape[1]}),
         on<T>(reference::column_sums<T>, shape, Shape{shape[1]})});
  }

  // A batch of 64 images among 1,024, as numbers and as bytes that are scaled on the way.
  const Shape all{1024, 784}, batch{64, 784};
  std::vector<Index> order(64);
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i * 389 % 1024);
  const auto bytes = std::make_shared<Tensor<std::uint8_t>>(all);
  for (Index i = 0; i < all.size(); ++i) bytes->data()[i] = static_cast<std::uint8_t>(i * 31);
  add({"gather_rows", named(batch), bytes_of<T>(2 * batch.size()),
       on<T>([=](auto& x, auto& y) { ops::gather_rows<T>(x, order, y); }, all, batch),
       on<T>([=](auto& x, auto& y) { reference::gather_rows<T>(x, order, y); }, all, batch)});
  constexpr T kScale = T(1) / 255;
  add({"gather_rows", named(batch) + "_bytes",
       bytes_of<T>(batch.size()) + static_cast<double>(batch.size()),
       on<T>([=](auto& y) { ops::gather_rows<T>(*bytes, order, kScale, y); }, batch),
       on<T>([=](auto& y) { reference::gather_rows<T>(*bytes, order, kScale, y); }, batch)});
}

// What branches come together by: a product of two, and its gradient for the second, where that has
// the first one's shape, one number a channel, or one a pixel.
template <class T>
void add_merges(const Add& add) {
  const Shape whole{8, 28, 28, 64};
  for (const Shape& other : {whole, Shape{8, 1, 1, 64}, Shape{8, 28, 28, 1}}) {
    const auto through = [=](const Shape& written, auto run) {
      const auto merge = [=](auto& a, auto& b, auto& y, auto& to) {
        run(std::initializer_list<TensorView<const T>>{a, b}, y, to);
      };
      return on<T>(merge, whole, other, whole, written);
    };
    const std::string name = "multiply_" + named(whole) + "_" + named(other);
    const double bytes = bytes_of<T>(2 * whole.size() + other.size());
    add({"merge_forward", name, bytes,
         through(whole, [](auto x, auto&, auto& y) { ops::merge_forward<T>(kMerge, x, y); }),
         through(whole,
                 [](auto x, auto&, auto& y) { reference::merge_forward<T>(kMerge, x, y); })});
    add({"merge_backward", name, bytes,
         through(other, [](auto x, auto& dy,
                           auto& dx) { ops::merge_backward<T>(kMerge, x, dy, dy, 1, dx); }),
         through(other, [](auto x, auto& dy, auto& dx) {
           reference::merge_backward<T>(kMerge, x, dy, 1, dx);
         })});
  }
}

template <class T>
void add_moves(const Add& add) {
  const auto permute = [&](const Shape& from, const Shape& to, const std::vector<int>& order) {
    add({"permute", named(from) + "_" + named(to), bytes_of<T>(2 * from.size()),
         on<T>([=](auto& x, auto& y) { ops::permute<T>(x, order, y); }, from, to),
         on<T>([=](auto& x, auto& y) { reference::permute<T>(x, order, y); }, from, to)});
  };
  permute({8, 28, 28, 64}, {8, 64, 28, 28}, {0, 3, 1, 2});
  permute({8, 64, 28, 28}, {8, 28, 28, 64}, {0, 2, 3, 1});
  permute({8, 64, 64, 3}, {8, 3, 64, 64}, {0, 3, 1, 2});
  const Shape steps{64, 128, 64};
  add({"softmax_over_axis_1", named(steps), bytes_of<T>(2 * steps.size()),
       on<T>([](auto& x, auto& y) { ops::softmax_forward<T>(x, 1, y); }, steps, steps)});

  // 64 samples of 64 words, of a vocabulary of 10,000.
  const auto words = std::make_shared<Tensor<T>>(Shape{64, 64});
  for (Index i = 0; i < words->size(); ++i) (*words)[i] = static_cast<T>(i * 7919 % 10'000);
  const Shape table{10'000, 128}, looked_up{64, 64, 128};
  add({"embedding_forward", named(looked_up), bytes_of<T>(2 * looked_up.size()),
       on<T>([=](auto& x, auto& y) { ops::embedding_forward<T>(*words, x, y); }, table, looked_up),
       on<T>([=](auto& x, auto& y) { reference::embedding_forward<T>(*words, x, y); }, table,
             looked_up)});
  add({"embedding_backward", named(looked_up), bytes_of<T>(3 * looked_up.size() + table.size()),
       on<T>([=](auto& dy, auto& d) { ops::embedding_backward<T>(*words, dy, d); }, looked_up,
             table)});
}

// The windows of images of few channels and of many, and the images from these.
template <class T>
void add_windows(const Add& add) {
  for (const Shape& images : {Shape{8, 28, 28, 1}, Shape{8, 28, 28, 3}, Shape{8, 14, 14, 64}}) {
    const Shape columns{images[0] * images[1] * images[2], 9 * images[3]};
    const auto through = [](auto& run, const Shape& from, const Shape& to) {
      return on<T>(
          [&run](auto& x, auto& y) { run(x, Window{.kernel = 3, .padding = Padding::same}, y); },
          from, to);
    };
    const double bytes = bytes_of<T>(images.size() + columns.size());
    add({"im2col", named(images) + "_3x3", bytes, through(ops::im2col<T>, images, columns),
         through(reference::im2col<T>, images, columns)});
    add({"col2im", named(images) + "_3x3", bytes, through(ops::col2im<T>, columns, images),
         through(reference::col2im<T>, columns, images)});
  }
}

// Images of few channels and of many, twice as large in both directions.
template <class T>
void add_resampling(const Add& add) {
  for (const auto& [interpolation, kind] : {std::pair(Interpolation::nearest, "nearest_"),
                                            std::pair(Interpolation::bilinear, "bilinear_")})
    for (const Shape& small : {Shape{8, 32, 32, 3}, Shape{8, 14, 14, 64}}) {
      const Shape large{small[0], 2 * small[1], 2 * small[2], small[3]};
      const auto through = [=, how = interpolation](auto& run, const Shape& from, const Shape& to) {
        return on<T>([=, &run](auto& x, auto& y) { run(x, Extent2D(2), how, y); }, from, to);
      };
      const double bytes = bytes_of<T>(small.size() + large.size());
      add({"upsample", kind + named(small), bytes, through(ops::upsample<T>, small, large),
           through(reference::upsample<T>, small, large)});
      add({"upsample_backward", kind + named(small), bytes,
           through(ops::upsample_backward<T>, large, small),
           through(reference::upsample_backward<T>, large, small)});
    }
}

template <class T>
void register_dtype(const std::string& dtype, const Options& options) {
  const Add add = [&](const Case& c) { register_case(options, dtype, c); };
  add_rows<T>(add);
  add_merges<T>(add);
  add_moves<T>(add);
  add_windows<T>(add);
  add_resampling<T>(add);
}

}  // namespace

void register_moves(const Options& options) {
  for (const std::string& dtype : options.dtypes)
    dtype == "f64" ? register_dtype<double>(dtype, options) : register_dtype<float>(dtype, options);
}

}  // namespace lanewise::bench
