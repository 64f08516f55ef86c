/** \page ch01 01 Getting started

What does a computer see when it looks at a cat?

Numbers. Nothing else ever goes in, and nothing else comes out. Between the two, in this book,
stands a *neural network*, and that is made of numbers, too. This page shows all three: what goes
in, what comes out, and what is in between. You need to have seen a C++ program before, and nothing
else. A word that belongs to the subject is printed in bold where it is explained.

At the end you have **shrunk a picture until nobody can tell what it shows**; turned the knobs of a
small network by hand until it tells day from night; and let a computer turn 7,850 knobs by itself,
until it reads handwritten digits, about \result{01/test accuracy, 28 x 28 | .0%} of them correctly.

The book follows a beginners' course, section by section. The course uses Keras, a library for the
language Python. This book uses `lanewise`, a library for C++ that is written so that one can look
into every part of it.

Run it yourself:

    ./tools/run 01            # everything on this page, with your numbers
    ./tools/run 01 --quick    # the same, shorter
    ./tools/run 01 --help

All that is printed and drawn on this page is of one run of the program, this one:

\show{run}

Its first line says which instructions of the processor were used, on how many of its cores, and
what random numbers began from, the \term{seed}: the same seed, the same numbers.

(Where the digits, MNIST, cannot be had, the program takes Fashion-MNIST, which has the same format
but shows clothes. Then read "kind of clothes" where the page says "digit", and expect about 84 of a
hundred.)
*/

#include <algorithm>
#include <string>
#include <vector>

#include "01_getting_started/naive.hpp"
#include "01_getting_started/show.hpp"
#include "01_getting_started/show_digits.hpp"

namespace lw = lanewise;
using lanewise::Index;
using naive::Box, naive::Numbers;
using tutorial::Chapter;
using tutorial::Split;

namespace {

/** \page ch01
\section ch01_picture 1 A picture is numbers

An \term{image} is a grid of small squares, the \term{pixel|pixels}, each of one colour. Light of
any colour can be mixed from red, green and blue. So three numbers say what colour a pixel has: how
bright its red, its green and its blue are, from 0, none, to 255, as bright as the screen can.
Each of the three is a \term{channel}. An image in shades of grey needs only one, since there red,
green and blue are the same.

Here is an image of 256 x 256 pixels. The program has painted it, by formulas. Beside it stand its
three channels, each drawn as an image in grey. Such a part is called a *plane*:

\image html 01_planes.svg "The picture, and its red, green and blue planes" width=100%

The cat is orange: much red, some green, almost no blue. That is why it is bright in the red plane
and dark in the blue one. With the sky it is the other way round. Now closer: a few pixels of the
cat's left eye, with all that the computer knows of them.

\show{picture}

How many numbers is that? A pixel has three, a row has 256 pixels, and there are 256 rows:
\f$256 \cdot 256 \cdot 3 = \course{01/inputs}\f$ numbers.

They can be arranged in two ways. **As a grid**, with rows, columns and channels: the red of the
pixel in row \f$i\f$ and column \f$j\f$ stands at the place \f$(i, j, 0)\f$, its green at \f$(i, j,
1)\f$. Such an arrangement, with any number of directions, is an array, or a \term{tensor}. Its
shape says how long it is in each direction: here (256, 256, 3). **Or as one long row**, which is
called a \term{vector}: first the three numbers of the first pixel, then those of its neighbour to
the right, and so on, row after row. Places are counted from 0, and the channel \f$c\f$ of a pixel
is at

\f[ (i \cdot 256 + j) \cdot 3 + c \f]

These are the same numbers, in the same order in memory. Only the way to count them differs:

\snippet this picture

`reshape` gives the numbers another shape, and moves none of them.
*/
// [picture]
void show_picture(Chapter& chapter, const picture::Picture& cat) {
  chapter.section("picture", "1 A picture is numbers");
  const auto vector = cat.reshape({256 * 256 * 3});
  show::picture(chapter, cat, vector);
}
// [picture]

/** \page ch01
\section ch01_shrink 2 As many numbers as there is room for

A network is built for a fixed number of numbers. If it takes images of 28 x 28 pixels, it takes no
others. A photograph has millions of pixels, and so it is first made smaller, until it fits.

The honest way to shrink: cut the image into as many squares as there shall be pixels, and let each
new pixel be the **mean** of the old ones in its square. Try it with a pencil. Below at the left are
4 x 4 pixels. The upper left square has the numbers 1, 3, 5 and 7. Their mean is 4, so the first of
the four new pixels is 4. Find the other three before you look:

\show{shrink}

The mean of *all* pixels is the same before and after, as the last line says. So the small image is
as bright as the large one, and that is a good check on a program that shrinks. A lazy program would
keep one pixel of each square, and drop the others: whatever is small in the image, such as a
whisker, would then be there or not by chance. (To write this function is the first of the
exercises.)

In the library it is called `average_pool`. It takes many images at a time, as a tensor of images,
rows, columns and channels:

\snippet this shrunk

Now the cat. Begin with the single pixel, and go on until you can tell what it is:

\image html 01_shrunk.svg "When did you know?" width=100%

At 32 x 32 pixels, with \compute{32 * 32 * 3} of the \course{01/inputs} numbers, it has lost its
ears but not its stripes. At 8 x 8 it may as well be a clay pot, and at 1 x 1 nothing is left but
one colour. What can still be told from that one colour? Section 4 has an answer.
*/
// [shrunk]
template <class T>
lw::Tensor<T> shrunk(lw::TensorView<const T> images, Index size) {
  const Index count = images.shape()[0], channels = images.shape()[3];
  const Index side = images.shape()[1] / size;  // of the square that a new pixel stands for
  lw::Tensor<T> small({count, size, size, channels});
  lw::ops::average_pool<T>(images, {.kernel = side, .stride = side}, small);
  return small;
}
// [shrunk]

/** \page ch01
\section ch01_outputs 3 What comes out

Somebody wants to know whether an image shows a cat, a dog or something else. These are three
\term{class|classes}, the kinds that things are sorted into. Each has a name, its \term{label}: Cat,
Dog, Other.

The network does not answer with a label. It answers with a number for each class, its
\term{output|outputs}. They are made so that none is negative and their sum is 1, and so they can be
read as \term{probability|probabilities}: 0 says that it cannot be, 1 that it is certain, and 0.5 is
the toss of a coin. For a picture of a cat the course has the outputs 0.97, 0.01 and 0.02.

From the outputs to a label is one small step: take the class with the largest. The place of the
largest number in a row, counted from 0, is its \term{argmax}.

\snippet 01_getting_started/naive.hpp argmax

Here are the course's two examples, and after them what a perfect network would say of a cat, a dog
and something else:

\show{outputs}

Look at the second line. With 0.51, 0.48 and 0.01 the label is still Cat, since 0.51 is the largest.
But the network would nearly have said Dog. The largest output is its \term{confidence}, and here it
is low. Whoever looks at the label alone does not see that. With a low confidence it may be wiser to
ask a human being.

No real network reaches 1, 0, 0 exactly, and none has to: argmax asks only which number is the
largest.

\snippet this outputs

The label is an integer here, 0 for Cat, 1 for Dog, 2 for Other. Which class has which number is
agreed upon beforehand, and does not matter as long as it stays the same.
*/
// [outputs]
void show_outputs(Chapter& chapter) {
  chapter.section("outputs", "3 What comes out");
  const std::vector<Numbers> answers = {Numbers({3}, {0.97, 0.01, 0.02}),
                                        Numbers({3}, {0.51, 0.48, 0.01}), Numbers({3}, {1, 0, 0}),
                                        Numbers({3}, {0, 1, 0}), Numbers({3}, {0, 0, 1})};
  show::outputs(chapter, answers, {"Cat", "Dog", "Other"});
}
// [outputs]

/** \page ch01
\section ch01_knobs 4 A box with knobs

What is between? For now, a network is a box. Numbers go in at one end, the **inputs**, and the
outputs come out at the other. On the box there are knobs, many of them, and the outputs depend on
how they are turned. The box is of no use until somebody has found a good setting.

The smallest box that deserves the name has a knob for each pair of an input and an output. It is
called a \term{weight}, and it says how much this input speaks for this output: a lot, not at all
(0), or against it (negative). For each output the box multiplies each input by its weight, and adds
up. A last knob, which is multiplied by nothing, is added as it is: the \gloss{bias}.

The sums can be any numbers, also negative ones. Two more steps make probabilities of them. First
the box takes \f$e\f$, the number 2.718…, to the power of each sum. The result is always positive,
and the larger the sum, the larger it is. Then each is divided by the total of all, so that
together they are 1. Both steps are known as the \gloss{softmax}. The whole box in C++:

\snippet 01_getting_started/naive.hpp box

Let us turn knobs. The cat sits on its hill by day, at dusk and at night, and each of the three
pictures is shrunk to a single pixel. Cat or dog is beyond that pixel. But the box shall say whether
it is **day, dusk or night**. It has three inputs, red, green and blue (each divided by 255, so that
1 is the brightest), three outputs, and so \f$3 \cdot 3 + 3 = 12\f$ knobs. We turn three of them,
one after another:

\snippet this settings

Each square below is one setting. Its rows are the three pictures, from day to night, and its
columns are the three outputs. The brighter a field, the larger the probability. Right answers lie
on the diagonal from the upper left to the lower right:

\image html 01_knobs.svg "Rows: pictures of day, dusk and night. Columns: the outputs" width=100%

\show{knobs}

Follow it knob by knob:

- *All at 0*: all sums are 0, and each class has a third. The box knows nothing, and says so.
- *Blue for day*: now everything is day, since even the night has a little blue.
- *Red for dusk*: the picture at dusk has more red than blue, and is right. Night is still
  taken for day.
- *Extra for night*: the extra knob adds 2 to the sum of night, whatever the picture. The
  bright pictures have larger sums than that and stay what they were; the dark one has not. All
  three are right.
- *All times 3*: the labels stay, but the confidence grows. It is the same opinion, said
  louder.

The last is worth keeping in mind: **the confidence of a box is a matter of its knobs, too.** It is
not proof.

\htmlonly[block]
<div class="knobs" hidden>
<p>Your turn. Here are the twelve knobs. Set them so that all three pictures are right, with as few
of them as you can. Can you do it without the extra knobs?</p>
<span>\result{01/day red|.4f} \result{01/day green|.4f} \result{01/day blue|.4f}</span>
<span>\result{01/dusk red|.4f} \result{01/dusk green|.4f} \result{01/dusk blue|.4f}</span>
<span>\result{01/night red|.4f} \result{01/night green|.4f} \result{01/night blue|.4f}</span>
</div>
<script src="knobs.js"></script>
\endhtmlonly

You can turn them in the program, too: change a number in `settings`, and run it again.
*/
// [settings]
std::vector<show::Setting> settings() {
  enum { red, green, blue };               // the inputs
  enum { day, dusk, night };               // the outputs
  Box box{Numbers({3, 3}), Numbers({3})};  // all knobs at 0
  std::vector<show::Setting> list = {{"all at 0", box}};
  box.weights(blue, day) = 6;
  list.push_back({"blue for day", box});
  box.weights(red, dusk) = 6;
  list.push_back({"red for dusk", box});
  box.extra[night] = 2;
  list.push_back({"extra for night", box});
  for (double& knob : box.weights) knob *= 3;
  for (double& knob : box.extra) knob *= 3;
  list.push_back({"all times 3", box});
  return list;
}
// [settings]

/** \page ch01
The pixel of each picture is the mean of all its pixels:

\snippet this one pixel

\section ch01_training 5 Let the computer turn them

Twelve knobs can be turned by hand. To tell a cat from a dog takes millions. Nobody turns those, and
nobody has to: there is a method by which they are found, and it is called \term{training}. In a
word: show the box some images, compare its outputs with what they should have been, and turn each
knob a little to the side where they would have been better. Then the next images, and so on, many
times. A child learns what a cat is in much the same way, from many cats, by trial and error, with
somebody at hand who says "no, that was a dog". How far "a little" is, how one knows which side is
the better one, and what "better" means in numbers: that is chapter 02.

Now with real images. MNIST is 70,000 handwritten digits, each of 28 x 28 pixels with one channel.
People have labelled them: for each image it is known which digit was meant. To train with such
labels is \term{supervised learning}. The first ten:

\image html 01_digits.svg "The first ten images, and their labels" width=100%

60,000 of the images are for training. 10,000 are kept apart, and the box is examined on them in the
end. For it is no art to be right about an image whose label one has been told. What counts is the
new image.

The box is that of section 4, only larger: \f$28 \cdot 28 = 784\f$ inputs, ten outputs, one for each
digit, and \f$784 \cdot 10 + 10 = 7{,}850\f$ knobs. In the library it takes a few lines. `Flatten`
makes one vector of the pixels, and `Dense` is the box of section 4. What `compile` is told is about
training, and later chapters explain it:

\snippet this classifier

At first all weights are random. `fit` trains: it goes through all images as often as it is told. To
classify a new image afterwards is `predict`.

\snippet this train

\show{digits}

In these lines `accuracy` is the \gloss{accuracy}, and `loss` the \gloss{loss}. With every pass over
the images the first rises, and the second falls. The last line is the examination:
\result{01/test accuracy, 28 x 28 | .1%} of the new images are read correctly. (Networks with more
inside than a single box do better; chapter 04 reaches 98 of a hundred.)

\subsection ch01_seen What the knobs look like

There is a weight for each pair of a pixel and a digit. So the 784 weights of a digit can be drawn
as an image. Before training they are noise:

\image html 01_before.svg "The knobs before training: white is positive, blue negative" width=100%

And afterwards:

\image html 01_after.svg "The same knobs after training" width=100%

White is where ink speaks for this digit, blue is where it speaks against it. Look at the 0: ink in
the middle speaks against it, as a 0 has a hole there. Nobody told the box. In the corners nothing
has been turned. No digit has ink there, so the inputs are 0, and 0 times any weight is 0: these
knobs change nothing, and training left them alone. (They are still the same noise. Beside the
others, which have grown, it is too small to be seen.)

\subsection ch01_sure How sure, and how often right

Here are the outputs for a single new image, number 0. Most of them would be too small to be seen on
an ordinary axis. So this one is *logarithmic*: each line on it is the same number of times the one
below.

\image html 01_outputs.svg "The ten outputs for one new image" width=100%

And here are those of the 10,000 new images of which the box is least sure. Would you be?

\image html 01_unsure.svg "The least sure answers, and the two likeliest labels" width=100%

Is the box wrong more often when it is not sure? That can be counted. The new images, sorted by the
confidence of the answer:

\show{confidence}

It is. Where the confidence is below a half, \result{01/right from 0 | .0%} of the answers are
right. Where it is 0.99 or more, \result{01/right from 0.99 | .1%} are. So the confidence is worth
having: send the uncertain images to a human being, and most mistakes go with them.
*/
// [one pixel]
void show_knobs(Chapter& chapter, const std::vector<picture::Picture>& hours) {
  chapter.section("knobs", "4 A box with knobs");
  Numbers pixels({3, 3});  // (pictures, channels)
  for (Index h = 0; h < 3; ++h) {
    const Numbers picture = show::numbers_of(hours[static_cast<std::size_t>(h)]);
    const Numbers one = shrunk<double>(picture, 1);
    for (Index c = 0; c < 3; ++c) pixels(h, c) = one[c] / 255;
  }
  show::knobs(chapter, settings(), pixels);
}
// [one pixel]

// [classifier]
lw::Sequential make_classifier(Index size, std::uint64_t seed) {
  lw::Sequential model{lw::Input{{size, size, 1}},  // rows, columns, channels
                       lw::Flatten{}, lw::Dense{10, {.activation = lw::softmax}}};
  model.set_seed(seed);
  model.compile({.optimizer = lw::Adam{.learning_rate = 0.01},
                 .loss = lw::SparseCategoricalCrossentropy{},
                 .metrics = {lw::accuracy}});
  return model;
}
// [classifier]

// [train]
struct Digits {
  lw::data::Mnist mnist;
  Split train = tutorial::training_set(mnist, {28, 28, 1});
  Split test = tutorial::test_set(mnist, {28, 28, 1});
};

lw::Sequential show_training(Chapter& chapter, const Digits& digits) {
  chapter.section("digits", "5 Let the computer turn them");
  show::digits(chapter, digits.mnist, digits.train);
  const auto& options = chapter.options();
  lw::Sequential model = make_classifier(28, options.seed);
  model.build({28, 28, 1});
  show::weights(chapter, digits.mnist, model, "before", "The knobs before training");
  lw::report::Progress progress = chapter.training_progress();
  const lw::History history = chapter.train([&] {
    return model.fit(digits.train.x(), digits.train.labels,
                     {.epochs = options.epochs,  // passes over the images
                      .batch_size = options.batch_size,
                      .callbacks = {&progress}});
  });
  show::weights(chapter, digits.mnist, model, "after", "The knobs after training");
  const lw::Tensor<float> outputs = model.predict(digits.test.x());  // (10000, 10)
  show::examination(chapter, digits.mnist, history, outputs);
  show::same_box(chapter, model, digits.test, outputs);
  return model;
}
// [train]

/** \page ch01
\section ch01_sizes 6 Shrunk until the box cannot tell

In section 2 you were asked when you knew the cat. Now the box is asked. Here is one digit, shrunk
as the cat was:

\image html 01_small.svg "When can it no longer be told?" width=100%

For each size the program makes a new box, with as many inputs as there are pixels, trains it on all
60,000 images of this size, and examines it on the 10,000 new ones:

\snippet this sizes

\image html 01_sizes.svg "The share of new images that is read correctly" width=100%

\show{sizes}

With 14 x 14 pixels, a quarter of the numbers, the box reads about as well as before. With 7 x 7 it
still reads \result{01/test accuracy, 7 x 7 | .0%}, from images at which most people have to guess.
Then it goes down quickly. A single pixel says how much ink there is in all, and that is little to
go by. Yet even there more is right than the tenth that guessing would give: a 1 takes less ink than
a 0.

So how large an image has to be depends on the question. For day or night, one pixel will do.
*/
// [sizes]
void show_sizes(Chapter& chapter, const Digits& digits, const lw::Sequential& of_28,
                const std::vector<Index>& sizes) {
  chapter.section("sizes", "6 Shrunk until the box cannot tell");
  const auto& options = chapter.options();
  const auto train = tutorial::pixels<float>(digits.train.images);
  const auto test = tutorial::pixels<float>(digits.test.images);
  std::vector<double> shares;
  for (const Index size : sizes) {
    const auto x = shrunk<float>(train, size), x_test = shrunk<float>(test, size);
    lw::Sequential model = size == 28 ? of_28 : make_classifier(size, options.seed);
    if (size != 28)
      model.fit(x, digits.train.labels,
                {.epochs = options.epochs, .batch_size = options.batch_size});
    shares.push_back(model.evaluate(x_test, digits.test.labels)["accuracy"]);
  }
  std::vector<Numbers> digit;  // the first image, in all sizes
  const auto first = tutorial::pixels<double>(digits.train.images.rows(0, 1));
  for (const Index size : sizes)
    digit.emplace_back(lw::Shape{size, size}, shrunk<double>(first, size).view().span());
  show::sizes(chapter, sizes, shares, digit);
}
// [sizes]

/** \page ch01
\section ch01_clusters 7 Without labels

Labels are expensive: somebody has to look at every image. What can be found without any? To learn
from data without labels is \term{unsupervised learning}. Its best-known method is *k-means*. It
sorts the images into groups of such as are alike, the \term{cluster|clusters}. It is told how many,
here ten, and nothing else.

When are two images alike? Take the difference of their pixels, square it, and add up:

\snippet 01_getting_started/naive.hpp nearest

Each cluster has a *centre*, which is an image, too. At first, the ten centres are ten images drawn
by lot. Then two steps take turns. First, each image goes to the centre that it is most alike.
Second, each centre moves to the middle of its images, that is, it becomes their mean. That is
repeated until no image changes its cluster any more:

\snippet 01_getting_started/naive.hpp kmeans

To save time the images are shrunk to 14 x 14, where, as we have just seen, little is lost.

\snippet this clusters

\image html 01_start.svg "The ten centres at first" width=100%

\image html 01_centres.svg "The ten centres in the end: each is the mean of its cluster" width=100%

They have become digits, more or less, and no label was ever looked at. But which digits? The
computer cannot say. It has found groups, and a group has no name. For the table below, labels were
fetched afterwards, to see what has been put together. The three commonest labels of each cluster:

\show{clusters}

One cluster is nearly nothing but zeros. Others hold two or three digits which look alike, such as
4, 7 and 9, and some digits have got two clusters: an upright 1 and a slanting one. That is no
mistake of the method. It was asked for images that are alike, not for digits. That a 4 and a 9 are
different things, although they look alike, is exactly what the labels say, and it is nowhere in
the pixels.

If one names each cluster after its commonest label, \result{01/right by clusters | .0%} of the
images are right, against \result{01/test accuracy, 28 x 28 | .0%} for the box that was trained with
labels.

| | supervised | unsupervised |
| --- | --- | --- |
| is given | images and their labels | images |
| here | a box with knobs | k-means |
| finds | the label of a new image | groups of images that are alike |
| costs | somebody who labels | nobody |
*/
// [clusters]
void show_clusters(Chapter& chapter, const Digits& digits) {
  chapter.section("clusters", "7 Without labels");
  const Index count = chapter.options().quick ? 2'000 : 10'000;
  const auto images = tutorial::pixels<double>(digits.train.images.rows(0, count));
  const Numbers small = shrunk<double>(images, 14);
  const Numbers x({count, 14 * 14}, small.view().span());  // an image as a row
  std::vector<Index> order;
  lw::fill_permutation(order, count, {.seed = chapter.options().seed});
  order.resize(10);  // ten images, drawn by lot
  Numbers centres({10, 14 * 14});
  lw::ops::gather_rows<double>(x, order, centres);
  show::clusters(chapter, digits.mnist, naive::kmeans(x, centres), centres);
}
// [clusters]

/** \page ch01
\section ch01_gradients 8 Was each knob told the right way?

Training turns each knob to the side where the outputs get better. A program that computes the wrong
side for some of them still learns, only not as well, and nobody notices. So every chapter of this
book checks that.

It needs two numbers. How bad the outputs for some images are, as one number, is the \gloss{loss}.
The more probability the right label got, the smaller it is. And how fast the loss changes when one
knob is turned a little is a \gloss{derivative}. If it is positive, the loss would grow with the
knob, so the knob should be turned back. All of them together are a \gloss{gradient}.

`fit` computes them by a formula, all at once. For a check, one can do without any formula: turn one
knob a tiny bit, see by how much the loss changes, and turn it back. Then the next knob. That takes
long, but nothing in it can be misunderstood. The program does it for the box of section 5, with
eight images, knob by knob, and for the pixels of the images as well:

\snippet this gradients

\show{gradients}

Formula and trial differ by less than a ten-millionth of what they find. `kernel` in the table is
the library's word for the weights, `input` means the pixels, and chapter 04 explains the rest.
*/
// [gradients]
void check_gradients(Chapter& chapter, const Digits& digits) {
  chapter.section("gradients", "8 Was each knob told the right way?");
  lw::Sequential model = make_classifier(28, 42);
  const Split eight = digits.train.rows(0, 8);
  chapter.gradient_check(
      "784-10, softmax: the mean of -ln p(label), by every knob and pixel",
      lw::gradient_check(model, lw::SparseCategoricalCrossentropy{}, eight.x(), eight.labels,
                         {.entries_per_tensor = chapter.options().quick ? 200 : 0,  // 0 is all
                          .seed = 42,
                          .progress = chapter.gradient_progress()}));
}
// [gradients]

/** \page ch01
\section ch01_numbers 9 The numbers

What the course says stands in the column *course*; these are counts, and have to come out exactly.
The course trains nothing here. So the box of section 5 was trained in Keras, too, thirty times,
each time from other random weights. The column *Keras* has the mean of these runs, and after ± how
far a run usually is from it.

\show{numbers}

The last lines are the verdict: whether our numbers lie where those of one more run in Keras would.
How the bounds are made is told in chapter 04.

\subsection ch01_speed How long it takes

The training of section 5, beside the same training in Keras on the same machine:

\speed

\section ch01_summary Summary

- An image is numbers: rows times columns times channels. It can be a grid or one long vector.
- A network takes a fixed number of them. To shrink an image, take means: they conserve the
  brightness.
- What comes out is a probability for each class. The label is the argmax, and the largest
  probability is the confidence.
- A network is a box with knobs, its weights. It multiplies, adds, and makes probabilities of the
  sums.
- Training turns the knobs by itself, from examples. It is judged by examples that it has not seen.
- With labels, a network learns to name. Without labels, k-means finds groups, and cannot name them.

\section ch01_questions Questions

\questions

\section ch01_exercises Exercises

\exercises

Start with any of the three.

\exercise{resize_area}
\exercise{bar_knobs}
\exercise{nearest_centre}

\subsection ch01_try To try out

1. Run the program with another seed (`--seed 7`). Which numbers change, and which do not?
2. In `settings`, multiply all knobs by 30 instead of by 3. What happens to the probabilities, and
   what to the labels?
3. In `show_clusters`, ask for 20 clusters instead of ten. Which digits get more than one? Are more
   images right if each cluster is named after its commonest label? Must they be?
4. Find the picture's formulas in `picture.hpp`, and paint the cat black. At which size can you tell
   it now?

\section ch01_program The program

The program calls the functions of this page one by one:

\snippet this teach

With `--numbers-only` it does no more than train what is compared with Keras. `tools/compare` runs
it so, with one seed after another:

\snippet this compared

\snippet this main

\section ch01_next What to read next in the source

- `include/lanewise/tensor.hpp`: tensors, and views of them.
- `src/simd/pooling.cpp`: means of squares, many at a time.
- `tutorial/01_getting_started/picture.hpp`: how the cat is painted.

Chapter 02 opens the box's side and shows how training turns the knobs.

\tableofcontents
*/
// [teach]
void teach(Chapter& chapter) {
  const Digits digits{chapter.load_mnist()};
  std::vector<picture::Picture> hours;
  for (const picture::Hour& hour : {picture::kDay, picture::kDusk, picture::kNight})
    hours.push_back(picture::taken(hour, 256));
  show_picture(chapter, hours[0]);
  chapter.section("shrink", "2 As many numbers as there is room for");
  show::shrink(chapter, hours[0], shrunk<double>);
  show_outputs(chapter);
  show_knobs(chapter, hours);
  const lw::Sequential model = show_training(chapter, digits);
  show_sizes(chapter, digits, model, {28, 14, 7, 4, 2, 1});
  show_clusters(chapter, digits);
  check_gradients(chapter, digits);
}
// [teach]

// [compared]
void compared(Chapter& chapter) {
  const Digits digits{chapter.load_mnist()};
  const lw::Sequential model = show_training(chapter, digits);
  show_sizes(chapter, digits, model, {28, 7});
}
// [compared]

}  // namespace

// [main]
int main(int argc, char** argv) {
  return tutorial::run({.number = "01",
                        .name = "getting_started",
                        .title = "Getting started",
                        .quick = "1 pass over the images instead of 5, a fifth of those for "
                                 "k-means, 200 derivatives a tensor checked",
                        .data = "mnist",
                        .epochs = 5,
                        .quick_epochs = 1,
                        .samples = 60'000,
                        .batch_size = 500},
                       argc, argv, teach, compared);
}
// [main]
