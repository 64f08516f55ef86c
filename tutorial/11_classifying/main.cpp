/** \page ch11 11 Classifying a data point

A network answers with numbers. What is asked of it is often something else: which digit is this, is
that e-mail spam, what does the house cost? This chapter is about the step from one to the other, at
the very end of a network: its last layer, its loss, and what is then done with its answer.

You will see all answers that a network can give about three classes as a picture, a triangle, and
images walking through it while the network learns.

At the end you have <b>three kinds of questions answered by the same \term{hidden layer}</b>: one
class of several, yes or no, and an amount. You have seen why each has a last layer and a loss of
its own, and where to draw the line between yes and no.

Run it yourself:

    ./tools/run 11            # everything on this page, with your numbers
    ./tools/run 11 --quick    # 5 passes over the data instead of 20
    ./tools/run 11 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Then read "class" where the page says "digit".)
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "11_classifying/show.hpp"
#include "11_classifying/show_tasks.hpp"
#include "11_classifying/spam.hpp"
#include "support/boston.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Place;
using tutorial::Chapter;

namespace {

/** \page ch11
\section ch11_point 1 A data point, and four classes

A <b>data point</b> is one row of a data set: one image, one e-mail, one house, with all that is
known of it. To say which of several classes it belongs to is called \term{classification}.

Take four classes. A network for them ends in a layer of four \term{unit|units}, and the units have
the numbers 0, 1, 2 and 3, like the classes. The four sums that they compute are the
\term{logit|logits}. They can be any numbers. \term{softmax|Softmax} makes probabilities of them,
positive and with the sum 1:

\f[ p_i = \frac{e^{z_i}}{\sum_j e^{z_j}} \f]

The class is then the place of the largest, the \term{argmax}. It is compared with the label of the
data point, and if the two are the same, the point has been classified correctly:

\snippet this classify

Here are four data points. Their logits are made up, the rest is computed:

\show{classify}

The first is right, and the network is fairly sure. The second is right, too, by a hair: to be
right, it is enough that no other class has more. The third is wrong, and very sure of it. Nothing
in a large probability says that it is true. The fourth is wrong by a hair.

Softmax keeps the order: the largest logit gets the largest probability. So for the answer alone,
softmax is not needed. It is needed to say how sure the answer is, and to learn.

\subsection ch11_digit The digit 3

The digits 0 to 9 are ten classes, so the network has ten outputs. A label may also be written
\term{one-hot}, and then it has ten numbers, too. This is the label 3:

\show{digit}

The argmax of the label is 3, the fourth place, since counting begins at 0. If the argmax of the ten
outputs is 3 as well, the image has been read correctly.

\aside{nine_values}
An output for ten classes has ten values, and what softmax puts out has the sum 1. The course's
example is right in one thing: its largest value, 0.6, is at place 3.
\endaside
*/
// [classify]
std::vector<double> softmax(const std::vector<double>& logits) {
  lw::Tensor<double> p({std::ssize(logits)}, logits);
  lw::ops::softmax_forward<double>(p, -1, p);  // over the last dimension, in place
  return {p.begin(), p.end()};
}

Index argmax(const std::vector<double>& values) {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

bool is_right(const std::vector<double>& logits, Index label) {
  return argmax(softmax(logits)) == label;
}
// [classify]

/** \page ch11
\section ch11_stable 2 Softmax, and numbers that are too large

The formula of softmax can be written down as it stands:

\snippet this as written

It fails. \f$e^{z}\f$ grows so fast that from 710 on it is too large for a `double`, a number of
about sixteen digits, and from 89 on for a `float`. The result is infinity, and infinity divided by
infinity is not a number, NaN. Logits of that size do occur, in a network whose training goes wrong,
and one NaN makes every weight NaN in the next update.

The way out is a property of softmax. Add the same number \f$c\f$ to all logits:

\f[ \frac{e^{z_i + c}}{\sum_j e^{z_j + c}} = \frac{e^c \, e^{z_i}}{e^c \sum_j e^{z_j}} =
\frac{e^{z_i}}{\sum_j e^{z_j}} \f]

Nothing has changed: softmax looks at the differences between logits only. So one may subtract the
largest logit from all of them first. Then the largest is 0, and \f$e^0 = 1\f$. None of the others
is above 0, and \f$e\f$ to such a number is at most 1. Nothing can become too large. The
library does it this way, and in the first exercise you will:

\show{stable}

The second line is the first one with 100 added, and has the same probabilities. In the last two,
the formula as written fails. In the third line the sum is infinite. In the fourth all exponentials
are too small and become 0, and 0 divided by 0 is NaN, too.

\subsection ch11_temperature Temperature

To multiply or *divide* all logits is another matter. Divide them by a positive number \f$T\f$
before softmax, called the <b>temperature</b>. A small one makes the differences larger and the
answer surer. A large one makes the probabilities more and more alike. The order never changes, so
the answer stays the same:

\show{temperature}

That is one more reason not to trust a probability because it is large. Two networks may give the
same answers to everything, and one of them only be surer each time.
*/
// [as written]
std::vector<double> as_written(const std::vector<double>& logits) {
  double sum = 0;
  for (const double z : logits) sum += std::exp(z);
  std::vector<double> p;
  for (const double z : logits) p.push_back(std::exp(z) / sum);
  return p;
}
// [as written]

/** \page ch11
\section ch11_triangle 3 All answers, as a triangle

With three classes an answer is three numbers, none of them negative, with the sum 1. All such
answers fit into a triangle. Each class has a corner. An answer is a point, and the larger the
probability of a class, the farther the point is from the edge opposite to its corner. Where
exactly? Take the three corners as places on the paper, and mix them in the proportions of the
answer:

\snippet this place

\image html 11_triangle.svg "All answers about three classes, coloured by their argmax" width=100%

- At a **corner** one class has everything. This is what a one-hot label says.
- On an **edge** one class has nothing. The other two share.
- In the **centre** each has a third. This is what somebody says who knows nothing.

The colours are the argmax. Within a colour the answer is the same, however sure. On the lines
between the colours two classes are level, and at the centre all three.

And what does a point cost? For classes, the loss is the \term{cross-entropy}: minus the natural
logarithm of the probability that the right class was given, \f$-\ln p\f$. If class A is right:

\show{loss}

At its own corner the loss is 0. At the centre it is \f$\ln 3\f$, and with \f$n\f$ classes \f$\ln
n\f$. On the edge opposite to A, the probability of A is 0 and the loss is infinite, wherever on
that edge the point is: the loss asks only what the right class was given.

Softmax never puts out exactly 0 or 1, except by rounding. So a network's answers lie inside the
triangle, and come as close to a corner as they like.
*/
// [place]
// Where the answer p is in a triangle with sides of length 1.
Place place(const std::vector<double>& p) {
  const Place a{0, 0}, b{1, 0}, c{0.5, std::sqrt(0.75)};
  return {p[0] * a.x + p[1] * b.x + p[2] * c.x, p[0] * a.y + p[1] * b.y + p[2] * c.y};
}

double cross_entropy(const std::vector<double>& p, Index label) {
  return -std::log(p[static_cast<std::size_t>(label)]);
}
// [place]

/** \page ch11
\section ch11_walk 4 Learning, seen in the triangle

Now a real network. Its three classes are the digits 3, 5 and 8, which look alike. It takes an image
of 784 pixels to 16 units of a hidden layer with \term{ReLU}, and from there to three outputs
with softmax. All networks of this chapter are made by one function. What differs between them is
the last layer, the loss, and the <b>metric</b>: a number for us to look at, which has no part in
the training.

\snippet this model

It learns from 4,000 images by plain \term{gradient descent}, 32 at a time, so that an \term{epoch}
has \result{11/updates an epoch} updates. Between updates a <b>callback</b>, a function that
training calls, asks it about 300 other images, which are held out. Where does it put them?

\snippet this watch

\frames{step}

Click through the pictures. A point has the colour of the digit that the image really shows. Before
the first update all points lie in a heap, somewhere near the centre: the network has random weights
and says nearly the same of every image. Then they spread, each colour towards its own corner, and
with time they press into the corners. What is left between them, or in the wrong corner, is hard.

Six of the images on their way, with a ring where it begins:

\image html 11_paths.svg "The ways of six images through the triangle" width=100%

The program picked two images of each digit: in the end, one gets the largest probability for what
it shows, and the other the smallest. The easy ones end in their own corner. The difficult ones end
nearer to another: they resemble images of that digit more. None goes straight. An update moves all
images at once, and what helps most of them can throw others back. (The lines join some twenty
moments, which lie closer together at the beginning.)

\show{walk}

The network has never been told what these images show. It moved them because it moved others like
them. And where a point stands says how sure the network is, not whether it is right.

What pulls at a training image? Chapter 10 has the slope of the cross-entropy with respect to the
logits: \f$p - t\f$, the answer minus the one-hot label. It points from the label's corner to where
the point is, and the update goes against it. The farther the point is from its corner, the harder
the logits are pulled.
*/
// [model]
// What is asked of the hidden layer.
struct Head {
  lw::Layer last;
  lw::Loss loss;
  lw::Metric metric;
};
const Head one_of_three{lw::Dense{3, {.activation = lw::softmax}}, lw::CategoricalCrossentropy{},
                        lw::accuracy};

lw::Sequential make_model(Index inputs, const Head& head, std::uint64_t seed) {
  lw::Sequential model{lw::Input{{inputs}}, lw::Dense{16, {.activation = lw::relu}}, head.last};
  model.set_seed(seed);
  model.compile(
      {.optimizer = lw::SGD{.learning_rate = 0.1}, .loss = head.loss, .metrics = {head.metric}});
  return model;
}
// [model]

// [watch]
// Asks a network about the same images again and again, while it is trained.
class Watcher : public lw::Callback {
 public:
  Watcher(const lw::Sequential& model, const lw::Tensor<float>& images)
      : model_(&model), images_(&images) {}

  void on_train_begin(const lw::FitPlan&) override { look(); }
  void on_batch_end(Index, const lw::Logs&) override {
    ++updates_;
    if (epoch_ == 0) look();
  }
  bool on_epoch_end(int epoch, const lw::Logs&) override {
    epoch_ = epoch + 1;
    if (epoch > 0) look();
    return true;  // go on
  }
  const std::vector<show::Look>& looks() const { return looks_; }

 private:
  void look() { looks_.push_back({updates_, model_->predict(*images_)}); }

  const lw::Sequential* model_;
  const lw::Tensor<float>* images_;
  std::vector<show::Look> looks_;
  Index updates_ = 0;
  int epoch_ = 0;
};
// [watch]

/** \page ch11
\section ch11_three 5 Three questions, three last layers

"Which class?" is one of three questions that networks are asked most often. The hidden layer may be
the same for all of them. What follows it is not:

| question | example | last layer | loss |
| --- | --- | --- | --- |
| which? | is it a 3, a 5 or an 8? | a unit a class, softmax | categorical cross-entropy |
| yes or no? | is it spam? | one unit, \term{sigmoid} | binary cross-entropy |
| how much? | what does it cost? | one unit, no activation | mean squared error |

<b>Which</b> of several classes: this is \term{multi-class classification}, the subject so far.

<b>Yes or no</b> is \term{binary classification}, with two classes. One output is enough for it: the
probability of yes. That of no is what is missing to 1. The sigmoid, \f$1 / (1 + e^{-z})\f$, makes a
probability of the one sum \f$z\f$.

<b>How much</b> is regression, as in chapter 03: an amount. An amount may be any number, so there is
no activation, and the squared error says how far off it is.

As code, the last layer, the loss and the metric of each:

\snippet this heads

For a class, the metric is the \term{accuracy}, the share that is right. An amount is hardly ever
right to the last digit. What one wants to know there is by how much it is off, on average. This is
the <b>mean absolute error</b>: the differences without their signs, averaged.

\subsection ch11_data The data

<b>Spam.</b> \result{11/mails} e-mails that people at a research laboratory got in 1999, and of each
whether it was spam. (Hopkins, Reeber, Forman and Suermondt: Spambase, UCI Machine Learning
Repository, CC BY 4.0. The file comes with this book, in part.) What the network is told of an
e-mail is whether each of sixteen words and signs occurs in it: 1 or 0, sixteen numbers in all. The
file has all spam first and then the rest. If the last quarter were held out for the test, there
would be no spam in it. So every fourth e-mail is held out:

\snippet this spam

Two of the words show where the data is from. Who writes "george", or "hp", is a colleague of the
man who collected the e-mails. For anybody else's letters this network would be of little use.

<b>Houses.</b> The houses of chapter 03, districts of Boston: how many rooms a house has, on
average, and what one costs. The rooms less 6 are the input, so that it is near 0, and the price in
tens of thousands of dollars is the target, so that it is near 1. From the same houses comes a
second question, one for classification: is the price *above the median*? The median is the price
that half of the houses are above. (Chapter 03 says why this data set is contested. Of its columns
only the rooms and the price are used here.)

\snippet this houses

\subsection ch11_training The training

Four trainings by the same function, with the same learning rate, for as many epochs:

\snippet this train

\show{tasks}

The last two columns are of data that was held out. The price is in tens of thousands, so that an
error of 0.1 is one of a thousand dollars. A loss of 0.4 is good for one question and bad for
another, so losses are compared only within a line of this table. And here is an answer of each
network, to the first data point of its test:

\show{answers}

A price has no probability beside it. The network says an amount, and does not say how sure it is,
not even here, where it is far off: the number of rooms is not all that decides about a price.
*/
// [heads]
const Head yes_or_no{lw::Dense{1, {.activation = lw::sigmoid}}, lw::BinaryCrossentropy{},
                     lw::accuracy};
const Head how_much{lw::Dense{1}, lw::MeanSquaredError{}, lw::mean_absolute_error};
// [heads]

// Rows that a network is given, and what it should say of each.
// [spam]
struct Examples {
  lw::Tensor<float> x, y;
};
struct Task {
  Examples train, test;
};

Examples mails(bool held_out) {
  std::vector<Index> chosen;
  for (Index mail = 0; mail < spam::kMailCount; ++mail)
    if ((mail % 4 == 3) == held_out) chosen.push_back(mail);
  const Index count = std::ssize(chosen);
  Examples rows{lw::Tensor<float>({count, spam::kWordCount}), lw::Tensor<float>({count, 1})};
  for (Index i = 0; i < count; ++i) {
    const Index mail = chosen[static_cast<std::size_t>(i)];
    for (Index word = 0; word < spam::kWordCount; ++word)
      rows.x(i, word) = spam::has_word(mail, word) ? 1 : 0;
    rows.y(i, 0) = spam::is_spam(mail) ? 1 : 0;
  }
  return rows;
}

Task spam_or_not() {
  return {mails(false), mails(true)};
}
// [spam]

// [houses]
// What is asked about a house: its price, or whether it is above the median.
enum class Question { price, above_the_median };

Examples examples(const tutorial::Houses& houses, Question question, double median) {
  Examples rows{houses.column<float>(tutorial::kRooms), lw::Tensor<float>({houses.size(), 1})};
  for (Index i = 0; i < houses.size(); ++i) {
    rows.x[i] -= 6;
    const double price = houses.prices[i];
    rows.y[i] = question == Question::price ? static_cast<float>(price / 10)
                                            : static_cast<float>(price > median);
  }
  return rows;
}

Task houses(const tutorial::BostonSplit& split, Question question, double median) {
  return {examples(split.all_train, question, median), examples(split.test, question, median)};
}
// [houses]

// [train]
lw::Sequential train(Chapter& chapter, const std::string& name, const Task& task,
                     const Head& head) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(task.train.x.shape()[1], head, options.seed);
  const lw::History history = chapter.train([&] {
    return model.fit(task.train.x, task.train.y,
                     {.epochs = options.epochs, .batch_size = options.batch_size});
  });
  show::trained(chapter, name, history, model.evaluate(task.test.x, task.test.y));
  return model;
}
// [train]

/** \page ch11
\section ch11_houses 6 The same houses, two questions

What will a company's share cost tomorrow? That is regression. Will it go up? That is
classification. Both can be asked of the same data, and the answers are of different kinds. Here are
the houses. First the price over the number of rooms, and what the network says:

\image html 11_price.svg "Regression: how much?" width=100%

Then whether the price is above the median, and the probability that the network gives to yes:

\image html 11_above.svg "Classification: above the median or not?" width=100%

\show{houses}

The curve of the first picture bends: a hidden layer can do what the line of chapter 03 could not.
(On the far left it follows the few houses that are there.) That of the second goes from one half of
the houses to the other, and is close to a half where they overlap. Where it crosses a half, the
answer changes.

From a price follows whether it is above the median. So the first network can answer the second
question, too, and here it does it about as well. The other way round is not possible: "above" says
nothing of how much. But a class can be the better question if it is all that one needs. One very
dear house pulls hard at the first network, since its error is squared. To the second it is "above",
like half of all houses.

\section ch11_two 7 One output or two?

Yes or no could also be two classes with two outputs and softmax. That is the same network, written
differently. Let the logit of no be 0 and that of yes \f$z\f$, and divide above and below by
\f$e^z\f$:

\f[ \frac{e^z}{e^0 + e^z} = \frac{1}{e^{-z} + 1} \f]

This is the sigmoid of \f$z\f$. Since softmax looks at differences only, any two logits will do
whose difference is \f$z\f$. And the loss is minus the logarithm of what the right answer got, in
both cases. For one output and a label \f$t\f$ of 1 or 0 it is written so that one of its two terms
is always 0:

\f[ -t \ln p - (1 - t) \ln (1 - p) \f]

\snippet this two

\show{two}

The last lines are the spam network, once as it is, and once with two outputs: the weights of the
second are those of the one, and the weights of the first are all 0. Sigmoid with binary
cross-entropy **is** softmax of two classes.

What does not work is softmax on *one* output. Alone it has everything: it is always 1. The library
refuses to train that.
*/
// [two]
double sigmoid(double z) {
  return 1 / (1 + std::exp(-z));
}

// The same network with an output for no, whose logit is always 0, and one for yes.
lw::Sequential with_two_outputs(lw::Sequential& one) {
  const Head one_of_two{lw::Dense{2, {.activation = lw::softmax}}, lw::CategoricalCrossentropy{},
                        lw::accuracy};
  lw::Sequential two = make_model(spam::kWordCount, one_of_two, 0);
  two.build();
  const auto from = one.parameters(), to = two.parameters();  // weights, biases, weights, biases
  for (std::size_t hidden : {0u, 1u})
    std::copy(from[hidden].value.begin(), from[hidden].value.end(), to[hidden].value.begin());
  for (std::size_t last : {2u, 3u})
    for (Index i = 0; i < from[last].value.size(); ++i) {
      to[last].value[2 * i] = 0;
      to[last].value[2 * i + 1] = from[last].value[i];
    }
  return two;
}
// [two]

/** \page ch11
\section ch11_threshold 8 Where to draw the line

The spam network gives each e-mail a probability. To throw away or to keep is a decision, and the
argmax makes it at a half. It need not be made there. A letter from your grandmother that is thrown
away is worse than an advertisement that gets through. So let the network be surer before it throws
something away: draw the line, the <b>threshold</b>, at 0.9.

There are two ways to be right, and two to be wrong:

| | answer: spam | answer: no spam |
| --- | --- | --- |
| it is spam | found | missed |
| it is not | false alarm | let through |

A table that counts, for each class, how often each answer was given is called a
\term{confusion matrix}. With two classes it has these four cells. Two shares are made of it, and
each of them looks at one way to be wrong:

- **Precision**: of all that was called spam, how much is? A false alarm lowers it.
- **Recall**: of all spam, how much was found? What is missed lowers it.

\snippet this precision

\show{threshold}

\image html 11_threshold.svg "Precision and recall over the threshold" width=100%

A higher threshold finds less, and what it finds is spam more surely. There is no setting at which
both are best. Which one to take does not follow from the data. It follows from what a false alarm
costs you, and what it costs to miss one.

The accuracy alone would not show this. And it has a trap: of these e-mails
\result{11/share that is no spam | .1%} are no spam, so "no" to everything is right that often.
Always compare an accuracy with that of saying the most frequent class every time.
*/
// [precision]
// What became of e-mails that are called spam where p is above a threshold.
struct Counts {
  Index found = 0, missed = 0, false_alarms = 0, let_through = 0;
};

Counts count(const lw::Tensor<float>& p, const lw::Tensor<float>& labels, double threshold) {
  Counts counts;
  for (Index i = 0; i < p.size(); ++i) {
    const bool called_spam = p[i] > threshold;
    if (labels[i] == 1)
      ++(called_spam ? counts.found : counts.missed);
    else
      ++(called_spam ? counts.false_alarms : counts.let_through);
  }
  return counts;
}

double share(Index part, Index rest) {
  return static_cast<double>(part) / static_cast<double>(part + rest);
}
double precision(const Counts& counts) {
  return share(counts.found, counts.false_alarms);
}
double recall(const Counts& counts) {
  return share(counts.found, counts.missed);
}
// [precision]

/** \page ch11
\section ch11_mse 9 Why not the squared error for classes?

Chapter 02 trained a classifier by the mean squared error, and it learned. Why another loss? Look at
the worst case. The right answer is yes, \f$t = 1\f$, and the network is sure of no: its logit
\f$z\f$ is -10, and \f$p\f$ is near 0. That is where it has most to learn. The slope of the loss
with respect to the logit says how strongly it is pulled. For the squared error \f$(p - 1)^2\f$ the
\term{chain rule} gives twice the error, times the sigmoid's own derivative, \f$p\,(1 - p)\f$. For
the cross-entropy only the error is left:

\snippet this slopes

\image html 11_slopes.svg "How strongly the logit is pulled if the right answer is yes" width=100%

On the right both are near 0, as they should be: the answer is right. On the left, where it is as
wrong as can be, the cross-entropy pulls with full strength, and the squared error hardly at all.
There the sigmoid is flat, as chapter 10 has shown, and a flat function hands on no gradient. The
logarithm in the cross-entropy undoes just that.

How long does it take from \f$z = -10\f$ to the right side, if the logit itself is the weight and
the learning rate is 1?

\show{slopes}

A classifier with the squared error learns in the end, if it is lucky with where it begins. Where it
is sure and wrong, it is as good as stuck.
*/
// [slopes]
double slope_of_cross_entropy(double z) {
  return sigmoid(z) - 1;
}

double slope_of_squared_error(double z) {
  const double p = sigmoid(z);
  return 2 * (p - 1) * p * (1 - p);
}

// Updates of the logit until the answer is right.
int updates_until_right(double (*slope)(double), double z) {
  int updates = 0;
  for (; sigmoid(z) <= 0.5; ++updates) z -= slope(z);
  return updates;
}
// [slopes]

/** \page ch11
\section ch11_gradients 10 Are the slopes right?

As in every chapter, the derivatives are held against numerical ones: those of the weights and the
inputs of this chapter's networks, each with its own loss, up to 500 of each tensor; and the two
slopes of the last section.

\snippet this gradients

\show{gradients}
*/
// [gradients]
void check_gradients(Chapter& chapter, const Task& digits, const Task& mails, const Task& prices) {
  chapter.section("gradients", "10 Are the slopes right?");
  const auto check = [&](const char* what, const Task& task, const Head& head) {
    const auto &x = task.train.x, &y = task.train.y;
    chapter.gradient_check(
        what, lw::gradient_check(make_model(x.shape()[1], head, 42), head.loss, x.rows(0, 8),
                                 y.rows(0, 8), {.entries_per_tensor = 500, .seed = 42}));
  };
  check("784-16-3, softmax, categorical cross-entropy, and its input", digits, one_of_three);
  check("16-16-1, sigmoid, binary cross-entropy, and its input", mails, yes_or_no);
  check("1-16-1, no activation, mean squared error, and its input", prices, how_much);
  show::check_slopes(chapter, slope_of_cross_entropy, slope_of_squared_error);
}
// [gradients]

/** \page ch11
\section ch11_numbers 11 The numbers

The course trains nothing here. Its numbers are arithmetic, and have to come out exactly. The four
trainings are compared with Keras: thirty runs of each, with the same data, and with random numbers
of their own. The column *Keras* has their mean and, after ±, their standard deviation.

\show{numbers}

The last lines are the <b>verdict</b>: \ref ch04_numbers "chapter 04" tells how its bounds are made.
A figure with a dash is shown and not judged. The lines without a name in front are those of the
three digits.

\subsection ch11_speed How long it takes

The four trainings of section 5 together, beside the same in Keras on the same machine:

\speed

\subsection ch11_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the answers of section 1 are as the page
says; softmax as written and the library's agree where the first does not fail, and to add a number
or to divide by a temperature does what section 2 says; the corners, the edges and the centre of the
triangle have their losses; the training with somebody looking on ends with the same loss as the one
without; the network with one output and the one with two have the same probabilities and the same
loss; a higher threshold never finds more; the derivatives agree with numerical ones; and the
figures above are in their bounds. That the e-mails were labelled correctly is not checked by
anyone.

\section ch11_summary Summary

- A classifier puts out a number for each class. Softmax makes probabilities of them, and the place
of the largest is the answer.
- Softmax depends on the differences between logits only. Subtract the largest before the
exponential.
- All answers about three classes lie in a triangle: corners are certain, the centre knows nothing
and costs \f$\ln 3\f$.
- The question decides the last layer, the loss and the metric: softmax and cross-entropy for one
  class of several, sigmoid and binary cross-entropy for yes or no, no activation and the squared
  error for an amount.
- Where to draw the line between yes and no is your choice. Precision and recall show what it costs.
- For classes, the squared error has hardly a slope where the network is sure and wrong.

\section ch11_questions Questions

\questions

\section ch11_exercises Exercises

\exercises

Start with the first.

\exercise{softmax}
\exercise{probabilities_at}
\exercise{threshold}

\subsection ch11_try To try out

1. On paper: where in the triangle is (0.5, 0.25, 0.25)? What does it cost if B is right?
2. Divide the logits by a temperature of 5 before the softmax, and draw the points of section 4
again. Does any of them move to a part of another colour?
3. Take the digits 0, 1 and 7 instead of 3, 5 and 8. How do the pictures of section 4 change?
4. Leave "george" and "hp" out of the words. By how much does the accuracy fall, and would you
rather have the better network or this one?
5. Let `yes_or_no` have the mean squared error as its loss, and compare the accuracy.

\section ch11_program The program

The rest puts it together. Which images are taken:

\snippet this three digits

The four trainings, and what is done with them:

\snippet this tasks

\snippet this answers

The training of section 4, with somebody looking on. It is the first of those four once more, and
has to end with the same answers:

\snippet this walk

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch11_next What to read next in the source

- `src/ops/softmax.cpp`: softmax over any dimension.
- `src/nn/loss.cpp`: how a loss and the last activation are computed together, from the logits.
- `include/lanewise/nn/metric.hpp`: what counts as right.

Chapter 14 takes all ten digits, and a network of two layers.

\tableofcontents
*/
// [three digits]
constexpr Index kPixels = 28 * 28, kTrained = 4000, kWatched = 300;
const std::vector<std::int32_t> digits = {3, 5, 8};

Examples part(const Examples& all, Index begin, Index end) {
  return {lw::Tensor<float>(all.x.rows(begin, end)), lw::Tensor<float>(all.y.rows(begin, end))};
}

// The first `most` of the images that show one of the three, all if there are fewer.
Examples of_three(const tutorial::Split& images, Index most) {
  std::vector<Index> chosen;
  std::vector<std::int32_t> classes;
  for (Index i = 0; i < images.size() && std::ssize(chosen) < most; ++i)
    if (const auto at = std::find(digits.begin(), digits.end(), images.labels[i]);
        at != digits.end()) {
      chosen.push_back(i);
      classes.push_back(static_cast<std::int32_t>(at - digits.begin()));
    }
  const auto count = std::ssize(chosen);
  lw::Tensor<float> x({count, kPixels});
  for (Index i = 0; i < count; ++i) {
    const auto image = images.images.row(chosen[static_cast<std::size_t>(i)]);
    for (Index k = 0; k < image.size(); ++k) x(i, k) = static_cast<float>(image[k]) / 255;
  }
  return {std::move(x), lw::data::one_hot<float>(lw::Tensor<std::int32_t>({count}, classes), 3)};
}

Task three_digits(const lw::data::Mnist& mnist) {
  return {of_three(tutorial::training_set(mnist, {kPixels}), kTrained),
          of_three(tutorial::test_set(mnist, {kPixels}), 10'000)};
}
// [three digits]

// [tasks]
struct Tasks {
  Task three;
  tutorial::BostonSplit split{};
  double median = show::median(split.all_train);
  Task mails = spam_or_not(), prices = houses(split, Question::price, median),
       above = houses(split, Question::above_the_median, median);
};

struct Networks {
  lw::Sequential reader, filter, price, is_above;
};

Networks train(Chapter& chapter, const Tasks& tasks) {
  show::begin_tasks(chapter);
  return {train(chapter, "", tasks.three, one_of_three),
          train(chapter, "spam", tasks.mails, yes_or_no),
          train(chapter, "price", tasks.prices, how_much),
          train(chapter, "above the median", tasks.above, yes_or_no)};
}
// [tasks]

// [answers]
void show_tasks(Chapter& chapter, const Task& digits_task, const std::vector<std::string>& names,
                const lw::Tensor<float>& watched, const show::Look& last_look) {
  const Tasks tasks{digits_task};
  const auto &three = tasks.three, &mails = tasks.mails, &prices = tasks.prices;
  auto [reader, filter, price, is_above] = train(chapter, tasks);
  show::same_training(chapter, last_look, reader.predict(watched));

  const lw::Tensor<float> p = filter.predict(mails.test.x);
  show::answers(chapter, names, reader.predict(three.test.x.rows(0, 1)), three.test.y);
  show::answers(chapter, p, mails.test.y, price.predict(prices.test.x), prices.test.y);
  show::houses(chapter, price, is_above, tasks.split, tasks.median);
  show::two(chapter, sigmoid, softmax, filter, with_two_outputs(filter), mails.test.x,
            mails.test.y);
  const auto counts = [&](double threshold) { return count(p, mails.test.y, threshold); };
  show::thresholds(chapter, counts, precision, recall);
  show::slopes(chapter, slope_of_cross_entropy, slope_of_squared_error, updates_until_right);
  check_gradients(chapter, three, mails, prices);
}
// [answers]

// [walk]
// Trains and looks on.
std::vector<show::Look> walk(const Chapter& chapter, const Examples& train,
                             const lw::Tensor<float>& images) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(kPixels, one_of_three, options.seed);
  Watcher watcher(model, images);
  model.fit(train.x, train.y,
            {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&watcher}});
  return watcher.looks();
}

void show_digits(Chapter& chapter) {
  chapter.section("images", "The images");
  const lw::data::Mnist mnist = chapter.load_mnist();
  const Task three = three_digits(mnist);
  const Examples all = of_three(tutorial::training_set(mnist, {kPixels}), kTrained + kWatched),
                 watched = part(all, kTrained, kTrained + kWatched);
  const auto names = show::names(mnist, digits);

  chapter.section("walk", "4 Learning, seen in the triangle");
  const auto looks = walk(chapter, three.train, watched.x);
  show::walk(chapter, looks, watched.y, names, place);
  show_tasks(chapter, three, names, watched.x, looks.back());
}
// [walk]

// [teach]
void teach(Chapter& chapter) {
  show::classify(chapter, softmax, argmax, is_right);
  show::digit(chapter);
  show::stable(chapter, as_written, softmax);
  show::temperature(chapter, softmax);
  show::triangle(chapter, place, cross_entropy);
  show_digits(chapter);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  train(chapter, Tasks{three_digits(chapter.load_mnist())});
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "11",
                        .name = "classifying",
                        .title = "Classifying a data point",
                        .quick = "5 passes over the data instead of 20",
                        .data = "mnist",
                        .epochs = 20,
                        .quick_epochs = 5,
                        .samples = kTrained,
                        .batch_size = 32},
                       argc, argv, teach, compared);
}
// [main]
