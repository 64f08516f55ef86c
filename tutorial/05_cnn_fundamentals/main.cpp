/** \page ch05 05 Fundamentals of convolutional networks

The network of chapter 04 does not know which pixels are neighbours.

Shuffle the 784 pixels, in the same way in all images, and it learns to read them as well as before.
What is near what has to be learned from the images, and that is a waste. It is also expensive: to
turn 28 x 28 pixels into 26 x 26 new numbers, a dense layer needs a weight for each pair of an old
and a new number, \compute{784 * 676} of them.

This chapter does it with nine. Take a window of 3 x 3 pixels, compute one number from what it
shows, move it by a pixel, compute the next, *with the same nine weights everywhere*. That is a
\term{convolution}, and networks that are made of them have read handwriting since the 1980s.

At the end you have **seen nine weights find out by themselves what an edge is**, from nothing but
pairs of images. You have convolved by hand, in plain loops, as a matrix product and with the
library's kernels, all to the same numbers. And you have measured what the shift of an image changes
after a convolution, and after \gloss{pooling}: less is gained than is often said.

Run it yourself:

    ./tools/run 05            # everything on this page, with your numbers
    ./tools/run 05 --quick    # fewer images, a shorter training, samples of the gradients
    ./tools/run 05 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

Where MNIST cannot be had, the program takes Fashion-MNIST, and the digit in the pictures is a shoe.
What is computed here is printed, drawn and checked by functions `show::…`, in files beside this
one.
*/

#include <algorithm>
#include <array>
#include <vector>

#include "05_cnn_fundamentals/loops.hpp"
#include "05_cnn_fundamentals/show.hpp"
#include "05_cnn_fundamentals/show_more.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using namespace planes;  // Plane is a tensor of doubles, (height, width)

namespace {

/** \page ch05
\section ch05_edge 1 Finding an edge

Our first image is small: 8 x 8 pixels, bright on the left and dark on the right. We look for the
border between the two, and we do so with nine weights, a \term{filter}:

\f[
  \begin{pmatrix} 1 & 0 & -1 \\ 1 & 0 & -1 \\ 1 & 0 & -1 \end{pmatrix}
\f]

Lay it on the upper left corner of the image. The piece of the image below it, as large as the
filter, is called a **window**. Multiply each weight with the pixel under it, and add up the nine
products: this is the \term{inner product} of filter and window. For this filter it is the sum of
the window's left column, less the sum of its right one. Write the number down, move the filter on
by a pixel, and go on until it has been everywhere. An image of 8 x 8 has room for the filter in 6 x
6 places, so that many numbers come out.

\show{edge}

\image html 05_edge.svg "Black is 0, white the largest number, blue is negative" width=100%

Where the image is flat, bright or dark, the filter gives 0: what it adds on one side it takes away
on the other. At the border it gives \f$3 \cdot 10 = 30\f$, in two columns, since the border passes
below the filter in two of its positions. The result is called a \term{feature map}: it is an image
again, and says where in the old one the feature, here an edge, is found.

In a formula, \f$i\f$ and \f$j\f$ are the row and the column of a place, and \f$a\f$ and \f$b\f$
those of a weight in the filter:

\f[
  y_{i,j} = \sum_{a=0}^{2} \sum_{b=0}^{2} f_{a,b} \; x_{i+a,\,j+b}
\f]

In code, these are four loops, two over the places and two over the filter. `Plane` is this
chapter's name for a \term{tensor} of height and width; `Index` is the library's whole number.

\snippet 05_cnn_fundamentals/naive.hpp naive slide

From now on, the library does the same. It takes many images and many filters at a time, and images
with more than one number a pixel; section 3 says why. So our one image and our one filter get
shapes of four sizes. `stride` is explained in section 5.

\snippet this slide

Keras calls a filter a *kernel*, and so does a table in section 10. On these pages a \term{kernel}
is a function, as in chapter 04.

\subsection ch05_turned The filter turned

The same filter turned by a quarter looks for an edge between above and below. In our image it finds
nothing. In the image turned likewise, it does:

\show{turned}

\subsection ch05_flip What mathematicians mean by it

In mathematics, the filter is turned by half a circle before it slides. It then makes no difference
which of the two is called the image and which the filter. With our filter, this changes the sign:

\show{flip}

What deep-learning libraries call convolution, and lanewise too, is properly called
<b>cross-correlation</b>: nothing is turned. That makes no difference to what can be learned, as a
network that needs the turned filter learns the turned filter. It does when you compare your numbers
with those of a textbook or of a library for signals.

All of this is computed by the loops and by the library, and has to be the same.
*/
// [slide]
// The library takes images as (count, height, width, channels), and filters as
// (height, width, channels, count): here one of each, with one channel.
lw::TensorView<const double> as_images(const Plane& x) {
  return x.reshape({1, x.shape()[0], x.shape()[1], 1});
}

Plane slide(const Plane& image, const Plane& filter, Index stride = 1) {
  const Index kh = filter.shape()[0], kw = filter.shape()[1];
  const Index h = (image.shape()[0] - kh) / stride + 1, w = (image.shape()[1] - kw) / stride + 1;
  Plane y({h, w});
  lw::ops::conv_forward<double>(as_images(image), filter.reshape({kh, kw, 1, 1}),
                                y.reshape({1, h, w, 1}), {.stride = stride});
  return y;
}
// [slide]

/** \page ch05
\section ch05_hand 2 One by hand

The course has a picture of a 7 x 7 image and a 3 x 3 filter which give a 4 at one place. Here is
another such pair. The image is a 7, drawn with few strokes. The filter has a 1 where the upper
right corner of a 7 has ink, and 0 elsewhere. Find the place where all four of its ones meet a one
of the image, before you look at the result: there, and only there, it has a 4.

\show{hand}

So a filter is a small picture of what it looks for, and the number at a place, its **response**,
says how much of that is there. But on a white wall, an image of ones, this filter would respond
with 4, too. The edge filter does not make this mistake: its weights add up to 0.

\section ch05_sets 3 Many filters, of many sizes

One filter finds one thing. A **convolutional layer** has a set of them, commonly 8, 16, 32 or more,
and each gives a feature map of its own. These maps are stacked: at each place, the layer's output
has as many numbers as there are filters. They are its \term{channel|channels}, as red, green and
blue are those of a photograph. The filters of the next layer look at all channels at once: they are
3 x 3 pixels wide and as many channels deep. With \f$c\f$ for the channel, \f$k\f$ for the filter
and \f$b_k\f$ for its \term{bias}, this is

\f[
  y_{i,j,k} = b_k + \sum_{a,b,c} f_{a,b,c,k} \; x_{i+a,\,j+b,\,c}
\f]

Most filters are 3 x 3; 5 x 5 and 7 x 7 are in use, and also 1 x 1. The last sees a single pixel,
but all channels of it, and mixes them anew. Odd sizes have a middle, which makes it easy to say
where a feature is.

\snippet this set

\show{sets}

A filter of \f$k_h\f$ x \f$k_w\f$ pixels on \f$c\f$ channels has \f$k_h k_w c\f$ weights and a bias:
\f$3 \cdot 3 \cdot 1 + 1 = \compute{3 * 3 + 1}\f$ \term{parameter|parameters} here, and
\compute{32 * (3 * 3 + 1)} for 32 of them. This is the first layer of the network that chapter 13
trains. The size of the image is not in the formula: the same layer works on images of any size.
*/
// [set]
void show_sets(Chapter& chapter) {
  chapter.section("sets", "3 Many filters, of many sizes");
  std::vector<show::Set> sets;
  for (const Index size : {1, 3, 5, 7})
    for (const Index filters : {8, 16, 32}) {
      lw::Sequential layer{lw::Input{{28, 28, 1}},  // height, width, channels
                           lw::Conv2D{filters, {size, size}}};
      layer.build({28, 28, 1});
      sets.push_back({filters, size, layer});
    }
  show::sets(chapter, sets);
}
// [set]

/** \page ch05
\section ch05_digit 4 A digit through four filters

Long before filters were learned, they were designed. Here are four that are well known:

\f[
  \begin{pmatrix} 1 & 0 & -1 \\ 1 & 0 & -1 \\ 1 & 0 & -1 \end{pmatrix} \quad
  \begin{pmatrix} 1 & 1 & 1 \\ 0 & 0 & 0 \\ -1 & -1 & -1 \end{pmatrix} \quad
  \frac{1}{9} \begin{pmatrix} 1 & 1 & 1 \\ 1 & 1 & 1 \\ 1 & 1 & 1 \end{pmatrix} \quad
  \begin{pmatrix} 0 & -1 & 0 \\ -1 & 5 & -1 \\ 0 & -1 & 0 \end{pmatrix}
\f]

The first two find edges. The third takes the mean of nine pixels, which blurs. The fourth
exaggerates the difference between a pixel and its four neighbours, which sharpens. And this is what
they do to a digit:

\image html 05_digit.svg "One image, four feature maps; blue is negative" width=100%

Look at the edges: a stroke has two of them, one where the light begins and one where it ends, so
each shows up white on one side and blue on the other. The digit's pixels lie between 0, black, and
1, white. So an edge filter could give 3 at most, where three white pixels stand beside three black
ones:

\show{digit}

All four filters go through the image in one call. `bank_of` stacks them, so that they are one
tensor:

\snippet this bank
*/
// [bank]
Plane digit(const lw::data::Mnist& data, Index image) {
  return tutorial::pixels<double>(data.train_images.row(image));
}

void show_digit(Chapter& chapter, const lw::data::Mnist& data) {
  chapter.section("digit", "4 A digit through four filters");
  const Plane image = digit(data, 0);
  const std::vector<Plane> filters = {
      edge_filter(), transposed(edge_filter()),
      Plane({3, 3}, {1 / 9., 1 / 9., 1 / 9., 1 / 9., 1 / 9., 1 / 9., 1 / 9., 1 / 9., 1 / 9.}),
      Plane({3, 3}, {0, -1, 0, -1, 5, -1, 0, -1, 0})};
  const lw::Tensor<double> bank = bank_of(filters);  // (3, 3, 1, 4)
  lw::Tensor<double> maps({1, 28, 28, 4});
  lw::ops::conv_forward<double>(as_images(image), bank, maps,
                                {.padding = lw::Padding::same});  // see section 5
  show::four_filters(chapter, image, filters, maps);
}
// [bank]

/** \page ch05
\section ch05_padding 5 Strides and padding

Two numbers decide where the filter goes. The \term{stride} is the length of its step: with a stride
of 2, every second place is left out, and the map has about half the rows and half the columns.

\image html 05_strides.svg "The left and right edges, at three strides" width=100%

\term{padding|Padding} is a frame of zeros around the image, so that the filter can hang over the
border. Without any, a filter of 3 x 3 costs the image a pixel on each side, and after thirteen
layers 2 x 2 pixels are left of 28 x 28.

How many places are there? On \f$n\f$ pixels with \f$p\f$ zeros before and \f$q\f$ behind, a filter
of \f$k\f$ pixels has \f$n + p + q - k\f$ pixels to move along, and goes \f$s\f$ of them at a time.
The brackets \f$\lfloor \; \rfloor\f$ round down to whole steps, and the place that it begins at is
one more:

\f[
  o = \left\lfloor \frac{n + p + q - k}{s} \right\rfloor + 1
\f]

Keras has two names for paddings. `valid` means none. `same` means as many zeros as give
\f$o = \lceil n / s \rceil\f$ places, \f$n / s\f$ rounded up, so that with stride 1 the size remains
the same:

\f[
  \begin{aligned}
  p + q &= \max\left( (o - 1)\,s + k - n, \; 0 \right) \\
  p &= \lfloor (p + q) / 2 \rfloor
  \end{aligned}
\f]

If the number of zeros is odd, the odd one is *behind*: at the bottom and at the right. (PyTorch's
`padding=1` means one on either side, whatever the stride. When weights are carried from one library
to another, this is where results begin to differ.) Here are both formulas in code:

\snippet 05_cnn_fundamentals/naive.hpp naive formula

They are easily off by one. So the program compares them with the library, and with trying:

\show{padding}

To give the loops of section 1 a stride and a padding is the first of the exercises.

\section ch05_relu 6 ReLU: keep what was found

A feature map has negative numbers, where the filter has met the opposite of what it looks for. The
\term{ReLU} of \ref ch04_network "chapter 04" replaces them by 0 and leaves the others alone. On the
map of the edge filter, only those edges are left where it gets darker from left to right. A second
filter, with all signs changed, would keep the others.

\image html 05_relu.svg "A feature map before and after ReLU" width=100%

\show{relu}

\snippet this relu

Without a ReLU between them, two convolutions could do no more than one with a larger filter. ReLU
costs next to nothing in the library: it is done in the registers of the processor, before the
finished sums are written to memory.
*/
// [relu]
Plane show_relu(Chapter& chapter, const lw::data::Mnist& data) {
  chapter.section("relu", "6 ReLU: keep what was found");
  const Plane map = slide(digit(data, 0), edge_filter());
  Plane kept(map.shape());
  lw::ops::activation_forward<double>(lw::relu, map, kept);
  show::relu(chapter, map, kept);
  return kept;
}
// [relu]

/** \page ch05
\section ch05_pooling 7 Pooling: a number for a square

Where exactly an edge is matters less than that it is there. \term{pooling|Pooling} cuts a map into
squares, usually of 2 x 2, and keeps one number of each. The course names three ways to choose it:
the largest, the average, and the root of the sum of the squares, also called L2. By hand, on a map
of 4 x 4:

\show{pooling}

The three differ in how they treat a single strong response, such as the 6 at the lower right with
zeros around it: the maximum and the root keep all of it, the average a quarter. In loops they are

\snippet 05_cnn_fundamentals/naive.hpp naive pool

The library has a function for each:

\snippet this pool

The average is not a new operation. It is a convolution with four weights of 1/4 and a stride of 2,
as the program verifies.

\image html 05_pooling.svg "The feature map of section 6, and what pooling leaves of it" width=100%

Each picture is drawn so that its own largest number is white. All three show the same edges, with a
quarter of the numbers; those of the maximum are the widest.

\aside{pooling_keeps_a_quarter}
That holds for even sizes. From 11 x 11 pixels, the second map in the network of chapter 13, the
squares of 2 x 2 leave a row and a column over, which are dropped: 5 x 5 remain, 25 of 121, or
\compute{25 / 121 | .0%}.
\endaside

The course also names an alternative to pooling, Hinton's capsules: groups of units which say how a
feature lies, and not only that it is there.

\aside{capsules_gans}
GANs are networks that make images. What is meant are \gloss{adversarial example|adversarial
examples}. Chapter 18 makes some.
\endaside

\fold{How the library pools many maps at once}
A real layer pools dozens of maps, and the library does not take them one after the other. The
numbers that belong to one place of all maps lie side by side in memory, and so do their results.
With AVX-512 a register holds one number of each of 16 maps, with the older AVX2 of each of 8. So
many windows are pooled at once, and no number has to change its place within a register. For the
maximum, this is how the first pixel of a window is taken, how the next ones join it, and what is
made of them in the end:

\snippet simd/isa/pooling_kinds.hpp maximum

A window is pooled in a few registers. They are loaded from its first pixel, `begin`, and joined
with each of the others, `join`; when the window is done, the results are stored:

\snippet simd/pooling.cpp pool_panel
\endfold

\subsection ch05_compression Is this compression?

The course compares pooling with a lossy format such as JPEG: a quarter of the numbers, most of the
picture. We test this. Keep a quarter of a digit's 784 numbers, in three ways, make a picture of
them again, and see how far it is from the digit. Two ways are pooling, undone by writing each
number into all four pixels of its square. The third is what JPEG is built on: write the image as a
sum of waves, and keep the \compute{784 // 4} that are largest.

\image html 05_compression.svg "A quarter of the numbers, chosen in three ways" width=100%

The differences between the image and its copy are squared and added, and the root is taken. The
error is that, in percent of the same of the image's own pixels:

\show{compression}

As a compressor, pooling is poor, and the maximum, which makes every stroke fatter, is the poorest
of the three. But a network need not bring the picture back. It has to be told what is in it, and
where, *more or less*. What pooling is good for shows when something moves.
*/
// [pool]
naive::Pooled pool(const Plane& map, Index size) {
  const lw::Window window{.kernel = size, .stride = size};
  const Index h = map.shape()[0] / size, w = map.shape()[1] / size;
  naive::Pooled y{Plane({h, w}), Plane({h, w}), Plane({h, w})};
  lw::ops::max_pool<double>(as_images(map), window, y.maximum.reshape({1, h, w, 1}));
  lw::ops::average_pool<double>(as_images(map), window, y.average.reshape({1, h, w, 1}));
  lw::ops::l2_pool<double>(as_images(map), window, y.root.reshape({1, h, w, 1}));
  return y;
}
// [pool]

/** \page ch05
\section ch05_shift 8 A shifted digit

A cat is a cat wherever it is in the picture. What does a convolution make of that? Shift the image,
and the feature map is shifted by as much; nothing else changes. The word for it is
\term{equivariance}:

\f[
  \mathrm{conv}(\mathrm{shift}(x)) = \mathrm{shift}(\mathrm{conv}(x))
\f]

It holds exactly, away from the border, where pixels come in that were not there before. The program
verifies it on images of whole numbers, to the last bit. \term{invariance|Invariance} is something
else: that the result does not change at all. If the largest number of a square moves within it, the
pooled map does not change. That is all the invariance there is.

\aside{translation_invariance}
Convolution is equivariant. A network of convolutions is as invariant as its pooling makes it.
\endaside

How far is that? Take digits in the middle of a black square of 42 x 42, with enough black around
them that nothing is lost when they move to the right by one, two and three pixels. Four filters
look for edges of four directions, and ReLU follows:

\snippet this maps

Then comes maximum pooling over squares of several sizes. By how many percent of itself does the
output change, if that is measured as the error in section 7? It can be more than all of itself: two
outputs of one size that share no place differ by the root of two times that.

\show{shift}

\image html 05_shift.svg "What a shift changes, by the size of the squares" width=100%

The last column is there for the scale: it is the change when the digit is not shifted but replaced
by the next one of the data set. Without pooling, a shift of one pixel already changes most of the
map, since strokes are a few pixels wide and their edges narrower. After three pixels, a digit
differs from itself about as much as from another one. Larger squares make the change smaller, and
with a single square over the whole map nothing changes at all. That is <b>global</b> pooling, the
only one that is really invariant. It knows that there is a bright left edge, and not where. The
last column shows what that costs: to global pooling of four edges, one digit looks much like the
next.

So "nearly invariant" is right only for squares that are large beside the shift. Several poolings in
a row, with convolutions between them, add up, since the squares of the second lie 4 pixels of the
image apart, and those of the third 8. A dense layer at the end, which has a weight for each place,
may still treat the same digit differently when it moves. Chapter 13 shifts digits before a trained
network to see.
*/
// [maps]
// By shift, 0 to 3: what the filters find, (count, 40, 40, 4). The pixels are bytes
// here: all numbers are whole, and double holds them exactly in every order of adding.
std::vector<lw::Tensor<double>> maps_of_shifted(const lw::data::Mnist& data, Index count) {
  const Plane edge = edge_filter(), level = transposed(edge);
  const lw::Tensor<double> bank = bank_of({edge, turned(edge), level, turned(level)});
  std::vector<lw::Tensor<double>> maps;
  for (Index shift = 0; shift <= 3; ++shift) {
    maps.emplace_back(lw::Shape{count, 40, 40, 4});
    const auto digits = show::shifted_digits(data, count, shift);  // (count, 42, 42, 1)
    lw::ops::conv_forward<double>(digits, bank, maps.back(), {.activation = lw::relu});
  }
  return maps;
}
// [maps]

/** \page ch05
\section ch05_learned 9 The filter, learned

So far, somebody knew what to look for. But who would design the thousands of filters of a network?
Nobody does: they are learned. We have a model of nine weights, all of them random, and pairs: a
digit, and what the edge filter makes of it. The model is never shown the filter. It has to turn the
first of each pair into the second. Its \term{loss} is the mean of the squared differences between
its output \f$y\f$ and the target \f$t\f$, over all \f$N\f$ places in all images \f$n\f$, and
\term{gradient descent} makes it small:

\f[
  \begin{aligned}
  L &= \frac{1}{N} \sum_{n,i,j} \left( y_{n,i,j} - t_{n,i,j} \right)^2 \\
  \frac{\partial L}{\partial f_{a,b}} &=
      \frac{2}{N} \sum_{n,i,j} \left( y_{n,i,j} - t_{n,i,j} \right) x_{n,i+a,j+b}
  \end{aligned}
\f]

The derivative by a weight is an inner product, too: of the errors and the pixels that this weight
was multiplied with. Here it is in loops, for any number of channels and filters. `dy` holds the
derivative of the loss by each output, here \f$2/N\f$ times the error:

\snippet 05_cnn_fundamentals/naive.hpp naive conv backward

The library has this already. What is left to write is a model of one filter,

\snippet this learner

the pairs that it is to learn from,

\snippet this pairs

and the steps:

\snippet this steps

The model is trained twice: with plain steps, and with \term{momentum}, where each step goes on with
a part of the step before, here with nine tenths of it. A `Trace` keeps the loss and the nine
weights of each step:

\snippet this learning

Here are the nine weights of the second training, frame by frame, from random ones to the edge
filter:

\image html 05_frames.svg "White is 1, blue is -1, black is 0" width=100%

\show{learning}

Within a few dozen steps the columns are there; after that only the decimals change.

\image html 05_learning.svg "The loss, on a logarithmic axis" width=100%

The loss falls quickly first and then, for a long time, slowly. The images are the reason.
Neighbouring pixels of a digit are nearly always alike, so that a filter that takes a little from
one weight and gives it to its neighbour makes almost the same pictures. The loss is like a valley
that is steep across and nearly flat along its floor. Momentum gets along such a floor faster.

\subsection ch05_alone What one image teaches

Let there be only one pair, the image of section 1 and what the edge filter makes of it. The loss
falls to nothing, but the filter that is found is another one:

\show{alone}

All rows of that image are the same, so that it does not matter in which row of the filter a weight
stands. The image fixes the sums of the three columns, to 3, 0 and -3, and nothing else. Infinitely
many filters have these sums, and descent ends at the one that is nearest to where it began. So a
loss of 0 says that a model explains what it was shown, and not that it has found the rule behind
it.
*/
// [learner]
constexpr Index kPairs = 512;

lw::Sequential make_learner(const lw::Shape& image, std::uint64_t seed,
                            lw::SGD descent = {.learning_rate = 0.1}) {
  lw::Sequential model{lw::Input{image}, lw::Conv2D{1, {3, 3}, {.use_bias = false}}};
  model.set_seed(seed);
  model.compile({.optimizer = descent, .loss = lw::MeanSquaredError{}});
  model.build(image);
  return model;
}
// [learner]

// [pairs]
struct Pairs {
  lw::Tensor<float> x, target;

  // The targets are what the edge filter makes of x, (count, height, width, 1).
  explicit Pairs(lw::Tensor<float> images)
      : x(std::move(images)), target({x.shape()[0], x.shape()[1] - 2, x.shape()[2] - 2, 1}) {
    const lw::Tensor<float> edge({3, 3, 1, 1}, {1, 0, -1, 1, 0, -1, 1, 0, -1});
    lw::ops::conv_forward<float>(x, edge, target);
  }
};
// [pairs]

// [steps]
show::Trace learn(const Pairs& pairs, lw::Sequential model, Index steps, Index batch_size) {
  show::Trace trace(model);
  const Index count = pairs.x.shape()[0];
  for (Index step = 0, first = 0; step < steps; ++step) {
    const Index last = std::min(first + batch_size, count);
    const double loss =
        model.train_on_batch(pairs.x.rows(first, last), pairs.target.rows(first, last));
    trace.note(loss, model);
    first = last % count;
  }
  return trace;
}
// [steps]

Pairs digit_pairs(const lw::data::Mnist& data) {
  const auto images = data.train_images.rows(0, kPairs);
  return Pairs(tutorial::pixels<float>(images.reshape({kPairs, 28, 28, 1})));
}

// [learning]
void show_learning(Chapter& chapter, const Pairs& pairs) {
  chapter.section("learning", "9 The filter, learned");
  const auto& options = chapter.options();
  const Index batch = options.batch_size, steps = options.epochs * ((kPairs + batch - 1) / batch);
  const auto run = [&](double momentum) {
    const lw::SGD descent{.learning_rate = 0.1, .momentum = momentum};
    return learn(pairs, make_learner({28, 28, 1}, options.seed, descent), steps, batch);
  };
  const show::Trace plain = chapter.train([&] { return run(0); });
  const show::Trace fast = chapter.train([&] { return run(0.9); });
  show::learning(chapter, plain, fast);
}
// [learning]

/** \page ch05
\section ch05_gradients 10 Are the gradients right?

The learner is checked against the loops of section 9 and against numerical derivatives, as
\ref ch04_gradients "chapter 04" explains. A network with everything of this chapter in it is
checked against numerical ones, too. Its second convolution has a stride, padding, and a filter that
is not square:

\snippet this network

\show{gradients}

The second network's images are noise, and for a reason. On the black background of a digit the four
numbers that go into a maximum are all the same. That is a \gloss{kink}: raise any of them, and the
maximum rises; lower it, and the maximum stays. There is no derivative to compare with. (The library
gives the gradient to the first of equal numbers, as Keras does.)
*/
// [network]
lw::Sequential make_network() {
  return {lw::Input{{14, 13, 2}},
          lw::Conv2D{4, {3, 3}, {.activation = lw::relu}},
          lw::MaxPooling2D{},
          lw::Conv2D{
              3, {3, 2}, {.strides = {2, 1}, .padding = lw::Padding::same, .activation = lw::tanh}},
          lw::Flatten{},
          lw::Dense{5, {.activation = lw::softmax}}};
}
// [network]

/** \page ch05
\section ch05_ways 11 Four ways to the same numbers

How fast is a convolution? Take a layer from the middle of a real network: 32 images of 13 x 13
pixels with 32 channels, 64 filters of 3 x 3. Its output has \f$32 \cdot 11 \cdot 11 \cdot 64\f$
numbers, each a sum of \f$3 \cdot 3 \cdot 32 = 288\f$ products:
\compute{32 * 11 * 11 * 64 * 288 / 1e6 | .0f} million multiplications and as many additions.

First **in plain loops**, the formula as it stands:

\snippet 05_cnn_fundamentals/loops.cpp naive conv

Then **as a matrix product**. Write the 288 numbers that the window sees at one place into a row.
All places are then a matrix of \f$32 \cdot 11 \cdot 11 = 3{,}872\f$ rows, and writing it is known
as \term{im2col}. The filters, as they lie in memory, are a matrix of 288 rows and 64 columns. The
product of the two is the convolution, and its numbers come out in the order in which the output
lies in memory. So a fast matrix product makes convolution fast, too. The price is a matrix that
holds a pixel up to nine times:

\snippet this unfold

Third **with the library's kernel**, the same product without that matrix:

\snippet this kernel

Last **with fewer products** than the formula has. The library takes this way by itself where it is
the faster one, as it is here:

\snippet this fewer

All four give the same numbers, up to rounding. (A GFLOP/s is a thousand million multiplications or
additions a second. For all four ways it is the operations of the formula that are divided by the
time. The last way does fewer than these, so that its rate may well be higher than what the
processor can do.)

\show{ways}

What makes the loops slow, and how such loops become faster step by step, is told in
\ref ch04_ladder "chapter 04".

\subsection ch05_kernel The matrix that is never made

The kernel of the matrix product is quoted in \ref ch04_ladder "chapter 04". A row of its left
matrix need not lie in memory in one piece. The kernel only has to know where element \f$p\f$ of row
\f$i\f$ is. Now each row is a window of the image, and its element \f$p\f$ lies at a certain distance
from the window's first pixel, the same distance in all windows. So the kernel is given a pointer to the first pixel of each window,
and 288 distances that all windows share, and reads the image as it lies there. To write a matrix of
windows to memory and read it again costs time in which nothing is multiplied.

\fold{Where the kernel finds the rows}
For `Walk::indirect` the pointers, in the field an <b>indirection buffer</b>, are `a.rows`, one for
each window:

\snippet simd/gemm.cpp rows of a

Where windows hang over the border, a strip of the image is first copied with its frame of zeros,
small enough to stay in the cache.
\endfold

\subsection ch05_winograd Fewer products than the formula has

Take a single row of pixels, and a filter of three weights \f$a, b, c\f$. Two neighbouring results
are

\f[ y_0 = a\,x_0 + b\,x_1 + c\,x_2, \qquad y_1 = a\,x_1 + b\,x_2 + c\,x_3, \f]

which makes six products. Shmuel Winograd showed that four are enough:

\snippet this two_results

How can that be? Both results see the pixels \f$x_1\f$ and \f$x_2\f$, and the products `m1` and
`m2`, which are made of these, serve them both. In \f$m_1 + m_2\f$ the pixel \f$x_1\f$ has the
factor \f$(a + b + c) / 2 - (a - b + c) / 2 = b\f$, and \f$x_2\f$ has \f$a + c\f$. To this `m0`
adds \f$a\,x_0 - a\,x_2\f$, and what is left is \f$y_0\f$.

There are more additions than before. But the sums of weights are made once, for all images, and the
sums of pixels once for all 64 filters. The products of all 32 channels are added up before the last
sums, so that these are made once for all channels. What is done for each pixel, channel and filter
is one product: four in place of six.

In two directions, 2 x 2 results take \compute{4 * 4} products in place of \compute{6 * 6}. The same
is possible for four results in a row, with six products in place of twelve. Then 4 x 4 results, made
from 6 x 6 pixels, a <em>tile</em>, take \compute{6 * 6} products in place of \compute{12 * 12}.
Where the image leaves room for that, this is what the library does. It takes the first product of
all tiles, channels and filters together: they are a matrix product, of (tiles, channels) and
(channels, filters). Then the second, and so on.

It is not four times as fast. The sums take time, too, and 11 is no multiple of 4, so that the last
tiles are partly in vain.

There is another price, which is rounding. A sum of pixels is rounded, and when most of it cancels
later, its rounding stays behind. The numbers differ in the last digits. In a tile with one very
bright pixel, small results lose more of them.
*/
// [two_results]
using Pair = std::array<double, 2>;

Pair two_results(const std::array<double, 4>& x, double a, double b, double c) {
  const double m0 = (x[0] - x[2]) * a;
  const double m1 = (x[1] + x[2]) * ((a + b + c) / 2);
  const double m2 = (x[2] - x[1]) * ((a - b + c) / 2);
  const double m3 = (x[1] - x[3]) * c;
  return {m0 + m1 + m2, m1 - m2 - m3};
}
// [two_results]

// [unfold]
using naive::Batch;  // a tensor of floats

void by_product(const Batch& x, const Batch& filters, Batch& columns, Batch& y) {
  const Index places = columns.shape()[0], depth = columns.shape()[1];
  lw::ops::im2col<float>(x, {.kernel = 3}, columns);  // (3872, 288)
  lw::ops::gemm<float>(columns, filters.reshape({depth, 64}), y.reshape({places, 64}));
}
// [unfold]

// [kernel]
void by_kernel(const Batch& x, const Batch& filters, Batch& y) {
  lw::ops::conv_forward<float>(x, filters, y, {.algorithm = lw::ConvolutionAlgorithm::direct});
}
// [kernel]

// [fewer]
void by_fewer_products(const Batch& x, const Batch& filters, Batch& y) {
  lw::ops::conv_forward<float>(x, filters, y, {.algorithm = lw::ConvolutionAlgorithm::winograd});
}
// [fewer]

/** \page ch05
\section ch05_numbers 12 The numbers

The course trains nothing here, so there is nothing to compare with Keras. The numbers that it
gives have to come out exactly:

\show{numbers}

\subsection ch05_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the edges and the 7 are as in the table;
plain loops and library agree, on edges, feature maps, poolings, gradients and the layer of section
11; sizes follow the formula; a shifted image gives a shifted map, to the last bit; the learned
filter is the edge filter; and the gradients agree with numerical derivatives. The figures on
compression and on pooled shifts are measurements, on the first images of the training set.

\section ch05_summary Summary

- A convolution is an inner product of a filter and a window of the image, at every place, with the
  same weights everywhere. Libraries do not turn the filter.
- The size of the output is \f$\lfloor (n + p + q - k) / s \rfloor + 1\f$; an odd zero of
  `same` goes behind.
- A set of filters makes as many feature maps, the channels of the output; ReLU and pooling follow.
- Convolution is equivariant to shifts. Invariance comes from pooling, little by little.
- Filters are learned, by the same descent as any other weight. The gradient is an inner product of
  errors and pixels.
- Convolution is a matrix product of windows and filters, with or without the matrix of windows.
- Neighbouring results see the same pixels. With filters of 3 x 3, tiles of 6 x 6 pixels need a
  quarter of the products.

\section ch05_questions Questions

\questions

\section ch05_exercises Exercises

\exercises

Start with any of the three.

\exercise{conv2d}
\exercise{corner_filter}
\exercise{learn_filter}

\subsection ch05_try To try out

1. Which filter moves an image by a pixel to the left? Which leaves it as it is?
2. Blur twice with the 3 x 3 mean. Which single filter of 5 x 5 does the same? (Section 6 says that
   there is one.) How many weights has it, and how many have the two?
3. In section 9, leave out `momentum` and raise the learning rate instead. How far does it go before
   the loss grows?
4. Learn the filter from digits whose targets have noise added. Where does the loss end, and how far
   from (1 0 -1) is the filter?
5. A layer with stride 2 shifts its map by half a pixel when the image moves by one. Measure what is
   left of equivariance, as in section 8.

\section ch05_program The program

The program calls the functions of this page one by one:

\snippet this teach

\snippet this main

\section ch05_next What to read next in the source

- `include/lanewise/ops/window.hpp` and `src/ops/window.cpp`: where a window has its places.
- `src/ops/im2col.cpp`: images unfolded, and folded back.
- `src/ops/window_reader.hpp` and `src/ops/implicit_gemm.cpp`: windows read where they lie.
- `src/simd/winograd.hpp` and `src/ops/winograd.cpp`: convolution by tiles, and its gradients.
- `src/simd/pooling.cpp`: the three poolings in one kernel, and their gradients.
- `src/nn/convolution.cpp`: the layers, `Conv2D` and its relatives.

Chapter 13 puts the pieces together: a convolutional network that reads digits.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const lw::data::Mnist data = chapter.load_mnist();
  show::edge(chapter, slide);
  show::hand(chapter, slide);
  show_sets(chapter);
  show_digit(chapter, data);
  show::padding(chapter, digit(data, 0), slide);
  show::pooling(chapter, show_relu(chapter, data), pool, slide);
  show::compression(chapter, data, pool);
  show::shift(chapter, maps_of_shifted(data, chapter.options().quick ? 100 : 500));
  const Pairs pairs = digit_pairs(data), one_pair(one_edge_image());
  show_learning(chapter, pairs);
  show::alone(chapter, learn(one_pair, make_learner({8, 8, 1}, chapter.options().seed), 2000, 1));
  show::gradients(chapter, make_learner({28, 28, 1}, 42), pairs.x, pairs.target, make_network());
  show::ways(chapter, by_product, by_kernel, by_fewer_products);
  show::two_results(chapter, two_results);
}
// [teach]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "05",
                        .name = "cnn_fundamentals",
                        .title = "Fundamentals of convolutional networks",
                        .quick = "10 epochs instead of 60, a fifth of the shifted images, 200 "
                                 "derivatives a tensor checked",
                        .data = "mnist",
                        .epochs = 60,
                        .quick_epochs = 10,
                        .batch_size = 32},
                       argc, argv, teach);
}
// [main]
