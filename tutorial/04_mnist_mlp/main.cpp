/** \page ch04 04 MNIST with a multilayer perceptron

Clerks of the American census and high-school students filled in forms with digits, the forms were
scanned, the digits cut out, shrunk and centred, and ever since they have been what a course on
neural networks begins with.

This chapter teaches a network of 118,282 numbers to read them: of a hundred digits that it has
never seen it reads about 98 correctly. Training it takes less time than reading this page.

At the end you have **the network of the course, trained**; its \gloss{gradient|gradients} checked
against numerical \gloss{derivative|derivatives}, every one; its mistakes as a picture; and an idea
of where the time goes.

Run it yourself:

    ./tools/run 04            # everything on this page, with your numbers
    ./tools/run 04 --quick    # two passes over the images instead of 21, and fewer checks
    ./tools/run 04 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

\gloss{kernel|Kernels} are compiled for several kinds of processors, and `avx512`, for one, names the
kind that was taken.

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", and expect about 88 of a hundred.)
*/

#include <algorithm>
#include <vector>

#include "04_mnist_mlp/loops.hpp"
#include "04_mnist_mlp/show.hpp"
#include "support/show.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch04
\section ch04_data 1 The data

MNIST is 70,000 grey images of 28 x 28 pixels, each with its \term{label}, the digit that was meant:
60,000 to learn from and 10,000 to be examined on. The test images are for the very end. To see
<em>while training</em> whether the network learns digits or merely learns the training images by
heart, the first 10,000 of the 60,000 are held out for \term{validation}:

\snippet this data

A `Split` is a part of the images with their labels. `rows(begin, end)` is a view: nothing is
copied.

\snippet support/mnist.hpp split

The pixels stay what they are in the file, one byte each. A network wants numbers near 1, so each
pixel is divided by 255, but only when it is needed. The network is shown 64 images at a time, a
\term{batch}, and `x()` says how the images of a batch are to be read. Bytes take a quarter of the
memory that floats take, so that there is less to read.

Keras and this library can also hold samples out by themselves: `validation_split = 0.2` takes the
last fifth, before anything is shuffled. On a file that is sorted by class the network would then be
validated on classes that it has never seen; so shuffle such a file first, or hold samples out
yourself, as here.

\aside{random_validation_split}
It takes the last part, always the same.
\endaside

\show{data}

\image html 04_samples.svg "The first three training images" width=100%
*/
// [data]
constexpr Index kClasses = 10, kPixels = 28 * 28, kHeldOut = 10'000;

struct Data {
  lw::data::Mnist mnist;
  Split all = tutorial::training_set(mnist, {kPixels});  // an image as a row of 784 bytes
  Split valid = all.rows(0, kHeldOut);
  Split train = all.rows(kHeldOut, all.size());
  Split test = tutorial::test_set(mnist, {kPixels});
  // The labels as the network is to answer them, see section 2.
  lw::Tensor<float> y_valid = lw::data::one_hot<float>(valid.labels, kClasses);
  lw::Tensor<float> y_train = lw::data::one_hot<float>(train.labels, kClasses);
  lw::Tensor<float> y_test = lw::data::one_hot<float>(test.labels, kClasses);
};
// [data]

/** \page ch04
\section ch04_labels 2 Labels: a number, or a row of ten

A label can be written in two ways. As an **integer**: the image shows class 7. Or \term{one-hot}: a
row of ten numbers, all 0 but a 1 in column 7. The second looks wasteful, and has a point. It is
what a perfect network would answer: probability 1 for the right class and 0 for the others. Answer
and label can then be compared entry by entry. How far apart they are, in one number, is called the
\term{loss}; training makes it small.

Integers carry an order that means nothing. For digits it is easy to forget, since 3 *is* less
than 5; in Fashion-MNIST, whose classes are clothes, nobody would say that a coat is worth two
pullovers.

\aside{ordered_integer_labels}
They can be used directly, by the sparse loss of section 4, but so can those of clothes: the order
plays no part in it.
\endaside

\snippet this labels

\show{labels}
*/
// [labels]
void show_labels(Chapter& chapter) {
  chapter.section("labels", "2 Labels: a number, or a row of ten");
  // The first nine labels of Fashion-MNIST.
  const lw::Tensor<std::int32_t> labels({9}, {9, 0, 0, 3, 0, 2, 7, 2, 5});
  const lw::Tensor<float> rows = lw::data::one_hot<float>(labels, 10);
  show::labels(chapter, labels, rows);
}
// [labels]

/** \page ch04
\section ch04_network 3 The network

A network that puts things into one of several classes ends in \term{softmax}, which turns a row of
any numbers into probabilities: positive, and 1 in sum. This is all of it:

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

\aside{polynomial_softmax}
<em>Multinomial</em> is the word that is meant; polynomial regression fits a polynomial. And softmax
regression is what would be left of this network without its hidden layers.
\endaside

\image html 04_relu.svg "ReLU: what is negative becomes 0" width=100%

\snippet this model

`compile` says how the network is to be trained. The loss is explained in section 4, and the
\gloss{optimizer} in section 7.

A unit has a \term{weight} for each of its inputs and a \term{bias}, which is added to their sum.
Training changes both; they are the \term{parameter|parameters} of the network. The layers have
\f$784 \cdot 128 + 128 = 100{,}480\f$, \f$128 \cdot 128 + 128 = 16{,}512\f$ and \f$128 \cdot 10 + 10
= 1{,}290\f$ of them. The summary adds them up. `None` stands for the batch, which may have any
size. Whether images are flattened before they come in or by a layer of the network makes no
difference to the count, as a second network shows:

\snippet this flattening

\image html 04_layers.svg "The network, from an image's pixels to ten probabilities" width=100%

\show{network}

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

// [flattening]
void show_network(Chapter& chapter) {
  chapter.section("network", "3 The network");
  const lw::Sequential flattening{
      lw::Input{{28, 28}}, lw::Flatten{}, lw::Dense{128, {.activation = lw::relu}},
      lw::Dense{128, {.activation = lw::relu}}, lw::Dense{10, {.activation = lw::softmax}}};
  show::network(chapter, make_model(chapter.options().seed), flattening);
}
// [flattening]

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
give each of ten classes a tenth, which costs \f$\ln 10 = \compute{log(10) | .3f}\f$. The untrained
network does a little worse, since it prefers some classes without a reason. Here it is, with the
same weights and both kinds of labels:

\snippet this losses

\show{loss}

Softmax followed by a logarithm is where floating point goes wrong: \f$e^{100}\f$ overflows a
float, and \f$\ln 0\f$ is minus infinity. Against the first there is a shift that changes nothing
but the size of the numbers:

\snippet 04_mnist_mlp/loops.cpp naive softmax

Against the second it does not help: a probability of \f$e^{-1000}\f$ is still rounded to 0. So
where softmax and cross-entropy meet, the library computes the loss not from the probabilities but
from the sums \f$z\f$ that softmax is given. In \f$-\ln p_i = \ln \sum_j e^{z_j} - z_i\f$ the
sum \f$z_i\f$ stands as it is, and nothing is rounded to 0.

To train, one has to know how the loss changes when \f$z_i\f$ changes: its derivative. All
derivatives together are the \term{gradient}. In two steps, logarithm and softmax, it is a long
formula. In one step it is the difference between answer and label (for one image; a batch takes the
mean):

\f[ \frac{\partial L}{\partial z_i} = p_i - t_i \f]
*/
// [losses]
void show_losses(Chapter& chapter, const Data& data) {
  chapter.section("loss", "4 Which loss?");
  lw::Sequential one_hot = make_model(chapter.options().seed);
  one_hot.build({kPixels});
  lw::Sequential sparse = one_hot;
  sparse.compile({.loss = lw::SparseCategoricalCrossentropy{}});
  show::losses(chapter, one_hot.evaluate(data.valid.x(), data.y_valid)["loss"],
               sparse.evaluate(data.valid.x(), data.valid.labels)["loss"]);
}
// [losses]

/** \page ch04
\section ch04_naive 5 In plain loops, and in a library

Before trusting a library, write the thing down. A \term{dense layer}, in which each unit has a
weight for each number that comes in, is three loops:

\snippet 04_mnist_mlp/loops.cpp naive dense

Training needs the derivative of the loss with respect to each weight. They are found from the last
layer back to the first. A layer receives `dy`, the derivatives with respect to its output. Each
weight was used for every image of the batch, so its derivative is a sum over the images. Each input
went into every unit, so `dx`, which the layer below receives, is a sum over the units. In each of
these sums `dy` is multiplied with the layer's own derivative. That is the \term{chain rule}: the
derivative of a function of a function is the product of the two derivatives. Done from the loss
back to the first layer, it is called \term{backpropagation}.

\snippet 04_mnist_mlp/loops.cpp naive dense backward

The whole network is not much more: forward from the first line to the last, then back in reverse
order.

\snippet 04_mnist_mlp/loops.cpp naive relu backward

\snippet 04_mnist_mlp/loops.cpp naive step

This is all there is to it; one could stop here and train. The library computes the same numbers, as
the program verifies on a batch of 64 images in double, for the loss and for each of the 118,282
derivatives:

\snippet this naive

\show{naive}

\subsection ch04_ladder From the loops to the library, step by step

Where does the factor come from? Nearly all the work is in matrix products: \f$64 \cdot 784 \cdot
128\f$ multiplications forward for the first layer alone, and as many additions. This one product is
now computed in five ways. The first is the loops above:

\snippet 04_mnist_mlp/loops.cpp plain

<b>Say once what does not change.</b> `shape()[0]` calls a function of the library, which checks its
argument, at each turn of the loop. And `y(i, j)` is written to memory and read again for each
product. Both can be done once:

\snippet 04_mnist_mlp/loops.cpp at hand

<b>Walk along memory.</b> These loops walk down a column of `w`, 128 numbers further in memory at
each step, and add into one number, so that each addition waits for the one before. With the two inner
loops exchanged they walk along a row. Neighbouring sums do not wait for each other, and the
compiler can use *vector instructions*, which do the same with several numbers at once: four floats
with the instructions that every 64-bit PC has.

\snippet 04_mnist_mlp/loops.cpp along rows

<b>Use a number often once it is loaded.</b> Now each multiplication loads an element of `w` and an
element of `y`, and stores one. But a processor has *registers*, places for a few numbers that need
no loading at all. A piece of `y`, 4 rows by 8 columns, fits into eight registers and stays there
until it is done. Each number that is loaded from `w` is used four times, each of `x` eight times:

\snippet 04_mnist_mlp/loops.cpp registers

<b>Use all that the processor has.</b> So far, the program was compiled for any PC. The library's
function for matrix products is `gemm`. Its time is spent in a \term{kernel}, a small function for
the processor's vector instructions, which is compiled once for each kind of processor. With
AVX-512, for one, a register holds 16 floats, there are 32 of them, and `fma` multiplies and adds in
one instruction. The kernel is the last step again, with more rows and wider registers. `acc` is the
piece of `y`, and `x` what is loaded of a row of `w`. (`Walk` says how the left matrix lies in
memory; `__builtin_prefetch` asks for numbers that are needed soon.)

\snippet simd/gemm.cpp accumulate

<b>Use all cores.</b> The rows of `y` are shared among them. All five ways, and the last one on
several cores:

\snippet this ladder

\show{ladder}

How the steps compare depends on processor and compiler. If the last one gains little, the product
was too small to be worth sharing, or other programs use the cores.

That a kernel is right is tested against plain loops that stand in the library for this purpose
alone:

\snippet reference/gemm.cpp reference_gemm
*/
// [naive]
void show_naive(Chapter& chapter, const Data& data) {
  chapter.section("naive", "5 In plain loops, and in a library");
  const lw::Tensor<double> x = tutorial::pixels<double>(data.train.images.rows(0, 64));
  const lw::Tensor<double> target =
      lw::data::one_hot<double>(data.train.labels.rows(0, 64), kClasses);
  lw::Sequential in_float = make_model(chapter.options().seed);
  in_float.build({kPixels});
  auto model = in_float.as<double>();
  auto layers = naive::layers_of(model);  // the same weights

  const auto library = [&] {
    return model.compute_gradients(lw::CategoricalCrossentropy{}, x, target);
  };
  const auto loops = [&] { return naive::loss_and_gradients(layers, x, target); };
  const double by_library = library(), by_loops = loops();
  show::loops_and_library(chapter, by_loops, by_library, naive::difference(model, layers));

  const tutorial::OneThread one_thread;
  const double factor = tutorial::least_seconds(3, loops) / tutorial::least_seconds(51, library);
  chapter.print("on one thread, the loops take {:.0f} times as long as the library\n", factor);
}
// [naive]

// [ladder]
void show_ladder(Chapter& chapter) {
  chapter.section("ladder", "From the loops to the library, step by step");
  const auto kernel = [](const auto& x, const auto& w, auto& y) { lw::ops::gemm<float>(x, w, y); };
  const auto on_one_thread = [&](const auto& x, const auto& w, auto& y) {
    const tutorial::OneThread one_thread;
    kernel(x, w, y);
  };
  show::ladder_of(chapter, {{"plain loops", ladder::plain},
                            {"what does not change, said once", ladder::at_hand},
                            {"along the rows", ladder::along_rows},
                            {"a piece of y in registers", ladder::in_registers},
                            {"the library's kernel", on_one_thread},
                            {"the library, on all cores", kernel, tutorial::Clock::wall}});
}
// [ladder]

/** \page ch04
\section ch04_gradients 6 Are the gradients right?

A network with a wrong derivative still learns something, just not as well as it could, and nobody
notices. So every chapter checks its own. What a \term{derivative} means needs no calculus: move one
weight a little, and see what the loss does.

\f[
  \frac{\partial L}{\partial w} \approx
  \frac{-L(w + 2h) + 8\,L(w + h) - 8\,L(w - h) + L(w - 2h)}{12\,h}, \qquad h = 10^{-4} \max(1, |w|)
\f]

That is four times the loss for one number, which is why nobody trains this way: backpropagation
gets all 118,282 numbers for the price of a few losses. How few, the program measures. As a check,
the numerical derivative is unbeatable. The source of the kernels that train in float is run in
double here, on 8 images, and for each entry the two derivatives agree in at least seven digits;
most of what they differ by is the numerical one's own rounding. The derivatives with respect to the
8 images are checked, too:

\snippet this gradients

\show{gradients}

The error is relative to the derivative, or to a hundredth of the tensor's largest one if that is
more. (A \term{tensor} is an array of numbers with any number of dimensions; here it is the weights
or the biases of a layer. A numerical derivative is the difference of two losses, which have sixteen
digits. Beside the others, a derivative may be so small that these digits do not show it; an error
that they explain passes.) A \term{kink} is where a ReLU switches within the little step, so that
there is no derivative to compare with. A second numerical derivative, with half the step, tells
where: it differs from the first there. Kinks are counted and left out. Should they be more than one
in a hundred of a tensor, the check fails. It also fails if a gradient is all zero, since two zeros
agree perfectly and prove nothing. The weights are those of a fixed seed, whatever `--seed` says:
with an unlucky one, a unit sits so close to its kink that too much of what feeds it must be left
out.
*/
// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "6 Are the gradients right?");
  constexpr std::uint64_t kSeed = 42;
  const lw::Loss loss = lw::CategoricalCrossentropy{};
  lw::Sequential model = make_model(kSeed);
  chapter.gradient_check(
      "784-128-128-10, categorical cross-entropy, and its input",
      lw::gradient_check(model, loss, data.train.rows(0, 8).x(), data.y_train.rows(0, 8),
                         {.entries_per_tensor = chapter.options().quick ? 200 : 0,  // 0 is all
                          .seed = kSeed,
                          .progress = chapter.gradient_progress()}));

  const tutorial::OneThread one_thread;
  const auto x = data.train.rows(0, 64).x();
  const auto y = data.y_train.rows(0, 64);
  const double forward = tutorial::least_seconds(51, [&] { model.evaluate(x, y, 64); });
  const double both = tutorial::least_seconds(51, [&] { model.compute_gradients(loss, x, y); });
  chapter.print("the loss and all derivatives take {:.1f} times as long as the loss alone\n",
                both / forward);
}
// [gradients]

/** \page ch04
\section ch04_training 7 Training

Training shows the network a batch of 64 images, computes the gradient of the mean loss over them,
moves every weight a little against its derivative, and goes on to the next batch. When all 50,000
have been seen, after \f$\lceil 50000 / 64 \rceil = 782\f$ such \term{iteration|iterations}, the
last of them with the 16 images that are left, an \term{epoch} is over; the images are shuffled and
the next one begins. There are 21 of them. To move against the gradient again and again is
\term{gradient descent}.

How far to move is the business of the \term{optimizer}. RMSprop divides each derivative by the root
of a running mean of its own squares, so that a weight whose derivative is always small moves as
briskly as one whose derivative is large:

\f[
  a \leftarrow 0.9\,a + 0.1\,g^2, \qquad
  w \leftarrow w - 0.001\,\frac{g}{\sqrt{a + 10^{-7}}}
\f]

The 0.001 in it is the \term{learning rate}.

\snippet this train

`chapter.train` takes the time, and `progress` prints a line an epoch.

\show{training}

\image html 04_loss.svg "Loss on the images that are trained on, and on those held out" width=100%
\image html 04_accuracy.svg "The share of images that are read correctly" width=100%

Both plots tell the same story, and it is the most important one in machine learning. On the images
it trains on, the network gets better until the end. On those that are held out, the loss falls for
a few epochs and then *rises*, while the \term{accuracy}, the share of images that are read
correctly, hardly moves any more: the network has begun to learn its training images by heart, and
grows more and more certain of its mistakes. This is called \term{overfitting}.

In the first epochs the validation loss is the *smaller* one, and that is no mistake. The training
loss is a mean over the epoch, while the network was still getting better; the validation loss is
taken at its end.
*/
// [train]
lw::Sequential train(Chapter& chapter, const Data& data) {
  chapter.section("training", "7 Training");
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const lw::History history = chapter.train([&] {
    return model.fit(data.train.x(), data.y_train,
                     {.epochs = options.epochs,
                      .batch_size = options.batch_size,
                      .validation_data = {data.valid.x(), data.y_valid},
                      .callbacks = {&progress}});
  });
  const Index iterations = (data.train.size() + options.batch_size - 1) / options.batch_size;
  if (options.batch_size == 64)
    chapter.exact("iterations an epoch", static_cast<double>(iterations), 782);
  tutorial::print_seconds(chapter, options.epochs, "12 for the first, then 3");
  tutorial::plot_history(chapter, history);
  show::compare_epochs(chapter, history);
  return model;
}
// [train]

/** \page ch04
\section ch04_test 8 The examination

Now the 10,000 test images, which nothing above has touched. First the loss and the accuracy over
all of them, then a single one, number 0. The network answers with ten probabilities. The place of
the largest, the \term{argmax}, is the digit that it has read:

\snippet this examine

\show{test}

\image html 04_probabilities.svg "Ten probabilities; mind the logarithmic axis" width=100%

It is not a close race, neither in this run nor in the course's, which stands beside it. Which digit
comes second, and how far behind, depends on the random numbers that a run begins with.
Probabilities as extreme as these say less than they seem to: a network that has
trained until its loss is almost zero is nearly always this certain, often when it is wrong, too.

\section ch04_confusion 9 What is taken for what

One number for 10,000 images hides the interesting part. The \term{confusion matrix} has a row for
each true class and a column for each answer. What is right is on the diagonal; anything else is a
mistake, and the mistakes are not spread evenly. The largest cells off the diagonal are looked at
more closely:

\snippet this confusion

\image html 04_confusion.svg "Rows: what it is. Columns: what the network says" width=100%

\show{confusion}

\image html 04_mistakes.svg "Images from the four largest cells off the diagonal" width=100%

Would you have read them all correctly?
*/
// [examine]
// Returns the class that each test image is taken for: the column of the largest probability.
lw::Tensor<std::int32_t> examine(Chapter& chapter, const Data& data, const lw::Sequential& model) {
  chapter.section("test", "8 The examination");
  const lw::Logs logs = model.evaluate(data.test.x(), data.y_test);
  chapter.print("test loss {:.4f}, test accuracy {:.4f}\n\n", logs["loss"], logs["accuracy"]);
  chapter.compare("test loss", logs["loss"]);
  chapter.compare("test accuracy", logs["accuracy"]);

  const lw::Tensor<float> probabilities = model.predict(data.test.x());
  lw::Tensor<std::int32_t> answers(data.test.labels.shape());
  lw::ops::argmax_rows<float>(probabilities, answers);
  tutorial::show_probabilities(chapter, {.name = "probabilities",
                                         .title = "Test image 0: probability of each class",
                                         .values = probabilities.row(0),
                                         .class_names = data.mnist.label_names,
                                         .truth = data.test.labels[0],
                                         .course = show::kCourseProbabilities});
  return answers;
}
// [examine]

// [confusion]
void show_confusion(Chapter& chapter, const Data& data, const lw::Tensor<std::int32_t>& answers) {
  chapter.section("confusion", "9 What is taken for what");
  const auto counts = lw::data::confusion_matrix(data.mnist.test_labels, answers, kClasses);
  show::confusion(chapter, data.mnist, counts);

  std::vector<show::Cell> mistakes;
  for (Index t = 0; t < kClasses; ++t)
    for (Index p = 0; p < kClasses; ++p)
      if (t != p && counts(t, p) > 0) mistakes.push_back({t, p, counts(t, p)});
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  mistakes.resize(std::min<std::size_t>(mistakes.size(), 4));
  show::mistakes(chapter, data.mnist, mistakes, answers);
}
// [confusion]

/** \page ch04
\section ch04_numbers 10 The numbers

Initial weights and the order of the images are random, so another seed gives other figures. That is
so in Keras, too. What can be compared is where the figures fall. The column *course* is the one run
that the course shows. The column *Keras* is the mean and the standard deviation of many runs of the
same experiment in Keras, each with a seed of its own. What is arithmetic has to be exact.

\show{numbers}

The last lines are the **verdict** on the whole run. It is made as follows. The logarithm of a loss
scatters from run to run like a normal distribution, and so does the logarithm of the share of wrong
answers. If \f$n\f$ runs in Keras have the mean \f$m\f$ and the standard deviation \f$s\f$ on that
scale, one more run falls within

\f[ m \pm t \, s \sqrt{1 + 1/n} \f]

as often as one likes, if only \f$t\f$ is large enough. How large, Student's t distribution with
\f$n - 1\f$ degrees of freedom says. If every one of \f$k\f$ figures is outside in one of
\f$1000\,k\f$ runs, then any of them is outside in at most one of 1000.

A figure with a dash is shown and not judged. The validation loss of a single epoch jumps up and
down so much that hardly any value of it would be a surprise, so its mean over all epochs is judged
instead. A run with another number of epochs is compared with runs in Keras that had as many. If
there are none, nothing of it is judged.

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

Each of these is a function for you to write, in a file of its own. The files are made for you by
this command, which also builds yours, without the chapter, and says whether each is right:

    ./tools/run 04 --exercise

They are in `tutorial/04_mnist_mlp/exercises/mine`, and stay yours: the command never writes over
them. Start with any of the three.

\exercise{confusion_matrix}
\exercise{descend}
\exercise{early_stopping}

\subsection ch04_try To try out

1. Train for 5 epochs instead of 21 (`--epochs 5`). What happens to the test accuracy, and what to
   the test loss? Which of the two would you report?
2. Put a `lw::Dropout{0.2}` after each hidden layer. How do the two loss curves change?
3. Replace ReLU by `lw::sigmoid`. How many epochs does the network need for 97 %?
4. Find the epoch with the lowest validation loss, and explain to someone why the accuracy there is
   not the best one.
5. Give `fit()` the option `.shuffle = false`, so that all epochs show the images in the same order.
   Compare the losses of epoch 20, training and validation, with those in the table. (Keras repeats
   the order by itself if `keras.utils.set_random_seed()` was called.)

\section ch04_program The program

What you have read is most of the program. The rest puts it together:

\snippet this teach

\snippet this main

\section ch04_next What to read next in the source

- `src/nn/dense.cpp`: the layer, one matrix product forward and two backward.
- `src/simd/gemm.cpp`: the kernel quoted above, and `src/ops/gemm.cpp`, which feeds it.
- `src/simd/optimizer.cpp`: RMSprop in one pass over memory.
- `src/nn/gradient_check.cpp`: how section 6 is done.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  chapter.section("data", "1 The data");
  show::data(chapter, data.mnist, data.train, data.valid, data.test);
  show_labels(chapter);
  show_network(chapter);
  show_losses(chapter, data);
  show_naive(chapter, data);
  show_ladder(chapter);
  check_gradients(chapter, data);
  const lw::Sequential model = train(chapter, data);
  show_confusion(chapter, data, examine(chapter, data, model));
}
// [teach]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "04",
                        .name = "mnist_mlp",
                        .title = "MNIST with a multilayer perceptron",
                        .data = "mnist",
                        .epochs = 21,
                        .quick_epochs = 2,
                        .samples = 50'000,
                        .batch_size = 64},
                       argc, argv, teach);
}
// [main]
