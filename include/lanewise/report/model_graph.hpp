#pragma once
/// \file
/// Models of any form as graphs, in the language of Graphviz and drawn by it.

#include <filesystem>
#include <string>

#include "lanewise/export.hpp"

namespace lanewise {
template <class T>
class BasicModel;
}

namespace lanewise::report {

/// What plot_model() left behind.
struct ModelPlot {
  std::filesystem::path dot;  ///< the graph, for Graphviz
  std::filesystem::path svg;  ///< exists only if drawn
  bool drawn = false;
  std::string message;  ///< why nothing was drawn: Graphviz is missing, or its own words
};

/// Draws the graph of a model, Keras's plot_model: `<stem>.dot` in the language of Graphviz and,
/// where its program `dot` is found, `<stem>.svg`; both or, when one cannot be written, none: what
/// stood under these names stays. Without Graphviz, or where it fails, the first is written, a
/// picture of another model is removed, and ModelPlot::message tells why there is none.
///
/// A box a layer: its name and type, its output's shape with a batch of any size as None, and how
/// many parameters it has, if any. A frozen layer has a dashed border and says so. A layer that is
/// used many times is one box with a double border, whose arrows say which use they belong to.
/// Inputs and outputs are ovals. All text is shown as it is, as draw() does; and the SVG has the
/// elements `title` and `desc`, which say what it shows to those who do not see it.
///
/// \throws ArgumentError if the model has no layers or its shapes are not known; ShapeError naming
/// a layer that they do not fit; IoError if a file cannot be written. Nothing has changed then.
LANEWISE_API ModelPlot plot_model(const std::filesystem::path& stem,
                                  const BasicModel<float>& model);

}  // namespace lanewise::report
