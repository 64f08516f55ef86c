// Networks as a column of boxes. The contract is in lanewise/report/plot.hpp.
#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/file.hpp"
#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/report/plot.hpp"
#include "nn/model_state.hpp"
#include "nn/summary.hpp"
#include "report/gnuplot.hpp"

namespace lanewise::report {
namespace {

// Pixels of the SVG:
//
//            784
//             |          kGap
//   +--------------------+
//   | Dense, relu        |   kBox
//   +--------------------+
//             |
//            128
constexpr int kBox = 36, kGap = 24, kLine = 22, kMargin = 20, kArrow = 5;

// What is written of a layer.
struct Row {
  std::string type;   // "Conv2D"
  std::string what;   // "Conv2D 3 × 3, relu"
  std::string shape;  // "26 × 26 × 32"
  Index parameters = 0;
};

std::string times(std::span<const Index> sizes) {
  return fmt::format("{}", fmt::join(sizes, " × "));
}

using nn::thousands;

Row row_of(const nn::Node<float>& node) {
  Row row{.type = std::string(node.layer.type()),
          .what = std::string(node.layer.type()),
          .shape = times(node.output.sizes()),
          .parameters = 0};
  for (const ParameterRequest& request : node.instance->parameters()) {
    // A kernel of more than two dimensions begins with those of its window.
    if (request.name.ends_with("kernel") && request.shape.rank() > 2)
      row.what +=
          ' ' +
          times(request.shape.sizes().first(static_cast<std::size_t>(request.shape.rank() - 2)));
    row.parameters += request.shape.size();
  }
  const auto activation = node.instance->output_activation();
  if (activation && *activation != linear)
    row.what += fmt::format(", {}", to_string(activation->kind));
  return row;
}

std::string text(int x, int y, std::string_view anchor, std::string_view words,
                 std::string_view colour = kInk) {
  return fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n", x, y,
                     anchor, colour, xml_text(words));
}

std::string svg_of(std::string_view input, const std::vector<Row>& rows, std::string_view alt) {
  constexpr int kMiddle = kWidth / 2;
  std::string body = text(kMiddle, kLine - 6, "middle", fmt::format("input: {}", input));
  int y = kLine;
  for (const Row& row : rows) {
    body += fmt::format(
        "<path d=\"M{0},{1} V{2} M{3},{4} L{0},{2} L{5},{4}\" fill=\"none\" stroke=\"{6}\" "
        "stroke-width=\"1.5\"/>\n",
        kMiddle, y, y + kGap, kMiddle - kArrow, y + kGap - kArrow, kMiddle + kArrow, kFaint);
    y += kGap;
    body += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"{}\" "
        "fill-opacity=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
        kMargin, y, kWidth - 2 * kMargin, kBox, kColours[0], row.parameters > 0 ? 0.2 : 0,
        row.parameters > 0 ? kColours[0] : kFaint);
    body += text(kMargin + 12, y + kBox - 13, "start", row.what);
    if (row.parameters > 0)
      body += text(kWidth - kMargin - 12, y + kBox - 13, "end",
                   thousands(row.parameters) + " parameters");
    y += kBox + kLine;
    body += text(kMiddle, y - 5, "middle", row.shape);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
      "<svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
      "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"{2}\">\n"
      "<title>The network</title>\n<desc>{3}</desc>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"{4}\"/>\n{5}</svg>\n",
      kWidth, y + 4, kFontSize, xml_text(alt), kPaper, body);
}

// "A network of 2 layers and 101,770 parameters. Input: 784. Dense, relu: 100,480 parameters, …"
std::string in_words(std::string_view input, const std::vector<Row>& rows) {
  Index sum = 0;
  for (const Row& row : rows) sum += row.parameters;
  std::string words = fmt::format("A network of {} layers and {} parameters. Input: {}.",
                                  rows.size(), thousands(sum), input);
  for (const Row& row : rows)
    words += fmt::format(" {}: {} parameters, output {}.", row.what, thousands(row.parameters),
                         row.shape);
  return words;
}

}  // namespace

Drawing draw(const std::filesystem::path& stem, const Sequential& model) {
  const nn::Graph& graph = ModelAccess::graph(model);
  const auto declared = graph.declared_shapes();
  if (!model.is_built() && !declared)
    throw ArgumentError(
        "draw: the model's shapes are not known yet; build() it, or begin with Input");
  const Shape input = model.is_built() ? model.input_shape() : declared->front();
  graph.check_inputs(std::span(&input, 1));
  std::vector<Row> rows;
  for (const auto& node : nn::make_nodes<float>(graph.nodes(), std::span(&input, 1)))
    rows.push_back(row_of(node));

  std::string csv = "layer,output,parameters\n";
  for (const Row& row : rows)
    csv += fmt::format("{},{},{}\n", csv_field(row.what), csv_field(row.shape), row.parameters);
  const std::string shape = times(input.sizes());
  const std::string svg = svg_of(shape, rows, in_words(shape, rows));
  Drawing drawing{.csv = stem, .svg = stem, .png = {}, .drawn = true, .message = ""};
  drawing.csv += ".csv";  // not replace_extension: a stem may hold a dot
  drawing.svg += ".svg";
  const auto bytes = [](std::string_view all) { return std::as_bytes(std::span(all)); };
  io::write_files("draw", {{drawing.csv, {bytes(csv)}}, {drawing.svg, {bytes(svg)}}});
  return drawing;
}

}  // namespace lanewise::report
