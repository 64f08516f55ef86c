#pragma once
// What chapters show: the graph of a function, and of a trained network its curves, its seconds,
// ten probabilities.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "support/chapter.hpp"

namespace tutorial {

/// Plots "loss", which is called `loss` on its axis, and "accuracy" by epoch; with validation, each
/// beside that of the images held out.
/// \throws lanewise::ArgumentError if the history lacks one of them.
void plot_history(Chapter& chapter, const lanewise::History& history,
                  const char* loss = "cross-entropy");

/// Plots the graph of a function from -`reach` to `reach` under its formula: "relu(z)" over "z".
void plot_function(Chapter& chapter, const std::string& name, const std::string& formula,
                   const std::string& variable, const std::function<double(double)>& function,
                   double reach = 3);

/// Prints how long an epoch of the training so far took, of `epochs`, and what the course says of
/// its own: "54", on a machine that it does not name.
void print_seconds(Chapter& chapter, int epochs, std::string_view course);

/// What show_probabilities() shows.
struct Probabilities {
  std::string name;   ///< of the plot's files
  std::string title;  ///< "Test image 0: probability of each class"
  lanewise::TensorView<const float> values;
  std::span<const std::string> class_names;  ///< as many as values
  lanewise::Index truth = 0;                 ///< the class that is shown in another colour
  std::span<const double> course = {};       ///< the course's own, or empty
};

/// Prints the probabilities as a table, the course's beside them, and plots them on a logarithmic
/// axis. The course's are left out on other data than the course's.
/// \throws lanewise::ShapeError if the sizes do not fit together, lanewise::ArgumentError if truth
/// is not one of the classes; nothing is printed then.
void show_probabilities(Chapter& chapter, const Probabilities& probabilities);

}  // namespace tutorial
