// Pooling, through the public functions, against the scalar reference.
#include "lanewise/ops/pooling.hpp"

#include <cmath>
#include <limits>
#include <ostream>
#include <vector>

#include "lanewise/error.hpp"
#include "reference/pooling.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/kernel_case.hpp"
#include "support/same_bits.hpp"
#include "support/threads.hpp"

using namespace lanewise;
using namespace lanewise::test;

namespace {

struct Case {
  Shape images;
  Window window;
};

Window square(Index kernel, Index stride, Padding padding = Padding::valid) {
  return {.kernel = kernel, .stride = stride, .padding = padding};
}

// Every kind of step and border, at numbers of channels around one and several registers.
template <class T>
std::vector<Case> cases() {
  const Index lanes = test::lanes<T>();
  const Padding same = Padding::same;
  std::vector<Case> list;
  for (const Index c :
       {Index(1), Index(3), lanes - 1, lanes, lanes + 1, 2 * lanes, 4 * lanes, 7 * lanes + 1})
    if (c > 0)
      for (const Window& window : {square(2, 2), square(3, 2), square(3, 1, same),
                                   square(2, 2, same), square(1, 3), square(2, 1), square(2, 3)})
        list.push_back({{2, 7, 5, c}, window});
  const Window uneven[] = {
      {.kernel = {3, 2}, .stride = {1, 4}, .padding = same},
      {.kernel = {1, 3}, .stride = {2, 3}},
      {.kernel = {2, 3}, .stride = {5, 1}, .padding = {1, 0, 2, 1}},
      {.kernel = {4, 3}, .stride = {2, 5}, .padding = {3, 2, 0, 2}},
      {.kernel = {11, 17}, .stride = {1, 1}, .padding = same},  // larger than the image
      {.kernel = {11, 17}, .stride = {11, 17}, .padding = same},
      {.kernel = {9, 6}, .stride = {1, 1}},  // as large as the image
      {.kernel = {3, 3}, .stride = {20, 20}},
  };
  for (const Window& window : uneven) list.push_back({{3, 9, 6, 5}, window});
  list.push_back({{1, 1, 1, 1}, square(1, 1)});
  list.push_back({{1, 1, 1, 2}, square(3, 2, same)});
  list.push_back({{0, 4, 4, 3}, square(2, 2)});
  list.push_back({{2, 4, 4, 0}, square(2, 2)});
  return list;
}

Shape shape_of_y(const Case& c) {
  const WindowOnImage on = resolve_window(c.window, {c.images[1], c.images[2]}, "test");
  return {c.images[0], on.output.height, on.output.width, c.images[3]};
}

std::string describe(const Case& c) {
  const Window& w = c.window;
  const Padding& p = w.padding;
  return to_string(c.images) + " kernel " + to_string(Shape{w.kernel.height, w.kernel.width}) +
         " stride " + to_string(Shape{w.stride.height, w.stride.width}) +
         (p.is_same() ? " same"
                      : " padding " + to_string(Shape{p.top(), p.bottom(), p.left(), p.right()}));
}

// The arrays of one case. Outputs hold numbers before, which must not show.
template <class T>
struct Operands {
  Operand<T> x, y, dy, dx;
  Tensor<T> want_y, want_dx;

  Operands(const Case& c, Index misaligned, Random& random)
      : x(c.images, misaligned),
        y(shape_of_y(c), misaligned),
        dy(shape_of_y(c), misaligned),
        dx(c.images, misaligned),
        want_y(shape_of_y(c)),
        want_dx(c.images) {
    random.fill(x.span());
    random.fill(dy.span());
    for (T& value : y.span()) value = 9;
    for (T& value : dx.span()) value = 9;
  }

  bool intact() const { return x.intact() && y.intact() && dy.intact() && dx.intact(); }
};

// The pixels of a window, and the most windows that share a pixel.
Index pixels(const Window& w) {
  return w.kernel.height * w.kernel.width;
}

// What `count` additions of numbers up to `size` may lose, and a few roundings beside.
template <class T>
double bound(Index count, double size) {
  return eps<T>() * static_cast<double>(count + 4) * size;
}

template <class T, class Run>
void for_each_case(Run run) {
  LANEWISE_SEED_INFO();
  Random random;
  for (const Case& c : cases<T>())
    for (const Index misaligned : {0, 1}) {
      INFO(describe(c));
      Operands<T> operands(c, misaligned, random);
      run(c, operands);
      CHECK(operands.intact());
    }
}

// Keeping places gives the bits of y and dx that o has without.
template <class T>
void check_with_places(const Case& c, const Operands<T>& o) {
  if (!ops::has_places(c.window)) return;
  Operand<T> y(o.y.shape(), 1), dx(o.x.shape(), 1);
  Operand<std::uint8_t> places(o.y.shape(), 3);
  ops::max_pool<T>(o.x.view(), c.window, y.view(), places.view());
  CHECK(same_bits<T>(y.view().span(), o.y.view().span()));
  ops::max_pool_backward<T>(places.view(), o.dy.view(), c.window, dx.view());
  CHECK(same_bits<T>(dx.view().span(), o.dx.view().span()));
  CHECK((y.intact() && places.intact() && dx.intact()));
}

}  // namespace

TEMPLATE_TEST_CASE("max_pool agrees with the reference", "[pooling]", float, double) {
  using T = TestType;
  for_each_case<T>([](const Case& c, Operands<T>& o) {
    ops::max_pool<T>(o.x.view(), c.window, o.y.view());
    reference::max_pool<T>(o.x.view(), c.window, o.want_y);
    CHECK(same_bits<T>(o.y.view().span(), o.want_y.span()));
    ops::max_pool_backward<T>(o.x.view(), o.y.view(), o.dy.view(), c.window, o.dx.view());
    reference::max_pool_backward<T>(o.x.view(), o.dy.view(), c.window, o.want_dx);
    check_near("dx", o.dx, o.want_dx, bound<T>(pixels(c.window), 1));
    check_with_places(c, o);
  });
}

TEMPLATE_TEST_CASE("a place counts the pixels of a window that lie inside the image", "[pooling]",
                   float, double) {
  using T = TestType;
  // Windows of 3 x 3 pixels, of which padding leaves 2 x 2, 2 x 3; 3 x 2, 3 x 3. NaN is largest,
  // and the first of equal ones counts.
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Tensor<T> x({1, 4, 4, 1}, {0, 0, 1, 7,    //
                                   0, 3, 2, 7,    //
                                   0, 8, nan, 0,  //
                                   0, 9, 9, nan});
  const Window window = square(3, 2, {1, 0, 1, 0});
  Tensor<T> y({1, 2, 2, 1}), dx(x.shape());
  Tensor<std::uint8_t> places(y.shape());
  ops::max_pool<T>(x, window, y, places);
  const std::uint8_t want[] = {3, 2, 5, 4};
  for (Index i = 0; i < 4; ++i) CHECK(int{places[i]} == int{want[i]});
  const Tensor<T> dy(y.shape(), {1, 2, 4, 8});
  ops::max_pool_backward<T>(places, dy, window, dx);
  for (Index i = 0; i < x.size(); ++i)
    CHECK(dx[i] == (i == 5 ? 1 : i == 3 ? 2 : i == 13 ? 4 : i == 10 ? 8 : 0));
  // The last pixel of a window of 256.
  Tensor<T> large({1, 16, 16, 3}), most({1, 1, 1, 3}), back(large.shape());
  large.fill(-1);
  for (Index ch = 0; ch < 3; ++ch) large.row(0).row(15).row(15)[ch] = 1;
  Tensor<std::uint8_t> last(most.shape());
  ops::max_pool<T>(large, square(16, 16), most, last);
  for (const std::uint8_t place : last) CHECK(int{place} == 255);
  back.fill(7);
  ops::max_pool_backward<T>(last, most, square(16, 16), back);
  for (Index i = 0; i < back.size(); ++i) CHECK(back[i] == (i < back.size() - 3 ? 0 : 1));
}

TEMPLATE_TEST_CASE("average_pool agrees with the reference", "[pooling]", float, double) {
  using T = TestType;
  for_each_case<T>([](const Case& c, Operands<T>& o) {
    ops::average_pool<T>(o.x.view(), c.window, o.y.view());
    reference::average_pool<T>(o.x.view(), c.window, o.want_y);
    check_near("y", o.y, o.want_y, bound<T>(pixels(c.window), 1));
    ops::average_pool_backward<T>(o.dy.view(), c.window, o.dx.view());
    reference::average_pool_backward<T>(o.dy.view(), c.window, o.want_dx);
    // At most as many windows share a pixel as a window has pixels; a clipped one may give all of
    // its dy to one pixel.
    check_near("dx", o.dx, o.want_dx, bound<T>(pixels(c.window), 2));
  });
}

TEMPLATE_TEST_CASE("l2_pool agrees with the reference", "[pooling]", float, double) {
  using T = TestType;
  for_each_case<T>([](const Case& c, Operands<T>& o) {
    ops::l2_pool<T>(o.x.view(), c.window, o.y.view());
    reference::l2_pool<T>(o.x.view(), c.window, o.want_y);
    // The relative error of the sum of squares, halved by the root; y is at most sqrt(pixels).
    const double size = std::sqrt(static_cast<double>(pixels(c.window)));
    check_near("y", o.y, o.want_y, bound<T>(pixels(c.window), size));
    ops::l2_pool_backward<T>(o.x.view(), o.y.view(), o.dy.view(), c.window, o.dx.view());
    reference::l2_pool_backward<T>(o.x.view(), o.dy.view(), c.window, o.want_dx);
    // Each share x * dy / y is at most 1 and has y's relative error.
    const Index shares = pixels(c.window);
    check_near("dx", o.dx, o.want_dx, bound<T>(shares, static_cast<double>(shares)));
  });
}

TEMPLATE_TEST_CASE("global pooling is one window over the image", "[pooling]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  for (const Shape& images : {Shape{2, 7, 5, 37}, Shape{3, 1, 1, 4}, Shape{1, 1, 9, 1}}) {
    const Extent2D image{images[1], images[2]};
    const Case c{images, {.kernel = image, .stride = image}};
    Operands<T> o(c, 1, random);
    const Shape flat{images[0], images[3]};
    ops::global_max_pool<T>(o.x.view(), o.y.view().reshape(flat));
    reference::max_pool<T>(o.x.view(), c.window, o.want_y);
    CHECK(same_bits<T>(o.y.view().span(), o.want_y.span()));
    ops::global_max_pool_backward<T>(o.x.view(), o.y.view().reshape(flat),
                                     o.dy.view().reshape(flat), o.dx.view());
    reference::max_pool_backward<T>(o.x.view(), o.dy.view(), c.window, o.want_dx);
    CHECK(same_bits<T>(o.dx.view().span(), o.want_dx.span()));
    ops::global_average_pool<T>(o.x.view(), o.y.view().reshape(flat));
    reference::average_pool<T>(o.x.view(), c.window, o.want_y);
    check_near("y", o.y, o.want_y, bound<T>(pixels(c.window), 1));
    ops::global_average_pool_backward<T>(o.dy.view().reshape(flat), o.dx.view());
    reference::average_pool_backward<T>(o.dy.view(), c.window, o.want_dx);
    check_near("dx", o.dx, o.want_dx, bound<T>(1, 1));
    CHECK(o.intact());
  }
}

TEMPLATE_TEST_CASE("equal numbers, zeros of both signs, infinities and NaN in a maximum",
                   "[pooling]", float, double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  const T values[] = {0, T(-0.0), 1, -1, inf, -inf, nan};
  for (const Index kinds : {2, 3, 4, 6, 7})  // with fewer kinds there are more ties
    for (const Case& c : cases<T>()) {
      INFO(describe(c) << ", " << kinds << " kinds");
      Operands<T> o(c, 0, random);
      for (T& value : o.x.view()) value = values[random.integer(0, kinds - 1)];
      ops::max_pool<T>(o.x.view(), c.window, o.y.view());
      reference::max_pool<T>(o.x.view(), c.window, o.want_y);
      for (Index i = 0; i < o.y.size(); ++i) {
        const T got = o.y[i], want = o.want_y[i];
        if (std::isnan(want) ? !std::isnan(got) : !same_bits<T>({&got, 1}, {&want, 1}))
          FAIL_CHECK("y[" << i << "] is " << got << ", expected " << want);
      }
      ops::max_pool_backward<T>(o.x.view(), o.y.view(), o.dy.view(), c.window, o.dx.view());
      reference::max_pool_backward<T>(o.x.view(), o.dy.view(), c.window, o.want_dx);
      check_near("dx", o.dx, o.want_dx, bound<T>(pixels(c.window), 1));
      check_with_places(c, o);
    }
}

TEMPLATE_TEST_CASE("average and l2 pass NaN on, and a window of zeros has no gradient", "[pooling]",
                   float, double) {
  using T = TestType;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Tensor<T> x({1, 2, 4, 1}, {0, T(-0.0), 1, nan, 0, 0, 1, 2});
  const Tensor<T> dy({1, 1, 2, 1}, {3, 5});
  Tensor<T> y({1, 1, 2, 1}), dx({1, 2, 4, 1});
  ops::average_pool<T>(x, square(2, 2), y);
  CHECK(y[0] == 0);
  CHECK(std::isnan(y[1]));
  ops::l2_pool<T>(x, square(2, 2), y);
  CHECK(y[0] == 0);
  CHECK(std::isnan(y[1]));
  ops::l2_pool_backward<T>(x, y, dy, square(2, 2), dx);
  for (const Index i : {0, 1, 4, 5}) CHECK(dx[i] == 0);
  for (const Index i : {2, 3, 6, 7}) CHECK(std::isnan(dx[i]));
}

TEMPLATE_TEST_CASE("pooling has the same bits on any number of threads", "[pooling][large]", float,
                   double) {
  using T = TestType;
  LANEWISE_SEED_INFO();
  Random random;
  // Many images, larger than the second-level cache; and a single one, whose rows are shared.
  const Case shared[] = {{{16, 26, 26, 64}, square(2, 2)},
                         {{1, 101, 67, 33}, square(3, 2, Padding::same)},
                         {{1, 64, 64, 32}, square(5, 1)},
                         {{1, 43, 64, 32}, square(3, 1)},
                         {{2, 64, 64, 32}, {.kernel = {32, 33}, .stride = {33, 31}}}};
  for (const Case& c : shared) {
    INFO(describe(c));
    Operands<T> o(c, 0, random);
    reference::max_pool<T>(o.x.view(), c.window, o.want_y);
    reference::max_pool_backward<T>(o.x.view(), o.dy.view(), c.window, o.want_dx);
    std::vector<Tensor<T>> first;
    for_each_thread_count([&] {
      const Shape &xs = c.images, ys = o.y.shape();
      std::vector<Tensor<T>> results{Tensor<T>(ys), Tensor<T>(xs), Tensor<T>(ys), Tensor<T>(xs),
                                     Tensor<T>(ys), Tensor<T>(xs), Tensor<T>(xs)};
      ops::max_pool<T>(o.x.view(), c.window, results[0]);
      ops::max_pool_backward<T>(o.x.view(), results[0], o.dy.view(), c.window, results[1]);
      ops::average_pool<T>(o.x.view(), c.window, results[2]);
      ops::average_pool_backward<T>(o.dy.view(), c.window, results[3]);
      ops::l2_pool<T>(o.x.view(), c.window, results[4]);
      ops::l2_pool_backward<T>(o.x.view(), results[4], o.dy.view(), c.window, results[5]);
      if (ops::has_places(c.window)) {
        Tensor<std::uint8_t> places(ys);
        Tensor<T> y(ys);
        ops::max_pool<T>(o.x.view(), c.window, y, places);
        ops::max_pool_backward<T>(places, o.dy.view(), c.window, results[6]);
        CHECK(same_bits<T>(y.span(), results[0].span()));
        CHECK(same_bits<T>(results[6].span(), results[1].span()));
      }
      CHECK(same_bits<T>(results[0].span(), o.want_y.span()));
      check_near<T>("dx", results[1], o.want_dx, bound<T>(pixels(c.window), 1));
      if (first.empty()) first = results;
      for (std::size_t i = 0; i < first.size(); ++i)
        CHECK(same_bits<T>(results[i].span(), first[i].span()));
    });
  }
}

TEST_CASE("pooling refuses shapes and windows that do not fit", "[pooling]") {
  const Tensor<float> x({2, 6, 6, 3}), flat({2, 6});
  Tensor<float> y({2, 3, 3, 3}), dx({2, 6, 6, 3}), wrong({2, 3, 3, 2}), few({2, 3});
  y.fill(7);
  dx.fill(7);
  const Window w = square(2, 2);
  const Tensor<float>&in = y, &bad = wrong, &little = few;
  CHECK_THROWS_WITH(ops::max_pool<float>(flat, w, y),
                    contains("max_pool: x has shape (2, 6), expected (images,"));
  CHECK_THROWS_WITH(ops::average_pool<float>(x, w, wrong), contains("expected (2, 3, 3, 3) for x"));
  CHECK_THROWS_AS(ops::l2_pool<float>(x, w, wrong), ShapeError);
  CHECK_THROWS_AS(ops::max_pool_backward<float>(x, in, bad, w, dx), ShapeError);
  CHECK_THROWS_AS(ops::max_pool_backward<float>(x, bad, in, w, dx), ShapeError);
  CHECK_THROWS_AS(ops::max_pool_backward<float>(x, in, in, w, y), ShapeError);
  CHECK_THROWS_AS(ops::l2_pool_backward<float>(x, in, bad, w, dx), ShapeError);
  CHECK_THROWS_WITH(ops::average_pool_backward<float>(bad, w, dx),
                    contains("average_pool_backward: dy"));
  CHECK_THROWS_AS(ops::global_max_pool<float>(x, y), ShapeError);
  CHECK_THROWS_AS(ops::global_average_pool<float>(Tensor<float>({2, 0, 4, 3}).view(), few),
                  ShapeError);
  CHECK_THROWS_AS(ops::global_max_pool_backward<float>(x, little, flat, dx), ShapeError);
  CHECK_THROWS_AS(ops::global_average_pool_backward<float>(flat, dx), ShapeError);

  CHECK_THROWS_AS(ops::max_pool<float>(x, square(7, 1), y), ShapeError);
  CHECK_THROWS_AS(ops::max_pool<float>(x, square(2, 0), y), ArgumentError);
  CHECK_THROWS_AS(ops::max_pool<float>(x, square(0, 1), y), ArgumentError);
  CHECK_THROWS_WITH(ops::max_pool<float>(x, {.kernel = 2, .stride = 2, .dilation = {1, 2}}, y),
                    contains("got a dilation of (1, 2)"));
  const Padding lost[] = {{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 2, 0}, {0, 0, 0, 2}};
  for (const Padding& padding : lost)
    CHECK_THROWS_WITH(ops::max_pool<float>(x, square(2, 2, padding), y),
                      contains("sees no pixel of the image"));

  Tensor<std::uint8_t> places({2, 3, 3, 3}), narrow({2, 3, 3, 2});
  const Tensor<std::uint8_t>&kept = places, &bad_kept = narrow;
  CHECK_THROWS_WITH(ops::max_pool<float>(x, w, y, narrow), contains("max_pool: places has shape"));
  CHECK_THROWS_WITH(ops::max_pool_backward<float>(bad_kept, in, w, dx),
                    contains("max_pool_backward: places has shape"));
  CHECK_THROWS_AS(ops::max_pool_backward<float>(kept, bad, w, dx), ShapeError);
  Tensor<std::uint8_t> many(x.shape());
  CHECK_THROWS_WITH(
      ops::max_pool<float>(x, {.kernel = {129, 2}, .padding = Padding::same}, dx, many),
      contains("max_pool: got a window of (129, 2), expected"));
  for (const float value : y) CHECK(value == 7);
  for (const float value : dx) CHECK(value == 7);
  for (const std::uint8_t value : places) CHECK(int{value} == 0);
}
