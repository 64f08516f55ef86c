/** \page ch04 04 MNIST with a multilayer perceptron

Clerks of the American census and high-school students filled in forms with digits. The forms were
scanned, and the digits cut out, shrunk and centred. Courses on neural networks have begun with
these images ever since.

This chapter teaches a network of 118,282 numbers to read them: of a hundred digits that it has
never seen it reads about 98 correctly. Training it takes less time than reading this page.

The course is a beginners' course in Keras, which this book follows section by section. Where it
errs, a box with a red edge says so.

At the end you have **the network of the course, trained**; a check that the
\gloss{derivative|derivatives} by which it learns are right, every one; its mistakes as a picture;
and an idea of where the time goes.

Run it yourself:

    ./tools/run 04            # everything on this page, with your numbers
    ./tools/run 04 --quick    # two passes over the images instead of 21, and fewer checks
    ./tools/run 04 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

\gloss{kernel|Kernels} are compiled for several kinds of processors, and `avx512`, for one, names
the kind that was taken. A `seed` is what random numbers begin from: the same seed, the same
numbers.

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", and expect about 88 of a hundred.)
*/

#include <algorithm>
#include <vector>

#include "04_mnist_mlp/loops.hpp"
#include "04_mnist_mlp/network.hpp"
#include "04_mnist_mlp/show.hpp"
#include "support/show.hpp"

namespace lw = lanewise;
using lanewise::Index;
using mlp::make_model;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch04
\section ch04_data 1 The data

MNIST is 70,000 grey images of 28 x 28 pixels, each with its \term{label}, the digit that was meant:
60,000 to learn from and 10,000 to be examined on. The test images are for the very end. To see
<em>while training</em> whether the network learns digits or merely learns the training images by
heart, the first 10,000 of the 60,000 are held out for \term{validation}.

The library keeps numbers in a \term{tensor}, an array with any number of dimensions. The images are
one of two dimensions: a row for each image, and in it a byte for each pixel. A `TensorView` looks
at a tensor, or at some of its rows, and copies nothing. A `Split` is a part of the images with
their labels, as two views:

\snippet support/mnist.hpp split

A network wants numbers near 1, since it multiplies and adds them: sums of hundreds of numbers up to
255 would be far too large to begin with. So each pixel is divided by 255, but only when it is
needed. The network is shown 64 images at a time, a \term{batch}, and `x()` says how the images of a
batch are to be read. In memory they stay bytes, which take a quarter of the space of floats.

All that this chapter needs of the data, its labels in two ways (section 2 explains `one_hot`):

\snippet this data

\show{data}

\image html 04_samples.svg "The first three training images, and their labels" width=100%

Keras and this library can also hold samples out by themselves. `validation_split = 0.2` takes the
last fifth, before anything is shuffled. In a file that is sorted by class, the last fifth has
classes that the network would never be trained on. So shuffle such a file first, or hold samples
out yourself, as here.

\aside{random_validation_split}
It takes the last part, always the same.
\endaside
*/
// [data]
constexpr Index kClasses = 10, kPixels = 28 * 28, kHeldOut = 10'000;

struct Data {
  lw::data::Mnist mnist;
  Split all = tutorial::training_set(mnist, {kPixels});  // an image as a row of 784 bytes
  Split valid = all.rows(0, kHeldOut);
  Split train = all.rows(kHeldOut, all.size());
  Split test = tutorial::test_set(mnist, {kPixels});
  // The labels as the network is to answer them.
  lw::Tensor<float> y_valid = lw::data::one_hot<float>(valid.labels, kClasses);
  lw::Tensor<float> y_train = lw::data::one_hot<float>(train.labels, kClasses);
  lw::Tensor<float> y_test = lw::data::one_hot<float>(test.labels, kClasses);
};
// [data]

/** \page ch04
\section ch04_labels 2 Labels: a number, or a row of ten

A label can be written in two ways. As an **integer**: the image shows class 7. Or \term{one-hot}: a
row of ten numbers, all 0 but a 1 in column 7. Ten numbers for one look wasteful, but they are what
a perfect network would answer: probability 1 for the right class and 0 for the others. Answer and
label can then be compared entry by entry. How far apart they are, in one number, is called the
\term{loss}. Training makes it small.

Integers have an order, and for classes it means nothing. For digits this is easy to forget, since 3
<em>is</em> less than 5. In Fashion-MNIST, whose classes are clothes, nobody would say that a coat
is worth two pullovers.

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

A \term{layer} turns a row of numbers into another. It consists of \term{unit|units}. Each unit
takes all the numbers that come in, multiplies each by a number of its own, its \term{weight}, adds
the products, and adds one more number of its own, its \term{bias}. For all units of a layer at once
that is a product of a row \f$x\f$ and a matrix \f$W\f$, which has a column for each unit, plus a
row \f$b\f$ of biases: \f$z = x W + b\f$.

To its sum a unit can then apply the \term{ReLU}: \f$\mathrm{relu}(z) = \max(z, 0)\f$. It lets
through what is positive, and makes 0 of the rest:

\image html 04_relu.svg "ReLU: what is negative becomes 0" width=100%

Without it, several layers could do no more than one: chapter 16 multiplies them.

The last layer has a unit for each digit. Its ten sums can be any numbers. \term{softmax|Softmax}
turns them into probabilities, which are positive and have the sum 1:

\f[ \mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \f]

What counts is by how much a sum is above the others. If nine of the sums are 0 and the tenth is
\f$z\f$, the tenth has this probability:

\image html 04_softmax.svg "Softmax: the probability of one class of ten, over its sum" width=100%

At \f$z = 0\f$ it is a tenth, like all others. The first unit of the last layer stands for the digit
0, so the fifth stands for 4: if softmax gives 0.87 there, the network gives a 4 a probability of
87 %.

This is the whole network. An image is a row \f$x\f$ of 784 pixels. Two layers of 128 units with
ReLU come first. They are called \term{hidden layer|hidden layers}, since one sees neither what goes
in nor what comes out. The third gives the ten probabilities \f$p\f$:

\f[
  \begin{aligned}
  h_1 &= \mathrm{relu}(x W_1 + b_1) \\
  h_2 &= \mathrm{relu}(h_1 W_2 + b_2) \\
  p &= \mathrm{softmax}(h_2 W_3 + b_3)
  \end{aligned}
\f]

\image html 04_layers.svg "The network, from an image's pixels to ten probabilities" width=100%

\aside{polynomial_softmax}
<em>Multinomial</em> is the word that is meant; polynomial regression fits a polynomial. And softmax
regression is what would be left of this network without its hidden layers.
\endaside

In the library it is a list of layers:

\snippet 04_mnist_mlp/network.hpp model

`compile` says how the network is to be trained. The loss is explained in section 4, and the
\gloss{optimizer} in section 7.

Training changes the weights and the biases. Together they are the \term{parameter|parameters} of
the network. The layers have \f$784 \cdot 128 + 128 = 100{,}480\f$, \f$128 \cdot 128 + 128 =
16{,}512\f$ and \f$128 \cdot 10 + 10 = 1{,}290\f$ of them. The summary adds them up.
In its table `None` stands for the number of images in a batch, which may be any. An image may also
come in as 28 rows of 28 pixels, and be made a row by a layer, `Flatten`. That layer has no
parameters, so the count is the same:

\snippet this flattening

\show{network}
*/
// [flattening]
void show_network(Chapter& chapter) {
  chapter.section("network", "3 The network");
  lw::Sequential flattening{lw::Input{{28, 28}}, lw::Flatten{}};
  for (const lw::Layer& layer : mlp::layers()) flattening.add(layer);
  show::network(chapter, make_model(chapter.options().seed), flattening);
}
// [flattening]

/** \page ch04
\section ch04_loss 4 Which loss?

The network says \f$p\f$, the label says \f$t\f$, both rows of ten.
\term{cross-entropy|Cross-entropy} is \f$-\sum_i t_i \ln p_i\f$. With a one-hot label all terms but
one are 0, and what remains is \f$-\ln p\f$, where \f$p\f$ is the probability that the right class
was given:

\image html 04_cross_entropy.svg "The surer of a wrong answer, the more it costs" width=100%

If the right class got 0.9, the loss is \compute{-log(0.9) | .2f}. If it got 0.1, the loss is
\compute{-log(0.1) | .2f}, and if it got 0.001, \compute{-log(0.001) | .2f}. The surer the network
is of a wrong answer, the more it costs.

The library has two losses for this, which give the same number: one for each way to write the
labels. A third is for questions that are answered with yes or no, each by itself, where the
\term{sigmoid} stands in place of softmax (\ref ch11_three "chapter 11").

So the labels decide which loss to take:

| labels | loss | the last layer |
| --- | --- | --- |
| one-hot rows, one class of several | `CategoricalCrossentropy` | softmax |
| integers, one class of several | `SparseCategoricalCrossentropy` | softmax |
| yes or no, each output for itself | `BinaryCrossentropy` | sigmoid |

What is a large loss? Whoever knows nothing gives each of ten
classes a tenth, which costs \f$\ln 10 = \compute{log(10) | .3f}\f$. A network that has not been
trained does a little worse, since its random weights prefer some classes without a reason. Here is
its loss, with the same weights and both kinds of labels:

\snippet this losses

\show{loss}

<b>Floating point.</b> \ref ch11_stable "Chapter 11" has shown what goes wrong if softmax is
computed as it is written, and what helps: the largest sum of a row is subtracted from all of them.

\snippet 04_mnist_mlp/loops.cpp naive softmax

Another thing can go wrong. A probability of \f$e^{-1000}\f$ is rounded to 0, whose logarithm is
minus infinity. Against that, the library computes the loss not from the probabilities but from the
sums \f$z\f$. The logarithm of a quotient is a difference, so \f$-\ln p_i = \ln \sum_j e^{z_j} -
z_i\f$. There is no \f$e^{z_i}\f$ left in it that could be rounded to 0.

<b>The derivative.</b> To train, one has to know how the loss \f$L\f$ changes when a sum \f$z_i\f$
changes a little: its derivative, written \f$\partial L / \partial z_i\f$. All derivatives of the
loss together are its \term{gradient}. The logarithm and the softmax each have a longer derivative.
For both together it is short, the difference between answer and label (for one image; a batch takes
the mean):

\f[ \frac{\partial L}{\partial z_i} = p_i - t_i \f]

For the right class \f$p_i - t_i\f$ is negative: if its sum grows, the loss falls. For all other
classes it is positive.
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

Before trusting a library, write the thing down. A layer in which each unit has a weight for each
number that comes in is called a \term{dense layer}. It is three loops, over images, units and
inputs:

\snippet 04_mnist_mlp/loops.cpp naive dense

Training needs the derivative of the loss with respect to each weight.
\term{backpropagation|Backpropagation} finds them, by the \term{chain rule}; chapter 17 does it by
hand. Section 4 has the derivatives with respect to the last layer's sums. From there one goes back,
layer by layer. Each layer is given `dy`, the derivatives with respect to what it put out, and finds
three things: those of its weights, of its biases and of its inputs. The layer below gets the last
of these as its `dy`. \ref ch17_matrices "Chapter 17" derives the three formulas:

\f[ dW = x^T dy, \qquad db = \text{column sums of } dy, \qquad dx = dy\, W^T \f]

Written as loops, all three are sums of products:

\snippet 04_mnist_mlp/loops.cpp naive dense backward

Where the ReLU has made a number 0, a little change of its sum changes nothing, so the derivative
is 0. Elsewhere it is passed on as it is:

\snippet 04_mnist_mlp/loops.cpp naive relu backward

The whole network: forward from the first layer to the last, `dz` as section 4 has it, and back in
reverse order:

\snippet 04_mnist_mlp/loops.cpp naive step

One could stop here, and train with this. The library computes the same numbers. The program
verifies that on a batch of 64 images, in `double`, numbers of about sixteen digits, for the loss
and for each of the 118,282 derivatives:

\snippet this naive

\show{naive}

\subsection ch04_ladder From the loops to the library, step by step

Why do the loops take so much longer? Nearly all the work is in matrix products: \f$64 \cdot 784
\cdot 128\f$ multiplications forward for the first layer alone, and as many additions. This one
product is now computed in five ways, each faster than the one before, in `float`, numbers of about
seven digits, which are enough to train with. The first is the loops above:

\snippet 04_mnist_mlp/loops.cpp plain

<b>Say once what does not change.</b> `shape()[0]` calls a function of the library, which checks its
argument, at each turn of the loop. And `y(i, j)` is written to memory and read again for each
product. Both can be done once:

\snippet 04_mnist_mlp/loops.cpp at hand

<b>Walk along memory.</b> These loops walk down a column of `w`, 128 numbers further in memory at
each step, and add into one number, so that each addition waits for the one before. With the two
inner loops exchanged they walk along a row. Neighbouring sums do not wait for each other, and the
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
AVX-512, for one, a register holds 16 floats, there are 32 of them, and one instruction multiplies
and adds. The kernel is the last step again, with more rows and wider registers.

\fold{The loop that the kernel spends its time in}
For each row of `w` that it loads (here called `x`), it takes one number of each row of the left
matrix, `factor`, and adds their product to `acc`, the piece of `y`. `fma` is the instruction that
multiplies and adds, `Walk` says how the left matrix lies in memory, and `prefetch` asks for numbers
that are needed soon.

\snippet simd/gemm.cpp accumulate
\endfold

<b>Use all cores.</b> The rows of `y` are shared among them. The program times all five ways, and
the last one on several cores, too:

\show{ladder}

A GFLOP/s is a thousand million multiplications or additions a second. How the steps compare depends
on processor and compiler. If the last one gains little, the product was too small to be worth
sharing, or other programs use the cores. (The loops of the whole network, above, are in `double`,
of which a register holds half as many. So their factor is another one.)

\fold{What the kernel is tested against}
These plain loops stand in the library for this purpose alone. Beside the product they do what
`gemm` can do in the same pass: multiply it by `alpha`, add `beta` times what was there, add a
`bias`, and cut off at zero.

\snippet reference/gemm.cpp reference_gemm
\endfold
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

  const lw::ScopedThreads one_thread(1);
  const double factor = tutorial::least_seconds(3, loops) / tutorial::least_seconds(51, library);
  chapter.print("on one thread, the loops take {:.0f} times as long as the library\n", factor);
}
// [naive]

/** \page ch04
\section ch04_gradients 6 Are the gradients right?

A network with a wrong derivative still learns something, just not as well as it could, and nobody
notices. So every chapter checks its own. What a \term{derivative} means needs no calculus: move one
weight \f$w\f$ by a little \f$h\f$, and see by how much the loss changes, as a share of \f$h\f$. The
simplest way is \f$(L(w + h) - L(w - h)) / (2h)\f$. With two points more, further out, most of its
error goes away:

\f[
  \begin{aligned}
  12\,h\,\frac{\partial L}{\partial w} \approx\;& 8\,L(w + h) - 8\,L(w - h) \\
  & - L(w + 2h) + L(w - 2h), \\
  h =\;& 10^{-4} \max(1, |w|)
  \end{aligned}
\f]

This *numerical* derivative costs four losses for one number, so nobody trains with it.
Backpropagation gets all 118,282 numbers for the price of a few losses; how few, the program
measures below. But a numerical derivative knows nothing of the chain rule and of our code for it.
That makes it a good check.

The kernels that train in float are compiled for double from the same source. They run here on 8
images, and for each entry the two derivatives agree in at least seven digits. Most of what they
differ by is the rounding of the numerical one. The derivatives with respect to the pixels of the 8
images are checked, too:

\snippet this gradients

\show{gradients}

What the table says:

- The **error** is divided by the derivative. Where that is tiny, it is divided by a hundredth of
  the largest derivative of the same tensor instead.
- A \term{kink} is where a ReLU switches within the little step, so that there is no derivative to
  compare with. A second numerical derivative, with half the step, tells where: it differs from the
  first there. Kinks are counted and left out. Of a tensor they may be one in a hundred at most.
- A numerical derivative is a difference of losses, which have sixteen digits. A derivative can be
  so small that these digits do not show it. An error no larger than this rounding is accepted.
- A gradient that is all zero fails, since two zeros agree perfectly and prove nothing.

The weights are those of a fixed seed, whatever `--seed` says. With an unlucky one, a unit sits so
close to its kink that too much of what feeds it must be left out.
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

  const lw::ScopedThreads one_thread(1);
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
and moves every weight a little against its derivative: down, if the loss would grow with the
weight. To do so again and again is \term{gradient descent}. One such step is an \term{iteration}.
When all 50,000 images have been seen, an \term{epoch} is over. That takes \f$\lceil 50000 / 64
\rceil = 782\f$ iterations, rounded up because the last batch has only the 16 images that are left.
Then the images are shuffled and the next epoch begins, 21 in all.

How far to move is the business of the \term{optimizer}. The simplest moves by the derivative
\f$g\f$ times a small number, the \term{learning rate}. Then a weight whose derivative is always
small hardly moves. \term{RMSprop} divides \f$g\f$ by its own usual size, so that all weights move
about as fast. For each weight it keeps \f$a\f$, a running mean of \f$g^2\f$, which goes a tenth of
the way towards the new \f$g^2\f$ in each iteration:

\f[
  \begin{aligned}
  a &\leftarrow 0.9\,a + 0.1\,g^2 \\
  w &\leftarrow w - 0.001\,\frac{g}{\sqrt{a + 10^{-7}}}
  \end{aligned}
\f]

The learning rate is 0.001 here. The \f$10^{-7}\f$ keeps the quotient from a division by zero.

\snippet this train

`fit` does the training, `chapter.train` takes the time, and `progress` prints a line an epoch. The
\term{accuracy} in it is the share of images that are read correctly. What begins with val is of the
images that are held out. The course does not name the machine that its seconds are from.

\show{training}

\image html 04_loss.svg "Loss on the images that are trained on, and on those held out" width=100%
\image html 04_accuracy.svg "The share of images that are read correctly" width=100%

Look at where the two curves part. On the images it trains on, the network gets better until the
end. On those that are held out, the loss falls for a few epochs and then *rises*, while the
accuracy hardly moves any more. The network has begun to learn its training images by heart, and
grows more and more certain of its mistakes. This is called \term{overfitting}, and watching for it
is what validation is for.

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

\image html 04_probabilities.svg "The ten probabilities, on a logarithmic axis" width=100%

On this axis each line is the same number of times the one before it. On an ordinary axis nine of
the bars would be too short to see. In the numbers, e stands for "times ten to the power of".

One class has nearly all the probability, in this run and in the course's, which
stands beside it. Which digit comes second, and how far behind, depends on the random numbers that a
run begins with. Probabilities as extreme as these say less than they seem to. A network that has
trained until its loss is almost zero is nearly always this certain, often when it is wrong, too.

\section ch04_confusion 9 What is taken for what

The accuracy is one number for 10,000 images. It does not say which digits are hard. The
\term{confusion matrix} does. With ten classes it has a row for each true class and a column for
each answer. What is right is on the diagonal; anything else is a mistake. The mistakes are not
spread evenly: look for the largest counts off the diagonal. The program picks the four largest, and
shows some of their images:

\snippet this confusion

\image html 04_confusion.svg "Rows: the true digit. Columns: the answer" width=100%

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
that the course shows. The column *Keras* stands for many runs of the same experiment in Keras, each
with a seed of its own: their mean, and after ± their standard deviation, which is how far a run
usually is from the mean. What is arithmetic, such as a count, has to be exact.

\show{numbers}

The last lines are the **verdict** on the whole run. A run is honest if it has no mistake, and
differs from others only by its random numbers. The bounds are so wide that the verdict refuses
below 1 in 1,000 honest runs, all figures together. They are made as follows. The logarithm of a
loss scatters from run to run like a normal distribution, and so does the logarithm of the share of
wrong answers. If \f$n\f$ runs in Keras have the mean \f$m\f$ and the standard deviation \f$s\f$ on
that scale, one more run falls within

\f[ m \pm t \, s \sqrt{1 + 1/n} \f]

as often as one likes, if only \f$t\f$ is large enough. How large, a table says that is named after
Student's t distribution: the fewer runs there are, the wider the bounds. If every one of \f$k\f$
figures is outside in one of \f$10000\,k\f$ honest runs, then any of them is outside in at most one
of 10000. That is ten times as careful as it has to be. But the runs in Keras are themselves a
matter of chance, and where they happen to scatter little, \f$s\f$ and the bounds are too narrow.

The two figures of the test have a larger \f$t\f$ than the others. They are not means of a whole
epoch or more, but belong to the network as the last step has left it, and now and then a step has
just done harm. So more of them lie far from the mean than in a normal distribution. Keras's
validation figures after single epochs show how many lie far out: about as many as in Student's
distribution for seven runs. The figures of the test take their \f$t\f$ from there.

A figure with a dash is shown and not judged. The validation loss of a single epoch jumps up and
down so much that hardly any value of it would be a surprise, so its mean over all epochs is judged
instead. A run with another number of epochs is compared with runs in Keras that had as many. If
there are none, nothing of it is judged.

\subsection ch04_mutations What the verdict finds

A verdict that refuses next to no honest run may also miss mistakes. Which ones it finds was
counted, with mistakes that were built into the training on purpose. Each line says in how many
runs, each with another seed, a figure was out of its bounds. The first line of a table is training
as it should be. There, 0 is to be expected: if one honest run in 10,000 is refused, then among a
hundred one is refused one time in a hundred.

\mutations

It finds what changes how fast the network learns, and labels that are wrong. In the two epochs of
`--quick` the order of the images shows in no figure. And it cannot find the gradient of a layer
that is 5 % too large: RMSprop divides each derivative by its own usual size, which is then 5 % too
large as well. That is why section 6 checks the gradients by themselves.

\subsection ch04_speed How long it takes

The training of section 7, beside the same training in Keras on the same machine:

\speed

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

\exercises

Start with any of the three.

\exercise{confusion_matrix}
\exercise{descend}
\exercise{early_stopping}

\subsection ch04_try To try out

1. Train for 5 epochs instead of 21 (`--epochs 5`). What happens to the test accuracy, and what to
   the test loss? Which of the two would you report?
2. Put a `lw::Dropout{0.2}` after each hidden layer: while training, it sets a fifth of the numbers
   to 0, others each time. How do the two loss curves change?
3. Replace ReLU by `lw::sigmoid`. How many epochs does the network need for 97 %?
4. Find the epoch with the lowest validation loss, and explain to someone why the accuracy there is
   not the best one.
5. Give `fit()` the option `.shuffle = false`, so that all epochs show the images in the same order.
   Compare the losses of epoch 20, training and validation, with those in the table. (Keras repeats
   the order by itself if `keras.utils.set_random_seed()` was called.)

\section ch04_program The program

What you have read is most of the program. The rest puts it together:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

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
  show::ladder(chapter);
  check_gradients(chapter, data);
  const lw::Sequential model = train(chapter, data);
  show_confusion(chapter, data, examine(chapter, data, model));
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  const lw::Sequential model = train(chapter, data);
  examine(chapter, data, model);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "04",
                        .name = "mnist_mlp",
                        .title = "MNIST with a multilayer perceptron",
                        .quick = "2 passes over the images instead of 21, 200 derivatives a "
                                 "tensor checked",
                        .data = "mnist",
                        .epochs = 21,
                        .quick_epochs = 2,
                        .samples = 50'000,
                        .batch_size = 64},
                       argc, argv, teach, compared);
}
// [main]
