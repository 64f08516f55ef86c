/** \page ch13 13 MNIST with a convolutional network

The networks of the earlier chapters were given an image as a row of 784 numbers, and would have
learned just as well from rows that somebody had shuffled, the same way for each image: nothing told
them that two pixels are neighbours.

This chapter's network knows. It slides small filters over the image, and asks of every spot the
same few questions.

It is the network of the course's Listing 4.4, and a small one: 93,322 numbers, fewer than the
multilayer perceptron of chapter 04 has. That one goes over the images twenty-one times to read 98
of a hundred. This one reads between 98 and 99 after a single pass.

At the end you have **a convolutional network, trained**; its gradients checked; the filters that it
found, as pictures; a look at what each of its layers makes of one digit; and the answer to what
happens when the digit is not where it used to be.

Run it yourself:

    ./tools/run 13            # everything on this page, with your numbers
    ./tools/run 13 --quick    # a tenth of the images, and samples of the gradients
    ./tools/run 13 --help

Every output and every plot on this page is of one run of the program, this one:

\verbinclude 13_run.txt

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", expect about 87 right answers of a hundred,
and take what section 10 says with care: clothes fill the frame, so that shifting cuts something
off.)

How a convolution works, from a window on eight by eight pixels to im2col, is chapter 05. Here it is
used.
*/

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "13_mnist_cnn/pictures.hpp"
#include "support/chapter.hpp"

namespace lw = lanewise;
using lanewise::Index;

namespace {

constexpr Index kClasses = 10, kQuickImages = 6'000;
const lw::Shape kImage{28, 28, 1};

/** \page ch13
\section ch13_data 1 The data

The 60,000 training images are all trained on this time, and nothing is held out: one pass is too
short to learn anything by heart. The 10,000 test images wait until the end.

A convolution wants to know where each pixel is, so an image stays a picture: 28 rows of 28 pixels
of one channel, the grey. (A colour image would have three.) In a batch the image comes first, then
row, column and channel; this order is called NHWC, and it is Keras's. As in chapter 04 the pixels
stay bytes, and are divided by 255 while a batch is gathered. Giving them their shape copies
nothing:

\snippet this split

The labels stay integers, too. The **sparse** categorical cross-entropy takes them as they are:
\f$-\ln p_t\f$, where \f$t\f$ is the label.

\verbinclude 13_data.txt
*/
// [split]
struct Split {
  lw::TensorView<const std::uint8_t> images;  // (count, 28, 28, 1), bytes
  lw::TensorView<const std::int32_t> labels;

  Split(lw::TensorView<const std::uint8_t> pictures, lw::TensorView<const std::int32_t> digits)
      : images(pictures.reshape(kImage.with_outer(pictures.shape()[0]))), labels(digits) {}

  // The pixels as the network gets them, in [0, 1].
  lw::ScaledBytes x() const { return {images, 1.0 / 255.0}; }
  Index size() const { return labels.size(); }
  Split first(Index count) const { return {images.rows(0, count), labels.rows(0, count)}; }
};
// [split]

struct Data {
  lw::data::Mnist mnist;
  Split train{mnist.train_images, mnist.train_labels};
  Split test{mnist.test_images, mnist.test_labels};
};

void show_data(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("data", "1 The data");
  if (data.mnist.name != "mnist")
    chapter.print("These are not MNIST's digits but the images of {}.\n", data.mnist.name);
  chapter.print("training images  {}\ntest images      {}\n",
                lw::to_string(data.train.images.shape()), lw::to_string(data.test.images.shape()));
  chapter.exact("training images", static_cast<double>(data.mnist.train_labels.size()), 60'000);
  chapter.exact("test images", static_cast<double>(data.test.size()), 10'000);
}

/** \page ch13
\section ch13_network 2 The network

Three \term{convolution|convolutions} with two \term{pooling|poolings} between them, then two dense
layers as we know them:

\snippet this layers

A **convolution** of 32 filters of 3 x 3 lays each filter on each spot of the image, multiplies what
lies on top of each other, adds up, adds the filter's bias, and cuts off what is negative. For
filter \f$k\f$ at row \f$r\f$, column \f$s\f$ of an image \f$x\f$ with the channels \f$c\f$:

\f[
  y_{r s k} = \mathrm{relu}\Bigl( b_k + \sum_{i=0}^{2} \sum_{j=0}^{2} \sum_c
              x_{r+i,\;s+j,\;c}\; w_{i j c k} \Bigr)
\f]

What one filter leaves is an image again, its **feature map**: bright where the image looks like the
filter. The 32 maps are the 32 channels that the next convolution sees. A filter that has to stay
inside the image has two places less than there are pixels, so 28 rows become 26.

A **pooling** of 2 x 2 keeps the largest of each four numbers of a map. Of 11 rows it keeps 5: no
window fits the last one, and it is lost.

In general, of \f$n\f$ rows a window of \f$k\f$ that moves by \f$s\f$ leaves

\f[ \Bigl\lfloor \frac{n - k}{s} \Bigr\rfloor + 1 \f]

rows. The same goes for columns, and this is the function that you are asked to write in this
chapter.

The weights of a convolution are counted without a look at the size of the image: \f$3 \cdot 3 \cdot
1 \cdot 32 + 32 = 320\f$, then \f$3 \cdot 3 \cdot 32 \cdot 64 + 64 = 18{,}496\f$, and \f$3 \cdot 3
\cdot 64 \cdot 64 + 64 = 36{,}928\f$. A flattened 3 x 3 x 64 has 576 numbers, so the first dense
layer has \f$576 \cdot 64 + 64\f$, which happens to be 36,928 again.

\verbinclude 13_network.txt

That the weights are **shared**, the same at every spot, is the whole idea. A dense layer from 784
pixels to the \f$26 \cdot 26 \cdot 32\f$ numbers of the first feature maps would have 16,981,120 of
them; the convolution has 320, and what it learns at one spot it knows at all others. But few
weights do not mean little work, since each is used at every spot, 121 times in the second
convolution: that one has a fifth of the weights, and does four fifths of the multiplications.

The higher up, the more a unit sees. One unit of the first maps sees 3 x 3 pixels; pooled, 4 x 4;
one of the second convolution 8 x 8, pooled 10 x 10; and one of the third 18 x 18, most of a digit.

\subsection ch13_course Where the course's text leaves its listing

The course describes the listing as two pairs of convolution and pooling, then flattening, then two
dense layers. It forgets the third convolution, which holds four tenths of all weights. And it
wonders how the network can be so accurate when each image is flattened to a vector first, since a
vector does not know which pixels were neighbours. Flattening does not come first. It comes after
three layers that do know, and what it flattens are not pixels but 64 answers at each of 3 x 3
spots. For the networks of chapters 04 and 12, which do flatten first, the objection holds.
*/
// [layers]
std::vector<lw::Layer> listing() {
  return {lw::Conv2D{32, {3, 3}, {.activation = lw::relu}},  // 32 filters of 3 x 3
          lw::MaxPooling2D{},                                // the largest of 2 x 2
          lw::Conv2D{64, {3, 3}, {.activation = lw::relu}},
          lw::MaxPooling2D{},
          lw::Conv2D{64, {3, 3}, {.activation = lw::relu}},
          lw::Flatten{},
          lw::Dense{64, {.activation = lw::relu}},
          lw::Dense{10, {.activation = lw::softmax}}};
}

lw::Sequential make_model(const std::vector<lw::Layer>& layers, std::uint64_t seed) {
  lw::Sequential model{lw::Input{kImage}};
  for (const lw::Layer& layer : layers) model.add(layer);
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [layers]

// The first layers of a model, as a model: what it predicts is what the next layer is given.
// [front]
lw::Sequential front(lw::Sequential& model, std::size_t layers) {
  lw::Sequential front{lw::Input{kImage}};
  for (std::size_t i = 0; i < layers; ++i) front.add(listing()[i]);
  front.build(kImage);
  const auto from = model.parameters(), to = front.parameters();
  for (std::size_t i = 0; i < to.size(); ++i)
    std::copy(from[i].value.begin(), from[i].value.end(), to[i].value.begin());
  return front;
}
// [front]

// What the course prints of a layer, and the multiplications it takes for one image.
struct LayerFacts {
  const char* name;
  lw::Shape output;
  Index parameters, products;
};

const std::vector<LayerFacts>& course_table() {
  static const std::vector<LayerFacts> table{
      {"conv2d", {26, 26, 32}, 320, 26 * 26 * 32 * 3 * 3 * 1},
      {"max_pooling2d", {13, 13, 32}, 0, 0},
      {"conv2d_1", {11, 11, 64}, 18'496, 11 * 11 * 64 * 3 * 3 * 32},
      {"max_pooling2d_1", {5, 5, 64}, 0, 0},
      {"conv2d_2", {3, 3, 64}, 36'928, 3 * 3 * 64 * 3 * 3 * 64},
      {"flatten", {576}, 0, 0},
      {"dense", {64}, 36'928, 576 * 64},
      {"dense_1", {10}, 650, 64 * 10}};
  return table;
}

void show_network(tutorial::Chapter& chapter) {
  chapter.section("network", "2 The network");
  lw::Sequential model = make_model(listing(), chapter.options().seed);
  chapter.print("{}\n", model.summary());
  Index products = 0;
  for (const LayerFacts& layer : course_table()) products += layer.products;
  chapter.print("{:<12}{:>9}{:>8}{:>20}{:>8}\n", "layer", "weights", "share", "products an image",
                "share");
  bool shapes_agree = true;
  Index parameters = 0;
  for (std::size_t i = 0; i < course_table().size(); ++i) {
    const auto& [name, output, expected, work] = course_table()[i];
    lw::Sequential up_to = front(model, i + 1);
    shapes_agree = shapes_agree && up_to.output_shape() == output;
    const Index own = up_to.parameter_count() - parameters;
    parameters += own;
    chapter.exact(fmt::format("{}: numbers it leaves", name),
                  static_cast<double>(up_to.output_shape().size()),
                  static_cast<double>(output.size()));
    if (expected == 0) continue;
    chapter.exact(fmt::format("{}: parameters", name), static_cast<double>(own),
                  static_cast<double>(expected));
    const auto percent = [](Index part, Index all) {
      return 100 * static_cast<double>(part) / static_cast<double>(all);
    };
    chapter.print("{:<12}{:>9}{:>6.0f} %{:>20}{:>6.0f} %\n", name, own,
                  percent(own, model.parameter_count()), work, percent(work, products));
  }
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 93'322);
  chapter.check("every layer leaves the shape that the course prints", shapes_agree);
}

/** \page ch13
\section ch13_naive 3 One layer, by hand

The formula above, written down for one place of one map:

\snippet this naive

Fed with a training image, the library's first two layers have to give the same 26 x 26 x 32
numbers, and the largest of each four of them. Each number is a sum of ten floats and may be off by
a dozen roundings, no more:

\verbinclude 13_naive.txt

Chapter 05 does this at length, for every way of computing a convolution, with the time each takes.
*/
// [naive]
double feature(lw::TensorView<const std::uint8_t> image, lw::TensorView<const float> kernel,
               lw::TensorView<const float> bias, Index row, Index column, Index filter) {
  double sum = bias[filter];
  for (Index i = 0; i < 3; ++i)
    for (Index j = 0; j < 3; ++j)
      sum += image(row + i, column + j, 0) / 255.0 * kernel(i, j, 0, filter);
  return std::max(sum, 0.0);
}
// [naive]

void show_naive(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("naive", "3 One layer, by hand");
  lw::Sequential model = make_model(listing(), chapter.options().seed);
  model.build(kImage);
  const auto image = data.train.images.row(0);
  const lw::ScaledBytes x{data.train.images.rows(0, 1), 1.0 / 255.0};
  const lw::Tensor<float> maps = front(model, 1).predict(x), pooled = front(model, 2).predict(x);
  const auto parameters = model.parameters();
  const auto kernel = parameters[0].value, bias = parameters[1].value;

  double worst = 0, worst_pooled = 0, largest_sum = 0;
  for (Index filter = 0; filter < 32; ++filter) {
    const auto at = [&](Index row, Index column) {
      return feature(image, kernel, bias, row, column, filter);
    };
    for (Index row = 0; row < 26; ++row)
      for (Index column = 0; column < 26; ++column)
        worst = std::max(worst, std::abs(at(row, column) - maps(0, row, column, filter)));
    for (Index row = 0; row < 13; ++row)
      for (Index column = 0; column < 13; ++column) {
        const double most =
            std::max({at(2 * row, 2 * column), at(2 * row, 2 * column + 1),
                      at(2 * row + 1, 2 * column), at(2 * row + 1, 2 * column + 1)});
        worst_pooled = std::max(worst_pooled, std::abs(most - pooled(0, row, column, filter)));
      }
    double sum = std::abs(bias[filter]);
    for (Index i = 0; i < 9; ++i) sum += std::abs(kernel(i / 3, i % 3, 0, filter));
    largest_sum = std::max(largest_sum, sum);
  }
  // Ten terms, none above its weight since pixels are at most 1; two more roundings in each pixel.
  const double bound = 12 * std::ldexp(largest_sum, -24);
  chapter.print(
      "largest difference of a feature  {:.1e}\n"
      "after pooling                    {:.1e}\n"
      "a dozen roundings                {:.1e}\n",
      worst, worst_pooled, bound);
  chapter.check("the library's feature maps are the loops'", worst <= bound);
  chapter.check("the library's pooled maps are the loops'", worst_pooled <= bound);
}

/** \page ch13
\section ch13_gradients 4 Are the gradients right?

Backwards a convolution is two more convolutions. The derivative of a weight is a sum over all the
spots where it was used; the derivative of a pixel, a sum over the filters that saw it. And a
maximum passes its derivative on to the one number that was the largest. There is much to get wrong
in this, so, as in every chapter, each derivative is compared with what happens to the loss when its
weight is moved a little. The kernels are those that train, in double:

\snippet this gradients

\verbinclude 13_gradients.txt

Three things are different from chapter 04.

A weight of a filter is felt at hundreds of spots, each with a ReLU and a maximum behind it. With
the step of \f$10^{-4}\f$ that chapter 04 takes, one of them switches for half of the weights of the
first layer: a *kink*, where no derivative exists to compare with. So the step is halved there, up
to `halvings` times, until a place without a kink is found. Short steps make a numerical derivative
noisy, since the loss has only sixteen digits to tell its change in. Hence the bound is
\f$10^{-6}\f$ here and not \f$10^{-7}\f$; most entries stay far below it.

A background that is exactly 0 makes the four numbers of a pooling window exactly equal. Which of
them shall get the derivative? Backpropagation gives it to the first. But raise any one of the four,
and the maximum rises with it; lower it, and the maximum stays: a kink, at exactly this point. A
little noise on the images, up to a tenth of full ink, removes the ties. (In training nothing is
removed. A tie there is a matter of convention, and the convention is Keras's.)

And only one image is in the batch: a derivative that is a sum over a hundred spots of it is as good
a test as one over more images, which would bring more kinks; and each of the derivatives costs six
forward passes. (Not quite: layers below the weight do not notice it, and are not computed again.)
The weights are those of a fixed seed, as in chapter 04, with which next to none has to be left out.
All of it takes a minute on two cores.
*/
void check_gradients(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("gradients", "4 Are the gradients right?");
  const bool quick = chapter.options().quick;
  const Index batch = 1;
  constexpr std::uint64_t kSeed = 1;
  const lw::Sequential model = make_model(listing(), kSeed);
  lw::Tensor<float> x(kImage.with_outer(batch));
  lw::fill_uniform<float>(x, 0, 0.1f, {kSeed, 1});
  for (Index i = 0; i < x.size(); ++i) x[i] += static_cast<float>(data.train.images[i]) / 255.0f;
  const auto y = data.train.labels.rows(0, batch);
  const auto progress = [&](std::string_view tensor, Index done, Index all) {
    chapter.progress(fmt::format("checking {}: {} of {}", tensor, done, all));
  };
  // [gradients]
  const lw::GradientReport report =
      lw::gradient_check(model, lw::SparseCategoricalCrossentropy{}, x, y,
                         {.entries_per_tensor = quick ? 200 : 0,  // 0 is all of them
                          .seed = kSeed,
                          .bound = 1e-6,
                          .halvings = 6,
                          .progress = progress});
  // [gradients]
  chapter.progress("");
  chapter.print("{}", report.table());
  Index entries = 0;
  for (const auto& tensor : report.tensors) entries += tensor.entries;
  chapter.gradient_check({.what = "Listing 4.4, sparse categorical cross-entropy, and its input",
                          .parameters = entries,
                          .checked = report.checked(),
                          .max_relative_error = report.max_relative_error(),
                          .bound = report.bound},
                         report.ok());
}

/** \page ch13
\section ch13_training 5 Training

One epoch, in batches of 32: \f$60000 / 32 = 1875\f$ updates. The optimizer is Adam. It steers by
two running means of each derivative \f$g\f$: one of \f$g\f$ itself, which smooths the way as
\term{momentum} does, and one of \f$g^2\f$, which scales the step as RMSprop does. Both begin at 0
and are too small at first; the fraction with \f$t\f$ in the last formula makes up for it at step
\f$t\f$:

\f[
  m \leftarrow 0.9\,m + 0.1\,g, \qquad
  v \leftarrow 0.999\,v + 0.001\,g^2, \qquad
  w \leftarrow w - 0.001\,\frac{\sqrt{1 - 0.999^t}}{1 - 0.9^t}\,\frac{m}{\sqrt{v} + 10^{-7}}
\f]

\snippet this fit

\verbinclude 13_training.txt

\image html 13_loss.svg "The loss while it trains, a point for every 25 batches" width=100%

Most of what is learned is learned within the first few hundred batches. Accuracy and loss as
`fit()` prints them are means over the whole epoch, those clumsy first batches included. So do not
wonder that, in the next section, the network does better on images that it has never seen than it
did, on average, on those that it was trained on.
*/
// Remembers the mean loss of every 25 batches.
class Curve : public lw::Callback {
 public:
  void on_train_begin(const lw::FitPlan& plan) override { iterations_ = plan.iterations; }
  void on_epoch_begin(int epoch) override {
    before_ = epoch * iterations_;
    sum_ = 0;
  }
  // The logs are means since the epoch began.
  void on_batch_end(Index iteration, const lw::Logs& logs) override {
    const Index done = iteration + 1;
    if (done % kEvery != 0) return;
    const double sum = logs["loss"] * static_cast<double>(done);
    series.x.push_back(static_cast<double>(before_ + done));
    series.y.push_back((sum - sum_) / static_cast<double>(kEvery));
    sum_ = sum;
  }

  lw::report::Series series{};

 private:
  static constexpr Index kEvery = 25;
  Index iterations_ = 0, before_ = 0;
  double sum_ = 0;
};

lw::Sequential train(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("training", "5 Training");
  const tutorial::ChapterOptions& options = chapter.options();
  lw::Sequential model = make_model(listing(), options.seed);
  lw::report::Progress progress = chapter.training_progress();
  Curve curve;
  const auto start = std::chrono::steady_clock::now();
  // [fit]
  const lw::History history = model.fit(data.train.x(), data.train.labels,
                                        {.epochs = options.epochs,
                                         .batch_size = options.batch_size,
                                         .callbacks = {&progress, &curve}});
  // [fit]
  chapter.add_training(std::chrono::steady_clock::now() - start);
  if (options.full) {
    const Index iterations = (data.train.size() + options.batch_size - 1) / options.batch_size;
    chapter.exact("iterations an epoch", static_cast<double>(iterations), 1875);
  }
  if (!curve.series.y.empty())
    chapter.plot("loss", lw::report::Chart{.title = "Loss of the batches",
                                           .x_label = "batches trained on",
                                           .y_label = "cross-entropy",
                                           .series = {curve.series},
                                           .log_y = true});
  chapter.compare("loss, epoch 1", history["loss"][0], 0.1452);
  chapter.compare("accuracy, epoch 1", history["accuracy"][0], 0.9563);
  return model;
}

/** \page ch13
\section ch13_test 6 The examination

\verbinclude 13_test.txt

Another seed gives another number. Keras's ten runs made between 131 and 204 mistakes, 154 in the
mean; the course's single run made 132, a good one. It took 54 seconds for its epoch, on a machine
that it does not name.

\section ch13_image300 7 Test image 300

The course picks one test image and asks for its ten probabilities:

\image html 13_image300.svg "Test image 300" width=100%

\verbinclude 13_image300.txt

\image html 13_probabilities.svg "Ten probabilities; mind the logarithmic axis" width=100%

The course's network gave the right digit 0.997, and the most of what was left to the 1. What is
left depends on the run: these small numbers are not a property of the image but of the weights that
chance and one epoch have led to. Try `--seed 1`.
*/
void examine(tutorial::Chapter& chapter, const Data& data, lw::Sequential& model) {
  chapter.section("test", "6 The examination");
  const lw::Logs logs = model.evaluate(data.test.x(), data.test.labels);
  chapter.print("test loss {:.4f}, test accuracy {:.4f}\n", logs["loss"], logs["accuracy"]);
  chapter.compare("test loss", logs["loss"], 0.0408);
  chapter.compare("test accuracy", logs["accuracy"], 0.9868);
}

constexpr Index kShown = 300;  // the test image that the course shows

void show_image(tutorial::Chapter& chapter, const Data& data, lw::Sequential& model) {
  chapter.section("image300", "7 Test image 300");
  // What the course prints for it.
  constexpr double kCourse[] = {6.2746993e-05, 1.7837329e-03, 3.8957372e-04, 4.6143982e-06,
                                9.9723744e-01, 1.5522403e-06, 1.9182076e-04, 3.0044283e-04,
                                2.2602901e-05, 5.3929521e-06};
  const bool is_mnist = data.mnist.name == "mnist";
  const auto& names = data.mnist.label_names;
  const Index truth = data.test.labels[kShown];
  const auto name = [&](Index label) { return names[static_cast<std::size_t>(label)]; };
  const lw::Tensor<float> p =
      model.predict(lw::ScaledBytes{data.test.images.rows(kShown, kShown + 1), 1.0 / 255.0});

  const auto answer = static_cast<Index>(std::max_element(p.begin(), p.end()) - p.begin());
  chapter.print("It shows: {}; the network says: {}\n\n{:<12} {:>12}{}\n", name(truth),
                name(answer), "class", "probability", is_mnist ? "    the course" : "");
  lw::report::BarChart chart{.title = "Test image 300: probability of each class",
                             .x_label = "class",
                             .y_label = "probability",
                             .names = {names.begin(), names.end()},
                             .values = {},
                             .highlight = truth,
                             .log_y = true};
  for (Index label = 0; label < kClasses; ++label) {
    chapter.print("{:<12} {:>12.4e}", name(label), p[label]);
    if (is_mnist) chapter.print("{:>14.4e}", kCourse[label]);
    chapter.print("\n");
    // A probability too small for a float has no place on a logarithmic axis.
    chart.values.push_back(std::max(static_cast<double>(p[label]), 1e-38));
  }
  chapter.compare("probability of the true class, test image 300", p[truth], kCourse[4]);
  chapter.plot("image300",
               lw::report::ImageGrid{
                   .title = "Test image 300",
                   .images = data.test.images.rows(kShown, kShown + 1).reshape({1, 28, 28}),
                   .captions = {name(truth)}});
  chapter.plot("probabilities", chart);
}

/** \page ch13
\section ch13_filters 8 What the filters look for

Before convolutional networks, people designed filters: one for vertical edges, one for horizontal
ones. Nobody has designed these. They were random numbers, and the 1,875 updates made them what they
are:

\image html 13_filters.svg "Grey is 0, white a positive weight, black a negative one" width=100%

Many are bright on one side and dark on the other, some slanted: they answer to edges of one
direction, and to which side of the edge the ink is on. Others have a dark corner, or look as random
as they were. Do not read too much into each. All 32 together have moved about as far as they were
long to begin with, so they are learned and no longer drawn; but one epoch is short, and a filter
that does nothing is not missed when there are 31 others.

\verbinclude 13_filters.txt
*/
void show_filters(tutorial::Chapter& chapter, lw::Sequential& model) {
  chapter.section("filters", "8 What the filters look for");
  lw::Sequential untrained = make_model(listing(), chapter.options().seed);
  untrained.build(kImage);
  const auto now = model.parameters()[0].value, then = untrained.parameters()[0].value;
  double moved = 0, length = 0;
  for (Index i = 0; i < now.size(); ++i) {
    moved += std::pow(now[i] - then[i], 2);
    length += std::pow(then[i], 2);
  }
  chapter.print("The 288 weights, as a vector, had the length {:.2f} and have moved by {:.2f}.\n",
                std::sqrt(length), std::sqrt(moved));
  const lw::Tensor<std::uint8_t> pictures = pictures::filters(now);
  chapter.plot(
      "filters",
      lw::report::ImageGrid{
          .title = "The first layer's filters", .images = pictures, .captions = {}, .columns = 8});
}

/** \page ch13
\section ch13_maps 9 What the layers see

To look into a network, cut it off. The first layers of a model are a model, too, and what it
predicts is what the next layer is given:

\snippet this front

This is test image 300 after each of the three convolutions, a picture for each filter; white is the
layer's largest number:

\image html 13_maps_1.svg "After the first convolution: 32 maps of 26 x 26" width=100%

The digit is still there, 32 times: here its left edges, there its right ones, there all of the ink,
or the paper around it. Two layers on the maps have grown coarse:

\image html 13_maps_2.svg "After the second convolution: 64 maps of 11 x 11" width=100%

Each map sums up the 32 below it, over 8 x 8 pixels: no longer edges, but strokes, their ends and
crossings. Most are dark at most places. And the last ones:

\image html 13_maps_3.svg "After the third convolution: 64 maps of 3 x 3" width=100%

Nobody would recognize a digit in these 576 numbers, but the two dense layers do. The image has
become a list of 64 properties, and for each, roughly where it was found.

\verbinclude 13_maps.txt
*/
void show_maps(tutorial::Chapter& chapter, const Data& data, lw::Sequential& model) {
  chapter.section("maps", "9 What the layers see");
  const lw::ScaledBytes x{data.test.images.rows(kShown, kShown + 1), 1.0 / 255.0};
  int convolution = 0;
  for (const std::size_t layers : {1u, 3u, 5u}) {
    const lw::Tensor<float> maps = front(model, layers).predict(x);
    const auto zeros = std::count(maps.begin(), maps.end(), 0.0f);
    ++convolution;
    chapter.print("convolution {}: {} of {} numbers are 0, cut off by ReLU\n", convolution, zeros,
                  maps.size());
    const lw::Tensor<std::uint8_t> pictures = pictures::feature_maps(maps.row(0));
    chapter.plot(
        fmt::format("maps_{}", convolution),
        lw::report::ImageGrid{
            .title = fmt::format("Test image 300 after convolution {}: {} maps of {} x {}",
                                 convolution, maps.shape()[3], maps.shape()[1], maps.shape()[2]),
            .images = pictures,
            .captions = {},
            .columns = 8});
  }
}

/** \page ch13
\section ch13_shift 10 Push the digit aside

MNIST's digits have all been centred. What if one is not? Every test image is moved by up to four
pixels, which is as far as most digits can go without losing ink: every fourth image to the right,
the next ones down, left and up. Nothing is trained again.

\snippet 13_mnist_cnn/pictures.hpp shift

Beside the convolutional network stands a dense one of 784-128-10, with 101,770 weights, a few more,
and trained in the same way:

\snippet this mlp

\verbinclude 13_shift.txt

\image html 13_shift.svg "The share of images that are read correctly" width=100%
\image html 13_shifted300.svg "Test image 300, and what the networks take it for" width=100%

For the dense network a digit that is four pixels off is a different set of inputs, with weights
that have never been told about it. The convolutional network suffers, too, but less.

One often reads, in the course as well, that convolution is *invariant* to translation: that it does
not care where the digit is. What it is is **equivariant**: move the image, and the feature maps are
the same, moved. The program checks it. Move the image by two pixels, and the maps of the first
convolution move by two, the pooled ones by one. Pooling is what makes a step towards invariance:
when something moves by one pixel within its window, the largest number of the window stays the
same. With two poolings that is worth a pixel or two, as the curve shows. After them comes a dense
layer with a weight for every spot of the 3 x 3, which cares very much.

So if digits can be anywhere, show the network digits that are anywhere; or end the network with a
global pooling, which forgets the spot altogether. You can try the first of these at the end of this
page.
*/
// [mlp]
lw::Sequential make_mlp(std::uint64_t seed) {
  return make_model({lw::Flatten{}, lw::Dense{128, {.activation = lw::relu}},
                     lw::Dense{10, {.activation = lw::softmax}}},
                    seed);
}
// [mlp]

// The first of the test images, each moved by so many pixels in one of four directions.
lw::Tensor<std::uint8_t> moved_images(const Split& split, Index pixels) {
  lw::Tensor<std::uint8_t> moved(split.images.shape());
  constexpr Index kDown[] = {0, 1, 0, -1}, kRight[] = {1, 0, -1, 0};
  for (Index i = 0; i < split.size(); ++i)
    pictures::shift(split.images.row(i), pixels * kDown[i % 4], pixels * kRight[i % 4],
                    moved.row(i));
  return moved;
}

// How far feature maps of a moved image are from the moved feature maps, where both are to be seen.
float largest_difference(const lw::Tensor<float>& maps, const lw::Tensor<float>& of_moved,
                         Index right) {
  float largest = 0;
  for (Index row = 0; row < maps.shape()[1]; ++row)
    for (Index column = right; column < maps.shape()[2]; ++column)
      for (Index k = 0; k < maps.shape()[3]; ++k)
        largest = std::max(largest,
                           std::abs(of_moved(0, row, column, k) - maps(0, row, column - right, k)));
  return largest;
}

void check_equivariance(tutorial::Chapter& chapter, const Data& data, lw::Sequential& model) {
  const auto image = data.test.images.rows(kShown, kShown + 1);
  lw::Tensor<std::uint8_t> moved(image.shape());
  pictures::shift(image.row(0), 0, 2, moved.row(0));
  for (const std::size_t layers : {1u, 2u}) {
    lw::Sequential first = front(model, layers);
    const lw::Tensor<float> maps = first.predict(lw::ScaledBytes{image, 1.0 / 255.0});
    const lw::Tensor<float> of_moved = first.predict(lw::ScaledBytes{moved, 1.0 / 255.0});
    // The same ten terms, but perhaps in another order where a kernel's tiles begin elsewhere.
    const float bound = 20 * std::ldexp(*std::max_element(maps.begin(), maps.end()), -23);
    const Index right = layers == 1 ? 2 : 1;
    chapter.check(
        fmt::format("the image moves by 2 pixels, the maps of layer {} by {}", layers, right),
        largest_difference(maps, of_moved, right) <= bound);
  }
}

void compare_shifts(tutorial::Chapter& chapter, const Data& data, lw::Sequential& cnn) {
  chapter.section("shift", "10 Push the digit aside");
  const tutorial::ChapterOptions& options = chapter.options();
  lw::Sequential mlp = make_mlp(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  chapter.print("The dense network:\n");
  mlp.fit(data.train.x(), data.train.labels,
          {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});

  const Split tested = data.test.first(options.quick ? 2000 : data.test.size());
  lw::report::Series of_cnn{.name = "convolutional", .x = {}, .y = {}};
  lw::report::Series of_mlp{.name = "dense", .x = {}, .y = {}};
  lw::report::ImageGrid grid{.title = "Test image 300, moved to the right", .images = {}};
  lw::Tensor<std::uint8_t> on_its_way({5, 28, 28, 1});
  chapter.print("\naccuracy on {} test images\nmoved by   convolutional   dense\n", tested.size());
  for (Index pixels = 0; pixels < 5; ++pixels) {
    const lw::Tensor<std::uint8_t> moved = moved_images(tested, pixels);
    pictures::shift(data.test.images.row(kShown), 0, pixels, on_its_way.row(pixels));
    const lw::ScaledBytes one{on_its_way.rows(pixels, pixels + 1), 1.0 / 255.0};
    std::string caption;
    for (const auto& [name, model, series] :
         {std::tuple{"CNN", &cnn, &of_cnn}, std::tuple{"MLP", &mlp, &of_mlp}}) {
      series->x.push_back(static_cast<double>(pixels));
      series->y.push_back(
          model->evaluate(lw::ScaledBytes{moved, 1.0 / 255.0}, tested.labels)["accuracy"]);
      const lw::Tensor<float> p = model->predict(one);
      const auto answer = std::max_element(p.begin(), p.end()) - p.begin();
      caption += fmt::format("{}{}: {}", caption.empty() ? "" : ", ", name, answer);
    }
    grid.captions.push_back(caption);
    chapter.print("{:>8}   {:>13.4f}   {:.4f}\n", pixels, of_cnn.y.back(), of_mlp.y.back());
  }
  check_equivariance(chapter, data, cnn);
  grid.images = on_its_way.reshape({5, 28, 28});
  chapter.plot("shift", lw::report::Chart{.title = "Accuracy on images that are moved",
                                          .x_label = "pixels",
                                          .y_label = "share that is right",
                                          .series = {of_cnn, of_mlp},
                                          .y_range = {{0, 1}}});
  chapter.plot("shifted300", grid);
}

/** \page ch13
\section ch13_numbers 11 The numbers

Initial weights and the order of the images are random, so another seed gives other figures. That is
so in Keras, too. The column *course* is the one run that the course shows. The column *Keras* is
the mean and the standard deviation of many runs of the same network in Keras, each with a seed of
its own. The verdict is made of them as chapter 04 explains. What is arithmetic has to be exact.

\verbinclude 13_numbers.txt

\subsection ch13_checked What has been checked, and what has not

The program ends with an error unless all of this holds: each layer leaves the shape and has the
number of parameters that the course prints; the loops of section 3 and the library compute the same
maps; derivatives agree with numerical ones; moving the image moves the maps; and the figures above
are in their bounds. The gradient check knows nothing of Adam, of shuffling, or of how images are
gathered. Here the trained figures stand for those; the library's tests follow thirty updates of
this very network in Keras, weight by weight. The accuracies of section 10 have no reference to be
compared with: they are what they are.

\section ch13_summary Summary

- A convolution asks the same question at every spot. Its weights are shared, so they are few, and
  each is used often: little memory, much work.
- A window of \f$k\f$ that moves by \f$s\f$ leaves \f$\lfloor (n - k) / s \rfloor + 1\f$ of \f$n\f$
  rows. Pooling halves the maps, convolution without padding trims their borders.
- The further up, the larger the part of the image that one number sums up, and the less it matters
  where exactly in it something was seen.
- Convolution is equivariant; pooling makes it a little invariant; the dense layers are neither.
- Behind shared weights there are kinks everywhere. A gradient check needs steps short enough to
  fit between them.

\section ch13_questions Questions

\questions

\section ch13_exercises Exercises

Each of these is a function for you to write. This makes the files, in
`tutorial/13_mnist_cnn/exercises/mine`, unless they are there, builds them and nothing else, and says
whether each is right:

    ./tools/run 13 --exercise

\exercise{output_shape}
\exercise{receptive_field}
\exercise{small_network}

\subsection ch13_try To try out

1. Without the third convolution, as the course's text has it, would there be fewer weights? Count
   first; then let `summary()` of such a model, in a program of its own, tell. (This chapter's
   tables want all eight layers.)
2. Replace `MaxPooling2D` by `AveragePooling2D`. Which of the two is better after one epoch? Is the
   difference larger than that between two seeds? (Section 3 will complain, rightly: its loops take
   the maximum.)
3. Train on images that `pictures::shift()` has moved by chance, up to four pixels. What becomes of
   the two curves of section 10? What does it cost in accuracy at 0?
4. Shuffle the pixels of all images by one fixed permutation, for training and test
   (`lw::fill_permutation`). Which of the networks does not notice? What is left of the other's
   advantage?
5. Train for 5 epochs (`--epochs 5`) and look at the filters again. Have they become easier to name?

\section ch13_next What to read next in the source

- `src/nn/convolution.cpp`: the layer; `src/ops/convolution.cpp`, what it calls.
- `src/ops/window.cpp`: how many places a window has, with all its errors; compare it with your
  `output_shape()`.
- `src/nn/gradient_check.cpp`: how section 4 is done, halvings and all.
- Chapter 05 for how a convolution becomes a product of matrices.

\tableofcontents
*/
void teach(tutorial::Chapter& chapter) {
  Data data{chapter.load_mnist()};
  show_data(chapter, data);
  if (chapter.options().quick) data.train = data.train.first(kQuickImages);
  show_network(chapter);
  show_naive(chapter, data);
  check_gradients(chapter, data);
  lw::Sequential model = train(chapter, data);
  examine(chapter, data, model);
  show_image(chapter, data, model);
  show_filters(chapter, model);
  show_maps(chapter, data, model);
  compare_shifts(chapter, data, model);
}

}  // namespace

int main(int argc, char** argv) {
  return tutorial::run({.number = "13",
                        .name = "mnist_cnn",
                        .title = "MNIST with a convolutional network",
                        .data = "mnist",
                        .epochs = 1,
                        .quick_epochs = 1,
                        .samples = 60'000,
                        .quick_samples = kQuickImages,
                        .batch_size = 32},
                       argc, argv, teach);
}
