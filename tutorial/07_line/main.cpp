/** \page ch07 07 Deep learning as y = m x + b

Chapter 02 turned a single knob, and then the thousands of a network. This chapter turns two. They
belong to a straight line, \f$ y = m x + b \f$, which says what a house costs that has \f$x\f$
rooms.

A line is a small thing. But what is done to it is what is done to every network: predict, say how
wrong that was, find the gradient, take a step. With two knobs all of it fits into a picture. The
loss is a landscape over a map, one knob to the east and the other one to the north, and training is
a path on that map.

You will see that path leap to and fro in a narrow valley, and then creep along it for thousands of
steps, because of nothing but the way in which the rooms are counted. Then you will subtract one
number from the rooms, divide by another, and <b>the same line is learned in a single step</b>.

Run it yourself:

    ./tools/run 07            # everything on this page, with your numbers
    ./tools/run 07 --quick    # 5 passes over the data instead of 20, fewer splits
    ./tools/run 07 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "07_line/show.hpp"
#include "07_line/show_maps.hpp"
#include "07_line/show_training.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Line;
using show::Rows;
using tutorial::Chapter;

namespace {

/** \page ch07
\section ch07_data 1 Rooms and prices

The data are old: 506 districts of Boston, in 1970. For each of them it is known how many rooms a
house has there, on average, and what a house costs there, in thousands of dollars. (Half of the
district's houses cost more than this, and half cost less.) What is known of an example, and goes
into the network, is called a \term{feature}. Here the rooms are our only feature, and the price is
the label. The table has twelve more columns, and one of them is the reason why these data are
contested; chapter 03 says more about that. We leave all twelve alone.

Keras comes with the same table. It shuffles the rows in an order of its own, and keeps the last
fifth of them as a test set. We do the same, with the same order (`tutorial/support/boston.hpp` has
it), so that our rows are its rows. All that this chapter needs of them is a list of rooms and a
list of prices:

\snippet this data

\show{data}

\image html 07_scatter.svg "Each point is a district of the training set" width=100%

More rooms, higher prices: the cloud rises to the right. It is no line, though. A house's price has
many reasons, and rooms are only one of them. (The row of points at the top is a limit: whatever
cost more was written down as 50.)
*/
// [data]
Rows rows_of(const tutorial::Houses& houses) {
  Rows rows;
  for (Index i = 0; i < houses.size(); ++i) {
    rows.x.push_back(houses.x(i, tutorial::kRooms));
    rows.y.push_back(houses.prices[i]);
  }
  return rows;
}
// [data]

/** \page ch07
\section ch07_line 2 A line has two knobs

What should one say of a house with \f$x\f$ rooms? The simplest answer that depends on \f$x\f$ at
all is a straight line:

\f[ y = m x + b \f]

Here \f$m\f$ says how much more a house costs for each room more. It is the slope of the line. And
\f$b\f$ is what a house without any room would cost, which is where the line meets the axis. It is
called the \term{intercept}. In a network, what an input is multiplied by is a weight, and what is
added is a \gloss{bias}. So \f$m\f$ is a weight and \f$b\f$ is a bias, and these two are all the
parameters that there are.

Now there are two slopes on this page: \f$m\f$ is the slope of the *line*, and it is a knob. The
slope of the *loss*, as in chapter 02, says which way to turn a knob.

The loss is the mean squared error of that chapter. A price is one output, so both versions of it
are the same here: add the squares of all errors, divide by how many there are.

\snippet this loss

The line has to begin somewhere. Let both knobs be 0. Then \f$y = 0\f$ for every house, each error
is the whole price, and the loss is the mean of the squared prices. That is arithmetic, and it has
to be exact:

\show{zero}

The second line is of the first 282 training rows. Chapter 03 will train by these, and hold out the
rest of the 404 for validation. The library's `MeanSquaredError` says the same.
*/
// [loss]
double predict(Line line, double x) {
  return line.m * x + line.b;
}

double mse(Line line, const Rows& rows) {
  double sum = 0;
  for (std::size_t i = 0; i < rows.x.size(); ++i) {
    const double error = predict(line, rows.x[i]) - rows.y[i];
    sum += error * error;
  }
  return sum / static_cast<double>(rows.x.size());
}
// [loss]

/** \page ch07
\section ch07_gradient 3 A step by hand

Which way should the knobs be turned? The gradient knows. It has two slopes now, one for each knob:

\f[
  \frac{\partial L}{\partial m} = \frac{2}{n} \sum_i (m x_i + b - y_i)\, x_i
  \qquad
  \frac{\partial L}{\partial b} = \frac{2}{n} \sum_i (m x_i + b - y_i)
\f]

The \f$\sum\f$ means: add this up for all \f$n\f$ rows. Both are found as for the bags of apples in
chapter 02. The square of an error has twice the error as its derivative, times what the knob is
multiplied by in it. For \f$m\f$ that is the number of rooms. For \f$b\f$ it is 1.

Take the first two rows of the table above: 6.142 rooms for 15.2, and 7.61 rooms for 42.3. With both
knobs at 0 the errors are \f$-15.2\f$ and \f$-42.3\f$. The \f$\frac{2}{n}\f$ is 1 for two rows. So

\f[
  \begin{aligned}
  \frac{\partial L}{\partial m} &= -15.2 \cdot 6.142 - 42.3 \cdot 7.61 \\
                                &= -415.2614 \\
  \frac{\partial L}{\partial b} &= -15.2 - 42.3 = -57.5
  \end{aligned}
\f]

Both are negative: turn both knobs up. With a learning rate of 0.01, the update is

\f[
  \begin{aligned}
  m &\leftarrow 0 - 0.01 \cdot (-415.2614) = 4.152614 \\
  b &\leftarrow 0 - 0.01 \cdot (-57.5) = 0.575
  \end{aligned}
\f]

One step, and the first house is said to cost
\f$4.152614 \cdot 6.142 + 0.575 = \compute{4.152614 * 6.142 + 0.575 | .2f}\f$, which is too much
now, and the second one \compute{4.152614 * 7.61 + 0.575 | .2f}, which is still too little. As a
program, for any number of rows:

\snippet this gradient

Is it right? Move a knob by a little, to both sides, and see how the loss changes. This is the
<b>central difference</b>:

\f[ \frac{L(m + h, b) - L(m - h, b)}{2h} \f]

\snippet this central

\show{gradient}

The middle lines are of the sharper comparison that chapter 02 has made, too. The last ones are of
the library, which does not know our formula. It has gone through its own steps back from the loss
to each weight, and its numbers were compared with numerical ones, too. The weight that it calls
`kernel` is our \f$m\f$, `bias` is \f$b\f$, and `input` is the derivative with respect to the rooms.
At the end of this page, you write `grad_mse` yourself.
*/
// [gradient]
// The two slopes of the loss, at this line.
Line grad_mse(Line line, const Rows& rows) {
  Line sum;
  for (std::size_t i = 0; i < rows.x.size(); ++i) {
    const double error = predict(line, rows.x[i]) - rows.y[i];
    sum.m += 2 * error * rows.x[i];
    sum.b += 2 * error;
  }
  const auto n = static_cast<double>(rows.x.size());
  return {sum.m / n, sum.b / n};
}
// [gradient]

// [central]
Line central_difference(Line line, const Rows& rows, double h) {
  const auto [m, b] = line;
  return {(mse({m + h, b}, rows) - mse({m - h, b}, rows)) / (2 * h),
          (mse({m, b + h}, rows) - mse({m, b - h}, rows)) / (2 * h)};
}
// [central]

/** \page ch07
\section ch07_loop 4 In a loop

And now again and again, with all 404 training rows in each step:

\snippet this descend

\show{descent}

Look at the loss. Ten steps bring it down to a tenth. After that it hardly moves: the next ninety
steps win little more than 1. Most people who saw this would say that the training is over.

It is not. Look at \f$m\f$ and \f$b\f$. The one goes on growing and the other falling, slowly, and
after thousands of steps they are somewhere else altogether. Meanwhile the loss has gone down by
another fifth.

Here is the line after each of these numbers of steps. Look at them one by one:

\frames{step}

At first it swings up and down. Then it goes through the middle of the cloud, but it is not steep
enough. From there on it turns about that middle, very slowly.

Nothing is wrong with the program. Two others do the same, step by step: the library's `SGD`, from
the same two zeros, and Keras, whose first 200 steps are kept with this chapter as a file. (The two
lines *scaled* are of the descent in section 7.)

\snippet this library path

\show{same}
*/
// [descend]
// Where the line was before each step, and after the last.
std::vector<Line> descend(const Rows& rows, double rate, int steps) {
  Line line;
  std::vector<Line> path = {line};
  for (int step = 0; step < steps; ++step) {
    const Line slopes = grad_mse(line, rows);
    line = {line.m - rate * slopes.m, line.b - rate * slopes.b};
    path.push_back(line);
  }
  return path;
}
// [descend]

// [library path]
std::vector<Line> library_path(const Rows& rows, double rate, int steps) {
  lw::BasicSequential<double> model{lw::Input{{1}},
                                    lw::Dense{1, {.kernel_initializer = lw::Zeros{}}}};
  model.compile({.optimizer = lw::SGD{.learning_rate = rate}, .loss = lw::MeanSquaredError{}});
  model.build();
  const auto line = [&] {
    return Line{model.parameters()[0].value[0], model.parameters()[1].value[0]};
  };
  const lw::Tensor<double> x = show::column(rows.x), y = show::column(rows.y);
  std::vector<Line> path = {line()};
  for (int step = 0; step < steps; ++step) {
    model.train_on_batch(x, y);
    path.push_back(line());
  }
  return path;
}
// [library path]

/** \page ch07
\section ch07_valley 5 The map

Every line is a point on a map: \f$m\f$ to the east, \f$b\f$ to the north. The loss is the height of
the ground there. For a line this landscape is a bowl, with one lowest point. The blue lines are
rings of equal height around it, most of them longer than the map. The path has a point for some of
its first 10,000 steps:

\image html 07_map.svg "The descent of section 4 on the map of all lines" width=100%

This bowl is a gorge, long and narrow. The path begins at the top, at \f$m = b = 0\f$. It
leaps across to the far wall, and back, and across again, until it lies at the bottom of the gorge.
There it turns, and creeps along the floor. The floor does fall towards the minimum, but so little
that each step is short.

Where does the gorge come from? From the rooms. All houses have about
\result{07/mean rooms | .1f} rooms, give or take one. Turn \f$m\f$ up by 1, and every house gets
dearer by about \result{07/mean rooms | .1f}. Turn \f$b\f$ down by as much, and every house is
nearly back at its old price. What remains is a small change, for the houses with more rooms or
fewer than most. So there is a direction on the map in which the loss hardly changes, as the two
knobs undo each other. This is the floor of the gorge. But if either knob is turned alone, all
prices change at once, and the loss shoots up:

\show{pairs}
*/

/** \page ch07
\section ch07_curvature 6 Two curvatures, one learning rate

In chapter 02 a bowl with one knob had a curvature \f$c\f$: by how much the slope grows for each
step of 1. Each update multiplied the distance from the minimum by \f$1 - \eta c\f$, and the loss
fell if the learning rate was below \f$2 / c\f$.

A bowl with two knobs has a curvature in each direction in which one can cut it open. Here it is cut
twice, through its lowest point: along the floor of the gorge, and across.

\image html 07_cuts.svg "The same bowl, cut in two directions" width=100%

\show{curvature}

These are the flattest and the steepest of all directions. They always stand at a right angle, and
the two do not disturb each other. An update multiplies the distance *across* by
\f$1 - \eta\, c_\text{across}\f$, and the distance *along* by \f$1 - \eta\, c_\text{along}\f$. There
are two curvatures, but there is only one \f$\eta\f$:

- **Across the gorge it must be small.** Above \f$2 / c_\text{across}\f$ each leap ends higher up on
the other wall, and the loss grows without end. This is the limit in the output, and the program
tries a rate just below and one just above it.
- **Along the gorge it should be large.** But with the largest rate that there may be, each step
leaves \result{07/factor along | .4f} of the distance. To halve it takes
\result{07/steps to halve | ,.0f} steps.

Any smaller rate is slower still. So it is not the curvature that makes learning slow, but
the *ratio* of the two curvatures. If both were large, a small rate would suit both. If both were
small, a large one would. Here one of them is \result{07/ratio of rooms | ,.0f} times the other.
(This ratio is known as the <b>condition number</b>, and a bowl whose ratio is large is called
badly conditioned.)

\fold{How the two curvatures are found}
There are three numbers in the gradient's formulas that tell how the two slopes change: with
\f$m\f$, \f$\partial L / \partial m\f$ grows by \f$p = \frac{2}{n} \sum x_i^2\f$; with \f$b\f$,
\f$\partial L / \partial b\f$ grows by 2; and each grows by \f$q = \frac{2}{n} \sum x_i\f$ with the
other knob. The curvature in the direction of an angle \f$t\f$ is
\f$p \cos^2 t + 2q \sin t \cos t + 2 \sin^2 t\f$. The largest and the least of these are

\f[ \frac{p + 2}{2} \pm \sqrt{\left(\frac{p - 2}{2}\right)^2 + q^2} \f]

Those who know linear algebra will recognize two eigenvalues.

\snippet this curvatures
\endfold
*/
// [curvatures]
show::Curvatures curvatures(const Rows& rows) {
  double p = 0, q = 0;
  for (const double x : rows.x) {
    p += 2 * x * x;
    q += 2 * x;
  }
  const auto n = static_cast<double>(rows.x.size());
  p /= n, q /= n;
  const double middle = (p + 2) / 2, radius = std::hypot((p - 2) / 2, q);
  return {middle + radius, middle - radius, std::atan2(2 * q, p - 2) / 2};  // and its angle
}
// [curvatures]

/** \page ch07
\section ch07_scaling 7 Scaling the input

The cure follows from the cause. The two knobs undo each other because all numbers of rooms lie far
from 0, and on the same side of it. Nobody says that we have to count from 0. So, first, <b>subtract
the mean</b> from every number of rooms. Then some of them are positive and some negative. If now
\f$m\f$ is turned up, the larger houses get dearer and the smaller ones cheaper, and there is
nothing that \f$b\f$ could undo. The two
directions of the bowl are now those of the two knobs, \f$m\f$ alone and \f$b\f$ alone.

One of them may still be much steeper than the other. That depends on what one counts. Count tenths
of a room, and all numbers are ten times as large. The curvature in the direction of \f$m\f$ has
their squares in it, so it is a hundred times as large. This is how the line is learned from tenths
of a room, less the mean:

\image html 07_zigzag.svg "Tenths of a room: a zigzag. Scaled: the straight way" width=100%

A zigzag in a narrow valley, from wall to wall, and only a little further each time. (The rings look
nearly round, since this map draws a step to the east about five times as long as one to the north.
In truth, the valley is that much narrower.) This is what gradient descent looks like in all narrow
valleys. The other path in the picture goes straight to the lowest point. For it, the rooms were
changed once more.

So, second, <b>divide by the standard deviation</b>. This is how far the numbers
usually are from the mean: the square root of their mean squared distance. Then the usual distance
is 1, whatever was counted before. To bring the features to a common size is called \term{scaling}:

\snippet this scaling

In these numbers the landscape is perfectly round:

\image html 07_scaled.svg "Rooms scaled: circles, and a straight path" width=100%

In a round bowl the way down points straight to the lowest point, from everywhere. There is no
across and no along. Both curvatures are 2, so a rate of \f$1/2\f$ makes the factor
\f$1 - \frac{1}{2} \cdot 2 = 0\f$: a single step ends at the minimum. The picture shows a rate of
0.1, for else there would be no path to see. The straight path in the picture before is the same
one: each of its lines was drawn where it stands on that map.

And now all ways to count, each at the learning rate that is best for it. The program tries rates
from a sixteenth of the limit up to just below it, and counts the steps until the loss is within
0.01 of the least:

\snippet this steps

\show{scaling}

\image html 07_rates.svg "Each curve ends at its limit; beyond it nothing arrives" width=100%

Read a curve from the left. Twice the rate takes half the steps, up to near the limit. There the
leaps across become so long that *they* take the time to die out, and beyond the limit they grow.
The line that is learned is the same in all six cases. Only the numbers for the rooms have changed.

Note two more lines of the table. To squeeze the rooms into the range from 0 to 1 helps, but less:
their mean is not 0 then. And to divide by the deviation without subtracting the mean makes it
<em>worse</em>, since the numbers are then even further from 0.

With many features there is another reason. One of them may be counted in rooms and another one in
dollars, and each makes a curvature of its own size. The learning rate has to suit all of them.

To use the line, a new house has to be scaled, too, by the *same* two numbers. They belong to what
was learned, like \f$m\f$ and \f$b\f$. Or one computes back, once: with \f$m_s\f$ and \f$b_s\f$ for
scaled rooms, the line in rooms is

\f[ y = m_s \, \frac{x - \text{mean}}{\text{deviation}} + b_s
  = \frac{m_s}{\text{deviation}} \, x + \left( b_s - m_s \, \frac{\text{mean}}{\text{deviation}}
  \right) \f]

\snippet this learn

\show{learned}

So the straight path can be drawn on the map of section 5, too, beside the one through the gorge.
They begin at the same line, and end at the same line:

\image html 07_both.svg "Forty steps with the rooms scaled, 10,000 without" width=100%
*/
// [scaling]
struct Scaling {
  double mean = 0, deviation = 0;

  double operator()(double x) const { return (x - mean) / deviation; }
};

Scaling scaling_of(const std::vector<double>& x) {
  const auto n = static_cast<double>(x.size());
  double sum = 0, squares = 0;
  for (const double one : x) sum += one;
  for (const double one : x) squares += (one - sum / n) * (one - sum / n);
  return {sum / n, std::sqrt(squares / n)};
}

// The same prices, with other numbers for the rooms.
template <class Change>
Rows changed(Rows rows, Change change) {
  for (double& x : rows.x) x = change(x);
  return rows;
}
// [scaling]

// [steps]
int steps_needed(const Rows& rows, double rate, double least) {
  Line line;
  int step = 0;
  for (; mse(line, rows) > least + 0.01 && step < 1000000; ++step) {
    const Line slopes = grad_mse(line, rows);
    line = {line.m - rate * slopes.m, line.b - rate * slopes.b};
  }
  return step;
}
// [steps]

// [learn]
Line back_to_rooms(Line line, Scaling scaling) {
  return {line.m / scaling.deviation, line.b - line.m * scaling.mean / scaling.deviation};
}

// The line with the least loss, by a single step on scaled rooms.
Line learn(const Rows& rows) {
  const Scaling scaling = scaling_of(rows.x);
  return back_to_rooms(descend(changed(rows, scaling), 0.5, 1).back(), scaling);
}

// The straight path, each of its lines computed back.
std::vector<Line> scaled_path(const Rows& rows) {
  const Scaling scaling = scaling_of(rows.x);
  std::vector<Line> path = descend(changed(rows, scaling), 0.1, 40);
  for (Line& line : path) line = back_to_rooms(line, scaling);
  return path;
}
// [learn]

// [show scaling]
void show_scaling(Chapter& chapter, const Rows& rows) {
  const Scaling scaling = scaling_of(rows.x);
  const auto [least, most] = std::minmax_element(rows.x.begin(), rows.x.end());
  const std::vector<show::Input> inputs = {
      {"rooms", rows},
      {"rooms / deviation", changed(rows, [&](double x) { return x / scaling.deviation; })},
      {"from 0 to 1",
       changed(rows, [a = *least, z = *most](double x) { return (x - a) / (z - a); })},
      {"rooms - mean", changed(rows, [&](double x) { return x - scaling.mean; })},
      {"10 (rooms - mean)", changed(rows, [&](double x) { return 10 * (x - scaling.mean); })},
      {"(rooms - mean) / deviation", changed(rows, scaling)}};
  chapter.section("scaling", "7 Scaling the input");
  show::compare_inputs(chapter, inputs, mse(learn(rows), rows), curvatures, steps_needed);
  show::zigzag(chapter, inputs[4].rows, inputs[5].rows, scaling.deviation, curvatures, descend);
}
// [show scaling]

/** \page ch07
\section ch07_split 8 How many rows to hold out?

Until now we looked at the loss of the training rows only. What counts is the loss on rows that the
line has not seen, and for that some have to be held out, as chapter 02 said. How many? The course
names two usual divisions, 80 to 20 and \course{07/other_training_percent} to
\compute{100 - 75} percent. Keras's is the first of them:

\snippet this split

\show{split}

Look at the two losses in a line. The loss on the test rows is *below* that on the training rows. Is
the line better on what it has not seen? No: by chance, these rows lie closer to the
line.
To find out
how much is luck, the program shuffles all rows anew, \result{07/shuffles | ,.0f} times, divides
them, learns the line, and notes the loss on the held-out rows and the slope \f$m\f$. The last two
columns have the means, and after ± how far a shuffle usually is from the mean.

So which division is better? With more test rows the loss on them depends less on luck. With more
training rows the line depends less on luck. One cannot have both, and with a few hundred rows it
makes little difference which of the two one takes: the loss of a single division is a vague number
either way. Its digits look more exact than they are.

One thing is easily done wrong. The mean and the deviation that scale the rooms are learned from
data, too. So they are those of the *training* rows, in `learn`, and the test rows are scaled by
the same two.
*/
// [split]
show::Losses divide(const Rows& all, std::size_t trained, const std::vector<Index>& order) {
  Rows train, test;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto from = static_cast<std::size_t>(order[i]);
    Rows& part = i < trained ? train : test;
    part.x.push_back(all.x[from]);
    part.y.push_back(all.y[from]);
  }
  const Line line = learn(train);
  return {line.m, mse(line, train), mse(line, test)};
}
// [split]

/** \page ch07
\section ch07_training 9 In batches, by the library

A network with many weights and much data takes its steps by batches. So let us do the same to the
line, with the library's loop, as one would train any network:

\snippet this model

Everything is known from chapter 02: 404 rows in batches of 32 are \result{07/iterations an epoch}
iterations an epoch. The order of the rows is random. It is the only thing here that is, as the line
begins at zeros.

\snippet this train

\show{training}

\image html 07_loss.svg "The loss, epoch by epoch, close to its least" width=100%

After some epochs the loss stays where it is, a little above the least that there is. Why does it
not arrive? Every batch has a bowl of its own, whose lowest point is somewhat beside the others',
and the line is pulled to and fro between them. A smaller learning rate would make it calmer.

Beside Keras, with the same data, batches and epochs:

\speed

\aside{pass_is_epoch}
One pass through the network is an iteration, if a batch goes through and an update follows. An
epoch is over when all training rows have been in a batch: here after \result{07/iterations an
epoch} passes. Only when the batch is the whole training set, as in section 4, is one pass an epoch.
\endaside
*/
// [model]
lw::Sequential make_model(std::uint64_t seed) {
  lw::Sequential model{lw::Input{{1}}, lw::Dense{1, {.kernel_initializer = lw::Zeros{}}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::SGD{.learning_rate = 0.05}, .loss = lw::MeanSquaredError{}});
  return model;
}
// [model]

// [train]
void train(Chapter& chapter, const tutorial::BostonSplit& houses) {
  chapter.section("training", "9 In batches, by the library");
  const auto& options = chapter.options();
  const Rows rows = rows_of(houses.all_train);
  const Scaling scaling = scaling_of(rows.x);
  const auto scaled_rooms = [&](const tutorial::Houses& part) {
    auto x = part.column<float>(tutorial::kRooms);
    for (float& one : x) one = static_cast<float>(scaling(one));
    return x;
  };
  const auto x = scaled_rooms(houses.all_train), x_test = scaled_rooms(houses.test);
  const auto y = houses.all_train.targets<float>(), y_test = houses.test.targets<float>();

  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const lw::History history = chapter.train([&] {
    return model.fit(
        x, y,
        {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});
  });
  show::training(chapter, history, model, model.evaluate(x_test, y_test)["loss"],
                 mse(learn(rows), rows), x.size());
}
// [train]

/** \page ch07
\section ch07_promise 10 What the mean squared error does not promise

\subsection ch07_bowl Always a bowl?

The loss of our line is a bowl, whatever the data are. In each direction on the map it is a
parabola, open at the top. This is because the knobs enter the price in the simplest way: each is
multiplied by a number of the data, and the products are added.

Two knobs one after the other are enough to end that. Multiply the scaled rooms by \f$u\f$, and the
result by \f$v\f$:

\f[ y = v\,(u\,x) \f]

The loss is the same mean squared error. (The prices are scaled here, too, so that no \f$b\f$ is
needed.) This is its map:

\image html 07_two_knobs.svg "Two valleys, and a pass between them" width=100%

\show{bowl}

There are two valleys, since \f$u\f$ and \f$v\f$ may both be positive or both negative. Each valley
has a whole line of lowest points: twice \f$u\f$ with half \f$v\f$ is the same. Between them, at
\f$u = v = 0\f$, is a pass. The ground is level there, though it is no minimum. By the inequality of
chapter 02 this is no bowl: straight between two lowest points, the ground rises. (The last lines of
the output check the slopes by \f$u\f$ and by \f$v\f$, as section 3 did for \f$m\f$ and \f$b\f$.)

\snippet this two knobs

And it has a consequence. Our line began at zeros, and learned. Here the gradient at zeros is
exactly 0, and gradient descent stays there for ever. This is one reason why the weights of a
network begin at random numbers.

\aside{mse_always_bowl}
It would be a bowl if one could turn the *outputs* themselves. For a model like our line it is one
over the knobs, too. Over the weights of a network it has valleys, ridges and passes, as in the map
above, which is that of the smallest network with two layers of weights. \endaside

\subsection ch07_accuracy Lower loss, more right answers?

Our line has no accuracy. A price is not right or wrong, it is more or less off. So take two
networks that tell two classes apart. Here is how sure each of them is of the right class, for three
images. Above 0.5, the answer is right:

\show{accuracy}

The network with the smaller loss makes a mistake, and the other one makes none.

\aside{mse_maximizes_accuracy}
The two usually go together, which is why one trains by a loss at all. But the least loss need not
be the highest accuracy, as the table shows; and for a price there is no accuracy to begin with.
\endaside
*/
// [two knobs]
// The loss of y = v (u x), and its gradient.
double loss_of_two(double u, double v, const Rows& rows) {
  return mse({u * v, 0}, rows);  // a line with the slope u v, through 0
}

show::Place gradient_of_two(double u, double v, const Rows& rows) {
  const double slope = grad_mse({u * v, 0}, rows).m;  // with respect to the product u v
  return {slope * v, slope * u};                      // u moves the product by v, v moves it by u
}

Rows both_scaled(const Rows& rows) {
  Rows scaled = changed(rows, scaling_of(rows.x));
  const Scaling of_prices = scaling_of(rows.y);
  for (double& y : scaled.y) y = of_prices(y);
  return scaled;
}
// [two knobs]

// [walk]
// A descent from (u, v), as points of a map.
lw::report::Series walk(const Rows& rows, double u, double v) {
  lw::report::Series path{.name = fmt::format("from {}, {}", u, v),
                          .x = {},
                          .y = {},
                          .mark = lw::report::Mark::line_and_points};
  for (int step = 0; step <= 100; ++step) {
    path.x.push_back(u);
    path.y.push_back(v);
    const auto [du, dv] = gradient_of_two(u, v, rows);
    u -= 0.1 * du, v -= 0.1 * dv;
  }
  return path;
}
// [walk]

/** \page ch07
\section ch07_numbers 11 The numbers

What is arithmetic has to be exact. What is trained is compared with thirty runs of the same in
Keras, each with an order of the rows of its own: their mean, and after ± how far a run usually is
from the mean.

\show{numbers}

The last lines are the <b>verdict</b>, as chapter 02 explains it. A figure with a dash is shown and
not judged.

\subsection ch07_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the loss at zero is the course's; loops,
library and Keras agree on the loss, the gradient, and on each of 200 steps, with the rooms as they
are and with the rooms scaled; all derivatives agree with numerical ones, those of \f$y =
v\,(u\,x)\f$, too; the loss falls just below the limit of section 6, and grows just above it; one
step on scaled rooms ends at the minimum; all ways to count rooms arrive at the least loss; and the
figures of the training are in their bounds. Whether a line is a good model of these prices was not
asked. Chapter 03 asks.

\section ch07_summary Summary

- A line has two parameters, the slope \f$m\f$ and the intercept \f$b\f$. Learning them is what all
  networks do: predict, loss, gradient, step.
- The gradient of the mean squared error is twice the mean of the errors, for \f$m\f$ each times its
  \f$x\f$.
- A loss that hardly falls is not always near its least. It may creep along the floor of a valley.
- The steepest curvature limits the learning rate, at \f$2/c\f$. The flattest one says how long it
  takes. What counts is their ratio.
- Subtract the mean of a feature and divide by its deviation, both of the training rows. It makes
  the valley round.
- The loss on held-out rows depends on which rows they are.
- The mean squared error is a bowl for a line, and in general it is not. And its least value is not
  the highest accuracy.

\section ch07_questions Questions

\questions

\section ch07_exercises Exercises

\exercises

Start with the first.

\exercise{grad_mse}
\exercise{scaled}
\exercise{limit}

\subsection ch07_try To try out

1. Do the step of section 3 by hand with the first row alone. By how much is the price off after it?
2. Let the descent of section 4 begin at \f$m = 9\f$, \f$b = -33\f$. How many steps until the loss
   stays where it is? Why is it quick?
3. In section 7, count the rooms above four, and above six. Which ratio of curvatures do you expect?
4. Train with `--batch-size 404`, and with `--batch-size 1`. Which of the two ends closer to the
   least loss?
5. Begin the walk of section 10 at \f$u = 1\f$, \f$v = -1\f$. Where does it end, and why not in a
   valley?

\section ch07_program The program

Section 7 is called by this, with its six ways to count:

\snippet this show scaling

The walks of section 10:

\snippet this walk

And this calls all of them one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch07_next What to read next in the source

- `src/reference/loss.cpp`: the losses and their gradients as plain loops.
- `include/lanewise/ops/optimizer.hpp`: `SGD`, and rules that give each weight a rate of its own.
- `src/nn/dense.cpp`: many lines at once, for many inputs.

Chapter 03 gives the same line to Keras's way of training, finds the best line without any step, and
shows how far from it the course stopped.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const tutorial::BostonSplit houses;
  chapter.use_data("boston_housing");
  const Rows rows = rows_of(houses.all_train), all = rows_of(houses.boston.all());
  show::data(chapter, houses, rows);
  show::zero(chapter, rows, rows_of(houses.train), mse);
  show::gradient(chapter, rows, mse, grad_mse, central_difference);
  const std::vector<Line> path = descend(rows, 0.02, 20000);
  show::descent(chapter, rows, path, mse);
  show::same_steps(chapter, rows, changed(rows, scaling_of(rows.x)), descend, library_path, mse);
  show::map(chapter, "map", path, learn(rows), curvatures(rows));
  show::pairs(chapter, rows, learn(rows), mse);
  show::cuts(chapter, rows, learn(rows), curvatures(rows), mse, descend);
  show_scaling(chapter, rows);
  show::learned(chapter, rows, learn(rows), path.back(), mse);
  show::map(chapter, "both", path, learn(rows), curvatures(rows), scaled_path(rows));
  show::splits(chapter, all, divide);
  train(chapter, houses);
  show::two_knobs(chapter, both_scaled(rows), loss_of_two, gradient_of_two, walk);
  show::accuracy(chapter);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const tutorial::BostonSplit houses;
  chapter.use_data("boston_housing");
  train(chapter, houses);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "07",
                        .name = "line",
                        .title = "Deep learning as y = m x + b",
                        .quick = "5 passes over the data instead of 20, 100 splits instead of "
                                 "1,000",
                        .data = "boston_housing",
                        .epochs = 20,
                        .quick_epochs = 5,
                        .samples = 404,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
