/** \page ch03 03 Linear regression

The line of chapter 07 is a network, and the smallest that there is: one \gloss{neuron}. This
chapter trains it as the course does, on the same houses. It is told how many rooms a house has, and
it says what the house costs. Each step of the training is compared with Keras, and its end with the
best line that there is.

The training looks like a success. The loss falls steeply, then the curve becomes flat, and there
the course stops. But for this one network, and for hardly any other, the best setting of the knobs
can be computed by a formula. So we can look up how far the training has come. <b>The flat curve is
not at its end.</b> The loss goes on falling for thousands of epochs.

At the end you have trained a neuron, followed Keras step by step to the same losses, written the
formula of the best line yourself, and learned two things that a loss curve does not say. You need
chapters 02 and 07.

    ./tools/run 03            # all of this page
    ./tools/run 03 --quick    # section 9 is shorter
    ./tools/run 03 --help

All output on this page is of one run of the program, this one:

\show{run}

What the program computes is printed, drawn and checked by functions `show::…`, in files beside this
one.
*/

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "03_linear_regression/line.hpp"
#include "03_linear_regression/show.hpp"
#include "03_linear_regression/show_training.hpp"

namespace lw = lanewise;
using lanewise::Index;
using line::Data;
using line::data_of;
using line::Line;
using tutorial::Chapter;

namespace {

/** \page ch03
\section ch03_houses 1 A price for a house

You know the houses from chapter 07: 506 districts of Boston, in 1970, and how many rooms a house
has there. That was one column of a table. Two researchers had put 14 numbers together for each
district. One is what a house costs there, in thousands of dollars: the median, which half of the
houses cost less than. The others are 13 things that may have to do with the price. The
course prints the first row that it trains on, and ours has to be the same:

\show{houses}

Each of the 13 columns is a \term{feature}. We want to know the price, so this is the \term{label}.
To predict a number from features is called \term{regression}. That is another task than to sort
things into classes: a price can be 15.2, and if somebody says 15.3 instead, it is almost right.

Like the course, we use one feature only, the rooms. The table has their mean in each district, so
it need not be a whole number. Every dot is a district:

\image html 03_houses.svg "Rooms and prices of the districts for training" width=100%

No line can go through all these dots: houses with equally many rooms have very different prices.
And at the top the dots end in a row. In \result{03/capped districts} of the 506 districts the price
is exactly 50, and not because the houses cost that. Everything dearer was entered as 50.

\subsection ch03_contested Why this table is contested

Look at the column `b`. It is made from the share of Black residents in the district, and it is not
that share, but \f$1000 \, (\text{share} - 0.63)^2\f$. Whoever writes such a formula has decided
beforehand that the skin colour of neighbours acts on what a house is worth, and in which way. The
numbers now look like a measurement, and they are an assumption about race. Nor can the share be had
back: a share of 0.53 and one of 0.73 both become \compute{1000 * 0.1 ** 2 | .0f}, so that nobody
can tell from the table which it was. A network that is given this column uses it, and nothing in
its loss will tell.

For this reason scikit-learn, a widely used library, has removed the data set, and Keras advises to
use it only to show what is wrong with it. We need it, because the course's numbers are about
these houses. But we read two columns, rooms and prices, and what the program computes with has no
others:

\snippet 03_linear_regression/line.hpp data

Whenever you are given a table, ask who counted what, and what for, before you train on it.
*/

/** \page ch03
\section ch03_split 2 Which rows to learn from

Keras has this table built in. Its function `load_data` shuffles the rows, and gives the first 404
for training and the other 102 for the test. We want Keras's numbers, so we need the same rows, and
in the same order.

A shuffle needs random numbers. NumPy, the library by which Keras shuffles, makes them by a rule
with the name Mersenne Twister, which starts from a seed; Keras takes 113. C++ has the same rule as
`std::mt19937`. What remains is how NumPy shuffles. It goes through the places from the last to the
first, and exchanges what is there with what is at a random place up to there. Of each random number
it keeps as many of the lowest binary digits as the place's own number has. If that is beyond the
place, it draws again:

\snippet support/boston.cpp shuffle

The program prints where the order begins. It is the one that NumPy gives:

\show{split}

The course holds out validation rows, too, by `validation_split=0.3`. It means the *last* 30 % of
the training rows, as they stand; nothing is drawn here. The other seven tenths are
\compute{404 * 7 / 10}; what is behind the point is cut off, and \result{03/training rows} rows are
left to train on.

\snippet support/boston.hpp split
*/

/** \page ch03
\section ch03_neuron 3 A line is a neuron

Our model of the prices is a straight line, the one of chapter 07:

\f[ \text{price} = m \cdot \text{rooms} + b \f]

The \term{slope} \f$m\f$ says how many thousand dollars the price grows by with each room. The
\term{intercept} \f$b\f$ is the price at 0 rooms. There is no such house, but the line has to be at
some height, and this is how it is said.

\snippet 03_linear_regression/line.hpp line

The same can be drawn as a network:

\image html 03_neuron.svg "One neuron, and the loop that trains it" width=100%

A part that multiplies what comes in by weights, adds up, and then adds one more number of its own
is called a \term{neuron}. The number of its own is its \term{bias}. So this line is a neuron with
one \term{weight} and a bias. The slope *is* the weight, and the intercept *is* the bias: two
families of words for the same two numbers. With three features, a neuron has three weights, and
still one bias.

The arrows that lead back are the training loop of chapter 02. The neuron says a price. The
loss compares it with the true one. From the loss comes the gradient, and by it an
\gloss{optimizer} turns both knobs. Then the loop begins again.

In the library a layer of neurons is called `Dense`, and the 1 says that we want one of them. It has
two \term{parameter|parameters}:

\snippet this model

\show{model}

(`None` stands where the number of districts will be: the model takes any number of them at a time.)
*/
// [model]
template <class T>
lw::BasicSequential<T> make_model(std::uint64_t seed) {
  lw::BasicSequential<T> model{lw::Input{{1}}, lw::Dense{1}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::RMSprop{.learning_rate = 0.005}, .loss = lw::MeanSquaredError{}});
  model.build();
  return model;
}
// [model]

/** \page ch03
\section ch03_loss 4 How wrong, and which way is down

The \term{loss} is the mean squared error of chapter 02, over \f$n\f$ districts with rooms
\f$x_i\f$ and prices \f$t_i\f$:

\f[ L = \frac{1}{n} \sum_{i=1}^n (m x_i + b - t_i)^2 \f]

A loss of 49 means that the line is off by about 7, that is by 7,000 dollars: the root of the loss
is in thousands of dollars, as the prices are. The \term{gradient} has two slopes, as in
chapter 07. Each district has its share in both. It is twice its error, times what the knob is
multiplied by: for \f$m\f$ the rooms, for \f$b\f$ just 1.

\f[
  \frac{\partial L}{\partial m} = \frac{1}{n} \sum_{i=1}^n 2 (m x_i + b - t_i) \, x_i
  \qquad
  \frac{\partial L}{\partial b} = \frac{1}{n} \sum_{i=1}^n 2 (m x_i + b - t_i)
\f]

As a program:

\snippet this gradient

Before we train by it, it is checked: against the library, against the slopes that Keras computes in
a training of its own, at its first line and at that after each epoch, and against moving each knob
a little, as in chapter 02.

\snippet this gradients

\show{gradients}
*/
// [gradient]
double loss(const Line& line, const Data& data) {
  double sum = 0;
  for (std::size_t i = 0; i < data.rooms.size(); ++i) {
    const double error = line(data.rooms[i]) - data.prices[i];
    sum += error * error;
  }
  return sum / static_cast<double>(data.size());
}

// The slopes of the loss, by the line's slope and by its intercept.
Line gradient(const Line& line, const Data& data) {
  Line sum;
  for (std::size_t i = 0; i < data.rooms.size(); ++i) {
    const double error = line(data.rooms[i]) - data.prices[i];
    sum.slope += 2 * error * data.rooms[i];
    sum.intercept += 2 * error;
  }
  const auto count = static_cast<double>(data.size());
  return {sum.slope / count, sum.intercept / count};
}
// [gradient]

// [gradients]
void check_gradients(Chapter& chapter, const Data& train, const show::KerasRun& keras) {
  chapter.section("gradients", "4 How wrong, and which way is down");
  const auto model = make_model<double>(42);
  show::compare_gradients(chapter, model, train, keras, gradient);
  chapter.gradient_check(
      "the neuron's loss, by slope, intercept and rooms",
      lw::gradient_check(model, lw::MeanSquaredError{}, line::column<double>(train.rooms),
                         line::column<double>(train.prices)));
}
// [gradients]

/** \page ch03
\section ch03_optimizer 5 The optimizer

The rule by which a gradient changes the knobs is called the \term{optimizer}. You know the
simplest one, \term{gradient descent}: the \term{learning rate} times the slope is subtracted. Its
weakness is that it walks far where the wall is steep, and hardly at all where the ground is almost
level.

The course takes \gloss{RMSprop}. For each knob it remembers how large the slopes have been
of late: the mean of their squares, of which each step keeps nine tenths. It divides the slope by
the root of that.

\snippet this step

Think of it as follows. If the last slopes were all about 40, then 40 divided by 40 is 1, and the
knob moves by the learning rate. If they were all about 0.4, it moves by the learning rate, too. So
as long as the batches agree on the direction, <b>each step is about 0.005 long, however steep or
level the ground is</b>. If the batches do not agree, pluses and minuses cancel over many steps, and
the knob gets on slowly. (The tiny \f$10^{-7}\f$ is there so that nothing is divided by 0.)
*/
// [step]
// Moves one knob against its slope. `squares` is what the knob remembers.
void step(double& knob, double slope, double& squares) {
  squares = 0.9 * squares + 0.1 * slope * slope;
  knob -= 0.005 * slope / std::sqrt(squares + 1e-7);
}
// [step]

/** \page ch03
\section ch03_training 6 Training

The rest are the course's settings: a \term{batch} has \course{03/batch_size} districts, an
\term{epoch} is one pass over the \result{03/training rows} rows for training, and that is repeated
\course{03/epochs} times. `fit` is the training loop of chapter 02. It holds the last 30 % out by
itself.

\snippet this train

The weight begins at a random number, and the bias at 0. The program shows some of the epochs, with
the losses on the rows for training and for validation, and beside them what the course prints of
its own training, which had another beginning:

\show{training}

And this is the curve, on the axes of the course:

\image html 03_loss.svg "The loss of training and validation, epoch by epoch" width=100%

At the left both losses fall steeply; they begin above the edge of the picture. Then the curves
bend, and from there on they are flat. In the course, whose training began with a better weight,
that is so after some 30 epochs, and it says that nothing improves any more. Would you have stopped,
too? Keep this picture in mind.

This is how long the training takes, beside the same in Keras:

\speed
*/
// [train]
lw::History train(lw::Sequential& model, const tutorial::BostonSplit& houses, int epochs,
                  Index batch_size, const std::vector<lw::Callback*>& watchers = {}) {
  const auto rooms = houses.all_train.column<float>(tutorial::kRooms);  // (404, 1)
  const auto prices = houses.all_train.targets<float>();
  return model.fit(
      rooms, prices,
      {.epochs = epochs, .batch_size = batch_size, .validation_split = 0.3, .callbacks = watchers});
}
// [train]

/** \page ch03
\section ch03_follow 7 The same steps as Keras

Two trainings of one network give different numbers, since each begins at another weight and visits
the rows in another order. Then how does one know that two programs do the same? One gives both the
same weight to begin with, and the same order. A script of this book has let Keras train once, and
kept from that training the first weight, the order of the rows in all 101 epochs, and
the losses. From there our programs take over. This loop does not care who trains:

\snippet this follow

First we train by hand, with the functions of sections 4 and 5, and then by the library:

\snippet this both

\show{follow}

Nothing is left to chance in this, and so the losses have to be equal, up to rounding: Keras and the
library compute with seven decimal digits, our loops with sixteen. 0.0001 would be allowed, relative
to the loss, in each epoch. A mistake in the optimizer, in the last batch of
\compute{282 - 16 * 17} rows, or in the mean over an epoch would be seen here. One mistake would
not: if all slopes were half as large, RMSprop would divide that out again. This is why section 4
checks the slopes by themselves.
*/
// [follow]
using Rows = std::span<const std::int32_t>;

// The losses of each epoch. `train` takes one step on some rows and returns the loss before it.
show::Losses follow(const lw::Tensor<std::int32_t>& order, const std::function<double(Rows)>& train,
                    const std::function<double()>& validate) {
  show::Losses losses;
  for (Index epoch = 0; epoch < order.shape()[0]; ++epoch) {
    const Rows rows = order.row(epoch).span();
    double sum = 0;
    for (std::size_t first = 0; first < rows.size(); first += 16) {
      const Rows batch = rows.subspan(first, std::min<std::size_t>(16, rows.size() - first));
      sum += train(batch) * static_cast<double>(batch.size());
    }
    losses.train.push_back(sum / static_cast<double>(rows.size()));
    losses.valid.push_back(validate());
  }
  return losses;
}
// [follow]

// [both]
show::Losses by_hand(const Data& data, const Data& valid, const show::KerasRun& keras) {
  Line line = keras.start, squares;
  const auto train = [&](Rows rows) {
    const Data batch = picked(data, rows);
    const double before = loss(line, batch);
    const Line slopes = gradient(line, batch);
    step(line.slope, slopes.slope, squares.slope);
    step(line.intercept, slopes.intercept, squares.intercept);
    return before;
  };
  return follow(keras.order, train, [&] { return loss(line, valid); });
}

show::Losses by_library(const Data& data, const Data& valid, const show::KerasRun& keras) {
  lw::Sequential model = make_model<float>(42);
  show::set_line(model, keras.start);
  const auto train = [&](Rows rows) {
    const Data batch = picked(data, rows);
    return model.train_on_batch(line::column<float>(batch.rooms),
                                line::column<float>(batch.prices));
  };
  return follow(keras.order, train, [&] { return loss(show::line_of(model), valid); });
}
// [both]

/** \page ch03
\section ch03_ols 8 The best line there is

The loss of a line is a bowl over its two knobs; chapter 07 shows it from above. At the bottom both
slopes of section 4 are 0. These are two equations for two unknowns, and they can be solved, once
and for all, on paper. Let \f$\bar x\f$ be the mean of the rooms, and \f$\bar t\f$ the mean of the
prices. Then

\f[
  m = \frac{\sum_i (x_i - \bar x)(t_i - \bar t)}{\sum_i (x_i - \bar x)^2}
  \qquad
  b = \bar t - m \, \bar x
\f]

The second formula says that the best line goes through the middle of the dots: at the mean of the
rooms it gives the mean of the prices. The first one says how it is turned around there. A district
with more rooms than the mean and a higher price than the mean makes the slope larger, and so does
one with less of both. One with more rooms and a lower price makes it smaller. No batches, no
epochs, no learning rate. It is called \term{ordinary least squares}, because it makes the sum of
the squared errors least:

\show{ols}

(In section 6, epoch 101 has a loss of \result{03/loss, last epoch | .4f}. That is the mean over the
epoch, while the line was still moving; here is the loss of the line at its end. And the best line
of chapter 07 was another one, since it was that of all 404 rows.)

This is what you will write yourself, in the first exercise.

\aside{osl}
The letters are OLS. What they stand for is here a slope of 8.342391, an intercept of -30.268362,
a loss of 42.2472 on the rows for training, and of 53.3275 on those for validation.
\endaside

Then why train at all? Because the formula exists for lines, and for little else. As soon as a
network has a second layer, nobody can write down its best weights. Training works for all networks.
A line is where we can check what training does.
*/

/** \page ch03
\section ch03_floor 9 The flat curve, redrawn

Now we know where the bottom is. After \result{03/epochs} epochs the training has a loss
of \result{03/loss, last epoch | .2f} (the course \course{03/loss_epoch_101}), and the best line has
\result{03/least squares: loss | .2f}. On the validation rows the course has
\course{03/val_loss_epoch_101}, and the best line \result{03/least squares: validation loss | .2f}.
So this is not the bottom, and not near it. We let it go on, with the same settings from the same
beginning, and train \result{03/epochs of the long run | ,.0f} epochs instead of 101:

\snippet this long

\image html 03_floor.svg "The same training, longer. Level: the losses of the best line" width=100%

The part that you saw before is the first fiftieth, at the very left. All that looked flat was the
beginning of a long way down. The horizontal lines are the losses of the best line. That of the rows
for training is a floor: nothing can get below it, and the curve comes down to it.

\show{long}

\aside{no_improvement_after_30}
The loss goes on falling, slowly. In the training of section 7, by Keras itself, it is
\result{03/Keras's loss, epoch 30 | .2f} in epoch 30 and \result{03/Keras's loss, epoch 101 | .2f}
in epoch 101. Here it is \result{03/loss of the long run, last epoch | .2f} in epoch
\result{03/epochs of the long run | ,.0f}, and the best line has
\result{03/least squares: loss | .2f}. On an axis from 0 to 300 one does not see it.
\endaside

What happens to the line meanwhile? Flip through the epochs:

\frames{turn}

First the line rises until it goes through the dots. That is the steep part of the curve. Then the
line *turns*, around the middle of the dots, and that takes all the rest of the time.

\subsection ch03_slow Why is it so slow?

There are two reasons. The first is simple. The bias begins at 0, and it has to get to
\result{03/least squares: intercept | .2f}. A step is about 0.005 long. Even if all steps went the
same way, it would take about \compute{30.27 / 0.005 | ,.0f} of them, and that is
\compute{ceil(30.27 / 0.005 / 18)} epochs. In 101 epochs it cannot arrive.

The second reason is that they do not go the same way. All houses have about six rooms, few have
four, and none has 0. Raise the slope by 1, and lower the intercept by the mean number of rooms:
then the line has turned around the middle of the dots, and near the middle it is almost where it
was. So the loss is almost what it was, too. This is the gorge of chapter 07. Across it the walls
are steep, and along it the ground is almost level. On such ground one batch of 16 districts says to
the left, and the next one to the right, and the steps of RMSprop nearly cancel.

What helps is what helped in chapter 07: \term{scaling} the rooms, so that their mean is 0. Then
turning the line and raising it are two separate things.

<b>Remember this curve when you see a flat one.</b> It says that the loss changes little from epoch
to epoch. It does not say that the bottom is near. The two look the same.
*/
// [long]
show::LongRun train_longer(const tutorial::ChapterOptions& options,
                           const tutorial::BostonSplit& houses) {
  lw::Sequential model = make_model<float>(options.seed);
  show::LongRun run(model);  // keeps the line after each epoch
  run.history = train(model, houses, options.quick ? 500 : 5000, options.batch_size, {&run});
  return run;
}
// [long]

/** \page ch03
\section ch03_gap 10 Are the other houses harder?

Look at the picture of section 6 once more. The curve of the \term{validation} is above that of the
training, from the first epoch to the last. In chapter 02 a distance of this kind was
\term{overfitting}. Is it here?

A line has two knobs. It cannot learn 282 prices by heart. So let us ask another question: how
good could *any* line be on the validation rows? The formula of section 8 tells us, if it is given
those rows instead:

\show{gap}

Even the line that is made for the validation rows has a loss of
\result{03/least loss on validation rows | .2f} there. That is more than the
\result{03/least squares: loss | .2f} of the training rows. These houses are harder to predict from
their rooms, whoever does it and whatever it was trained on. Only what is above that comes from
having learned from other rows: \result{03/gap by training | .2f} of a distance
of \result{03/gap | .2f}.

The last column says the same from the other side. No row of the test was trained on. Yet the best
line for the training rows has a *smaller* loss on the test rows than on its own. Which rows are the
easy ones was decided by the shuffle of section 2.

\aside{validation_gap_by_training}
That is often the reason, but not here. The distance is there in epoch 1, when hardly anything was
learned. On the validation rows, even the best line that there is for them has
\course{03/least_val_loss}.
\endaside

Then how does one recognize overfitting? By a distance that *grows*, while the validation loss stops
falling or rises. Here both fall together, to the last epoch.
*/

/** \page ch03
\section ch03_prices 11 What does a house cost?

The neuron is trained, and we can ask it. `predict` takes rooms and gives prices. The course asks
for houses with 3 to 7 rooms, and cuts the answers off after one digit:

\snippet this predict

\show{prices}

After 101 epochs the prices are close to the course's, although the training began elsewhere. But
look at the last column. The best line says something else, and the difference is large for small
houses. For 3 rooms it says <b>less than nothing</b>.

Does that mean that it is wrong? Look where the dots are. These are the 404 rows for training and
validation, with the line after 101 epochs and the best line, drawn from 3 to 9 rooms as in the
course:

\image html 03_line_train.svg "Training rows, the trained line, and the best line" width=100%

The district with the fewest rooms has \result{03/fewest rooms | .2f}. A line goes on where there
are no dots, and says a price there, too. It has not learned it from anything. Between 5 and 7
rooms, where the houses are, the best line is the better one. And these are the 102 rows of the
test, which no line has seen:

\image html 03_line_test.svg "Test rows, the trained line, and the best line" width=100%

The loss there is \result{03/test loss | .2f} after 101 epochs, and
\result{03/least squares: test loss | .2f} for the best line.
*/
// [predict]
std::vector<double> predict(const lw::Sequential& model) {
  const lw::Tensor<float> rooms({5, 1}, {3, 4, 5, 6, 7});
  const lw::Tensor<float> prices = model.predict(rooms);
  return {prices.begin(), prices.end()};
}
// [predict]

/** \page ch03
\section ch03_numbers 12 The numbers

The course prints its numbers from a single training. What would another one have printed? We let
Keras train \result{03/verdict/keras_runs} times, each time with random numbers of its own. The
column Keras has the mean of these runs and, after ±, their standard deviation, which is how far a
run usually is from the mean. What is arithmetic has to be exactly the course's.

\show{numbers}

Look at the first epoch: there the runs are far apart, since the weight begins anywhere from -1.73
to 1.73, and the course's run began with a good one. At the end they are close together. All of
them are on the same way along the same gorge, and all of them are far from the best line. The last
lines are the verdict, which chapter 02 explains: are our numbers such as Keras could have, too?

\subsection ch03_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the order of the rows begins as NumPy's
does, and the first row is the course's; our loops, the library and Keras have the same
slopes; in each of the 101 epochs our loops and the library have Keras's losses, to 0.0001; the
formula gives the numbers that NumPy's own solver gives; no line in the long training gets below the
floor; and the figures are in their bounds. That the best line is good for anything has *not* been
checked. It is the best of the lines, on these rows.

\section ch03_summary Summary

- Regression predicts a number. A neuron multiplies each feature by a weight, adds up, and adds its
  bias. With one feature that is a line: the weight is the slope, the bias is the intercept.
- An optimizer is the rule by which a gradient changes the knobs. RMSprop divides each slope by its
  usual size.
- Two programs that begin at the same weight, and visit the same rows in the same order, have to
  have the same losses.
- For a line there is a formula for the best knobs: ordinary least squares. For a network with a
  second layer there is none.
- A flat loss curve says that the loss changes slowly, and not that the bottom is near.
- A validation loss above the training loss is not overfitting by itself. The rows may be harder.
- A line says a price also where it has seen no houses.

\section ch03_questions Questions

\questions

\section ch03_exercises Exercises

\exercises

Start with the first.

\exercise{ols}
\exercise{best_guess}
\exercise{explained}

\subsection ch03_try To try out

1. Train with `--epochs 400`. Which of the lines in section 12 change, and which do not?
2. Train with `--batch-size 282`: one batch an epoch, and one step. How far does it get?
3. In `make_model`, replace `RMSprop` by `SGD` with a rate of 0.01, and look at the curve of
section 6.
4. Leave out the districts with a price of 50, and compute the best line again. How does it turn?

\section ch03_program The program

This calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch03_next What to read next in the source

- `tutorial/support/boston.cpp`: how a table is read, and a damaged one refused.
- `src/nn/dense.cpp`: a layer of neurons, with many features each.
- `src/simd/optimizer.cpp`: RMSprop, for many weights at a time.

Chapter 08 makes a neuron decide between yes and no.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const tutorial::BostonSplit houses;
  chapter.use_data("boston_housing");
  const Data data = data_of(houses.train), valid = data_of(houses.valid);
  const show::KerasRun keras = show::load(chapter.reference_folder() / "keras");
  const auto& options = chapter.options();

  show::houses(chapter, houses);
  show::split(chapter, houses, tutorial::numpy_shuffled(506, 113));
  show::neuron(chapter, make_model<float>(options.seed));
  check_gradients(chapter, data, keras);

  lw::Sequential model = make_model<float>(options.seed);
  const lw::History history =
      chapter.train([&] { return train(model, houses, options.epochs, options.batch_size); });
  show::training(chapter, history);
  show::follow(chapter, keras, by_hand(data, valid, keras), by_library(data, valid, keras));

  show::Lines lines{show::line_of(model), line::least_squares(data), line::least_squares(valid)};
  show::ols(chapter, lines, houses, keras, loss);
  show::long_run(chapter, train_longer(options, houses), history, lines.best, data, valid, loss);
  show::gap(chapter, lines, houses, loss);
  show::prices(chapter, lines, houses, predict(model));
  show::compare(chapter, history, lines.trained, predict(model), houses, loss);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const tutorial::BostonSplit houses;
  chapter.use_data("boston_housing");
  const auto& options = chapter.options();
  lw::Sequential model = make_model<float>(options.seed);
  const lw::History history =
      chapter.train([&] { return train(model, houses, options.epochs, options.batch_size); });
  show::compare(chapter, history, show::line_of(model), predict(model), houses, loss);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "03",
                        .name = "linear_regression",
                        .title = "Linear regression",
                        .quick = "500 epochs in section 9 instead of 5,000",
                        .data = "boston_housing",
                        .epochs = 101,
                        .quick_epochs = 101,
                        .samples = 282,
                        .batch_size = 16},
                       argc, argv, teach, compared);
}
// [main]
