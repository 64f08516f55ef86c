#include "support/show.hpp"

#include <algorithm>

namespace lw = lanewise;
using lanewise::Index;

namespace tutorial {

void plot_history(Chapter& chapter, const lw::History& history, const char* loss) {
  const auto names = history.names();
  const auto plot = [&](const std::string& name, const char* title, const char* y_label) {
    lw::report::Chart chart{.title = title, .x_label = "epoch", .y_label = y_label, .series = {}};
    chart.series.push_back({.name = "training", .x = {}, .y = history[name]});
    if (std::find(names.begin(), names.end(), "val_" + name) != names.end())
      chart.series.push_back({.name = "validation", .x = {}, .y = history["val_" + name]});
    chapter.plot(name, chart);
  };
  plot("loss", "Loss", loss);
  plot("accuracy", "Accuracy", "share that is right");
}

void plot_function(Chapter& chapter, const std::string& name, const std::string& formula,
                   const std::string& variable, const std::function<double(double)>& function,
                   double reach) {
  chapter.plot(name, lw::report::Chart{.title = formula,
                                       .x_label = variable,
                                       .y_label = formula,
                                       .series = {lw::report::graph("", function, -reach, reach)}});
}

void print_seconds(Chapter& chapter, int epochs, std::string_view course) {
  chapter.print("seconds an epoch: {:.1f}; the course's: {}\n", chapter.training_seconds() / epochs,
                course);
}

void show_probabilities(Chapter& chapter, const Probabilities& shown) {
  const auto count = static_cast<std::size_t>(shown.values.size());
  const auto course = chapter.has_course_data() ? shown.course : std::span<const double>{};
  if (shown.class_names.size() != count || (!shown.course.empty() && shown.course.size() != count))
    throw lw::ShapeError(fmt::format(
        "show_probabilities: got {} probabilities, {} names and {} numbers of the course, "
        "expected as many of each",
        count, shown.class_names.size(), shown.course.size()));
  if (shown.truth < 0 || shown.truth >= shown.values.size())
    throw lw::ArgumentError(
        fmt::format("show_probabilities: the true class is class {}, expected 0 to {}", shown.truth,
                    count - 1));
  lw::report::BarChart chart{.title = shown.title,
                             .x_label = "class",
                             .y_label = "probability",
                             .names = {shown.class_names.begin(), shown.class_names.end()},
                             .values = {},
                             .highlight = shown.truth,
                             .log_y = true};
  const auto answer = static_cast<std::size_t>(
      std::max_element(shown.values.begin(), shown.values.end()) - shown.values.begin());
  chapter.print("It shows: {}; the network says: {}\n\n",
                shown.class_names[static_cast<std::size_t>(shown.truth)],
                shown.class_names[answer]);
  chapter.print("{:<12} {:>12}{}\n", "class", "probability",
                course.empty() ? "" : "    the course");
  for (std::size_t i = 0; i < count; ++i) {
    const double p = shown.values[static_cast<Index>(i)];
    chapter.print("{:<12} {:>12.4e}", shown.class_names[i], p);
    if (!course.empty()) chapter.print("{:>14.4e}", course[i]);
    chapter.print("\n");
    // A probability too small for a float has no place on a logarithmic axis.
    chart.values.push_back(std::max(p, 1e-38));
  }
  chapter.plot(shown.name, chart);
}

}  // namespace tutorial
