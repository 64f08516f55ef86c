/** \page ch15 15 Day 1: a network that nobody has trained

One of the course's documents is a diary. On day 1 its author builds a network for handwritten
digits, asks it how good it is, and goes home. Nobody has trained it.

That is a mistake, and a lucky one. It raises a question that few people ask: what does a network
answer <b>before</b> it has learned anything? You may expect that it guesses, and is right one time
in ten. Of the two hundred such networks on this page, one is right in
\result{15/lowest untrained accuracy | .0%} of all cases, and another in
\result{15/highest untrained accuracy | .0%}. And nearly every one of them does <em>worse</em>, by
its loss, than somebody who knows nothing at all.

At the end you have seen <b>two hundred networks that know nothing</b>, beside one that has been
trained. You know what the first loss of a network has to be before you start it. To compare the two
is the quickest test there is of whether a network is put together rightly.

Run it yourself:

    ./tools/run 15            # everything on this page, with your numbers
    ./tools/run 15 --quick    # with fewer of the checks
    ./tools/run 15 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Then read "class" where the page says "digit".)
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "15_day_1/show.hpp"
#include "15_day_1/show_images.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Beginner;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch15
\section ch15_network 1 The network of day 1

The images are those of \ref ch04_data "chapter 04", and their labels stay integers. For the
experiments that ask many networks, the first 2,000 test images are enough:

\snippet this data

The network is that of chapter 04 with one \term{hidden layer} less, and with two layers that have
no weights:

\snippet this model

- `Flatten` makes one row of 784 numbers of an image of 28 rows. So the images come in as images.
- `Dropout` sets a fifth of the numbers that pass through it to 0, each time a different fifth. It
  does so only while the network is trained. Whoever evaluates or predicts gets the network without
  it. What it is good for is the subject of chapter 12, the next one.

The \term{optimizer} is \gloss{Adam}. The last parameter of `make_model` is the
\term{activation function} of the last layer. It is there because section 3 looks at the
network without its \term{softmax}.

\show{network}

`compile` has a place for each of three different things:

| | here | what it is for |
| --- | --- | --- |
| optimizer | Adam | changes the weights |
| loss | sparse categorical cross-entropy | what the optimizer makes small |
| metric | accuracy | a number for us to look at |

\aside{accuracy_optimizer}
It is a metric. It cannot even be the loss that an optimizer works on. Move a weight by a very
little, and as a rule no image gets another answer, so the accuracy stays exactly as it is. Its
slope is 0 almost everywhere, and says nothing about where to go.
\endaside
*/
// [data]
constexpr Index kClasses = 10, kSome = 2'000, kNetworks = 200;

struct Data {
  lw::data::Mnist mnist;
  Split train = tutorial::training_set(mnist, {28, 28});
  Split test = tutorial::test_set(mnist, {28, 28});
  Split some = test.rows(0, kSome);
};
// [data]

// [model]
lw::Sequential make_model(std::uint64_t seed, lw::ActivationFunction last = lw::softmax) {
  lw::Sequential model{lw::Input{{28, 28}}, lw::Flatten{}, lw::Dense{128, {.activation = lw::relu}},
                       lw::Dropout{0.2}, lw::Dense{kClasses, {.activation = last}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

/** \page ch15
\section ch15_untrained 2 Asked before it has learned

To evaluate a network is to let it predict the test images, and to say how well that went. Keras
returns two bare numbers, and `metrics_names` says which is which: the loss, then the accuracy.
(That is so in the course's version. In Keras 3 the second name is `compile_metrics`. There one asks
for the names with the option `return_dict`.)

In this library every number comes with its name:

\snippet this evaluate

\show{untrained}

\aside{never_trains}
Its listing goes from `compile` to `evaluate`. So it prints the loss and the accuracy of random
weights, and whichever digit it then names for an image is no more than chance.
\endaside

Is that good or bad? It depends on what one gets for nothing. Somebody who guesses one of ten digits
is right one time in ten. This is called the \term{chance level}: 10 %. An accuracy means something
only by how far it is above it.

The loss has such a mark, too. Who gives each digit a tenth pays \f$-\ln 0.1 = \ln 10\f$, which is
\course{15/equal_logits_loss}. So we expect 10 % and \course{15/equal_logits_loss}. Look at the
output again. The loss is above it. Is that bad luck?
*/
// [evaluate]
lw::Logs evaluate(Chapter& chapter, const Data& data, const lw::Sequential& model) {
  const lw::Logs logs = model.evaluate(data.test.x(), data.test.labels);
  for (const auto& [name, value] : logs) chapter.print("{:<9} {:.4f}\n", name, value);
  return logs;
}
// [evaluate]

/** \page ch15
\section ch15_hundreds 3 Two hundred beginners

One network tells little. We make two hundred. They differ in nothing but the random numbers that
their weights are drawn from, and none of them is trained:

\snippet this look

\snippet this beginners

`predict` gives ten sums for each image here, since the last activation is `linear`, which leaves
them as they are. \ref ch11_point "Chapter 11" calls them \term{logit|logits}. What `stretched` does
with them is told in section 5.

How do two hundred numbers look? One cuts the axis into pieces of equal length, counts how many
numbers fall into each piece, and draws the counts as bars. This is a \term{histogram}:

\image html 15_histogram.svg "200 networks that nobody has trained, and one trained" width=100%

The line at the right is one more such network, after three passes over the training images (section
6). All that learning does lies between the hill and the line.

\show{hundreds}

The mean is the chance level, or near it. But the hill is wide. Is that not what guessing does? Let
us see. An image is right with the probability \f$p = 0.1\f$. Of \f$n\f$ images that are guessed one
by one, the share that is right scatters with the standard deviation

\f[ \sqrt{p \, (1 - p) / n} \f]

which is \compute{sqrt(0.09 / 2000) * 100 | .2f} % for 2,000 images. The two hundred scatter
\result{15/times the deviation of guessing | .1f} times as much. These networks do not guess image
by image.

\subsection ch15_heaps What they do instead

Here is what three of them answer: the one with the most right answers, the one with the fewest, and
the first. In percent of the images, how often do they say each digit?

\show{answers}

Each has <b>favourites</b>. On average over the two hundred, \result{15/most frequent answer | .0%}
of all images get the same answer, and \result{15/two most frequent answers | .0%} get one of two.
Whatever a digit looks like, it is a stroke of ink in the middle of an empty square. To a network
that has learned nothing, all of that is nearly the same, and so it says nearly the same.

One can check this. Take the mean of all 2,000 images, which is a grey cloud, and show it to each
network. In \result{15/cloud has the favourite} of the two hundred, what it says to the cloud is its
favourite.

\fold{How this is counted}
\snippet this cloud
\endfold

Favourites alone do not make the hill wide. Somebody who says "3" to everything is right as often as
there are 3s: one time in ten. The rest is told by the \term{confusion matrix} of chapter 04, which
counts what is taken for what. This is the network with the most right answers:

\image html 15_best.svg "The most accurate of the untrained networks" width=100%

In most rows, one or two cells have more than all others. The images of one digit look even more
alike than those of different digits: \result{15/most frequent answer to a digit | .0%} of them get
the same answer, on average over the digits and the networks. They fall as <b>a heap</b>. If the
heap falls on the diagonal, all of it is right at a stroke. If it falls elsewhere, none of it is.
And this is the network with the fewest right answers:

\image html 15_worst.svg "The least accurate of the untrained networks" width=100%

So a network does not make 2,000 small guesses. It makes fewer and larger ones, and the fewer there
are, the less does luck even out. If this is the reason, then the hill must shrink when heaps no
longer help: leave all answers as they are, but deal the labels out anew, at random, so that they
have nothing to do with the images.

\show{dealt}

\image html 15_dealt.svg "The same answers, with the right labels and with dealt ones" width=100%

The hill shrinks to what guessing gives, although the favourites are the same as before.

\fold{How labels are dealt}
\snippet this dealt
\endfold
*/
// [logits]
double mean(lw::TensorView<const float> z) {
  double sum = 0;
  for (const float logit : z) sum += logit;
  return sum / static_cast<double>(z.size());
}

// How far the logits are from their mean, squared, on average.
double variance(lw::TensorView<const float> z) {
  const double middle = mean(z);
  double squares = 0;
  for (const float logit : z) squares += (logit - middle) * (logit - middle);
  return squares / static_cast<double>(z.size());
}

// The loss of an image, averaged over all labels that it could have.
double loss_over_labels(lw::TensorView<const float> z) {
  double sum = 0;
  for (const float logit : z) sum += std::exp(double{logit});
  return std::log(sum) - mean(z);
}
// [logits]

// [stretched]
// What becomes of a network's losses if all logits of all images are multiplied by a factor.
show::Stretched stretched(lw::Tensor<float> z, lw::TensorView<const std::int32_t> labels,
                          double factor) {
  for (float& logit : z) logit *= static_cast<float>(factor);
  show::Stretched found{.loss =
                            lw::ops::sparse_categorical_crossentropy_from_logits<float>(z, labels)};
  const double images = static_cast<double>(labels.size());
  for (Index i = 0; i < labels.size(); ++i) {
    const double one = loss_over_labels(z.row(i));
    found.over_labels += one / images;
    found.least = std::min(found.least, one);
    found.half_variance += variance(z.row(i)) / 2 / images;
  }
  return found;
}
// [stretched]

// [look]
double accuracy(lw::TensorView<const std::int32_t> answers,
                lw::TensorView<const std::int32_t> labels) {
  Index right = 0;
  for (Index i = 0; i < labels.size(); ++i) right += answers[i] == labels[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

// What a network says of these images before any training.
Beginner look(const Split& images, std::uint64_t seed) {
  const lw::Tensor<float> z = make_model(seed, lw::linear).predict(images.x());
  Beginner found{.answers = lw::Tensor<std::int32_t>(images.labels.shape())};
  lw::ops::argmax_rows<float>(z, found.answers);
  found.accuracy = accuracy(found.answers, images.labels);
  for (const double factor : show::kFactors)
    found.stretched.push_back(stretched(z, images.labels, factor));
  return found;
}
// [look]

// [beginners]
std::vector<Beginner> beginners(const Data& data, std::uint64_t seed) {
  std::vector<Beginner> found;
  for (Index n = 0; n < kNetworks; ++n)
    found.push_back(look(data.some, kNetworks * seed + static_cast<std::uint64_t>(n)));
  return found;
}
// [beginners]

// [dealt]
// The accuracy of each with its answers as they are, and the labels dealt out at random.
std::vector<double> dealt(const Data& data, const std::vector<Beginner>& networks,
                          std::uint64_t seed) {
  std::vector<double> found;
  std::vector<Index> order;
  for (const Beginner& one : networks) {
    lw::fill_permutation(order, kSome, {.seed = seed, .stream = found.size()});
    lw::Tensor<std::int32_t> labels(data.some.labels.shape());
    for (Index i = 0; i < kSome; ++i)
      labels[i] = data.some.labels[order[static_cast<std::size_t>(i)]];
    found.push_back(accuracy(one.answers, labels));
  }
  return found;
}
// [dealt]

// [cloud]
// In how many of the networks the mean of all images gets the answer that most images get.
Index favourites_of_the_cloud(const Data& data, const std::vector<Beginner>& networks,
                              std::uint64_t seed) {
  const lw::Tensor<float> cloud = show::mean_of(data.some.images);  // (1, 28, 28)
  Index found = 0;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    const lw::Tensor<float> p = make_model(kNetworks * seed + n).predict(cloud);
    const Index answer = std::max_element(p.begin(), p.end()) - p.begin();
    if (answer == show::favourite(networks[n])) ++found;
  }
  return found;
}
// [cloud]

/** \page ch15
\section ch15_equal 4 What equal logits cost

Where does \f$\ln 10\f$ come from? Let \f$z_0\f$ to \f$z_9\f$ be the logits of an image, and \f$t\f$
its label. The loss is the \term{cross-entropy} \f$-\ln p_t\f$, with the probability that softmax
gives to the label. \ref ch04_loss "Chapter 04" has put the formula of softmax in:

\f[ L = \ln \sum_j e^{z_j} - z_t \f]

The first term is called the \term{log-sum-exp} of the logits: the logarithm of a sum of
exponentials. Now let all ten logits be equal, to \f$c\f$. The sum is \f$10\,e^c\f$, and its
logarithm is \f$\ln 10 + c\f$. From that \f$z_t = c\f$ is subtracted. What is left is \f$\ln 10\f$,
whatever \f$c\f$ and whatever the label.

A black image does it. Its pixels are 0, and so are the biases of a network that has not been
trained. So all sums are 0, in the hidden layer and in the last, and the loss is exactly
\f$\ln 10\f$.

Computed as it is written, the formula fails where logits are large, for the reason that
\ref ch11_stable "chapter 11" gives: \f$e^{1000}\f$ is too large for a `double`, and
\f$e^{-1000}\f$ too small, so that the sum is 0. The way out is the same, too. Take the largest
logit \f$m\f$ out of the sum:

\f[ \ln \sum_j e^{z_j} = m + \ln \sum_j e^{z_j - m} \f]

Now the largest term of the sum is \f$e^0 = 1\f$. So the sum is never infinite, and never 0. The
library does that, and the first exercise asks you to.

\snippet this as written

\show{equal}
*/
// [as written]
double as_written(const std::vector<double>& z, std::size_t label) {
  double sum = 0;
  for (const double logit : z) sum += std::exp(logit);
  return std::log(sum) - z[label];
}

double by_the_library(const std::vector<double>& z, std::size_t label) {
  const lw::Tensor<double> row({1, std::ssize(z)}, z);
  const lw::Tensor<std::int32_t> labels({1}, {static_cast<std::int32_t>(label)});
  return lw::ops::sparse_categorical_crossentropy_from_logits<double>(row, labels);
}
// [as written]

/** \page ch15
\section ch15_above 5 Why the loss is above that

A real image is not black, and its ten logits are not equal. Some are a little above the others, for
no reason. What does that cost?

A network that knows nothing cannot know which label is the right one. So take the mean of the loss
over all ten, each as likely as the others. Only the last term of the formula changes: the mean of
\f$z_t\f$ is the mean of the logits, \f$\bar z\f$.

\f[ \bar L = \ln \sum_j e^{z_j} - \bar z \f]

To add one number to all logits changes no probability, as \ref ch11_stable "chapter 11" has shown,
and so no loss. Let their mean be 0, then. The last term is gone. And a sum of ten numbers is ten
times their mean:

\f[ \bar L = \ln 10 + \ln \Bigl( \text{mean of } e^{z_j} \Bigr) \f]

So the question is: the logits have the mean 0, and what is the mean of their exponentials? If it is
above \f$e^0 = 1\f$, its logarithm is positive, and the loss is above \f$\ln 10\f$.

It always is, because the curve \f$e^z\f$ is \term{convex}: it bends upwards. Take two logits, one
as far below 0 as the other is above:

\image html 15_convex.svg "The mean of two exponentials lies above the curve" width=100%

The mean of the two points is the middle of the straight line between them. The curve runs below
that line. What one exponential gains by going up is more than what the other loses by going down.
It is the same with ten logits, and with any that are not all equal. For every convex curve, <b>the
mean of the values lies above the value of the mean</b>. This is Jensen's inequality.

So \f$\ln 10\f$ is the least that somebody can pay on average who knows nothing, where all ten
labels are equally frequent. It takes equal logits. Whoever prefers some digits without a reason
pays more.

<b>How much more?</b> Near 0 the curve \f$e^z\f$ is nearly \f$1 + z + z^2/2\f$. The mean of \f$z\f$
is 0, and the mean of \f$z^2\f$ is the variance \f$\sigma^2\f$, the square of the standard
deviation. So the mean of the exponentials is about \f$1 + \sigma^2/2\f$. The logarithm of that is
about \f$\sigma^2/2\f$:

\f[ \bar L \approx \ln 10 + \frac{\sigma^2}{2} \f]

This is measured now, on the two hundred networks and 2,000 images. To see more than one variance,
the logits are also stretched: all of them are multiplied by a factor.

\show{above}

\fold{How this is measured}
\snippet this logits

\snippet this stretched
\endfold

Look at the line of the factor 1. These are the networks as they are. The loss with the real labels
is nearly the one averaged over all labels, and that is about half the variance above \f$\ln 10\f$.
With the factor 0 all logits are equal. At 4 the logits are too far from 0 for the estimate, but the
loss still grows. No factor changes an answer, except 0: of the ten logits of an image, the same one
remains the largest. So all these networks have the same accuracy, and only their losses differ.

Forty such networks had been measured before this book was written, on as many images. Their loss
was \course{15/untrained_loss} ± \course{15/untrained_loss_deviation}, and their accuracy
\course{15/untrained_accuracy | .1%} ± \course{15/untrained_accuracy_deviation | .1%}. The number
after ± is the standard deviation: how far a single network usually is from the mean. A single one
may even be below \f$\ln 10\f$, when its favourites happen to be right more often. The argument
above speaks of the mean.

\fold{Where the variance comes from: the loss of a network that is not there yet}
The first loss can be computed before the network is made. Each weight of a layer with \f$n\f$
inputs and \f$m\f$ units is drawn with the mean 0 and the variance \f$2 / (n + m)\f$: that is what
the initialization of Glorot does (\ref ch06_course "chapter 06"). Let \f$q\f$ be the sum of the
squares of an image's pixels. A sum of the hidden layer adds up 784 products of a pixel and a
weight. It has the mean 0 and the variance \f$q \cdot 2 / (784 + 128)\f$. ReLU makes 0 of one half
of the sums, on average. So the mean of the squares of what it lets through is half of that
variance. A logit adds up 128 products of such a number and a weight. So its variance is

\f[ 128 \cdot \frac{q}{784 + 128} \cdot \frac{2}{128 + 10} \f]

The ten logits are measured from their own mean, which goes along with them. That takes a tenth of
the variance away. The estimate needs nothing but \f$q\f$, the mean over the images:

\snippet this estimate

\show{estimate}
\endfold

This is worth remembering, for networks that you build yourself. Before you train one, look at its
first loss. A little above \f$\ln\f$ of the number of classes is right. If it is far above, the
logits are too large: perhaps the inputs were not scaled. If it is exactly that, all logits are
equal: perhaps the inputs are all 0.
*/
// [estimate]
double estimate(const Data& data) {
  double q = 0;  // the mean sum of squares of an image's pixels
  for (const std::uint8_t grey : data.some.images) q += grey / 255.0 * (grey / 255.0) / kSome;
  const double variance = 128 * q / (784 + 128) * 2 / (128 + 10);
  return std::log(10.0) + 0.9 * variance / 2;
}
// [estimate]

/** \page ch15
\section ch15_training 6 And now it is trained

What was missing on day 1 is one call, `fit`. Three passes over the 60,000 training images, in
batches of 128:

\snippet this train

\show{training}

The accuracy of the training is lower than that of the test. This is not a mistake, nor
are the test images easier. While the network trains, a fifth of its hidden units is switched off,
and it was worse at the beginning of a pass than at its end. The test is taken by the whole network,
as it stands at the end.

How long the training takes beside Keras:

\speed

\section ch15_image 7 One image, picked at random

At the end of its listing the course picks a test image at random, shows it, and prints what the
network says of it. A network takes a batch, and hands back a row for each image of it. So a single
image has to be made a batch of one. In Keras `expand_dims` does that.

Here it is the rows from \f$i\f$ to \f$i + 1\f$:

\snippet this one image

\image html 15_image.svg "The image that was picked" width=100%

\show{image}

None of the ten probabilities of the untrained network is near 0 or near 1. It says the digit that
is a little above the others. The other has made up its mind. Another `--seed` picks another image.
*/
// [train]
lw::Sequential train(Chapter& chapter, const Data& data) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const lw::History history = chapter.train([&] {
    return model.fit(
        data.train.x(), data.train.labels,
        {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});
  });
  show::record_training(chapter, history);
  chapter.print("\nThe test images:\n");
  return model;
}
// [train]

// [one image]
void show_one_image(Chapter& chapter, const Data& data, const lw::Sequential& untrained,
                    const lw::Sequential& trained) {
  chapter.section("image", "7 One image, picked at random");
  lw::Tensor<double> random({1});
  lw::fill_uniform<double>(random, 0, 1, {.seed = chapter.options().seed, .stream = 15});
  const auto i = static_cast<Index>(random[0] * static_cast<double>(data.test.size()));
  const Split batch_of_one = data.test.rows(i, i + 1);
  show::image(chapter, data.mnist, i, untrained.predict(batch_of_one.x()),
              trained.predict(batch_of_one.x()));
}
// [one image]

/** \page ch15
\section ch15_equalize 8 Equalizing a histogram

The diary mentions one more thing of day 1 and shows nothing of it: histogram \term{equalization}.
It gives an image other greys, so that one sees better what it shows. No network has a part in it.

The \term{contrast} of an image is how far apart its greys lie. Take an image in which black is the
grey 100, and white is 140. It is grey on grey, and one hardly sees what it shows:

\image html 15_equalized.svg "Three times the same image" width=100%

An image has a histogram: it counts how many pixels have each of the 256 greys. That of the second
image is a narrow hill from 100 to 140, and nothing beside it. Equalization gives each grey a new
one, so that the greys from 0 to 255 are used as evenly as can be. It asks of a grey \f$v\f$ only
how many pixels are as dark or darker. Call this \f$C(v)\f$. Let \f$d\f$ be the darkest grey of the
image and \f$N\f$ the number of its pixels. Then the new grey is

\f[ 255 \cdot \frac{C(v) - C(d)}{N - C(d)} \f]

rounded to a whole number. The darkest grey becomes 0, the lightest 255, and no two change places. A
grey that many pixels have gets a wide gap below it, a rare grey a narrow one. Eight pixels by hand,
of which one half is the darkest:

\show{equalized}

To write this is the second exercise.

The last lines ask the trained network, of section 6, about all 2,000 images. It has never seen a
faint one, and to it these are no digits: it reads them about as well as if it had never been
trained. Equalized, it reads them nearly as well as they were. Not quite, since the new greys are
not the old ones: equalization knows the order of the greys, and not what they were.

\fold{The images made faint, and the network asked}
\snippet this faint
\endfold
*/
// [faint]
// The images with their black at the grey 100, and their white at 140.
lw::Tensor<std::uint8_t> faint(lw::TensorView<const std::uint8_t> images) {
  lw::Tensor<std::uint8_t> grey(images.shape());
  for (Index i = 0; i < grey.size(); ++i)
    grey[i] = static_cast<std::uint8_t>(100 + images[i] * 40 / 255);
  return grey;
}

void show_equalized(Chapter& chapter, const Data& data, const lw::Sequential& trained) {
  const lw::Tensor<std::uint8_t> before = faint(data.some.images);
  const lw::Tensor<std::uint8_t> after = show::equalized(before);  // one by one
  const auto accuracy_of = [&](lw::TensorView<const std::uint8_t> images) {
    return trained.evaluate(Split{images, data.some.labels}.x(), data.some.labels)["accuracy"];
  };
  show::equalization(chapter, {data.some.images, before, after},
                     {accuracy_of(data.some.images), accuracy_of(before), accuracy_of(after)});
}
// [faint]

/** \page ch15
\section ch15_gradients 9 Are the gradients right?

As in every chapter: the derivatives of this network's loss, with a fifth of the units switched off,
beside numerical ones, and the slopes of section 4's formula with respect to the logits. Those are
\f$p - t\f$, softmax less the one-hot label, as \ref ch04_loss "chapter 04" says.

\show{gradients}

\fold{The check}
\snippet this gradients
\endfold
*/
// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "9 Are the gradients right?");
  const Split eight = data.train.rows(0, 8);
  chapter.gradient_check(
      "784-128-10 with dropout, sparse categorical cross-entropy, and its input",
      lw::gradient_check(make_model(42), lw::SparseCategoricalCrossentropy{}, eight.x(),
                         eight.labels,
                         {.entries_per_tensor = chapter.options().quick ? 200 : 2'000,
                          .seed = 42,
                          .progress = chapter.gradient_progress()}));
  show::check_slopes(chapter, as_written);
}
// [gradients]

/** \page ch15
\section ch15_numbers 10 The numbers

What is arithmetic has to come out exactly. What is random is compared with Keras: thirty times two
hundred untrained networks, and thirty trainings. The column *Keras* has their mean and, after ±,
their standard deviation. The course prints no number here, since nobody knows which random network
it was.

\show{numbers}

The last lines are the <b>verdict</b>: \ref ch04_numbers "chapter 04" tells how its bounds are made.
A figure with a dash is shown and not judged.

\subsection ch15_checked What has been checked, and what has not

The program ends with an error unless all of this holds: with equal logits, and for a black image,
the loss is \f$\ln 10\f$; the formula as written and the library agree where the first does not
fail; the mean loss over all ten labels is never below \f$\ln 10\f$, for any network and image that
it looked at; the mean loss of the two hundred is above it, and near the estimate; with dealt labels
the accuracy scatters as guessing does, and with the right ones more; equalized images use all greys
from 0 to 255; the derivatives agree with numerical ones; and the figures above are in their bounds.

\section ch15_summary Summary

- An untrained network is right one time in ten on average, but single networks differ widely:
images that look alike get the same answer, and fall as a heap.
- Equal logits cost exactly \f$\ln 10\f$. Unequal ones, for no reason, cost more, by about half of
  their variance: the exponential is convex.
- Look at the first loss of a network before you train it. You know what it has to be.
- The log-sum-exp is computed with the largest logit taken out.
- Accuracy is a metric, and no optimizer and no loss: its slope is 0.
- Equalization spreads the greys of an image by their ranks.

\section ch15_questions Questions

\questions

\section ch15_exercises Exercises

\exercises

Start with the first.

\exercise{cross_entropy}
\exercise{equalize}
\exercise{know_nothing}

\subsection ch15_try To try out

1. Take the `lw::relu` out of `make_model`. What happens to the hill, and what to the first loss?
2. Multiply the pixels by 255, which is what happens to those who forget to scale them. What is the
   loss of an untrained network then? Compute it with the estimate first. (It is far off there.
Why?)
3. Let `kSome` be 10,000. Does the hill become narrower? Section 3 says what to expect.
4. Start all weights of the last layer at 0. What is the first loss? Does the network still learn?

\section ch15_program The program

What you have read is most of the program. The rest puts it together:

\snippet this teach

With `--numbers-only` it does no more than what is compared with Keras. `tools/compare` runs it so,
with one seed after another:

\snippet this compared

\snippet this main

\section ch15_next What to read next in the source

- `src/simd/softmax.cpp`: softmax and cross-entropy from the logits, with the largest taken out.
- `src/nn/core_layers.cpp`: `Flatten` and `Dropout`.
- `src/nn/initializer.cpp`: how the first weights are drawn.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const std::uint64_t seed = chapter.options().seed;
  const Data data{chapter.load_mnist()};
  const lw::Sequential untrained = show::network(chapter, make_model(seed));
  evaluate(chapter, data, untrained);

  const std::vector<Beginner> networks = beginners(data, seed);
  const std::vector<double> by_chance = dealt(data, networks, seed);
  show::hundreds(chapter, networks, by_chance, data.some.labels,
                 favourites_of_the_cloud(data, networks, seed));
  show::equal(chapter, as_written, by_the_library, untrained);
  show::above(chapter, networks, estimate(data));

  const lw::Sequential trained = train(chapter, data);
  show::record_test(chapter, evaluate(chapter, data, trained));
  show::histogram(chapter, networks, by_chance,
                  trained.evaluate(data.some.x(), data.some.labels)["accuracy"]);
  show_one_image(chapter, data, untrained, trained);
  show_equalized(chapter, data, trained);
  check_gradients(chapter, data);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  show::record_untrained(chapter, beginners(data, chapter.options().seed));
  show::record_test(chapter, evaluate(chapter, data, train(chapter, data)));
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "15",
                        .name = "day_1",
                        .title = "Day 1: a network that nobody has trained",
                        .quick = "200 derivatives a tensor checked instead of 2,000",
                        .data = "mnist",
                        .epochs = 3,
                        .quick_epochs = 3,
                        .samples = 60'000,
                        .batch_size = 128},
                       argc, argv, teach, compared);
}
// [main]
