/** \page ch18 18 Challenges

The networks of this book read nearly all of the digits that they were tested on. This last chapter
is about what that does not say. The course ends its introduction with five warnings. Data may be
<em>biased</em>. A network can be <em>attacked</em>. What it has learned may <em>not hold
elsewhere</em>. One cannot see <em>why</em> it answers as it does. And it finds what goes together,
which is not what <em>causes</em> what. The course gives each of them a sentence or two. Here, each
is an experiment.

One of them you will not forget: a 7, with a little noise on it, becomes a 3. Every person still
reads a 7. The network reads a 3, and is sure of it.

At the end you have <b>an experiment for each of the five warnings</b>, with its numbers.

Run it yourself:

    ./tools/run 18            # everything on this page, with your numbers
    ./tools/run 18 --quick    # the same trainings, but two of the six of section 2; fewer checks
    ./tools/run 18 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Class 7 is then a sneaker, and the program chooses the class that it becomes.)
*/

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "18_challenges/images.hpp"
#include "18_challenges/show.hpp"
#include "18_challenges/show_maps.hpp"
#include "support/compare.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using images::kPixels, images::kSide;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch18
\section ch18_reader 1 A network that reads well

The experiments need a network to be tried on. A small one will do: 784 pixels, 64
\term{unit|units} with \term{ReLU}, ten probabilities. It is trained by \term{Adam} for five
\term{epoch|epochs}, on the first 10,000 training images. The learning rate is three times the usual
one, since five epochs of so few images are short:

\snippet this model

\snippet this train

The training computes in floats, numbers of about seven digits, as always. Afterwards,
`as<double>()` makes a copy of the network that computes with sixteen. Section 3 needs the slopes of
losses that are very small, and rounding would lose too much of
them.

The images that are changed in the experiments are numbers between 0 and 1, a row for each image:

\snippet this data

Two numbers are taken again and again: the share of images that are read correctly, and the mean
\term{confidence}, the largest of the ten probabilities:

\snippet this score

\snippet this reader

\show{reader}

The two numbers are close to each other: on images like those it has learned from, the network is
about as often right as it says. Section 4 comes back to this.
*/
// [model]
lw::Sequential make_model(std::uint64_t seed) {
  lw::Sequential model{lw::Input{{kPixels}}, lw::Dense{64, {.activation = lw::relu}},
                       lw::Dense{10, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{.learning_rate = 0.003},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

// [train]
using Network = lw::BasicSequential<double>;

struct Trained {
  Network network;
  lw::History history;
};

// `timed`: whether section 7 counts the seconds.
Trained train(Chapter& chapter, const Split& images, bool timed = true) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  const auto fit = [&] {
    return model.fit(images.x(), images.labels,
                     {.epochs = options.epochs, .batch_size = options.batch_size});
  };
  lw::History history = timed ? chapter.train(fit) : fit();
  return {model.as<double>(), std::move(history)};
}
// [train]

// [data]
using Images = lw::Tensor<double>;  // (count, 784)
using Labels = lw::TensorView<const std::int32_t>;

struct Data {
  lw::data::Mnist mnist;
  Index samples;  // how many training images
  Split train = tutorial::training_set(mnist, {kPixels}).rows(0, samples);
  Split test = tutorial::test_set(mnist, {kPixels});
  Images x_test = tutorial::pixels<double>(test.images);
};
// [data]

// [score]
Index argmax(lw::TensorView<const double> row) {
  return std::max_element(row.begin(), row.end()) - row.begin();
}

show::Score score(const Network& network, const Images& images, Labels labels) {
  const lw::Tensor<double> p = network.predict(images, 256);
  double right = 0, confidence = 0;
  for (Index i = 0; i < labels.size(); ++i) {
    const Index answer = argmax(p.row(i));
    right += answer == labels[i] ? 1 : 0;
    confidence += p(i, answer);
  }
  const auto count = static_cast<double>(labels.size());
  return {right / count, confidence / count};
}
// [score]

// [reader]
struct Reader {
  Network network;
  show::Score test;
};

Reader train_reader(Chapter& chapter, const Data& data) {
  const Trained trained = train(chapter, data.train);
  const show::Score test = score(trained.network, data.x_test, data.test.labels);
  show::compare(chapter, trained.history, test);
  return {trained.network, test};
}
// [reader]

/** \page ch18
\section ch18_bias 2 Bias in the data

A network learns from what it is shown, and is shown what somebody has collected. The course's
example: in a collection of photographs, nearly all men are doctors and nearly all women are at
home. A network that is trained on it will say "doctor" of men. Nobody has told it to. (This is not
the bias of a unit. Here the word means that the data show some cases too seldom, or in one way
only.)

Here the cases are two groups of images: those that are <b>upright</b>, as nearly all of MNIST are,
and those that are <b>turned</b> by 45 degrees, as if written on a sheet that lies askew:

\image html 18_groups.svg "Upright above, turned below" width=100%

Suppose that the digits were collected where nearly everybody keeps the sheet straight: one image in
a hundred is turned. Such a set is called <em>skewed</em>. (Section 4 shows how images are turned.)

\snippet this skewed

For comparison, there are sets with more turned images, up to one half. A network of its own is
trained on each. Then all test images are read twice, upright and turned:

\snippet this groups

\show{groups}

\image html 18_errors.svg "Errors by group, over the share of turned training images" width=100%

The network of the first line misreads \result{18/skewed: error upright | .1%} of the upright
images, and \result{18/skewed: error turned | .1%} of the turned ones. They are the same digits! The
network that was shown as many turned as upright ones misreads
\result{18/even: error upright | .1%} and \result{18/even: error turned | .1%}. Nothing went wrong
in the training of the first. It makes the <em>mean</em> loss of its images small, and turned ones
hardly count in that mean.

The last column is the trap. Whoever collects data usually holds some of them out for the test. Then
in the test, too, one image in a hundred is turned. Such a test says that
\result{18/skewed: error like training | .1%} are misread, and gives no reason to worry.

<b>What finds it:</b> count the errors of each group by themselves. For that you have to know which
groups there are, and have enough test images of each. <b>What helps:</b> more images of the rare
group. The curve shows how many it takes.
*/
// [skewed]
struct Set {
  lw::Tensor<std::uint8_t> images;
  lw::Tensor<std::int32_t> labels;
  Split split() const { return {images, labels}; }
};

// The images, of which the first so many are turned.
Set turned(const Split& split, Index count) {
  Set set{lw::Tensor<std::uint8_t>(split.images), lw::Tensor<std::int32_t>(split.labels)};
  const Images x = tutorial::pixels<double>(split.images.rows(0, count));
  Images changed(x.shape());
  for (Index i = 0; i < count; ++i) images::turn(x.row(i), 45, changed.row(i));
  for (Index i = 0; i < changed.size(); ++i)
    set.images[i] = static_cast<std::uint8_t>(std::lround(255 * changed[i]));
  return set;
}
// [skewed]

// [groups]
// What is misread of each group, if so many of a hundred training images are turned.
show::Groups groups(Chapter& chapter, const Data& data, const std::vector<int>& percents) {
  const Set test = turned(data.test, data.test.size());
  const Images x_turned = tutorial::pixels<double>(test.images);
  show::Groups found{percents};
  for (const int percent : percents) {
    const Set set = turned(data.train, data.train.size() * percent / 100);
    const Network network = train(chapter, set.split(), percent == percents[0]).network;
    found.upright.push_back(1 - score(network, data.x_test, test.labels).accuracy);
    found.turned.push_back(1 - score(network, x_turned, test.labels).accuracy);
  }
  show::compare(chapter, found);
  return found;
}
// [groups]

/** \page ch18
\section ch18_noise 3 7 + noise = 3

\subsection ch18_slopes The slopes of the pixels

Training asks how the loss changes when a <em>weight</em> is changed a little. One can ask the same
of a <em>pixel</em>: if it had a little more ink, would the loss rise or fall, and how fast?

Backpropagation can tell, but usually nobody asks. Going backwards, each layer is given
`dy`, the derivatives by what it put out, and computes `dx`, those by what came in (\ref ch04_naive
"chapter 04" has it as loops). The `dx` of a layer is the `dy` of the layer before it. Before the
first layer there is none, so nobody needs its `dx`. But what came in there are the pixels.

For this network of two layers, the way from the pixels to the loss and back is short. `h`
are the outputs of the hidden layer. `dz` begins as the sums of the last layer, and becomes the
derivatives by them:

\snippet this by hand

The library does the same for many images at once. `compute_gradients` leaves in `dx` what the
first layer would otherwise not compute:

\snippet this gradient

Is it right? The program takes ten images that the network misreads, since there the slopes are
large. It compares the loops with the library, and the library with numerical derivatives, as
\ref ch04_gradients "chapter 04" did. There, too, one line of the table was the input's:

\fold{How they are compared}
\snippet this check
\endfold

\show{gradients}

\subsection ch18_fgsm The fast gradient sign method

Now let each pixel move a little, to where the loss rises. All move by the same amount
\f$\varepsilon\f$ (epsilon), the <b>size</b> of the noise: up if the slope of the pixel is positive,
down if it is negative.

\f[ \tilde{x} = x + \varepsilon\, \mathrm{sign} \frac{\partial L}{\partial x} \f]

This is the \term{FGSM|fast gradient sign method}, FGSM (Goodfellow, Shlens, Szegedy: Explaining and
Harnessing Adversarial Examples, 2014). Gradient descent goes <em>against</em> the slopes of the
weights, to make the loss small. This goes <em>along</em> the slopes of the pixels, to make it
large. The weights stay as they are. And a pixel stays between black, 0, and white, 1:

\snippet this fgsm

Among the 7s of the test, the program looks for one that the network is sure of, and that becomes a
3 with as little noise as possible:

\snippet this example

\image html 18_sum.svg "An image, the noise, and their sum, as the network reads them" width=100%

In the noise, white is a pixel that gets lighter, blue one that gets darker, and black one that
stays as it is. (Most of the black ones should get darker, but are black already.) It is drawn many
times as strong as it is.

An image that was changed like this, so that a network errs, is called an \term{adversarial
example}. No pixel has moved by more than \result{18/size}. On the left below, the same image with
noise of growing size. On the right it has noise of the same size, but with signs drawn at random:

\frames{step}

\subsection ch18_sizes Over the size of the noise

Now the same with all 10,000 test images. The table has the share that is read correctly. For the
random noise, the program puts random numbers in the place of the slopes:

\snippet this attack

\show{noise}

\image html 18_noise.svg "The share of test images that is read correctly" width=100%

Random noise of 0.1 hardly matters. The noise of FGSM, just as large, leaves
\result{18/FGSM 0.1: accuracy | .0%} of the images read correctly. That is worse than guessing,
which would get a tenth right: the noise does not blur the answer, it aims for a wrong one.

\subsection ch18_why Why so little is enough

If pixel \f$i\f$ has the slope \f$s_i\f$ and moves by \f$\varepsilon\f$, the loss changes by about
\f$\varepsilon s_i\f$. That is next to nothing. But there are 784 of them, and FGSM gives each the
sign with which it makes the loss rise. So all of them add up, to \f$\varepsilon \sum_i |s_i|\f$.
With random signs about as many pull down as push up, and they nearly cancel. What is left is
typically \f$\varepsilon \sqrt{\sum_i s_i^2}\f$. For the image above:

\show{push}

(In fact the loss rises by far more than the slopes promise, since they grow on the way.)

If all slopes were of the same size, the first would be \f$\sqrt{784} = \compute{sqrt(784) | .0f}\f$
times the second. The more pixels, the larger that is. A photograph of 224 x 224 pixels in three
colours has \compute{224 * 224 * 3} numbers, and its noise can be so small that nobody sees it. On
28 x 28 pixels and black ground you do see it. But you do not see a 3.

<b>What finds it:</b> to attack one's own network, as here. <b>What helps</b>, in part: to train on
such images, too, with their right labels. \ref ch18_try "To try out" has that.
*/
// [by hand]
// The derivatives of the loss of one image by its pixels; the network's w1, b1, w2 and b2.
Images by_hand(const std::vector<lw::Parameter<double>>& network, images::View x,
               std::int32_t label) {
  const auto w1 = network[0].value, w2 = network[2].value;
  Images h(network[1].value), dz(network[3].value), dx(x.shape());  // begin as b1, b2 and zeros
  for (Index j = 0; j < h.size(); ++j) {
    for (Index i = 0; i < x.size(); ++i) h[j] += x[i] * w1(i, j);
    h[j] = std::max(h[j], 0.0);
    for (Index k = 0; k < dz.size(); ++k) dz[k] += h[j] * w2(j, k);
  }
  lw::ops::softmax_forward<double>(dz, -1, dz);  // in place
  dz[label] -= 1;                                // p - t
  for (Index j = 0; j < h.size(); ++j) {
    double dh = 0;
    for (Index k = 0; k < dz.size(); ++k) dh += dz[k] * w2(j, k);
    if (h[j] > 0)
      for (Index i = 0; i < x.size(); ++i) dx[i] += dh * w1(i, j);
  }
  return dx;
}
// [by hand]

// [gradient]
// The derivatives of the images' mean loss by all of their pixels.
Images gradient(Network& network, const Images& images, Labels labels) {
  Images dx(images.shape());
  network.compute_gradients(lw::SparseCategoricalCrossentropy{}, images, labels, dx.view());
  return dx;
}
// [gradient]

// [check]
void check_gradients(Chapter& chapter, const Data& data, Network& network) {
  chapter.section("gradients", "The slopes of the pixels");
  const lw::Tensor<double> p = network.predict(data.x_test, 256);
  Images x({10, kPixels});
  lw::Tensor<std::int32_t> labels({10});
  for (Index i = 0, found = 0; i < data.test.size() && found < 10; ++i) {
    if (argmax(p.row(i)) == data.test.labels[i]) continue;
    std::copy_n(data.x_test.row(i).begin(), kPixels, x.row(found).begin());
    labels[found++] = data.test.labels[i];
  }
  const Images dx = gradient(network, x, labels);
  Images loops(dx.shape());
  for (Index i = 0; i < 10; ++i) {
    const Images one = by_hand(network.parameters(), x.row(i), labels[i]);
    for (Index pixel = 0; pixel < kPixels; ++pixel) loops(i, pixel) = one[pixel] / 10;  // the mean
  }
  show::same_slopes(chapter, dx, loops);
  const Index entries = chapter.options().quick ? 200 : 2000;  // of each tensor
  chapter.gradient_check("784-64-10, trained, sparse cross-entropy, and its input",
                         lw::gradient_check(network, lw::SparseCategoricalCrossentropy{}, x, labels,
                                            {.entries_per_tensor = entries,
                                             .seed = 18,
                                             .bound = 1e-6,
                                             .halvings = 6,
                                             .progress = chapter.gradient_progress()}));
}
// [check]

// [fgsm]
Images fgsm(const Images& images, const Images& slope, double size) {
  Images noisy = images;
  for (Index i = 0; i < noisy.size(); ++i) {
    const double sign = slope[i] > 0 ? 1 : slope[i] < 0 ? -1 : 0;
    noisy[i] = std::clamp(noisy[i] + size * sign, 0.0, 1.0);
  }
  return noisy;
}
// [fgsm]

// [attack]
show::Attack attack(Chapter& chapter, const Data& data, Network& network) {
  show::Attack attack{gradient(network, data.x_test, data.test.labels),
                      Images(data.x_test.shape())};
  lw::fill_uniform<double>(attack.random, -1, 1, {chapter.options().seed, 18});
  for (const double size : show::kSizes) {
    const auto accuracy = [&](const Images& slope) {
      return score(network, fgsm(data.x_test, slope, size), data.test.labels).accuracy;
    };
    attack.by_slope.push_back(accuracy(attack.slope));
    attack.by_chance.push_back(accuracy(attack.random));
  }
  show::compare(chapter, attack);
  return attack;
}
// [attack]

// What most images of a class are read as with noise of this size, when they are misread.
Index usual_mistake(const Data& data, const Network& network, const Images& slope, Index from,
                    double size) {
  const lw::Tensor<double> p = network.predict(fgsm(data.x_test, slope, size), 256);
  std::vector<Index> counts(10);
  for (Index i = 0; i < data.test.size(); ++i) {
    const Index answer = argmax(p.row(i));
    if (data.test.labels[i] == from && answer != from) ++counts[static_cast<std::size_t>(answer)];
  }
  return std::max_element(counts.begin(), counts.end()) - counts.begin();
}

// [example]
// Of the images of class `from` of which the network is sure, the one that it reads as `target`
// most surely, with the least noise at which it so reads any of them.
show::Example find_example(const Data& data, const Network& network, const Images& slope,
                           Index from, Index target) {
  const lw::Tensor<double> before = network.predict(data.x_test, 256);
  for (const double size : show::kSizes) {
    const lw::Tensor<double> after = network.predict(fgsm(data.x_test, slope, size), 256);
    double best = 0.9;
    show::Example found;
    for (Index i = 0; i < data.test.size(); ++i)
      if (data.test.labels[i] == from && before(i, from) > 0.99 && after(i, target) > best) {
        best = after(i, target);
        found = {i, size};
      }
    if (found.size > 0) return found;
  }
  return {};
}
// [example]

// [seven]
// The network's answer to one image.
std::string says(const Data& data, const Network& network, images::View image) {
  const lw::Tensor<double> p = network.predict(Images(image.reshape({1, kPixels})));
  return show::answer(data.mnist.label_names, p.row(0));
}

show::Example show_seven(Chapter& chapter, const Data& data, Network& network,
                         const show::Attack& attack) {
  const Index target =
      chapter.has_course_data() ? 3 : usual_mistake(data, network, attack.slope, 7, 0.1);
  const show::Example seven = find_example(data, network, attack.slope, 7, target);
  const Index at = seven.image;
  const Images image(data.x_test.rows(at, at + 1)), random(attack.random.rows(at, at + 1));
  const Labels label = data.test.labels.rows(at, at + 1);
  const Images slope = gradient(network, image, label);
  int number = 0;
  for (const double size : show::kFrames) {
    const Images noisy = fgsm(image, slope, size), shaken = fgsm(image, random, size);
    show::frame(chapter, ++number, size, noisy.row(0), shaken.row(0),
                {says(data, network, noisy.row(0)), says(data, network, shaken.row(0))});
  }
  const Images noisy = fgsm(image, slope, seven.size);
  show::sum(chapter, image.row(0), noisy.row(0), seven,
            {says(data, network, image.row(0)), says(data, network, noisy.row(0))});
  chapter.section("push", "Why so little is enough");
  const auto loss = [&](const Images& one) { return -std::log(network.predict(one)(0, label[0])); };
  show::push(chapter, slope, seven.size, loss(image), loss(noisy));
  return seven;
}
// [seven]

/** \page ch18
\section ch18_shifts 4 Moved, turned, inverted

All test images are from where the training images are from: digits of the same size, in the middle,
upright, white on black. In use there will be others. Data in use that differ from those of the
training are called a \term{distribution shift}. How well a network does on such data is a question
of \term{generalization}, but one that the test set does not ask.

Here are three changes that would confuse no person: an image is moved to the right, turned
clockwise, or inverted. Inverting goes from the image, at 0, to its negative, at 1:

\snippet 18_challenges/images.hpp changes

A pixel of the turned image comes from a place between pixels. It gets a mean of the four around
that place.

\fold{The mean of four pixels}
\snippet 18_challenges/images.hpp between
\endfold

All test images are changed, by one amount after the other, and read by the network of section 1. It
is not trained again:

\snippet this changed

\image html 18_changed.svg "One image, changed, and what the network reads" width=100%

In the first row the image is moved by 2, 4 and 6 pixels, in the second turned by 30, 60 and 90
degrees, in the third inverted by 0.3, 0.5 and 1.

\show{shifts}

\image html 18_moved.svg "Moved: the share that is right, and the mean confidence" width=100%

\image html 18_turned.svg "Turned: the share that is right, and the mean confidence" width=100%

\image html 18_inverted.svg "Inverted: the share that is right, and the mean confidence" width=100%

- <b>Moved.</b> The ink comes in at other inputs, whose weights have learned something else. The
  convolutional network of \ref ch13_shift "chapter 13" suffers from this, too, but less.
- <b>Turned.</b> Some degrees do little, since people write more or less slanted, and the network
  has learned from many of them. A right angle leaves little more than guessing. (At 180 degrees
some digits look like themselves again: 0, 1, 8. And a 6 has become a 9, so that not every answer
that counts as wrong is foolish.)
- <b>Inverted.</b> Halfway, at 0.5, all images are the same grey. The network has to say the same of
  all of them, and is right about the images of one class. At 1 everything can be seen again as
  clearly as at 0, by a person.

Look at the second curve of each picture. The network does not notice. Of the inverted images it
reads \result{18/inverted: accuracy | .1%} correctly, with a mean confidence of
\result{18/inverted: confidence | .1%}. Softmax shares out 100 % among ten digits, whatever comes
in. There is no answer that says "this is nothing that I know".

<b>What finds it:</b> a test with data from where the network is to be used. <b>What helps:</b> to
train on moved, turned and inverted images, too.
*/
// [changed]
using Change = void (*)(images::View image, double amount, images::Out changed);

std::vector<show::Score> changed(const Data& data, const Network& network, Change change,
                                 const std::vector<double>& amounts) {
  std::vector<show::Score> scores;
  Images changed(data.x_test.shape());
  for (const double amount : amounts) {
    for (Index i = 0; i < data.test.size(); ++i) change(data.x_test.row(i), amount, changed.row(i));
    scores.push_back(score(network, changed, data.test.labels));
  }
  return scores;
}

show::Shifts shifts(Chapter& chapter, const Data& data, const Network& network) {
  const show::Shifts found{changed(data, network, images::move, show::kMoves),
                           changed(data, network, images::turn, show::kTurns),
                           changed(data, network, images::invert, show::kInversions)};
  show::compare(chapter, found);
  return found;
}
// [changed]

// [changed images]
void show_shifts(Chapter& chapter, const Data& data, const Network& network, Index image) {
  chapter.section("shifts", "4 Moved, turned, inverted");
  show::shifts(chapter, shifts(chapter, data, network), show::largest_share(data.test.labels));
  std::vector<show::Changed> shown;
  const auto show = [&](const char* how, Change change, std::initializer_list<double> amounts) {
    for (const double amount : amounts) {
      Images one({1, kPixels});
      change(data.x_test.row(image), amount, one.row(0));
      shown.push_back({fmt::format("{} {}", how, amount), one, says(data, network, one.row(0))});
    }
  };
  show("moved by", images::move, {2, 4, 6});
  show("turned by", images::turn, {30, 60, 90});
  show("inverted by", images::invert, {0.3, 0.5, 1});
  show::changed_images(chapter, shown);
}
// [changed images]

/** \page ch18
\section ch18_maps 5 Which pixels mattered?

Why does the network say 7? Its weights, \compute{785 * 64 + 65 * 10} of them, give no answer that
one could read. But one can ask which pixels the answer depends on. Here are two ways.

<b>Occlusion.</b> Erase a part of the image, and see what becomes of the loss. If it rises, the
network has lost something that it needed. The part is a square of 4 x 4 pixels, set to black. Doing
that with one square after another is called \term{occlusion}, and the numbers for all places make a
map:

\snippet this occlusion

<b>Slopes.</b> Section 3 has the slope of the loss by each pixel. Drawn as an image, this is a
\term{saliency map}. One backward pass makes it, where the occlusion map needs a forward pass for
each place.

Maps like these are often shown as explanations. To see how far they can be trusted, here they are
twice: of the trained network, and of one that has <b>not been trained</b>, with random weights.

\snippet this maps

\image html 18_maps.svg "Occlusion and slopes: of the trained network, of the untrained" width=100%

The last two columns are the untrained network's maps, first occlusion, then slopes. Around a pixel
of the grey frame there is no room for a square.

In an occlusion map, white means that the loss rises when a square around that place is erased. Blue
means that it falls: there the network is better off without the ink. In a map of slopes, white
means that more ink would make the loss rise, and blue that it would make the loss fall.

The untrained network's occlusion maps have the shape of the digit, too! It knows nothing of
digits. But where there is no ink, there is nothing to erase, and the map is black there, whatever
the network. So that a map looks like the digit proves nothing. This comparison is known as a
<em>sanity check</em> (Adebayo and others: Sanity Checks for Saliency Maps, 2018).

A better test is to take the map at its word. Erase the square that it calls the most important one,
then the next, and so on. If the map tells the truth, the accuracy falls faster than it otherwise
would. For the slopes this needs a number for each square. If pixel \f$i\f$ becomes 0, it moves by
\f$-x_i\f$, and the loss changes by about \f$-x_i s_i\f$:

\snippet this forecast

\fold{How the squares are erased}
\snippet this erased
\endfold

Four orders are compared: by the occlusion map, by the slopes, by the occlusion map of the untrained
network, and by chance, which takes squares with ink first.

\show{trust}

\image html 18_erased.svg "The accuracy while squares are erased, in four orders" width=100%

By both maps of the trained network the accuracy falls much faster than by chance. They have found
what it depends on. The untrained network's map is hardly better than chance, though it looks so
much like the digit, and after some squares it is worse. (Chance takes all squares with ink first.
This map takes empty squares before those that it shows in blue.)

So a map can be put to the test. What it does not tell is whether what the network depends on is
what it <em>should</em> depend on. The next section has a network for which it is not.
*/
// [occlusion]
constexpr Index kSquare = 4;

void erase(images::Out image, Index row, Index column) {
  for (Index i = 0; i < kSquare; ++i)
    for (Index j = 0; j < kSquare; ++j) image[(row + i) * kSide + column + j] = 0;
}

// By how much the loss rises when a square is erased, for squares that are `step` apart.
lw::Tensor<double> occlusion(const Network& network, images::View image, Index label, Index step) {
  const Index places = (kSide - kSquare) / step + 1;
  Images tried({places * places + 1, kPixels});  // the last of them stays whole
  for (Index i = 0; i < tried.shape()[0]; ++i) {
    std::copy(image.begin(), image.end(), tried.row(i).begin());
    if (i < places * places) erase(tried.row(i), i / places * step, i % places * step);
  }
  const lw::Tensor<double> p = network.predict(tried, 128);
  lw::Tensor<double> rise({places, places});
  for (Index i = 0; i < rise.size(); ++i)
    rise[i] = std::log(p(rise.size(), label)) - std::log(p(i, label));
  return rise;
}
// [occlusion]

// [maps]
void show_maps(Chapter& chapter, const Data& data, Network& network, Network& untrained,
               const std::vector<Index>& shown) {
  std::vector<show::Maps> all;
  for (const Index i : shown) {
    const Images image(data.x_test.rows(i, i + 1));
    const Labels label = data.test.labels.rows(i, i + 1);
    all.push_back({image, occlusion(network, image.row(0), label[0], 1),
                   gradient(network, image, label), occlusion(untrained, image.row(0), label[0], 1),
                   gradient(untrained, image, label)});
  }
  show::maps(chapter, all);
}
// [maps]

// [forecast]
// What the slopes promise for each square.
lw::Tensor<double> forecast(images::View image, images::View slope) {
  lw::Tensor<double> rise({kSide / kSquare, kSide / kSquare});
  for (Index i = 0; i < kPixels; ++i)
    rise(i / kSide / kSquare, i % kSide / kSquare) -= image[i] * slope[i];
  return rise;
}
// [forecast]

// [erased]
// The accuracy after 0, 1, 2 … squares of each image are erased, those with the largest numbers on
// its map first. A row of `maps` has the 49 numbers of an image.
std::vector<double> erased(const Network& network, Images images, Labels labels, Images maps) {
  constexpr Index kPlaces = kSide / kSquare;
  std::vector<double> accuracy{score(network, images, labels).accuracy};
  for (Index step = 0; step < show::kErased; ++step) {
    for (Index i = 0; i < labels.size(); ++i) {
      const auto map = maps.row(i);
      const auto largest = std::max_element(map.begin(), map.end());
      const Index place = largest - map.begin();
      erase(images.row(i), place / kPlaces * kSquare, place % kPlaces * kSquare);
      *largest = -std::numeric_limits<double>::infinity();
    }
    accuracy.push_back(score(network, images, labels).accuracy);
  }
  return accuracy;
}
// [erased]

// [trust]
void show_trust(Chapter& chapter, const Data& data, const Network& network,
                const Network& untrained, const Images& slope) {
  const Index count = chapter.options().quick ? 200 : 1000, places = 49;
  const Images images(data.x_test.rows(0, count));
  const Labels labels = data.test.labels.rows(0, count);
  Images by_occlusion({count, places}), by_slopes({count, places}), by_untrained({count, places});
  Images by_chance({count, places});
  lw::fill_uniform<double>(by_chance, 0, 1, {chapter.options().seed, 19});
  for (Index i = 0; i < count; ++i) {
    const auto put = [i](const lw::Tensor<double>& map, Images& maps) {
      std::copy(map.begin(), map.end(), maps.row(i).begin());
    };
    put(occlusion(network, images.row(i), labels[i], kSquare), by_occlusion);
    put(occlusion(untrained, images.row(i), labels[i], kSquare), by_untrained);
    put(forecast(images.row(i), slope.row(i)), by_slopes);
    for (Index place = 0; place < places; ++place)  // with ink first
      if (show::has_ink(images.row(i), place)) by_chance(i, place) += 1;
  }
  const auto order = [&](const Images& maps) { return erased(network, images, labels, maps); };
  chapter.section("trust", "5 Which pixels mattered?");
  show::trust(chapter, {count, order(by_occlusion), order(by_slopes), order(by_untrained),
                        order(by_chance)});
}
// [trust]

/** \page ch18
\section ch18_cue 6 The pixel that gave it away

A network learns what goes together with the label. That two things go together is called a
<em>correlation</em>. Whether one of them brings about the other is a question of \term{causation},
and the data alone do not say. The shape of the ink makes a digit a 7. Now suppose that a scanner
has left a mark on each image, at a place that depends on the pile the sheet lay in, and that the
sheets were piled by digit. The mark goes together with the label as well as the shape does. But it
is no part of the digit: a \term{spurious correlation}.

Here the mark is one white pixel in the first row. Its place tells the class:

\snippet this cue

A network is trained on images with this pixel. Then it is tested three times: with the pixel where
it belongs, without it, and with the pixel of the next class. Beside it is the network of section 1,
which has never seen the pixel in its training:

\snippet this cheat

\show{cue}

With the pixel, the network is nearly perfect, and better than the honest one. Had the test images
been held out from the same collection, all of them would have the pixel, and this first line is all
that one would see. Without the pixel \result{18/tell-tale pixel, absent: accuracy | .1%} are right,
fewer than of the honest one. With a wrong one, it is
\result{18/tell-tale pixel, wrong: accuracy | .1%}.

\image html 18_cue.svg "One image, and what the network with the pixel says" width=100%

A pixel is easier to learn than the shapes of ten digits: a few weights are enough, and it is never
smeared. As soon as it makes the loss small, there are hardly any slopes left that would teach the
network the shapes. It does nothing wrong. It does what it was asked to do, to make the loss small
on these images.

The occlusion map has found it, on an image with the pixel. That is a use of such maps: they may
show what one would never have looked for.

What tells the two apart is an <em>intervention</em>: change one thing, and leave the rest as it is.
The digit stays, and only the pixel changes. In \result{18/followed | .1%} of the test images the
answer then is what the pixel says. A person's would not change. No larger collection of the same
kind would have shown this, since in all of it, pixel and digit agree.

<b>What finds it:</b> data from elsewhere, where the pixel is missing, or interventions on what one
suspects. <b>What helps:</b> data in which the two do not go together.
*/
// [cue]
// The images with the white pixel of the class that comes `later` classes after theirs.
Set with_pixel(const Split& split, std::int32_t later) {
  Set set{lw::Tensor<std::uint8_t>(split.images), lw::Tensor<std::int32_t>(split.labels)};
  for (Index i = 0; i < split.size(); ++i) {
    const Index tells = (split.labels[i] + later) % 10;
    set.images(i, 2 * tells + 4) = 255;
  }
  return set;
}
// [cue]

// [cheat]
struct Cheat {
  Network network;
  show::Cues cues;
};

Cheat train_cheat(Chapter& chapter, const Data& data, const Network& honest) {
  const Set marked = with_pixel(data.train, 0);
  const Network cheat = train(chapter, marked.split()).network;
  const Images right = tutorial::pixels<double>(with_pixel(data.test, 0).images.view());
  const Images wrong = tutorial::pixels<double>(with_pixel(data.test, 1).images.view());
  show::Cues cues;
  for (const Images* images : {&right, &data.x_test, &wrong}) {
    cues.cheat.push_back(score(cheat, *images, data.test.labels).accuracy);
    cues.honest.push_back(score(honest, *images, data.test.labels).accuracy);
  }
  lw::Tensor<std::int32_t> told(data.test.labels);
  for (std::int32_t& label : told) label = (label + 1) % 10;
  cues.followed = score(cheat, wrong, told).accuracy;
  show::compare(chapter, cues);
  return {cheat, cues};
}
// [cheat]

// [show cue]
void show_cue(Chapter& chapter, const Data& data, const Network& honest) {
  chapter.section("cue", "6 The pixel that gave it away");
  const Cheat cheat = train_cheat(chapter, data, honest);
  show::cues(chapter, cheat.cues);
  // The first image that is read correctly without a pixel, and as a wrong pixel says.
  const Images right = tutorial::pixels<double>(with_pixel(data.test, 0).images.view());
  const Images wrong = tutorial::pixels<double>(with_pixel(data.test, 1).images.view());
  const lw::Tensor<double> without = cheat.network.predict(data.x_test, 256);
  const lw::Tensor<double> misled = cheat.network.predict(wrong, 256);
  Index i = 0;
  while (i + 1 < data.test.size() && (argmax(without.row(i)) != data.test.labels[i] ||
                                      argmax(misled.row(i)) != (data.test.labels[i] + 1) % 10))
    ++i;
  std::vector<Images> shown;
  std::vector<std::string> answers;
  for (const Images* images : {&right, &data.x_test, &wrong}) {
    shown.emplace_back(images->rows(i, i + 1));
    answers.push_back(says(data, cheat.network, shown.back().row(0)));
  }
  show::cue_pictures(chapter, shown, answers,
                     occlusion(cheat.network, shown[0].row(0), data.test.labels[i], 1));
}
// [show cue]

/** \page ch18
\section ch18_numbers 7 The numbers

The course prints no numbers here. So the same three networks were trained in Keras, thirty times,
each time from other random weights: that of section 1, that of the first line of section 2, and
that with the pixel. What they are then tried on is the same. The column <em>Keras</em> has the mean
of these runs, and after ± how far a run usually is from it.

\show{numbers}

The last lines are the verdict: whether our numbers lie where those of one more run in Keras would;
\ref ch04_numbers "chapter 04" tells how its bounds are made. A figure with a dash is shown and not
judged.

\subsection ch18_speed How long it takes

The three trainings, beside the same trainings in Keras on the same machine:

\speed

\subsection ch18_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the loops, the library and numerical
derivatives agree on the slopes of the pixels; no pixel moves by more than the size of the noise; at
the same size, FGSM does more harm than random noise; a 7 becomes a 3; halfway to the negative, no
more images are right than one class has; both maps do more harm than chance; and the figures above
are in their bounds. The maps are pictures of this run, and nothing is compared with them.

\section ch18_summary Summary

- A mean over all images says little about a small group. Count the errors by group.
- The derivatives of the loss by the pixels come from the same backward pass as those by the
  weights. Small moves along their signs add up: an adversarial example.
- Random noise of the same size is nearly harmless, since its moves cancel.
- Outside of what it was trained on a network fails, and its confidence does not tell you.
- Maps show which pixels an answer depends on. Compare them with those of an untrained network, and
  erase what they call important.
- A network takes whatever goes together with the label. Only an intervention, or other data, shows
  whether it is the right thing.

\section ch18_questions Questions

\questions

\section ch18_exercises Exercises

\exercises

Start with the first.

\exercise{fgsm}
\exercise{errors_by_group}
\exercise{occlusion_map}

\subsection ch18_try To try out

1. Attack with the slopes of <em>another</em> network, trained with another seed. How much of the
harm is left? What does that mean for a network whose weights are kept secret?
2. Train for some more epochs on images with noise of 0.1, made anew for each batch with
   `compute_gradients`. What does it gain in section 3, and what does it lose in section 1?
3. Take ten small steps of FGSM instead of a large one, with new slopes before each, and never leave
   the range of 0.1 around the image. By how much does that do more harm?
4. Train on images that are turned at random by up to 30 degrees. What becomes of the curves of
   section 4, and of the accuracy at 0?
5. Let nine of ten training images have the pixel of section 6, or one in two. When does the network
   begin to read the digits?

\section ch18_program The program

The sections are functions, which the program calls one by one:

\snippet this teach

\snippet this main

\fold{The rest of it}
The pictures of section 3, with the answers that stand below them:

\snippet this seven

Those of section 4:

\snippet this changed images

The four orders of section 5, and the pictures of section 6:

\snippet this trust

\snippet this show cue

For a comparison of many runs with Keras, the program also trains without pictures and checks:

\snippet this compared
\endfold

\section ch18_next What to read next in the source

- `src/nn/network_gradients.cpp`: the backward pass through a model, and where `dx` of the first
  layer is left out unless somebody asks for it.
- `src/nn/gradient_check.cpp`: how numerical derivatives by weights and by inputs are made.
- `include/lanewise/random.hpp`: random numbers that are the same on any number of threads.

This was the last chapter. You have seen how networks learn, how to make them fast, and how to find
out where they fail. What you build with them is up to you.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const Data data{chapter.load_mnist(), chapter.options().samples};
  const std::uint64_t seed = chapter.options().seed;
  auto [network, test] = train_reader(chapter, data);
  chapter.section("reader", "1 A network that reads well");
  show::reader(chapter, data.train, test);
  chapter.section("groups", "2 Bias in the data");
  const std::vector<int> percents = {1, 2, 5, 10, 20, 50}, two = {1, 50};
  show::groups(chapter, groups(chapter, data, chapter.options().quick ? two : percents));
  show::two_groups(chapter, data.x_test.rows(0, 5));
  check_gradients(chapter, data, network);
  chapter.section("noise", "3 7 + noise = 3");
  const show::Attack noise = attack(chapter, data, network);
  show::attack(chapter, noise);
  const Index seven = show_seven(chapter, data, network, noise).image;
  show_shifts(chapter, data, network, seven);
  Network untrained = make_model(seed + 1).as<double>();
  untrained.build();
  show_maps(chapter, data, network, untrained, {seven, 0, 1});
  show_trust(chapter, data, network, untrained, noise.slope);
  show_cue(chapter, data, network);
}
// [teach]

// [compared]
// What section 7 compares with Keras, and nothing else.
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist(), chapter.options().samples};
  auto [network, test] = train_reader(chapter, data);
  groups(chapter, data, {1});
  attack(chapter, data, network);
  shifts(chapter, data, network);
  train_cheat(chapter, data, network);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run(
      {.number = "18",
       .name = "challenges",
       .title = "Challenges",
       .quick = "2 of the 6 trainings of section 2, 200 images instead of 1,000 in "
                "section 5, 200 derivatives a tensor instead of 2,000",
       .data = "mnist",
       .epochs = 5,
       .quick_epochs = 5,
       .samples = 10'000,
       .batch_size = 128},
      argc, argv, teach, compared);
}
// [main]
