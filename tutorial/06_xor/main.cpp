/** \page ch06 06 XOR

A rule with four cases is all that is to be learned in this chapter: the output is 1 if exactly one
of two inputs is 1. A child learns it in a minute. The \term{perceptron} of chapter 08 never learns
it, not in any number of steps. A network with two more neurons can. But it often does not.

The course trains such a network once, prints four numbers that are not right, and goes on. This
chapter trains it <b>a thousand times</b>, each time from other first weights, and counts where it
ends. It ends in four places and nowhere between. That picture is worth remembering, for it shows in
the small what goes wrong in large networks: some starts are lost from the beginning.

At the end you know what a \gloss{hidden layer} is for, why one line is not enough and two bends
are, and why most of the thousand get stuck. And you <b>write the first weights yourself</b>, an
\gloss{initialization} that works where the usual one fails.

Run it yourself:

    ./tools/run 06            # all that is on this page
    ./tools/run 06 --quick    # fewer networks
    ./tools/run 06 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

The network number n has the seed `seed` + n, so that another `--seed` makes another thousand.
*/

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <future>
#include <utility>
#include <vector>

#include "06_xor/show_checks.hpp"
#include "06_xor/show_examples.hpp"
#include "06_xor/show_runs.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;

namespace {

/** \page ch06
\section ch06_points 1 Four points

XOR, the <em>exclusive or</em>, takes two inputs that are 0 or 1. It says 1 if one of them is 1 and
the other is not. There are four cases, and each is a point with a \term{label}:

\snippet this points

\aside{xor_at_most_one}
The output is 1 if *exactly* one input is 1. At most one is 1 in (0, 0), too, and XOR of that is 0.
\endaside

It is one of several rules of this kind, which are called gates, after the parts of a computer that
compute them. AND and OR are those of chapter 08. NAND, NOR and XNOR say the opposite of AND, OR and
XOR:

\show{gates}

\aside{nor_as_xnor}
NOR is 1 in one case only, where neither input is 1: its labels are 1 0 0 0. The labels 1 0 0 1 are
those of XNOR, as the table shows.
\endaside

\aside{andr}
The gate with the labels 0 0 0 1 is AND. There is none that is called ANDR.
\endaside

\subsection ch06_lines No line separates XOR

The two inputs are the coordinates of a point. So the four cases are the corners of a square. A
perceptron draws a line and says 1 on its one side and 0 on its other side. Learning AND is finding
a line like this, where a cross is a 1 and a square is a 0:

\image html 06_and.svg "AND: a line has the 1 on one side, and the three 0s on the other" width=100%

For XOR there is no such line, and here is why:

\image html 06_xor.svg "XOR: both diagonals go through the same place" width=100%

Suppose there were one. The two points with the label 0 would be on the same side of it. Then
everything on the straight way from one to the other is on this side, too, since a straight way that
crosses a line does not come back. The middle of the square is on this way. But it is on the way
between the two points with the label 1 as well. So it would have to be on the other side. It cannot
be on both.

The program cannot try all lines, but it can try many, and count how many of the points are on the
right side of the best:

\snippet this lines

\show{lines}

XNOR is XOR with 0 and 1 exchanged, so no line separates it either. All others are
\term{linearly separable}, and a perceptron learns them.
*/
// [points]
const lw::Tensor<float> kPoints({4, 2}, {0, 0, 0, 1, 1, 0, 1, 1});
const lw::Tensor<float> kLabels({4, 1}, {0, 1, 1, 0});
// [points]

// [lines]
// How many of the four points the best line has on the side of their label. A line is where
// cos(angle) x1 + sin(angle) x2 = distance.
int best_line(const show::Gate& gate) {
  int best = 0;
  for (int degrees = 0; degrees < 360; ++degrees)
    for (int step = -200; step <= 200; ++step) {
      const double angle = degrees * std::acos(-1.0) / 180, distance = step / 100.0;
      int right = 0;
      for (Index p = 0; p < 4; ++p) {
        const double along = std::cos(angle) * kPoints(p, 0) + std::sin(angle) * kPoints(p, 1);
        if ((along > distance) == (gate.label(p) == 1)) ++right;
      }
      best = std::max(best, right);
    }
  return best;
}
// [lines]

/** \page ch06
\section ch06_hand 2 Two units are enough

If one line is not enough, take two. Let two perceptrons look at the point, and let a third one look
at what the two have said. This is a network with <b>layers</b>.

A \term{layer} is a number of \term{neuron|neurons} that are given the same inputs and work side by
side. One of these neurons is called a \term{unit}. If each unit of a layer sees all that comes in,
and has a \term{weight} for each of it and a \term{bias}, the layer is a \term{dense layer}. The
last layer gives the output. A layer before it is a \term{hidden layer}, because nobody outside sees
what its units say.

The step function of the perceptron has a fault here: its slope is 0 wherever it has one, and so
\term{gradient descent} would have nothing to go by. We take a function with a bend instead of a
step, \gloss{ReLU}:

\f[ \mathrm{relu}(z) = \max(z, 0) \f]

Where \f$z\f$ is negative or 0, so is the unit's answer: 0. Let us call the unit <b>dead</b> at such
a point, and <b>alive</b> where \f$z\f$ is positive. Chapter 10 looks at this function and its
relatives. The unit of the last layer has no such function here; it says its weighted sum as it is.

Here is a network of two units for XOR, with weights that were found by thinking and not by
training:

\snippet this by hand

The first unit adds the inputs, which gives 0, 1, 1 and 2. The right answer would be 0, 1, 1, 0, so
it is too large at (1, 1), by 2. The second unit is alive at (1, 1) alone, and says 1 there. Take it
twice from the first:

\show{hand}

The column `library` is a network of the library with these weights. That is how it is made, of
\term{dense layer|dense layers}, of which the first has the ReLU:

\snippet this network

\snippet this set

It has nine weights, if the biases are counted: each hidden unit has two and a bias, and the output
has two and a bias.

\aside{xor_two_hidden_layers}
One hidden layer is enough, and two units in it.
\endaside
*/
// [by hand]
double relu(double z) {
  return z > 0 ? z : 0;
}

double by_hand(double x1, double x2) {
  const double h1 = relu(x1 + x2);
  const double h2 = relu(x1 + x2 - 1);
  return h1 - 2 * h2;
}
// [by hand]

// [network]
lw::Sequential make_network(Index units, std::uint64_t seed) {
  lw::Sequential network{lw::Input{{2}}, lw::Dense{units, {.activation = lw::relu}}, lw::Dense{1}};
  network.set_seed(seed);
  network.compile({.optimizer = lw::Adam{}, .loss = lw::MeanSquaredError{}});
  network.build();  // draws the weights
  return network;
}
// [network]

// [set]
// The network of section 2: the same weights, given to the library.
lw::Sequential hand_made() {
  lw::Sequential network = make_network(2, 0);
  const std::vector<std::vector<float>> weights = {{1, 1, 1, 1}, {0, -1}, {1, -2}, {0}};
  auto parameters = network.parameters();
  for (std::size_t i = 0; i < weights.size(); ++i)
    std::copy(weights[i].begin(), weights[i].end(), parameters[i].value.begin());
  return network;
}
// [set]

/** \page ch06
\section ch06_draw 3 What two units can draw

A unit's sum \f$w_1 x_1 + w_2 x_2 + b\f$ is 0 along a line. On one side of it the unit is dead, and
on the other it is a plane that rises from the line. So what a hidden unit draws is a sheet of paper
with one <b>crease</b>. The output adds such sheets, each multiplied by a weight. Here is what the
network of section 2 says at every place, not only at the corners:

\image html 06_hand.svg "Two creases make a ridge with the two points of label 1 on it" width=100%

The creases are parallel lines. Between them is a ridge.

<b>One unit cannot draw it.</b> Walk across the square in the direction in which the unit rises. The
output is level at first, and from the crease on it goes up all the way, or down all the way. But
the first corner that you meet and the last are opposite ones. They have the same label, and the two
that you meet on the way have the other. So the output would have to go up and down again, or down
and up. (Or you walk along a side of the square. Then you meet two corners of different labels at
once, and the output is the same at both.)

<b>Two units can draw any four answers</b> at the corners, not only 0 and 1. One unit that is alive
at all four makes a plane through three of them, and one that is alive at the fourth alone moves
that to where it should be. The second exercise is to do it.

<b>Two units cannot draw an island</b>, a place that is high while everything around it at some
distance is low. Two lines do not enclose anything: each of the pieces that they cut the plane into
is open to one side. An island needs three creases around it, or more. The more bends a shape has,
the more units it takes to draw it.

That the weights exist does not mean that training finds them. That is what the rest of the chapter
is about.
*/
// [train one]
// Trains a network and writes down its outputs after each of these numbers of steps.
std::vector<show::Snapshot> train_one(lw::Sequential& network, const std::vector<int>& steps) {
  std::vector<show::Snapshot> snapshots;
  int done = 0;
  for (const int until : steps) {
    if (until > done)
      network.fit(kPoints, kLabels, {.epochs = until - done, .batch_size = 4, .shuffle = false});
    done = until;
    snapshots.push_back({until, network.predict(kPoints)});
  }
  return snapshots;
}
// [train one]

/** \page ch06
\section ch06_course 4 One training

Now we let training find the weights. This is what the course does:

- The \term{loss} is the mean squared error of chapter 02, over the four points.
- All four points are in each \term{batch}. So an \term{epoch} is a single step.
- The \term{optimizer} is \gloss{Adam}, with its usual \term{learning rate} of 0.001. Chapter 09
  takes it apart. Here it is enough that it goes downhill as gradient descent does, with a step for
  each weight that is about 0.001 long at first, however steep it is.
- The first weights are drawn at random. This is called the \term{initialization}. The library does
  what Keras does unless told otherwise: biases are 0, and a weight is any number between
  \f$-\sqrt{6 / (n + m)}\f$ and \f$\sqrt{6 / (n + m)}\f$, all of them equally likely. The layer has
  \f$n\f$ inputs and \f$m\f$ units. This initialization is named after Xavier Glorot. For the hidden
  layer, with 2 and 2, the bound is \compute{sqrt(6 / 4) | .2f}, for the output, with 2 and 1, it is
  \compute{sqrt(6 / 3) | .2f}.

\snippet this train one

After 1,000 epochs the course prints \course{06/output_00}, \course{06/output_01},
\course{06/output_10} and \course{06/output_11}. The labels are 0, 1, 1, 0, so this is not XOR. Is
it half done? The course's seed is not known, but of the first 4,000 seeds of ours there is one
whose network is at nearly the same place after 1,000 steps. We let it go on:

\show{course}

The outputs after 1,000 steps were still moving. But they did not move towards 0, 1, 1, 0. They went
to \f$(1/2,\; 1,\; 1/2,\; 0)\f$, and there they stay: nothing changes any more from 5,000 to 20,000
steps. Two points are right, and the network says one half of the other two. The course has printed
a network on its way to a place that is not the solution.

A place where the loss does not fall any more although it is not at its least is called a
\term{plateau}. Here it is a plateau for good, a \term{local minimum}: no small change of the
weights leads to a lower loss. Is this bad luck with one seed?
*/
// [side by side]
// `count` networks as one model, which begin with the weights that make_network() gives them.
lw::Sequential side_by_side(Index units, Index count, std::uint64_t first_seed) {
  lw::Sequential all{lw::Input{{1, 1, 2 * count}},
                     lw::Conv2D{units * count, {1, 1}, {.groups = count, .activation = lw::relu}},
                     lw::Conv2D{count, {1, 1}, {.groups = count}}};
  all.compile({.optimizer = lw::Adam{}, .loss = lw::SumSquaredError{}});
  all.build();
  auto weights = all.parameters();
  for (Index n = 0; n < count; ++n) {
    lw::Sequential one = make_network(units, first_seed + static_cast<std::uint64_t>(n));
    const auto own = one.parameters();
    for (Index u = 0; u < units; ++u) {
      weights[0].value(0, 0, 0, n * units + u) = own[0].value(0, u);
      weights[0].value(0, 0, 1, n * units + u) = own[0].value(1, u);
      weights[1].value[n * units + u] = own[1].value[u];
      weights[2].value(0, 0, u, n) = own[2].value(u, 0);
    }
    weights[3].value[n] = own[3].value[0];
  }
  return all;
}
// [side by side]

/** \page ch06
\section ch06_thousand 5 A thousand networks

We repeat it with a thousand seeds, and 20,000 steps each. That is twenty million steps of very
small networks. One by one they would take their time, since for each step the processor has more to
prepare than to compute. So we lay them <b>side by side</b>, as one model:

\snippet this side by side

This needs three explanations. `Conv2D` is made for images, which is why the shapes have two ones in
front; chapter 05 is about it. We use its option `groups`: inputs and units are cut into groups, and
each unit sees the inputs of its own group only. So no network sees the weights of another. The loss
is the *sum* of all networks' losses. A weight is part of one term of this sum only, hence its slope
is the one that it has alone. And Adam works on each weight by itself. Therefore the thousand
networks learn exactly as they would learn alone. The first weights are those of `make_network`.

Each network is given the four points, and the labels of a gate, which is XOR here:

\snippet this data
*/
// [data]
// The four points with the labels of a gate for each network.
struct Data {
  lw::Tensor<float> x, y;
};

Data side_by_side(const std::vector<show::Gate>& gates) {
  const auto count = static_cast<Index>(gates.size());
  Data data{lw::Tensor<float>({4, 1, 1, 2 * count}), lw::Tensor<float>({4, 1, 1, count})};
  for (Index p = 0; p < 4; ++p)
    for (Index n = 0; n < count; ++n) {
      data.x(p, 0, 0, 2 * n) = kPoints(p, 0);
      data.x(p, 0, 0, 2 * n + 1) = kPoints(p, 1);
      data.y(p, 0, 0, n) = static_cast<float>(gates[static_cast<std::size_t>(n)].label(p));
    }
  return data;
}
// [data]

// [dead]
// How many units of the network n are 0 at all four points.
int dead_units(lw::Sequential& all, Index units, Index n) {
  const auto weights = all.parameters();
  int dead = 0;
  for (Index u = n * units; u < (n + 1) * units; ++u) {
    const float w1 = weights[0].value(0, 0, 0, u), w2 = weights[0].value(0, 0, 1, u);
    const float b = weights[1].value[u];
    if (std::max({b, b + w1, b + w2, b + w1 + w2}) <= 0) ++dead;
  }
  return dead;
}
// [dead]

/** \page ch06
This trains them, and looks at them after 1,000, 5,000 and 20,000 steps:

\snippet this train block

\fold{The same with two threads, so that two cores are busy}
\snippet this train many
\endfold
*/
// [train block]
// Trains a network for each of the gates, and looks at them after each number of steps.
std::vector<show::Run> train_block(Index units, std::uint64_t first_seed,
                                   const std::vector<show::Gate>& gates) {
  const Data data = side_by_side(gates);
  const auto count = static_cast<Index>(gates.size());
  lw::Sequential all = side_by_side(units, count, first_seed);
  std::vector<show::Run> runs;
  for (Index n = 0; n < count; ++n)
    runs.push_back({.seed = first_seed + static_cast<std::uint64_t>(n),
                    .gate = gates[static_cast<std::size_t>(n)],
                    .born_dead = dead_units(all, units, n)});
  int done = 0;
  for (const int steps : show::kStops) {  // 1000, 5000, 20000
    all.fit(data.x, data.y, {.epochs = steps - done, .batch_size = 4, .shuffle = false});
    done = steps;
    const lw::Tensor<float> y = all.predict(data.x);
    for (Index n = 0; n < count; ++n)
      runs[static_cast<std::size_t>(n)].outputs.push_back(
          {y(0, 0, 0, n), y(1, 0, 0, n), y(2, 0, 0, n), y(3, 0, 0, n)});
  }
  for (Index n = 0; n < count; ++n)
    runs[static_cast<std::size_t>(n)].dead = dead_units(all, units, n);
  return runs;
}
// [train block]

// [train many]
// The same by two threads, with half of the networks each.
std::vector<show::Run> train_many(Index units, std::uint64_t first_seed,
                                  const std::vector<show::Gate>& gates) {
  const auto policy = lw::num_threads() > 1 ? std::launch::async : std::launch::deferred;
  const std::vector<show::Gate> half(gates.begin(), gates.begin() + std::ssize(gates) / 2),
      rest(gates.begin() + std::ssize(gates) / 2, gates.end());
  auto others = std::async(policy, train_block, units, first_seed + half.size(), rest);
  std::vector<show::Run> runs = train_block(units, first_seed, half);
  for (const show::Run& run : others.get()) runs.push_back(run);
  return runs;
}
// [train many]

/** \page ch06
And here is where they end:

\image html 06_histogram.svg "A loss after 20,000 steps, and how many networks have it" width=100%

There are <b>four spikes, and nothing between them</b>. Every network ends at a loss of 0, 1/8, 1/6
or 1/4:

\show{thousand}

Only about one in five has learned XOR. If you run the course's program and it fails, nothing is
wrong with your program: even with 20,000 steps it fails about four times in five.

All \result{06/networks} networks took \result{06/seconds of all networks | .1f} seconds. Are they
the networks of section 4? Some of them are trained again, each alone, and have to say the same:

\snippet this alone

\show{alone}

The last column of the table is from another program, written in Python with NumPy, that trained
12,000 networks. A share that is counted on a thousand networks is not exactly that of 12,000. If
the true share is \f$p\f$, that of \f$n\f$ networks is usually off by

\f[ \sqrt{\frac{p\,(1 - p)}{n}} \f]

or less, and hardly ever by more than four times as much. This is the <b>sampling error</b>. The
program checks that no share is further off than chance explains.

\subsection ch06_epochs Other numbers of epochs

The course suggests to try other numbers of epochs. Here are all networks, at three times:

\show{epochs}

After 1,000 steps, hardly any network has solved XOR, and four in ten are still on their way. After
5,000 all but a few have arrived. From there on it does not help to wait. A level loss curve does
not say that a network has learned its task. It says that it has arrived.
*/
// [alone]
// Trains the first networks one by one, as section 4 did. They have to end with the same outputs,
// to the last bit.
void train_alone(Chapter& chapter, const std::vector<show::Run>& runs, std::size_t count) {
  bool same = true;
  for (std::size_t n = 0; n < count; ++n) {
    lw::Sequential network = make_network(2, runs[n].seed);
    const auto snapshots = train_one(network, {show::kStops.back()});
    for (Index p = 0; p < 4; ++p)
      same = same &&
             snapshots.back().outputs[p] == runs[n].outputs.back()[static_cast<std::size_t>(p)];
  }
  show::alone(chapter, count, same);
}
// [alone]

// [thousand]
std::vector<show::Run> train_thousand(Chapter& chapter) {
  chapter.section("thousand", "5 A thousand networks");
  const std::size_t count = chapter.options().quick ? 100 : 1000;
  const auto start = std::chrono::steady_clock::now();
  const auto runs = train_many(2, chapter.options().seed, std::vector(count, show::kXor));
  show::seconds(chapter, runs.size(), std::chrono::steady_clock::now() - start);
  show::thousand(chapter, runs);
  train_alone(chapter, runs, chapter.options().quick ? 10 : 30);
  show::epochs(chapter, runs);
  return runs;
}
// [thousand]

/** \page ch06
\section ch06_plateaus 6 Why they end there

Why just these four numbers? Look at the outputs of one network of each kind:

\show{examples}

There is a pattern in it. The network is exactly right at some of the points, and at all others it
gives one and the same answer. That answer is the mean of their labels, which has the least squared
error. So the loss follows from which points are met:

\snippet this plateau

- <b>No point is met.</b> All four get 1/2. Each error is 1/2, its square is 1/4, and so is the
  mean.
- <b>One point is met</b>, such as (1, 1). The labels of the other three are 0, 1 and 1, so they get
  2/3. The squares are 4/9, 1/9 and 1/9, together 6/9, and the mean over four points is 1/6.
- <b>Two points are met</b>, of different labels. The other two, with the labels 0 and 1, get 1/2.
  The squares are 1/4 and 1/4, and the mean is 1/8. This is where the course's network was going.
- <b>All are met</b>: the loss is 0. (If the two that are left have the same label, they are met,
  too.)

The program looks at which points each of its networks meets, and computes the loss from that:

\show{plateaus}

\subsection ch06_alive Which units are alive

What keeps a network there? A unit learns only from the points at which it is alive. At all others
its ReLU is 0, and stays 0 if the weights are changed a little, so those points have no say in its
slopes. Take the plateau at 1/6 on which (1, 1) is met. There a unit is alive at (1, 1) alone, or
nowhere. At (1, 1) the error is 0, so nothing changes for the units. The other three points could
change them, but no unit is alive there. They can move the output's bias only. It settles where
their errors, 2/3, -1/3 and -1/3, cancel. All slopes are 0 then. Step after step, nothing moves.

The same at 1/8, where the units are alive at two points. And at 1/4, either both units are dead at
all four points, or what they add to the output is the same at each.

Here is what the same four networks say at every place, as in the picture of section 3. The small
squares are the four points in the colours of their labels:

\image html 06_planes.svg "Blue is 0, orange is 1, white is one half" width=100%

And these are their losses on the way. At the beginning one cannot tell who will get where:

\image html 06_curves.svg "The losses of four networks, on an axis of powers of ten" width=100%

\fold{How the four networks are found}
\snippet this examples
\endfold
*/
// [plateau]
// The loss if some points are met exactly, and all others get the same answer: their mean label.
double plateau(const std::array<double, 4>& labels, const std::array<bool, 4>& met) {
  double sum = 0, others = 0, squares = 0;
  for (std::size_t p = 0; p < 4; ++p)
    if (!met[p]) sum += labels[p], ++others;
  for (std::size_t p = 0; p < 4; ++p)
    if (!met[p]) squares += (labels[p] - sum / others) * (labels[p] - sum / others);
  return squares / 4;
}
// [plateau]

// [examples]
// Trains one network of each kind again, by itself.
void show_examples(Chapter& chapter, const std::vector<show::Run>& runs) {
  std::vector<show::Example> examples;
  for (std::size_t kind = 0; kind < 4; ++kind) {  // solved, 1/8, 1/6, 1/4
    const auto run = std::find_if(runs.begin(), runs.end(), [&](const show::Run& one) {
      return show::outcome(one.loss_at(2)) == kind;
    });
    if (run == runs.end()) continue;  // none of so few
    lw::Sequential network = make_network(2, run->seed);
    const lw::History history = network.fit(
        kPoints, kLabels, {.epochs = show::kStops.back(), .batch_size = 4, .shuffle = false});
    examples.push_back({*run, history["loss"], std::move(network)});
  }
  show::examples(chapter, examples);
}
// [examples]

/** \page ch06
In these frames the network of section 4 learns. Two corners, at the upper left and at the lower
right, should become orange. Watch how it gets one of them, and what becomes of the other:

\frames{step}
*/
// [frames]
// The plane of one network, again and again while it learns.
void show_learning(Chapter& chapter, std::uint64_t seed) {
  lw::Sequential network = make_network(2, seed);
  int done = 0, number = 1;
  for (const int steps : {0, 300, 1000, 2000, 3000, 5000}) {
    for (; done < steps; ++done) network.train_on_batch(kPoints, kLabels);
    show::frame(chapter, number++, steps, network, network.evaluate(kPoints, kLabels)["loss"]);
  }
}
// [frames]

/** \page ch06
\subsection ch06_dead Dead units

A unit that is dead at all four points is just called <b>dead</b>. It says 0 for everything, has a
slope of 0 for each of its weights, and will never learn again. This counts them:

\snippet this dead

\show{dead}

Many are <b>born dead</b>. The biases begin at 0, so a unit's sum at (0, 0) is 0, at (1, 0) it is
\f$w_1\f$, at (0, 1) it is \f$w_2\f$ and at (1, 1) \f$w_1 + w_2\f$. If both weights are negative,
none of these is positive. That happens to one unit in four, and to both units of a network in one
of sixteen. Such a network was lost before the first step.

All networks that have solved XOR have two units that are alive: one is not enough, as section 3
says.

\subsection ch06_units More units

If each unit has one chance in four to be born dead, have more of them:

\show{units}

\image html 06_units.svg "Two units are enough to draw XOR, and not enough to find it" width=100%

Two are enough to <em>draw</em> XOR, and yet most networks of two do not <em>find</em> it. With
sixteen, nearly all do. The spare units are not needed for the answer. They are needed for the
search: it suffices that some of them are in a good place by chance. This is one reason why networks
are made much larger than their task seems to need.

The other way is a better initialization. That is the first exercise.
*/
// [units]
void more_units(Chapter& chapter, const std::vector<show::Run>& two) {
  std::vector<show::Width> widths = {{2, two}};
  for (const Index units : {3, 4, 8, 16})
    widths.push_back(
        {units, train_many(units, chapter.options().seed,
                           std::vector(chapter.options().quick ? 100 : 200, show::kXor))});
  show::widths(chapter, widths);
}
// [units]

/** \page ch06
\section ch06_others 7 The other gates

The same two units, the same 20,000 steps, other labels:

\snippet this gates

\show{others}

Two things may surprise you. XNOR is about as hard as XOR: it is XOR with the labels exchanged. And
the other four are not learned every time, though a line separates each of them, and a perceptron
never fails on them. Here it is not enough to be on the right side of a line. The loss asks for
outputs of exactly 0 and 1. A plane alone cannot give them: the best plane for AND misses each label
by 1/4, which is a loss of 1/16, or \compute{1 / 16 | .4f}. It takes a crease in the right place.
And if all units are dead, AND gets its mean label, 1/4, at all points: a loss of
\compute{(3 * 0.25**2 + 0.75**2) / 4 | .4f}.

AND and NAND are learned about twice as often as OR and NOR. The answer of AND and NAND is special
at (1, 1), and a unit that is alive there and nowhere else makes it. That of OR and NOR is special
at (0, 0). There, with biases of 0, no unit is alive when training begins.
*/
// [gates]
void other_gates(Chapter& chapter) {
  std::vector<show::Gate> gates;
  for (const show::Gate& gate : show::kOthers)
    gates.insert(gates.end(), chapter.options().quick ? 20 : 200, gate);
  show::gates(chapter, train_many(2, chapter.options().seed, gates));
}
// [gates]

/** \page ch06
\section ch06_gradients 8 Are the slopes right?

As in each chapter, the library's slopes are compared with those that one gets by moving a weight a
little, as \ref ch02_slope "chapter 02" did. Here it is the network of this chapter, with its nine
weights, with the mean squared error at the four points, and one of four units.

\snippet this gradients

\show{gradients}

There is one thing to know. At 0, ReLU has no slope: it has a \gloss{kink} there. To the right the
slope is 1, to the left it is 0, as the first lines show. A fresh network is just at this place, for
at (0, 0) the sum of each unit is its bias, which is 0. The library takes 0 for the slope there, as
Keras does. A numerical slope would be a mixture of both sides, and wrong for either. So for the
check the biases are moved a little from 0, and a weight that still comes across a kink is left out;
the column `kinks` counts them.

\section ch06_keras 9 The same networks in Keras

Thirty twins in Keras began with weights that are stored with this program. From the same weights,
the library has to come to the same losses:

\snippet this starts

\show{keras}

And a hundred networks side by side are trained in Keras, too, thirty times, with weights drawn anew
each time. One network says little about another here. The mean of a hundred is steady, and is
compared in the next section:

\snippet this hundred
*/
// [starts]
// Trains networks from the weights that Keras gave them.
void follow_keras(Chapter& chapter) {
  chapter.section("keras", "9 The same networks in Keras");
  std::vector<show::Followed> followed;
  for (const reference::Start& start : reference::kStarts) {
    lw::Sequential network = make_network(2, 0);
    const float* from = start.weights;
    for (auto& parameter : network.parameters())
      for (float& weight : parameter.value) weight = *from++;
    const auto losses =
        network.fit(kPoints, kLabels, {.epochs = 1000, .batch_size = 4, .shuffle = false})["loss"];
    followed.push_back({losses[199], start.quick, losses[999], start.whole});
  }
  show::followed(chapter, followed);
}
// [starts]

// [hundred]
void train_hundred(Chapter& chapter) {
  constexpr Index kNetworks = 100;
  lw::Sequential all = side_by_side(2, kNetworks, chapter.options().seed);
  const Data data = side_by_side(std::vector(kNetworks, show::kXor));
  const lw::History history = chapter.train([&] {
    return all.fit(
        data.x, data.y,
        {.epochs = chapter.options().epochs, .batch_size = chapter.options().batch_size});
  });
  show::hundred(chapter, history["loss"], kNetworks);
}
// [hundred]

// [gradients]
void check_gradients(Chapter& chapter) {
  chapter.section("gradients", "8 Are the slopes right?");
  show::kink(chapter, relu);
  for (const Index units : {2, 4})
    chapter.gradient_check(
        fmt::format("2-{}-1, mean squared error, and its input", units),
        lw::gradient_check(make_network(units, 42), lw::MeanSquaredError{}, kPoints, kLabels));
}
// [gradients]

/** \page ch06
\section ch06_numbers 10 The numbers

What is arithmetic has to be exact: the loss of the outputs that the course prints, the outputs of
the plateau that it was on its way to, and the losses of the plateaus. The last three lines are
means over a hundred networks; their bounds are those of thirty such hundreds in Keras, as \ref
ch04_numbers "chapter 04" tells.

\show{numbers}

\subsection ch06_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the best line has three points of XOR and
XNOR on the right side, and four of the others; the network made by hand is XOR; networks side by
side end as they end alone, to the last bit; every share is within sampling error of that of 12,000
networks in NumPy; each network's loss is the one that the points it meets say; a quarter of the
units is born dead; from Keras's weights the losses are Keras's; and the slopes agree with numerical
ones. That no line separates XOR is proved on this page, and not by the lines that were tried.

\subsection ch06_speed How long it takes

The training of the hundred networks, beside the same training in Keras on the same machine:

\speed

\section ch06_summary Summary

- XOR is 1 if exactly one input is 1. No line separates it; two creases do.
- A hidden layer of two ReLU units can answer anything at four corners. One unit cannot do XOR.
- Training two units succeeds once in five times. The others end at a loss of 1/4, 1/6 or 1/8,
  depending on how many points are met, and more steps do not help.
- A unit learns only from points at which it is alive. One that is dead at all of them never learns
  again.
- With many more units than needed, or a better initialization, it is found nearly always.
- One run says little. Run it with many seeds.

\section ch06_questions Questions

\questions

\section ch06_exercises Exercises

\exercises

Start with the first.

\exercise{init}
\exercise{two_units}
\exercise{separable}

\subsection ch06_try To try out

1. On paper: compute the loss of the course's four outputs. Then compute that of the plateau that
   they were on their way to.
2. Find other weights for two units that make XOR, with one unit for each of the points of label 1.
3. Run with another `--seed`. Which of the four spikes change by more than their sampling error?
4. Change the learning rate in `side_by_side` to 0.01, with `lw::Adam{.learning_rate = 0.01}`. Do
   more networks solve XOR, or do they only arrive sooner? (The comparisons with NumPy, with Keras
   and with the networks that are trained alone fail then, as they should.)
5. Let the hidden units begin with biases of 0.5: give their layer in `make_network` the option
   `.bias_initializer = lw::Constant{0.5}`, too. How many are born dead?

\section ch06_program The program

The rest puts it together. This trains the thousand, and those of more units:

\snippet this thousand

\snippet this units

\fold{The frames of section 6}
\snippet this frames
\endfold

And this calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch06_next What to read next in the source

- `src/nn/dense.cpp`: the dense layer.
- `include/lanewise/nn/initializer.hpp`: Glorot's initialization, and others.
- `tools/reference/xor_shares.py`: the 12,000 networks in NumPy, with the slopes written out.

Chapter 10 looks at ReLU, and at the functions that came before it.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  chapter.use_data("xor");
  show::gates_and_lines(chapter, best_line);
  show::by_hand(chapter, by_hand, hand_made());
  show::hand_plane(chapter, hand_made());
  show::course(chapter, train_one, make_network(2, show::kTwin));
  const std::vector<show::Run> runs = train_thousand(chapter);
  show::plateaus(chapter, runs, plateau);
  show_examples(chapter, runs);
  show_learning(chapter, show::kTwin);
  show::dead(chapter, runs);
  more_units(chapter, runs);
  other_gates(chapter);
  check_gradients(chapter);
  follow_keras(chapter);
  train_hundred(chapter);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  chapter.use_data("xor");
  train_hundred(chapter);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "06",
                        .name = "xor",
                        .title = "XOR",
                        .quick = "100 networks instead of 1,000, fewer of the others, a fifth of "
                                 "the steps",
                        .data = "xor",
                        .epochs = 1000,
                        .quick_epochs = 200,
                        .samples = 4,
                        .batch_size = 4},
                       argc, argv, teach, compared);
}
// [main]
