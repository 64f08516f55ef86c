/** \page ch17 17 Backpropagation

Chapter 02 drew the training loop, and left one of its arrows open: the one from the loss to the
\term{gradient}. How does one find the slopes of thousands of \term{weight|weights}? To turn each of
them a little, and see what the \term{loss} does, takes a pass through the network for each. There
is a way that finds all of them in one go. It is called \term{backpropagation}, and this chapter
takes it apart.

The course comes to it three times, and leaves it out each time. Its lesson on training says that
the libraries have it built in, so that nobody need write it. Its overview says that it goes from
the output back to the input. Its lesson on the quadrant network puts it off to a next part. What
follows is that next part.

You will need a pencil. All numbers of the first five sections are made so that you can find them on
paper. At the end you have <b>computed all gradients of a network by hand</b>, and changed its
weights by them; you have seen a short program that does the same for any formula; and you know why
it goes backwards, what that costs, and what a library has to keep in memory for it.

Run it yourself:

    ./tools/run 17            # everything on this page, with your numbers
    ./tools/run 17 --quick    # the same, on smaller networks in section 7
    ./tools/run 17 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

What the program computes is printed, drawn and checked by functions `show::…`, in files beside this
one.
*/

#include <array>
#include <utility>
#include <vector>

#include "17_backpropagation/show.hpp"
#include "17_backpropagation/show_layers.hpp"
#include "17_backpropagation/tape.hpp"

namespace lw = lanewise;
namespace at = tape::at;
using lanewise::Index;
using tape::Knobs;
using tape::Node;
using tape::Place;
using tape::Tape;
using tutorial::Chapter;

namespace {

/** \page ch17
\section ch17_chain 1 One chain

We begin with a single knob, \f$w\f$. The input is 3, and the \term{label} is 5. The network
multiplies, we take the error, and square it:

\f[ y = 3\,w, \qquad e = y - 5, \qquad L = e \cdot e \f]

At \f$w = 2\f$ these are 6, 1 and 1. Now turn the knob by 0.001, and see how far each number moves:

\snippet this chain

\show{chain}

The last column says how many times as far a number has moved as the one before it. \f$y\f$ moves 3
times as far as \f$w\f$, because \f$w\f$ is multiplied by 3. \f$e\f$ moves as far as \f$y\f$. And
\f$L\f$ moves about twice as far as \f$e\f$. It is as with gear wheels: three times, then once, then
twice as far makes six times as far in all. The factors multiply.

Each factor is the \term{derivative} of one step, and says nothing of the other steps. The steps are
so short that their derivatives are known. That of \f$3\,w\f$ is 3, that of \f$y - 5\f$ is 1, and
that of \f$e \cdot e\f$ is \f$2e\f$, which is 2 here. (The table says 2.003, because 0.001 is a
little too far to be a slope.) This is the \term{chain rule}: the derivative along a chain is the
product of the derivatives of its steps.

\f[
  \frac{\partial L}{\partial w}
  = \frac{\partial L}{\partial e} \cdot \frac{\partial e}{\partial y}
    \cdot \frac{\partial y}{\partial w}
  = 2 \cdot 1 \cdot 3 = 6
\f]

Note that \f$2e\f$ needs the number \f$e\f$. So the steps have to be computed forwards first, and
their results be kept. That will come back in section 9.
*/
// [chain]
// The numbers of the chain, from the knob to the loss.
std::array<double, 4> chain(double w) {
  const double y = 3 * w;  // the input is 3
  const double e = y - 5;  // the label is 5
  const double loss = e * e;
  return {w, y, e, loss};
}
// [chain]

/** \page ch17
\section ch17_graph 2 A network as a graph

A chain is not enough: a network has many knobs, and what one \term{unit} gives goes to many others.
This is the smallest network that has both. It has one \term{hidden layer|hidden} unit, with a
weight \f$w\f$, a \term{bias} \f$b\f$ and the \term{ReLU}, which makes 0 of what is negative. Its
result \f$h\f$ goes to two outputs, which have a weight each, \f$v_1\f$ and \f$v_2\f$:

\f[ h = \mathrm{relu}(w\,x + b), \qquad y_1 = v_1 h, \qquad y_2 = v_2 h \f]

The input is \f$x = 3\f$, and the labels are 5 and -5. The loss is the sum of the two squared
errors. Now cut this into steps so short that each has one operation, and give each result a name:

| name | step | with numbers |
| --- | --- | --- |
| p | w x | 2 · 3 = 6 |
| z | p + b | 6 - 2 = 4 |
| h | relu(z) | relu(4) = 4 |
| y₁ | v₁ h | 0.5 · 4 = 2 |
| y₂ | v₂ h | -1 · 4 = -4 |
| l₁ | (y₁ - 5)² | 9 |
| l₂ | (y₂ + 5)² | 1 |
| L | l₁ + l₂ | 10 |

Draw a box for each name, and a line from each number to those that are computed from it. Such a
drawing is a \term{computational graph}. Its boxes are called nodes:

\image html 17_step_9.svg "The graph, with the values that have come down its lines" width=100%

The shaded boxes are the knobs. To compute all values, from the knobs and the input down to the
loss, is called the \term{forward pass}.

\section ch17_backward 3 Backward

Wanted is the derivative of \f$L\f$ with respect to each knob. We find more than that: the
derivative with respect to *every* number in the graph, one after the other. For short, we call it
the gradient of that number. It says how many times as far \f$L\f$ moves as the number does.

We begin at the end. \f$L\f$ moves as far as \f$L\f$, so its own gradient is 1. From there we go up.
A node whose gradient is known hands something to each of its inputs: <b>its own gradient, times the
derivative of its one step</b>. That is the chain rule. There are four kinds of steps here, and four
rules:

| step | hands to its inputs |
| --- | --- |
| a + b | its gradient, as it is, to both |
| a · b | to a: its gradient times b; to b: its gradient times a |
| relu(a) | its gradient if a is positive, else 0 |
| (y - t)² | its gradient times 2 (y - t) |

Why the other factor, in a product? If \f$a\f$ moves by a little, \f$a \cdot b\f$ moves \f$b\f$
times as far. And the ReLU passes on what is positive, so its derivative is 1 there. What is
negative becomes 0 and stays 0 if it moves a little, so the derivative is 0.

To go through the graph with these rules, from the bottom to the top, is the \term{backward pass}. A
forward pass and a backward pass together are backpropagation. Here is all of it, step by step.
Values come down the lines (↓), gradients go up (↑), and the box whose turn it is has a thick frame.
Before you turn to the next picture, say what it will add. Only one thing is not in the rules:
\f$h\f$ is handed two numbers, and they are added. Section 5 says why.

\frames{step}

All values and gradients:

\show{hand}

What does a gradient say? That of \f$v_1\f$ is -24: turn \f$v_1\f$ up a little, and the loss falls
24 times as far. That of \f$v_2\f$ is 8: turned up, the loss grows. The input has one, too. Nobody
turns the input, but in a larger network \f$x\f$ is what another layer has computed, which needs it.

\section ch17_update 4 The update

The update is that of chapter 02: subtract the gradient from each knob, times the
\term{learning rate}, here 0.01. All knobs are turned at once. Then go forward again:

\snippet this update

\show{update}

The loss was 10, and now it is 2.8085. The next step would begin with a new forward pass and a new
backward pass, since with the knobs all values have changed, and with these the gradients.

\aside{backpropagation_optimizes}
Backpropagation finds the gradient, and changes nothing. What is done with the gradient is another
matter: the update above is one way, and the other \gloss{optimizer|optimizers} use the same
gradient in other ways.
\endaside
*/
// [update]
Knobs update(const Knobs& knobs, const std::vector<double>& gradient, double rate) {
  return {knobs.w - rate * gradient[at::w],    //
          knobs.b - rate * gradient[at::b],    //
          knobs.v1 - rate * gradient[at::v1],  //
          knobs.v2 - rate * gradient[at::v2]};
}
// [update]

/** \page ch17
\section ch17_twice 5 A value used twice

\f$h\f$ goes into \f$y_1\f$ and into \f$y_2\f$, and what both hand back is added. The smallest
example of this is a square, written as a product: \f$q = x \cdot x\f$. At \f$x = 3\f$ it is 9. Its
derivative is known from chapter 02, \f$2x = 6\f$. Now by the rule for a product: to each factor it
hands the other one, 3 to the first and 3 to the second. But both factors are \f$x\f$. If \f$x\f$
moves by a little, \f$d\f$, both move, and the product moves for two reasons:

\f[ (3 + d)(3 + d) = 9 + 3d + 3d + d^2 \f]

The last term is tiny where \f$d\f$ is small. So \f$q\f$ moves \f$3 + 3 = 6\f$ times as far, and the
two have to be added. It is the same for every number that is used more than once. Each use is a way
by which it moves the loss, and what comes back by all ways is added.

In a program it is easily done wrong: what comes later overwrites what came before, instead of being
added to it. The program of the next section has been run in this way, too:

\show{twice}

\f$h\f$ keeps -3, the last number that it was handed, and the other one is lost. All that is
computed from \f$h\f$'s gradient is then wrong, too: \f$b\f$, \f$w\f$ and \f$x\f$. \f$v_1\f$ and
\f$v_2\f$ are right, as they lie on other ways. Nothing stops, and a network trained with this still
learns something. A mistake like this is found by comparing with another way to the same numbers, as
section 11 does.

\section ch17_tape 6 A program for any graph

On paper, we drew a graph. A program can write it down while it computes, as a list. Such a list is
often called a <b>tape</b>. Each entry has a number, the places of those that it was computed from,
and its derivative with respect to each of them:

\snippet 17_backpropagation/tape.hpp node

An operation computes its result, and writes down its derivatives at once, while it has the numbers
that they need in hand. They are the four rules of section 3:

\snippet this operations

The forward pass of our network is then its formulas, with an operation for each step:

\snippet this record

For the backward pass, nobody has to write anything about this network. It goes through the list
from the end to the beginning, and is right for every list. All gradients begin at 0, and what is
handed to a number is added to what it has already:

\snippet this backward

That is all. The mistake of section 5 is in one place, where `=` stands instead of `+=`:

\snippet this overwrite

Is `backward` right? The program compares it in four ways: with the numbers above, which were found
by hand; with derivatives that are found by moving one knob at a time (section 11); with TensorFlow,
the program that Keras runs on, which has a tape of its own; and with this library, in which the
network is two layers:

\snippet this library

\show{tape}
*/
// [operations]
Place push(Tape& tape, Node node) {
  tape.push_back(std::move(node));
  return tape.size() - 1;
}

Place number(Tape& tape, double value) {
  return push(tape, {value});
}

Place add(Tape& tape, Place a, Place b) {
  return push(tape, {tape[a].value + tape[b].value, {a, b}, {1, 1}});
}

Place multiply(Tape& tape, Place a, Place b) {
  return push(tape, {tape[a].value * tape[b].value, {a, b}, {tape[b].value, tape[a].value}});
}

Place relu(Tape& tape, Place a) {
  const bool passes = tape[a].value > 0;
  return push(tape, {passes ? tape[a].value : 0, {a}, {passes ? 1.0 : 0.0}});
}

Place squared_error(Tape& tape, Place y, double label) {
  const double e = tape[y].value - label;
  return push(tape, {e * e, {y}, {2 * e}});
}
// [operations]

// [record]
Tape record(const Knobs& knobs) {
  Tape tape;
  const Place x = number(tape, 3), w = number(tape, knobs.w), b = number(tape, knobs.b);
  const Place v1 = number(tape, knobs.v1), v2 = number(tape, knobs.v2);
  const Place p = multiply(tape, w, x);
  const Place z = add(tape, p, b);
  const Place h = relu(tape, z);
  const Place y1 = multiply(tape, v1, h), y2 = multiply(tape, v2, h);
  const Place l1 = squared_error(tape, y1, 5), l2 = squared_error(tape, y2, -5);
  add(tape, l1, l2);
  return tape;  // its last number is the loss
}
// [record]

// [backward]
std::vector<double> backward(const Tape& tape) {
  std::vector<double> gradient(tape.size(), 0.0);
  gradient.back() = 1;                         // the loss moves as far as itself
  for (Place node = tape.size(); node-- > 0;)  // from the last to the first
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] += gradient[node] * tape[node].slopes[i];
  return gradient;
}
// [backward]

std::vector<double> backward_overwriting(const Tape& tape) {
  std::vector<double> gradient(tape.size(), 0.0);
  gradient.back() = 1;
  for (Place node = tape.size(); node-- > 0;)
    // [overwrite]
    for (std::size_t i = 0; i < tape[node].inputs.size(); ++i)
      gradient[tape[node].inputs[i]] = gradient[node] * tape[node].slopes[i];  // wrong
  // [overwrite]
  return gradient;
}

// [library]
// The same network as layers, with the same knobs.
lw::BasicSequential<double> small_model(const Knobs& knobs) {
  lw::BasicSequential<double> model{lw::Input{{1}}, lw::Dense{1, {.activation = lw::relu}},
                                    lw::Dense{2, {.use_bias = false}}};
  model.build();
  const auto parameters = model.parameters();
  parameters[0].value[0] = knobs.w;
  parameters[1].value[0] = knobs.b;
  parameters[2].value[0] = knobs.v1;
  parameters[2].value[1] = knobs.v2;
  return model;
}
// [library]

/** \page ch17
\section ch17_order 7 Why backwards?

\subsection ch17_once Each node once

A node may hand on its gradient only when that is complete. \f$h\f$ has to wait for both \f$y_1\f$
and \f$y_2\f$. On the tape, each number stands behind those that it was computed from. Read from the
end, all that uses a number comes before it. So when its turn comes, everything has been added, and
each node has its turn once. An order in which everything stands behind what it is made of is called
<b>topological</b>, and a forward pass writes its tape in one by itself.

One could also go without such an order: follow a path from the loss up to a number, multiply the
derivatives on the way, and add up over all paths. That is right, too:

\snippet this paths

But there are more paths with each layer. Below, a network has one input, one output, and eight
units in each hidden layer. Each path that comes to such a layer goes on in eight ways, up to the
input. The backward pass takes one step for each line of the graph, which is the last column:

\show{paths}

Both ways give the same derivative. What the backward pass saves is doing things twice: all paths
that come through a unit share the rest of the way, and it goes that rest once, with their sum.

\subsection ch17_cost What it costs

Count the operations, and nothing else. Forward, each node is one operation: a multiplication, an
addition, a comparison with 0. Backward, each line of the graph is one multiplication, except the
lines of a sum, whose factor is 1. And if a number has been handed something already, there is one
addition. The program writes networks of two hidden layers on the tape, with a \term{batch} of
\result{17/samples on the tape} samples, and counts:

\snippet this units

\show{cost}

<b>A backward pass costs about as much as two forward passes.</b> The reason is in a single weight.
Forward it is multiplied and the product is added: two operations for each sample. Backward there is
a multiplication and an addition for the gradient of the weight, and the same for that of the number
it is multiplied by. So the loss and all derivatives together cost about three forward passes,
however many knobs there are. To move each knob by itself takes a forward pass for each, and one to
compare with: the last column has what that costs.

Derivatives could also be carried along forwards, from a knob to all that depends on it. That takes
a pass for each knob. Backwards takes a pass for each *result*, and the loss is a single number.
That is why one goes backwards: there are many knobs, and one loss.
*/
// [paths]
// The derivative of the number at `of` with respect to that at `by`: a sum over all paths.
double over_paths(const Tape& tape, Place of, Place by, Index& steps) {
  if (of == by) return 1;
  double sum = 0;
  for (std::size_t i = 0; i < tape[of].inputs.size(); ++i) {
    ++steps;
    sum += tape[of].slopes[i] * over_paths(tape, tape[of].inputs[i], by, steps);
  }
  return sum;
}
// [paths]

// [units]
// A dense layer of some units, on the tape: at `weights` stand the weights, a row of them for each
// input, and behind them the biases.
std::vector<Place> dense(Tape& tape, const std::vector<Place>& x, Place weights, std::size_t units,
                         bool with_relu) {
  std::vector<Place> y;
  for (std::size_t j = 0; j < units; ++j) {
    Place sum = weights + x.size() * units + j;  // the bias
    for (std::size_t k = 0; k < x.size(); ++k)
      sum = add(tape, sum, multiply(tape, x[k], weights + k * units + j));
    y.push_back(with_relu ? relu(tape, sum) : sum);
  }
  return y;
}
// [units]

// [record layers]
// Numbers one behind the other; returns the place of the first.
Place numbers(Tape& tape, const std::vector<double>& values) {
  const Place first = tape.size();
  for (const double value : values) number(tape, value);
  return first;
}

// A network with so many inputs, units of its hidden layers, and outputs; its loss on a batch.
Tape record_network(const std::vector<std::size_t>& sizes, const std::vector<double>& weights,
                    std::size_t samples) {
  Tape tape;
  numbers(tape, weights);
  Place loss = number(tape, 0);
  for (std::size_t n = 0; n < samples; ++n) {
    const Place first = numbers(tape, show::quarters(sizes[0], n));
    std::vector<Place> values;
    for (std::size_t k = 0; k < sizes[0]; ++k) values.push_back(first + k);
    Place layer = 0;
    for (std::size_t i = 1; i < sizes.size(); ++i) {
      values = dense(tape, values, layer, sizes[i], i + 1 < sizes.size());
      layer += (sizes[i - 1] + 1) * sizes[i];
    }
    for (const Place y : values) loss = add(tape, loss, squared_error(tape, y, 1));
  }
  return tape;
}
// [record layers]

/** \page ch17
\section ch17_matrices 8 A batch, and matrices

So far there was a number to a node. A library computes with a whole batch, and with whole layers.
Nothing new happens there. It is only written down in another way.

A \term{matrix|matrix} is a table of numbers. The inputs of a batch are one, \f$x\f$: a row for each
sample, a column for each input. The weights of a \term{dense layer} are another, \f$W\f$: a row for
each input, a column for each unit. The \term{matrix product|product of two matrices} goes row
times column. In row \f$n\f$ and column \f$j\f$ of \f$x W\f$ stands the sum of what is in row
\f$n\f$ of \f$x\f$, each times what is in column \f$j\f$ of \f$W\f$. That is just what unit \f$j\f$
computes of sample \f$n\f$, before its bias is added. So \f$b\f$ is a row, and is added to every
row:

\f[ y = x W + b, \qquad y_{nj} = \sum_k x_{nk} w_{kj} + b_j \f]

Now backward. The layer is given \f$dy\f$, a matrix with the gradient of each \f$y_{nj}\f$. It has
to find three things, and for each of them we ask the question of section 5: where does this number
go, and what comes back from there?

- A weight \f$w_{kj}\f$ goes into the \f$y_{nj}\f$ of <b>every sample</b>, and is multiplied by
  \f$x_{nk}\f$ there. So its gradient is \f$\sum_n x_{nk}\, dy_{nj}\f$.
- A bias \f$b_j\f$ goes into the \f$y_{nj}\f$ of every sample, as it is. So its gradient is
  \f$\sum_n dy_{nj}\f$.
- An input \f$x_{nk}\f$ goes into the \f$y_{nj}\f$ of <b>every unit</b>, and is multiplied by
  \f$w_{kj}\f$ there. So its gradient is \f$\sum_j dy_{nj}\, w_{kj}\f$.

These are sums of products, so they can be written as products of matrices, too. Only the rows and
columns of one of them have to be exchanged. The matrix with rows and columns exchanged is called
the <b>transpose</b>, \f$x^T\f$:

\f[
  dW = x^T dy, \qquad db = \text{column sums of } dy, \qquad dx = dy\, W^T
\f]

You need not learn them by heart, since the shapes leave no choice. \f$dW\f$ has a row for each
input and a column for each unit. Of all products of \f$x\f$ and \f$dy\f$, only \f$x^T dy\f$ has
this shape.

\snippet this product

\snippet this formulas

Two samples, three inputs, two units; check a few of the numbers with your pencil:

\show{dense}

The tape and the library find the same. The library has these three formulas in a few lines; its
`gemm` is a product of matrices, whose options say which of them is to be transposed. `dz` is our
\f$dy\f$, the gradient of \f$x W + b\f$:

\snippet nn/dense.cpp dense gradients

A ReLU between layers needs no product. Its `dy` is passed on where the number was positive, and is
0 elsewhere.
*/
// [product]
using Matrix = lw::Tensor<double>;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c({a.shape()[0], b.shape()[1]});
  for (Index i = 0; i < a.shape()[0]; ++i)
    for (Index j = 0; j < b.shape()[1]; ++j)
      for (Index k = 0; k < b.shape()[0]; ++k) c(i, j) += a(i, k) * b(k, j);
  return c;
}

Matrix transposed(const Matrix& a) {
  Matrix t({a.shape()[1], a.shape()[0]});
  for (Index i = 0; i < a.shape()[0]; ++i)
    for (Index j = 0; j < a.shape()[1]; ++j) t(j, i) = a(i, j);
  return t;
}
// [product]

// [formulas]
Matrix column_sums(const Matrix& a) {
  Matrix sums({1, a.shape()[1]});
  for (Index i = 0; i < a.shape()[0]; ++i)
    for (Index j = 0; j < a.shape()[1]; ++j) sums(0, j) += a(i, j);
  return sums;
}

show::DenseGradients dense_backward(const Matrix& x, const Matrix& w, const Matrix& dy) {
  return {
      .dw = product(transposed(x), dy), .db = column_sums(dy), .dx = product(dy, transposed(w))};
}
// [formulas]

// [dense tape]
// The same by the tape. A loss whose derivative with respect to y(n, j) is dy(n, j) is the sum of
// their products.
Tape record_dense(const Matrix& x, const Matrix& w, const Matrix& b, const Matrix& dy) {
  Tape tape;
  const Place weights = numbers(tape, {w.begin(), w.end()});
  numbers(tape, {b.begin(), b.end()});
  const Place first = numbers(tape, {x.begin(), x.end()});
  const Place factors = numbers(tape, {dy.begin(), dy.end()});
  const auto inputs = static_cast<std::size_t>(x.shape()[1]);
  const auto units = static_cast<std::size_t>(w.shape()[1]);
  Place loss = number(tape, 0);
  for (std::size_t n = 0; n < static_cast<std::size_t>(x.shape()[0]); ++n) {
    std::vector<Place> row;
    for (std::size_t k = 0; k < inputs; ++k) row.push_back(first + n * inputs + k);
    const std::vector<Place> y = dense(tape, row, weights, units, false);
    for (std::size_t j = 0; j < units; ++j)
      loss = add(tape, loss, multiply(tape, y[j], factors + n * units + j));
  }
  return tape;
}
// [dense tape]

/** \page ch17
\section ch17_kept 9 What a layer keeps, and why

The derivatives on the tape are numbers of the forward pass: the other factor, the error, whether
the ReLU let something pass. The tape keeps all of them. A library has to keep something, too, but
it can choose. Whatever is kept for the backward pass takes memory until that comes.

The backward pass of a layer in the library is given what came in, `x`, what went out, `y`, and what
the layer has asked to keep for itself, `scratch`. Which of them does it read? One can try. After
the forward pass, one of the three is replaced by NaN, which stands for "not a number", and which
makes a NaN of all that is computed from it. If the gradients are then other ones, it was read:

\show{kept}

\fold{How this is tried}
\snippet this poison
\endfold

Some of these layers come in later chapters. Maximum \gloss{pooling} keeps the largest number of
each square, average pooling their mean. Then there is \gloss{dropout}. Batch normalization
subtracts its mean from each column of a batch, and divides by its deviation. GELU is a ReLU without
a corner. What each of them needs follows from its derivative:

| layer | why it reads these |
| --- | --- |
| dense | dW = xᵀ dy; for dx there are the weights |
| dense, ReLU | where y is 0, nothing is handed on |
| dense, GELU | its derivative cannot be told from y: z = x W + b is kept |
| \term{sigmoid} | its derivative is y (1 - y) |
| tanh | its derivative is 1 - y² |
| maximum pooling | the gradient goes to where the largest number was: its place is kept |
| average pooling | each number of a square gets the same share |
| dropout | it draws the same random numbers again |
| batch normalization | the mean of each column is kept, and its squared deviation |
| sum | it hands on dy as it is |
| product | each input is the factor of the other |

This is the backward pass that the dense layer shares with other layers. `f` is the activation. Its
own backward pass comes first: from `y`, or from what was kept, it makes `dz` of `dy`, in the same
memory. Then come the three formulas:

\snippet nn/linear.hpp linear backward

\fold{An activation, dropout, maximum pooling and batch normalization}
An activation by itself gives `ops::activation_backward` either what came in or what went out,
whichever that function's derivative is computed from:

\snippet nn/core_layers.cpp activation backward

The random numbers of dropout are a function of `pass.key`, so that the same ones can be had twice.
So the backward pass is the forward pass over again, on other numbers:

\snippet nn/core_layers.cpp dropout

Maximum pooling notes where the largest number of each square was, in a byte: first row or second,
left or right. Then it needs neither what came in nor what went out, and reads much less memory than
if it compared the two to find the place again. It asks for as many bytes as numbers go out, which
are there only when training:

\snippet nn/pooling.cpp maximum places

A byte counts to \compute{2 ** 8 - 1}, so where squares have more than \compute{2 ** 8} pixels it
keeps nothing, and compares. Where the layer before ends in relu, pooling takes that derivative
along: it is 1 where a number is greater than 0, and the number which `dy` goes to is `y` itself. Of
`y` there are a quarter as many as of `x`, so the layer before, which then leaves relu out, is
spared the longer way:

\snippet nn/pooling.cpp maximum backward

Batch normalization asks for three numbers a column, however large the batch: the mean, what
rounding has cut off it, and the variance, which is the square of the deviation:

\snippet nn/normalization.cpp moments
\endfold

\subsection ch17_bytes How much is that?

A network for images of 784 pixels, with two hidden layers, a batch normalization and a dropout: its
layers put out \result{17/numbers a sample} numbers for each sample, of 4 bytes each. The program
counts how many bytes the library asks for in a training step, and in a pass that only wants the
loss:

\snippet this bytes

\show{bytes}

Without a backward pass, a layer's output is needed until the next layer has read it, and its memory
is then free for others. With one, all outputs have to stay, and on the way back there are gradients
beside them. So training takes more memory, in proportion to the batch, and to how many layers there
are. When a training stops for want of memory, this is where the memory is, and a smaller batch is
the first remedy.
*/
// [poison]
struct Tried {
  const char* name;
  lw::Layer layer;
  std::size_t inputs = 1;
};

const std::vector<Tried> kLayers = {
    {"dense", lw::Dense{3}},
    {"dense, ReLU", lw::Dense{3, {.activation = lw::relu}}},
    {"dense, GELU", lw::Dense{3, {.activation = lw::gelu}}},
    {"sigmoid", lw::Activation{lw::sigmoid}},
    {"tanh", lw::Activation{lw::tanh}},
    {"maximum pooling", lw::MaxPooling2D{2}},
    {"average pooling", lw::AveragePooling2D{2}},
    {"dropout", lw::Dropout{0.5}},
    {"batch normalization", lw::BatchNormalization{}},
    {"sum", lw::Add{}, 2},
    {"product", lw::Multiply{}, 2},
};

show::Kept kept(const Tried& one) {
  show::Passes passes(one.layer, one.inputs);  // with a forward pass done
  const std::vector<double> gradients = passes.backward();
  const auto reads = [&](show::Passes::Given what) {
    return passes.backward_with_nan_in(what) != gradients;
  };
  return {one.name, reads(show::Passes::x), reads(show::Passes::y), reads(show::Passes::scratch),
          passes.scratch_names()};
}
// [poison]

// [bytes]
std::vector<lw::Layer> layers() {
  return {lw::Dense{512, {.activation = lw::relu}}, lw::BatchNormalization{}, lw::Dropout{0.5},
          lw::Dense{256, {.activation = lw::relu}}, lw::Dense{10, {.activation = lw::softmax}}};
}

show::Bytes bytes_of(Index batch) {
  const lw::Tensor<float> x({batch, 784}), y({batch, 10});
  const lw::Loss loss = lw::MeanSquaredError{};
  return {
      .batch = batch,
      .training =
          show::asked_for(layers(), [&](auto& model) { model.compute_gradients(loss, x, y); }),
      .loss_alone = show::asked_for(layers(), [&](auto& model) { model.evaluate(x, y, batch); })};
}
// [bytes]

/** \page ch17
\section ch17_joins 10 Where ways meet, in the library

A layer of the library knows nothing of section 5. It is given one `dy`, and *sets* what it hands to
its inputs. That a number may be used twice is seen to in one place, the network. Whoever comes
first to a number writes to its place, `first`. Whoever comes later writes to a spare place, and
that is then added. `below[e]` is where the layer has written what it hands to its input number `e`:

\snippet nn/network_gradients.cpp join

There are two ways to use something twice, and this model has both. Here `x | layer` is what `layer`
makes of `x`:

\snippet this joined

The value \f$h\f$ goes into the layer once more, and into the sum. And `layer` is
`shared`: used in two places, it has one set of weights. A weight that is used twice gets a gradient
from each place, and they are added, like everything else. The tape knows it by itself, as the
weights are numbers like others.

\fold{The same on the tape}
\snippet this joined tape
\endfold

All numbers in it are multiples of a quarter, and there are not many factors in a product. So
nothing is rounded, and the three of them, tape, library and TensorFlow, have to agree in every bit:

\show{joined}

\section ch17_gradients 11 Are the gradients right?

Two programs that agree may have the same mistake. So here is a way to the same numbers that knows
nothing of chain rules: move one number by a little, and compute the loss again, as in section 1. It
is done on both sides and at two distances (chapter 04 has the formula). The derivatives that are
checked are those of this chapter:

- of the small network's loss, on the tape and in the library, with respect to its knobs and its
  input;
- of the tape's larger network, with respect to all its weights;
- of the dense layer, with respect to weights, biases and inputs, by the three formulas;
- of the model of section 10, in which a value and a layer are used twice.

\show{gradients}

\fold{The calls}
\snippet this gradients
\endfold

The error is the difference of the two derivatives, divided by the derivative.

\section ch17_numbers 12 The numbers

The gradients of the small network are exact. Beside them stand those of TensorFlow, on which
Keras runs; `tools/reference/backpropagation.py` has made them. The course has no numbers here.

\show{numbers}

\subsection ch17_checked What has been checked, and what has not

The program ends with an error unless all of this holds: every value and gradient of the small
network is that of sections 2 and 3, bit for bit, and TensorFlow's; the update gives the
loss of section 4; overwriting gives what section 5 says; tape and library agree on the small
network, on the dense layer and on the model with two uses; paths and tape agree; the counts of
section 7 are about two; each layer reads what the table says; and the derivatives agree with
numerical ones. No network is trained here: that gradients like these make a network learn is what
the other chapters show.

\section ch17_summary Summary

- A computation is a graph. The forward pass computes its numbers, the backward pass the derivative
of the loss with respect to each of them.
- A node hands to each input its own gradient, times the derivative of its one step.
- A number that is used more than once gets the sum of what it is handed: begin with 0, and add.
- Backwards each node has its turn once, when its gradient is complete. It costs about two forward
  passes, for any number of knobs.
- For a dense layer that is \f$dW = x^T dy\f$, the column sums of \f$dy\f$, and \f$dx = dy\,W^T\f$.
- What the backward pass needs of the forward pass has to be kept, and takes memory in proportion to
  the batch.
- Backpropagation finds the gradient. The optimizer changes the weights.

\section ch17_questions Questions

\questions

\section ch17_exercises Exercises

\exercises

Start with the first.

\exercise{backward}
\exercise{order}
\exercise{dense_backward}

\subsection ch17_try To try out

1. On paper: set \f$w = -1\f$ in the small network and go forward and backward again. Which
gradients are 0 now, and why? Check with the program.
2. On paper: what does a node \f$a - b\f$ hand to its inputs? And \f$a / b\f$? Write them as
operations of the tape.
3. In `record`, let \f$y_2\f$ be \f$v_1 h\f$, so that \f$v_1\f$ is used twice. Which gradient does
it get?
4. Put the sums of section 7 in another order: first all products of a unit, then the additions. Do
the counts change?
5. Double the widths in `bytes_of`, or the number of layers. How do the two columns grow?

\section ch17_program The program

\fold{Larger networks, written on the tape}
\snippet this record layers

\snippet this dense tape
\endfold

\fold{What prints the tables of sections 7, 8 and 9}
\snippet this sections

\snippet this more sections
\endfold

The program calls the functions of this page one by one:

\snippet this teach

\snippet this main

\section ch17_next What to read next in the source

- `src/nn/network.cpp` and `src/nn/network_gradients.cpp`: the two passes over a graph of layers.
- `src/nn/workspace.hpp`: when each number is needed for the last time, and how memory is shared.
- `src/nn/gradient_check.cpp`: how section 11 is done for models.

Chapter 16 does all of this with a network of 354 knobs, which colours the plane.

\tableofcontents
*/
// [joined]
lw::BasicModel<double> joined_model() {
  const lw::Layer layer = lw::shared(lw::Dense{3, {.activation = lw::relu}});
  const lw::Value x = lw::input({3});
  const lw::Value h = x | layer;
  const lw::Value y = lw::add(h, h | layer) | lw::Dense{2};
  return {x, y};
}
// [joined]

// [joined tape]
Tape record_joined(const show::Joined& given) {
  Tape tape;
  const Place layer = numbers(tape, given.layer), last = numbers(tape, given.last);
  const Place first = numbers(tape, given.x);
  Place loss = number(tape, 0);
  for (std::size_t n = 0; n < given.labels.size() / 2; ++n) {
    const Place row = first + 3 * n;
    const std::vector<Place> h = dense(tape, {row, row + 1, row + 2}, layer, 3, true);
    std::vector<Place> sums = dense(tape, h, layer, 3, true);
    for (std::size_t j = 0; j < 3; ++j) sums[j] = add(tape, h[j], sums[j]);
    const std::vector<Place> y = dense(tape, sums, last, 2, false);
    for (std::size_t j = 0; j < 2; ++j)
      loss = add(tape, loss, squared_error(tape, y[j], given.labels[2 * n + j]));
  }
  return tape;
}
// [joined tape]

// [gradients]
void check_gradients(Chapter& chapter, const show::Joined& given) {
  chapter.section("gradients", "11 Are the gradients right?");
  show::check_tape(chapter, "the small network on the tape", {2, -2, 0.5, -1}, at::w, backward,
                   [](const auto& k) {
                     return record({k[0], k[1], k[2], k[3]});
                   });
  show::check_tape(chapter, "a larger network on the tape", show::random_weights({3, 4, 4, 2}), 0,
                   backward, [](const auto& w) {
                     return record_network({3, 4, 4, 2}, w, 5);
                   });
  show::check_dense(chapter, product, dense_backward);
  chapter.gradient_check("the small network in the library, and its input",
                         lw::gradient_check(small_model({}), lw::SumSquaredError{},
                                            Matrix({1, 1}, {3}), Matrix({1, 2}, {5, -5})));
  chapter.gradient_check(
      "a model with a value and a layer used twice, and its input",
      lw::gradient_check(show::with_weights(joined_model(), given), lw::SumSquaredError{},
                         Matrix({2, 3}, given.x), Matrix({2, 2}, given.labels)));
}
// [gradients]

// [sections]
void show_costs(Chapter& chapter) {
  const bool quick = chapter.options().quick;
  const std::size_t samples = 8;
  chapter.section("paths", "7 Why backwards?");
  for (std::size_t layers = 1; layers <= (quick ? 4 : 5); ++layers) {
    std::vector<std::size_t> sizes(layers + 2, 8);
    sizes.front() = sizes.back() = 1;
    show::paths(chapter, sizes, record_network(sizes, show::weights(sizes), 1), backward,
                over_paths);
  }
  chapter.section("cost", "What it costs");
  for (const std::size_t units :
       {std::size_t{4}, std::size_t{16}, quick ? std::size_t{32} : std::size_t{64}}) {
    const std::vector<std::size_t> sizes = {3, units, units, 2};
    show::cost(chapter, sizes, samples, record_network(sizes, show::weights(sizes), samples));
  }
  chapter.number("samples on the tape", static_cast<double>(samples));
}

// [sections]

// [more sections]
void show_dense(Chapter& chapter) {
  const Matrix x({2, 3}, {1, 2, 0, 3, -1, 2}), w({3, 2}, {1, 0, 2, -1, 0, 3}), b({1, 2}, {1, -2});
  const Matrix dy({2, 2}, {1, -1, 2, 0});
  const show::DenseGradients by_tape =
      show::of_tape(backward(record_dense(x, w, b, dy)), x.shape(), w.shape());
  show::dense(chapter, {x, w, b, dy}, product(x, w), dense_backward(x, w, dy), by_tape);
}

void show_layers(Chapter& chapter) {
  std::vector<show::Kept> table;
  for (const Tried& one : kLayers) table.push_back(kept(one));
  show::kept(chapter, table);
  std::vector<show::Bytes> all;
  for (const Index batch : {64, 128, 256, 512}) all.push_back(bytes_of(batch));
  show::bytes(chapter, layers(), all);
}
// [more sections]

// [teach]
void teach(Chapter& chapter) {
  show::chain(chapter, chain);
  const Knobs knobs;
  const Tape tape = record(knobs);
  const std::vector<double> gradient = backward(tape);
  show::by_hand(chapter, tape, gradient);
  show::update(chapter, knobs, gradient, update(knobs, gradient, 0.01), record);

  Tape square;
  const Place x = number(square, 3);
  multiply(square, x, x);
  show::overwritten(chapter, square, backward(square), backward_overwriting(square), gradient,
                    backward_overwriting(tape));
  const lw::Config reference = chapter.reference("gradients.json");
  show::four_ways(chapter, tape, gradient, small_model(knobs), reference);
  show_costs(chapter);
  show_dense(chapter);
  show_layers(chapter);
  const show::Joined given = show::joined(reference);
  const Tape twice = record_joined(given);
  show::join(chapter, given, twice, backward(twice), joined_model(), reference);
  check_gradients(chapter, given);
}
// [teach]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "17",
                        .name = "backpropagation",
                        .title = "Backpropagation",
                        .quick = "smaller networks in section 7"},
                       argc, argv, teach);
}
// [main]
