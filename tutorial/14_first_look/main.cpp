/** \page ch14 14 A first look

You know the parts: neurons, layers, the loss, the gradient, the last layer of a classifier. Now
they become one network that reads all ten digits. It is small, takes a few lines, and learns in
seconds. On its 60,000 training images it makes very few mistakes. On others it makes more.

This chapter asks two questions about it. What does each layer do with an image? And how much of
what a network has learned holds for images that it has never seen? For the second one, the network
is trained again and again, on 100 images, on 300, and so on up to 60,000. <b>The picture to
remember is the gap between training and test accuracy, and how it closes.</b>

At the end you have trained the course's first network, seen its layers bring images of the same
digit together, and seen it learn a thousand labels that mean nothing. You need chapters 02 and 11.

Run it yourself:

    ./tools/run 14            # everything on this page, with your numbers
    ./tools/run 14 --quick    # one pass over the images instead of 5, and fewer trainings
    ./tools/run 14 --help

Every output and every picture on this page is of one run of the program, this one:

\show{run}

(Where MNIST, the digits, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Then read "class" where the page says "digit", and expect about 88 right of a
hundred.)
*/

#include <algorithm>
#include <cmath>
#include <vector>

#include "14_first_look/show.hpp"
#include "support/mnist.hpp"

namespace lw = lanewise;
using lanewise::Index;
using show::Accuracies;
using show::Distances;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch14
\section ch14_data 1 The data

MNIST has 60,000 images to train on and 10,000 for the test, each of 28 x 28 pixels and
with its \term{label}. The course prints the first three labels and the last three of both parts.
Ours have to be the same:

\snippet this data

\show{data}

\image html 14_samples.svg "The first three training images, and the last three" width=100%

As in the chapters before, a pixel is divided by 255 when the network is given it, so that it lies
between 0 and 1, and an image is a row of 784 pixels. Its label is written \term{one-hot}.
*/
// [data]
constexpr Index kPixels = 28 * 28, kClasses = 10;

// Images, and their labels as rows of ten.
struct Examples {
  Split images;
  lw::Tensor<float> y = lw::data::one_hot<float>(images.labels, kClasses);

  Examples first(Index count) const { return {images.rows(0, count)}; }
};

struct Data {
  lw::data::Mnist mnist;
  Examples train{tutorial::training_set(mnist, {kPixels})};
  Examples test{tutorial::test_set(mnist, {kPixels})};
};
// [data]

/** \page ch14
\section ch14_network 2 The network

Two \term{dense layer|dense layers}. The first is a \term{hidden layer} of 512 units with
\term{ReLU}, the second has a unit for each digit, and \term{softmax} makes probabilities of its ten
sums:

\snippet this model

\show{network}

\image html 14_layers.svg "The network, from an image's pixels to ten probabilities" width=100%

The first layer has \f$784 \cdot 512\f$ weights and 512 biases, which is \compute{784 * 512 + 512}
\term{parameter|parameters}. The second has \compute{512 * 10 + 10}. In the table `None` stands for
the number of images, which may be any.

`compile` names three things. The \term{loss} says how wrong the answers are; for one class of
several it is the \term{cross-entropy}. The \term{optimizer} changes the weights; it is
\gloss{RMSprop}, and \ref ch03_optimizer "chapter 03" has written it out. The metric is for us
alone: the \term{accuracy}, the share of the images that are read correctly.
*/
// [model]
std::vector<lw::Layer> layers() {
  return {lw::Dense{512, {.activation = lw::relu}},
          lw::Dense{kClasses, {.activation = lw::softmax}}};
}

lw::Sequential make_model(std::uint64_t seed) {
  lw::Sequential model{lw::Input{{kPixels}}};
  for (const lw::Layer& layer : layers()) model.add(layer);
  model.set_seed(seed);
  model.compile({.optimizer = lw::RMSprop{},
                 .loss = lw::CategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  model.build();
  return model;
}
// [model]

/** \page ch14
\section ch14_training 3 Training and test

The network is shown 128 images at a time, a \term{batch}. One \term{epoch}, a pass over all of
them, has \f$\lceil 60000 / 128 \rceil = 469\f$ \term{iteration|iterations}. The brackets say that
it is rounded up: the last batch has only the 96 images that are left. The course trains for five
epochs:

\snippet this train

\show{training}

The accuracy in these lines is a mean over the epoch, in which the network was getting better all
the time. So, after the training, ask the finished network once more, about its training images and
about those of the test:

\snippet this ask

\show{test}

The course has more than 98 % on the training images, and \course{14/test_accuracy} in the test. In
the test the network is worse. The distance between the two accuracies is the <b>gap</b>, here
\result{14/gap | .4f}. The course has a word for it which you know: \term{overfitting}. In part,
what the network has learned is true of its training images only.

\aside{test_loss_artefact}
It prints the loss and the accuracy in one line, and the accuracy is right. But a network with this
accuracy has a loss of about twice as much: here it is \result{14/test loss | .4f}, and section 8
has the mean of thirty runs in Keras. The line begins with 10000/1, where 10000/10000 should stand:
that version of TensorFlow displayed it wrongly. So 0.0362 is not a number to compare with.
\endaside
*/
// [train]
lw::Sequential train(Chapter& chapter, const Examples& train) {
  const auto& options = chapter.options();
  lw::Sequential model = make_model(options.seed);
  lw::report::Progress progress = chapter.training_progress();
  const lw::History history = chapter.train([&] {
    return model.fit(
        train.images.x(), train.y,
        {.epochs = options.epochs, .batch_size = options.batch_size, .callbacks = {&progress}});
  });
  show::training(chapter, history, train.images.size());
  return model;
}
// [train]

// [ask]
lw::Logs ask(const lw::Sequential& model, const Examples& examples) {
  return model.evaluate(examples.images.x(), examples.y);
}

Accuracies accuracies(const lw::Sequential& model, const Examples& train, const Examples& test) {
  return {.images = train.images.size(),
          .train = ask(model, train)["accuracy"],
          .test = ask(model, test)["accuracy"]};
}
// [ask]

/** \page ch14
\section ch14_distil 4 What a layer leaves of an image

The course says that a layer distils, like a sieve: it lets through what matters for the answer, and
holds back the rest. Can that be seen?

For the answer it matters which digit an image shows. It does not matter how the digit is slanted,
how thick the pen was, or whose hand it is. By these things two images of a 4 differ. If a layer
distils, it makes the differences <em>within</em> a digit smaller, compared with those
<em>between</em> digits.

So take what a layer puts out, a row of numbers for each image. The <b>distance</b> of two images is
that of their rows: square the differences, add them up, take the root. Chapter 01 compared images
in this way (without the root):

\snippet this distances

What the hidden layer puts out is what a network of this layer alone would predict. So such a
network is made, and gets a copy of the weights:

\snippet this hidden

Here are 500 test images. *Same* is the mean distance of two images of one digit, *other* that of
two images of different digits. The sizes of the numbers differ from layer to layer, so look at the
last column, *same* divided by *other*. *Hidden* is what the hidden layer puts out, and *answers*
are the ten probabilities; *before* is the network as it begins, with random weights, and *after* is
the trained one:

\show{distilled}

In the pixels, two images of one digit are \result{14/ratio, pixels | .0%} as far from each other as
two of different digits: nearly as far. Layers with random weights hardly change that. They mix the
pixels, and what was alike stays about as alike as it was. After the training the hidden layer
leaves \result{14/ratio, hidden after | .0%}, and the ten answers \result{14/ratio, answers after |
.0%}. The hidden layer does a part of the work, and the last layer the rest. So it is not the layer
that distils. It is what the layer has learned.

The same as a picture. For it, ten test images of each digit are taken, and put in order: first the
zeros, then the ones, and so on. Each square below is a table of their distances: row and column are
images, and a black spot says that the two are alike. White is the largest distance in the square.
The upper three are before the training, the lower three after it. The pixels stay as they are, and
are shown twice:

\image html 14_distances.svg "Distances between 100 test images, sorted by class" width=100%

On the diagonal every image meets itself, at distance 0. If the images of each digit were alike, and
different from all others, there would be ten black squares along it. In the pixels one has to look
for them: the clearest is that of the ones, the second digit, which resemble each other. After the
training more of them can be made out in the hidden layer. In the answers there is little else. A
grey line across is an image that the network takes for another digit, or is not sure of.

What has been lost on the way? From the ten answers nobody can tell how thick the pen was. That is
what makes them useful: <b>to know which digit it is means to ignore everything else.</b>
*/
// [distances]
double distance(lw::TensorView<const float> a, lw::TensorView<const float> b) {
  double sum = 0;
  for (Index i = 0; i < a.size(); ++i) sum += std::pow(double{a[i]} - double{b[i]}, 2);
  return std::sqrt(sum);
}

Distances mean_distances(const lw::Tensor<float>& rows, show::Labels labels) {
  double same = 0, other = 0;
  Index same_pairs = 0, other_pairs = 0;
  for (Index i = 0; i < labels.size(); ++i)
    for (Index k = 0; k < i; ++k) {
      const double d = distance(rows.row(i), rows.row(k));
      if (labels[i] == labels[k]) {
        same += d;
        ++same_pairs;
      } else {
        other += d;
        ++other_pairs;
      }
    }
  return {same / static_cast<double>(same_pairs), other / static_cast<double>(other_pairs)};
}
// [distances]

// [hidden]
lw::Tensor<float> hidden(lw::Sequential& model, const Split& images) {
  lw::Sequential alone{lw::Input{{kPixels}}, layers().front()};
  alone.build();
  const auto from = model.parameters(), to = alone.parameters();
  for (std::size_t i = 0; i < to.size(); ++i)
    std::copy(from[i].value.begin(), from[i].value.end(), to[i].value.begin());
  return alone.predict(images.x());
}
// [hidden]

// [distil]
void show_distilled(Chapter& chapter, const Data& data, lw::Sequential& trained) {
  chapter.section("distilled", "4 What a layer leaves of an image");
  const Split images = data.test.images.rows(0, 500);
  lw::Sequential untrained = make_model(chapter.options().seed);
  show::distilled(chapter,
                  {{"pixels", tutorial::pixels<float>(images.images)},
                   {"hidden before", hidden(untrained, images)},
                   {"answers before", untrained.predict(images.x())},
                   {"pixels", tutorial::pixels<float>(images.images)},
                   {"hidden after", hidden(trained, images)},
                   {"answers after", trained.predict(images.x())}},
                  images.labels, mean_distances, distance);
}
// [distil]

/** \page ch14
\section ch14_gap 5 The gap, from 100 images to 60,000

To be right on images that one was not trained on is called \term{generalization}. The gap of
section 3 measures how much is missing: what was learned of the training images and does not carry
over to others. It was small. Is that because the network is good, or because there were so many
images?

An experiment answers it. The same network, each time with new weights, is trained on the first 100
images alone, on the first 300, and so on. A small set has few batches, so it takes more epochs
until its images have been learned. The test is always on the same 10,000 images:

\snippet this few

\show{sizes}

The last line is the network of section 3.

\image html 14_sizes.svg "Accuracy over the number of training images" width=100%

Mind the axis below: from one number to the next, it is ten times as many. The upper line is at the
top from the beginning. <b>Few images or many, the network reads those that it was trained on almost
without a mistake.</b> This line does not say what that is worth. The lower one does: after 100
images the network is wrong about three test images of ten, and with each step to the right about
fewer.

The distance of the two lines is the gap. Here it is by itself, and the axis at the left is of the
same kind as the one below:

\image html 14_gap.svg "The gap over the number of training images" width=100%

On such axes the gap falls almost in a straight line, and Keras's lies on the same one. That means
that each ten times as many images divide it by about the same number: from 100 to 1,000 by
\result{14/factor of ten times as many | .1f}, and from there to 10,000 by about as much again.
Lines like this one are found for many networks and many kinds of data. They say what more images
are worth, and what they cost: somebody has to label ten times as many.

Why does the gap close? A hundred images leave a lot open. There are ten or so of each digit, and
many rules are right on all of them by accident, perhaps "what has ink at this one spot is a 7". The
more images a rule has to be right on, the fewer accidents are left.
*/
// [few]
// A new network, trained on few images.
Accuracies learn(Chapter& chapter, const Examples& few, int epochs, const Examples& test) {
  const auto& options = chapter.options();
  chapter.progress(fmt::format("training on {} images", few.images.size()));
  lw::Sequential model = make_model(options.seed);
  model.fit(few.images.x(), few.y, {.epochs = epochs, .batch_size = options.batch_size});
  chapter.progress("");
  Accuracies found = accuracies(model, few, test);
  found.epochs = epochs;
  return found;
}

std::vector<Accuracies> learn_from_few(Chapter& chapter, const Data& data) {
  struct Size {
    Index images;
    int epochs;
  };
  const bool quick = chapter.options().quick;
  std::vector<Accuracies> sizes;
  for (const auto& [images, epochs] :
       quick ? std::vector<Size>{{100, 50}, {1000, 50}}
             : std::vector<Size>{{100, 50}, {300, 50}, {1000, 50}, {3000, 20}, {10'000, 10}}) {
    sizes.push_back(learn(chapter, data.train.first(images), epochs, data.test));
    show::compare(chapter, sizes.back());
  }
  return sizes;
}
// [few]

/** \page ch14
\section ch14_lot 6 Learned by heart

Is there anything that this network could not learn of its training images? Take the first 1,000 of
them, and draw their labels by lot. An image of a 3 may now be called a 9, and the next 3 a 0. There
is nothing to understand any more. Whoever wants to know these labels has to learn them by heart:

\snippet this by lot

\show{by_lot}

The network learns nearly all of them. And in the test it is right about as often as somebody who
guesses, one time in ten.

How much a network can learn by heart is called its \term{capacity}. It grows with the number of its
parameters, and this network has \compute{784 * 512 + 512 + 512 * 10 + 10} of them for 1,000 labels.
So its training accuracy alone tells nothing: it would be as high if the labels were nonsense. That
is why a network is judged by images that it has not seen.

Then why does the same network generalize when the labels are right? That is not obvious, and not
fully understood to this day. One thing is plain from the two lines above: what it learns depends on
what there is to be learned.
*/
// [by lot]
Accuracies learn_by_heart(Chapter& chapter, const Data& data) {
  const Split images = data.train.images.rows(0, 1000);
  lw::Tensor<double> drawn({images.size()});
  lw::fill_uniform<double>(drawn, 0, kClasses, {.seed = chapter.options().seed, .stream = 14});
  lw::Tensor<std::int32_t> labels({images.size()});
  for (Index i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(drawn[i]);
  const Accuracies found = learn(chapter, {{images.images, labels}}, 50, data.test);
  show::by_lot(chapter, found);
  return found;
}
// [by lot]

/** \page ch14
\section ch14_gradients 7 Are the slopes right?

The derivatives of this network and its loss, held against numerical ones, and those with respect to
the pixels:

\snippet this gradients

\show{gradients}
*/
// [gradients]
void check_gradients(Chapter& chapter, const Data& data) {
  chapter.section("gradients", "7 Are the slopes right?");
  const Examples few = data.train.first(4);
  chapter.gradient_check(
      "784-512-10, categorical cross-entropy, and its input",
      lw::gradient_check(make_model(42), lw::CategoricalCrossentropy{}, few.images.x(), few.y,
                         {.entries_per_tensor = chapter.options().quick ? 600 : 1000,
                          .seed = 42,
                          .progress = chapter.gradient_progress()}));
}
// [gradients]

/** \page ch14
\section ch14_numbers 8 The numbers

What is arithmetic has to be exactly the course's. What is trained is compared with Keras: thirty
runs of the same trainings, each with random numbers of its own. The column *Keras* has their mean
and, after ±, their standard deviation. (Three labels in a row are read as one number: 5, 0 and 4
are 504.)

\show{numbers}

The last lines are the <b>verdict</b>: \ref ch04_numbers "chapter 04" tells how its bounds are made.
A figure with a dash is shown and not judged.

\subsection ch14_speed How long it takes

The training of section 3 beside the same in Keras, on the same machine:

\speed

How much faster could it be? Nearly all the work is in products of matrices. If these ran all the
time at the speed of the largest of them, and nothing else took any time, the training would take
\result{14/share of the arithmetic limit | .0%} of what it took:

\show{limit}

The rest goes to the optimizer, which goes over all parameters in each iteration, and to fetching
the images. Chapter 04 shows where the time goes, and how a product gets fast.

\subsection ch14_checked What has been checked, and what has not

The program ends with an error unless all of this holds: the labels, the number of parameters and
that of iterations are the course's; after the training, each layer brings images of a class closer
together, and before it does not; the more images, the smaller the gap; labels drawn by lot teach
nothing about the test; the derivatives agree with numerical ones; and the figures above are in
their bounds. Why the gap closes is an explanation, and the program does not check it.

\section ch14_summary Summary

- Two layers, a loss, an optimizer and a metric are a network that reads digits.
- A trained layer distils: what it leaves of two images of one digit is more alike than the images
  were. An untrained one does not.
- The training accuracy says next to nothing. This network learns even labels by heart that were
drawn by lot.
- The gap between training and test accuracy says how much does not generalize. It closes with the
  number of images, by about the same factor for each ten times as many.

\section ch14_questions Questions

\questions

\section ch14_exercises Exercises

\exercises

Start with the first.

\exercise{accuracy}
\exercise{images_needed}
\exercise{balanced}

\subsection ch14_try To try out

1. On paper: how many iterations has an epoch of 1,000 images in batches of 128, and how many images
has the last batch?
2. Give the hidden layer 16 units instead of 512. What happens to the gap at 1,000 images, and can
the network still learn the labels by lot?
3. Train on all images for 30 epochs (`--epochs 30`). Does the gap close or open?
4. In section 6, leave nine labels of ten as they are, and draw only every tenth by lot. What does
the network make of the test?

\section ch14_program The program

The rest puts it together. What section 4 looks at:

\snippet this distil

The first training, and its test:

\snippet this first

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch14_next What to read next in the source

- `src/nn/metric.cpp`: the accuracy, with ties and without images.
- `src/nn/training.cpp`: what `fit` does.
- `src/nn/dense.cpp`: the layer.

Chapter 04 has a network with one layer more, and writes every line of it as a plain loop first.

\tableofcontents
*/
// [first]
lw::Sequential train_and_test(Chapter& chapter, const Data& data, Accuracies& found) {
  chapter.section("training", "3 Training and test");
  const lw::Sequential model = train(chapter, data.train);
  chapter.section("test", "The finished network");
  found = accuracies(model, data.train, data.test);
  found.epochs = chapter.options().epochs;
  show::test(chapter, found, ask(model, data.test)["loss"], data.test.images.size());
  return model;
}
// [first]

// [teach]
void teach(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  chapter.section("data", "1 The data");
  show::data(chapter, data.mnist);
  show::samples(chapter, data.mnist);
  chapter.section("network", "2 The network");
  show::network(chapter, make_model(chapter.options().seed));
  Accuracies all;
  lw::Sequential model = train_and_test(chapter, data, all);
  show_distilled(chapter, data, model);

  chapter.section("sizes", "5 The gap, from 100 images to 60,000");
  std::vector<Accuracies> sizes = learn_from_few(chapter, data);
  sizes.push_back(all);
  show::sizes(chapter, sizes, data.mnist.name);
  chapter.section("by_lot", "6 Learned by heart");
  show::print_by_lot(chapter, sizes, learn_by_heart(chapter, data));
  check_gradients(chapter, data);
  chapter.section("limit", "How long it takes");
  show::limit(chapter, data.train.images.size());
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Data data{chapter.load_mnist()};
  Accuracies all;
  train_and_test(chapter, data, all);
  learn_from_few(chapter, data);
  learn_by_heart(chapter, data);
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "14",
                        .name = "first_look",
                        .title = "A first look",
                        .quick = "1 pass over the images instead of 5, no training on 300, 3,000 "
                                 "and 10,000 of them, 600 derivatives a tensor checked",
                        .data = "mnist",
                        .epochs = 5,
                        .quick_epochs = 1,
                        .samples = 60'000,
                        .batch_size = 128},
                       argc, argv, teach, compared);
}
// [main]
