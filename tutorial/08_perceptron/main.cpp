/** \page ch08 08 The perceptron

Chapter 03 let one \term{neuron} say what a house costs: any number. Now a neuron shall answer yes
or no. Is this image a 3 or an 8? Are both switches on? For that, its number goes through one more
step, which makes a 0 or a 1 of it.

Such a neuron is called a \term{perceptron}. Frank Rosenblatt described it in 1958. It was one of
the first networks that learned from examples. The rule by which it learns needs no slopes and no
learning rate that one would have to try out. It is so short that you can follow all of it with a
pencil, number by number.

At the end you have <b>watched a perceptron draw a line, once for each mistake it made</b>, until it
made none; seen it go round in circles on a task for which there is no line, and understood in four
short formulas why there is none; and let it read two digits. Then its step is made smooth, and
gradient descent comes back.

Run it yourself:

    ./tools/run 08            # everything on this page, with your numbers
    ./tools/run 08 --quick    # 3 epochs on the images instead of 10, fewer checks
    ./tools/run 08 --help

Every output and every plot on this page is of one run of the program, this one:

\show{run}
*/

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "08_perceptron/rule.hpp"
#include "08_perceptron/show.hpp"
#include "08_perceptron/show_digits.hpp"

namespace lw = lanewise;
using lanewise::Index;
using perceptron::Example, perceptron::Examples, perceptron::Perceptron;
using perceptron::perceptron_step, perceptron::step, perceptron::weighted_sum;
using perceptron::truth_table;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch08
\section ch08_neuron 1 A neuron that answers yes or no

A neuron takes some numbers, its inputs \f$x_1, x_2, \dots, x_n\f$. It has a weight for each
of them, \f$w_1, w_2, \dots, w_n\f$, and a \term{bias}, \f$b\f$. It multiplies each input by its
weight and adds up. Last it adds the bias:

\f[ w_1 x_1 + w_2 x_2 + \dots + w_n x_n + b \f]

This is its <b>weighted sum</b>. What stands before the \f$b\f$ is called the \term{inner product}
of \f$w\f$ and \f$x\f$, and written \f$w \cdot x\f$: multiply the numbers that stand at the same
place in the two lists, and add up the products.

\aside{weighted_average}
It is a weighted sum. For an average one would have to divide by the sum of the weights. Nobody
does, and often nobody could: weights may be negative, and their sum may be 0.
\endaside

What a neuron does with its weighted sum is called its \term{activation function}. The neuron of
chapter 03 did nothing with it. A perceptron asks on which side of 0 it is:

\f[ f(x) = \begin{cases} 1 & \text{if } w \cdot x + b > 0 \\ 0 & \text{otherwise} \end{cases} \f]

A function like this, which leaps from one value to another, is called a \term{step function}. It is
all or nothing, like a lamp that is on or off. Mind the edge: if the sum is exactly 0, the answer
is 0.

\image html 08_neuron.svg "A perceptron of two inputs" width=100%

\aside{bias_vector}
A single perceptron has a single bias, and that is one number. A vector of biases belongs to several
neurons side by side, one number for each of them.
\endaside

In C++:

\snippet 08_perceptron/perceptron.hpp neuron

With two inputs that are 0 or 1, there are four cases, and one can write down an answer for each.
Such a list is called a *truth table*. These are the tables that this page uses most:

| inputs | AND: are both 1? | OR: is one of them 1, or both? | XOR: is exactly one of them 1? |
| --- | --- | --- | --- |
| (0, 0) | 0 | 0 | 0 |
| (0, 1) | 0 | 1 | 1 |
| (1, 0) | 0 | 1 | 1 |
| (1, 1) | 1 | 1 | 0 |

Can you find weights and a bias with which a perceptron answers as AND does? Each input should speak
for a 1, but one of them alone must not be enough. So give both the weight 1, and ask for more than
1.5 in all, that is, set the bias to -1.5:

\show{answers}

\section ch08_line 2 A line on paper

Two inputs are a place on a sheet of paper: \f$x_1\f$ to the right, \f$x_2\f$ up. The four cases are
the corners of a square. In the picture below, a corner is filled if its label is 1.

Where does the perceptron change its mind? Where its weighted sum is 0. For our AND that is where
\f$x_1 + x_2 - 1.5 = 0\f$, and this is a straight line. On one side of it all answers are 1, on the
other side, and on the line itself, they are 0. The places where the answer changes are called the
\term{decision boundary}.

\image html 08_boundary.svg "The decision boundary. In the shaded part the answer is 1" width=100%

It is so for all weights: two weights and a bias are a straight line, and an answer for each side of
it. (If both weights are 0, there is no line. Then the answer is the same everywhere.) So to find
the weights for a task is to draw a line with the filled corners on one side and the empty ones on
the other. A task for which that can be done is called \term{linearly separable}. With three inputs
the boundary is a plane in space. With 784 inputs nobody can picture it, but the formulas do not
change, and it is called a plane, too.

\section ch08_rule 3 The rule

We found the weights for AND by thinking. Here is how a perceptron finds them. Show it an example:
inputs \f$x\f$ and the label \f$t\f$, which is 0 or 1. It gives its answer, \f$y\f$. Then

\f[ w \leftarrow w + (t - y)\, x, \qquad b \leftarrow b + (t - y) \f]

Here \f$w\f$ and \f$x\f$ are whole lists: each weight changes by its own input, times \f$t - y\f$.
There are three cases:

- The answer was right. Then \f$t - y\f$ is 0, and *nothing* changes.
- It should have been 1, and was 0. Then \f$t - y\f$ is 1: the inputs are added to the weights, and
  1 to the bias. For this example the sum grows.
- It should have been 0, and was 1. Then \f$t - y\f$ is -1: the inputs are subtracted, and 1 from
  the bias. For this example the sum gets smaller.

By how much does the sum change? With \f$x\f$ added to \f$w\f$, the sum for the same \f$x\f$ grows
by \f$x \cdot x + 1\f$, which is positive. So it goes the right way, each time. It need not go far
enough: the same example may be a mistake again the next time. And what the sum of *another* example
does, the rule does not ask.

(Some books put a learning rate before \f$t - y\f$. If one begins with all weights at 0, it is of no
use: with half the rate, all weights and sums are half as large, their signs are the same, and so
are all answers.)

The rule as a function, `perceptron_step`, is for you to write: it is the first exercise. Here it is
used. The examples come one after another, in the order of the table, again and again, until a whole
epoch passes without a mistake:

\snippet 08_perceptron/perceptron.hpp examples

\snippet this learn
*/
// [learn]
std::vector<show::Update> learn(const Examples& examples, int most_epochs) {
  Perceptron p{{0, 0}, 0};
  std::vector<show::Update> updates;
  for (int epoch = 1; epoch <= most_epochs; ++epoch) {
    bool all_right = true;
    for (const Example& one : examples) {
      const double sum = weighted_sum(p, one.x);
      if (step(sum) == one.t) continue;
      all_right = false;
      p = perceptron_step(p, one.x, one.t);
      updates.push_back({epoch, one, sum, p});
    }
    if (all_right) break;
  }
  return updates;
}
// [learn]

/** \page ch08
\section ch08_gates 4 A line per update

Do the beginning of AND yourself, with a pencil. Weights and bias are 0, so every sum is 0, and
every answer is 0. For (0, 0), (0, 1) and (1, 0) that is right. For (1, 1) it is wrong. So (1, 1) is
added to the weights and 1 to the bias, and the first epoch is over. Now \f$w = (1, 1)\f$ and
\f$b = 1\f$. In the second epoch, (0, 0) has the sum 1. The answer is 1, and that is wrong. So 1 is
subtracted from the bias. And so on. A line per update:

\show{and}

After \course{08/and_updates} updates it has \f$w = (\course{08/and_weight_1},
\course{08/and_weight_2})\f$ and \f$b = \course{08/and_bias}\f$, and makes no mistake any more. Each
line of this output is also a line on paper. Here are the ten, one after another. The example that
was a mistake has a ring, the dashed line is the one before, and the shaded side is the one that is
answered by 1:

\frames{and}

It looks like somebody who moves a ruler about. A mistake turns it, and often the new line is wrong
about a corner that had been right. In the end it parts the corners, though only just: it goes right
<em>through</em> the corner (1, 0), whose sum is 0. A sum of 0 is answered by 0, which is right
there, and the perceptron asks for no more.

OR needs \course{08/or_updates} updates:

\show{or}

\frames{or}

\snippet this gates
*/
// [gates]
void show_gates(Chapter& chapter) {
  const Examples and_table = truth_table(0, 0, 0, 1), or_table = truth_table(0, 1, 1, 1);
  chapter.section("answers", "1 A neuron that answers yes or no");
  show::neuron(chapter);
  const Perceptron by_hand{{1, 1}, -1.5};
  show::answers(chapter, by_hand, and_table);
  show::boundary(chapter, by_hand, and_table);

  chapter.section("and", "4 A line per update: AND");
  show::gate(chapter, "AND", "and", and_table, learn(and_table, 100), {10, 2, 1, -2});
  chapter.section("or", "4 A line per update: OR");
  show::gate(chapter, "OR", "or", or_table, learn(or_table, 100), {4, 1, 1, 0});
}
// [gates]

/** \page ch08
\section ch08_xor 5 Round and round

Now XOR: 1 if exactly one of the inputs is 1. The same rule, the same beginning. The program stops
it after four epochs:

\show{xor}

Compare the state after epoch 2 with that after epoch 3. They are the same. The rule knows nothing
but its weights and bias, and the examples come in the same order. So what it did in epoch 3 it will
do in epoch 4, and in epoch 5, and for ever. It has gone in a circle. Here is one round. Begin at
the upper left and follow the arrows:

\image html 08_cycle.svg "An epoch on XOR. The corner with a ring is the next mistake" width=100%

In the last of the four pictures the line is outside of the paper, and everything is answered by 1.
Each update mends the corner with the ring, and a later one spoils it again.

\subsection ch08_why There is no such line

Would another rule do better? No. There is nothing to be found. Suppose that there were weights and
a bias for XOR. Then the four rows of the table say:

| inputs | weighted sum | because the label is |
| --- | --- | --- |
| (0, 0) | \f$b\f$ is not above 0 | 0 |
| (0, 1) | \f$w_2 + b\f$ is above 0 | 1 |
| (1, 0) | \f$w_1 + b\f$ is above 0 | 1 |
| (1, 1) | \f$w_1 + w_2 + b\f$ is not above 0 | 0 |

Add the second row and the third: \f$w_1 + w_2 + 2b\f$ is above 0. Add the first and the fourth:
\f$w_1 + w_2 + 2b\f$ is not above 0. It is the same number, and it cannot be both. So there are no
such weights. XOR is not linearly separable, and no single perceptron can do it, whatever its rule.

In 1969, Marvin Minsky and Seymour Papert published a book about what perceptrons cannot do, and XOR
became the best-known example. The way out is to take several neurons, one after another. That is
chapter 06.

\snippet this xor
*/
// [xor]
void show_xor(Chapter& chapter) {
  chapter.section("xor", "5 Round and round: XOR");
  const Examples table = truth_table(0, 1, 1, 0);
  show::cycle(chapter, table, learn(table, 4));
}
// [xor]

/** \page ch08
\section ch08_theorem 6 If there is a line, it ends

With AND and OR it came to an end, with XOR it did not. How can one know before? There is a theorem:

<b>If some line separates the examples, the perceptron makes a limited number of mistakes, and then
none any more.</b> It does not matter in which order the examples come.

It is called the <b>perceptron convergence theorem</b>, and its proof fits on a page. We need a way
to treat the bias as a weight. So give each example one more input that is always 1; the bias is the
weight of that input. The length of a list of numbers, written \f$|w|\f$, is the square root of \f$w
\cdot w\f$.

Now let \f$u\f$ be weights that *do* separate the examples. For AND,
\f$u = (2, 2, -3)\f$ is a choice: the four sums are -3, -1, -1 and 1, negative for the three
labels 0 and positive for the label 1, and none is closer to 0 than 1. Let the perceptron begin at 0
and follow its weights \f$w\f$, bias included, through all its updates.

<b>They get closer to \f$u\f$.</b> Look at the inner product \f$u \cdot w\f$. An update adds an
example to \f$w\f$ if its label is 1, and \f$u \cdot x\f$ is at least 1 then. Or it subtracts one
whose label is 0, and \f$u \cdot x\f$ is at most -1 then. Either way \f$u \cdot w\f$ grows by 1 or
more. After \f$k\f$ updates it is at least \f$k\f$.

<b>They do not get long quickly.</b> Now look at \f$w \cdot w\f$, the squared length of \f$w\f$.
When \f$x\f$ is added, it grows by \f$2\, w \cdot x + x \cdot x\f$. But an example is added only if
it was answered by 0, and then \f$w \cdot x\f$ was not above 0. So it grows by \f$x \cdot x\f$ at
most, and that is 3 for the longest of our examples, (1, 1, 1). When \f$x\f$ is subtracted, it is
the same the other way round. After \f$k\f$ updates the squared length is at most \f$3k\f$.

\show{race}

<b>Both together cannot go on.</b> The inner product of two lists is never larger than the product
of their lengths. So \f$k \le u \cdot w \le |u| \sqrt{3k}\f$. Square that and divide by \f$k\f$:

\f[ k \le 3\, |u|^2 = 3 \cdot (2^2 + 2^2 + 3^2) = \compute{3 * (2**2 + 2**2 + 3**2)} \f]

More than \compute{3 * 17} updates there cannot be. There were \course{08/and_updates}. In general,
if the longest example has the squared length \f$R^2\f$, and no sum \f$u \cdot x\f$ is closer to 0
than \f$m\f$, the number of updates is at most \f$R^2 |u|^2 / m^2\f$. The further the examples keep
from some line, the larger is \f$m\f$, and the smaller the bound.

The program checks it for AND and OR, in all 24 orders in which four examples can come:

\snippet this theorem

\show{theorem}

The theorem says nothing about examples that no line separates. On those, as with XOR, the rule
never ends.
*/
// [theorem]
void show_theorem(Chapter& chapter, const char* name, Examples table, const Perceptron& u) {
  const show::Bound bound = show::bound(u, table);
  const std::size_t in_order = learn(table, 100).size();
  std::vector<int> order = {0, 1, 2, 3};
  std::vector<std::size_t> in_all;
  do {
    Examples mixed;
    for (const int i : order) mixed.push_back(table[static_cast<std::size_t>(i)]);
    in_all.push_back(learn(mixed, 100).size());
  } while (std::next_permutation(order.begin(), order.end()));
  show::orders(chapter, name, u, bound, in_order, in_all);
}
// [theorem]

/** \page ch08
\section ch08_digits 7 Two digits

Four corners of a square are not much. Let us take images of handwritten digits: the first 10,000 of
the training set that show a 0 or a 1. There are 784 inputs, the pixels, from 0 to 1. The label is 0
for a 0, and 1 for a 1. (Where the program has to take Fashion-MNIST, these are T-shirts and
trousers, and the rule comes to no end in the 20 epochs that it is given.)

\snippet this chosen

The rule is the same, and so is the beginning: all weights at 0. While it learns, the program also
adds up all the perceptrons that it has been, one after each image. You will see what for.

\snippet this lesson

\show{easy}

It comes to an end: after \result{08/easy updates} updates there is no mistake among the 10,000
images. So these images of the two digits are linearly separable, in their 784 dimensions. Of the
test images, which it has never seen, \result{08/easy test accuracy | .2%} are right. The theorem
holds, too, but it is of little use here: with the weights found as \f$u\f$, its bound is more than
a million times as large as what it took. It promises an end. It does not say when.

\subsection ch08_hard 3 against 8

A 3 and an 8 have much in common. Here is the same for these two:

\show{hard}

There are mistakes in every epoch, and there is no sign of an end. That does not tell whether some
plane separates them. And the perceptron never settles. After every thousand images it was tried on
the test images:

\image html 08_wobble.svg "Test accuracy on the way: the perceptron, and the average" width=100%

Whoever stops it at a good moment gets \result{08/hard best | .1%}. Whoever stops it at a bad one
gets \result{08/hard worst | .1%}, since the last image that it stumbled over has just moved
everything. Nothing in the rule says which moment it is.

There is a simple remedy. Do not keep the last perceptron, but the <b>average</b> of all that it has
been. A perceptron that was right for a long time counts for much in it, and one that was overthrown
by the next image counts for little. That is the second curve. It does not leap, and it ends at
\result{08/hard average | .1%}. (The code does not divide: a sum and its average lie on the same
side of 0.) This is known as the <b>averaged perceptron</b>.

\snippet this digits
*/
// [chosen]
// The first images that show one of two classes: label 0 for the one, 1 for the other.
Examples chosen(const Split& images, int zero, int one, Index most) {
  Examples examples;
  for (Index i = 0; i < images.size() && std::ssize(examples) < most; ++i) {
    const std::int32_t label = images.labels[i];
    if (label != zero && label != one) continue;
    examples.push_back({{}, label == one ? 1 : 0});
    for (const std::uint8_t pixel : images.images.row(i))
      examples.back().x.push_back(pixel / 255.0);
  }
  return examples;
}

struct Pair {
  Examples train, test;
};

Pair pair_of(const Chapter& chapter, const lw::data::Mnist& mnist, int zero, int one) {
  const Split train = tutorial::training_set(mnist, {784}), test = tutorial::test_set(mnist, {784});
  return {chosen(train, zero, one, chapter.options().samples),
          chosen(test, zero, one, test.size())};
}
// [chosen]

// [lesson]
void add(Perceptron& total, const Perceptron& p) {
  for (std::size_t i = 0; i < p.w.size(); ++i) total.w[i] += p.w[i];
  total.b += p.b;
}

show::Lesson learn_pair(const Pair& pair, int most_epochs) {
  Perceptron p{std::vector<double>(784), 0}, total = p;
  show::Lesson lesson;
  for (int epoch = 1; epoch <= most_epochs; ++epoch) {
    Index mistakes = 0, shown = 0;
    for (const Example& one : pair.train) {
      if (step(weighted_sum(p, one.x)) != one.t) {
        p = perceptron_step(p, one.x, one.t);
        ++mistakes;
      }
      add(total, p);
      if (++shown % 1000 != 0) continue;
      lesson.accuracy.push_back(show::accuracy(p, pair.test));
      lesson.averaged.push_back(show::accuracy(total, pair.test));
    }
    lesson.mistakes.push_back(mistakes);
    if (mistakes == 0) break;
  }
  lesson.last = p;
  lesson.total = total;
  return lesson;
}
// [lesson]

// [digits]
struct Digits {
  Pair easy, hard;
};

Digits two_pairs(const Chapter& chapter, const lw::data::Mnist& mnist) {
  return {pair_of(chapter, mnist, 0, 1), pair_of(chapter, mnist, 3, 8)};
}

struct Lessons {
  show::Lesson easy, hard;
};

Lessons show_digits(Chapter& chapter, const Digits& digits) {
  chapter.section("easy", "7 Two digits: 0 against 1");
  const show::Lesson easy = learn_pair(digits.easy, 20);
  show::easy(chapter, "0 against 1", easy, digits.easy.train, digits.easy.test);
  chapter.section("hard", "7 Two digits: 3 against 8");
  const show::Lesson hard = learn_pair(digits.hard, chapter.options().epochs);
  show::hard(chapter, "3 against 8", hard);
  return {easy, hard};
}
// [digits]

/** \page ch08
\section ch08_sigmoid 8 A softer step

Why not train a perceptron by gradient descent, as chapters 02 and 03 did? Because its slopes are
all 0. Turn a weight a little. The sum changes a little, and the answer, as a rule, not at all: the
step is flat on both sides. Where it is not flat, it leaps, and has no slope. Gradient descent has
nothing to go by.

So take a function that rises smoothly from 0 to 1 instead. This one is called the \gloss{sigmoid}:

\f[ \sigma(z) = \frac{1}{1 + e^{-z}} \f]

where \f$z\f$ is the same weighted sum \f$w \cdot x + b\f$, and \f$e\f$ is the number 2.718…

\image html 08_steps.svg "The step, and its smooth brother" width=100%

Far from 0 they agree. Near 0 the sigmoid does not decide. At 0 it says one half. Read its output as
a \term{probability} \f$p\f$: how likely it is that the label is 1. For a yes or no, ask whether
\f$p\f$ is above one half. That is so where \f$z\f$ is above 0, so the decision boundary is a
straight line as before. What is new is that the neuron can be *nearly* right, and a little more or
a little less so. So there are slopes.

It needs a loss. For outputs that are probabilities one takes the \gloss{cross-entropy}: if the
label is 1, that is \f$-\ln p\f$, and if it is 0, it is \f$-\ln(1 - p)\f$. Chapter 10 tells why just
these. Here is what its derivatives are, with respect to a weight \f$w_i\f$ and to the bias:

\f[ \frac{\partial L}{\partial w_i} = (p - t)\, x_i, \qquad \frac{\partial L}{\partial b} = p - t
\f]

Put that into the update of chapter 02. With the learning rate \f$\eta\f$, a step by one example is

\f[ w \leftarrow w + \eta\, (t - p)\, x, \qquad b \leftarrow b + \eta\, (t - p) \f]

and that is the perceptron's rule, with \f$p\f$ in the place of \f$y\f$. The perceptron learns from
its mistakes only. The sigmoid neuron learns from every example, the more the less sure it was of
the right answer.

In the library:

\snippet this neuron

\subsection ch08_gradients Are the slopes right?

The formula as a loop, for the mean over several examples:

\snippet this slopes

The program compares it with the library's gradient. Then it checks the library's gradient as
chapter 02 did, by moving each weight a little: that of the sigmoid neuron and its cross-entropy on
AND, and the same with 784 inputs on images of 3 and 8.

\snippet this gradients

\show{gradients}

\section ch08_soft 9 Smooth AND, OR and XOR

The sigmoid neuron begins with random weights, as chapter 03's did. It takes 200 steps of gradient
descent at a learning rate of 1, each by all four rows of a table:

\snippet this soft gates

The four columns are the probabilities that it gives to a 1:

\show{gates}

\image html 08_gates.svg "The loss, step by step" width=100%

On AND and OR every probability is on the right side of one half, and the loss goes on falling. It
will never be 0. With weights and bias twice as large, the line is the same, but each \f$p\f$ is
closer to its label. So there is no lowest point, only a way down that has no end. (The perceptron,
on the other hand, stops at the first line that makes no mistake.) Meanwhile the line moves to the
middle:

\image html 08_lines.svg "AND: the perceptron's line, dashed, and the sigmoid's" width=100%

On XOR it settles, too: with all weights at 0, and at one half for each of the four. That is all it
can honestly say. The sums of (0, 1) and (1, 0) together are as large as those of (0, 0) and (1, 1)
together; section 5 has added them up. Whatever makes the one pair more likely to be a 1 makes the
other pair so as well. The least loss is that of not knowing, \f$-\ln \frac{1}{2} = \ln 2\f$, about
\compute{log(2) | .4f}. So the perceptron runs in circles for ever, and the sigmoid neuron comes to
rest where it says nothing. Neither can do XOR.
*/
// [neuron]
template <class T>
lw::BasicSequential<T> make_neuron(Index inputs, double rate, std::uint64_t seed) {
  lw::BasicSequential<T> model{lw::Input{{inputs}}, lw::Dense{1, {.activation = lw::sigmoid}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::SGD{.learning_rate = rate},
                 .loss = lw::BinaryCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [neuron]

// [slopes]
double sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

// The gradient, in the form of a perceptron: a slope for each weight, and one for the bias.
Perceptron slopes(const Perceptron& neuron, const Examples& examples) {
  Perceptron mean{std::vector<double>(neuron.w.size()), 0};
  const auto count = static_cast<double>(examples.size());
  for (const auto& [x, t] : examples) {
    const double p = sigmoid(weighted_sum(neuron, x));
    for (std::size_t i = 0; i < x.size(); ++i) mean.w[i] += (p - t) * x[i] / count;
    mean.b += (p - t) / count;
  }
  return mean;
}
// [slopes]

// [gradients]
void check_gradients(Chapter& chapter, const Pair& digits) {
  chapter.section("gradients", "Are the slopes right?");
  const Examples few(digits.train.begin(), digits.train.begin() + 8);
  for (const auto& [name, examples] :
       {std::pair{"2-1, sigmoid, binary cross-entropy, on AND", truth_table(0, 0, 0, 1)},
        std::pair{"784-1, sigmoid, binary cross-entropy, on 3 against 8", few}}) {
    const auto x = perceptron::inputs<double>(examples), t = perceptron::labels<double>(examples);
    auto model = make_neuron<double>(x.shape()[1], 1, 42);
    model.build();
    model.compute_gradients(lw::BinaryCrossentropy{}, x, t);
    show::same_slopes(chapter, model, slopes(show::weights_of(model), examples));
    const Index entries = chapter.options().quick ? 100 : 0;  // 0 is all
    chapter.gradient_check(name, lw::gradient_check(model, lw::BinaryCrossentropy{}, x, t,
                                                    {.entries_per_tensor = entries, .seed = 42}));
  }
}
// [gradients]

// [soft gates]
void show_soft_gates(Chapter& chapter) {
  chapter.section("gates", "9 Smooth AND, OR and XOR");
  std::vector<show::SoftGate> gates = {{"AND", truth_table(0, 0, 0, 1), {}, {}},
                                       {"OR", truth_table(0, 1, 1, 1), {}, {}},
                                       {"XOR", truth_table(0, 1, 1, 0), {}, {}}};
  for (show::SoftGate& gate : gates) {
    gate.model = make_neuron<float>(2, 1, chapter.options().seed);
    const lw::History history =
        gate.model.fit(perceptron::inputs<float>(gate.examples),
                       perceptron::labels<float>(gate.examples), {.epochs = 200, .batch_size = 4});
    gate.losses = history["loss"];
  }
  show::soft_gates(chapter, gates);
  const Examples& table = gates[0].examples;
  show::lines(chapter, table, learn(table, 100).back().after, gates[0].model);
}
// [soft gates]

/** \page ch08
\section ch08_compared 10 The digits again

The same neuron, with 784 inputs, on the same images: batches of 32, a learning rate of 0.1, and
\result{08/epochs} epochs.

\snippet this soft digits

\show{neurons}

With 0 against 1, all three are as good as perfect. With 3 against 8, the average of many
perceptrons and the sigmoid neuron are about equally good, and both are better than where the
perceptron happened to stop. Their weights can be drawn as images, as in chapter 01. White is where
ink speaks for an 8, blue is where it speaks for a 3:

\image html 08_weights.svg "The weights of three neurons" width=100%

The weights of the sigmoid neuron show best what all three go by. At the left, where an 8 is closed
and a 3 is open, ink speaks for an 8. In the two other pictures there is the same bright patch,
among many specks.
*/
// [soft digits]
struct Neurons {
  lw::Sequential easy, hard;
  lw::Logs easy_test, hard_test;
};

Neurons train_soft_digits(Chapter& chapter, const Digits& digits) {
  chapter.section("neurons", "10 The digits again");
  const auto& options = chapter.options();
  const auto train = [&](lw::Sequential& model, const Examples& examples) {
    const auto x = perceptron::inputs<float>(examples), t = perceptron::labels<float>(examples);
    return chapter.train([&] {
      return model.fit(x, t, {.epochs = options.epochs, .batch_size = options.batch_size});
    });
  };
  const auto test = [](const lw::Sequential& model, const Examples& examples) {
    return model.evaluate(perceptron::inputs<float>(examples), perceptron::labels<float>(examples));
  };
  auto easy = make_neuron<float>(784, 0.1, options.seed), hard = easy;
  const lw::History easy_history = train(easy, digits.easy.train);
  const lw::History hard_history = train(hard, digits.hard.train);
  const lw::Logs easy_test = test(easy, digits.easy.test), hard_test = test(hard, digits.hard.test);
  show::history(chapter, easy_history, easy_test, hard_history, hard_test);
  return {easy, hard, easy_test, hard_test};
}

void show_soft_digits(Chapter& chapter, const Neurons& soft, const Lessons& lessons) {
  show::neurons(chapter, lessons.easy, soft.easy_test["accuracy"], lessons.hard,
                soft.hard_test["accuracy"]);
  show::pictures(chapter, lessons.hard, soft.hard);
}
// [soft digits]

/** \page ch08
\section ch08_numbers 11 The numbers

The perceptrons on AND and OR are arithmetic: the numbers of updates, the weights and the biases
have to be exactly the course's. The course trains no sigmoid neuron. So the same neurons were
trained in Keras, thirty times, each time from other random weights. The column *Keras* has the mean
of these runs, and after ± how far a run usually is from it. Figures that do not say of what they
are belong to 3 against 8.

\show{numbers}

The last lines are the verdict: whether our numbers lie where those of one more run in Keras would;
\ref ch04_numbers "chapter 04" tells how its bounds are made.

\subsection ch08_speed How long it takes

The two trainings of section 10, beside the same trainings in Keras on the same machine:

\speed

\subsection ch08_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the updates on AND and OR are those of the
table, and afterwards there is no mistake; the state after epoch 3 of XOR is that after epoch 2;
both halves of the proof hold at each update, and its bound holds in each order; the perceptron on 0
against 1 comes to an end; our loop and the library agree on the slopes of the sigmoid neuron, and
both with numerical ones; on XOR it ends at one half and \f$\ln 2\f$; and the figures of its
training are in their bounds. Not checked is whether 3 and 8 can be separated by a plane.

\section ch08_summary Summary

- A perceptron adds up its inputs, each times its weight, and a bias, and answers 1 if the sum is
  above 0. Else it answers 0.
- With two inputs its decision boundary is a straight line. What a line can divide is linearly
  separable.
- The rule: on a mistake, add the inputs to the weights if the answer should have been 1, or
subtract them if it should have been 0. The same with 1 for the bias.
- If there is a line, the rule ends, in whatever order the examples come. If there is none, it never
  ends. For XOR there is none.
- The average of all that a perceptron has been is usually better than the one that it happens to
be.
- A step has no slope to follow. The sigmoid has, and its gradient step is the perceptron's rule
with a probability in place of the answer.

\section ch08_questions Questions

\questions

\section ch08_exercises Exercises

\exercises

Start with the first.

\exercise{perceptron_step}
\exercise{majority}
\exercise{separate}

\subsection ch08_try To try out

1. On paper: OR, from zero, in the order (1, 1), (1, 0), (0, 1), (0, 0). How many updates does it
take? The program says what is possible.
2. Change `step` so that a sum of 0 is answered by 1. Which line does AND end at now? Which checks
fail?
3. Run with `--epochs 100`. Do the mistakes on 3 against 8 come to an end?
4. In `show_digits`, choose 4 and 9, or 7 and 9, in the place of 3 and 8.
5. In `show_soft_gates`, take ten times as many steps. What do the weights of AND do, and what their
ratio?

\section ch08_program The program

The program calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch08_next What to read next in the source

- `src/nn/dense.cpp`: weighted sums of many neurons and many examples at once.
- `src/ops/activation.cpp`: the sigmoid, and its slope.
- `include/lanewise/nn/loss.hpp`: the cross-entropy for yes or no, and other losses.

Chapter 06 gives XOR to neurons that stand one after another.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  show_gates(chapter);
  show_xor(chapter);

  const Examples and_table = truth_table(0, 0, 0, 1), or_table = truth_table(0, 1, 1, 1);
  const Perceptron for_and{{2, 2}, -3}, for_or{{2, 2}, -1};
  chapter.section("race", "6 If there is a line, it ends: AND");
  show::race(chapter, learn(and_table, 100), for_and, show::bound(for_and, and_table));
  chapter.section("theorem", "6 If there is a line, it ends: in all orders");
  chapter.print("table | u | at most | in our order | in the {} orders\n-|-|-|-|-\n", 4 * 3 * 2);
  show_theorem(chapter, "AND", and_table, for_and);
  show_theorem(chapter, "OR", or_table, for_or);

  chapter.section("images", "7 Two digits");
  const lw::data::Mnist mnist = chapter.load_mnist();
  const Digits digits = two_pairs(chapter, mnist);
  const Lessons lessons = show_digits(chapter, digits);
  show::both_steps(chapter, sigmoid);
  check_gradients(chapter, digits.hard);
  show_soft_gates(chapter);
  show_soft_digits(chapter, train_soft_digits(chapter, digits), lessons);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const lw::data::Mnist mnist = chapter.load_mnist();
  show_soft_gates(chapter);
  train_soft_digits(chapter, two_pairs(chapter, mnist));
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "08",
                        .name = "perceptron",
                        .title = "The perceptron",
                        .quick = "3 passes over the images instead of 10, 100 derivatives a "
                                 "tensor checked",
                        .data = "mnist",
                        .epochs = 10,
                        .quick_epochs = 3,
                        .samples = 10'000,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
