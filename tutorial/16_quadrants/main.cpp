/** \page ch16 16 The quadrant network

Four points, one in each quarter of a sheet of paper. A machine is shown which point lies in which
quarter. Then it is asked for a fifth point: where is (2, 2)? You see the answer at once. The
machine sees two numbers.

The chapters before this one have taken a network apart: layers in chapter 06, activations and
softmax in chapter 10, the way back in chapter 17. This chapter puts it together again, by hand.
Every line that it takes stands on this page. Then the library does the same, and each is checked
against the other.

The network has \course{16/parameters} knobs. You will count what it costs to find out which way
each of them has to be turned, and see how one \term{backward pass} saves hundreds of passes
forward. You will watch the colours of the plane change while all knobs turn. And at the end we look
at three sentences that are often said of networks, and that are only half true.

Run it yourself:

    ./tools/run 16            # everything on this page, with your numbers
    ./tools/run 16 --quick    # 100 steps of training instead of 300
    ./tools/run 16 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}
*/

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "16_quadrants/loops.hpp"
#include "16_quadrants/show.hpp"
#include "16_quadrants/show_more.hpp"
#include "support/compare.hpp"

namespace lw = lanewise;
using lanewise::Index;
using naive::Matrix;
using naive::Network;
using naive::Pass;
using naive::Points;
using tutorial::Chapter;

namespace {

/** \page ch16
\section ch16_points 1 Four points

Two lines that cross, the axes, cut the plane into four quarters. They are called quadrants, and are
counted against the clock, from the upper right one:

\image html 16_points.svg "One point in each quadrant" width=100%

A point is a row of \course{16/inputs} numbers, how far right and how far up. Its \term{class} is
its quadrant. As a label it is \term{one-hot}, a row of \course{16/classes} numbers. All four points
are a table of four rows, and so are their labels:

\snippet 16_quadrants/loops.hpp points

\snippet this points

\show{points}

That is all the machine is going to be told. Nobody tells it what a quadrant is, or that signs have
something to do with it.
*/
// [points]
Points four_points() {
  const lw::Tensor<std::int32_t> quadrant({4}, {0, 1, 2, 3});
  return {.x = Matrix({4, 2}, {1, 1, -1, 1, -1, -1, 1, -1}),
          .target = lw::data::one_hot<double>(quadrant, 4)};
}
// [points]

/** \page ch16
\section ch16_product 2 From two numbers to fifty

The network has two layers. The first is a \term{hidden layer} of \course{16/units}
\term{unit|units}. Each unit computes one number: it has a \term{weight} for each of the two inputs,
and a \term{bias}. For a point \f$(x_1, x_2)\f$, unit
\f$j\f$ computes

\f[ h_j = x_1 w_{1j} + x_2 w_{2j} + b_j \f]

We write the weights of all units into one \term{matrix}, \f$W_1\f$, with a column for each unit. It
has 2 rows and 50 columns. A row of inputs times a matrix gives a row of outputs, a number for each
column: multiply the row with the column, entry by entry, and add up. Here with three columns only:

\f[
  \begin{pmatrix} 2 & -1 \end{pmatrix}
  \begin{pmatrix} 1 & 2 & 0 \\ 3 & -1 & 1 \end{pmatrix}
  =
  \begin{pmatrix} -1 & 5 & -1 \end{pmatrix}
\f]

The first number is \f$2 \cdot 1 + (-1) \cdot 3 = -1\f$. Do the second one yourself before you read
on. This is the \term{matrix product}, as in chapter 17. Several points are several rows, and each
row is multiplied on its own. So with a matrix \f$X\f$ that has a row for each point, one formula
does the layer for all of them:

\f[ H = X W_1 + b_1 \f]

\f$b_1\f$ is a row of 50 biases, which is added to each row. The second layer is the same once more.
It takes the 50 numbers and makes four of them, one for each quadrant:

\f[ Y = H W_2 + b_2 \f]

In code the product is three loops: over rows, over columns, and over what is added up.

\snippet 16_quadrants/loops.cpp product

\show{product}

The last lines are the library's answer to a product in the wrong order, where A and B are the
factors, and C is the product. The number of columns on
the left has to be the number of rows on the right.

\aside{order_of_product}
The two do not go together. Where points are rows, as here and in Keras, it is \f$X W + b\f$. Some
books write points as columns. Then it is \f$W X + b\f$, and their \f$W\f$ is ours with rows and
columns exchanged.
\endaside

How many knobs are there? \f$W_1\f$ has \f$2 \cdot 50\f$ numbers and \f$b_1\f$ has 50. \f$W_2\f$ has
\f$50 \cdot 4\f$ and \f$b_2\f$ has 4. Together these are \compute{2 * 50 + 50 + 50 * 4 + 4}
\term{parameter|parameters}:

\snippet 16_quadrants/loops.hpp network
*/
// [product]
void show_product(Chapter& chapter) {
  chapter.section("product", "2 From two numbers to fifty");
  const Matrix x({1, 2}, {2, -1}), w({2, 3}, {1, 2, 0, 3, -1, 1});
  Matrix by_library({1, 3});
  lw::ops::gemm<double>(x, w, by_library);
  show::product(chapter, x, w, naive::product(x, w), by_library);
  try {
    lw::ops::gemm<double>(w, x, by_library);
  } catch (const lw::ShapeError& error) {
    show::refused(chapter, error);
  }
}
// [product]

/** \page ch16
\section ch16_activation 3 Between the two layers

Between the two layers each number passes through an \term{activation function}. The course names
three: the \term{step function} of chapter 08, the \term{sigmoid}, and the \term{ReLU}. The step
function makes 1 of what is positive and 0 of the rest. The ReLU keeps what is positive and makes 0
of the rest:

\snippet 16_quadrants/loops.cpp activations

The course's example is a row of five numbers:

\show{activations}

Our network uses the ReLU. With the step function it could not be trained by slopes: a step is level
to the left of zero and to the right of it, so its slope is 0, and turning a knob a little changes
nothing.

What would be lost without any activation is the subject of section 10.
*/
// [activations]
void show_activations(Chapter& chapter) {
  chapter.section("activations", "3 Between the two layers");
  const Matrix h({1, 5}, {1, -2, 3, -4, 7});
  show::activations(chapter, h, naive::step(h), naive::relu(h));
}
// [activations]

/** \page ch16
\section ch16_softmax 4 Four scores, four probabilities

What the second layer puts out, \f$Y\f$, is a row of four numbers for each point. They are called
\term{logit|logits}. A logit is a score: the larger it is, the more the network is for this
quadrant. It can be any number, and means little by itself.

Suppose the network answers (3, 1, 0.1, 0.5). The largest is the first, so it says quadrant I. To
turn scores into probabilities, \term{softmax} takes \f$e\f$ to the power of each, and divides by
the sum of them all:

\f[ S_i = \frac{e^{y_i}}{\sum_j e^{y_j}} \f]

\snippet 16_quadrants/loops.cpp softmax

(The largest number is subtracted first, which changes no quotient and keeps the powers small. The
second function is for the next section.)

\show{softmax}

\aside{softmax_of_index}
With \f$e\f$ to the index, the result would be \compute{exp(1) / (exp(1) + exp(2) + exp(3) + exp(4))
| .3f}, \compute{exp(2) / (exp(1) + exp(2) + exp(3) + exp(4)) | .3f}, \compute{exp(3) / (exp(1) +
exp(2) + exp(3) + exp(4)) | .3f} and \compute{exp(4) / (exp(1) + exp(2) + exp(3) + exp(4)) | .3f},
whatever the network says. The exponent is the output \f$y_i\f$. \endaside

\aside{softmax_percents}
These four numbers are an example of probabilities, and not of these logits. Softmax gives
\course{16/softmax_1 | .1%}, \course{16/softmax_2 | .1%}, \course{16/softmax_3 | .1%} and
\course{16/softmax_4 | .1%}.
\endaside
*/
// [softmax]
void show_softmax(Chapter& chapter) {
  chapter.section("softmax", "4 Four scores, four probabilities");
  const Matrix y({1, 4}, {3, 1, 0.1, 0.5});
  Matrix by_library({1, 4});
  lw::ops::activation_forward<double>(lw::softmax, y, by_library);
  show::softmax(chapter, y, naive::softmax(y), by_library);
}
// [softmax]

/** \page ch16
\section ch16_loss 5 How wrong is it?

The network gives the right quadrant a probability \f$p\f$. It should be 1. How wrong is the
network?

A first idea is \f$1 - p\f$: a probability of 0.9 is wrong by 0.1. The usual measure is
\f$-\ln p\f$, minus the natural logarithm of \f$p\f$: the \term{cross-entropy}. At 0.9 the two are
almost the same. After a step of training \f$p\f$ may be 0.92, and both have fallen:

\show{loss}

\aside{decimal_logarithm}
\compute{-log(0.9) / log(10) | .3f} comes from the logarithm to the base 10. The cross-entropy takes
the natural one, to the base \f$e\f$, so it is \f$-\ln 0.9 = \course{16/minus_ln_09}\f$.
\endaside

The two measures differ where the network is wrong. Whoever gives the right answer a probability of
0.001 pays \compute{-log(0.001) | .1f} by the logarithm, and never more than 1 by the difference:

\image html 16_losses.svg "Two ways to pay for a wrong answer" width=100%

At the far left, the curve of the logarithm is steep, and its slope tells the knobs to turn quickly.
And logarithms turn products into sums: the probability that all four answers are right is the
<em>product</em> of four, and its logarithm is the *sum* of four. The loss of several points is the
mean.

Now all parts are there, and a \term{forward pass} is six lines:

\snippet 16_quadrants/loops.cpp forward

\snippet 16_quadrants/loops.hpp pass
*/
// [loss]
void show_loss(Chapter& chapter) {
  chapter.section("loss", "5 How wrong is it?");
  const auto loss_at = [](double p) {
    return naive::cross_entropy(Matrix({1, 2}, {p, 1 - p}), Matrix({1, 2}, {1, 0}));
  };
  show::losses(chapter, loss_at);
}
// [loss]

/** \page ch16
\section ch16_knobs 6 354 knobs in a desert

The course has a picture for training. You sit in a ball that can drive through a desert. Inside
there are knobs. Each of them moves the ball, and you do not know which one moves it where. You want
to get to the lowest place. What do you do? You turn one knob a little. If the ball went up, that
was the wrong way. If it went down, turn it on. Then try the next one.

The height is the loss, and the knobs are the 354 parameters. To try a knob is to measure a slope.
Turn it a little to the right, run the network forward, and write down the loss. Turn it a little to
the left, and do so again. The difference of the two losses, divided by how far apart they were
taken, is the slope:

\f[ \frac{\partial L}{\partial w} \approx \frac{L(w + h) - L(w - h)}{2 h} \f]

This is called a \term{finite difference}, because \f$h\f$ is small but not infinitely small. Since
it looks to both sides, it is a *central* one. Here \f$h\f$ is a hundred-thousandth. For all knobs,
one after the other, where `parts` are the four matrices of a network:

\snippet 16_quadrants/loops.cpp knobs

Two forward passes a knob: for \course{16/parameters} knobs, \result{16/forward passes} of them. And
these are the slopes at one place only. All knobs are turned once by them, and then it has to be
done again.

\section ch16_backward 7 All slopes in one pass backward

Chapter 17 has shown another way. Go through the network once forward and keep what comes up on the
way. Then go back from the loss to the beginning, and multiply by one local slope at a time. For our
network that is one page of arithmetic. Here are its four steps; compare each with the code below.

1. *From the loss to the logits.* For softmax and cross-entropy together, the slope is what the
   network said, less what it should have said: \f$P - T\f$, with the probabilities \f$P\f$ and the
   labels \f$T\f$ (chapter 10 says why). It is divided by the number of points, since the loss is a
   mean.
2. *Through the second layer.* A weight of \f$W_2\f$ multiplies a hidden number. So its slope is
that number times the slope of the logit that it goes into, added up over the points. For the whole
   matrix that is \f$H^T\f$ times the slopes of the logits. The T means that rows and columns are
   exchanged. A bias is added as it is, so its slope is the sum. A hidden number goes into all four
   logits, so its slope adds up four products: the slopes of the logits times \f$W_2^T\f$.
3. *Through the ReLU.* Where it has put out 0, it is level, and the slope is 0. Elsewhere the slope
   passes as it is.
4. *Through the first layer.* As in the second step, with \f$X\f$ in place of \f$H\f$.

\snippet 16_quadrants/loops.cpp backward

Do the two ways agree, and what do they cost? The program takes random weights, and asks for the
slopes of all knobs in both ways. It counts the passes, and takes the time of each way several
times:

\show{ways}

\fold{How the passes are counted}
\snippet this ways
\endfold

The slopes are the same up to the rounding of the finite differences. The times differ by a factor
of \result{16/times as long | .0f}. One might have expected \result{16/forward passes}; but the way
back needs a forward pass before it, and is itself about two more, because a layer multiplies twice
on the way back: once for its weights, and once for what came in.

With 354 knobs this is a matter of patience. But the factor grows with the number of knobs. The
network of chapter 04 has \course{04/parameters} parameters, for which finite differences would take
\compute{2 * 118282} forward passes for each step. This is why networks are trained by
\term{backpropagation}, and why finite differences serve for one thing only: to check it.
*/
// [ways]
void compare_ways(Chapter& chapter, const Network& network, const Points& points) {
  chapter.section("ways", "7 All slopes in one pass backward");
  const auto [forward_before, backward_before] = naive::counts();
  const Network slowly = naive::by_knobs(network, points);
  const auto [forward_between, backward_between] = naive::counts();
  const Network quickly = naive::backward(network, points, naive::forward(network, points));
  const auto [forward_after, backward_after] = naive::counts();

  show::ways(chapter, slowly, quickly,
             {forward_between - forward_before, backward_between - backward_before},
             {forward_after - forward_between, backward_after - backward_between});
  show::times(
      chapter, [&] { naive::by_knobs(network, points); },
      [&] { naive::backward(network, points, naive::forward(network, points)); });
}
// [ways]

/** \page ch16
\section ch16_library 8 The library's network

In the library, the same network is a list of two layers. `compile` says how it is to be trained:

\snippet this model

To train by hand is a loop around three lines. Each knob is turned against its slope, times the
\term{learning rate}:

\snippet this descend

\snippet 16_quadrants/loops.cpp update

Three networks now begin with the same weights, and train. The first is trained in loops, with
slopes from the backward pass. The second is trained in loops, too, but with finite differences: it
tries every knob of the desert, in each step. The third is the library's:

\snippet this agree

\show{agree}

The first and the third come to the same weights, but for the last few of some sixteen digits. The
second comes close. Now and then one of its little turns takes a hidden number across 0, where the
ReLU has its bend, and then the finite difference is a mixture of two slopes.

<b>Are the slopes right?</b> The loops have been checked by finite differences, and the library by
the loops. The library also has a check of its own. It takes four losses for each slope instead of
two (chapter 04 has the formula), leaves out what lies at such a bend, a
\gloss{kink}, and looks at the slopes by the inputs, too:

\show{gradients}

\fold{The call}
\snippet this gradients
\endfold
*/
// [model]
constexpr Index kUnits = 50;
constexpr double kRate = 0.1;

lw::CompileOptions training() {
  return {.optimizer = lw::SGD{.learning_rate = kRate}, .loss = lw::CategoricalCrossentropy{}};
}

lw::Sequential make_model(std::uint64_t seed, lw::ActivationFunction hidden = lw::relu,
                          Index classes = 4) {
  lw::Sequential model{lw::Input{{2}}, lw::Dense{kUnits, {.activation = hidden}},
                       lw::Dense{classes, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile(training());
  model.build();
  return model;
}
// [model]

// [descend]
using Look = std::function<void(Index step, const Network& network, double loss)>;

// Gradient descent by hand. `look` sees the network as it is before each step, and after the last.
Network descend(Network network, const Points& points, Index steps, const Look& look) {
  for (Index step = 0; step < steps; ++step) {
    const Pass pass = naive::forward(network, points);
    look(step, network, pass.loss);
    naive::update(network, naive::backward(network, points, pass), kRate);
  }
  look(steps, network, naive::forward(network, points).loss);
  return network;
}
// [descend]

// [agree]
void compare_training(Chapter& chapter, const Network& begin, const Points& points, Index steps) {
  chapter.section("agree", "8 The library's network");
  const Network by_hand = descend(begin, points, steps, [](auto&&...) {});

  Network in_the_desert = begin;
  const Index before = naive::counts().forward;
  for (Index step = 0; step < steps; ++step)
    naive::update(in_the_desert, naive::by_knobs(in_the_desert, points), kRate);
  const Index passes = naive::counts().forward - before;

  auto model = make_model(show::kSeed).as<double>();
  model.compile(training());
  for (Index step = 0; step < steps; ++step) model.train_on_batch(points.x, points.target);
  show::agree(chapter, points, steps, by_hand, in_the_desert, naive::network_of(model), passes);
}
// [agree]

// [gradients]
void check_gradients(Chapter& chapter, const Points& points) {
  chapter.section("gradients", "Are the slopes right?");
  chapter.gradient_check(
      "2-50-4, categorical cross-entropy, and its input",
      lw::gradient_check(make_model(show::kSeed), lw::CategoricalCrossentropy{},
                         show::in_float(points.x), show::in_float(points.target)));
}
// [gradients]

/** \page ch16
\section ch16_plane 9 The colours of the plane

Now the training in earnest: \result{16/epochs} steps, each with all four points. Since every point
is in every step, a step is an epoch here. Nothing but four points is ever shown to the network. But
it answers for *every* point of the plane, and each answer can be drawn as a colour. Blue is
quadrant I, orange is II, green is III, pink is IV. Where the network is in doubt, the colours are
mixed to grey. The white dots are the four points that it is told, and the axes are the lines
through the middle, which are not drawn. Flip through the frames:

\frames{plane}

At first the \term{decision boundary|borders} lie anywhere, and the colours are dull. After a few
steps each point is surrounded by its own colour. From then on the borders creep towards the axes,
and the colours get purer. No knob was told to do this. Each has only been turned against its slope.

The frames are of the loops. The library trains the same network in `float`, numbers of about seven
digits, since that is faster and good enough:

\snippet this train

\show{training}

`fit` writes down the loss of each step as it was before the knobs were turned. So its step 1 is
step 0 of the frames.

\image html 16_loss.svg "The loss, step by step" width=100%

How long it takes beside Keras:

\speed

<b>The new point.</b> And (2, 2)? The network is asked for it and for some others that it has never
seen:

\snippet this ask

\show{ask}

It has found out what was meant, or nearly. The program asks for the centres of 60 times 60 small
squares between -3 and 3, of which the network answers \result{16/share of the plane | .1%}
correctly. The wrong ones are close to the axes. There, four points cannot say where exactly the
border should be, and another seed gives slightly other borders.

The last point is in quadrant I, far out and close to an axis. Look at its row: far from what it has
seen, the network is nearly always sure, whether it is right or wrong. It has no word for "I do not
know".
*/
// [train]
lw::Sequential train(Chapter& chapter, const Points& points) {
  chapter.section("training", "9 The colours of the plane");
  lw::Sequential model = make_model(chapter.options().seed);
  const auto x = show::in_float(points.x), target = show::in_float(points.target);
  const lw::History history = chapter.train([&] {
    return model.fit(
        x, target,
        {.epochs = chapter.options().epochs, .batch_size = chapter.options().batch_size});
  });
  show::history(chapter, history);
  return model;
}
// [train]

// [ask]
void ask(Chapter& chapter, lw::Sequential& model) {
  chapter.section("ask", "The new point");
  const Matrix places({5, 2}, {2, 2, -3, 0.5, -0.2, -2, 0.1, -0.1, 100, 1});
  show::answers(chapter, places, model.predict(show::in_float(places)));
  show::share(chapter, naive::network_of(model.as<double>()));
}
// [ask]

/** \page ch16
\section ch16_collapse 10 Without the activation

The course says: without an activation, two layers, or a hundred, are no more than one. Why?
Put the first formula into the second:

\f[ (X W_1 + b_1)\, W_2 + b_2 = X\, (W_1 W_2) + (b_1 W_2 + b_2) \f]

On the right there is only one layer, with the matrix \f$W_1 W_2\f$ and the bias \f$b_1 W_2 +
b_2\f$. The matrix has 2 rows and 4 columns. The program trains a network of two layers without an
activation, multiplies its matrices, and asks both networks for random points:

\snippet this collapse

\show{collapse}

The 354 knobs do no more than \result{16/parameters of one layer} do. With a ReLU between the layers
this cannot be done: it makes 0 of some numbers in \f$H\f$ and keeps others, and which ones depends
on the point.

And now the surprise. Without any activation, the quadrants are told apart, and better than with
one! Look at the matrix, and at the signs in its columns. But for a factor, and roughly, its four
scores are \f$x_1 + x_2\f$, \f$-x_1 + x_2\f$, \f$-x_1 - x_2\f$ and \f$x_1 - x_2\f$, and in each
quadrant another one is the largest. The borders between them are lines, and lines are all that this
task needs. Units that can bend have only more ways to be wrong. So the course's task does not show
what an activation is for.

A small change does. Let I and III be one class, and II and IV the other. This is XOR again, from
chapter 06, and no line separates the two. Two networks of 50 units, one without an activation and
one with ReLU, train on it:

\snippet this diagonal

\show{diagonal}

\image html 16_diagonal.svg "Opposite quadrants in one class: what the two networks say" width=100%

Blue is the class of I and III, orange the other one, and half of each is olive. Without the
activation, the loss stays at \f$\ln 2 = \compute{log(2) | .4f}\f$. That is what it
costs to answer one half for everything, and a single layer cannot do better here.
*/
// [collapse]
void show_collapse(Chapter& chapter, const Points& points) {
  chapter.section("collapse", "10 Without the activation");
  auto model = make_model(show::kSeed, lw::linear).as<double>();
  model.compile(training());
  for (int step = 0; step < 300; ++step) model.train_on_batch(points.x, points.target);
  const auto [w1, b1, w2, b2] = naive::network_of(model);
  const Matrix w = naive::product(w1, w2);                       // (2, 4)
  const Matrix b = naive::plus_row(naive::product(b1, w2), b2);  // (1, 4)

  Matrix x({1000, 2});
  lw::fill_uniform<double>(x, -3, 3, {.seed = show::kSeed});
  const Matrix h = naive::plus_row(naive::product(x, w1), b1);
  const Matrix two_layers = naive::plus_row(naive::product(h, w2), b2);
  const Matrix one_layer = naive::plus_row(naive::product(x, w), b);
  show::collapse(chapter, w, b, two_layers, one_layer);
}
// [collapse]

// [diagonal]
void show_diagonal(Chapter& chapter, const Points& points) {
  chapter.section("diagonal", "Opposite quadrants in one class");
  const auto x = show::in_float(points.x);
  const lw::Tensor<float> target({4, 2}, {1, 0, 0, 1, 1, 0, 0, 1});
  std::vector<show::Diagonal> networks;
  for (const auto& [name, activation] :
       {std::pair{"no activation", lw::linear}, std::pair{"ReLU", lw::relu}}) {
    lw::Sequential model = make_model(show::kSeed, activation, 2);
    for (int step = 0; step < 300; ++step) model.train_on_batch(x, target);
    networks.push_back({name, model, model.evaluate(x, target)["loss"]});
  }
  show::diagonal(chapter, networks);
}
// [diagonal]

/** \page ch16
\section ch16_endless 11 There is no lowest point

In the picture of the desert, the ball looks for the lowest point. In the course it is found where
the loss is close to 0. But take the trained network, and multiply all weights and biases of its
last layer by the same number:

\snippet this scaled

\show{scaled}

The logits grow by that factor, so the largest stays the largest, and all answers stay what they
were. But the distances between them grow, too. The network is surer of the same answers. If they
are all right, the loss gets smaller, and this can be done again and again. So no setting of the
knobs is the lowest: there is always a lower one, further out. The loss comes as close to 0 as one
likes, and never gets there.

\aside{lowest_near_zero}
When all training points are answered correctly, the loss has no lowest point. It falls for ever,
more and more slowly, while the weights grow without end. \endaside

Training does the same, in small steps. Here it goes on by hand for
\result{16/steps of the long training | ,} steps. The length of all parameters is the root of the
sum of their squares:

\snippet this endless

\show{endless}

\image html 16_endless.svg "The loss over the length of all parameters" width=100%

Both axes are logarithmic, and upwards each line is ten times the one below. The further the ball
goes, the flatter the desert gets. Ten times as many steps make the loss more than ten times
smaller, and take the ball only a little further out. So somebody has to decide when it is enough:
after a number of steps, at a small loss, or when the answers on a validation set get no better.

This is so for the classes here because they can be *separated*: the network can answer all training
points correctly. If two points of different classes lay at the same place, to be very sure would be
punished, and there would be a best setting.
*/
// [scaled]
void show_scaled(Chapter& chapter, const Network& trained, const Points& points) {
  chapter.section("scaled", "11 There is no lowest point");
  std::vector<show::Scaled> all;
  for (const double factor : {1.0, 1.5, 2.0, 3.0, 4.0}) {
    Network network = trained;
    for (double& v : network.w2) v *= factor;
    for (double& v : network.b2) v *= factor;
    const Pass pass = naive::forward(network, points);
    all.push_back({factor, pass.p(0, 0), pass.loss});
  }
  show::scaled(chapter, all);
}
// [scaled]

// [endless]
void show_endless(Chapter& chapter, const Network& begin, const Points& points, Index steps) {
  chapter.section("endless", "11 There is no lowest point");
  std::vector<show::Moment> moments;
  Index next = 1;
  descend(begin, points, steps, [&](Index step, const Network& network, double loss) {
    if (step != next) return;
    moments.push_back({step, show::length(network), loss});
    next = std::to_string(step)[0] == '2' ? step / 2 * 5 : 2 * step;  // 1, 2, 5, 10, 20, 50 …
  });
  show::endless(chapter, moments, steps);
}
// [endless]

/** \page ch16
\section ch16_fit 12 "It can fit any function"

The course says that a network of two layers can fit any function. There is a theorem behind this,
the *universal approximation theorem*. It says: take a continuous function on an interval that has
both its ends. (With more inputs, it is a bounded region with its border.) Say how large an error
you allow. Then there is a network with one hidden layer that stays within this error everywhere in
the interval. For ReLU and a single input one can see why, and needs no training.

A ReLU unit of the input \f$x\f$ is a line with one bend. \f$\mathrm{relu}(x - k)\f$ is 0 up to
\f$k\f$ and rises from there with the slope 1. Adding up such units with factors gives a line that
bends wherever we want. So cut the interval into pieces, and let the line bend at each cut, so that
it meets the function there:

\snippet this kinks

The factor of a unit is by how much the slope has to change at its bend. The function here is the
sine from \f$-\pi\f$ to \f$\pi\f$, and eight units look like this:

\image html 16_fit.svg "Eight units follow the sine in the interval, and nowhere else" width=100%

Now with more units. Beside the weights that we have put in stand networks of the same size, that
were trained: from random weights, by \gloss{Adam}, on points of the sine.

\snippet this fits

\show{fits}

With twice as many units, the error of the weights that we have put in is about a quarter. So it
gets as small as one likes, and this is what the theorem promises. And now what it does not say:

- **How many units.** It says that there is a number. For a sine, a few are enough. With more
inputs, the number can grow beyond anything that can be built.
- **That training finds the weights.** Compare the two columns from eight units on. That such
weights exist is one thing, and that training comes to them is another.
- **Anything about the outside.** Left of the interval our line is level, and right of it, it goes
  straight on. The sine does neither. The last column has the error at \f$3 \pi\f$, where more units
  do not help at all.
- **What lies between the examples.** The theorem has the whole function. A learner has some
examples, and our network's borders between four points are its own invention.
*/
// [kinks]
// One hidden layer that meets `f` at the ends of `units` equal pieces of the interval.
lw::BasicSequential<double> bend(const show::Function& f, double from, double to, Index units) {
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{units, {.activation = lw::relu}},
                                    lw::Dense{1}};
  model.build();
  const auto parts = model.parameters();  // w1, b1, w2, b2
  const double piece = (to - from) / static_cast<double>(units);
  double slope = 0;
  for (Index i = 0; i < units; ++i) {
    const double at = from + piece * static_cast<double>(i);
    const double wanted = (f(at + piece) - f(at)) / piece;
    parts[0].value[i] = 1;
    parts[1].value[i] = -at;
    parts[2].value[i] = wanted - slope;
    slope = wanted;
  }
  parts[3].value[0] = f(from);
  return model;
}
// [kinks]

// [fits]
lw::Sequential trained(const Matrix& x, const Matrix& y, Index units, int epochs) {
  lw::Sequential model{lw::Input{{1}}, lw::Dense{units, {.activation = lw::relu}}, lw::Dense{1}};
  model.set_seed(show::kSeed);
  model.compile({.optimizer = lw::Adam{.learning_rate = 0.01}, .loss = lw::MeanSquaredError{}});
  model.fit(show::in_float(x), show::in_float(y), {.epochs = epochs, .batch_size = x.shape()[0]});
  return model;
}

void show_fits(Chapter& chapter) {
  chapter.section("fits", "12 It can fit any function");
  const Matrix x = show::inside();
  Matrix y(x.shape());
  for (Index i = 0; i < x.size(); ++i) y[i] = std::sin(x[i]);
  std::vector<show::Fit> fits;
  for (const Index units : {4, 8, 16, 32, 64})
    fits.push_back({units, bend(show::sine, -show::kPi, show::kPi, units),
                    trained(x, y, units, chapter.options().quick ? 500 : 2000).as<double>()});
  show::fits(chapter, fits);
}
// [fits]

/** \page ch16
\section ch16_numbers 13 The numbers

What is arithmetic has to be the course's number exactly. The course trains nothing in this section.
So the training of section 9 is compared with Keras: thirty runs of the same network on the same
four points, each with random numbers of its own. The table has their mean, and after ± their
standard deviation, which is how far a run usually is from the mean.

\show{numbers}

The last lines are the verdict; \ref ch04_numbers "chapter 04" tells how its bounds are made. A
figure with a dash is shown and not judged.

\subsection ch16_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the loops and the library agree on the
product, the activations, softmax, and every weight after the training; the slopes of the backward
pass are those of finite differences; the passes are as many as this page says; one layer puts out
what two without an activation do; the loss falls with a larger last layer, and to the end of the
long training, while the parameters grow; the error of the line of bends is below its bound; and the
figures of the training are in theirs. How much of the plane is right is shown, and not judged: four
points do not say where a border has to be.

\section ch16_summary Summary

- A layer is a matrix product and a row of biases: \f$H = X W_1 + b_1\f$. Rows are points, columns
are units.
- Logits are scores. Softmax makes probabilities of them, and \f$-\ln p\f$ says what an answer
costs.
- A finite difference finds one slope with two forward passes. A backward pass finds all of them,
for the price of about two forward passes. Use the first to check the second.
- Without an activation, layers multiply into one: \f$W_1 W_2\f$.
- If all training points can be answered correctly, the cross-entropy has no lowest point, and the
  weights grow as long as one trains.
- That some network fits a function says nothing of how large it is, of whether training finds it,
or of what it does elsewhere.

\section ch16_questions Questions

\questions

\section ch16_exercises Exercises

\exercises

Start with the first.

\exercise{backward}
\exercise{collapse}
\exercise{sure}

\subsection ch16_try To try out

1. On paper: the row (1, -1) times the matrix of section 2. Which numbers does a ReLU leave?
2. How many parameters has the network with 10 units in place of 50? How many forward passes do its
   finite differences take?
3. Change `kRate` to 1, and then to 5. Look at the frames and at the loss.
4. Give the four points the wrong labels on purpose, such as I for all of them. What does the
network say about the plane?
5. Let the first layer have 2 units. Can it still tell four quadrants apart? Try several seeds.

\section ch16_program The program

\fold{What makes the tables of sections 2 to 5}
\snippet this product

\snippet this activations

\snippet this softmax

\snippet this loss
\endfold

The program calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch16_next What to read next in the source

- `src/nn/dense.cpp`: the layer, one matrix product forward and two backward.
- `src/reference/gemm.cpp`: the three loops again, as the library's tests know them.
- `src/nn/gradient_check.cpp`: the library's own check by finite differences.

Chapter 11 looks at the other end of the network: what its probabilities say, and what the labels of
yes or no, of several classes, and of a price have in common.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  chapter.use_data("quadrants");
  const Points points = four_points();
  show::points(chapter, points);
  show_product(chapter);
  show_activations(chapter);
  show_softmax(chapter);
  show_loss(chapter);
  const Network begin = naive::network_of(make_model(show::kSeed).as<double>());
  compare_ways(chapter, begin, points);
  compare_training(chapter, begin, points, chapter.options().quick ? 100 : 300);
  check_gradients(chapter, points);

  lw::Sequential model = train(chapter, points);
  const Network seeded = naive::network_of(make_model(chapter.options().seed).as<double>());
  const Network trained = descend(seeded, points, 300, show::frames(chapter));
  ask(chapter, model);
  show_collapse(chapter, points);
  show_diagonal(chapter, points);
  show_scaled(chapter, trained, points);
  show_endless(chapter, seeded, points, chapter.options().quick ? 10'000 : 100'000);
  show_fits(chapter);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  chapter.use_data("quadrants");
  lw::Sequential model = train(chapter, four_points());
  ask(chapter, model);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "16",
                        .name = "quadrants",
                        .title = "The quadrant network",
                        .quick = "100 steps of training instead of 300, a tenth of the endless "
                                 "training",
                        .data = "quadrants",
                        .epochs = 300,
                        .quick_epochs = 100,
                        .samples = 4,
                        .batch_size = 4},
                       argc, argv, teach, compared);
}
// [main]
