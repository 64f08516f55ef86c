/** \page ch02 02 Fundamentals of training

A network is a box with knobs, its \term{weight|weights}. Chapter 01 looked at what goes in and what
comes out. This chapter turns the knobs.

Nobody turns them by hand. A rule does it, and the rule is short. Measure how wrong the box is, as
one number. Find out, for each knob, whether that number grows or falls when the knob is turned a
little to the right. Turn the knob a little the way that makes the number fall. Do it again.

The rule has one number that somebody has to choose: how far to turn. You will see a ball roll into
a bowl with a good choice, creep with a small one, leap from wall to wall with a large one, and with
one that is a little larger still, leave the picture.

At the end you have <b>computed one turn of a knob by hand</b>, seen how more than a thousand turns
of all knobs make a network that reads digits, and learned the words for all this, once and for all.
A little algebra is enough; what is needed of calculus is explained in section 4.

Run it yourself:

    ./tools/run 02            # everything on this page, with your numbers
    ./tools/run 02 --quick    # 3 passes over the images instead of 20, fewer checks
    ./tools/run 02 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}

The first line names the instructions that the processor was given, and the `seed` that all random
numbers begin from: the same seed, the same numbers. What the program computes is printed, drawn and
checked by functions `show::…`, in files beside this one.
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "02_fundamentals_of_training/show.hpp"
#include "02_fundamentals_of_training/show_training.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch02
\section ch02_labels 1 What the network should have said

To say how wrong an answer is, one needs the right one. Each image that a network learns from comes
with its \term{label}: the class that it shows. Take a network that tells cats from dogs, and both
from everything else, as in section 3 of chapter 01. In a file, its labels may be words. A network
computes with numbers, so each class is given one:

| label | class |
| --- | --- |
| 0 | Cat |
| 1 | Dog |
| 2 | Other |

This is a <b>label map</b>. Which class gets which number does not matter. What matters is that it
is the same throughout: if 0 is a cat in one image, it is a cat in all of them. The map is kept with
the images, so that a number can be turned into a word again.

The network puts out three numbers, not one: a probability for each class. A label can be written in
this form, too. \term{one-hot|One-hot}, a label is a row of zeros with a single 1, in the column of
its class. That is what a perfect network would say of the image: this class for certain, and none
of the others. Now answer and label can be compared number by number.

The integers have another drawback. They have an order, and a distance: 1 is the mean of 0 and 2.
Yet nobody would call a dog the mean of a cat and something else. In one-hot rows all classes are
equally far apart.

The library writes them for us. It keeps numbers in a \term{tensor}, an array with any number of
dimensions; here one of them for the labels, and two for the rows:

\snippet this labels

\show{labels}
*/
// [labels]
void show_labels(Chapter& chapter) {
  chapter.section("labels", "1 What the network should have said");
  const lw::Tensor<std::int32_t> labels({4}, {0, 2, 1, 0});
  const lw::Tensor<double> rows = lw::data::one_hot<double>(labels, 3);
  show::labels(chapter, labels, rows);
}
// [labels]

/** \page ch02
\section ch02_loss 2 How wrong is it?

An image of a cat comes in. The network answers with three probabilities:

| | Cat | Dog | Other |
| --- | --- | --- | --- |
| answer | 0.37 | 0.50 | 0.13 |
| label | 1 | 0 | 0 |

The largest is the second, so by \term{argmax} it predicts Dog, and is wrong. Not badly wrong: it
was in doubt, and gave the cat more than a third. We want a number that says so. Subtract the answer
from the label, column by column. These differences are the <b>errors</b>: 0.63, -0.50 and -0.13. To
add them up would say little, since their signs differ, and the sum would be 0. So each is squared
first, which makes it positive, and a large error much larger than a small one. The result is the
<b>sum of squared errors</b>, in short SSE:

\f[ \mathrm{SSE} = (1 - 0.37)^2 + (0 - 0.50)^2 + (0 - 0.13)^2 = 0.6638 \f]

A number like this, which says how wrong the answers are, is called the \term{loss}. A function that
computes one is a loss function, and this is only the first of several; chapter 04 has a better one
for classes. In code, for one image or for many, with an answer `y` and a label `t` in each row:

\snippet this loss

Why not just count mistakes? Look at four answers to the same image of a cat:

\show{answers}

The first is a mistake, the other three are not. Counting would tell the first from the others, and
nothing else. The loss falls from line to line. It notices when a knob has made an answer *a little*
better, and that is what we need in order to know which way to turn.

\subsection ch02_mse Many images, one number

Whoever sees one image at a time learns to please that image. So the loss is taken over several
images, and divided by their number: then it does not grow with how many they are. This is the
<b>mean squared error</b>, MSE, and there are two versions of it. If \f$n\f$ images have \f$k\f$
outputs each, the squares of all \f$n k\f$ errors are added, and the sum is divided

- by \f$n\f$, the number of images: this is the mean of their SSE;
- by \f$n k\f$, the number of errors: this is what Keras calls `mean_squared_error`.

The second is the first divided by \f$k\f$. If some weights make the one smaller, they make the
other smaller, too, so both want the same weights. But the numbers are not the same, and neither is
anything that is computed from them. So it has to be said which one is meant.

\aside{mse_as_mean_of_sse}
Keras's `mean_squared_error` also divides by the number of outputs. For the one image above it is
\f$0.6638 / 3 = \course{02/mse_of_keras}\f$.
\endaside

The library has both, as `SumSquaredError` and `MeanSquaredError`. On three images, one a class:

\snippet this batch loss

\show{loss}
*/
// [loss]
using Rows = lw::Tensor<double>;  // a row an image, a column a class

double sum_of_squares(const Rows& y, const Rows& t) {
  double sum = 0;
  for (Index i = 0; i < y.size(); ++i) sum += (t[i] - y[i]) * (t[i] - y[i]);
  return sum;
}
// [loss]

// [batch loss]
void show_losses(Chapter& chapter) {
  const Rows cat({1, 3}, {1, 0, 0});
  show::answers(chapter, [&](const Rows& y) { return sum_of_squares(y, cat); });

  const Rows y({3, 3}, {0.37, 0.50, 0.13,  // of a cat
                        0.10, 0.80, 0.10,  // of a dog
                        0.30, 0.20, 0.50});
  const Rows t({3, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1});
  const double sum = sum_of_squares(y, t);
  const lw::Loss sse = lw::SumSquaredError{}, mse = lw::MeanSquaredError{};
  show::losses(chapter, sum / 3, sse(y, t), sum / 9, mse(y, t));
}
// [batch loss]

/** \page ch02
\section ch02_bowl 3 One knob

A network has thousands of knobs. We begin with one that has a single knob, so that everything about
it fits into a picture.

At a market, a bag of apples of 1.4 kilograms costs 0.90, and a bag of 0.2 kilograms costs 0.25.
What does a kilogram cost? Our network multiplies the kilograms of a bag by its only knob, \f$w\f$,
and says that this is the price. So \f$w\f$ is the price of a kilogram. (In this book a weight is a
knob. What the bag has is called its *mass* here.) The masses are what goes in, and the prices are
the labels:

\snippet this bags

No \f$w\f$ is right for both bags, perhaps because the market rounds its prices. Each \f$w\f$ has a
loss, and some are less wrong than others. Multiply the two squares out, and the mean of them is

\f[
  \begin{aligned}
  L(w) &= \tfrac{1}{2} \left( (1.4\,w - 0.9)^2 + (0.2\,w - 0.25)^2 \right) \\
       &= w^2 - 1.31\,w + 0.43625
  \end{aligned}
\f]

This is a parabola, open at the top, like a bowl. Its lowest point is the <b>minimum</b>, and the
knob should stand there:

\show{bowl}

For one knob one could try all values and take the best. For two knobs of a hundred settings each
there are 10,000 pairs to try. With every knob more there are a hundred times as many, and a network
has thousands of knobs. A way is needed that does not try.
*/
// [bags]
const std::vector<double> mass = {1.4, 0.2}, price = {0.90, 0.25};

double loss(double w) {
  double sum = 0;
  for (std::size_t i = 0; i < mass.size(); ++i) {
    const double error = w * mass[i] - price[i];
    sum += error * error;
  }
  return sum / 2;
}
// [bags]

/** \page ch02
\section ch02_slope 4 Which way is down?

Imagine that you stand on the wall of the bowl, in fog. You cannot see the lowest point. But your
feet feel which way the ground falls, and how steeply. That is enough to get down.

How steep a line is, is called its \term{slope}: how far it rises, divided by how far one goes to
the right. A slope of 2 means two up for each one to the right. If it is negative, the line falls to
the right. A curve has another slope at each place. To measure it at \f$w\f$, go a small way
\f$h\f$ to the right, and see by how much the loss has changed:

\f[ \frac{L(w + h) - L(w)}{h} \f]

The smaller \f$h\f$ is, the closer this comes to one number: the slope of the curve *at* \f$w\f$.
Its name is the \term{derivative} of the loss with respect to \f$w\f$, written
\f$\partial L / \partial w\f$. Here it is at \f$w = 0.38\f$:

\snippet this quotients

\show{slope}

It settles at -0.55. And one can have it without a small \f$h\f$, by a formula. Of the rules that
make such formulas, this page needs two. The derivative of \f$w^2\f$ is \f$2w\f$, and that of
\f$a\,w\f$ is \f$a\f$; a number that stands alone does not change with \f$w\f$, so it has the
derivative 0. For our parabola that gives

\f[ \frac{\partial L}{\partial w} = 2w - 1.31 \f]

which at 0.38 is \f$0.76 - 1.31 = -0.55\f$. The same without multiplying out, bag by bag: the square
of an error has twice the error as its derivative, times what \f$w\f$ is multiplied by in it:

\snippet this slope

The derivative is 0 where the ground is level: at the bottom, where \f$2w = 1.31\f$.
*/
// [slope]
double slope(double w) {
  double sum = 0;
  for (std::size_t i = 0; i < mass.size(); ++i) sum += 2 * (w * mass[i] - price[i]) * mass[i];
  return sum / 2;
}
// [slope]

// [quotients]
void show_slope(Chapter& chapter) {
  chapter.section("slope", "4 Which way is down?");
  const double w = 0.38;
  for (const double h : {0.1, 0.01, 0.001, 0.0001})
    chapter.print("h = {:<8} (L(w + h) - L(w)) / h = {:.5f}\n", h, (loss(w + h) - loss(w)) / h);
  chapter.print("{:<12} derivative at {} = {:.5f}\n", "", w, slope(w));
}
// [quotients]

/** \page ch02
\section ch02_update 5 The update

Here are two places on the bowl, one to the left of the minimum and one to the right, and at each a
straight line with the slope that the curve has there:

\image html 02_bowl.svg "Left of the minimum the slope is negative, right of it positive" width=100%

On the left the slope is *negative*, and the knob has to be turned up. On the right it is
<em>positive</em>, and the knob has to be turned down. So in both places the way down is <b>against
the sign of the slope</b>. One rule does for both sides: subtract the slope from the weight.

The slope also says how far. On a steep wall the bottom is far away, near the bottom the ground is
almost level. So a step in proportion to the slope is long at first, and shorter as it gets closer.
How long in all is set by a factor, \f$\eta\f$ (the Greek letter eta), the \term{learning rate}:

\f[ w \leftarrow w - \eta \, \frac{\partial L}{\partial w} \f]

This is called an <b>update</b>, or a <b>step</b>. The course does one by hand, with a learning rate
of 0.01. Our bags of apples are made so that they have the course's slope at the course's weight:

\f[ 0.38 - 0.01 \cdot (-0.55) = 0.3855 \f]

Two minus signs make a plus, so the weight grows, towards the minimum. From the other side, at 0.93,
the slope is 0.55, and the weight shrinks. The library does both steps, too. Its name for the rule
is `SGD`, and section 11 says what the letters mean:

\snippet this library step

\show{update}

To take such steps again and again, each from where the last one ended, is \term{gradient descent}:

\snippet this descend
*/
// [library step]
// The weight after one update by the library.
double library_step(double w, double rate) {
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{1, {.use_bias = false}}};
  model.compile({.optimizer = lw::SGD{.learning_rate = rate}, .loss = lw::MeanSquaredError{}});
  model.build();
  model.parameters()[0].value[0] = w;
  model.train_on_batch(lw::Tensor<double>({2, 1}, mass), lw::Tensor<double>({2, 1}, price));
  return model.parameters()[0].value[0];
}
// [library step]

// [descend]
// The weights on the way: where it begins, and where each step ends.
std::vector<double> descend(double w, double rate, int steps) {
  std::vector<double> path = {w};
  for (int step = 0; step < steps; ++step) {
    w = w - rate * slope(w);
    path.push_back(w);
  }
  return path;
}
// [descend]

/** \page ch02
\section ch02_rates 6 Four learning rates

Think of the loss as a ball on the curve. It begins at \f$w = 0\f$, and rolls four times, each time
with another learning rate:

\snippet this rates

<b>0.01.</b> Each step is short, and after twenty of them most of the way is still ahead:

\image html 02_rate_1.svg "Learning rate 0.01: the ball creeps" width=100%

<b>0.3.</b> A few steps, and it is there. As the ground gets level, the steps get shorter by
themselves:

\image html 02_rate_2.svg "Learning rate 0.3: the ball rolls to the bottom" width=100%

<b>0.9.</b> The first step goes past the minimum, up the other wall. There the slope has the other
sign, and the ball comes back, and goes past it again. But each time it lands a little lower:

\image html 02_rate_3.svg "Learning rate 0.9: the ball leaps from wall to wall" width=100%

<b>1.1.</b> It goes past the minimum, and lands *higher* than it was. There the wall is steeper, so
the next step is longer still:

\image html 02_rate_4.svg "Learning rate 1.1: the ball leaves the plot" width=100%

The numbers of all four:

\show{rates}

On the axis of the next picture each line stands for a hundred times the one below; on an ordinary
axis, only the last of the four could be seen:

\image html 02_losses.svg "How far the loss is above its least, on a logarithmic axis" width=100%

The ball of 1.1 does not come back. Nothing is wrong with the slope, nor with its sign. Each step is
a step downhill *at its beginning*, and it ends on the far side, higher up. If you ever see a loss
grow from step to step until it is no number any more, remember this picture, and take a smaller
learning rate.

\subsection ch02_limit Where is the limit?

Somewhere between 0.9 and 1.1 the ball stops coming back. For a parabola one can say where. Let
\f$d\f$ be how far \f$w\f$ is from the minimum. The slope is 0 there, and grows by 2 with each step
of 1 to the right, as \f$2w - 1.31\f$ says. So at the distance \f$d\f$ it is \f$2d\f$, and an update
makes of the distance

\f[ d - \eta \cdot 2d = (1 - 2\eta)\,d \f]

Every step multiplies the distance by \f$1 - 2\eta\f$: by \compute{1 - 2 * 0.01 | .2f} with the
first rate, by \compute{1 - 2 * 0.3 | .1f} with the second, by \compute{1 - 2 * 0.9 | .1f} with the
third, and by \compute{1 - 2 * 1.1 | .1f} with the last. A minus sign means that it has changed
sides. If the size of this factor is below 1, the distance shrinks. That is so for all rates below
1, and for none above. At 1 exactly, the ball leaps to and fro for ever.

On another bowl the slope grows by another number for each step of 1. Call it \f$c\f$, the
<b>curvature</b>, for how strongly the bowl is curved. The factor is \f$1 - \eta c\f$ then, and the
loss falls if

\f[ 0 < \eta < \frac{2}{c} \f]

So it depends on the curvature whether a learning rate is large or small, and the curvature is what
one does not know of a network. This is why learning rates are tried out. Books usually advise
to begin with a number far below 1. In section 12, a rate of 2 will do well.
*/
// [rates]
void show_rates(Chapter& chapter) {
  chapter.section("rates", "6 Four learning rates");
  std::vector<show::Descent> descents;
  for (const double rate : {0.01, 0.3, 0.9, 1.1}) descents.push_back({rate, descend(0, rate, 20)});
  show::rates(chapter, descents, loss);
}
// [rates]

/** \page ch02
\section ch02_convex 7 Bowls, and what is none

A bowl is good-natured: whoever goes down in it, from wherever, ends at the one lowest point.
Functions of this kind are called \term{convex}. What makes a curve convex can be said in a
sentence: draw a straight line between any two of its points, and no part of the curve lies above
it. As a formula, where \f$a\f$ and \f$b\f$ are the two places, and \f$s\f$, from 0 to 1, says how
far we have gone from one to the other:

\f[ L\left( (1 - s)\,a + s\,b \right) \le (1 - s)\,L(a) + s\,L(b) \f]

The left side is the curve, the right side is the line.

\image html 02_convex.svg "The line is above the bowl, and below the hill" width=100%

The second curve in the picture is \f$w^4 - 2w^2 + 0.3w + 1\f$, and it is not convex. Its two
valleys both have a lowest point. The deeper one is its \term{global minimum}. The other one is a
\term{local minimum}: the lowest place for some way around, but not the lowest of all. At either,
the slope is 0, and a descent ends. The program tries the inequality on many lines across both
curves:

\snippet this convex

\show{convex}

(The word itself is no guide. Some textbooks, many Chinese ones of calculus among them, call a bowl
<em>concave</em>, since they look at it from above. Go by the inequality.)
*/
// [convex]
// How far the curve rises above a line between two of its points, at most; 0 if it never does.
double above_its_lines(double (*curve)(double), double from, double to) {
  const int places = 60;
  const auto at = [&](int i) { return from + (to - from) * i / places; };
  double most = 0;
  for (int i = 0; i <= places; ++i)
    for (int j = i + 2; j <= places; ++j)
      for (const double s : {0.25, 0.5, 0.75}) {
        const double line = (1 - s) * curve(at(i)) + s * curve(at(j));
        most = std::max(most, curve((1 - s) * at(i) + s * at(j)) - line);
      }
  return most;
}

double two_valleys(double w) {
  return std::pow(w, 4) - 2 * w * w + 0.3 * w + 1;
}
// [convex]

/** \page ch02
\section ch02_gradient 8 Many knobs: the gradient

Now let there be two knobs, \f$u\f$ and \f$v\f$. The loss is then a landscape: \f$u\f$ goes east,
\f$v\f$ goes north, and the loss is how high the ground is. At one place it has a slope to the east,
and another one to the north. Each is found as before, by moving one knob and leaving the other as
it is:

\f[ \left( \frac{\partial L}{\partial u}, \; \frac{\partial L}{\partial v} \right) \f]

The two together are the \term{gradient}. A slope is a single number, a *scalar*. A gradient is a
list of numbers, a *vector*: a slope for each knob. For a thousand knobs it has a thousand. With a
single knob, gradient and slope are the same, and this is why some books use the words as if they
were one. The gradient points to where the ground rises most steeply. The update is what it was, for
each knob with its own slope, all at once.

The loss of a network is hardly ever a bowl. It has valleys, ridges and peaks. Here is a landscape
of that kind, for practice:

\f[ f(u, v) = \frac{u^2 + v^2}{10} + \frac{u}{5} + \cos(2u + v) + \cos(2v - u) \f]

\snippet this surface

And these are walks down from five places. Four of them begin around the same hilltop, a short way
from each other, and one begins far out. The rings are lines of equal height, as on a map for
hikers. They are drawn around the valleys only:

\image html 02_valleys.svg "Rings are valleys; each path ends in one" width=100%

\snippet this walk

\show{valleys}

All five stop at a place where the ground is level. Only one of them is the global minimum; the
other valleys are local minima, and gradient descent has no way to know of a deeper one behind the
ridge. Where it ends depends on where it begins. The weights of a network begin at random numbers,
so another `--seed` ends in another valley. It is a finding of practice, and no theorem, that for
large networks many valleys are about equally good.
*/
// [surface]
double height(show::Place at) {
  const auto [u, v] = at;
  return (u * u + v * v) / 10 + u / 5 + std::cos(2 * u + v) + std::cos(2 * v - u);
}

// The cosine has minus the sine as its derivative, times what its knob is multiplied by.
show::Place gradient(show::Place at) {
  const auto [u, v] = at;
  const double s = std::sin(2 * u + v), t = std::sin(2 * v - u);
  return {u / 5 + 0.2 - 2 * s + t, v / 5 - s - 2 * t};
}
// [surface]

// [walk]
std::vector<show::Place> walk(show::Place from, double rate, int steps) {
  std::vector<show::Place> path = {from};
  for (int step = 0; step < steps; ++step) {
    const auto [u, v] = path.back();
    const auto [du, dv] = gradient({u, v});
    path.push_back({u - rate * du, v - rate * dv});
  }
  return path;
}
// [walk]

/** \page ch02
\section ch02_loop 9 The training loop

This is all that training is, for a network of any size:

\image html 02_loop.svg "The training loop: once around is one step" width=100%

Images go into the network, with the weights as they are now. Its outputs and the labels give the
loss. From the loss one gets the gradient, a slope for each weight. The update changes the weights,
and the next images meet a network that is a little better. Note what each part is given: the
network sees the images only. The labels go to the loss.

One arrow is left open here: how does one find the slopes of thousands of weights? To move each by a
little and see what the loss does, as in section 4, takes a pass through the network for each
weight. There is a way to get all of them in one go, backwards from the loss through the network. It
is called \gloss{backpropagation}. Libraries have it built in, and chapter 17 takes it apart.

\subsection ch02_parameters Two kinds of settings

The weights are changed by the loop. They are the \term{parameter|trainable parameters}, or just the
parameters. The learning rate is not. Somebody chose it before the loop began, and no step changes
it. Such a setting is called a \term{hyper-parameter}. On this page there are these:

| | who sets it | here |
| --- | --- | --- |
| weights | training | \result{02/parameters} of them in section 12 |
| learning rate | you | 2 in section 12 |
| images a step (section 10) | you | 32 |
| passes over the images (section 10) | you | 20 |
| what the network is made of | you | chapter 04 |

How does one choose them? One tries, and compares; section 11 says on which images.

\section ch02_epoch 10 Batch, iteration, epoch

Three words, which sort out how many images are meant.

Which images does one step look at? All of them would be right, since the loss that we want to make
small is that of all images. But then a step costs a pass over all of them. A single image would be
quick, but what is good for one image is not always good for the others. So one takes a handful,
drawn at random. That is a \term{batch}. The number of images in it is the <b>batch size</b>, a
hyper-parameter, and 32 is a common one. The gradient over a batch is not quite that of all images,
but it is close, and it comes much sooner.

One batch, one gradient, one update of the weights: that is an \term{iteration}. Another word for it
is step.

When every training image has been in a batch once, an \term{epoch} is over. Then the images are
shuffled, and the next one begins.

So there are as many iterations in an epoch as there are batches. The last batch has the images that
are left, which may be fewer, and it is an iteration, too. This is why one rounds up:

\f[ \text{iterations an epoch} = \left\lceil \frac{\text{images}}{\text{batch size}} \right\rceil
\f]

With the 2,000 images of section 12 in batches of 32, that is
\f$2000 / 32 = \compute{2000 / 32}\f$, rounded up to \result{02/iterations an epoch}. There are
\compute{2000 // 32} full batches, and the last one has the \compute{2000 - 32 * (2000 // 32)}
images that are left. Here are the three words as a program:

\snippet this epoch

The shuffling is left out there, and in the library's own `fit`, which the next sections use, it is
not. The program takes one epoch at three batch sizes, from the same weights and with the same
learning rate. Then it looks at images that the network has not seen:

\show{epoch}

All three have seen every image exactly once. What differs is how often the weights were changed.
One update by 2,000 images is one step, in a good direction. The small batches take many steps in
directions that are good enough.

\aside{epoch_by_stable_loss}
An epoch is one pass over all training images, whatever the loss does meanwhile. When the loss is
stable after some epochs, one may stop; how many it takes until then is another number.
\endaside
*/
// [epoch]
// One epoch: every image is in one batch. Returns the number of iterations.
Index one_epoch(lw::Sequential& model, const Split& images, Index batch_size) {
  Index iterations = 0;
  for (Index first = 0; first < images.size(); first += batch_size) {
    const Index last = std::min(first + batch_size, images.size());
    const Split batch = images.rows(first, last);
    model.train_on_batch(batch.x(), lw::data::one_hot<float>(batch.labels, 10));
    ++iterations;
  }
  return iterations;
}
// [epoch]

/** \page ch02
\section ch02_split 11 Three kinds of images

Is a network good that makes no mistake on the images it was trained on? Not necessarily. It may
have learned them by heart, like somebody who has learned the answers of last year's test. What
counts is how it does on images that it has never met. So the images are divided, *before* training:

- The <b>training set</b>: by these the weights are changed.
- The <b>validation set</b>: now and then, usually after each epoch, the loss on these is computed,
and nothing is changed by it. This is called \term{validation}. By these numbers *you* choose: when
to stop, which learning rate to take, which network to keep.
- The <b>test set</b>: looked at once, at the very end. You have chosen what looks best on the
  validation set, so there it looks better than it is. The test set has had no part in any choice.

The three must not share an image. MNIST, the handwritten digits of chapter 01, has a test set of
its own. We take few of its training images, so that learning by heart is easy:

\snippet this split

\show{split}

The network is still a box to us. The library makes it of two \gloss{layer|layers}. It takes 784
pixels, and it puts out ten probabilities, made by \gloss{softmax}. All that matters here stands in
the `compile`: the update rule, the learning rate, and the loss. `SGD` is for *stochastic gradient
descent*; stochastic means that chance has a part in it, and here that is which images are in a
batch.

\snippet this model

\subsection ch02_gradients Are the slopes right?

A program with a wrong slope still goes down somewhere, only not as well as it could, and nobody
notices. So each chapter checks its own slopes, before it trains by them. It moves a weight by a
little, as in section 4, and compares. (It looks on both sides of the weight, at two distances each,
which makes the comparison much sharper; \ref ch04_gradients "chapter 04" has the formula.) Checked
are the derivatives of this chapter's own losses:

- of the two bags of apples, where the library's slope also has to be that of our loop;
- of the sum and the mean of squared errors, with respect to each of the three outputs;
- of the landscape with many valleys, with respect to \f$u\f$ and \f$v\f$, at random places;
- of the network's loss, with respect to its weights, and to the pixels that come in.

\snippet this gradients

\show{gradients}

The error is the difference of the two derivatives, divided by the derivative. In the table, a
\gloss{kink} is left out, and a gradient that is all zero would fail, since it proves nothing.
*/
// [split]
constexpr Index kTrained = 2000, kHeldOut = 1000, kClasses = 10, kPixels = 28 * 28;

struct Data {
  lw::data::Mnist mnist;
  Split all = tutorial::training_set(mnist, {kPixels});
  Split train = all.rows(0, kTrained);
  Split valid = all.rows(kTrained, kTrained + kHeldOut);
  Split test = tutorial::test_set(mnist, {kPixels});
};
// [split]

// [model]
lw::Sequential make_model(std::uint64_t seed) {
  lw::Sequential model{lw::Input{{kPixels}}, lw::Dense{64, {.activation = lw::relu}},
                       lw::Dense{kClasses, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::SGD{.learning_rate = 2},
                 .loss = lw::MeanSquaredError{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [model]

// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "Are the slopes right?");
  show::check_bags(chapter, mass, price, slope);
  show::check_squares(chapter);
  show::check_surface(chapter, height, gradient);

  const Split few = data.train.rows(0, 4);
  const lw::GradientCheckOptions options{.entries_per_tensor = chapter.options().quick ? 100 : 1000,
                                         .seed = 42};
  chapter.gradient_check(
      "784-64-10, mean squared error, and its input",
      lw::gradient_check(make_model(42), lw::MeanSquaredError{}, few.x(),
                         lw::data::one_hot<float>(few.labels, kClasses), options));
}
// [gradients]

// [epochs]
void show_epochs(Chapter& chapter, const Data& data) {
  chapter.section("epoch", "10 Batch, iteration, epoch");
  const auto y_valid = lw::data::one_hot<float>(data.valid.labels, kClasses);
  std::vector<show::Epoch> epochs;
  for (const Index batch_size : {kTrained, Index{200}, Index{32}}) {
    lw::Sequential model = make_model(chapter.options().seed);
    const Index iterations = one_epoch(model, data.train, batch_size);
    const lw::Logs logs = model.evaluate(data.valid.x(), y_valid);
    epochs.push_back({batch_size, iterations, logs["loss"], logs["accuracy"]});
  }
  show::epochs(chapter, epochs, kTrained);
}
// [epochs]

/** \page ch02
\section ch02_training 12 Training, and its curves

Now the loop of section 9 goes around in earnest: \result{02/epochs} epochs of
\result{02/iterations an epoch} iterations, which is \result{02/iterations} updates of all weights.
`fit` is the library's loop. It returns a `History`, which has the loss after each epoch and the
\term{accuracy}, the share of images that are read correctly:

\snippet this train

\show{training}

This table is hard to read. Drawn, it is easy, and a <b>loss curve</b> is the first thing to look at
in any training:

\image html 02_loss.svg "The loss on training images and on those held out" width=100%

The training loss falls quickly first, then more and more slowly, as the ball did in the second
picture of section 6. What is easy to learn is learned first. A curve that still falls steeply at
the end says: train longer. One that goes up, or up and down, says: the learning rate is too large.

\image html 02_accuracy.svg "The share of images that are read correctly" width=100%

The accuracy goes up as the loss goes down, more or less. Training does not see it: it is a count of
right answers, and a little turn of a knob changes it not at all, or by a jump. That is why there is
a loss.

Now compare the two curves of each picture. On its training images the network gets better and
better until hardly a mistake is left. On those that were held out it gets better for a few epochs,
and then stays where it is. From there on it learns what is special about its 2,000 training images,
and not what a digit looks like. This is called \term{overfitting}. The distance between the two
curves shows it, and only the validation set can show it.
*/
// [train]
lw::Sequential train(Chapter& chapter, const Data& data) {
  chapter.section("training", "12 Training, and its curves");
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const auto y_train = lw::data::one_hot<float>(data.train.labels, kClasses);
  const auto y_valid = lw::data::one_hot<float>(data.valid.labels, kClasses);
  const lw::History history = chapter.train([&] {
    return model.fit(data.train.x(), y_train,
                     {.epochs = options.epochs,
                      .batch_size = options.batch_size,
                      .validation_data = {data.valid.x(), y_valid},
                      .callbacks = {&progress}});
  });
  show::history(chapter, history, model, data.train.size());
  return model;
}
// [train]

/** \page ch02
\section ch02_inference 13 Using it

When training is over, the knobs stay where they are. A new image comes in, without a label. The
network answers, once through from the pixels to the ten probabilities. There is no loss, for nobody
knows the right answer; no gradient, and no update. To use a trained network like this is called
\term{inference}, or prediction. In the picture of section 9, only the upper row is left.

\snippet this infer

\image html 02_digit.svg "The first test image" width=100%

\image html 02_probabilities.svg "What the network says of it" width=100%

The argmax of the ten is its answer. And here, at the end, all 10,000 test images, for the first and
only time:

\show{inference}
*/
// [infer]
void infer(Chapter& chapter, const Data& data, const lw::Sequential& model) {
  chapter.section("inference", "13 Using it");
  const lw::Tensor<float> answer = model.predict(data.test.rows(0, 1).x());  // (1, 10)
  show::answer(chapter, data.mnist, answer.row(0));

  const auto y_test = lw::data::one_hot<float>(data.test.labels, kClasses);
  const lw::Logs logs = model.evaluate(data.test.x(), y_test);
  chapter.print("test loss {:.4f}, test accuracy {:.4f}\n", logs["loss"], logs["accuracy"]);
  chapter.compare("test loss", logs["loss"]);
  chapter.compare("test accuracy", logs["accuracy"]);
}
// [infer]

/** \page ch02
\section ch02_numbers 14 The numbers

What is arithmetic has to be the course's number exactly. The course trains nothing in this section,
so that the training of section 12 is compared with Keras only: thirty runs of the same network, on
the same images, each with random numbers of its own. The table has their mean, and after ± their
\term{standard deviation}, which is how far a run usually is from the mean.

\show{numbers}

The last lines are the <b>verdict</b>. Some of the figures have bounds, so wide that fewer than one
in 1,000 runs without a mistake falls outside; \ref ch04_numbers "chapter 04" tells how they are
made. A figure with a dash is shown and not judged.

\subsection ch02_speed How long it takes

The training of section 12, beside the same training in Keras on the same machine:

\speed

\subsection ch02_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the loops and the library agree on SSE,
MSE, slope and update; the loss falls at each step for the learning rates below 1, and grows at each
step for 1.1; the inequality holds for the bowl and not for the other curve; all walks end on level
ground, in different valleys; the derivatives agree with numerical ones; the counts of iterations
are as in the formula; and the figures of the training are in their bounds.

\section ch02_summary Summary

- A label is an integer or a one-hot row. The loss says in one number how far the answers are from
  the labels.
- A slope says how the loss changes with one weight; the gradient has the slopes of all. Go against
  it: \f$w \leftarrow w - \eta \, \partial L / \partial w\f$.
- The learning rate decides between creeping, rolling, leaping and leaving. On a parabola the limit
  is \f$2/c\f$, with the curvature \f$c\f$.
- In a bowl every descent ends at the same place. In a landscape with many valleys it depends on the
  beginning.
- A batch is the images of one update; an iteration is one update; an epoch is one pass over all
  training images, and has \f$\lceil \text{images} / \text{batch size} \rceil\f$ iterations.
- Weights are trained by the training set, hyper-parameters chosen by the validation set, and the
test set is looked at once. Where training and validation part, the network overfits.

\section ch02_questions Questions

\questions

\section ch02_exercises Exercises

\exercises

Start with the first.

\exercise{update}
\exercise{batches}
\exercise{best_rate}

\subsection ch02_try To try out

1. On paper: begin at \f$w = 1\f$ with a learning rate of 0.5. Where does the first step end? Which
   factor does the distance get?
2. Let the ball of section 6 roll with a rate of exactly 1, and with 0.999. What do the two losses
do in twenty steps?
3. In section 8, raise the rate of the walks to 0.5. Do they still end in valleys?
4. Train with `--batch-size 2000 --epochs 20`, and then with `--batch-size 1 --epochs 1`. Compare
the number of updates, and the losses.
5. Change the learning rate in `make_model` to 0.02, and to 200. Which pictures of section 6 do the
   loss curves remind you of?

\section ch02_program The program

The rest puts it together. This makes the table of section 10:

\snippet this epochs

And this calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch02_next What to read next in the source

- `include/lanewise/nn/loss.hpp`: the losses there are, and what each divides by.
- `src/nn/training.cpp`: the training loop of the library, batch by batch.
- `include/lanewise/nn/optimizer.hpp`: other rules for an update.

Chapter 07 turns two knobs, those of a line through prices, and draws their landscape as a map.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  show_labels(chapter);
  show_losses(chapter);
  show::bowl(chapter, loss, slope);
  show_slope(chapter);
  show::updates(chapter, slope, library_step);
  show_rates(chapter);
  show::convex(chapter, loss, above_its_lines(loss, -1, 2), two_valleys,
               above_its_lines(two_valleys, -1.5, 1.5));
  show::valleys(chapter, height, gradient, walk);
  show::loop(chapter);

  chapter.section("images", "The images");
  const Data data{chapter.load_mnist()};
  show_epochs(chapter, data);
  chapter.section("split", "11 Three kinds of images");
  show::split(chapter, data.train, data.valid, data.test);
  check_gradients(chapter, data);
  const lw::Sequential model = train(chapter, data);
  infer(chapter, data, model);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  const lw::Sequential model = train(chapter, data);
  infer(chapter, data, model);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "02",
                        .name = "fundamentals_of_training",
                        .title = "Fundamentals of training",
                        .quick = "3 passes over the images instead of 20, 100 derivatives a "
                                 "tensor checked instead of 1,000",
                        .data = "mnist",
                        .epochs = 20,
                        .quick_epochs = 3,
                        .samples = kTrained,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
