// Models as graphs, for Graphviz. The contract is in lanewise/report/model_graph.hpp.
#include "lanewise/report/model_graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "io/file.hpp"
#include "lanewise/error.hpp"
#include "nn/model_state.hpp"
#include "nn/summary.hpp"
#include "report/gnuplot.hpp"
#include "report/program.hpp"

namespace lanewise::report {
namespace {

// What is drawn of a layer, with all its uses.
struct Box {
  std::string title;                // "dense_1 (Dense)"
  std::vector<std::string> shapes;  // of its output, each once: one that is shared may have several
  std::vector<std::string> sources;  // what it is fed
  Index parameters = 0;
  bool frozen = false;
  std::size_t uses = 0;
};

// From a value to the layer of a node.
struct Edge {
  std::size_t value, node;
};

struct Picture {
  const nn::Graph& graph;
  std::vector<Shape> inputs;
  std::vector<Box> boxes;        // of each node that has the weights; of others nothing
  std::vector<std::size_t> use;  // of each node: the first, second … of its layer
  std::vector<Edge> edges;

  std::size_t owner(std::size_t node) const { return graph.nodes()[node].owner; }
};

Picture picture_of(const nn::Graph& graph, std::vector<Shape> inputs) {
  graph.check_inputs(inputs);
  const auto nodes = nn::make_nodes<float>(graph.nodes(), inputs);
  Picture picture{graph, std::move(inputs), std::vector<Box>(nodes.size()), {}, {}};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Box& box = picture.boxes[nodes[i].owner];
    if (box.uses++ == 0) {
      box.title = nn::describe(nodes[i].layer);
      box.frozen = !nodes[i].layer.description.trainable;
      for (const ParameterRequest& request : nodes[i].instance->parameters())
        box.parameters += request.shape.size();
    }
    picture.use.push_back(box.uses);
    const std::string shape = nn::with_batch(nodes[i].output);
    if (std::find(box.shapes.begin(), box.shapes.end(), shape) == box.shapes.end())
      box.shapes.push_back(shape);
    for (const std::size_t value : nodes[i].inputs) {
      box.sources.push_back(graph.name_of(value));
      picture.edges.push_back({value, i});
    }
  }
  return picture;
}

// A string of the language, whatever the text, that stands in a label as it is: quotes end it, a
// backslash begins what is more than text, and an & a character of HTML's. `lines` are below each
// other.
std::string label(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (&line != lines.data()) out += "\\n";
    for (const char c : printable(line))
      out += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return '"' + out + '"';
}

std::string box_of(std::size_t node, const Box& box) {
  std::vector<std::string> lines{box.title, fmt::format("{}", fmt::join(box.shapes, ", "))};
  if (box.parameters > 0) lines.push_back(nn::thousands(box.parameters) + " parameters");
  if (box.frozen) lines.push_back("frozen");
  if (box.uses > 1) lines.push_back(fmt::format("shared: used {} times", box.uses));
  const char* colour = box.parameters > 0 ? kColours[0] : kFaint;
  std::string looks = fmt::format("color=\"{}\", style=\"rounded{}{}\"", colour,
                                  box.parameters > 0 ? ",filled" : "", box.frozen ? ",dashed" : "");
  if (box.parameters > 0) looks += fmt::format(", fillcolor=\"{}33\"", colour);  // a fifth opaque
  if (box.uses > 1) looks += ", peripheries=2";
  return fmt::format("  layer{} [label={}, {}];\n", node, label(lines), looks);
}

std::string oval_of(std::string_view id, std::size_t number,
                    const std::vector<std::string>& lines) {
  return fmt::format("  {}{} [label={}, shape=oval, color=\"{}\"];\n", id, number, label(lines),
                     kColours[2]);
}

// The node that gives a value, and which of its uses does if there are many.
std::string giver_of(const Picture& picture, std::size_t value) {
  const std::size_t inputs = picture.inputs.size();
  return value < inputs ? fmt::format("input{}", value)
                        : fmt::format("layer{}", picture.owner(value - inputs));
}

std::string use_of(const Picture& picture, std::size_t node) {
  return picture.boxes[picture.owner(node)].uses > 1 ? fmt::format("use {}", picture.use[node])
                                                     : "";
}

// What an arrow from a value says, to a use of a layer or to an output.
std::string arrow(const Picture& picture, std::size_t value, const std::string& to,
                  const std::string& use_to) {
  const std::size_t inputs = picture.inputs.size();
  const std::string use_from = value < inputs ? "" : use_of(picture, value - inputs);
  const std::string between = use_from.empty() || use_to.empty() ? "" : " to ";
  const std::string words = use_from + between + use_to;
  return fmt::format("  {} -> {}{};\n", giver_of(picture, value), to,
                     words.empty() ? "" : fmt::format(" [label={}]", label({words})));
}

std::string output_name(const Picture& picture, std::size_t output) {
  return picture.graph.outputs().size() == 1 ? "output" : fmt::format("output {}", output + 1);
}

std::string dot_of(const Picture& picture) {
  std::string text = fmt::format(
      "digraph model {{\n"
      "  graph [bgcolor=\"{}\"];\n"
      "  node [shape=box, fontname=\"sans-serif\", fontsize={}, fontcolor=\"{}\"];\n"
      "  edge [color=\"{}\", fontname=\"sans-serif\", fontsize={}, fontcolor=\"{}\"];\n",
      kPaper, kFontSize, kInk, kFaint, kFontSize, kInk);
  const auto outputs = picture.graph.outputs();
  for (std::size_t j = 0; j < picture.inputs.size(); ++j)
    text += oval_of(
        "input", j,
        {picture.graph.inputs()[j].name + " (InputLayer)", nn::with_batch(picture.inputs[j])});
  for (std::size_t i = 0; i < picture.boxes.size(); ++i)
    if (picture.owner(i) == i) text += box_of(i, picture.boxes[i]);
  for (std::size_t k = 0; k < outputs.size(); ++k)
    text += oval_of("output", k, {output_name(picture, k)});
  for (const Edge& edge : picture.edges)
    text += arrow(picture, edge.value, fmt::format("layer{}", picture.owner(edge.node)),
                  use_of(picture, edge.node));
  for (std::size_t k = 0; k < outputs.size(); ++k)
    text += arrow(picture, outputs[k], fmt::format("output{}", k), "");
  return text + "}\n";
}

// "A model of 2 layers and 101,770 parameters. Input x: (None, 784). dense (Dense) of x: …"
std::string in_words(const Picture& picture) {
  Index parameters = 0, layers = 0;
  std::string words;
  for (std::size_t j = 0; j < picture.inputs.size(); ++j)
    words += fmt::format(" Input {}: {}.", picture.graph.inputs()[j].name,
                         nn::with_batch(picture.inputs[j]));
  for (const Box& box : picture.boxes) {
    if (box.uses == 0) continue;
    ++layers;
    parameters += box.parameters;
    words += fmt::format(" {}{}{} of {}: {}", box.title, box.frozen ? ", frozen," : "",
                         box.uses > 1 ? fmt::format(", used {} times,", box.uses) : "",
                         fmt::join(box.sources, ", "), fmt::join(box.shapes, ", "));
    if (box.parameters > 0) words += fmt::format(", {} parameters", nn::thousands(box.parameters));
    words += '.';
  }
  for (std::size_t k = 0; k < picture.graph.outputs().size(); ++k)
    words += fmt::format(" The {}: {}.", output_name(picture, k),
                         picture.graph.name_of(picture.graph.outputs()[k]));
  return fmt::format("A model of {} layers and {} parameters.{}", layers, nn::thousands(parameters),
                     words);
}

void replace_all(std::string& text, std::string_view old, std::string_view by) {
  for (auto at = text.find(old); at != text.npos; at = text.find(old, at + by.size()))
    text.replace(at, old.size(), by);
}

// Graphviz gives its picture the size of print, in points, and the names of its own to what it is
// made of; a reader who cannot see it is told what it shows. Empty if this is no picture.
std::string finished(std::string_view drawn, std::string_view alt) {
  const std::size_t begin = drawn.find("<svg"), body = drawn.find('>', begin);
  if (begin == drawn.npos || body == drawn.npos || drawn.find("</svg>", body) == drawn.npos)
    return "";
  std::string head(drawn.substr(begin, body + 1 - begin)), rest(drawn.substr(body + 1));
  replace_all(head, "pt\"", "\"");
  replace_all(rest, "stroke=\"transparent\"", "stroke=\"none\"");  // SVG knows no such colour
  constexpr std::string_view kEnd = "</title>\n";
  for (auto at = rest.find("<title>"); at != rest.npos; at = rest.find("<title>", at))
    rest.erase(at, rest.find(kEnd, at) + kEnd.size() - at);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}\n<title>The model</title>\n"
      "<desc>{}</desc>{}",
      head, xml_text(alt), rest);
}

// Sets `svg`, or returns why it cannot.
std::string run_graphviz(const std::string& dot, std::string_view alt, std::string& svg) {
  constexpr int kSvg = 3;
  const io::Descriptor graph = io::memory_file("plot_model", dot);
  const io::Descriptor picture = io::memory_file("plot_model", "");
  const std::string failure = run_program(
      "dot", {"-Tsvg", "-o" + descriptor_name(kSvg)},
      std::array{PassedFile{graph.get(), STDIN_FILENO}, PassedFile{picture.get(), kSvg}});
  if (!failure.empty()) return failure;
  svg = finished(read_all(picture.get()), alt);
  return svg.empty() ? "dot drew nothing" : "";
}

}  // namespace

ModelPlot plot_model(const std::filesystem::path& stem, const Model& model) {
  const nn::Graph& graph = ModelAccess::graph(model);
  const nn::Network<float>* network = ModelAccess::network(model);
  auto shapes = graph.declared_shapes();
  if (network) shapes.emplace(network->input_shapes().begin(), network->input_shapes().end());
  if (!shapes)
    throw ArgumentError(
        "plot_model: the model's shapes are not known yet; build() it, or begin with Input");
  const Picture picture = with_prefix([] { return "plot_model"; },
                                      [&] { return picture_of(graph, std::move(*shapes)); });

  ModelPlot plot{.dot = stem, .svg = stem, .drawn = false, .message = ""};
  plot.dot += ".dot";  // not replace_extension: a stem may hold a dot
  plot.svg += ".svg";
  const std::string dot = dot_of(picture);
  std::string svg;
  plot.message = run_graphviz(dot, in_words(picture), svg);
  plot.drawn = plot.message.empty();
  const auto bytes = [](std::string_view all) { return std::as_bytes(std::span(all)); };
  std::vector<io::NewFile> files{{plot.dot, {bytes(dot)}}};
  if (plot.drawn) files.push_back({plot.svg, {bytes(svg)}});
  io::write_files("plot_model", files);
  if (!plot.drawn) io::remove_file(plot.svg);  // an old picture would not be of this model
  return plot;
}

}  // namespace lanewise::report
