/** \page ch10 10 Activations, vanishing and exploding gradients

If one \term{hidden layer} is good, thirty should be better. For a long time nobody could train
them. The first layers did not learn at all, and it took years to find out why.

The reason is a product. A knob in the first layer turns the loss through all the layers behind it,
and each of them multiplies its slope by a number. Thirty numbers below 1 make next to nothing.
Thirty numbers above 1 make something enormous. What these numbers are depends on two things that
one chooses before training: the \term{activation function}, and how large the first random weights
are.

At the end you have <b>seen a gradient shrink, from the last of thirty layers to the first</b>, by a
factor with eighteen zeros, and with other weights grow by one with more than twenty. You know which
weights go with which function, and why. And you have trained thirty layers to read digits, with one
beginning, and failed with another.

Before that, three functions get their derivatives, and two words from earlier chapters their
reasons: \gloss{softmax} and \gloss{cross-entropy}.

Run it yourself:

    ./tools/run 10            # all that is on this page
    ./tools/run 10 --quick    # 3 epochs instead of 10
    ./tools/run 10 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

What the program computes is printed, drawn and checked by functions `show::…`, in files beside this
one.
*/

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "10_activations/orthogonal.hpp"
#include "10_activations/show.hpp"
#include "10_activations/show_gradients.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch10
\section ch10_activations 1 Three functions and their slopes

A \term{unit} adds up what comes in, each number times its weight, and adds its \term{bias}. Call
the sum \f$z\f$. What the unit hands on is not \f$z\f$ itself but a function of it, its activation.
Without one, thirty layers could do no more than a single one: a weighted sum of weighted sums is
again a weighted sum, as chapter 16 shows by multiplying them out.

Three functions are common. Of each we need the slope as well, since slopes are what training goes
by.

<b>Sigmoid.</b> The \term{sigmoid} makes of any number one between 0 and 1:

\f[ \sigma(z) = \frac{1}{1 + e^{-z}} \f]

\image html 10_sigmoid.svg "The sigmoid, and its slope" width=100%

It is the step of the perceptron, made smooth. Its slope can be written with its value,
\f$\sigma(z)\,(1 - \sigma(z))\f$. It is largest at 0, where the value is a half, and there it is
\f$1/2 \cdot 1/2 = 1/4\f$. Keep this quarter in mind.

\fold{Where this slope comes from}
Write the sigmoid as \f$1/u\f$ with \f$u = 1 + e^{-z}\f$. The slope of \f$1/u\f$ is \f$-1/u^2\f$, and
that of \f$u\f$ is \f$-e^{-z}\f$. By the \gloss{chain rule} both together give
\f$e^{-z}/u^2\f$. Split it in two: \f$1/u\f$ is \f$\sigma(z)\f$, and what remains,
\f$e^{-z}/u\f$, is \f$(u - 1)/u = 1 - \sigma(z)\f$.
\endfold

\aside{sigmoid_not_to_zero}
To the left it does tend to 0, as it tends to 1 to the right: at -10 it is
\compute{1 / (1 + exp(10)) | .6f}, at -20 a number with eight zeros after the point. It comes as
close as one likes, and never arrives.
\endaside

<b>Tanh.</b> The \term{tanh}, short for hyperbolic tangent, has the same shape, but goes from -1 to
1, and passes through 0:

\f[ \tanh z = \frac{e^z - e^{-z}}{e^z + e^{-z}} \f]

\image html 10_tanh.svg "Tanh, and its slope" width=100%

Its slope is \f$1 - \tanh^2 z\f$, and at most 1, again at 0.

<b>ReLU.</b> The \term{ReLU}, the rectified linear unit, leaves positive numbers alone and makes all
others 0:

\f[ \mathrm{relu}(z) = \max(z, 0) \f]

\image html 10_ReLU.svg "ReLU, and its slope" width=100%

Its slope is 1 on the right and 0 on the left. At 0 itself it has a corner, a \term{kink}, and no
slope. Programs take 0 there, which does no harm: a sum is hardly ever exactly 0.

\aside{relu_slope}
Left of 0, ReLU is level, so its slope is 0. (With a slope of -1 it would be the absolute value,
which rises to the left.)
\endaside

In code:

\snippet this activations

\show{activations}

Look at the columns of -10 and 10. The sigmoid and tanh are level there. A unit whose sum is far
from 0 is <b>saturated</b>: its sum can change a lot, and its output hardly changes. So the loss
hardly notices, and the knobs of this unit get slopes near 0. ReLU is saturated on one side only.

There are many others. Most are relatives of ReLU that are not quite level on the left, or have no
corner:

\image html 10_relatives.svg "Relatives of ReLU" width=100%

What they do to slopes is much the same, and this page stays with the three. The step of the
perceptron is not among them for a reason: its slope is 0 on both sides of the jump, and whoever
goes by slopes cannot learn with it.
*/
// [activations]
double sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}
double sigmoid_slope(double z) {
  const double y = sigmoid(z);
  return y * (1 - y);
}
double tanh_slope(double z) {
  const double y = std::tanh(z);
  return 1 - y * y;
}
double relu(double z) {
  return z < 0 ? 0 : z;
}
double relu_slope(double z) {
  return z > 0 ? 1 : 0;
}
// [activations]

/** \page ch10
\section ch10_softmax 2 From yes or no to many classes

The sigmoid is good for questions that are answered by yes or no: what it puts out can be read as
the probability of a yes. Chapter 01 asked for more: probabilities of several classes, which add up
to 1. There is a sum \f$z_i\f$ for each class. The function that does it is \term{softmax}: raise
\f$e\f$ to each sum, which makes it positive, and divide by what all of them add up to:

\f[ p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_k}} \f]

\snippet this softmax

\show{softmax}

Two things can be seen. First, only the differences between the sums count: with 100 more in each,
the probabilities are the same. Second, for two classes of which one has the sum 0, softmax is the
sigmoid of the other:

\f[ \frac{e^z}{e^z + e^0} = \frac{1}{1 + e^{-z}} = \sigma(z) \f]

(Divide above and below by \f$e^z\f$.) So softmax is the sigmoid for any number of classes, or the
sigmoid is softmax for two. It belongs to the last layer only. In the layers before, nothing has to
add up to 1.
*/
// [softmax]
std::vector<double> softmax(const std::vector<double>& z) {
  std::vector<double> p;
  double sum = 0;
  for (const double one : z) {
    p.push_back(std::exp(one));
    sum += p.back();
  }
  for (double& one : p) one /= sum;
  return p;
}
// [softmax]

/** \page ch10
\section ch10_likelihood 3 How likely was that?

Chapter 02 measured how wrong probabilities are by squares. There is a better way, and it begins
with a coin.

A bent coin is thrown ten times and shows heads seven times. What is its probability of heads,
\f$p\f$? Try a value, and ask how likely it makes what was seen. Seven heads have \f$p\f$ each, and
three tails \f$1 - p\f$ each. Throws do not know of each other, so all this is multiplied:
\f$p^7 (1 - p)^3\f$. That is the \term{likelihood} of \f$p\f$:

\snippet this likelihood

\image html 10_likelihood.svg "How likely the ten throws are, for each p" width=100%

The likeliest is 0.7, seven of ten, as one would have guessed. To choose what makes the observations
most likely is called <b>maximum likelihood</b>, and it works for dice, and for networks, too.

But products of many probabilities are awkward. With 10,000 throws they are too small for any
computer number. The logarithm helps: it makes a sum of a product, and where the one is largest, so
is the other. With a minus sign before it, it becomes a loss, which one wants small:

\image html 10_minus_log.svg "The same with minus the logarithm: a bowl" width=100%

\show{likelihood}

Now a network. It gives each class a probability, for each image. The labels have happened. How
likely were they, by what the network says? Multiply what it gave to the *right* class of each
image. Take minus the logarithm, and divide by the number of images, so that it does not grow with
them. This is the \term{cross-entropy}:

\f[ L = -\frac{1}{n} \left( \ln p_{\text{right, image 1}} + \dots + \ln p_{\text{right, image } n}
\right) \f]

\show{cross_entropy}

The network with the smallest cross-entropy is the one by which the labels were likeliest.

\subsection ch10_p_minus_t Why its slope is p - t

Take one output with a sigmoid, and let the right answer be yes, \f$t = 1\f$. The sum \f$z\f$ makes
\f$p = \sigma(z)\f$, and \f$p\f$ makes the loss \f$-\ln p\f$. If \f$z\f$ is changed a little, the
change goes through two functions, one after the other. The first multiplies it by its slope,
\f$p\,(1 - p)\f$. The second multiplies the result by its own, which for \f$-\ln p\f$ is
\f$-1/p\f$. So the two slopes are multiplied:

\f[ -\frac{1}{p} \cdot p\,(1 - p) = -(1 - p) = p - 1 = p - t \f]

If the right answer is no, \f$t = 0\f$, the loss is \f$-\ln(1 - p)\f$. Its slope is
\f$1/(1 - p)\f$, the product is \f$p\f$, and that is \f$p - t\f$ again. For softmax the same comes
out for each class: its probability less its label, 1 for the right class and 0 for the others.

This is more than a short formula. Suppose that the network is sure, and wrong:

\show{mistakes}

In the first line \f$p\f$ is nearly 0, and should be 1. The slope of the cross-entropy is nearly -1,
as large as it gets. With the squared error a factor \f$p\,(1 - p)\f$ remains, the slope of the
sigmoid, and it is nearly 0, as the unit is saturated. The worst mistake is hardly corrected. In the
cross-entropy, the \f$1/p\f$ takes this factor away.
*/
// [likelihood]
// Of a coin, with the probability p of heads: how likely these throws are, and minus the logarithm.
double likelihood(double p, int heads, int tails) {
  return std::pow(p, heads) * std::pow(1 - p, tails);
}
double minus_log_likelihood(double p, int heads, int tails) {
  return -heads * std::log(p) - tails * std::log(1 - p);
}
// [likelihood]

/** \page ch10
\section ch10_chain 4 Slopes along a chain are multiplied

The last section had two functions in a row. Now take thirty. Let there be one unit in each layer,
with one weight \f$w\f$ and a bias. Its output is the next one's input. By how much does the last
number change if the first, a half, is changed a little? Each layer multiplies the change by
\f$w\f$, and by the slope of its activation at its own sum:

\snippet this chain

\show{chain}

The first column is the sigmoid <b>at its best</b>: a bias keeps all sums at 0, where its slope is a
quarter. Then every layer multiplies by \f$w/4\f$. With a weight of 1, thirty layers leave
\f$(1/4)^{30}\f$, \result{10/a quarter, thirty times | .0e}. That is the
\term{vanishing gradient}. With a weight of 4 all goes through unchanged, and with 8 it grows
without end: the \term{exploding gradient}. So with a sigmoid it takes weights of more than 4 to
explode. And no such bias is there by itself. Without it (the second column) larger weights make
larger sums, the units saturate, and the slope vanishes anyway.

Tanh has slopes up to 1, but loses much to saturation as soon as sums are not small. ReLU multiplies
by \f$w\f$ exactly, as long as the sums are positive: nothing is lost, and nothing holds it back.
*/
// [chain]
// How much the last number changes with the first, at x; slopes are multiplied on the way.
double slope_of_chain(const show::Function& f, double w, double bias, double x, int layers) {
  double slope = 1;
  for (int layer = 1; layer <= layers; ++layer) {
    const double z = w * x + bias;
    slope *= w * f.slope(z);
    x = f.value(z);
  }
  return slope;
}
// [chain]

/** \page ch10
\section ch10_thirty 5 Thirty layers

Now a real network. It takes the 784 pixels of a digit. Then come thirty hidden layers of 64 units,
all with the same activation, and at the end ten outputs with softmax:

\snippet this network

We look at 64 digits, and ask for the gradient of the cross-entropy with respect to each layer's
biases. Why those? A bias is added to the sum of its unit. So its slope is the slope with respect
to the sum itself, where our chain runs through. (A weight is multiplied by what comes in, so its
slope is this one times that number.) A layer has 64 biases and so 64 slopes. To put them into one
number, square them, add them up, and take the root. This is their <b>norm</b>, the length of the
gradient:

\snippet this norms

What differs is how the weights begin. Five beginnings, in the library's words:

\snippet this beginnings

They say where the random numbers come from. A *normal* distribution is the bell-shaped one, and
`RandomNormal` has its mean and its deviation, which is how far from the mean a number usually is.
"Small random numbers" was good advice once; the first of them is that. Two are named after the
first authors who computed what a layer does to the numbers that pass, and they divide by how many
come in, \f$n\f$. `GlorotUniform` has a deviation of \f$\sqrt{1/n}\f$ if as many go out as come in,
and is what Keras and this library take if one says nothing. `HeNormal` has \f$\sqrt{2/n}\f$. In an
`Orthogonal` beginning the weights of any two units are at right angles: the products of the one's
weights with the other's add up to 0. The weights of each have the length 1. So what passes keeps
its length, if as many go out as come in. The last beginning is there to see what large weights do.

\fold{The orthogonal beginning}
The library does not have it. An initializer is a struct with a name, and a function that fills the
weights, and so a program may bring its own. The weights of a unit are a column here. Each column
begins at random. Of each, the part along those before it is taken away; then what remains is at
right angles to them, and it is divided by its length.

\snippet 10_activations/orthogonal.hpp orthogonal
\endfold

Three functions times five beginnings, ten networks each:

\snippet this experiment

Here are the norms. Read from right to left, as the slopes are multiplied: from layer 30, which is
near the loss, to layer 1. Lines are the middle of ten networks, and the shade around them is where
all ten are, often too narrow to be seen. Glorot's line and the orthogonal one lie on each other.
From one number on the left to the next, the norm grows by a factor with five or ten zeros.

\image html 10_norms_sigmoid.svg "Sigmoid: all but one vanish" width=100%

<b>Sigmoid.</b> With Glorot's weights the norm in the first layer is
\result{10/gradient of layer 1, sigmoid, Glorot | .1e}. Such a slope cannot move a weight: a float
has seven digits, and they are all the same after the update. Only the last few layers learn. Small
weights make it unimaginably worse. The largest weights look best in this picture, but most of their
units are saturated, which is no good beginning, either.

\image html 10_norms_tanh.svg "Tanh: Glorot's and orthogonal weights hold the level" width=100%

<b>Tanh.</b> Glorot and the orthogonal beginning lose a little over thirty layers, and that is all.
He's weights are somewhat too large. Weights of deviation 1 explode.

\image html 10_norms_ReLU.svg "ReLU: He's weights hold the level" width=100%

<b>ReLU.</b> Now it is He's line that is level. Glorot's, which was right for tanh, loses a factor
of tens of thousands. And nothing saturates, so large weights explode to
\result{10/gradient of layer 1, ReLU, normal 1 | .1e}.

\show{norms}

\subsection ch10_why Why these?

Divide the way into steps: by what does one layer multiply the norm?

\show{factors}

It can be guessed beforehand. Each unit gets its slope from the 64 units behind it, each times a
random weight. Weights of deviation \f$s\f$ make of this something that is \f$\sqrt{64}\,s = 8s\f$
times as long: the signs differ, so much cancels, and the root is what remains. Then comes the slope
of the activation. Of the sigmoid it leaves a quarter at most, of tanh all at most. ReLU lets half
of the units pass, which leaves \f$\sqrt{1/2}\f$ of the length. That is the second table.

ReLU does what its column says, almost to the digit. That is how He's beginning was found:
\f$8s\sqrt{1/2} = 1\f$, or in general \f$s = \sqrt{2/n}\f$. For tanh and the sigmoid the guess is a
bound. Where weights are large their units saturate, and less comes through.
*/
// [network]
constexpr Index kPixels = 28 * 28, kUnits = 64, kClasses = 10;
constexpr int kLayers = 30;

lw::Model make_network(lw::ActivationFunction activation, const lw::Initializer& beginning,
                       std::uint64_t seed) {
  const auto dense = [&](Index units, lw::ActivationFunction f) {
    return lw::Dense{units, {.activation = f, .kernel_initializer = beginning}};
  };
  lw::Sequential model{lw::Input{{kPixels}}};
  for (int layer = 1; layer <= kLayers; ++layer) model.add(dense(kUnits, activation));
  model.add(dense(kClasses, lw::softmax));
  model.set_seed(seed);
  model.build();
  return model;
}
// [network]

// [digits]
constexpr Index kTrained = 4000, kHeldOut = 1000, kLookedAt = 64;

struct Digits {
  lw::data::Mnist mnist;
  Split all = tutorial::training_set(mnist, {kPixels});
  Split train = all.rows(0, kTrained);
  Split valid = all.rows(kTrained, kTrained + kHeldOut);
  lw::Tensor<float> y_train = lw::data::one_hot<float>(train.labels, kClasses);
  lw::Tensor<float> y_valid = lw::data::one_hot<float>(valid.labels, kClasses);
  lw::Tensor<double> x = tutorial::pixels<double>(all.images.rows(0, kLookedAt));
  lw::Tensor<double> t = lw::data::one_hot<double>(all.labels.rows(0, kLookedAt), kClasses);
};
// [digits]

// [norms]
// The norm of the gradient of each hidden layer's biases, from the first layer to the last.
std::vector<double> norms(const lw::Model& network, const Digits& digits) {
  lw::BasicModel<double> model = network.as<double>();
  model.compute_gradients(lw::CategoricalCrossentropy{}, digits.x, digits.t);
  std::vector<double> found;
  for (const auto& parameter : model.parameters()) {
    if (!parameter.name.ends_with("/bias")) continue;
    double squares = 0;
    for (const double slope : parameter.gradient) squares += slope * slope;
    found.push_back(std::sqrt(squares));
  }
  found.pop_back();  // that of the ten outputs
  return found;
}
// [norms]

// [beginnings]
const std::vector<std::pair<std::string, lw::Initializer>> beginnings = {
    {"normal 0.01", lw::RandomNormal{.mean = 0, .stddev = 0.01}},
    {"Glorot", lw::GlorotUniform{}},
    {"He", lw::HeNormal{}},
    {"orthogonal", start::Orthogonal{}},
    {"normal 1", lw::RandomNormal{.mean = 0, .stddev = 1}}};
// [beginnings]

const std::vector<show::Function> functions = {{"sigmoid", sigmoid, sigmoid_slope, lw::sigmoid},
                                               {"tanh", std::tanh, tanh_slope, lw::tanh},
                                               {"ReLU", relu, relu_slope, lw::relu}};

// [experiment]
// Ten networks of a kind, each with random weights of its own.
show::Norms look_at(const Chapter& chapter, const Digits& digits, const std::string& name,
                    const std::function<lw::Model(std::uint64_t seed)>& make) {
  constexpr std::uint64_t kNetworks = 10;
  show::Norms found{name, {}};
  for (std::uint64_t n = 0; n < kNetworks; ++n)
    found.networks.push_back(norms(make(chapter.options().seed * kNetworks + n), digits));
  return found;
}
// [experiment]

// [thirty]
void show_thirty(Chapter& chapter, const Digits& digits) {
  std::vector<std::vector<show::Norms>> all;
  for (const show::Function& f : functions) {
    all.emplace_back();
    for (const auto& [name, beginning] : beginnings)
      all.back().push_back(look_at(chapter, digits, name, [&, &b = beginning](auto seed) {
        return make_network(f.library, b, seed);
      }));
  }
  show::thirty(chapter, functions, all);
}
// [thirty]

/** \page ch10
\section ch10_exploding 6 When it explodes

\image html 10_exploding.svg "Large weights explode, whatever the activation" width=100%

In this picture the first line is a network *without any activation*. Nothing but weights is
multiplied there, and its gradient explodes most. ReLU with the same weights comes next, and tanh.
The sigmoid needs much larger weights. Here are its factors:

\show{exploding}

With one unit a layer it took a weight of more than 4. With 64 the slopes of many units add up, and
it begins between the deviations 1 and 2, where Glorot's weights have an eighth.

\aside{exploding_sigmoid}
A slope of at most a quarter only ever makes the product smaller. What explodes are the weights,
with any activation or none; the sigmoid is the function with which it takes the largest. What it is
to blame for is the opposite: that gradients vanish. \endaside

What an exploded gradient does can be seen after one step:

\snippet this explode

\show{step}

The loss before the step is already huge. The step, which is the slope times the learning rate, is
far longer than anything sensible, and then the network computes what is no number any more, `nan`.
If you see that in a training, think of this page, and of the fourth ball of chapter 02.
*/
// [explode]
void show_step(Chapter& chapter, const Digits& digits) {
  chapter.section("step", "What an exploded gradient does");
  lw::Model model =
      make_network(lw::relu, lw::RandomNormal{.mean = 0, .stddev = 1}, chapter.options().seed);
  model.compile(
      {.optimizer = lw::SGD{.learning_rate = 0.01}, .loss = lw::CategoricalCrossentropy{}});
  const Split few = digits.train.rows(0, 32);
  const auto labels = lw::data::one_hot<float>(few.labels, kClasses);
  for (int step = 1; step <= 2; ++step)
    show::step(chapter, step, model.train_on_batch(few.x(), labels));
}
// [explode]

// [show exploding]
void show_exploding(Chapter& chapter, const Digits& digits) {
  chapter.section("exploding", "6 When it explodes");
  const auto normal = [&](lw::ActivationFunction f, const char* name, double deviation) {
    return look_at(chapter, digits, name, [=](auto seed) {
      return make_network(f, lw::RandomNormal{.mean = 0, .stddev = deviation}, seed);
    });
  };
  std::vector<std::pair<double, show::Norms>> sigmoids;
  for (const double deviation : {0.125, 0.5, 1.0, 2.0, 4.0, 8.0})
    sigmoids.emplace_back(deviation, normal(lw::sigmoid, "sigmoid, normal 8", deviation));
  show::exploding(chapter, sigmoids,
                  {normal(lw::linear, "none, normal 1", 1), normal(lw::relu, "ReLU, normal 1", 1),
                   normal(lw::tanh, "tanh, normal 1", 1)});
  show_step(chapter, digits);
}
// [show exploding]

/** \page ch10
\section ch10_gradients 7 Are the slopes right?

All this rests on slopes, so they are compared with numerical ones, as in
\ref ch02_gradients "chapter 02": the three activations, the cross-entropy with the sigmoid and with
softmax, the chain, and the networks of thirty layers, with tanh and with ReLU, and the one of
section 9. For these, some entries of each layer are drawn:

\snippet this gradients

\show{gradients}

A ReLU network has kinks wherever a sum is 0, and a weight in the first layer moves the sums of all
the layers behind it. For such an entry the check halves its little step, which `halvings` allows,
until it fits between the kinks.
*/
// [gradients]
void check_network(Chapter& chapter, const Digits& digits, const char* name,
                   const lw::Model& network) {
  const Split few = digits.train.rows(0, 4);
  // Ten times halved, the step is 1e-7, and rounding adds about 1e-16 / 1e-7 = 1e-9, a tenth of a
  // millionth of a gradient of 1e-2.
  const lw::GradientCheckOptions options{.entries_per_tensor = chapter.options().quick ? 2 : 8,
                                         .seed = 42,
                                         .bound = 1e-6,
                                         .halvings = 10};
  const auto report = lw::gradient_check(network, lw::CategoricalCrossentropy{}, few.x(),
                                         lw::data::one_hot<float>(few.labels, kClasses), options);
  show::gradient_check(chapter, name, report);
}
// [gradients]

/** \page ch10
\section ch10_training 8 Does it matter?

It decides everything. Here is the network with ReLU, trained on 4,000 digits from three beginnings,
with the same learning rate:

\snippet this train

\image html 10_training.svg "Thirty layers of ReLU from three beginnings" width=100%

\show{training}

From He's weights it learns. From Glorot's it does not, nor from small ones, and both lines lie on
each other. They are not quite at what ten equal probabilities cost,
\f$\ln 10 = \compute{log(10) | .4f}\f$. They are close to what it costs to know how often each digit
comes and not to look at the image, which is the last number in the output. Ten biases in the last
layer are enough for that, and their slopes come straight from the loss.

Nothing else differs: the same network, the same digits, the same loss. Somebody who tries thirty
layers with the library's default would conclude that deep networks cannot learn.

\section ch10_remedies 9 What is done about it

<b>Begin rightly.</b> He's weights for ReLU and its relatives, Glorot's for tanh. This costs
nothing. But it holds for the beginning only: training moves the weights.

<b>Normalize.</b> A layer between the others measures its numbers, and brings them back to mean 0
and deviation 1, whatever the weights have become. So sums stay where the activation has a slope. In
the library it is `BatchNormalization`.

<b>Clip.</b> Against explosions: if the gradient is longer than some bound, it is shortened to it
before the step. Its direction stays.

<b>Shortcuts.</b> Let each layer *add* to what it was given, instead of replacing it. What comes out
is \f$x + f(x)\f$. If \f$x\f$ changes a little, the sum changes by \f$1\f$ times as much, and by the
slope of \f$f\f$: the factor is 1 plus that slope. If the slope of \f$f\f$ is nearly 0, the factor
is nearly 1, and nothing vanishes. These are also called <b>residual connections</b>. A network with
them is no plain row of layers any more. The library builds it from values: `x | layer` is what the
layer makes of `x`, and `add` adds:

\snippet this shortcuts

Take the worst beginning of all, normal 0.01. Here is what shortcuts do to its gradient, and to its
training:

\image html 10_shortcuts.svg "ReLU, normal 0.01: without shortcuts and with them" width=100%

\image html 10_shortcut_training.svg "The same weights, trained" width=100%

\show{shortcuts}

The line is level, and the network learns, from weights with which it could not. Since 2015, when
this became known, most deep networks have had shortcuts.

\aside{lstm_cures_both}
An LSTM is a network that reads a sequence, such as a text, word by word, and carries a memory
along. To the memory things are *added*, as with shortcuts, and a number between 0 and 1, the forget
gate, says how much of it is kept at each word. Where that is near 1, gradients do not vanish along
the memory. So it helps against the one. Against exploding it does not: the network's other numbers
still go around through weights at each word, and its gradients are clipped in practice. For
networks that are no sequences, as on this page, an LSTM is no answer to either. \endaside
*/
// [train]
lw::History fit(const Chapter& chapter, const Digits& digits, lw::Model model) {
  model.compile({.optimizer = lw::SGD{.learning_rate = 0.01},
                 .loss = lw::CategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model.fit(digits.train.x(), digits.y_train,
                   {.epochs = chapter.options().epochs,
                    .batch_size = chapter.options().batch_size,
                    .validation_data = {digits.valid.x(), digits.y_valid}});
}
// [train]

// [shortcuts]
lw::Model with_shortcuts(lw::ActivationFunction activation, const lw::Initializer& beginning,
                         std::uint64_t seed) {
  const auto dense = [&](Index units, lw::ActivationFunction f) {
    return lw::Dense{units, {.activation = f, .kernel_initializer = beginning}};
  };
  const lw::Value x = lw::input({kPixels});
  lw::Value h = x | dense(kUnits, activation);
  for (int layer = 2; layer <= kLayers; ++layer) h = lw::add(h, h | dense(kUnits, activation));
  lw::Model model{x, h | dense(kClasses, lw::softmax)};
  model.set_seed(seed);
  model.build();
  return model;
}
// [shortcuts]

// [checks]
void check_gradients(Chapter& chapter, const Digits& digits) {
  chapter.section("gradients", "7 Are the slopes right?");
  show::check_activations(chapter, functions);
  show::check_cross_entropy(chapter, sigmoid, softmax);
  show::check_chain(chapter, functions, slope_of_chain);
  constexpr std::uint64_t kSeed = 42;
  check_network(chapter, digits, "thirty layers, tanh, Glorot",
                make_network(lw::tanh, lw::GlorotUniform{}, kSeed));
  check_network(chapter, digits, "thirty layers, ReLU, He",
                make_network(lw::relu, lw::HeNormal{}, kSeed));
  check_network(chapter, digits, "thirty layers, ReLU, with shortcuts",
                with_shortcuts(lw::relu, lw::RandomNormal{.mean = 0, .stddev = 0.01}, kSeed));
}
// [checks]

// [trainings]
const lw::Initializer small = lw::RandomNormal{.mean = 0, .stddev = 0.01};

// The trainings that Keras does, too.
struct Trainings {
  show::Training he, glorot, shortcuts;
};

Trainings train(Chapter& chapter, const Digits& digits) {
  const auto trained = [&](const char* name, const lw::Model& model) {
    show::Training done{name, chapter.train([&] { return fit(chapter, digits, model); })};
    show::compare(chapter, done);
    return done;
  };
  const std::uint64_t seed = chapter.options().seed;
  return {trained("He", make_network(lw::relu, lw::HeNormal{}, seed)),
          trained("Glorot", make_network(lw::relu, lw::GlorotUniform{}, seed)),
          trained("normal 0.01 with shortcuts", with_shortcuts(lw::relu, small, seed))};
}

// Returns the last one, which the next section speaks of.
show::Training show_training(Chapter& chapter, const Digits& digits, const Trainings& done) {
  chapter.section("training", "8 Does it matter?");
  const lw::Model network = make_network(lw::relu, small, chapter.options().seed);
  const show::Training last{"normal 0.01", fit(chapter, digits, network)};
  show::training(chapter, {done.he, done.glorot, last}, digits.train.labels);
  return last;
}
// [trainings]

// [show shortcuts]
void show_shortcuts(Chapter& chapter, const Digits& digits, const show::Training& without,
                    const show::Training& with) {
  chapter.section("shortcuts", "9 What is done about it");
  const auto plain = [&](std::uint64_t seed) { return make_network(lw::relu, small, seed); };
  const auto shortcuts = [&](std::uint64_t seed) { return with_shortcuts(lw::relu, small, seed); };
  show::shortcuts(chapter,
                  {look_at(chapter, digits, "without shortcuts", plain),
                   look_at(chapter, digits, "with shortcuts", shortcuts)},
                  {{"without shortcuts", without.history}, with});
}
// [show shortcuts]

/** \page ch10
\section ch10_numbers 10 The numbers

The course shows no numbers here but the thirty layers. So our figures are compared with two others.
The gradients have been computed a second time, in NumPy, by a program that shares nothing with this
one, for thirty times ten networks. Three of the trainings have been done in Keras, thirty times
each. The column *Keras* has both, each as its mean and, after ±, its standard deviation. Trainings
without a name in the table began with He's weights. The verdict is made as
\ref ch04_numbers "chapter 04" tells.

\fold{All figures}
\show{numbers}
\endfold

\subsection ch10_speed How long it takes

The trainings from He's and from Glorot's weights and the one with shortcuts, beside the same three
in Keras on the same machine:

\speed

\subsection ch10_checked What has been checked, and what has not

The program ends with an error unless all of this holds: our functions and their slopes are the
library's; the first number of softmax(z, 0) is the sigmoid; 0.7 has the largest likelihood; the
cross-entropy is the library's; a sigmoid at its best multiplies by a quarter of the weight; the
larger the weights, the more a layer of sigmoids multiplies by; all derivatives agree with numerical
ones; and the figures are in their bounds.

\section ch10_summary Summary

- Sigmoid: from 0 to 1, slope at most 1/4. Tanh: from -1 to 1, slope at most 1. ReLU: slope 0 or 1.
  Where they are level, a unit is saturated, and learns nothing.
- Softmax is the sigmoid for many classes. Cross-entropy is minus the logarithm of how likely the
  labels were, an image, and its slope is \f$p - t\f$.
- Along a chain, slopes are multiplied. Thirty factors below 1 vanish, and thirty above 1 explode.
- The factor of a layer is the size of its weights times the slope of its activation. The sigmoid
  makes it small. Large weights make it large, with any activation.
- ReLU goes with He's weights, tanh with Glorot's. Shortcuts add 1 to the factor.

\section ch10_questions Questions

\questions

\section ch10_exercises Exercises

\exercises

Start with the first.

\exercise{tanh_backward}
\exercise{spread}
\exercise{most_likely}

\subsection ch10_try To try out

1. On paper: the largest slope of \f$\sigma(2z)\f$? And of \f$2\sigma(2z) - 1\f$, which is tanh?
2. Which deviation do the weights of a ReLU network need if its layers have 256 units instead of 64?
   Change `kUnits`, and see whether `HeNormal` still holds the level.
3. Let the networks of section 8 train for 40 epochs (`--epochs 40`). Does Glorot's ever begin to
   learn?
4. Give `with_shortcuts` He's weights, and look at the norms. Why is that too much now?
5. In `fit`, take `lw::Adam{}` instead of `lw::SGD`. It divides each slope by its own usual size.
   Does the network learn from Glorot's weights now?

\section ch10_program The program

The rest puts it together. The digits, the pictures of section 5, and those of section 6:

\snippet this digits
\snippet this thirty
\snippet this show exploding

The checks and the trainings:

\snippet this checks
\snippet this trainings
\snippet this show shortcuts

And all of it, one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch10_next What to read next in the source

- `include/lanewise/ops/activation.hpp`: all activations, and from what their slopes are computed.
- `include/lanewise/nn/initializer.hpp`: the beginnings there are.
- `src/nn/initializer.cpp`: how they are drawn.

Chapter 17 follows the slopes back through a network, number by number.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  show::activations(chapter, functions);
  show::softmax(chapter, sigmoid, softmax);
  show::likelihood(chapter, likelihood, minus_log_likelihood);
  show::cross_entropy(chapter);
  show::sure_mistakes(chapter, sigmoid);
  show::chains(chapter, functions, slope_of_chain);

  chapter.section("images", "The images");
  const Digits digits{chapter.load_mnist()};
  chapter.exact("hidden layers", kLayers, 30);
  show_thirty(chapter, digits);
  show_exploding(chapter, digits);
  check_gradients(chapter, digits);
  const Trainings done = train(chapter, digits);
  const show::Training without = show_training(chapter, digits, done);
  show_shortcuts(chapter, digits, without, done.shortcuts);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Digits digits{chapter.load_mnist()};
  show_thirty(chapter, digits);
  train(chapter, digits);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "10",
                        .name = "activations",
                        .title = "Activations, vanishing and exploding gradients",
                        .quick = "3 epochs instead of 10, 2 derivatives a tensor checked instead "
                                 "of 8",
                        .data = "mnist",
                        .epochs = 10,
                        .quick_epochs = 3,
                        .samples = kTrained,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
