/** \page ch12 12 MNIST with dropout

The network of this chapter reads digits, as that of \ref ch04 "chapter 04" does. One of its layers
does something odd. While the network learns, the layer throws a fifth of its numbers away, and
each time other ones. The network has to learn to do without any of them. This is called
\term{dropout}. It is the one new idea of this chapter.

You will write dropout by hand, in one line. You will see why what is kept has to be divided by a
number, and why nothing is thrown away once the network has learned. And then the question that
matters: does it help? To find out, twenty networks learn from a thousand images each, ten with
dropout and ten without.

At the end you have <b>the network of the course's Listing 4.3, trained</b>, an answer to that
question with its uncertainty, and an account of what a step of the training spends its time on.

Run it yourself:

    ./tools/run 12            # everything on this page, with your numbers
    ./tools/run 12 --quick    # one pass over the images instead of five, three pairs instead of ten
    ./tools/run 12 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Then read "class" where the page says "digit", and expect about 87 right answers
of a hundred.)
*/

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "12_dropout/show.hpp"
#include "12_dropout/show_pairs.hpp"
#include "12_dropout/show_training.hpp"
#include "support/mnist.hpp"
#include "support/timing.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Pair;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch12
\section ch12_image 1 The first image

The course's Listing 4.2 loads MNIST, prints how many images there are, and shows the first one:

\image html 12_first.svg "The first training image" width=100%

\show{image}

There are 60,000 images to learn from and 10,000 to be examined on, of 28 rows of 28 pixels each. A
pixel is a number from 0, black, to 255, white. The row that is printed runs through the middle of
the digit. Nothing here is new (\ref ch04_data "chapter 04"). Only one thing differs: no images are
held out. All 60,000 are trained on.

\snippet this data
*/
// [data]
const lw::Shape kImage{28, 28};

struct Data {
  lw::data::Mnist mnist;
  Split train = tutorial::training_set(mnist, kImage);  // (60000, 28, 28), bytes
  Split test = tutorial::test_set(mnist, kImage);
};
// [data]

/** \page ch12
\section ch12_network 2 The network

Listing 4.3 has four layers:

\snippet this model

`Flatten` makes a row of \f$28 \cdot 28 = \compute{28 * 28}\f$ numbers of an image. Then comes one
\term{hidden layer} of \course{12/units} \term{unit|units} with \term{ReLU}, then the dropout, then
ten outputs with \term{softmax}. The optimizer is \gloss{Adam}. The loss is the
\term{cross-entropy}, in the form that takes the labels as they are, integers.

\show{network}

\image html 12_layers.svg "The network, from an image to ten probabilities" width=100%

The parameters are \f$784 \cdot 512 + 512 = \compute{784 * 512 + 512}\f$ in the hidden layer and
\f$512 \cdot 10 + 10 = \compute{512 * 10 + 10}\f$ in the last one, together
\course{12/parameters}. That is more than three times as many as in chapter 04, which has two hidden
layers, but narrower ones. Dropout has no parameters. There is nothing in it to be learned.

\aside{mlp_linear}
A network is linear if it has no activation between its layers: then all its layers could be
replaced by one. This one has ReLU between them. Chapter 08 shows what a linear classifier cannot
do, and chapter 06 that a hidden layer can.
\endaside

\aside{deep_two_hidden}
It presents this network as deep learning. By its own rule the network is not deep. The word has no
exact border. Nothing changes all at once when a second hidden layer is added. \endaside
*/
// [model]
constexpr Index kUnits = 512;
constexpr double kRate = 0.2;

lw::Sequential make_model(std::uint64_t seed, double rate = kRate) {
  lw::Sequential model{lw::Input{kImage},  // 28 x 28
                       lw::Flatten{},      // 784
                       lw::Dense{kUnits, {.activation = lw::relu}},
                       lw::Dropout{rate},  // the one new layer
                       lw::Dense{10, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

/** \page ch12
\section ch12_dropout 3 Dropout, by hand

Dropout stands behind a layer and is given its numbers \f$x\f$, one a unit. While the network is
trained, it draws a \term{mask}: a row of as many numbers, each of them 0 or 1. Each is 0 with a
certain probability, the <b>rate</b>, here \course{12/dropout}, and independently of all others. So
about a fifth are 0. Then each number is multiplied by the
one at its place in the mask. What meets a 0 is
dropped: for this image and this step, it is as if the unit were not there.

\frames{mask}

Click through the pictures. They show a small network. Each image of a batch has a mask of its own,
and when the image comes again, in the next \term{epoch}, it gets another one. How many units are
dropped is left to chance, too. The last picture is the network in use: all units are there.

\subsection ch12_divide Why the rest is divided

The next layer adds up what it is given, times its weights. If a fifth of the numbers is missing
while it learns, its sums are too small by a fifth, on average. In use nothing is missing, and the
sums would be larger than what it has learned with. There are two ways out. One could multiply
everything by 0.8 in use. Or one divides what is kept by 0.8 while training. The second way is the
usual one, since then nothing at all has to be done in use. It is called <b>inverted dropout</b>:

\f[ y_i = \frac{x_i \, m_i}{1 - \mathrm{rate}} \f]

With the probability 0.8, \f$y_i\f$ is \f$x_i / 0.8\f$, and otherwise it is 0. Its mean is
\f$0.8 \cdot x_i / 0.8 + 0.2 \cdot 0 = x_i\f$. The mean is kept. That is why 0.8, and no other
number.

In code it is one line. `training` says whether the network is being trained. If it is not, what
came in goes out, bit by bit the same:

\snippet this dropout

Here are ten numbers, as ten units with ReLU might put them out, under one mask:

\show{hand}

The sum stands for the next layer. Under this mask it is not what it was before: dropout adds noise.
Only on average is it right. So let us take the average, over 10,000 masks:

\show{mean}

\fold{The loop over the masks}
How `draw_mask` draws one is the subject of the next section. The key in braces says which mask it
is to be.

\snippet this means
\endfold

\image html 12_mean.svg "The mean of the sum, over more and more masks" width=100%

Without the division, the mean settles at four fifths of the sum. With it, the mean settles at the
sum itself.
*/
// [dropout]
using Numbers = lw::Tensor<double>;

Numbers dropout(const Numbers& x, const Numbers& mask, double rate, bool training) {
  Numbers y = x;
  if (training)
    for (Index i = 0; i < x.size(); ++i) y[i] = x[i] * mask[i] / (1 - rate);
  return y;
}
// [dropout]

/** \page ch12
\section ch12_generator 4 Where the masks come from

Most programs draw random numbers one after another: each number is computed from the one before.
Then it matters who draws first, and two threads that share the work get other numbers on each run.
This library has a <b>counter-based</b> generator. It is a function: give it a seed and a position
\f$i\f$, and it gives the random number at that position, without those before it. Any thread can
compute any part of a mask, and all get the same one.

The function is called Philox (Salmon, Moraes, Dror and Shaw, 2011). Ten times over it multiplies
and mixes its input until nothing of it can be recognized. What comes out are four numbers of 32
bits. Here is a mask, drawn by hand:

\snippet this is kept

Of the 32 bits the upper 24 are taken, a number from 0 to \f$2^{24} - 1\f$. If it is below
\f$\mathrm{rate} \cdot 2^{24}\f$, the mask has a 0. Which of the four numbers belongs to which
position is a convention. This one suits the registers of the processor, which compute sixteen
positions at a time. A `RandomKey` has the seed and a second number, the `stream`. It keeps apart
what one seed is used for: each layer has a stream of its own in each step.

\show{generator}

Our function and the library's kernel keep the same numbers, each of them, and so do one thread and
several.
*/
// [is kept]
// Whether a mask has a 1 at position i.
bool is_kept(Index i, double rate, lw::RandomKey key) {
  const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  const auto counter = static_cast<std::uint64_t>(i / 64 * 16 + i % 16);
  const std::array<std::uint32_t, 4> words =
      lw::philox({low(counter), low(counter >> 32), low(key.stream), low(key.stream >> 32)},
                 {low(key.seed), low(key.seed >> 32)});
  return (words[static_cast<std::size_t>(i % 64 / 16)] >> 8) >= std::round(rate * 0x1p24);
}

Numbers draw_mask(Index count, double rate, lw::RandomKey key) {
  Numbers mask({count});
  for (Index i = 0; i < count; ++i) mask[i] = is_kept(i, rate, key);
  return mask;
}
// [is kept]

// [generator]
void show_generator(Chapter& chapter) {
  chapter.section("generator", "4 Where the masks come from");
  const lw::RandomKey key{chapter.options().seed, 7};
  lw::Tensor<float> ones({32 * kUnits}), by_kernel(ones.shape()), alone(ones.shape());
  ones.fill(1);
  lw::ops::dropout<float>(ones, kRate, key, by_kernel);
  {
    const lw::ScopedThreads one_thread(1);
    lw::ops::dropout<float>(ones, kRate, key, alone);
  }
  Numbers kept(ones.shape());
  for (Index i = 0; i < kept.size(); ++i) kept[i] = by_kernel[i] > 0;
  show::generator(chapter, draw_mask(kept.size(), kRate, key), kept, kRate,
                  std::equal(alone.begin(), alone.end(), by_kernel.begin()));
}
// [generator]

// [means]
double sum(const Numbers& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum;
}

void show_by_hand(Chapter& chapter) {
  chapter.section("hand", "3 Dropout, by hand");
  const std::uint64_t seed = chapter.options().seed;
  const Numbers x({10}, {0.9, 0, 0.4, 1.3, 0, 0.2, 0.7, 0, 1.1, 0.4});
  const Numbers mask = draw_mask(10, kRate, {42, 7});  // one that drops something
  show::by_hand(chapter, x, mask, dropout(x, mask, kRate, true));

  chapter.section("mean", "The mean, over many masks");
  constexpr int kMasks = 10'000;
  std::vector<double> kept, divided;  // the means so far
  double sum_kept = 0, sum_divided = 0;
  for (int n = 1; n <= kMasks; ++n) {
    const Numbers one = draw_mask(10, kRate, {seed, static_cast<std::uint64_t>(n)});
    sum_divided += sum(dropout(x, one, kRate, true));
    for (Index i = 0; i < 10; ++i) sum_kept += x[i] * one[i];
    kept.push_back(sum_kept / n);
    divided.push_back(sum_divided / n);
  }
  show::means(chapter, x, kRate, kept, divided);
}
// [means]

/** \page ch12
\section ch12_backward 5 The way back

\term{backpropagation|Backpropagation} has to pass through dropout, too. For one image and one step
the mask is fixed, and then dropout multiplies each number by a constant: by
\f$1 / 0.8\f$ where the mask has a 1, and by 0 where it has a 0. The derivative of \f$c\,x\f$ is
\f$c\f$. So on the way back each derivative is multiplied by the same constant. It has to be <b>the
same mask</b>. A unit that had no part in the answer is not to blame for it.

\snippet this backward

The library's layer has to do the same as our two functions. It draws its mask itself, so how do we
get at it? What dropout makes of ones is the mask, divided by 0.8. And a copy of a layer that has
not been used yet draws the same masks as the layer. So one of the two is given ones, and the other
numbers:

\show{layer}

\fold{How the layer is compared}
\snippet this layer
\endfold

How does the library's layer remember its mask? It does not. The mask is a function of seed, stream
and position, so the way back computes it once more. That takes no memory, and the function for the
way back is the one for the way forward:

\snippet nn/core_layers.cpp dropout

\subsection ch12_gradients Are the gradients right?

As in every chapter, derivatives are compared with numerical ones (\ref ch04_gradients
"chapter 04"). A numerical derivative is a difference of losses. Were another mask drawn for each
loss, the difference would be that of the masks. So the mask is held fixed: all losses of this check
are computed with the same one, which differs from image to image. First our own two functions, then
the whole network of section 2, dropout included, and the pixels that it is given:

\snippet this gradients

\show{gradients}
*/
// [backward]
Numbers dropout_backward(const Numbers& dy, const Numbers& mask, double rate) {
  Numbers dx(dy.shape());
  for (Index i = 0; i < dx.size(); ++i) dx[i] = dy[i] * mask[i] / (1 - rate);
  return dx;
}
// [backward]

// [layer]
void show_layer(Chapter& chapter) {
  chapter.section("layer", "5 The way back");
  lw::BasicSequential<double> layer{lw::Input{{kUnits}}, lw::Dropout{kRate}};
  layer.set_seed(chapter.options().seed);
  layer.build();
  auto twin = layer;  // draws the same masks
  Numbers x({32, kUnits}), dy(x.shape()), ones(x.shape()), dx(x.shape());
  lw::fill_uniform<double>(x, 0, 1, {chapter.options().seed, 1});
  lw::fill_uniform<double>(dy, -1, 1, {chapter.options().seed, 2});
  ones.fill(1);

  Numbers mask(layer.forward(ones, {.training = true}));
  for (double& m : mask.span()) m = m > 0;
  const Numbers y(twin.forward(x, {.training = true}));
  twin.backward(dy.view(), dx.view());
  show::layer(chapter, mask, tutorial::largest_difference(y, dropout(x, mask, kRate, true)),
              tutorial::largest_difference(dx, dropout_backward(dy, mask, kRate)),
              tutorial::largest_difference(twin.predict(x), dropout(x, mask, kRate, false)));
}
// [layer]

// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "Are the gradients right?");
  constexpr std::uint64_t kSeed = 42;
  Numbers x({100});
  lw::fill_uniform<double>(x, 0.1, 1, {kSeed, 1});
  show::check_backward(chapter, x, draw_mask(100, kRate, {kSeed, 2}), kRate, dropout,
                       dropout_backward);
  chapter.gradient_check(
      "Listing 4.3 with one mask an image, sparse cross-entropy, and its input",
      lw::gradient_check(make_model(kSeed), lw::SparseCategoricalCrossentropy{},
                         data.train.rows(0, 8).x(), data.train.labels.rows(0, 8),
                         {.entries_per_tensor = 500,
                          .seed = kSeed,
                          .progress = chapter.gradient_progress()}));
}
// [gradients]

/** \page ch12
\section ch12_training 6 Listing 4.3, trained

Five \term{epoch|epochs} in batches of 32: an epoch has
\f$60000 / 32 = \compute{60000 // 32}\f$ \term{iteration|iterations}.

\snippet this train

\show{training}

\image html 12_loss.svg "Training loss, with dropout" width=100%
\image html 12_accuracy.svg "Training accuracy, with dropout" width=100%

The two lines are this run and the one that the course has printed. They begin with other random
weights, and still come out close together.

After the training comes the examination:

\show{test}

Three lines, and the differences are worth a look.

- The <b>first</b> is what `fit` printed for the last epoch. It is a mean over the epoch, while the
  network was still changing, and with dropout on: each image was read with a fifth of the units
  missing.
- The <b>second</b> is of the same images after training, with all units there. It is better. With
  dropout, the training accuracy that is printed is <em>lower</em> than what the network can do.
- The <b>third</b> is what counts: images that it has never seen. It is below the second: not all
  that the network has learned of its training images holds for others.

\aside{training_accuracy_as_final}
What it prints is the accuracy on the training images in the last epoch. The accuracy on the test
images is computed in the last line of the listing, and its value is not shown. In this run it is
\result{12/test accuracy | .1%}.
\endaside
*/
// [train]
struct Trained {
  lw::Sequential model;
  lw::History history;
};

Trained train(Chapter& chapter, const Data& data) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  lw::History history = chapter.train([&] {
    return model.fit(
        data.train.x(), data.train.labels,
        {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});
  });
  return {std::move(model), std::move(history)};
}
// [train]

// [examine]
lw::Logs examine(const lw::Sequential& model, const Split& images) {
  return model.evaluate(images.x(), images.labels, 500);  // in batches of 500
}

void show_examination(Chapter& chapter, const Data& data, const Trained& trained) {
  chapter.section("test", "The examination");
  const auto& [model, history] = trained;
  const lw::Logs test = examine(model, data.test);
  show::examination(chapter, history, examine(model, data.train), test);
  show::record_training(chapter, history, test);
}
// [examine]

/** \page ch12
\section ch12_speed 7 What a step spends its time on

A step of this training does arithmetic, and it reads and writes memory. How much of each can be
counted.

<b>Arithmetic.</b> Forward, 32 images go through two \term{matrix product|matrix products}, of
\f$784 \cdot 512\f$ and \f$512 \cdot 10\f$ weights, a multiplication and an addition for each image
and weight. Backward, the derivatives of the weights take as many again. The derivatives of what
came in are needed at the last layer only, since nobody asks for those of the pixels:

\f[
\begin{aligned}
2 \cdot 2 \cdot 32 \cdot (784 \cdot 512 + 512 \cdot 10) &= \compute{2 * 2 * 32 * (784 * 512 + 512 *
10)} \\ 2 \cdot 32 \cdot 512 \cdot 10 &= \compute{2 * 32 * 512 * 10} \end{aligned} \f]

Together that is \compute{(2 * 2 * 32 * (784 * 512 + 512 * 10) + 2 * 32 * 512 * 10) / 1e6 | .1f}
million operations.

<b>Memory.</b> Adam keeps two numbers for each weight, beside the weight and its
derivative. In each step it reads all four, and writes three of them back: the weight and its own
two. That is seven numbers of 4 bytes for each of 407,050 parameters,
\compute{7 * 4 * 407050 / 1e6 | .1f} million bytes, after every 32 images. With each number it does
only a few operations. So it does not wait for the arithmetic. It waits for memory, or for the
<b>cache</b>, the small and faster memory inside the processor. The four numbers of all parameters
together are \compute{4 * 4 * 407050 / 1e6 | .1f} million bytes.

The program measures three times: that of a step, in the training above; that of the step's
products, if they ran as fast as one large product does here, of matrices of 1,024 rows and columns;
and that of Adam's update by itself, over and over.

\show{limits}

\fold{How this is measured}
\snippet this limits
\endfold

The last column is the share of the step. The first of the two is the <b>arithmetic limit</b>:
were nothing but products in a step, and were they as fast as large ones, it would take
\result{12/share of the arithmetic limit | .0%} of the time that it does take. Adam, which waits for
memory, takes another \result{12/share of Adam | .0%}. The rest is what these two do not count.
Products of only 32 rows are slower than large ones: each weight is fetched for 32 images and no
more. And images are gathered, and activations, masks and the loss computed. (Where other programs
use the processor meanwhile, a step takes longer, and both shares are smaller.)

Memory is as fast for one library as for another, so in Adam's part a faster library gains little.
That part is larger here than in chapter 04, where less than a third as many weights are updated,
and that after 64 images, not 32.
Here is the training of section 6 beside the same in Keras, on the same machine:

\speed

With batches of 64, a step would do twice the arithmetic, and Adam would need the same memory. But
then an epoch has half as many steps, and the network ends with other weights.
*/
// [limits]
constexpr Index kForward = 2 * 32 * (784 * kUnits + kUnits * 10);
constexpr Index kOperations = 2 * kForward + 2 * 32 * kUnits * 10, kParameters = 407'050;
constexpr Index kBytes = 7 * 4 * kParameters;

void show_limits(Chapter& chapter, Index steps) {
  chapter.section("limits", "7 What a step spends its time on");
  constexpr Index kLarge = 1024;
  lw::Tensor<float> a({kLarge, kLarge}), b(a.shape()), c(a.shape());
  lw::fill_uniform<float>(a, -1, 1, {1, 1});
  lw::fill_uniform<float>(b, -1, 1, {1, 2});
  const auto product = [&] { lw::ops::gemm<float>(a, b, c); };

  lw::Tensor<float> w({kParameters}), g(w.shape()), state({2, kParameters});
  lw::fill_uniform<float>(g, -1, 1, {1, 3});
  Index iteration = 0;
  const auto adam = [&] { lw::ops::optimizer_step<float>(lw::Adam{}, ++iteration, w, g, state); };
  using tutorial::Clock;
  show::limits(
      chapter,
      {.step = chapter.training_seconds() / static_cast<double>(steps),
       .gigaflops = tutorial::gigaflops(2 * kLarge * kLarge * kLarge, 20, product, Clock::wall),
       .adam = tutorial::least_seconds(200, adam, Clock::wall)},
      kOperations, kBytes);
}
// [limits]

/** \page ch12
\section ch12_ensemble 8 Many networks in one

Why should it help to drop units at random? Two ways to see it.

<b>No unit can rely on another.</b> Without dropout, a unit may become useful only together with
another one, which corrects its mistakes. Such a team can learn a single training image by heart.
With dropout, the other one is missing a fifth of the time. Each unit has to be of some use by
itself.

<b>It is many networks.</b> Each mask leaves another network, a thinner one. Of
\course{12/units} units, each may be there or not, which makes \f$2^{512}\f$ networks, a number of
155 digits. They share their weights, and each image trains one of them a
little. To ask many networks, and to take the mean of their answers, is an old method, called an
\term{ensemble}. It is usually better than one of them, since they do not all make the same
mistakes.

After the training the network is used without a mask. Is that the mean of all the thinned networks?
Not exactly, because of the ReLU and the softmax. The program tries it: it reads 1,000 test images
with dropout left on, 30 times, each time with other masks, and takes the mean of the probabilities.

\snippet this thinned

\show{thinned}

The thinned networks are good, but each makes mistakes of its own. Their mean is better than they
are on average. That has to be so for the loss: \f$-\ln p\f$ is \term{convex}, so the loss of a
mean is never larger than the mean of the losses. And the network with all units does about as well
as the mean of 30, for the price of one.
*/
// [thinned]
void show_thinned(Chapter& chapter, const Data& data, lw::Sequential& model) {
  chapter.section("thinned", "8 Many networks in one");
  constexpr int kMasks = 30;
  const Split some = data.test.rows(0, 1000);
  std::vector<lw::Tensor<float>> alone;
  lw::Tensor<float> together({some.size(), 10});
  for (int n = 0; n < kMasks; ++n) {
    alone.emplace_back(model.forward(some.x(), {.training = true}));  // other masks each time
    for (Index i = 0; i < together.size(); ++i) together[i] += alone.back()[i] / kMasks;
  }
  show::thinned(chapter, alone, together, model.predict(some.x()), some.labels);
}
// [thinned]

/** \page ch12
\section ch12_few 9 Does it help?

What is done to make a network better on images that it has not seen, even if it gets worse on those
that it learns from, is called \term{regularization}. Dropout is one kind. It is a remedy for
\term{overfitting}. So let us overfit: with all 60,000 images and five epochs there is little of it,
but with 1,000 images there is much.

The experiment is this. Take the first 1,000 images. Train the network of section 2 on them, for 20
epochs, once with a rate of 0 and once with 0.2. A rate of 0 drops nothing. Both networks begin with
the same weights and see the images in the same order. This is a <b>pair</b>. Ask both about all
10,000 test images. Then do it again with another seed, ten times in all.

\snippet this pair

First look at one pair while it trains. Its networks are asked about the first 2,000 test images
after each epoch. (Of MNIST, these are harder than the rest: of all 10,000, in the table below, the
loss is smaller.)

\image html 12_few.svg "The first pair: loss while it trains" width=100%

The two training losses go towards 0: in the end, both networks know the 1,000 images by heart. With
dropout it takes a little longer. The two test losses stop falling after a few epochs, and then rise
slowly. The gap between training and test is overfitting. With dropout it is smaller, but only by a
little. It does not close.

Now all pairs:

\show{pairs}

\image html 12_pairs.svg "Each pair: the test accuracy without dropout and with it" width=100%

Each line of the picture joins the two accuracies of a pair. All networks have seen the same images,
and still their accuracies differ from pair to pair, since they began with other weights. In some
pairs dropout wins, in others it loses. Whoever tries a single pair can prove either.

Is the mean gain more than chance? The differences scatter, and so the mean of ten of them is
uncertain, too. The <b>standard error</b> says by how much: it is the standard deviation of the
differences, divided by the root of their number. If dropout did nothing, the mean gain would be
more than about two standard errors away from 0 in only one of twenty such experiments.

\snippet this gain

Here is what comes of it, in accuracy and in loss. The same experiment was made with Keras, with
\result{12/Keras pairs | .0f} pairs, each with a seed of its own:

\show{gains}

The last column says how many standard errors the mean change is away from 0. More than two, up or
down, are hard to explain by chance.

So here is the honest answer. <b>In accuracy, dropout gains next to nothing here.</b> The mean gain
of these pairs is \result{12/accuracy change, lanewise | +.2%}, with a standard error of
\result{12/standard error, accuracy, lanewise | .2%}. In Keras it is
\result{12/accuracy change, Keras | +.2%}, with a standard error of
\result{12/standard error, accuracy, Keras | .2%}, so that it may as well be chance. A gain of 0.1 %
would be one more of a thousand test images. <b>In loss it is clear.</b> The loss is lower with
dropout, by a few hundredths of itself, in most pairs, here and in Keras. The network is wrong as
often as without, but less sure of it.

That dropout does not do more is no mistake. The rate is the course's, the smallest of those that it
recommends, and the network has a single hidden layer. For larger networks, at a rate of 0.5, those
who invented dropout found larger gains (Srivastava and others, 2014). And whoever has the choice
takes more images: with 60,000 instead of 1,000, this network reads
\result{12/test accuracy | .1%}.
*/
// [pair]
constexpr Index kFew = 1000;
constexpr int kFewEpochs = 20;

show::Run train_few(const Data& data, double rate, std::uint64_t seed, Index batch_size) {
  const Split few = data.train.rows(0, kFew), asked = data.test.rows(0, 2000);
  lw::Sequential model = make_model(seed, rate);
  lw::History history = model.fit(few.x(), few.labels,
                                  {.epochs = kFewEpochs,
                                   .batch_size = batch_size,
                                   .validation_data = {asked.x(), asked.labels}});
  return {std::move(history), examine(model, data.test)};
}

Pair train_pair(const Chapter& chapter, const Data& data, int number) {
  const auto& options = chapter.options();
  const std::uint64_t seed = options.seed + 1000 * static_cast<std::uint64_t>(number);
  return {train_few(data, 0, seed, options.batch_size),
          train_few(data, kRate, seed, options.batch_size)};
}
// [pair]

// [gain]
// The mean of differences with its standard error.
show::Gain gain(const std::vector<double>& differences) {
  const auto n = static_cast<double>(differences.size());
  double mean = 0, squares = 0;
  for (const double d : differences) mean += d / n;
  for (const double d : differences) squares += (d - mean) * (d - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  return {mean, deviation / std::sqrt(n)};
}
// [gain]

/** \page ch12
\section ch12_numbers 10 The numbers

The counts are arithmetic, and have to come out exactly. What is trained is compared with Keras:
thirty runs of Listing 4.3, each with a seed of its own, and with each a pair on 1,000 images. Here
the figures of the first of our pairs stand beside those. The column <em>Keras</em> has their mean
and, after ±, their standard deviation. What the course has printed of its one run stands in the
column <em>course</em>.

\show{numbers}

The last lines are the <b>verdict</b>. \ref ch04_numbers "Chapter 04" tells how its bounds are made.
A figure with a dash is shown and not judged.

\subsection ch12_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the mean over many masks is kept with the
division, and is a fifth smaller without it; the masks drawn by hand are those of the library, on
one thread and on several; the library's layer does what our two functions do under the same mask,
and nothing when it is not training; the derivatives agree with numerical ones; averaged
probabilities cost no more than the thinned networks on average; and the figures above are in their
bounds. That dropout helps is not checked. It is a result, and with other seeds it may be another
one.

\section ch12_summary Summary

- Dropout sets each number of a layer to 0 with a certain probability, the rate, while training, and
  divides the rest by 1 - rate. So the mean is kept, and in use there is nothing to do.
- On the way back, the same mask is used.
- A counter-based generator gives any part of a mask to any thread, and a second time on the way
back.
- Each mask makes another, thinner network. The whole one does about as well as the mean of many of
  them.
- Training accuracy is not test accuracy. With dropout it is not even the accuracy on the training
  images.
- Whether a method helps is a question for several pairs, and for the standard error of their
  differences.

\section ch12_questions Questions

\questions

\section ch12_exercises Exercises

\exercises

Start with the first.

\exercise{dropout}
\exercise{draw_mask}
\exercise{standard_errors}

\subsection ch12_try To try out

1. Set `kRate` to 0.5. What happens to the printed training accuracy, and to the mean gain? And at
   0.9?
2. Train on 300 images instead of 1,000. Does dropout help more?
3. Put a second `lw::Dropout{0.2}` before the first dense layer, so that pixels are dropped.
4. Leave `(1 - rate)` out of `dropout`. Which checks find it?

\section ch12_program The program

The rest puts it together.

\fold{The examination, the generator beside ours, the pairs}
\snippet this examine

\snippet this generator

\snippet this pairs
\endfold

\fold{All of it}
The option `--numbers-only` leaves out everything but what is compared with Keras, which is what
`tools/compare` needs.

\snippet this teach

\snippet this compared

\snippet this main
\endfold

\section ch12_next What to read next in the source

- `src/simd/random.cpp`: the kernel that draws a mask and multiplies in one pass.
- `src/simd/isa/philox.hpp`: Philox for sixteen positions at a time.
- `src/simd/optimizer.cpp`: Adam in one pass over memory.
- `src/nn/random_key.hpp`: how a layer's stream is named.

\tableofcontents
*/
// [pairs]
void show_pairs(Chapter& chapter, const Data& data) {
  std::vector<Pair> pairs;
  const int count = chapter.options().quick ? 3 : 10;
  for (int number = 0; number < count; ++number) {
    chapter.progress(fmt::format("pair {} of {}", number + 1, count));
    pairs.push_back(train_pair(chapter, data, number));
  }
  chapter.progress("");
  chapter.section("pairs", "9 Does it help?");
  show::pairs(chapter, pairs);
  show::record_pair(chapter, pairs.front());
  chapter.section("gains", "Is it more than chance?");
  show::gains(chapter, show::differences(pairs), show::in_keras(chapter), gain);
}
// [pairs]

// [teach]
void teach(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  chapter.section("image", "1 The first image");
  show::image(chapter, data.mnist);
  chapter.section("network", "2 The network");
  show::network(chapter, make_model(chapter.options().seed));
  show::masks(chapter, is_kept, kRate);
  show_by_hand(chapter);
  show_generator(chapter);
  show_layer(chapter);
  check_gradients(chapter, data);

  chapter.section("training", "6 Listing 4.3, trained");
  Trained trained = train(chapter, data);
  show::training(chapter, trained.history, data.train.size());
  show_examination(chapter, data, trained);
  show_limits(chapter, show::steps(chapter, data.train.size()));
  show_thinned(chapter, data, trained.model);
  show_pairs(chapter, data);
}
// [teach]

// [compared]
// With --numbers-only: what is compared with Keras, and nothing else.
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  const auto [model, history] = train(chapter, data);
  show::record_training(chapter, history, examine(model, data.test));
  show::record_pair(chapter, train_pair(chapter, data, 0));
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "12",
                        .name = "dropout",
                        .title = "MNIST with dropout",
                        .quick = "1 pass over the images instead of 5, 3 pairs instead of 10",
                        .data = "mnist",
                        .epochs = 5,
                        .samples = 60'000,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
