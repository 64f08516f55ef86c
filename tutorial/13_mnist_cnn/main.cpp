/** \page ch13 13 MNIST with a convolutional network

The network of chapter 04 is given an image as a row of 784 numbers. Nothing tells it which pixels
are neighbours. The network of this chapter is told: it slides small filters over the image, and a
filter has the same weights at every spot.

It is the network of the course's Listing 4.4, and a small one: \course{13/parameters} parameters,
where the multilayer perceptron of chapter 04 has \course{04/parameters}. That one goes over the
images twenty-one times to read about 98 of a hundred. This one went over them once, in the run that
you see here, and read \result{13/test accuracy | .1%} of the test images.

At the end you have **a convolutional network, trained**, and its gradients checked. You see the
filters that it found, as pictures, and what each convolution makes of one digit. And you know what
happens when the digit is not where it used to be.

Run it yourself:

    ./tools/run 13            # everything on this page, with your numbers
    ./tools/run 13 --quick    # a tenth of the images, and samples of the gradients
    ./tools/run 13 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", expect about 87 right answers of a hundred,
and take what section 10 says with care: clothes fill the frame, so that a shift cuts something
off.)

How a convolution works, from a window on eight by eight pixels to a product of matrices, is
\ref ch05 "chapter 05". Here it is used.
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "13_mnist_cnn/network.hpp"
#include "13_mnist_cnn/show.hpp"
#include "support/show.hpp"

namespace lw = lanewise;
using cnn::listing;
using cnn::make_model;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch13
\section ch13_data 1 The data

The network is trained on all of the 60,000 training images. None are held out for
\term{validation}: one pass is too short to learn anything by heart. The 10,000 test images wait
until the end.

For a convolution it matters where each pixel is, so an image stays a picture: 28 rows of 28 pixels
of one channel, the grey. (A colour image would have three channels.) A batch of images is then a
tensor of four dimensions: image, row, column, channel. This order is called NHWC, and it is
Keras's. As in \ref ch04_data "chapter 04" the pixels stay bytes, and are divided by 255 when a
batch is put together. To give them their shape copies nothing:

\snippet this data

The labels stay integers. The **sparse** categorical cross-entropy takes them as they are: it is
\f$-\ln p_t\f$, where \f$t\f$ is the label. With `--quick` only the first `kQuickImages` images are
trained on.

\show{data}
*/
// [data]
const lw::Shape kImage{28, 28, 1};
constexpr Index kQuickImages = 6'000;

struct Data {
  lw::data::Mnist mnist;
  Split train = tutorial::training_set(mnist, kImage);  // (60000, 28, 28, 1), bytes
  Split test = tutorial::test_set(mnist, kImage);
};
// [data]

/** \page ch13
\section ch13_network 2 The network

Three \term{convolution|convolutions} with two \term{pooling|poolings} between them, then two dense
layers like those of chapter 04:

\snippet 13_mnist_cnn/network.hpp layers

\image html 13_layers.svg "From an image to ten probabilities" width=100%

Between the layers stands the shape of what one hands to the next.

Each filter of a convolution leaves a \term{feature map} of its own: 32 filters leave 32 maps. These
maps are the 32 channels that the next convolution sees (\ref ch05_sets "chapter 05" has the
formula).

How large is a map? A window of \f$k\f$ rows that moves by \f$s\f$ rows at a time and stays inside
leaves, of \f$n\f$ rows,

\f[ \Bigl\lfloor \frac{n - k}{s} \Bigr\rfloor + 1 \f]

rows, and the same goes for columns. A convolution of 3 x 3 moves by 1 and makes 26 rows of 28. A
pooling of 2 x 2 moves by 2 and makes 13 rows of 26. It makes 5 of 11: no window fits the last row,
and that is lost. To write this as a function is the first exercise.

How many parameters does a layer have? Those of a convolution do not depend on the size of the
image. A filter has \f$3 \cdot 3\f$ weights for each channel that comes in, and a bias:

\f[
  \begin{aligned}
  3 \cdot 3 \cdot 1 \cdot 32 + 32 &= \compute{9 * 32 + 32} \\
  3 \cdot 3 \cdot 32 \cdot 64 + 64 &= \compute{9 * 32 * 64 + 64} \\
  3 \cdot 3 \cdot 64 \cdot 64 + 64 &= \compute{9 * 64 * 64 + 64}
  \end{aligned}
\f]

The last maps, 3 x 3 of 64 channels, are flattened to 576 numbers. The first dense layer has
\f$576 \cdot 64 + 64\f$ parameters, which happens to be the same number as that of the third
convolution.

The layers are put together and compiled as in \ref ch04_network "chapter 04". The loss takes
integers as labels, and the optimizer is \term{Adam}.

\snippet 13_mnist_cnn/network.hpp model

The program looks at what each layer leaves. For this it cuts the network off: the first layers of
a model are a model, too, with the same weights, and what they predict is what the next layer is
given. `front` makes such a model. Its weights are copied from the whole one:

\snippet this front

\snippet this network

\show{network}

The first table is the summary that Keras prints, too. The second counts work: *products an image*
are the multiplications that a layer does for one image, and a *share* is the layer's part of the
whole.

That the weights are **shared**, the same at every spot, is the main idea of a convolution. A dense
layer from 784 pixels to the \f$26 \cdot 26 \cdot 32\f$ numbers of the first feature maps would have
\compute{(784 + 1) * 26 * 26 * 32} parameters. The convolution has \course{13/parameters_conv2d},
and what it learns at one spot it knows at all others.

But few weights do not mean little work, since each is used at every spot. The second convolution
uses each of its weights at \f$11 \cdot 11 = \compute{11 * 11}\f$ places. It has a fifth of the
parameters, and does four fifths of the multiplications.

The part of the image that a unit sees is called its \term{receptive field}. It grows from layer to
layer:

- A unit of the first maps sees 3 x 3 pixels.
- Pooling takes two neighbours in each direction. Their windows lie one pixel apart: together 4 x 4.
- Pooled units lie 2 pixels apart, and the second convolution takes three in a row:
  \f$4 + 2 + 2\f$, so 8 x 8 pixels.
- Pooled again, two of those: \f$8 + 2\f$, so 10 x 10.
- Now units lie 4 pixels apart. The third convolution takes three in a row: \f$10 + 4 + 4\f$, so
  \compute{10 + 4 + 4} x \compute{10 + 4 + 4}, which is most of a digit.

\subsection ch13_course Where the course's text and its listing disagree

\aside{third_conv2d}
It describes two pairs of convolution and pooling, then flattening, then two dense layers. The third
convolution, which it leaves out, has four tenths of all parameters.
\endaside

\aside{flattening_first}
It asks how the network can be so accurate then, since a vector does not tell which pixels were
neighbours. But flattening comes after the convolutions, which look at neighbours, and what is
flattened are not pixels but 64 answers at each of 3 x 3 spots. The networks of chapters 04 and 12
do flatten first. Of those the objection is right.
\endaside
*/
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

// [network]
void show_network(Chapter& chapter) {
  chapter.section("network", "2 The network");
  lw::Sequential model = make_model(chapter.options().seed);
  model.build(kImage);
  std::vector<lw::Sequential> fronts;
  for (std::size_t layers = 1; layers <= listing().size(); ++layers)
    fronts.push_back(front(model, layers));
  show::network(chapter, model, fronts);
}
// [network]

/** \page ch13
\section ch13_naive 3 One layer, by hand

At one spot, a filter of the first layer multiplies nine pixels by its nine weights and adds up,
beginning with its bias. ReLU makes 0 of what is negative:

\snippet this naive

`show_by_hand` does this at all 26 x 26 spots for all 32 filters, and keeps the largest number of
each square of four, as pooling does. The library's first layer has to give the same maps, and its
first two layers the same pooled maps. Those two models are `front(model, 1)` and
`front(model, 2)`:

\snippet this by hand

\show{naive}

The loops add in `double`, the library in `float`. A feature is a sum of ten numbers, so the two may
differ by a dozen roundings of a `float`. The last line says how much that is. \ref ch05_ways
"Chapter 05" compares every way of computing a convolution so, with the time that each takes.
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

// [by hand]
void show_by_hand(Chapter& chapter, const Data& data) {
  chapter.section("naive", "3 One layer, by hand");
  lw::Sequential model = make_model(chapter.options().seed);
  model.build(kImage);
  const auto kernel = model.parameters()[0].value, bias = model.parameters()[1].value;
  const Split first = data.train.rows(0, 1);

  lw::Tensor<double> maps({26, 26, 32}), pooled({13, 13, 32});  // no number is below 0
  for (Index row = 0; row < 26; ++row)
    for (Index column = 0; column < 26; ++column)
      for (Index filter = 0; filter < 32; ++filter) {
        const double y = feature(first.images.row(0), kernel, bias, row, column, filter);
        maps(row, column, filter) = y;
        double& largest = pooled(row / 2, column / 2, filter);
        largest = std::max(largest, y);
      }
  show::by_hand(chapter,
                tutorial::largest_difference(maps, front(model, 1).predict(first.x()).row(0)),
                tutorial::largest_difference(pooled, front(model, 2).predict(first.x()).row(0)),
                kernel, bias);
}
// [by hand]

/** \page ch13
\section ch13_gradients 4 Are the gradients right?

Going backwards, the derivative of a filter's weight is a sum over all spots where the weight was
used. The derivative of a pixel is a sum over all filters that saw it. And a maximum passes its
derivative on to the one number that was the largest. There is much to get wrong in this, so each
derivative is compared with a numerical one, as in \ref ch04_gradients "chapter 04". Three things
are different here:

- **There is noise on the image.** Where the background is exactly 0, the four numbers of a pooling
  window are exactly equal. That is a \term{kink}, as \ref ch05_gradients "chapter 05" explains. A
  little noise, up to a tenth of full ink, makes the numbers different. (In training no noise is
  added.)
- **There is one image in the batch.** One image already exercises every line of the code, at
  hundreds of spots, and more images bring more kinks.
- **The step may be halved.** A weight of a filter acts at hundreds of spots, and behind each there
  are a ReLU and a maximum. If one of them switches within the little step of the numerical
  derivative, there is a kink, and no derivative to compare with. Then the step is halved, up to
  `halvings` times, until there is none. With a short step the loss hardly changes: the change
  shows only in the last few of the loss's sixteen digits. So the `bound` is \f$10^{-6}\f$ here and
  not \f$10^{-7}\f$.

\snippet this gradients

How often does it happen that a step has a kink? The same check of the first layer, without halving,
counts:

\snippet this kinks

\show{gradients}

The last line is the count. The column *kinks* says what is still left out when steps are halved.
The weights are those of a fixed seed, as in chapter 04.
*/
// [gradients]
constexpr std::uint64_t kSeed = 1;

lw::GradientReport check(const Data& data, const lw::GradientCheckOptions& options) {
  const lw::Sequential model = make_model(kSeed);
  lw::Tensor<float> x = tutorial::pixels<float>(data.train.images.rows(0, 1));
  lw::Tensor<float> noise(x.shape());
  lw::fill_uniform<float>(noise, 0, 0.1f, {kSeed, 1});
  for (Index i = 0; i < x.size(); ++i) x[i] += noise[i];
  return lw::gradient_check(model, lw::SparseCategoricalCrossentropy{}, x,
                            data.train.labels.rows(0, 1), options);
}

void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "4 Are the gradients right?");
  const bool quick = chapter.options().quick;
  lw::GradientCheckOptions options{.entries_per_tensor = quick ? 200 : 0,  // 0 is all of them
                                   .seed = kSeed,
                                   .bound = 1e-6,
                                   .halvings = 6,
                                   .progress = chapter.gradient_progress()};
  chapter.gradient_check("Listing 4.4, sparse cross-entropy, and its input", check(data, options));
  // [gradients]
  // [kinks]
  options.entries_per_tensor = quick ? 20 : 288;  // the first has no more
  options.halvings = 0;
  const auto first = check(data, options).tensors.front();
  chapter.progress("");
  chapter.print("without halving, {} of {} weights of the first layer have a kink\n", first.kinks,
                first.checked + first.kinks);
  // [kinks]
}

/** \page ch13
\section ch13_training 5 Training

One epoch, in batches of 32, is \f$60000 / 32 = 1875\f$ updates. The optimizer is \term{Adam}, which
\ref ch09_adam "chapter 09" has written by hand: it moves each weight by the rolling average of its
derivatives, divided by the root of that of their squares. Its learning rate is 0.001.

`Curve` is a callback, an object that `fit` calls after each batch. It remembers the mean loss of
every 25 batches. And `compare` notes a number for the table of section 11, beside the course's:

\snippet this train

\show{training}

The course's epoch took \course{13/seconds_an_epoch} seconds, on a computer that it does not name.

\image html 13_loss.svg "The loss while it trains, a point for every 25 batches" width=100%

The axis of the loss is logarithmic: each line stands for ten times as much as the one below. Most
is learned within the first few hundred batches. The accuracy and the loss that `fit` prints are
means over the whole epoch. They include the first batches, when the network knew nothing. This is
why the network does better in the next section, on images that it has never seen, than it did on
average on those that it was trained on.
*/
// [train]
lw::Sequential train(Chapter& chapter, const Data& data) {
  chapter.section("training", "5 Training");
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  show::Curve curve;
  const lw::History history = chapter.train([&] {
    return model.fit(data.train.x(), data.train.labels,
                     {.epochs = options.epochs,
                      .batch_size = options.batch_size,
                      .callbacks = {&progress, &curve}});
  });
  if (options.full) {
    const Index iterations = (data.train.size() + options.batch_size - 1) / options.batch_size;
    chapter.exact("iterations an epoch", static_cast<double>(iterations), 1875);
  }
  tutorial::print_seconds(chapter, options.epochs, "54");
  curve.plot(chapter);
  chapter.compare("loss, epoch 1", history["loss"][0], 0.1452);
  chapter.compare("accuracy, epoch 1", history["accuracy"][0], 0.9563);
  return model;
}
// [train]

/** \page ch13
\section ch13_test 6 The examination

\snippet this examine

\show{test}

This run reads \result{13/test accuracy | .2%} of the test images, and the course's run read
\course{13/test_accuracy | .2%}. Another seed gives another number. Section 11 says how far apart
Keras's own runs lie.

\section ch13_image300 7 Test image 300

The course picks one test image, number 300, and asks the network for its ten probabilities. So does
this function. It prints the course's ten beside ours:

\snippet this image

\image html 13_image300.svg "Test image 300, a 4" width=100%

\show{image300}

\image html 13_probabilities.svg "The ten probabilities, on a logarithmic axis" width=100%

The course's network gave the right digit a probability of \course{13/image_300_p4 | .3f}, and most
of the rest to the 1. How the rest is shared out depends on the run. These small numbers are not a
property of the image, but of the weights to which chance and one epoch have led. Try `--seed 1`.
*/
// [examine]
void examine(Chapter& chapter, const Data& data, const lw::Sequential& model) {
  chapter.section("test", "6 The examination");
  const lw::Logs logs = model.evaluate(data.test.x(), data.test.labels);
  chapter.print("test loss {:.4f}, test accuracy {:.4f}\n", logs["loss"], logs["accuracy"]);
  chapter.compare("test loss", logs["loss"], 0.0408);
  chapter.compare("test accuracy", logs["accuracy"], 0.9868);
}
// [examine]

// [image]
constexpr Index kShown = 300;  // the test image that the course shows

void show_image(Chapter& chapter, const Data& data, const lw::Sequential& model) {
  chapter.section("image300", "7 Test image 300");
  const Split image = data.test.rows(kShown, kShown + 1);
  const lw::Tensor<float> p = model.predict(image.x());
  const Index truth = image.labels[0];
  tutorial::show_probabilities(chapter, {.name = "probabilities",
                                         .title = "Test image 300: probability of each class",
                                         .values = p.row(0),
                                         .class_names = data.mnist.label_names,
                                         .truth = truth,
                                         .course = show::kCourseProbabilities});
  chapter.compare("probability of the true class, test image 300", p[truth],
                  show::kCourseProbabilities[4]);
  const auto& name = data.mnist.label_names[static_cast<std::size_t>(truth)];
  chapter.plot("image300", lw::report::ImageGrid{.title = "Test image 300",
                                                 .images = image.images.reshape({1, 28, 28}),
                                                 .captions = {name}});
}
// [image]

/** \page ch13
\section ch13_filters 8 What the filters look for

Before convolutional networks, people designed filters: one for vertical edges, one for horizontal
ones. Nobody has designed these. They began as random numbers, and one epoch of updates made them
what they are:

\image html 13_filters.svg "Black is 0, white positive, blue negative" width=100%

The colours are those of \ref ch05_learned "chapter 05", brightest at each filter's largest weight.
Many filters are white on one side and blue on the other, and some of these are slanted. Such a
filter answers to edges of one direction, and only if the ink is on its white side. Others have a
blue corner, or still look random. Do not read too much into each of them: one epoch is short, and a
filter that does nothing is not missed when there are 31 others.

How much is left of the random numbers? The weights of all 32 filters are one vector of 288 numbers.
The program compares where it was before training with where it is now:

\snippet this filters

\show{filters}

It has moved nearly as far as it was long: little of the random numbers is left.
*/
// [filters]
void show_filters(Chapter& chapter, lw::Sequential& model) {
  chapter.section("filters", "8 What the filters look for");
  lw::Sequential untrained = make_model(chapter.options().seed);
  untrained.build(kImage);
  const auto now = model.parameters()[0].value, then = untrained.parameters()[0].value;
  double moved = 0, length = 0;
  for (Index i = 0; i < now.size(); ++i) {
    moved += std::pow(now[i] - then[i], 2);
    length += std::pow(then[i], 2);
  }
  chapter.print("The vector had the length {:.2f} and has moved by {:.2f}.\n", std::sqrt(length),
                std::sqrt(moved));
  const tutorial::Gallery pictures = pictures::filters(now);
  chapter.plot("filters", pictures.grid("The first layer's filters", 8));
}
// [filters]

/** \page ch13
\section ch13_maps 9 What the layers see

To look into the network, cut it off behind each of its three convolutions, with the `front` of
section 2, and let it predict test image 300:

\snippet this maps

The pictures that follow have one square for each filter. White is the largest number that the layer
leaves, and black is 0.

\image html 13_maps_1.svg "After the first convolution: 32 maps of 26 x 26" width=100%

The digit can be seen in most of the 32 maps. In one it is its left edges, in another its right
ones, in others all of the ink, or the paper around it. Two layers further on the maps are coarser:

\image html 13_maps_2.svg "After the second convolution: 64 maps of 11 x 11" width=100%

Each of these maps is made of all 32 maps before it, and each of its numbers sums up 8 x 8 pixels.
Edges have become strokes, and places where strokes end or cross. Most maps are dark at most spots.
And the last ones:

\image html 13_maps_3.svg "After the third convolution: 64 maps of 3 x 3" width=100%

Nobody would recognize a digit in these 576 numbers, but the two dense layers do. The image has
become a list of 64 properties, each with nine numbers that say roughly where it was found.

What is black is what ReLU has set to 0. It is more than half of each layer:

\show{maps}
*/
// [maps]
void show_maps(Chapter& chapter, const Data& data, lw::Sequential& model) {
  chapter.section("maps", "9 What the layers see");
  int convolution = 0;
  for (const std::size_t layers : {1u, 3u, 5u})
    show::maps(chapter, ++convolution,
               front(model, layers).predict(data.test.rows(kShown, kShown + 1).x()));
}
// [maps]

/** \page ch13
\section ch13_shift 10 Push the digit aside

In MNIST all digits are centred. What if one is not? The network is not trained again, but the test
images are moved by up to four pixels. That is as far as most digits can go without losing ink. A
pixel takes its value from where it comes from, and what comes from outside is 0:

\snippet 13_mnist_cnn/pictures.hpp shift

One image in four is moved to the right, one down, one to the left, one up:

\snippet this moved

Is the convolutional network better at this than a dense one? For comparison there is a network of
784-128-10. It has \compute{785 * 128 + 129 * 10} parameters, a few more, and is trained in the same
way:

\snippet this mlp

Two questions are put to both: what share of the moved images do they read correctly, and what do
they take image 300 for, when it is moved to the right?

\snippet this ask

\snippet this compare

\show{shift}

\image html 13_shift.svg "The share of images read correctly, by how far they are moved" width=100%

\image html 13_shifted300.svg "Image 300, moved by 0 to 4 pixels, and what it is read as" width=100%

For the dense network a digit that is four pixels off comes in at other inputs, and their weights
were never trained on it. The convolutional network suffers, too, but less.

Why does it suffer at all, if a filter has the same weights everywhere? As \ref ch05_shift
"chapter 05" shows, a convolution is \gloss{equivariance|equivariant}, and not *invariant*: it does
not forget where the digit is. The same holds here. Move the image by two pixels, and the maps of
the first convolution move by two, the pooled ones by one:

\snippet this equivariance

Pooling is a step towards invariance: when something moves by one pixel within a window, the largest
number of the window stays the same. Two poolings forgive a shift by a pixel. With two pixels there
are already several times as many mistakes, as the curve shows. After them comes a dense layer. It
has a weight of its own for each of the 3 x 3 spots, so to this layer it matters much where
something was found.

If digits can be anywhere, then, train the network on digits that are anywhere. Or end it with a
global pooling, which keeps one number of each map and forgets the spot. You can try the first of
these at the end of this page.
*/
// [mlp]
lw::Sequential make_mlp(std::uint64_t seed) {
  return make_model(seed, {lw::Flatten{}, lw::Dense{128, {.activation = lw::relu}},
                           lw::Dense{10, {.activation = lw::softmax}}});
}
// [mlp]

// [moved]
// The test images, each moved by so many pixels in one of four directions.
lw::Tensor<std::uint8_t> moved_images(const Split& split, Index pixels) {
  lw::Tensor<std::uint8_t> moved(split.images.shape());
  constexpr Index kDown[] = {0, 1, 0, -1}, kRight[] = {1, 0, -1, 0};
  for (Index i = 0; i < split.size(); ++i)
    pictures::shift(split.images.row(i), pixels * kDown[i % 4], pixels * kRight[i % 4],
                    moved.row(i));
  return moved;
}
// [moved]

// [equivariance]
void check_equivariance(Chapter& chapter, const Split& image, lw::Sequential& model) {
  lw::Tensor<std::uint8_t> moved(image.images.shape());
  pictures::shift(image.images.row(0), 0, 2, moved.row(0));
  const auto holds = [&](std::size_t layers, Index right) {
    const lw::Sequential first = front(model, layers);
    return show::is_moved(first.predict(Split{moved, image.labels}.x()), first.predict(image.x()),
                          right);
  };
  chapter.check("the image moves by 2 pixels, the maps of layer 1 by 2", holds(1, 2));
  chapter.check("the image moves by 2 pixels, the maps of layer 2 by 1", holds(2, 1));
}
// [equivariance]

lw::Sequential train_mlp(Chapter& chapter, const Data& data) {
  const auto& options = chapter.options();
  lw::Sequential mlp = make_mlp(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  chapter.print("The dense network:\n");
  mlp.fit(data.train.x(), data.train.labels,
          {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});
  return mlp;
}

// [ask]
double accuracy(const lw::Sequential& model, const Split& images) {
  return model.evaluate(images.x(), images.labels)["accuracy"];
}

Index answer(const lw::Sequential& model, const Split& image) {
  const lw::Tensor<float> p = model.predict(image.x());
  return std::max_element(p.begin(), p.end()) - p.begin();
}
// [ask]

// [compare]
void compare_shifts(Chapter& chapter, const Data& data, lw::Sequential& cnn) {
  chapter.section("shift", "10 Push the digit aside");
  const lw::Sequential mlp = train_mlp(chapter, data);
  const Split tested = data.test.rows(0, chapter.options().quick ? 2000 : data.test.size());
  const Split shown = data.test.rows(kShown, kShown + 1);
  lw::Tensor<std::uint8_t> on_its_way({5, 28, 28, 1});
  std::vector<show::Moved> results;
  for (Index pixels = 0; pixels < 5; ++pixels) {
    const lw::Tensor<std::uint8_t> images = moved_images(tested, pixels);
    const Split all{images, tested.labels};
    pictures::shift(shown.images.row(0), 0, pixels, on_its_way.row(pixels));
    const Split one{on_its_way.rows(pixels, pixels + 1), shown.labels};
    results.push_back({accuracy(cnn, all), accuracy(mlp, all), answer(cnn, one), answer(mlp, one)});
  }
  show::moved(chapter, tested.size(), results, on_its_way);
  check_equivariance(chapter, shown, cnn);
}
// [compare]

/** \page ch13
\section ch13_numbers 11 The numbers

Initial weights and the order of the images are random, so another seed gives other figures. That is
so in Keras, too. The column *course* is the one run that the course shows. The column *Keras* is
the mean and the standard deviation of many runs of the same network in Keras, each with a seed of
its own. What is arithmetic has to be exact.

\show{numbers}

The **verdict** is made as \ref ch04_numbers "chapter 04" explains. The bounds are made for one run
in 10000 without a mistake that is out of bounds, in whichever of the figures, so that it is fewer
than one in 1000 even if the runs in Keras happen to scatter little. A figure with a dash is shown
and not judged.

Does a verdict that is so careful still find mistakes? This can be counted. A mistake is built in on
purpose, and the network is trained with many seeds. A run is *found* if one of its figures is out
of bounds. Runs without a mistake are counted, too: one that is found is a false alarm.

\mutations

For the network of \ref ch04_mutations "chapter 04", whose verdict is made in the same way:

\mutations{04}

Some mistakes no verdict finds. The order of the images in the file is as good as any for one epoch;
only that it comes again in the next would do harm. If the gradient of a layer is 5 % too large, so
is the root by which Adam divides, and the steps stay the same. The numerical derivatives
of section 4 find that one. For others there are the tests of the library.

\subsection ch13_speed How long it takes

The training of section 5, beside the same training in Keras on the same machine:

\speed

\subsection ch13_checked What has been checked, and what has not

The program ends with an error unless all of this holds: each layer leaves the shape and has the
number of parameters that the course prints; the loops of section 3 and the library compute the same
maps; derivatives agree with numerical ones; the maps move with the image; and the figures above are
in their bounds. The gradient check knows nothing of Adam, of shuffling, or of how images are
gathered. For those this page has only the trained figures; the library's tests follow thirty
updates of this very network in Keras, weight by weight. The accuracies of section 10 are
measurements of this run. There is no reference to compare them with.

\section ch13_summary Summary

- A convolution has the same weights at every spot. So there are few of them, and each is used
often: little memory, much work.
- A window of \f$k\f$ that moves by \f$s\f$ leaves \f$\lfloor (n - k) / s \rfloor + 1\f$ of \f$n\f$
  rows. Pooling halves the maps. Convolution without padding trims their borders.
- From layer to layer the receptive field grows, and it matters less where exactly in it something
  was seen.
- Convolution is equivariant. Pooling makes the network a little invariant. The dense layers are
  neither.
- A shared weight acts at many spots, and at each there may be a kink. A gradient check needs steps
  that are short enough to fit between the kinks.

\section ch13_questions Questions

\questions

\section ch13_exercises Exercises

\exercises

Start with any of the three.

\exercise{output_shape}
\exercise{receptive_field}
\exercise{small_network}

\subsection ch13_try To try out

1. Without the third convolution, as the course's text has it, would there be fewer weights? Count
   first. Then ask `summary()` of such a model, in a program of its own. (This chapter's tables want
   all eight layers.)
2. Replace `MaxPooling2D` by `AveragePooling2D`. Which of the two is better after one epoch? Is the
   difference larger than that between two seeds? (Section 3 will complain, rightly: its loops take
   the maximum.)
3. Train on images that `pictures::shift()` has moved by chance, up to four pixels. What becomes of
   the two curves of section 10? What does it cost in accuracy at 0?
4. Shuffle the pixels of all images by one fixed permutation, for training and test
   (`lw::fill_permutation`). Which of the networks does not notice? What is left of the other's
   advantage?
5. Train for 5 epochs (`--epochs 5`) and look at the filters again. Have they become easier to name?

\section ch13_program The program

The sections of this page are functions of the program, which calls them one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch13_next What to read next in the source

- `src/nn/convolution.cpp`: the layer; `src/ops/convolution.cpp`, what it calls.
- `src/ops/window.cpp`: how many places a window has, with all its errors; compare it with your
  `output_shape()`.
- `src/nn/gradient_check.cpp`: how section 4 is done, halvings and all.
- Chapter 05 for how a convolution becomes a product of matrices.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  Data data{chapter.load_mnist()};
  chapter.section("data", "1 The data");
  show::data(chapter, data.mnist, data.train, data.test);
  if (chapter.options().quick) data.train = data.train.rows(0, kQuickImages);
  show_network(chapter);
  show_by_hand(chapter, data);
  check_gradients(chapter, data);
  lw::Sequential model = train(chapter, data);
  examine(chapter, data, model);
  show_image(chapter, data, model);
  show_filters(chapter, model);
  show_maps(chapter, data, model);
  compare_shifts(chapter, data, model);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  Data data{chapter.load_mnist()};
  if (chapter.options().quick) data.train = data.train.rows(0, kQuickImages);
  const lw::Sequential model = train(chapter, data);
  examine(chapter, data, model);
  show_image(chapter, data, model);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "13",
                        .name = "mnist_cnn",
                        .title = "MNIST with a convolutional network",
                        .quick = "a tenth of the images, a fifth of the test, 200 derivatives a "
                                 "tensor checked",
                        .data = "mnist",
                        .epochs = 1,
                        .quick_epochs = 1,
                        .samples = 60'000,
                        .quick_samples = kQuickImages,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
