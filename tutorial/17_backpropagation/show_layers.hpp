#pragma once
// Chapter 17: what sections 8 to 11 print and have checked.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "17_backpropagation/memory.hpp"
#include "17_backpropagation/show.hpp"
#include "support/compare.hpp"

namespace show {

using Matrix = lw::Tensor<double>;

struct DenseGradients {
  Matrix dw, db, dx;
};

// What went into a dense layer, and the gradient that it is given.
struct DenseCase {
  Matrix x, w, b, dy;
};

// Out of the gradients of a tape, on which weights, biases and inputs stand in this order.
inline DenseGradients of_tape(const Gradients& gradients, const lw::Shape& x, const lw::Shape& w) {
  DenseGradients all{Matrix(w), Matrix({1, w[1]}), Matrix(x)};
  auto from = gradients.begin();
  for (Matrix* to : {&all.dw, &all.db, &all.dx})
    for (double& value : *to) value = *from++;
  return all;
}

inline bool same(const Matrix& a, const Matrix& b) {
  return tutorial::largest_difference(a, b) == 0;
}

inline bool same(const DenseGradients& a, const DenseGradients& b) {
  return same(a.dw, b.dw) && same(a.db, b.db) && same(a.dx, b.dx);
}

inline DenseGradients by_library(const DenseCase& given) {
  const auto& [x, w, b, dy] = given;
  lw::BasicSequential<double> model{lw::Input{{x.shape()[1]}}, lw::Dense{w.shape()[1]}};
  model.build();
  const auto parameters = model.parameters();
  std::copy(w.begin(), w.end(), parameters[0].value.begin());
  std::copy(b.begin(), b.end(), parameters[1].value.begin());
  DenseGradients all{Matrix(w.shape()), Matrix(b.shape()), Matrix(x.shape())};
  model.forward(x, {.training = true});
  model.backward(lw::TensorView<const double>(dy), lw::TensorView<double>(all.dx));
  std::copy(parameters[0].gradient.begin(), parameters[0].gradient.end(), all.dw.begin());
  std::copy(parameters[1].gradient.begin(), parameters[1].gradient.end(), all.db.begin());
  return all;
}

inline void dense(Chapter& chapter, const DenseCase& given, const Matrix& xw,
                  const DenseGradients& ours, const DenseGradients& tape) {
  chapter.section("dense", "8 A batch, and matrices");
  chapter.write(lw::report::side_by_side(
      {{"x", given.x}, {"W", given.w}, {"x W", xw}, {"b", given.b}, {"dy", given.dy}}));
  chapter.print("\n");
  chapter.write(lw::report::side_by_side({{"dW", ours.dw}, {"db", ours.db}, {"dx", ours.dx}}));
  // Small integers: nothing rounds.
  chapter.check("the three formulas give what the tape gives", same(ours, tape));
  chapter.check("and what the library gives", same(ours, by_library(given)));
}

// The derivatives of the sum of y * dy, which are those that dy stands for.
inline void check_dense(Chapter& chapter, Matrix (*product)(const Matrix&, const Matrix&),
                        DenseGradients (*backward)(const Matrix&, const Matrix&, const Matrix&)) {
  const auto numbers = [](const lw::Shape& shape, std::size_t stream) {
    Matrix values(shape);
    lw::fill_uniform<double>(values, -1, 1, {17, stream});
    return values;
  };
  Matrix x = numbers({4, 3}, 1), w = numbers({3, 2}, 2), b = numbers({1, 2}, 3);
  const Matrix dy = numbers({4, 2}, 4);
  const auto loss = [&] {
    const Matrix y = product(x, w);
    double sum = 0;
    for (Index n = 0; n < 4; ++n)
      for (Index j = 0; j < 2; ++j) sum += (y(n, j) + b[j]) * dy(n, j);
    return sum;
  };
  const DenseGradients gradients = backward(x, w, dy);
  tutorial::Derivatives derivatives;
  const auto add = [&](Matrix& values, const Matrix& of_them) {
    for (Index i = 0; i < values.size(); ++i) {
      const double before = values[i];
      const auto moved_to = [&](double moved) {
        values[i] = moved;
        return loss();
      };
      derivatives.add(of_them[i], numerical(moved_to, before));
      values[i] = before;
    }
  };
  add(w, gradients.dw);
  add(b, gradients.db);
  add(x, gradients.dx);
  derivatives.check(chapter, "the dense layer, by the three formulas");
  chapter.print("\n");
}

// A layer by itself, on a batch of random numbers, with a forward pass done.
class Passes {
 public:
  enum Given { nothing, x, y, scratch };

  Passes(const lw::Layer& layer, std::size_t inputs)
      : layer_(layer.make<double>()), x_(inputs, Matrix({4, 4, 4, 3})) {
    const std::vector<lw::Shape> shapes(inputs, lw::Shape{4, 4, 3});
    y_ = random(layer_->build_all(shapes).with_outer(4), 1);
    dy_ = random(y_.shape(), 2);
    for (std::size_t i = 0; i < inputs; ++i) x_[i] = random(x_[i].shape(), 3 + i);
    for (const auto& request : layer_->parameters()) {
      values_.push_back(random(request.shape, 10 + values_.size()));
      for (double& value : values_.back()) value = std::abs(value);  // a variance among them
      gradients_.emplace_back(request.shape);
    }
    std::vector<lw::Parameter<double>> parameters;
    for (std::size_t i = 0; i < values_.size(); ++i)
      parameters.push_back({"", values_[i], gradients_[i]});
    layer_->bind(parameters);
    for (const auto& request : layer_->scratch())
      scratch_.emplace_back(request.grows ? request.shape.inner().with_outer(4 * request.shape[0])
                                          : request.shape);
    layer_->forward_all(views<const double>(x_), y_, views<double>(scratch_), kPass);
  }

  // All gradients that the layer sets, one behind the other.
  std::vector<double> backward() { return backward_with_nan_in(nothing); }
  std::vector<double> backward_with_nan_in(Given what) {
    std::vector<Matrix> inputs = x_, own = scratch_, dx = x_;
    Matrix output = y_, dy = dy_;
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (what == x)
      for (Matrix& one : inputs) one.fill(kNan);
    if (what == y) output.fill(kNan);
    if (what == scratch)
      for (Matrix& one : own) one.fill(kNan);
    layer_->backward_all(views<const double>(inputs), output, views<double>(own), dy,
                         views<double>(dx), kPass);
    std::vector<double> all;
    for (const auto* list : {&gradients_, &dx})
      for (const Matrix& one : *list) all.insert(all.end(), one.begin(), one.end());
    return all;
  }

  std::string scratch_names() const {
    std::string names;
    for (const auto& request : layer_->scratch()) names += request.name;
    return names;
  }

 private:
  static constexpr lw::Pass kPass{.training = true, .key = {17, 1}, .trainable = true};

  static Matrix random(const lw::Shape& shape, std::uint64_t stream) {
    Matrix values(shape);
    lw::fill_uniform<double>(values, -1, 1, {17, stream});
    return values;
  }
  template <class T>
  static std::vector<lw::TensorView<T>> views(std::vector<Matrix>& all) {
    return {all.begin(), all.end()};
  }

  std::unique_ptr<lw::LayerInstance<double>> layer_;
  std::vector<Matrix> x_, values_, gradients_, scratch_;
  Matrix y_, dy_;
};

// Which of the numbers of its forward pass a layer reads when it goes back.
struct Kept {
  std::string layer;
  bool x, y, own;
  std::string own_name;
};

inline void kept(Chapter& chapter, const std::vector<Kept>& table) {
  chapter.section("kept", "9 What a layer keeps, and why");
  chapter.print(
      "layer               |  x  |  y  | scratch\n"
      "--------------------|-----|-----|--------\n");
  std::string found;
  for (const auto& [layer, x, y, own, own_name] : table) {
    chapter.print("{:<20}| {:<3} | {:<3} | {}\n", layer, x ? "yes" : "no", y ? "yes" : "no",
                  own ? own_name : "no");
    found += fmt::format("{}{}{} ", x ? "x" : "", y ? "y" : "", own ? "s" : "");
  }
  // As the page's table has it; a layer that asks to keep something has to read it.
  chapter.check("each layer reads what its derivative needs, and nothing else",
                found == "x xy xs y y s   xs  x ");
}

// How many bytes a batch takes.
struct Bytes {
  Index batch;
  std::size_t training, loss_alone;
};

// Of a second model, after the first has made room for whatever models share.
template <class Call>
std::size_t asked_for(const std::vector<lw::Layer>& layers, const Call& call) {
  const lw::ScopedThreads one_thread(1);
  std::size_t bytes = 0;
  for (int run = 0; run < 2; ++run) {
    lw::Sequential model{lw::Input{{784}}};
    for (const lw::Layer& layer : layers) model.add(layer);
    model.compile({.optimizer = lw::SGD{}, .loss = lw::MeanSquaredError{}});
    model.build();
    const std::size_t before = memory::asked_for;
    call(model);
    bytes = memory::asked_for - before;
  }
  return bytes;
}

inline void bytes(Chapter& chapter, const std::vector<lw::Layer>& layers,
                  const std::vector<Bytes>& all) {
  chapter.section("bytes", "How much is that?");
  lw::Sequential model{lw::Input{{784}}};
  for (const lw::Layer& layer : layers) model.add(layer);
  model.build();
  Index numbers = 0;
  for (const lw::LayerInfo& layer : model.layers()) numbers += layer.output_shape.size();
  chapter.number("numbers a sample", static_cast<double>(numbers));
  chapter.print("batch   outputs of all layers   training step   loss alone\n");
  bool enough = true, more = true;
  for (const auto& [batch, training, loss_alone] : all) {
    const Index outputs = batch * numbers * Index{sizeof(float)};
    chapter.print("{:>5} {:>23} {:>15} {:>12}\n", batch, outputs, training, loss_alone);
    enough = enough && static_cast<Index>(training) >= outputs;
    more = more && training > loss_alone;
  }
  chapter.check("a training step has room for the outputs of all layers", enough);
  chapter.check("and takes more than the loss alone", more);
}

// The numbers of the model with a value and a layer used twice.
struct Joined {
  std::vector<double> layer, last;  // weights, row by row, and behind them the biases
  std::vector<double> x, labels;
};

inline std::vector<double> joined_lists(std::vector<double> a, const std::vector<double>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline Joined joined(const lw::Config& reference) {
  const lw::Config& given = field(field(reference, "shared"), "given");
  return {.layer = joined_lists(numbers_of(given, "U", 9), numbers_of(given, "b", 3)),
          .last = joined_lists(numbers_of(given, "W", 6), numbers_of(given, "c", 2)),
          .x = numbers_of(given, "x", 6),
          .labels = numbers_of(given, "t", 4)};
}

inline lw::BasicModel<double> with_weights(lw::BasicModel<double> model, const Joined& given) {
  model.build();
  const auto all = joined_lists(given.layer, given.last);
  auto from = all.begin();
  for (const auto& parameter : model.parameters())
    for (double& value : parameter.value) value = *from++;
  return model;
}

inline void join(Chapter& chapter, const Joined& given, const tape::Tape& tape,
                 const Gradients& gradients, const lw::BasicModel<double>& empty,
                 const lw::Config& reference) {
  chapter.section("joined", "10 Where ways meet, in the library");
  auto model = with_weights(empty, given);
  Matrix dx({2, 3});
  // The library's loss is the mean over the samples.
  const double loss = 2 * model.compute_gradients(lw::SumSquaredError{}, Matrix({2, 3}, given.x),
                                                  Matrix({2, 2}, given.labels), dx);
  std::vector<double> library;
  for (const auto& parameter : model.parameters())
    for (const double g : parameter.gradient) library.push_back(2 * g);
  for (const double g : dx) library.push_back(2 * g);

  const lw::Config& shared = field(reference, "shared");
  std::vector<double> theirs;
  for (const auto& [name, count] : {std::pair{"U", 9u}, {"b", 3u}, {"W", 6u}, {"c", 2u}, {"x", 6u}})
    theirs = joined_lists(std::move(theirs), numbers_of(field(shared, "gradients"), name, count));
  const auto all_agree = [&] {
    for (std::size_t i = 0; i < theirs.size(); ++i)
      if (gradients[i] != theirs[i] || library[i] != theirs[i]) return false;
    return library.size() == theirs.size();
  };
  chapter.print("                         tape        library     TensorFlow\n");
  const auto line = [&](const char* what, double a, double b, double c) {
    chapter.print("{:<15} {:>14.10g} {:>14.10g} {:>14.10g}\n", what, a, b, c);
  };
  const auto their_loss = lw::from_config<double>(field(shared, "loss"));
  line("loss", loss_of(tape), loss, their_loss);
  line("shared weight 1", gradients[0], library[0], theirs[0]);
  line("shared bias 1", gradients[9], library[9], theirs[9]);
  line("last weight 1", gradients[12], library[12], theirs[12]);
  line("input 1", gradients[20], library[20], theirs[20]);
  chapter.print("all {} gradients agree in every bit: {}\n", theirs.size(),
                all_agree() ? "yes" : "no");
  // Multiples of 2^-16 below 2^20, as the script that made them says: nothing rounds.
  chapter.check("tape, library and TensorFlow agree in every bit",
                all_agree() && loss == their_loss && loss_of(tape) == their_loss);
}

}  // namespace show
