// Models as pictures: a chain as a row of blocks, a graph by Graphviz.
#include <algorithm>
#include <string>
#include <vector>

#include "lanewise/error.hpp"
#include "lanewise/nn/sequential.hpp"
#include "lanewise/report/model_graph.hpp"
#include "plot_case.hpp"
#include "support/environment.hpp"

using namespace lanewise;

TEST_CASE("a network is drawn without gnuplot", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", (directory / "empty").string());
  Sequential model{Input{{28, 28, 1}}, Conv2D{32, {3, 3}, {.activation = relu}}, MaxPooling2D{},
                   Flatten{}, Dense{10, {.activation = softmax}}};
  const report::Drawing drawing = report::draw(directory / "net.v1", model);
  CHECK(drawing.drawn);
  CHECK(drawing.png.empty());
  CHECK_FALSE(model.is_built());
  CHECK(read_file(drawing.csv) ==
        "layer,output,parameters\n\"Conv2D 3 × 3, relu\",26 × 26 × 32,320\n"
        "MaxPooling2D,13 × 13 × 32,0\nFlatten,5408,0\n\"Dense, softmax\",10,54090\n");
  const std::string svg = read_file(directory / "net.v1.svg");
  CHECK(texts_of(svg) == std::vector<std::string>{"input: 28 × 28 × 1", "Conv2D 3 × 3, relu",
                                                  "320 parameters", "26 × 26 × 32", "MaxPooling2D",
                                                  "13 × 13 × 32", "Flatten", "5408",
                                                  "Dense, softmax", "54,090 parameters", "10"});
  CHECK_THAT(svg, contains("<desc>A network of 4 layers and 54,410 parameters. Input: 28 × 28 × 1. "
                           "Conv2D 3 × 3, relu: 320 parameters, output 26 × 26 × 32."));
  model.build({28, 28, 1});
  report::draw(directory / "net.v1", model);
  CHECK(read_file(directory / "net.v1.svg") == svg);

  // All or nothing, and only where there is something.
  fs::remove(directory / "net.v1.csv");
  fs::create_symlink("/dev/full", directory / "net.v1.csv");
  write_file(directory / "net.v1.svg", "older");
  CHECK_THROWS_AS(report::draw(directory / "net.v1", model), IoError);
  CHECK(read_file(directory / "net.v1.svg") == "older");
  CHECK_THROWS_WITH(report::draw(directory / "x", Sequential{Dense{1}}),
                    contains("draw: the model's shapes are not known yet"));
  CHECK_THROWS_AS(report::draw(directory / "x", Sequential{}), ArgumentError);
  CHECK_THROWS_WITH(report::draw(directory / "x", Sequential{Input{{3}}}), contains("no layers"));
  CHECK_FALSE(fs::exists(directory / "x.csv"));
}

namespace {

const bool kGraphviz = system("dot -V >/dev/null 2>&1") == 0;

// A user's layer of any number of inputs, whose type has all that Graphviz might take for more than
// text.
const std::string kType = "L\\N \"q\" \\ &lt; <b> {a|b} ü\n\\";

template <class T>
class HostileInstance final : public LayerInstance<T> {
 public:
  Shape build_all(std::span<const Shape> inputs) override { return inputs[0]; }
  void forward_all(std::span<const TensorView<const T>>, TensorView<T>, Scratch<T>,
                   const Pass&) const override {}
  void backward_all(std::span<const TensorView<const T>>, TensorView<const T>, Scratch<T>,
                    TensorView<T>, std::span<const TensorView<T>>, const Pass&) const override {}
};

struct Hostile {
  static std::string_view type_name() { return kType; }
  template <class T>
  std::unique_ptr<LayerInstance<T>> make() const {
    return std::make_unique<HostileInstance<T>>();
  }
  LANEWISE_FIELDS(Hostile);
};

// Two inputs, a layer that both go through, one that is frozen, and two outputs.
Model two_heads() {
  const Value a = input({8, 8, 3}, "left"), b = input({4, 4, 3});
  const Layer stem = named("stem", shared(Conv2D{16, {3, 3}, {.padding = Padding::same}}));
  const Value flat = (b | stem) | Flatten{};
  const Value both = merge(named("merged", Hostile{}), {flat, flat | frozen(Dense{256})});
  return Model{{a, b}, {a | stem, both | named("head", Dense{2})}};
}

std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (line.find(part) != line.npos) lines.push_back(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("the graph of a model has a node a layer and an edge a use", "[report]") {
  const TemporaryDirectory directory;
  const Model model = two_heads();
  const report::ModelPlot plot = report::plot_model(directory / "net.v1", model);
  INFO(plot.message);
  CHECK(plot.drawn == kGraphviz);
  CHECK(plot.dot == directory / "net.v1.dot");
  CHECK(plot.svg == directory / "net.v1.svg");
  CHECK(fs::exists(plot.svg) == kGraphviz);
  CHECK_FALSE(model.is_built());
  CHECK(read_file(plot.dot) == R"dot(digraph model {
  graph [bgcolor="#ffffff"];
  node [shape=box, fontname="sans-serif", fontsize=15, fontcolor="#333333"];
  edge [color="#767676", fontname="sans-serif", fontsize=15, fontcolor="#333333"];
  input0 [label="left (InputLayer)\n(None, 8, 8, 3)", shape=oval, color="#009E73"];
  input1 [label="input_2 (InputLayer)\n(None, 4, 4, 3)", shape=oval, color="#009E73"];
  layer0 [label="stem (Conv2D)\n(None, 8, 8, 16), (None, 4, 4, 16)\n448 parameters\nshared: used 2 times", color="#0072B2", style="rounded,filled", fillcolor="#0072B233", peripheries=2];
  layer2 [label="flatten (Flatten)\n(None, 256)", color="#767676", style="rounded"];
  layer3 [label="dense (Dense)\n(None, 256)\n65,792 parameters\nfrozen", color="#0072B2", style="rounded,filled,dashed", fillcolor="#0072B233"];
  layer4 [label="merged (L\\N \"q\" \\ &amp;lt; <b> {a|b} ü \\)\n(None, 256)", color="#767676", style="rounded"];
  layer5 [label="head (Dense)\n(None, 2)\n514 parameters", color="#0072B2", style="rounded,filled", fillcolor="#0072B233"];
  output0 [label="output 1", shape=oval, color="#009E73"];
  output1 [label="output 2", shape=oval, color="#009E73"];
  input0 -> layer0 [label="use 1"];
  input1 -> layer0 [label="use 2"];
  layer0 -> layer2 [label="use 2"];
  layer2 -> layer3;
  layer2 -> layer4;
  layer3 -> layer4;
  layer4 -> layer5;
  layer0 -> output0 [label="use 1"];
  layer5 -> output1;
}
)dot");
}

TEST_CASE("Graphviz draws the graph of a model, and shows every text as it is", "[report]") {
  if (!kGraphviz) {
    WARN("skipped: Graphviz is not installed");
    return;
  }
  const TemporaryDirectory directory;
  Model model = two_heads();
  const report::ModelPlot plot = report::plot_model(directory / "net", model);
  REQUIRE(plot.drawn);
  CHECK(plot.message.empty());
  const std::string svg = read_file(plot.svg);
  const auto texts = texts_of(svg);
  for (const std::string text :
       {"left (InputLayer)", "(None, 8, 8, 3)", "stem (Conv2D)", "448 parameters", "frozen",
        "merged (L\\N \"q\" \\ &lt; <b> {a|b} ü \\)", "shared: used 2 times", "use 1", "use 2",
        "head (Dense)", "output 1", "output 2"}) {
    INFO(text);
    CHECK(std::find(texts.begin(), texts.end(), text) != texts.end());
  }
  // What it is and what it shows, once, instead of Graphviz's own words.
  CHECK(lines_with(svg, "<title>") == std::vector<std::string>{"<title>The model</title>"});
  CHECK_THAT(svg, contains("<desc>A model of 5 layers and 66,754 parameters. Input left: (None, "
                           "8, 8, 3). Input input_2: (None, 4, 4, 3). stem (Conv2D), used 2 times, "
                           "of left, input_2: (None, 8, 8, 16), (None, 4, 4, 16), 448 parameters. "
                           "flatten (Flatten) of stem: (None, 256). dense (Dense), frozen, of "
                           "flatten: (None, 256), 65,792 parameters."));
  CHECK_THAT(svg, contains("The output 1: stem. The output 2: head.</desc>"));
  // Colours of which the book knows the counterparts by night; sizes of the screen.
  for (const std::string mark : {"fill=\"", "stroke=\""})
    for (std::size_t at = svg.find(mark); at != svg.npos; at = svg.find(mark, at)) {
      at += mark.size();
      std::string colour = svg.substr(at, svg.find('"', at) - at);
      INFO(colour);
      std::transform(colour.begin(), colour.end(), colour.begin(), tolower);
      const std::vector<std::string> known{"none",    "#ffffff", "#333333",
                                           "#767676", "#0072b2", "#009e73"};
      CHECK(std::find(known.begin(), known.end(), colour) != known.end());
    }
  CHECK(svg.find("pt\"") == svg.npos);
  // Built or not, a chain or not: the same picture of the same model, by the same bytes.
  model.build();
  report::plot_model(directory / "net", model);
  CHECK(read_file(plot.svg) == svg);
  Sequential chain{Dense{2}};
  chain.build({3});
  CHECK(report::plot_model(directory / "chain", chain).drawn);
  CHECK(report::plot_model(directory / "part", model.part({"flatten"}, {"head"})).drawn);
  CHECK(lines_with(read_file(directory / "part.dot"), "InputLayer").size() == 1);
  // What is kept is enough to draw it again.
  CHECK(system(("dot -Tsvg '" + plot.dot.string() + "' | grep -q '</svg>'").c_str()) == 0);
}

TEST_CASE("without Graphviz the graph of a model stays, and the caller is told", "[report]") {
  const TemporaryDirectory directory;
  const Sequential model{Input{{3}}, Dense{2}};
  write_file(directory / "net.svg", "of another model");
  const Environment path("PATH", (directory / "empty").string());
  const report::ModelPlot plot = report::plot_model(directory / "net", model);
  CHECK_FALSE(plot.drawn);
  CHECK(plot.message == "dot was not found");
  CHECK_THAT(read_file(directory / "net.dot"), contains("input0 -> layer0;"));
  CHECK_FALSE(fs::exists(plot.svg));
}

TEST_CASE("where Graphviz fails, its own words are passed on", "[report]") {
  const TemporaryDirectory directory;
  const Environment path("PATH", directory.path().string());
  const Sequential model{Input{{3}}, Dense{2}};
  write_program(directory / "dot", "#!/bin/sh\necho 'no layout' >&2\nexit 3\n");
  CHECK(report::plot_model(directory / "net", model).message == "dot failed: no layout\n");
  write_program(directory / "dot", "#!/bin/sh\necho '<svg>' >/dev/fd/3\n");  // half of one
  CHECK(report::plot_model(directory / "net", model).message == "dot drew nothing");
  CHECK_FALSE(fs::exists(directory / "net.svg"));
}

TEST_CASE("the graph of a model and its picture are written together or not at all", "[report]") {
  const TemporaryDirectory directory;
  const Sequential model{Input{{3}}, Dense{2}};
  const auto says = [&](const fs::path& stem, const Sequential& what, const std::string& reason) {
    CHECK_THROWS_WITH(report::plot_model(stem, what), contains(reason));
  };
  CHECK_THROWS_AS(report::plot_model(directory / "none/net", model), IoError);
  says(directory / "none/net", model, "plot_model: ");
  says(directory / "none/net", model, "none/net.dot");
  says(directory / "net", Sequential{Dense{1}}, "plot_model: the model's shapes are not known yet");
  says(directory / "net", Sequential{Input{{3}}},
       "plot_model: Sequential: the model has no layers");
  says(directory / "net", Sequential{Input{{3}}, Conv2D{1, {3, 3}}}, "plot_model: conv2d (Conv2D)");
  CHECK(fs::is_empty(directory.path()));
  for (const std::string full : {".dot", ".svg"}) {
    if (full == ".svg" && !kGraphviz) continue;
    const std::string other = full == ".dot" ? ".svg" : ".dot";
    write_file(directory / ("net" + other), "older");
    fs::remove(directory / ("net" + full));
    fs::create_symlink("/dev/full", directory / ("net" + full));
    CHECK_THROWS_AS(report::plot_model(directory / "net", model), IoError);
    says(directory / "net", model, "net" + full + " cannot be written: No space left on device");
    CHECK(read_file(directory / ("net" + other)) == "older");
    fs::remove(directory / ("net" + full));
  }
}
