/** \page ch04 04 MNIST with a multilayer perceptron

Clerks of the American census and high-school students filled in forms with digits, the forms were
scanned, the digits cut out, shrunk and centred, and ever since they have been what a course on
neural networks begins with.

This chapter teaches a network of 118,282 numbers to read them: of a hundred digits that it has
never seen it reads about 98 correctly, and its training is over sooner than you have read this
page.

At the end you have **the network of the course, trained**; its \gloss{gradient|gradients} checked
against numerical \gloss{derivative|derivatives}, every one; its mistakes as a picture; and an idea
of where the time goes.

Run it yourself:

    ./tools/run 04            # everything on this page, with your numbers
    ./tools/run 04 --quick    # two epochs, and samples of the gradients
    ./tools/run 04 --help

Every output and every plot on this page is of one run of the program, this one:

\verbinclude 04_run.txt

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", and expect about 88 of a hundred.)
*/

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "04_mnist_mlp/exercise.hpp"
#include "04_mnist_mlp/naive.hpp"
#include "support/chapter.hpp"
#include "support/timing.hpp"

namespace lw = lanewise;
using lanewise::Index;

namespace {

constexpr Index kClasses = 10, kPixels = 28 * 28, kHeldOut = 10'000;

/** \page ch04
\section ch04_data 1 The data

MNIST is 70,000 grey images of 28 x 28 pixels, each with its \term{label}, the digit that was meant:
60,000 to learn from and 10,000 to be examined on. The test images are for the very end. To see
*while training* whether the network learns digits or merely learns the training images by heart,
the first 10,000 of the 60,000 are held out for \term{validation}:

\snippet this split

`rows(begin, end)` is a view: nothing is copied. The pixels also stay what they are in the file, one
byte each. A network wants numbers near 1, so each pixel is divided by 255, but only while a
\term{batch}, the 64 images that the network is shown at a time, is gathered from memory. The bytes
are a quarter of the size of floats, and reading memory is what gathering costs: 8.5 instead of 19
microseconds a batch where it was measured.

Keras and this library can also hold samples out by themselves: `validation_split = 0.2` takes a
fifth. The course says that it takes a random part. It takes the *last* part, before anything is
shuffled. On a file that is sorted by class the network would then be validated on classes that it
has never seen; so shuffle such a file first, or hold samples out yourself, as here.

\verbinclude 04_data.txt

\image html 04_samples.svg "The first three training images" width=100%
*/
// [split]
struct Split {
  lw::TensorView<const std::uint8_t> images;  // (count, 784), bytes
  lw::Tensor<std::int32_t> labels;
  lw::Tensor<float> one_hot;

  Split(lw::TensorView<const std::uint8_t> pictures, lw::TensorView<const std::int32_t> digits)
      : images(pictures.reshape({pictures.shape()[0], kPixels})),
        labels(digits),
        one_hot(lw::data::one_hot<float>(digits, kClasses)) {}

  // The pixels as the network gets them, in [0, 1].
  lw::ScaledBytes x() const { return {images, 1.0 / 255.0}; }
};

struct Data {
  lw::data::Mnist mnist;
  Split valid{mnist.train_images.rows(0, kHeldOut), mnist.train_labels.rows(0, kHeldOut)};
  Split train{mnist.train_images.rows(kHeldOut, mnist.train_images.shape()[0]),
              mnist.train_labels.rows(kHeldOut, mnist.train_labels.shape()[0])};
  Split test{mnist.test_images, mnist.test_labels};
};
// [split]

void show_data(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("data", "1 The data");
  if (data.mnist.name != "mnist")
    chapter.print("These are not MNIST's digits but the images of {}.\n", data.mnist.name);
  for (const auto& [name, split] :
       {std::pair{"training", &data.train}, std::pair{"validation", &data.valid},
        std::pair{"test", &data.test}})
    chapter.print("{:<11} {} images of 28 x 28\n", name, split->images.shape()[0]);
  chapter.exact("training images", static_cast<double>(data.train.images.shape()[0]), 50'000);
  chapter.exact("validation images", static_cast<double>(data.valid.images.shape()[0]), 10'000);
  chapter.exact("test images", static_cast<double>(data.test.images.shape()[0]), 10'000);

  lw::report::ImageGrid grid{.title = "The first three training images",
                             .images = data.train.images.rows(0, 3).reshape({3, 28, 28})};
  for (Index i = 0; i < 3; ++i)
    grid.captions.push_back(data.mnist.label_names[static_cast<std::size_t>(data.train.labels[i])]);
  chapter.plot("samples", grid);
}

/** \page ch04
\section ch04_labels 2 Labels: a number, or a row of ten

A label can be written in two ways. As an **integer**: the image shows class 7. Or \term{one-hot}: a
row of ten numbers, all 0 but a 1 in column 7. The second looks wasteful, and has a point. It is
what a perfect network would answer: probability 1 for the right class and 0 for the others. A
\term{loss}, which says in one number how wrong an answer is, can then compare answer and label
entry by entry.

Integers carry an order that means nothing. For digits it is easy to forget, since 3 *is* less
than 5; in Fashion-MNIST, whose classes are clothes, nobody would say that a coat is worth two
pullovers. (The course says that the integer labels of digits can be used directly because they are
ordered. They can be used directly, by the sparse loss of section 4, but so can those of clothes:
the order plays no part in it.)

\snippet this labels

\verbinclude 04_labels.txt
*/
void show_labels(tutorial::Chapter& chapter) {
  chapter.section("labels", "2 Labels: a number, or a row of ten");
  // [labels]
  const char* const names[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                               "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  // The first nine labels of Fashion-MNIST.
  const lw::Tensor<std::int32_t> labels({9}, {9, 0, 0, 3, 0, 2, 7, 2, 5});
  const lw::Tensor<float> rows = lw::data::one_hot<float>(labels, 10);
  // [labels]
  chapter.print("Fashion-MNIST's label map:\n");
  for (int label = 0; label < kClasses; ++label) chapter.print("  {}  {}\n", label, names[label]);
  chapter.print("\nIts first nine labels, as integers and one-hot:\n{}\n\n{}\n",
                lw::to_string(labels, 9), lw::to_string(rows, 10));
  float ones = 0;
  for (Index i = 0; i < 9; ++i) ones += rows(i, labels[i]);
  chapter.check("each one-hot row has its 1 at the label, and sums to 1",
                ones == 9 && std::accumulate(rows.begin(), rows.end(), 0.0f) == 9);
}

/** \page ch04
\section ch04_network 3 The network

A network that puts things into one of several classes ends in \term{softmax}, which turns a row of
any numbers into probabilities: positive, and 1 in sum. (The course calls this "polynomial
regression or softmax regression". *Multinomial* is the word it means; polynomial regression fits a
polynomial. And without the \gloss{hidden layer|hidden layers} below, softmax regression is what
would be left.) This is all of it:

\f[
  h_1 = \mathrm{relu}(x W_1 + b_1), \qquad
  h_2 = \mathrm{relu}(h_1 W_2 + b_2), \qquad
  p = \mathrm{softmax}(h_2 W_3 + b_3)
\f]

An image is a row \f$x\f$ of 784 pixels. Two \term{hidden layer|hidden layers} of 128
\term{unit|units} look at it, each unit a weighted sum of everything below it, cut off at zero. The
cut is called \term{ReLU}: \f$\mathrm{relu}(z) = \max(z, 0)\f$. Without the cut, three layers would
collapse into one, since a product of matrices is a matrix. The last layer has a unit for each
digit, and softmax does this to its ten sums:

\f[ \mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \f]

\snippet this model

A unit has a \term{weight} for each of its inputs and a \term{bias}, which is added to their sum.
Training changes both; they are the \term{parameter|parameters} of the network. The layers have
\f$784 \cdot 128 + 128 = 100{,}480\f$, \f$128 \cdot 128 + 128 = 16{,}512\f$ and \f$128 \cdot 10 + 10
= 1{,}290\f$ of them. The summary adds them up. `None` stands for the batch, which may have any
size. Whether images are flattened before they come in or by a layer of the network makes no
difference to the count, as the second summary shows.

\verbinclude 04_network.txt

The first unit of the output stands for the digit 0, so the fifth stands for 4: if it says 0.87, the
network gives a 4 a probability of 87 %.
*/
// [model]
lw::Sequential make_model(std::uint64_t seed) {
  lw::Sequential model{lw::Input{{kPixels}},                      // an image as a row
                       lw::Dense{128, {.activation = lw::relu}},  // the first hidden layer
                       lw::Dense{128, {.activation = lw::relu}},  // the second
                       lw::Dense{10, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::RMSprop{},
                 .loss = lw::CategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

void show_network(tutorial::Chapter& chapter) {
  chapter.section("network", "3 The network");
  lw::Sequential model = make_model(chapter.options().seed);
  chapter.print("{}\nThe same, flattening by a layer:\n\n", model.summary());
  lw::Sequential flattening{
      lw::Input{{28, 28}}, lw::Flatten{}, lw::Dense{128, {.activation = lw::relu}},
      lw::Dense{128, {.activation = lw::relu}}, lw::Dense{10, {.activation = lw::softmax}}};
  chapter.print("{}", flattening.summary());
  const auto parameters = model.parameters();
  const auto count = [&](std::size_t layer) {
    return static_cast<double>(parameters[2 * layer].value.size() +
                               parameters[2 * layer + 1].value.size());
  };
  chapter.exact("parameters of the first layer", count(0), 100'480);
  chapter.exact("parameters of the second layer", count(1), 16'512);
  chapter.exact("parameters of the third layer", count(2), 1'290);
  chapter.exact("parameters", static_cast<double>(model.parameter_count()), 118'282);
}

/** \page ch04
\section ch04_loss 4 Which loss?

The network says \f$p\f$, the label says \f$t\f$. \term{cross-entropy|Cross-entropy} is \f$-\sum_i
t_i \ln p_i\f$: with a one-hot label only the right class counts, and the loss is how surprised the
network was to see it. There are three spellings of it, and which one applies is a matter of what
the labels look like:

| labels | loss | the last layer |
| --- | --- | --- |
| one-hot rows, one class of several | `CategoricalCrossentropy` | softmax |
| integers, one class of several | `SparseCategoricalCrossentropy` | softmax |
| yes or no, each output for itself | `BinaryCrossentropy` | sigmoid |

The first two are the same number by different routes. Knowing nothing, the best one can do is to
give each of ten classes a tenth, which costs \f$\ln 10 = 2.303\f$. The untrained network does a
little worse, since it prefers some classes without a reason:

\verbinclude 04_loss.txt

Softmax followed by a logarithm is where floating point goes wrong: \f$e^{100}\f$ overflows a
float, and \f$\ln 0\f$ is minus infinity. Against the first there is a shift that changes nothing
but the size of the numbers:

\snippet 04_mnist_mlp/naive.hpp naive softmax

Against the second it does not help: a probability of \f$e^{-1000}\f$ is still rounded to 0. So
where softmax and cross-entropy meet, the library takes the loss not from the probabilities but from
the sums \f$z\f$ before the softmax, whose logarithm needs no exponential undone:
\f$-\ln p_i = \ln \sum_j e^{z_j} - z_i\f$. The \term{gradient} of the loss, which is all its
derivatives together, looks frightening in two steps. In one step it is the difference between
answer and label (for one image; a batch takes the mean):

\f[ \frac{\partial L}{\partial z_i} = p_i - t_i \f]
*/
void show_loss(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("loss", "4 Which loss?");
  lw::Sequential one_hot = make_model(chapter.options().seed);
  one_hot.build({kPixels});
  lw::Sequential sparse = one_hot;
  sparse.compile({.loss = lw::SparseCategoricalCrossentropy{}});
  const double by_rows = one_hot.evaluate(data.valid.x(), data.valid.one_hot)["loss"];
  const double by_labels = sparse.evaluate(data.valid.x(), data.valid.labels)["loss"];
  chapter.print(
      "untrained, validation images\n"
      "  categorical cross-entropy, one-hot rows         {:.6f}\n"
      "  sparse categorical cross-entropy, integers      {:.6f}\n"
      "  guessing one of ten: ln 10                      {:.6f}\n",
      by_rows, by_labels, std::log(10.0));
  chapter.check("one-hot rows and integer labels give the same loss",
                std::abs(by_rows - by_labels) <= 1e-6 * by_rows);
}

/** \page ch04
\section ch04_naive 5 In plain loops, and in a library

Before trusting a library, write the thing down. A \term{dense layer}, in which each unit has a
weight for each number that comes in, is three loops:

\snippet 04_mnist_mlp/naive.hpp naive dense

Going back, a layer receives `dy`, the gradient of the loss with respect to its output. Each weight
has helped every image of the batch, so its derivative is a sum over them; and each input has gone
into every unit, so `dx`, which is handed on to the layer below, is a sum over those. Each of these
sums multiplies `dy` with the layer's own derivative. That is the \term{chain rule}: the derivative
of a function of a function is the product of the two derivatives. Done from the loss back to the
first layer, it is called \term{backpropagation}.

\snippet 04_mnist_mlp/naive.hpp naive dense backward

The whole network is not much more: forward from the first line to the last, then back in reverse
order.

\snippet 04_mnist_mlp/naive.hpp naive step

This is all there is to it; one could stop here and train. The library computes the same numbers, as
the program verifies on a batch of 64 images in double, for the loss and for each of the 118,282
derivatives. It only takes less time:

\verbinclude 04_naive.txt

\subsection ch04_kernel Where the factor comes from

Nearly all the work is in matrix products: \f$64 \cdot 784 \cdot 128\f$ multiply-adds forward for
the first layer alone. The library has one function for all of them, `gemm`. Its time is spent in a
\term{kernel}, a small function for the processor's vector instructions. What it computes is written
down once more in plain loops, and every kernel is tested against these:

\snippet reference/gemm.cpp reference_gemm

They walk down a column of \f$B\f$, here 128 numbers further in memory at each step, and add into
one number, so that each addition waits for the one before it. The kernel that is used instead keeps
a tile of the result in registers: with AVX-512 and floats, for one, 8 rows of 48 columns, which is
24 registers of 16 numbers. For each \f$k\f$ it loads a piece of a row of \f$B\f$ into three
registers, and multiplies all of it with one element of \f$A\f$ after the other. A value that is
loaded once is used many times, and there are enough independent sums to keep the multipliers busy:

\snippet simd/gemm.cpp accumulate

`fma` is one instruction for 16 multiplications and 16 additions of floats with AVX-512, 8 of each
with AVX2. The same source is compiled for each instruction set, and the best one that the machine
has is chosen when the program starts.
*/
void show_naive(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("naive", "5 In plain loops, and in a library");
  constexpr Index kBatch = 64;
  lw::Tensor<double> x({kBatch, kPixels}), target({kBatch, kClasses});
  for (Index i = 0; i < x.size(); ++i) x[i] = data.train.images[i] / 255.0;
  for (Index i = 0; i < target.size(); ++i) target[i] = static_cast<double>(data.train.one_hot[i]);

  lw::Sequential model = make_model(chapter.options().seed);
  model.build({kPixels});
  auto twin = model.as<double>();
  const auto parameters = twin.parameters();
  naive::Layer layers[3];
  for (std::size_t l = 0; l < 3; ++l) {
    const auto &w = parameters[2 * l], &b = parameters[2 * l + 1];
    layers[l] = {naive::Matrix(lw::TensorView<const double>(w.value)),
                 naive::Matrix(lw::TensorView<const double>(b.value)),
                 naive::Matrix(w.value.shape()), naive::Matrix(b.value.shape())};
  }

  const lw::Loss loss = lw::CategoricalCrossentropy{};
  const double ours = twin.compute_gradients(loss, x, target);
  const double theirs = naive::loss_and_gradients(layers, x, target);
  double worst = 0;
  for (std::size_t l = 0; l < 3; ++l)
    for (const auto& [gradient, loops] :
         {std::pair{parameters[2 * l].gradient, &layers[l].dw},
          std::pair{parameters[2 * l + 1].gradient, &layers[l].db}}) {
      double largest = 0, difference = 0;
      for (Index i = 0; i < gradient.size(); ++i) {
        largest = std::max(largest, std::abs((*loops)[i]));
        difference = std::max(difference, std::abs(gradient[i] - (*loops)[i]));
      }
      worst = std::max(worst, difference / largest);
    }
  chapter.print(
      "loss, plain loops                     {:.15f}\n"
      "loss, lanewise                        {:.15f}\n"
      "largest difference of a derivative    {:.1e} of its tensor's largest\n",
      theirs, ours, worst);
  // Sums of up to 784 products, in another order: 784 roundings of 1.1e-16, a few layers deep.
  chapter.check("the library's loss is the loops'", std::abs(ours - theirs) <= 1e-12 * theirs);
  chapter.check("the library's derivatives are the loops'", worst <= 1e-12);

  const int before = lw::num_threads();
  lw::set_num_threads(1);
  const double loops = tutorial::least_seconds(
      chapter.options().quick ? 3 : 7, [&] { naive::loss_and_gradients(layers, x, target); });
  const double library =
      tutorial::least_seconds(51, [&] { twin.compute_gradients(loss, x, target); });
  lw::set_num_threads(before);
  chapter.print(
      "loss and derivatives of 64 images in double, on one thread with {}:\n"
      "the loops take {:.0f} times as long as the library\n",
      lw::to_string(lw::active_isa()), loops / library);
}

/** \page ch04
\section ch04_gradients 6 Are the gradients right?

A network with a wrong derivative still learns something, just not as well as it could, and nobody
notices. So every chapter checks its own. What a \term{derivative} means needs no calculus: move one
weight a little, and see what the loss does.

\f[
  \frac{\partial L}{\partial w} \approx
  \frac{-L(w + 2h) + 8\,L(w + h) - 8\,L(w - h) + L(w - 2h)}{12\,h}, \qquad h = 10^{-4} \max(1, |w|)
\f]

That is four forward passes for one number, which is why nobody trains this way: backpropagation
gets all 118,282 numbers for the price of about three. As a check it is unbeatable. The source of
the kernels that train in float is run in double here, on 8 images, and for each entry the two
derivatives agree in at least seven digits; most of what they differ by is the numerical one's own
rounding. The derivatives with respect to the 8 images are checked, too:

\snippet this gradients

\verbinclude 04_gradients.txt

The error is relative to the derivative, or to a hundredth of the tensor's largest one if that is
more. (A \term{tensor} is an array of numbers with any number of dimensions; here it is the weights
or the biases of a layer. Of a derivative that is 0, or close to it beside the others, a numerical
one can tell no more than the sixteen digits of the loss do: an error that they explain passes.) A
\term{kink} is where a ReLU switches within the little step, so that there is no derivative to
compare with: such entries are told by a second numerical derivative with half the step, which
differs from the first, and are counted and left out. Should they be more than one in a hundred of a
tensor, the check fails. It also fails if a gradient is all zero, since two zeros agree perfectly
and prove nothing. The weights are those of a fixed seed, whatever `--seed` says: with an unlucky
one, a unit sits so close to its kink that too much of what feeds it must be left out.
*/
void check_gradients(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("gradients", "6 Are the gradients right?");
  const bool quick = chapter.options().quick;
  const Index batch = 8;
  constexpr std::uint64_t kSeed = 42;
  const lw::Sequential model = make_model(kSeed);
  const lw::ScaledBytes x{data.train.images.rows(0, batch), 1.0 / 255.0};
  const auto y = data.train.one_hot.rows(0, batch);
  const auto progress = [&](std::string_view tensor, Index done, Index all) {
    chapter.progress(fmt::format("checking {}: {} of {}", tensor, done, all));
  };
  // [gradients]
  const lw::GradientReport report =
      lw::gradient_check(model, lw::CategoricalCrossentropy{}, x, y,
                         {.entries_per_tensor = quick ? 200 : 0,  // 0 is all of them
                          .seed = kSeed,
                          .progress = progress});
  // [gradients]
  chapter.progress("");
  chapter.print("{}", report.table());
  Index entries = 0;
  for (const auto& tensor : report.tensors) entries += tensor.entries;
  chapter.gradient_check({.what = "784-128-128-10, categorical cross-entropy, and its input",
                          .parameters = entries,
                          .checked = report.checked(),
                          .max_relative_error = report.max_relative_error(),
                          .bound = report.bound},
                         report.ok());
}

/** \page ch04
\section ch04_training 7 Training

Training shows the network 64 images, computes the gradient of the mean loss over them, moves every
weight a little against it, and goes on to the next 64. When all 50,000 have been seen, after
\f$\lceil 50000 / 64 \rceil = 782\f$ such \term{iteration|iterations}, the last of them with the 16
images that are left, an \term{epoch} is over; the images are shuffled and the next one begins.
There are 21 of them. To move against the gradient again and again is \term{gradient descent}.

How far to move is the business of the \term{optimizer}. RMSprop divides each derivative by the root
of a running mean of its own squares, so that a weight whose derivative is always small moves as
briskly as one whose derivative is large:

\f[
  a \leftarrow 0.9\,a + 0.1\,g^2, \qquad
  w \leftarrow w - 0.001\,\frac{g}{\sqrt{a + 10^{-7}}}
\f]

The 0.001 in it is the \term{learning rate}.

\snippet this fit

\verbinclude 04_training.txt

\image html 04_loss.svg "Loss on the images that are trained on, and on those held out" width=100%
\image html 04_accuracy.svg "The share of images that are read correctly" width=100%

Both plots tell the same story, and it is the most important one in machine learning. On the images
it trains on, the network gets better until the end. On those that are held out, the loss falls for
a few epochs and then *rises*, while the \term{accuracy}, the share of images that are read
correctly, hardly moves any more: the network has begun to learn its training images by heart, and
grows more and more certain of its mistakes. The name of it is \term{overfitting}.

Do not wonder that in the first epochs the validation loss is the *smaller* one. The training loss
is a mean over the epoch, while the network was still getting better; the validation loss is taken
at its end.
*/
lw::Sequential train(tutorial::Chapter& chapter, const Data& data) {
  chapter.section("training", "7 Training");
  const tutorial::ChapterOptions& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const auto start = std::chrono::steady_clock::now();
  // [fit]
  const lw::History history = model.fit(data.train.x(), data.train.one_hot,
                                        {.epochs = options.epochs,
                                         .batch_size = options.batch_size,
                                         .validation_data = {data.valid.x(), data.valid.one_hot},
                                         .callbacks = {&progress}});
  // [fit]
  chapter.add_training(std::chrono::steady_clock::now() - start);
  const Index iterations =
      (data.train.images.shape()[0] + options.batch_size - 1) / options.batch_size;
  if (options.batch_size == 64)
    chapter.exact("iterations an epoch", static_cast<double>(iterations), 782);

  chapter.plot("loss", lw::report::Chart{
                           .title = "Loss",
                           .x_label = "epoch",
                           .y_label = "cross-entropy",
                           .series = {{.name = "training", .x = {}, .y = history["loss"]},
                                      {.name = "validation", .x = {}, .y = history["val_loss"]}}});
  chapter.plot(
      "accuracy",
      lw::report::Chart{.title = "Accuracy",
                        .x_label = "epoch",
                        .y_label = "share that is right",
                        .series = {{.name = "training", .x = {}, .y = history["accuracy"]},
                                   {.name = "validation", .x = {}, .y = history["val_accuracy"]}}});

  // What the course printed for its run of the four epochs that it shows.
  const struct {
    int epoch;
    double loss, accuracy, val_loss, val_accuracy;
  } course[] = {{1, 0.2833, 0.9173, 0.1755, 0.9450},
                {2, 0.1203, 0.9634, 0.1276, 0.9622},
                {20, 0.0033, 0.9989, 0.1924, 0.9743},
                {21, 0.0034, 0.9988, 0.1595, 0.9780}};
  for (const auto& row : course) {
    if (row.epoch > options.epochs) continue;
    const auto at = static_cast<std::size_t>(row.epoch - 1);
    const auto compare = [&](const char* what, const char* name, double printed) {
      chapter.compare(fmt::format("{}, epoch {}", what, row.epoch), history[name][at], printed);
    };
    compare("loss", "loss", row.loss);
    compare("accuracy", "accuracy", row.accuracy);
    compare("validation loss", "val_loss", row.val_loss);
    compare("validation accuracy", "val_accuracy", row.val_accuracy);
  }
  return model;
}

/** \page ch04
\section ch04_test 8 The examination

Now the 10,000 test images, which nothing above has touched. First the loss and the accuracy over
all of them, then a single one, number 0. The network answers with ten probabilities. The place of
the largest, the \term{argmax}, is the digit that it has read:

\verbinclude 04_test.txt

\image html 04_probabilities.svg "Ten probabilities; mind the logarithmic axis" width=100%

It is not a close race. (In the course's run it was not either: 1.0 for the 7, and 2.5e-13 for the
next digit, a 3.) Probabilities as extreme as these say less than they seem to: a network that has
trained until its loss is almost zero is nearly always this certain, often when it is wrong, too.

\section ch04_confusion 9 What is taken for what

One number for 10,000 images hides the interesting part. The \term{confusion matrix} has a row for
each true class and a column for each answer. What is right is on the diagonal; anything else is a
mistake, and the mistakes are not spread evenly:

\image html 04_confusion.svg "Rows: what it is. Columns: what the network says" width=100%

\verbinclude 04_confusion.txt

\image html 04_mistakes.svg "Images from the four largest cells off the diagonal" width=100%

Would you have read them all correctly?
*/
lw::Tensor<std::int32_t> examine(tutorial::Chapter& chapter, const Data& data,
                                 lw::Sequential& model) {
  chapter.section("test", "8 The examination");
  const lw::Logs logs = model.evaluate(data.test.x(), data.test.one_hot);
  chapter.print("test loss {:.4f}, test accuracy {:.4f}\n\n", logs["loss"], logs["accuracy"]);
  chapter.compare("test loss", logs["loss"]);
  chapter.compare("test accuracy", logs["accuracy"]);

  const lw::Tensor<float> probabilities = model.predict(data.test.x());
  lw::Tensor<std::int32_t> answers(data.test.labels.shape());
  lw::ops::argmax_rows<float>(probabilities, answers);

  const auto names = data.mnist.label_names;
  const Index truth = data.test.labels[0];
  chapter.print("test image 0 shows: {}\n", names[static_cast<std::size_t>(truth)]);
  lw::report::BarChart chart{.title = "Test image 0: probability of each class",
                             .x_label = "class",
                             .y_label = "probability",
                             .names = {names.begin(), names.end()},
                             .values = {},
                             .highlight = truth,
                             .log_y = true};
  for (Index digit = 0; digit < kClasses; ++digit) {
    const float p = probabilities(0, digit);
    chapter.print("  {:<12} {:.6e}\n", names[static_cast<std::size_t>(digit)], p);
    // A probability too small for a float has no place on a logarithmic axis.
    chart.values.push_back(std::max(static_cast<double>(p), 1e-38));
  }
  chapter.plot("probabilities", chart);
  return answers;
}

void show_confusion(tutorial::Chapter& chapter, const Data& data,
                    const lw::Tensor<std::int32_t>& answers) {
  chapter.section("confusion", "9 What is taken for what");
  const bool yours_is_right = exercise::check();
  chapter.check("exercise: confusion_matrix() is right on fixed labels", yours_is_right);
  const auto counts = yours_is_right
                          ? exercise::confusion_matrix(data.test.labels, answers, kClasses)
                          : lw::data::confusion_matrix(data.test.labels, answers, kClasses);
  chapter.check("every test image is counted once",
                std::accumulate(counts.begin(), counts.end(), 0) == data.test.labels.size());

  const auto& names = data.mnist.label_names;
  chapter.plot("confusion", lw::report::HeatMap{.title = "Confusion matrix of the test images",
                                                .x_label = "answered",
                                                .y_label = "true",
                                                .counts = counts,
                                                .row_names = {names.begin(), names.end()},
                                                .column_names = {names.begin(), names.end()}});

  // The cells off the diagonal, the largest first.
  std::vector<std::pair<Index, Index>> cells;
  for (Index t = 0; t < kClasses; ++t)
    for (Index p = 0; p < kClasses; ++p)
      if (t != p && counts(t, p) > 0) cells.emplace_back(t, p);
  std::stable_sort(cells.begin(), cells.end(), [&](const auto& a, const auto& b) {
    return counts(a.first, a.second) > counts(b.first, b.second);
  });

  constexpr Index kCells = 4, kEach = 4;
  std::vector<Index> chosen;
  lw::report::ImageGrid grid{.title = "What the network gets wrong most often",
                             .images = {},
                             .captions = {},
                             .columns = kEach};
  cells.resize(std::min<std::size_t>(cells.size(), kCells));
  for (const auto& [t, p] : cells) {
    const auto true_name = names[static_cast<std::size_t>(t)];
    const auto answer_name = names[static_cast<std::size_t>(p)];
    chapter.print("{} taken for {}: {} times\n", true_name, answer_name, counts(t, p));
    Index shown = 0;
    for (Index i = 0; i < answers.size() && shown < kEach; ++i)
      if (data.test.labels[i] == t && answers[i] == p) {
        chosen.push_back(i);
        grid.captions.push_back(fmt::format("{} as {}", true_name, answer_name));
        ++shown;
      }
  }
  lw::Tensor<std::uint8_t> pictures({static_cast<Index>(chosen.size()), 28, 28});
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const auto from = data.test.images.row(chosen[i]);
    std::copy(from.begin(), from.end(), pictures.row(static_cast<Index>(i)).begin());
  }
  grid.images = pictures;
  if (!chosen.empty()) chapter.plot("mistakes", grid);
}

/** \page ch04
\section ch04_numbers 10 The numbers

Initial weights and the order of the images are random, so another seed gives other figures, in
Keras no more nor less than here. What can be compared is where they fall. The column *course* is
the one run that the course shows. The column *Keras* is the mean and the standard deviation of
twelve runs of the same experiment in Keras, each with a seed of its own. A run differs from the
mean of twelve others by \f$\sqrt{1 + 1/12}\f$ times the deviation of a run; a figure is accepted
within three of these. What is arithmetic has to be exact.

\verbinclude 04_numbers.txt

Twelve runs fix a deviation only roughly. If all is well, a single figure falls outside its bounds
in about one run of eighty (Student's t with 11 degrees of freedom, beyond 3), so that now and then
a seed of yours will be found out of bounds although nothing is wrong. A program that is wrong fails
with nearly every seed.

\subsection ch04_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the two ways to write labels and the two
losses agree; the loops of section 5 and the library compute the same loss and derivatives; these
agree with numerical derivatives; every test image is counted once; and the figures above are in
their bounds. The gradient check knows nothing of the optimizer, of shuffling, or of how images are
gathered. For those this page has only the trained figures; the library's tests compare the
optimizers with Keras step by step.

\section ch04_summary Summary

- An image is a row of numbers in [0, 1]; a label is an integer or a one-hot row.
- Dense layers with ReLU between them, softmax at the end, cross-entropy on top of it. The last two
  are computed together from the sums before the softmax, with the gradient \f$p - t\f$.
- A gradient is right when it agrees with a numerical derivative, entry by entry.
- Training loss keeps falling; validation loss tells when to stop believing it.
- The confusion matrix shows which mistakes are made, not just how many.

\section ch04_questions Questions

\questions

\section ch04_exercises Exercises

1. `tutorial/04_mnist_mlp/exercise.hpp` holds a function `confusion_matrix()` that only calls the
   library. Write it yourself; the chapter tells whether it is right.
2. Train for 5 epochs instead of 21 (`--epochs 5`). What happens to the test accuracy, and what to
   the test loss? Which of the two would you report?
3. Put a `lw::Dropout{0.2}` after each hidden layer. How do the two loss curves change?
4. Replace ReLU by `lw::sigmoid`. How many epochs does the network need for 97 %?
5. Find the epoch with the lowest validation loss, and explain to someone why the accuracy there is
   not the best one.
6. Give `fit()` the option `.shuffle = false`, so that all epochs show the images in the same order.
   Compare the losses of epoch 20, training and validation, with those in the table. (Keras does so,
   unasked, after `keras.utils.set_random_seed()`.)

\section ch04_next What to read next in the source

- `src/nn/dense.cpp`: the layer, one matrix product forward and two backward.
- `src/simd/gemm.cpp`: the kernel quoted above, and `src/ops/gemm.cpp`, which feeds it.
- `src/simd/optimizer.cpp`: RMSprop in one pass over memory.
- `src/nn/gradient_check.cpp`: how section 6 is done.

\tableofcontents
*/
void teach(tutorial::Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  show_data(chapter, data);
  show_labels(chapter);
  show_network(chapter);
  show_loss(chapter, data);
  show_naive(chapter, data);
  check_gradients(chapter, data);
  lw::Sequential model = train(chapter, data);
  const auto answers = examine(chapter, data, model);
  show_confusion(chapter, data, answers);
}

}  // namespace

int main(int argc, char** argv) {
  return tutorial::run({.number = "04",
                        .name = "mnist_mlp",
                        .title = "MNIST with a multilayer perceptron",
                        .data = "mnist",
                        .epochs = 21,
                        .quick_epochs = 2,
                        .batch_size = 64},
                       argc, argv, teach);
}
