/** \page ch13 13 MNIST with a convolutional network

The networks of the earlier chapters were given an image as a row of 784 numbers. Nothing told them
which pixels are neighbours. This chapter's network knows: it slides small filters over the image,
and asks the same few questions everywhere.

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

\show{run}

(Where MNIST cannot be had, the program takes Fashion-MNIST, which has the same format but shows
clothes. Then read "class" where the page says "digit", expect about 87 right answers of a hundred,
and take what section 10 says with care: clothes fill the frame, so that shifting cuts something
off.)

How a convolution works, from a window on eight by eight pixels to a product of matrices, is
\ref ch05 "chapter 05". Here it is used.
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "13_mnist_cnn/show.hpp"
#include "support/show.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch13
\section ch13_data 1 The data

The 60,000 training images are all trained on this time, and nothing is held out: one pass is too
short to learn anything by heart. The 10,000 test images wait until the end.

A convolution wants to know where each pixel is, so an image stays a picture: 28 rows of 28 pixels
of one channel, the grey. (A colour image would have three.) In a batch the image comes first, then
row, column and channel; this order is called NHWC, and it is Keras's. As in chapter 04 the pixels
stay bytes, and are divided by 255 while a batch is gathered. Giving them their shape copies
nothing:

\snippet this data

The labels stay integers, too. The **sparse** categorical cross-entropy takes them as they are:
\f$-\ln p_t\f$, where \f$t\f$ is the label.

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
layers as we know them:

\snippet this layers

Each filter of a convolution leaves a \gloss{feature map} of its own. The 32 maps of the first are
the 32 channels that the next convolution sees. (\ref ch05_sets "Chapter 05" has the formula.) A
window of \f$k\f$ rows that moves by \f$s\f$ and stays inside leaves, of \f$n\f$ rows,

\f[ \Bigl\lfloor \frac{n - k}{s} \Bigr\rfloor + 1 \f]

rows, and the same goes for columns. To write this as a function is the first exercise. A
convolution of 3 x 3 makes 26 rows of 28; a pooling of 2 x 2, which moves by 2, makes 13 of 26, and
5 of 11: no window fits the last row, and it is lost.

The weights of a convolution are counted without a look at the size of the image: \f$3 \cdot 3 \cdot
1 \cdot 32 + 32 = 320\f$, then \f$3 \cdot 3 \cdot 32 \cdot 64 + 64 = 18{,}496\f$, and \f$3 \cdot 3
\cdot 64 \cdot 64 + 64 = 36{,}928\f$. A flattened 3 x 3 x 64 has 576 numbers, so the first dense
layer has \f$576 \cdot 64 + 64\f$, which happens to be 36,928 again. What the layers leave is
looked at one by one. The first layers of a model are a model, too, and what it predicts is what the
next layer is given:

\snippet this front

\snippet this network

\image html 13_layers.svg "The network, from an image to ten probabilities" width=100%

\show{network}

That the weights are **shared**, the same at every spot, is the whole idea. A dense layer from 784
pixels to the \f$26 \cdot 26 \cdot 32\f$ numbers of the first feature maps would have 16,981,120 of
them; the convolution has 320, and what it learns at one spot it knows at all others. But few
weights do not mean little work, since each is used at every spot, 121 times in the second
convolution: that one has a fifth of the weights, and does four fifths of the multiplications.

The higher up, the more a unit sees. One unit of the first maps sees 3 x 3 pixels; pooled, 4 x 4;
one of the second convolution 8 x 8, pooled 10 x 10; and one of the third 18 x 18, most of a digit.

\subsection ch13_course Where the course's text leaves its listing

\aside{third_conv2d}
It describes two pairs of convolution and pooling, then flattening, then two dense layers. The third
convolution holds four tenths of all weights.
\endaside

\aside{flattening_first}
It wonders how the network can be so accurate then, since a vector does not know which pixels were
neighbours. But flattening comes after three layers that do know, and what it flattens are not
pixels but 64 answers at each of 3 x 3 spots. For the networks of chapters 04 and 12, which do
flatten first, the objection holds.
\endaside
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

// [network]
void show_network(Chapter& chapter) {
  chapter.section("network", "2 The network");
  lw::Sequential model = make_model(listing(), chapter.options().seed);
  model.build(kImage);
  std::vector<lw::Sequential> fronts;
  for (std::size_t layers = 1; layers <= listing().size(); ++layers)
    fronts.push_back(front(model, layers));
  show::network(chapter, model, fronts);
}
// [network]

/** \page ch13
\section ch13_naive 3 One layer, by hand

The formula above, written down for one place of one map:

\snippet this naive

Fed with a training image, the library's first two layers have to give the same 26 x 26 x 32
numbers, and the largest of each four of them. Each number is a sum of ten floats and may be off by
a dozen roundings, no more:

\snippet this by hand

\show{naive}

\ref ch05_ways "Chapter 05" does this for every way of computing a convolution, with the time each
takes.
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
  lw::Sequential model = make_model(listing(), chapter.options().seed);
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

Backwards, a convolution is two more convolutions. The derivative of a weight is a sum over all the
spots where it was used; the derivative of a pixel, a sum over the filters that saw it. And a
maximum passes its derivative on to the one number that was the largest. There is much to get wrong
in this, so each derivative is checked as in \ref ch04_gradients "chapter 04":

\snippet this gradients

\show{gradients}

Three things are different from chapter 04.

A weight of a filter is felt at hundreds of spots, each with a ReLU and a maximum behind it. If one
of them switches within the little step, there is a *kink*, and no derivative to compare with. How
often that happens with the step of chapter 04, the last line of the output tells. So the step is
halved there, up to `halvings` times, until a place without a kink is found. Short steps make a
numerical derivative noisy, since the loss has only sixteen digits to tell its change in. Hence the
`bound` is \f$10^{-6}\f$ here and not \f$10^{-7}\f$; most entries stay far below it.

A background that is exactly 0 makes the four numbers of a pooling window exactly equal, and that is
a kink, too, as \ref ch05_gradients "chapter 05" explains. A little noise on the images, up to a
tenth of full ink, makes them different. (In training no noise is added.)

And only one image is in the batch: a derivative that is a sum over a hundred spots of it is as good
a test as one over more images, which would bring more kinks. The weights are those of a fixed seed,
as in chapter 04, with which next to none has to be left out.
*/
// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "4 Are the gradients right?");
  const bool quick = chapter.options().quick;
  constexpr std::uint64_t kSeed = 1;
  const lw::Sequential model = make_model(listing(), kSeed);
  const lw::Loss loss = lw::SparseCategoricalCrossentropy{};
  lw::Tensor<float> x = tutorial::pixels<float>(data.train.images.rows(0, 1));
  lw::Tensor<float> noise(x.shape());
  lw::fill_uniform<float>(noise, 0, 0.1f, {kSeed, 1});
  for (Index i = 0; i < x.size(); ++i) x[i] += noise[i];
  const auto y = data.train.labels.rows(0, 1);
  lw::GradientCheckOptions options{.entries_per_tensor = quick ? 200 : 0,  // 0 is all of them
                                   .seed = kSeed,
                                   .bound = 1e-6,
                                   .halvings = 6,
                                   .progress = chapter.gradient_progress()};
  chapter.gradient_check("Listing 4.4, sparse categorical cross-entropy, and its input",
                         lw::gradient_check(model, loss, x, y, options));

  options.entries_per_tensor = quick ? 20 : 288;  // the first has no more
  options.halvings = 0;
  const auto first = lw::gradient_check(model, loss, x, y, options).tensors.front();
  chapter.progress("");
  chapter.print("without halving, {} of {} weights of the first layer have a kink\n", first.kinks,
                first.checked + first.kinks);
}
// [gradients]

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

\snippet this train

\show{training}

\image html 13_loss.svg "The loss while it trains, a point for every 25 batches" width=100%

Most of what is learned is learned within the first few hundred batches. Accuracy and loss as
`fit()` prints them are means over the whole epoch, those clumsy first batches included. This is
why, in the next section, the network does better on images that it has never seen than it did, on
average, on those that it was trained on.
*/
// [train]
lw::Sequential train(Chapter& chapter, const Data& data) {
  chapter.section("training", "5 Training");
  const auto& options = chapter.options();
  lw::Sequential model = make_model(listing(), options.seed);
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

Another seed gives another number; section 11 says how far Keras's own runs lie apart. The course's
single run made 132 mistakes, and that is a good one.

\section ch13_image300 7 Test image 300

The course picks one test image and asks for its ten probabilities:

\snippet this image

\image html 13_image300.svg "Test image 300" width=100%

\show{image300}

\image html 13_probabilities.svg "Ten probabilities; mind the logarithmic axis" width=100%

The course's network gave the right digit 0.997, and the most of what was left to the 1. What is
left depends on the run: these small numbers are not a property of the image but of the weights that
chance and one epoch have led to. Try `--seed 1`.
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
ones. Nobody has designed these. They were random numbers, and the 1,875 updates made them what they
are:

\image html 13_filters.svg "Grey is 0, white a positive weight, black a negative one" width=100%

Many are bright on one side and dark on the other, some slanted: they answer to edges of one
direction, and to which side of the edge the ink is on. Others have a dark corner, or look as random
as they were. Do not read too much into each. All 32 together, as one vector, have moved about as
far as this vector was long, so that little is left of the random numbers that they were. But one
epoch is short, and a filter that does nothing is not missed when there are 31 others.

\snippet this filters

\show{filters}
*/
// [filters]
void show_filters(Chapter& chapter, lw::Sequential& model) {
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
// [filters]

/** \page ch13
\section ch13_maps 9 What the layers see

To look into a network, cut it off, as `front` of section 2 does. This is test image 300 after each
of the three convolutions, a picture for each filter; white is the layer's largest number:

\image html 13_maps_1.svg "After the first convolution: 32 maps of 26 x 26" width=100%

The digit is still there, 32 times: here its left edges, there its right ones, there all of the ink,
or the paper around it. Two layers on the maps have grown coarse:

\image html 13_maps_2.svg "After the second convolution: 64 maps of 11 x 11" width=100%

Each map sums up the 32 below it, over 8 x 8 pixels: no longer edges, but strokes, their ends and
crossings. Most are dark at most places. And the last ones:

\image html 13_maps_3.svg "After the third convolution: 64 maps of 3 x 3" width=100%

\snippet this maps

Nobody would recognize a digit in these 576 numbers, but the two dense layers do. The image has
become a list of 64 properties, and for each, roughly where it was found.

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

MNIST's digits have all been centred. What if one is not? Every test image is moved by up to four
pixels, which is as far as most digits can go without losing ink: every fourth image to the right,
the next ones down, left and up. Nothing is trained again.

\snippet 13_mnist_cnn/pictures.hpp shift

\snippet this moved

Beside the convolutional network stands a dense one of 784-128-10, with 101,770 weights, a few more,
and trained in the same way:

\snippet this mlp

Both are asked about all test images, moved by 0 to 4 pixels:

\snippet this compare

\show{shift}

\image html 13_shift.svg "The share of images that are read correctly" width=100%
\image html 13_shifted300.svg "Test image 300, and what the networks take it for" width=100%

For the dense network a digit that is four pixels off is a different set of inputs, with weights
that have never been told about it. The convolutional network suffers, too, but less.

One often reads, in the course as well, that convolution is *invariant* to translation: that it does
not care where the digit is. As \ref ch05_shift "chapter 05" shows, it is
\gloss{equivariance|equivariant}: move the image, and the feature maps are the same, moved. Here,
too. Move the image by two pixels, and the maps of the first convolution move by two, the pooled
ones by one:

\snippet this equivariance

Pooling is what makes a step towards invariance: when something moves by one pixel within its
window, the largest number of the window stays the same. With two poolings that is worth a pixel or
two, as the curve shows. After them comes a dense layer with a weight for every spot of the 3 x 3,
to which the spot matters very much.

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
    const auto accuracy = [&](const auto& model) {
      return model.evaluate(all.x(), all.labels)["accuracy"];
    };
    const auto answer = [&](const auto& model) {
      const lw::Tensor<float> p = model.predict(one.x());
      return std::max_element(p.begin(), p.end()) - p.begin();
    };
    results.push_back({accuracy(cnn), accuracy(mlp), answer(cnn), answer(mlp)});
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
its own. The verdict is made of them as chapter 04 explains. What is arithmetic has to be exact.

\show{numbers}

\subsection ch13_checked What has been checked, and what has not

The program ends with an error unless all of this holds: each layer leaves the shape and has the
number of parameters that the course prints; the loops of section 3 and the library compute the same
maps; derivatives agree with numerical ones; moving the image moves the maps; and the figures above
are in their bounds. The gradient check knows nothing of Adam, of shuffling, or of how images are
gathered. For those this page has only the trained figures; the library's tests follow thirty
updates of this very network in Keras, weight by weight. The accuracies of section 10 are
measurements of this run. There is no reference to compare them with.

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

Each of these is a function for you to write, in a file of its own. The files are made for you by
this command, which also builds yours, without the chapter, and says whether each is right:

    ./tools/run 13 --exercise

They are in `tutorial/13_mnist_cnn/exercises/mine`, and stay yours: the command never writes over
them. Start with any of the three.

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

\section ch13_program The program

The sections of this page are functions of the program, which calls them one by one:

\snippet this teach

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

}  // namespace

// [main]
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
// [main]
