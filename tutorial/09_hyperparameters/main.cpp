/** \page ch09 09 Hyper-parameters

Training turns the knobs of a network. But who turns the knobs of the training: how far a step goes,
by which rule, in how many layers, from which first weights? Nobody computes them. Somebody chooses
them before the training begins, and a setting of this kind is called a \term{hyper-parameter}.

This chapter turns these knobs, one after another, and looks at what each of them does. It has two
parts, and between them is a good place to stop for the evening.

- <b>Part one</b> is about the way down. You will see six rules race through a narrow valley, each
  of them written in a few lines first. You will see a ball that cannot come to rest, and one that
  rests in the wrong place.
- <b>Part two</b> trains several hundred small networks that read digits, and changes one setting at
  a time. You will see which settings matter, and how much of what one sees is chance.

Run it yourself:

    ./tools/run 09            # everything on this page, with your numbers
    ./tools/run 09 --quick    # fewer networks, 3 passes over the images instead of 10
    ./tools/run 09 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes.)
*/

#include <algorithm>
#include <atomic>
#include <cmath>
#include <future>
#include <string>
#include <vector>

#include "09_hyperparameters/show.hpp"
#include "09_hyperparameters/show_knobs.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Path;
using show::Place;
using show::Slopes;
using tutorial::Chapter;
using tutorial::ChapterOptions;
using tutorial::Split;

namespace {

/** \page ch09
\section ch09_valley 1 A valley

<b>Part one: the way down.</b>

Chapter 07 found that training creeps if the loss is a long, narrow valley. Here is such a valley,
of two knobs \f$u\f$ and \f$v\f$. Its lowest point is at \f$u = v = 0\f$:

\f[ L(u, v) = \frac{1}{2} \left( u^2 + 20\,v^2 \right) \f]

\f[ \frac{\partial L}{\partial u} = u, \qquad \frac{\partial L}{\partial v} = 20\,v \f]

\snippet this valley

Along its floor, from west to east, the curvature is 1. Across, it is 20: the slope grows by 20 for
each step of 1. A loss that is curved much more in one direction than in another is called
\term{ill-conditioned}. (In chapter 07 it was badly conditioned, which is the same.) The loss of a
network nearly always is.

Training begins in the west, at \f$u = -4\f$, \f$v = 1\f$. What moves a knob is the
\term{optimizer}: the rule that makes a step of a slope. The simplest is plain \term{gradient
descent}. Libraries call it `SGD`, for *stochastic* gradient descent, since in training the slopes
are of a random \term{batch} of examples:

\f[ w \leftarrow w - \eta\,g \f]

Here \f$w\f$ is a knob, \f$g\f$ the slope of the loss with respect to it, and \f$\eta\f$ the
\term{learning rate}. In code an optimizer is given a knob and its slope, and moves the knob. Each
knob has one to itself:

\snippet this sgd
\snippet this descend

Chapter 02 has the limit of the learning rate, \f$2 / 20 = 0.1\f$ here. With 0.09, a little below
it, this is the way down. A ring is a line of equal height, and a dot is a step:

\image html 09_sgd.svg "Plain gradient descent, learning rate 0.09" width=100%

It leaps from wall to wall, because across the valley each step is almost twice as long as the way
to the floor. And along the floor each step is short, because there the slope is small. A smaller
rate would end the leaping and make the way along the floor longer still. All that follows is about
this dilemma. There are two ideas: remember the direction, and give each knob a step of its own.

\section ch09_momentum 2 Remember the direction

The first idea is a heavy ball. It does not turn on the spot wherever the slope points. It goes on
the way it went, and each slope only bends its course. So the optimizer keeps a velocity \f$v\f$ for
each knob, which begins at 0. (This letter has nothing to do with the knob \f$v\f$ of the valley.)
At each step nine tenths of it remain, and the new step is added. This is called \term{momentum}:

\f[
  \begin{aligned}
  v &\leftarrow 0.9\,v - \eta\,g \\
  w &\leftarrow w + v
  \end{aligned}
\f]

\snippet this momentum

\image html 09_momentum.svg "With momentum, learning rate 0.01" width=100%

Across the valley the slopes change their signs, and in the velocity they cancel. Along the floor
they all have the same sign, and add up. If a slope stays the same, the velocity grows to
\f$1 + 0.9 + 0.9^2 + \dots = 10\f$ times the plain step. So a rate of 0.01 goes as far here as one
of 0.1 without momentum. And like a heavy ball it rolls past the lowest point before it comes back.

\subsection ch09_rolling The latest slope, or a rolling average

Momentum is one way to listen to more than the latest slope. Another one is a
\term{rolling average}. That of numbers \f$g\f$ is a number \f$m\f$, which goes a tenth of the way
towards each new one:

\f[ m \leftarrow m + 0.1\,(g - m) = 0.9\,m + 0.1\,g \f]

It remembers about the last ten numbers, the older the less, and has to store only one. The velocity
is the same thing, multiplied by \f$-10\,\eta\f$.

What is it good for? A batch is a random handful, and its slope is off by chance, now this way and
now that way. Here is a slope that is 1 in truth, measured on 60 batches. Each measurement is off by
about 1:

\image html 09_rolling.svg "A slope that is 1, measured on sixty batches" width=100%

\snippet this rolling

\show{rolling}

A rolling average is steadier than what it averages. But it has a flaw: it begins at 0, so the first
averages are too small. After one number it is only
\f$0.1\,g\f$. Divide it by \f$1 - 0.9^t\f$, where \f$t\f$ counts the numbers: after one number that
is 0.1, which is right, and after fifty it is nearly 1 and changes nothing. That is the line called
corrected. The last of the optimizers will do this, too.
*/
// [valley]
double loss(Place at) {
  return (at.u * at.u + 20 * at.v * at.v) / 2;
}

Place slopes(Place at) {
  return {at.u, 20 * at.v};
}
// [valley]

// [sgd]
struct Sgd {
  double rate;
  void step(double& w, double g) { w -= rate * g; }
};
// [sgd]

// [descend]
// The places on the way down from one of them.
template <class Optimizer>
Path descend(Slopes& slopes, const Optimizer& optimizer, Place at, int steps) {
  Optimizer of_u = optimizer, of_v = optimizer;
  Path path = {at};
  for (int step = 0; step < steps; ++step) {
    const Place slope = slopes(at);
    of_u.step(at.u, slope.u);
    of_v.step(at.v, slope.v);
    path.push_back(at);
  }
  return path;
}
// [descend]

// [momentum]
struct Momentum {
  double rate;
  double v = 0;
  void step(double& w, double g) {
    v = 0.9 * v - rate * g;
    w += v;
  }
};
// [momentum]

// [rolling]
struct RollingAverage {
  double m = 0, left = 1;  // left of the 0 that it began with: 0.9, 0.81, …
  void add(double g) {
    m += 0.1 * (g - m);
    left *= 0.9;
  }
  double corrected() const { return m / (1 - left); }
};
// [rolling]

/** \page ch09
\section ch09_own 3 A step of its own for each knob

The second idea: the two knobs need steps of different lengths. The one with the steep slopes should
take a smaller share of them. How steep a knob's slopes are, the optimizer finds out as it goes. It
remembers the *squares* of the slopes, where plus and minus do not cancel, and divides by their
root.

<b>\term{Adagrad}</b> adds up all squares since the beginning:

\f[
  \begin{aligned}
  a &\leftarrow a + g^2 \\
  w &\leftarrow w - \eta\,\frac{g}{\sqrt{a + 10^{-7}}}
  \end{aligned}
\f]

\snippet this adagrad

\image html 09_adagrad.svg "Adagrad, learning rate 0.5" width=100%

The first step is about \f$\eta\f$ in both directions, however steep they are: a slope divided by
its own size is 1 or -1. So the way leaves at an angle of 45 degrees. No leaping any more. (The 0.1
that \f$a\f$ begins with keeps the first steps from being too long where slopes are tiny, and the
\f$10^{-7}\f$ keeps from dividing by 0. Both numbers are Keras's.) But a sum only grows. So the
steps get shorter and shorter, whether the end is near or not, and in a long training they may
become too short to get anywhere.

<b>\term{RMSprop}</b> takes a rolling average of the squares instead, which forgets. Its root is
about as large as the slopes have been lately:

\f[
  \begin{aligned}
  a &\leftarrow 0.9\,a + 0.1\,g^2 \\
  w &\leftarrow w - \eta\,\frac{g}{\sqrt{a + 10^{-7}}}
  \end{aligned}
\f]

\snippet this rmsprop

\image html 09_rmsprop.svg "RMSprop, learning rate 0.05" width=100%

After the first few steps a slope is about as large as its own average, so that each step is about
\f$\eta\f$ long, in both directions, on a steep wall as on the floor. That is quick where the floor
is level. But near the lowest point the steps are no shorter, and there it goes to and fro.

<b>\term{Adadelta}</b> wants to do without the learning rate. How long should a step be? As long as
the steps have been lately. So it keeps a second rolling average, that of the squares of its own
steps \f$d\f$:

\f[
  \begin{aligned}
  a &\leftarrow 0.95\,a + 0.05\,g^2 \\
  d &= g\,\frac{\sqrt{u + 10^{-7}}}{\sqrt{a + 10^{-7}}} \\
  u &\leftarrow 0.95\,u + 0.05\,d^2 \\
  w &\leftarrow w - \eta\,d
  \end{aligned}
\f]

\snippet this adadelta

The paper that proposed it has no \f$\eta\f$, which is the same as \f$\eta = 1\f$. (Keras's default
is 0.001, which makes it a thousand times slower; whoever takes Adadelta should know that.) The
first step can only be tiny, since there have been no steps before it:
\f$\sqrt{10^{-7} / 0.05} = \compute{sqrt(1e-7 / 0.05) | .4f}\f$. From there the steps grow, but
slowly.

\section ch09_adam 4 Both ideas: Adam

\term{Adam} remembers the direction *and* gives each knob a step of its own. It keeps a rolling
average \f$m\f$ of the slopes and another one, \f$v\f$, of their squares, which forgets very slowly:

\f[
  \begin{aligned}
  m &\leftarrow 0.9\,m + 0.1\,g \\
  v &\leftarrow 0.999\,v + 0.001\,g^2
  \end{aligned}
\f]

Both begin at 0, and are corrected as in section 2, by \f$1 - 0.9^t\f$ and \f$1 - 0.999^t\f$, where
\f$t\f$ counts the steps:

\f[
  w \leftarrow w - \eta\,\frac{\sqrt{1 - 0.999^t}}{1 - 0.9^t}\,\frac{m}{\sqrt{v} + 10^{-7}}
\f]

The first fraction is both corrections in one. (That of \f$v\f$ is under a root, since \f$v\f$
itself is.) This \f$v\f$ is no velocity; the letters are those of the paper.

\snippet this adam

\image html 09_adam.svg "Adam, learning rate 0.1" width=100%

It sets off at 45 degrees, like the others that scale their steps. And like the heavy ball it swings
past the floor, and past the lowest point, and comes back.

These are all six, by what they remember:

| | direction | size of the step |
| --- | --- | --- |
| SGD | latest slope | fixed |
| momentum | rolling average of slopes | fixed |
| Adagrad | latest slope | sum of all squares |
| RMSprop | latest slope | rolling average of squares |
| Adadelta | latest slope | two rolling averages |
| Adam | rolling average of slopes | rolling average of squares |
*/
// [adagrad]
struct Adagrad {
  double rate;
  double a = 0.1;
  void step(double& w, double g) {
    a += g * g;
    w -= rate * g / std::sqrt(a + 1e-7);
  }
};
// [adagrad]

// [rmsprop]
struct RmsProp {
  double rate;
  double a = 0;
  void step(double& w, double g) {
    a = 0.9 * a + 0.1 * g * g;
    w -= rate * g / std::sqrt(a + 1e-7);
  }
};
// [rmsprop]

// [adadelta]
struct Adadelta {
  double rate;
  double a = 0, u = 0;
  void step(double& w, double g) {
    a = 0.95 * a + 0.05 * g * g;
    const double d = g * std::sqrt(u + 1e-7) / std::sqrt(a + 1e-7);
    u = 0.95 * u + 0.05 * d * d;
    w -= rate * d;
  }
};
// [adadelta]

// [adam]
struct Adam {
  double rate;
  double m = 0, v = 0;
  int t = 0;
  void step(double& w, double g) {
    ++t;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double correction = std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
    w -= rate * correction * m / (std::sqrt(v) + 1e-7);
  }
};
// [adam]

/** \page ch09
\section ch09_race 5 The race

All six begin at the same place, each with a learning rate that suits it. Click through the
pictures:

\frames{race}

\show{race}

The last column counts the steps until the loss is below 0.01 for good. How far each of them is
ahead depends on its learning rate, on where it begins and on the valley. So this race does not say
which of them is best. It shows how they go: SGD leaps, momentum swings, Adagrad slows down, RMSprop
walks at an even pace, Adadelta hardly gets going, and Adam is in between.

\subsection ch09_slanted The same valley, turned

One thing about this race was unfair. The valley lies along the axes, so that one knob is steep and
the other one is not. That is just what the optimizers with a step for each knob are made for. Turn
the valley by \result{09/angle | .0f} degrees:

\snippet this slanted

\image html 09_slanted.svg "The turned valley: the six tracks after 40 steps" width=100%

\show{slanted}

SGD and momentum take the very same way as before, turned. They do not care where the axes are. The
others do. In the turned valley both knobs are steep, so they find nothing to tell apart, and need
more steps. (RMSprop never comes to rest below 0.01; that is the dash.) The valleys of a network lie
askew, too, and yet its knobs differ a lot in how steep they are: from layer to layer, and from
frequent to rare inputs. Which of the two counts for more, one has to try.

\subsection ch09_library By hand, and in the library

The library has all six, with Keras's names and defaults: `SGD`, `RMSprop`, `Adagrad`, `Adadelta`,
`Adam`. Given the same slopes, they have to come to the same places as ours, step by step. And
Keras? The first 20 steps of each were made with Keras, in numbers of sixteen digits, and lie in a
file beside the program:

\show{library}

\fold{How the library is asked}
\snippet this library
\endfold
*/
// [library]
// Where the library's optimizer is after each step, if it is given the slopes of this path.
template <class Optimizer>
Path by_library(const Optimizer& optimizer, Slopes& slopes, const Path& path) {
  lw::Tensor<double> w({2}, {path[0].u, path[0].v}), g({2});
  lw::Tensor<double> state({lw::ops::state_slots(optimizer), 2});
  std::fill(state.begin(), state.end(), lw::ops::initial_state(optimizer));
  Path found = {path[0]};
  for (std::size_t step = 1; step < path.size(); ++step) {
    const Place slope = slopes(path[step - 1]);
    g[0] = slope.u, g[1] = slope.v;
    lw::ops::optimizer_step<double>(optimizer, static_cast<Index>(step), w, g, state);
    found.push_back({w[0], w[1]});
  }
  return found;
}
// [library]

// [slanted]
constexpr double kAngle = 30 * 3.14159265358979324 / 180;

// A place, turned to the left by an angle around (0, 0).
Place turned(Place at, double angle) {
  const double cosine = std::cos(angle), sine = std::sin(angle);
  return {at.u * cosine - at.v * sine, at.u * sine + at.v * cosine};
}

double slanted_loss(Place at) {
  return loss(turned(at, -kAngle));
}

Place slanted_slopes(Place at) {
  return turned(slopes(turned(at, -kAngle)), kAngle);
}
// [slanted]

// [racers]
// An optimizer of ours at any learning rate, beside the library's at the rate of the race.
template <class Ours, class Library>
show::Racer racer(const char* name, double rate, const Library& optimizer) {
  return {
      .name = name,
      .rate = rate,
      .descend = [](Slopes& slopes, double any_rate, Place from,
                    int steps) { return descend(slopes, Ours{any_rate}, from, steps); },
      .by_library = [optimizer](Slopes& slopes,
                                const Path& path) { return by_library(optimizer, slopes, path); }};
}

const std::vector<show::Racer> racers = {
    racer<Sgd>("SGD", 0.09, lw::SGD{.learning_rate = 0.09}),
    racer<Momentum>("momentum", 0.01, lw::SGD{.learning_rate = 0.01, .momentum = 0.9}),
    racer<Adagrad>("Adagrad", 0.5, lw::Adagrad{.learning_rate = 0.5}),
    racer<RmsProp>("RMSprop", 0.05, lw::RMSprop{.learning_rate = 0.05}),
    racer<Adadelta>("Adadelta", 1, lw::Adadelta{.learning_rate = 1}),
    racer<Adam>("Adam", 0.1, lw::Adam{.learning_rate = 0.1})};
// [racers]

/** \page ch09
\section ch09_rates 6 The learning rate

The course says of the learning rate that it usually lies between \course{09/least_learning_rate}
and \course{09/largest_learning_rate}, and often is \course{09/common_learning_rate}. Here is each
optimizer with these three rates and with larger ones, from the same place in the valley. The
numbers are the steps until the loss is below 0.01 for good. A dash means that it takes more than
\result{09/most steps | ,.0f}, and "out" that the loss grows without end:

\show{rates}

- <b>Too small</b>, and it takes for ever. <b>Too large</b>, and it never comes to rest, or it flies
  out of the valley.
- <b>A rate has no meaning without its optimizer.</b> What is too large for one of them is too small
  for another. The right one for SGD depends on how steep the loss is. For RMSprop and Adam it is,
  roughly, the length of a step itself.

So 0.01 is a rate to begin with, and no more than that.

\subsection ch09_landing Landing

The course compares this to an airliner: 100 miles from the airport it flies fast, and the closer it
comes the slower it gets. Why should one get slower? With plain descent on a smooth bowl there is
no need, since the slopes get smaller by themselves. But in training each slope is measured on a
batch, and is off by chance. Take one knob \f$w\f$, with the loss \f$w^2 / 2\f$ and the slope
\f$w\f$. It begins at 100, and each slope is off by about 1:

\snippet this fly

\image html 09_landing.svg "How far it is from the minimum, usually, of 200 flights" width=100%

\show{landing}

- With a <b>large rate</b> it is there at once, and then it is thrown about, by a share of each
  error. It never lands.
- With a <b>small rate</b> it lands softly. But it takes long to get there, or does not get there at
  all.
- With a rate that is <b>large first, and halved again and again</b>, it comes fast and lands
softly.

To lower the rate during training is called \term{learning-rate decay}, and the rule by which it is
lowered is a \term{schedule}. Keras has a class for each of several schedules. This library has none
of them. A schedule is a few lines of your own here, in a callback, a function that training calls:

\snippet this landing

Section 9 will see whether it helps a network.
*/
// [fly]
constexpr int kFlight = 1000;

// Where the knob is before each step and after the last.
std::vector<double> fly(double (*rate)(int step), std::uint64_t seed) {
  lw::Tensor<double> errors({kFlight});
  lw::fill_normal<double>(errors, 0, 1, {.seed = seed, .stream = 1});
  std::vector<double> path = {100};
  for (int step = 0; step < kFlight; ++step) {
    const double w = path.back(), slope = w + errors[step];
    path.push_back(w - rate(step) * slope);
  }
  return path;
}

double halved(int step) {  // every 100 steps
  return 0.5 * std::pow(0.5, step / 100);
}
// [fly]

// [landing]
// Halves the learning rate after each epoch.
class Landing : public lw::Callback {
 public:
  explicit Landing(lw::Sequential& model) : model_(&model) {}
  bool on_epoch_end(int, const lw::Logs&) override {
    model_->set_learning_rate(model_->learning_rate() / 2);
    return true;  // go on
  }

 private:
  lw::Sequential* model_;
};
// [landing]

/** \page ch09
\section ch09_minima 7 Two valleys

All this was about how fast one gets down. Now about where. This loss of one knob has two valleys;
chapter 02 has drawn it, too:

\snippet this two valleys

The deeper one has the \term{global minimum}, the other one a \term{local minimum}. A ball begins at
41 places from -2 to 2, once by plain descent and once with momentum, at a rate of 0.01 both:

\image html 09_ends.svg "Where a ball ends that begins at w. A darker dot is of both" width=100%

Plain descent ends in the valley in which it begins. With momentum it is the same in the middle of
the picture. But a ball that begins high up on the outer wall comes down so fast that it rolls over
the hill between the valleys:

\image html 09_over.svg "From 1.8 with momentum: over the hill" width=100%

\show{minima}

Is that good? From the right, yes: it ends lower. From the left it does the opposite, and leaves the
better valley for the worse one. Momentum does not look for the deeper valley. It rolls past shallow
ones more easily, that is all. The noise of small batches does something like it, by chance.

The course asks whether a local minimum is good enough, or whether to spend time and effort on
finding the global one. For networks the answer of practice is: it is good enough. A network has a
great many valleys, and the twenty networks at the beginning of section 8 end in twenty different
places, with nearly the same loss. A better way to spend the effort is on the settings of part two.

<b>This is a good place to stop for the evening.</b> Six optimizers, the learning rate, and two
kinds of minima are enough for one day.
*/
// [two valleys]
double two_valleys(double w) {
  return std::pow(w, 4) - 2 * w * w + 0.3 * w + 1;
}

double slope_of_two(double w) {
  return 4 * w * w * w - 4 * w + 0.3;
}

template <class Optimizer>
std::vector<double> roll(Optimizer optimizer, double w) {
  std::vector<double> path = {w};
  for (int step = 0; step < 2000; ++step) {
    optimizer.step(w, slope_of_two(w));
    path.push_back(w);
  }
  return path;
}
// [two valleys]

/** \page ch09
\section ch09_noise 8 A small task, and its noise

<b>Part two: the settings.</b>

To compare settings one has to train many networks, so the task has to be small. Here it is the
digits of chapter 02: 2,000 images to learn from, and the next 1,000 held out for \term{validation}.
One training takes a fraction of a second.

\snippet this data

The course lists eight \term{hyper-parameter|hyper-parameters}: the number of hidden layers, the
number of their units, the first weights, the activation, the cost (another word for the
\term{loss}), the optimizer, its learning rate, and the dropout rate of chapter 12. All of them are
in a `Setting`. What stands behind the equals signs is our <b>base setting</b>, with which all
others are compared:

\snippet this setting

\fold{The network of a setting}
\snippet this network
\endfold

First comes the base setting alone, \result{09/base networks | .0f} times. These networks differ in
their seeds only: in the random numbers they begin with, and in the order of their images.

\show{noise}

The settings are the same and the images are the same. Yet one network has
\result{09/base best | .0f} wrong and another one \result{09/base worst | .0f}. This is the
<b>noise</b> of the experiment. Whoever changes a setting, trains once, and finds a few wrong
answers less, has found nothing: another seed would have done the same. And these networks end in as
many different places, with losses that differ little. That is what section 7 said of many valleys.

So each setting is tried with several seeds, and its networks are drawn as dots. Hundreds of small
trainings are done soonest side by side, each on one core.

\fold{How they are trained side by side}
\snippet this train many

\snippet this side by side
\endfold
*/
// [data]
constexpr Index kTrained = 2000, kHeldOut = 1000, kClasses = 10, kPixels = 28 * 28;

struct Data {
  lw::data::Mnist mnist;
  Split all = tutorial::training_set(mnist, {kPixels});
  Split train = all.rows(0, kTrained);
  Split valid = all.rows(kTrained, kTrained + kHeldOut);
  Split test = tutorial::test_set(mnist, {kPixels});
  lw::Tensor<float> y_train = lw::data::one_hot<float>(train.labels, kClasses);
  lw::Tensor<float> y_valid = lw::data::one_hot<float>(valid.labels, kClasses);
  lw::Tensor<float> y_test = lw::data::one_hot<float>(test.labels, kClasses);
};
// [data]

// [setting]
// All that is chosen before the training begins.
struct Setting {
  int layers = 1;  // hidden ones
  Index units = 64;
  lw::Initializer weights = lw::GlorotUniform{};
  lw::ActivationFunction activation = lw::relu;
  lw::Loss cost = lw::CategoricalCrossentropy{};
  lw::Optimizer optimizer = lw::SGD{.learning_rate = 0.01, .momentum = 0.9};
  double dropout = 0;
  bool landing = false;  // whether the learning rate is halved after each epoch
};
// [setting]

// [network]
lw::Sequential make_model(const Setting& setting, std::uint64_t seed) {
  const auto dense = [&](Index units, lw::ActivationFunction activation) {
    return lw::Dense{units, {.activation = activation, .kernel_initializer = setting.weights}};
  };
  lw::Sequential model{lw::Input{{kPixels}}};
  for (int layer = 0; layer < setting.layers; ++layer) {
    model.add(dense(setting.units, setting.activation));
    if (setting.dropout > 0) model.add(lw::Dropout{setting.dropout});
  }
  model.add(dense(kClasses, lw::softmax));
  model.set_seed(seed);
  model.compile({.optimizer = setting.optimizer, .loss = setting.cost, .metrics = {lw::accuracy}});
  return model;
}

lw::History fit(lw::Sequential& model, const Setting& setting, const Data& data,
                const ChapterOptions& options) {
  Landing landing(model);
  std::vector<lw::Callback*> callbacks;
  if (setting.landing) callbacks.push_back(&landing);
  return model.fit(
      data.train.x(), data.y_train,
      {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = callbacks});
}
// [network]

// [train many]
// A network to train; if it is examined, the test images are looked at afterwards.
struct Job {
  Setting setting;
  std::uint64_t seed;
  bool examined = false;
};

show::Score train(const Job& job, const Data& data, const ChapterOptions& options) {
  lw::Sequential model = make_model(job.setting, job.seed);
  const lw::History history = fit(model, job.setting, data, options);
  const auto wrong_of_1000 = [&](const Split& images, const lw::Tensor<float>& y) {
    return 1000 * (1 - model.evaluate(images.x(), y, 250)["accuracy"]);
  };
  return {.loss = history["loss"].back(),
          .training = wrong_of_1000(data.train, data.y_train),
          .validation = wrong_of_1000(data.valid, data.y_valid),
          .test = job.examined ? wrong_of_1000(data.test, data.y_test) : 0};
}
// [train many]

// [side by side]
// Trains as many at a time as there are threads, each on one of them.
show::Scores train_all(const std::vector<Job>& jobs, const Data& data,
                       const ChapterOptions& options) {
  show::Scores scores(jobs.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t job = next++; job < jobs.size(); job = next++)
      scores[job] = train(jobs[job], data, options);
  };
  std::vector<std::future<void>> others;
  const int threads = lw::num_threads();
  const lw::ScopedThreads one_thread(1);
  for (int i = 1; i < threads; ++i) others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();
  return scores;
}
// [side by side]

// [try out]
// The same setting with seeds that follow each other.
show::Scores try_out(const Setting& setting, int seeds, const Data& data,
                     const ChapterOptions& options, bool examined = false) {
  std::vector<Job> jobs;
  for (int i = 0; i < seeds; ++i)
    jobs.push_back({setting, options.seed + static_cast<std::uint64_t>(i), examined});
  return train_all(jobs, data, options);
}
// [try out]

/** \page ch09
\section ch09_knobs 9 One knob at a time

Now the eight knobs. Each picture changes one of them, and leaves the others at the base setting. A
dot is a network. The farther left it is, the better: it has fewer wrong answers among the 1,000
images held out. The axis is logarithmic, and the same in all pictures. The base setting is orange.
The orange band is where nearly all of its networks lie: their mean, and two standard deviations to
both sides. <b>A dot in the band differs from the base setting by no more than seeds differ.</b>

\subsection ch09_layers Hidden layers

\image html 09_layers.svg "Networks with different numbers of hidden layers" width=100%

Without a hidden layer each class has one weighted sum of the pixels, which is worse by a little.
From one to four layers there is nothing to choose between. Eight layers are harder to train, as
chapter 10 has shown. They are worse, and their dots lie far apart.

\subsection ch09_units Units

\image html 09_units.svg "Networks with different numbers of units in the hidden layer" width=100%

Two units are far too few: all that the last layer knows of an image are two numbers. From 32 on it
hardly matters. More units help a little, and each costs time.

\subsection ch09_weights The first weights

\image html 09_weights.svg "Networks that begin with different weights" width=100%

If all weights are 0, all units of a layer are alike. They get the same gradient, stay alike, and
here that gradient is 0: nothing but the last biases learns. The three that are small and have both
signs, as chapter 10 wants them, differ by no more than seeds do. From -1 to 1 is too large.

\aside{weights_0_to_1}
Tried out, that is the row "0 to 1": it learns next to nothing. The pixels are not negative either,
so every sum is one of hundreds of positive numbers. All units of the hidden layer say nearly the
same large number, whatever the image, and from there training finds no way: the loss ends near
\f$\ln 10 = \compute{log(10) | .3f}\f$, that of a network which gives each class a tenth. Weights
have to be small and of *both* signs; and the more inputs a unit has, the smaller they have to be.
Glorot's, which Keras takes unless told otherwise, are all that.
\endaside

\subsection ch09_activations Activation

\image html 09_activations.svg "Networks with different activations in the hidden layer" width=100%

The sigmoid is behind: its slope is a quarter at most, so it learns more slowly. The others are
alike. Even "none" is, although without an activation two layers can do no more than one. On so few
images that is no great loss.

\subsection ch09_costs Cost

\image html 09_costs.svg "Networks that are trained on different losses" width=100%

The losses themselves cannot be compared, since each counts in its own unit. The wrong answers can.
The "mean of errors" is that of the errors without their signs, and a slow teacher. Now look at the
two losses of squared errors. The mean is the sum, divided by the ten outputs. They
want the very same weights, and yet one is far behind, because all its slopes are ten times smaller.
For it, the learning rate is ten times too small. <b>Knobs are not independent.</b>

\subsection ch09_optimizers Optimizer

\image html 09_optimizers.svg "Six optimizers; the base setting is momentum" width=100%

Here each has the learning rate that Keras gives it if one says nothing: 0.01 for SGD, and 0.001 for
the others. After part one you know how to read this. Adagrad and Adadelta are not bad. With 0.001
they are slow. Section 10 will be fairer.

\subsection ch09_dropout Dropout rate

\image html 09_dropout.svg "Networks with different dropout rates" width=100%

The course recommends \course{09/least_dropout} to \course{09/largest_dropout}. In this range it
makes no difference here that one could see. Dropout is a remedy for overfitting in long trainings,
and ten epochs are short. At 0.8 the units that are left are too few.

\subsection ch09_rate Learning rate

\image html 09_rates.svg "Networks that learn at different rates" width=100%

This is the knob that matters most. Below its best value learning takes too long, above it the
weights do not come to rest. Of the course's range, from \course{09/least_learning_rate} to
\course{09/largest_learning_rate}, the lower end is too slow here, and the upper end the best.
The last row is the landing of section 6: it begins at 0.2, and halves the rate after each epoch. A
rate that is too large for the whole way can be a good one to begin with.

\subsection ch09_matters Which knob matters?

Of each knob the best setting and the worst, by the mean of their networks:

\show{matters}

Nearly every knob can be turned so far that nothing works. But most of them have a wide middle in
which one setting is as good as another. Look for settings that are <em>not bad</em>, and do not
spend an evening on the best. The exception is the learning rate, and all that acts like one.

\fold{All figures}
\show{knobs}
\endfold

\fold{The eight knobs as code}
What is not said is as in the base setting.

\snippet this layers
\snippet this units
\snippet this weights
\snippet this activations
\snippet this costs
\snippet this optimizers
\snippet this dropout
\snippet this rates
\endfold
*/
// [layers]
struct Variant {
  std::string name;
  Setting setting{};
};
struct Knob {
  std::string file, name;
  std::vector<Variant> variants;
};

const Knob layers = {"layers",
                     "hidden layers",
                     {{"none", {.layers = 0}},
                      {"1"},
                      {"2", {.layers = 2}},
                      {"4", {.layers = 4}},
                      {"8", {.layers = 8}}}};
// [layers]

// [units]
const Knob units = {"units",
                    "units",
                    {{"2", {.units = 2}},
                     {"8", {.units = 8}},
                     {"32", {.units = 32}},
                     {"64"},
                     {"256", {.units = 256}}}};
// [units]

// [weights]
const Knob weights = {"weights",
                      "first weights",
                      {{"all 0", {.weights = lw::Zeros{}}},
                       {"0 to 1", {.weights = lw::RandomUniform{0, 1}}},
                       {"-1 to 1", {.weights = lw::RandomUniform{-1, 1}}},
                       {"-0.05 to 0.05", {.weights = lw::RandomUniform{-0.05, 0.05}}},
                       {"Glorot"},
                       {"He", {.weights = lw::HeUniform{}}}}};
// [weights]

// [activations]
const Knob activations = {"activations",
                          "activation",
                          {{"none", {.activation = lw::linear}},
                           {"sigmoid", {.activation = lw::sigmoid}},
                           {"tanh", {.activation = lw::tanh}},
                           {"ReLU"},
                           {"leaky ReLU", {.activation = lw::leaky_relu}}}};
// [activations]

// [costs]
const Knob costs = {"costs",
                    "cost",
                    {{"mean of squares", {.cost = lw::MeanSquaredError{}}},
                     {"sum of squares", {.cost = lw::SumSquaredError{}}},
                     {"mean of errors", {.cost = lw::MeanAbsoluteError{}}},
                     {"cross-entropy"}}};
// [costs]

// [optimizers]
const Knob optimizers = {"optimizers",
                         "optimizer",
                         {{"SGD", {.optimizer = lw::SGD{}}},
                          {"momentum"},
                          {"Adagrad", {.optimizer = lw::Adagrad{}}},
                          {"RMSprop", {.optimizer = lw::RMSprop{}}},
                          {"Adadelta", {.optimizer = lw::Adadelta{}}},
                          {"Adam", {.optimizer = lw::Adam{}}}}};
// [optimizers]

// [dropout]
const Knob dropout = {"dropout",
                      "dropout rate",
                      {{"0"},
                       {"0.2", {.dropout = 0.2}},
                       {"0.35", {.dropout = 0.35}},
                       {"0.5", {.dropout = 0.5}},
                       {"0.8", {.dropout = 0.8}}}};
// [dropout]

// [rates]
Setting at_rate(double rate, bool landing = false) {
  return {.optimizer = lw::SGD{.learning_rate = rate, .momentum = 0.9}, .landing = landing};
}
const Knob rates = {"rates",
                    "learning rate",
                    {{"0.0001", at_rate(0.0001)},
                     {"0.001", at_rate(0.001)},
                     {"0.01"},
                     {"0.05", at_rate(0.05)},
                     {"0.2", at_rate(0.2)},
                     {"0.2, halved", at_rate(0.2, true)}}};
// [rates]

/** \page ch09
\section ch09_grid 10 Two knobs at a time

To vary each knob alone has a flaw, and section 9 has stumbled over it twice: what is best for one
knob depends on the others. So here are two together. Each optimizer is tried with each of six
learning rates:

\image html 09_grid.svg "Wrong answers of 1,000, over the learning rate" width=100%

Both axes are logarithmic. Each optimizer has its good rates, and they lie at different places: to
the left for RMSprop and Adam, in the middle for momentum, to the right for SGD and Adagrad, and
farther still for Adadelta. At its own best rate none of the six is far behind the others. What
looked like a difference between optimizers was mostly one between learning rates.

To try settings and keep the one that does well is called \term{hyper-parameter search}. To try each
value of one knob with each value of every other is a <b>grid search</b>. It gets out of hand soon:
eight knobs of six settings each are \compute{6 ** 8} trainings. <b>Random search</b> draws all
knobs at random and tries as many draws as there is time for. That is usually better than a grid. A
grid tries the same few values of a knob again and again; each draw tries a new value of the one
that matters.

\section ch09_choose 11 What one may choose by

All comparisons so far were made on the images held out for validation. The training images would
have been wrong: they favour whoever learns by heart. And the test images must not be used, for a
reason that can be measured. Of the networks of section 8 take the one that has the fewest
wrong answers on the validation images. Now look at all of them on the test images, for the first
and only time:

\show{choose}

On the images by which it was chosen, it is ahead of the others by more than on images that had no
part in the choice. A part of its lead was luck, and luck does not come along. It would be just the
same with settings: of forty, the best one has probably been lucky, too. If the choice is made on
the test images, they flatter the winner, and nothing is left that tells the truth. So:

1. <b>Train</b> on the training images.
2. <b>Choose</b> by the validation images: settings, when to stop, which network to keep. Use
several seeds.
3. <b>Test</b> once, at the very end, and report that.

The last two lines are the setting that did best on the validation images in sections 9 and 10,
trained anew with as many seeds as the base setting, and its lead.

\section ch09_gradients 12 Are the slopes right?

As in every chapter, the derivatives are held against numerical ones: those of the valley, straight
and turned, of the two valleys, and of three networks of part two, in each of their weights and
inputs, or 500 of them where there are more:

\snippet this gradients

\show{gradients}
*/
// [grid]
lw::Optimizer optimizer_at(std::size_t which, double rate) {
  switch (which) {
    case 0:
      return lw::SGD{.learning_rate = rate};
    case 1:
      return lw::SGD{.learning_rate = rate, .momentum = 0.9};
    case 2:
      return lw::Adagrad{.learning_rate = rate};
    case 3:
      return lw::RMSprop{.learning_rate = rate};
    case 4:
      return lw::Adadelta{.learning_rate = rate};
    default:
      return lw::Adam{.learning_rate = rate};
  }
}
// [grid]

// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  show::check_slopes(chapter, loss, slopes, slanted_loss, slanted_slopes, two_valleys,
                     slope_of_two);
  const Split few = data.train.rows(0, 8);
  const auto check = [&](const char* what, const Setting& setting) {
    chapter.gradient_check(
        what, lw::gradient_check(make_model(setting, 42), setting.cost, few.x(),
                                 data.y_train.rows(0, 8), {.entries_per_tensor = 500, .seed = 42}));
  };
  check("784-64-10, ReLU, categorical cross-entropy, and its input", {});
  check("784-64-10, sigmoid, sum of squared errors, and its input",
        {.activation = lw::sigmoid, .cost = lw::SumSquaredError{}});
  check("784-64-64-10, tanh, mean squared error, and its input",
        {.layers = 2, .activation = lw::tanh, .cost = lw::MeanSquaredError{}});
}
// [gradients]

/** \page ch09
\section ch09_numbers 13 The numbers

The course has no numbers of a trained network here. The base setting and three others are compared
with Keras: the mean squared error, Adam, and weights between 0 and 1. They were trained there
thirty times each, on the same images, with random numbers of its own. The column *Keras* has the
mean of these runs and, after ±, their standard deviation. A figure with a dash is shown and not
judged.

\snippet this compare

\show{numbers}

The last lines are the <b>verdict</b>: \ref ch04_numbers "chapter 04" tells how its bounds are made.

\subsection ch09_speed How long it takes

The four trainings, beside the same four in Keras on the same machine:

\speed

\subsection ch09_checked What has been checked, and what has not

The program ends with an error unless all of this holds: our six optimizers take the library's steps
and Keras's; SGD and momentum take the same way in the turned valley, and the others a longer one;
which rate is best depends on the optimizer; the halved rate lands closer than any other; momentum
crosses the hill, to both sides; weights of 0 and from 0 to 1 do worse than Glorot's; a network that
was trained beside others is the same as when it is trained alone; the derivatives agree with
numerical ones; and the figures above are in their bounds. What the pictures of section 9 say beyond
that is for your eyes, and on another data set it may come out differently.

\section ch09_summary Summary

- In a narrow valley, plain descent leaps across and creeps along. Momentum remembers the direction;
Adagrad, RMSprop and Adadelta give each knob a step of its own; Adam does both.
- A learning rate has no meaning without its optimizer. Large at first and small later is often
best.
- Gradient descent ends in the valley it begins in. Momentum may roll over a hill, for better or
worse.
- Two seeds differ, too. Compare several of each setting, and take no difference for real that is
as small as theirs.
- Most settings have a wide middle. The learning rate matters most, and what acts like one.
- Choose by validation images. The test images are for the end.

\section ch09_questions Questions

\questions

\section ch09_exercises Exercises

\exercises

Start with the first.

\exercise{adam_step}
\exercise{rate_of_step}
\exercise{choose}

\subsection ch09_try To try out

1. On paper: the curvature across the valley is 50 instead of 20. What is the limit of plain descent
now?
2. Let `Momentum` keep 0.5 or 0.99 of its velocity instead of 0.9. How do the tracks change?
3. In section 9, give "8" hidden layers He's weights (`.weights = lw::HeUniform{}`). Do they still
scatter?
4. Add AdamW (`lw::AdamW`) to the optimizers of section 9.
5. Train for 50 epochs (`--epochs 50`). Which knobs matter now that did not before?

\section ch09_program The program

The rest puts it together.

\fold{The rest of the program}
The optimizers of the race:

\snippet this racers

Part one:


\snippet this part one

Part two: a setting with several seeds, the eight knobs and the grid. Each setting that is tried is
kept, so that the best can be found:

\snippet this try out

\snippet this sweeps

\snippet this grid

\snippet this try grid


\snippet this choose


All of it, and what `--numbers-only` trains:

\snippet this teach

\snippet this compared

\snippet this main
\endfold


\section ch09_next What to read next in the source

- `src/simd/optimizer.cpp`: all optimizers, each in one pass over memory.
- `include/lanewise/ops/optimizer.hpp`: their formulas and defaults.
- `src/nn/training.cpp`: where `fit` calls them.

Chapter 05 leaves the settings, and looks at a layer that is made for images.

\tableofcontents
*/
// [compare]
// Trains what Keras has trained, too, and notes the numbers.
show::Score compare_with_keras(Chapter& chapter, const Data& data) {
  const std::vector<Variant> settings = {
      {"", {}},
      {"mean squared error: ", {.cost = lw::MeanSquaredError{}}},
      {"Adam: ", {.optimizer = lw::Adam{}}},
      {"weights from 0 to 1: ", {.weights = lw::RandomUniform{0, 1}}}};
  show::Score base;
  for (const Variant& variant : settings) {
    lw::Sequential model = make_model(variant.setting, chapter.options().seed);
    const lw::History history =
        chapter.train([&] { return fit(model, variant.setting, data, chapter.options()); });
    const double accuracy = model.evaluate(data.valid.x(), data.y_valid)["accuracy"];
    show::compare(chapter, variant.name, history["loss"], accuracy);
    if (variant.name.empty())
      base = {.loss = history["loss"].back(), .validation = 1000 * (1 - accuracy)};
  }
  return base;
}
// [compare]

// [part one]
void show_part_one(Chapter& chapter) {
  show::alone(chapter, racers, slopes);
  show::rolling<RollingAverage>(chapter);
  show::race(chapter, racers, slopes, loss);
  show::slanted(chapter, racers, slopes, loss, slanted_slopes, slanted_loss, turned, kAngle);
  show::library(chapter, racers, slopes);
  show::rates(chapter, racers, slopes, loss);
  show::landing(chapter, fly, halved);
  show::minima(
      chapter, two_valleys, [](double w) { return roll(Sgd{0.01}, w); },
      [](double w) { return roll(Momentum{0.01}, w); });
}
// [part one]

// [sweeps]
// What was tried, and how many of 1,000 answers were wrong then, on average.
struct Tried {
  Variant what;
  double wrong;
};

std::vector<show::Sweep> sweep(Chapter& chapter, const Data& data, std::vector<Tried>& tried) {
  const int seeds = chapter.options().quick ? 2 : 10;
  std::vector<show::Sweep> sweeps;
  for (const Knob& knob :
       {layers, units, weights, activations, costs, optimizers, dropout, rates}) {
    chapter.progress(knob.name);
    show::Sweep sweep{knob.file, knob.name, {}};
    for (const Variant& variant : knob.variants) {
      sweep.rows.push_back(
          {variant.name, try_out(variant.setting, seeds, data, chapter.options())});
      tried.push_back({{knob.name + " " + variant.name, variant.setting},
                       show::mean_wrong(sweep.rows.back().scores)});
    }
    sweeps.push_back(std::move(sweep));
  }
  chapter.progress("");
  return sweeps;
}
// [sweeps]

// [try grid]
show::Grid try_grid(Chapter& chapter, const Data& data, std::vector<Tried>& tried) {
  const int seeds = chapter.options().quick ? 1 : 4;
  show::Grid grid{.optimizers = {"SGD", "momentum", "Adagrad", "RMSprop", "Adadelta", "Adam"},
                  .rates = {0.0001, 0.001, 0.01, 0.05, 0.2, 1},
                  .wrong = {}};
  for (std::size_t which = 0; which < grid.optimizers.size(); ++which) {
    chapter.progress(grid.optimizers[which]);
    for (const double rate : grid.rates) {
      const Setting setting{.optimizer = optimizer_at(which, rate)};
      grid.wrong.push_back(show::mean_wrong(try_out(setting, seeds, data, chapter.options())));
      tried.push_back(
          {{fmt::format("{} at {}", grid.optimizers[which], rate), setting}, grid.wrong.back()});
    }
  }
  chapter.progress("");
  return grid;
}
// [try grid]

// [choose]
const Variant& best_of(const std::vector<Tried>& tried) {
  return std::min_element(tried.begin(), tried.end(),
                          [](const Tried& a, const Tried& b) { return a.wrong < b.wrong; })
      ->what;
}
// [choose]

// [teach]
void teach(Chapter& chapter) {
  show_part_one(chapter);

  chapter.section("images", "The images");
  const Data data{chapter.load_mnist()};
  const ChapterOptions& options = chapter.options();
  const int seeds = options.quick ? 6 : 20;
  const show::Scores base = try_out({}, seeds, data, options);
  show::noise(chapter, base);
  std::vector<Tried> tried;
  show::sweeps(chapter, sweep(chapter, data, tried), base);
  show::grid(chapter, try_grid(chapter, data, tried));
  const Variant& best = best_of(tried);
  show::choose(chapter, try_out({}, seeds, data, options, true), best.name,
               try_out(best.setting, seeds, data, options, true));
  check_gradients(chapter, data);
  show::same_network(chapter, base.front(), compare_with_keras(chapter, data));
}
// [teach]

// [compared]
// For --numbers-only.
void compared(Chapter& chapter) {
  show::exact_rates(chapter);
  compare_with_keras(chapter, Data{chapter.load_mnist()});
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "09",
                        .name = "hyperparameters",
                        .title = "Hyper-parameters",
                        .quick = "3 passes over the images instead of 10, 2 networks a setting "
                                 "instead of 10",
                        .data = "mnist",
                        .epochs = 10,
                        .quick_epochs = 3,
                        .samples = kTrained,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
