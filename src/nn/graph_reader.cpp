// Contract in nn/graph_reader.hpp.
#include "nn/graph_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "lanewise/error.hpp"
#include "lanewise/nn/core_layers.hpp"

namespace lanewise::nn {
namespace {

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

const Config& required(FieldReader& reader, std::string_view name) {
  const Config* found = reader.find(name);
  if (!found) reader.path(name).fail("is missing");
  return *found;
}

// Of one entry at least.
const Config::List& required_list(FieldReader& reader, std::string_view name) {
  const Config& found = required(reader, name);
  const auto* list = found.get_if<Config::List>();
  if (!list) reader.path(name).refuse(found, "a list");
  if (list->empty()) reader.path(name).fail("is empty, expected one entry at least");
  return *list;
}

// What gives a value: an input, or a use of a layer.
struct Reference {
  std::string name;
  std::int64_t use = 0;
  friend auto operator<=>(const Reference&, const Reference&) = default;
};

std::string to_string(const Reference& reference) {
  return reference.use == 0 ? reference.name
                            : fmt::format("[{}, {}]", reference.name, reference.use);
}

// "name", or ["name", use].
Reference read_reference(const Config& config, const ConfigPath& path) {
  if (const auto* name = config.get_if<std::string>()) return {*name};
  const auto* list = config.get_if<Config::List>();
  if (!list || list->size() != 2) path.refuse(config, "a name or [name, use]");
  const auto use = from_config<std::int64_t>((*list)[1], path.entry(1));
  if (use < 0) path.entry(1).refuse((*list)[1], "a use of the layer, counted from 0");
  return {from_config<std::string>((*list)[0], path.entry(0)), use};
}

std::vector<Reference> read_references(const Config::List& list, const ConfigPath& path) {
  std::vector<Reference> references;
  for (const Config& entry : list)
    references.push_back(read_reference(entry, path.entry(references.size())));
  return references;
}

// A layer, or a further use of one.
struct Entry {
  ConfigPath path;
  Reference name;
  Layer layer;  // empty for a further use
  std::vector<Reference> inputs;
};

Entry read_entry(const Config& config, const ConfigPath& path) {
  FieldReader reader(config, path);
  Entry entry{path, {}, {}, read_references(required_list(reader, "inputs"), path.field("inputs"))};
  if (const Config* use = reader.find("use_of")) {
    reader.finish();
    entry.name = read_reference(*use, path.field("use_of"));
    return entry;
  }
  entry.name.name = from_config<std::string>(required(reader, "name"), path.field("name"));
  Config description = config;
  description.take("inputs");
  const Config is_shared = description.take("shared");
  entry.layer = from_config<Layer>(description, path);
  if (entry.layer.target<Input>())
    path.fail("got an Input, expected it among the inputs of the model");
  if (!is_shared.is_null() && from_config<bool>(is_shared, path.field("shared")))
    entry.layer = shared(std::move(entry.layer));
  return entry;
}

// The graph of entries in any order.
class GraphReader {
 public:
  GraphReader(Graph graph, std::vector<Entry> entries)
      : graph_(std::move(graph)), entries_(std::move(entries)), values_(entries_.size(), kAbsent) {
    for (std::size_t j = 0; j < graph_.inputs().size(); ++j)
      inputs_.emplace(graph_.inputs()[j].name, j);
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry& entry = entries_[i];
      if (inputs_.count(entry.name.name))
        entry.path.fail(fmt::format("'{}' is the name of an input already", entry.name.name));
      if (!uses_.emplace(entry.name, i).second)
        entry.path.fail(fmt::format("'{}' is there already", to_string(entry.name)));
    }
    for (const Entry& entry : entries_)
      if (!entry.layer) check_use(entry);
  }

  template <class T>
  Graph read(const std::vector<Reference>& outputs, const ConfigPath& path) {
    for (std::size_t i = 0; i < entries_.size(); ++i) add<T>(i);
    std::vector<std::size_t> values;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const std::size_t value = value_of(find(outputs[k], path.entry(k)));
      if (std::find(values.begin(), values.end(), value) != values.end())
        path.entry(k).fail(fmt::format("got '{}' twice", to_string(outputs[k])));
      values.push_back(value);
    }
    graph_.set_outputs(std::move(values));
    return std::move(graph_);
  }

 private:
  struct Source {
    bool is_input;
    std::size_t index;  // of the input, or of the entry
  };

  // The layer of a further use is there, and is shared.
  const Layer& check_use(const Entry& entry) const {
    const auto found = uses_.find({entry.name.name});
    if (found == uses_.end() || !entries_[found->second].layer)
      entry.path.field("use_of").fail(fmt::format("there is no layer '{}'", entry.name.name));
    const Layer& layer = entries_[found->second].layer;
    if (!layer.identity)
      entry.path.field("use_of").fail(fmt::format("the layer '{}' is not shared", entry.name.name));
    return layer;
  }

  Source find(const Reference& reference, const ConfigPath& path) const {
    if (const auto input = inputs_.find(reference.name); input != inputs_.end())
      return {true, input->second};
    if (const auto use = uses_.find(reference); use != uses_.end()) return {false, use->second};
    std::vector<std::string> names;
    for (const GraphInput& input : graph_.inputs()) names.push_back(input.name);
    for (const Entry& entry : entries_) names.push_back(to_string(entry.name));
    path.fail(
        fmt::format("there is no '{}' among: {}", to_string(reference), fmt::join(names, ", ")));
  }

  // kAbsent for an entry that is not in the graph yet.
  std::size_t value_of(const Source& source) const {
    return source.is_input ? source.index : values_[source.index];
  }

  // Appends the entry, and before it those that feed it and are not there yet. No recursion: a
  // graph may be deep.
  template <class T>
  void add(std::size_t first) {
    if (values_[first] != kAbsent) return;
    std::vector<std::size_t> path{first};
    while (!path.empty()) {
      const Entry& entry = entries_[path.back()];
      std::vector<std::size_t> inputs;
      std::size_t missing = kAbsent;
      for (std::size_t j = 0; j < entry.inputs.size() && missing == kAbsent; ++j) {
        const Source source = find(entry.inputs[j], entry.path.field("inputs").entry(j));
        inputs.push_back(value_of(source));
        if (inputs.back() == kAbsent) missing = source.index;
      }
      if (missing != kAbsent) {
        check_cycle(path, missing);
        path.push_back(missing);
        continue;
      }
      append<T>(path.back(), std::move(inputs));
      path.pop_back();
    }
  }

  void check_cycle(const std::vector<std::size_t>& path, std::size_t next) const {
    const auto same = std::find(path.begin(), path.end(), next);
    if (same == path.end()) return;
    std::vector<std::string> names;
    for (auto each = same; each != path.end(); ++each)
      names.push_back(to_string(entries_[*each].name));
    names.push_back(names.front());
    entries_[next].path.fail(
        fmt::format("got a cycle, each fed by the next: {}", fmt::join(names, ", ")));
  }

  template <class T>
  void append(std::size_t index, std::vector<std::size_t> inputs) {
    const Entry& entry = entries_[index];
    try {
      values_[index] =
          graph_.add<T>(entry.layer ? entry.layer : check_use(entry), std::move(inputs));
    } catch (const ArgumentError& error) {  // an option out of its range
      entry.path.fail(error.what());
    }
  }

  Graph graph_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> values_;  // of each entry
  std::map<std::string, std::size_t, std::less<>> inputs_;
  std::map<Reference, std::size_t> uses_;  // entries
};

GraphInput read_input(const Config& config, const ConfigPath& path) {
  FieldReader reader(config, path);
  GraphInput input;
  input.name = from_config<std::string>(required(reader, "name"), reader.path("name"));
  if (const Config* shape = reader.find("shape"))
    input.shape = from_config<std::optional<Shape>>(*shape, reader.path("shape"));
  reader.finish();
  if (input.name.empty()) path.field("name").fail("is empty");
  if (input.shape && input.shape->size() == 0)
    path.field("shape").fail(
        fmt::format("got {}, expected no dimension of 0", to_string(*input.shape)));
  return input;
}

std::vector<GraphInput> read_inputs(const Config::List& list, const ConfigPath& path) {
  std::vector<GraphInput> inputs;
  for (std::size_t j = 0; j < list.size(); ++j) {
    inputs.push_back(read_input(list[j], path.entry(j)));
    for (std::size_t i = 0; i < j; ++i)
      if (inputs[i].name == inputs[j].name)
        path.entry(j).field("name").fail(fmt::format("two inputs are named '{}'", inputs[j].name));
  }
  return inputs;
}

// Throws DataError for what stands there and leads nowhere.
void check_needed(const Graph& graph, const ConfigPath& path) {
  const std::vector<char> needed = graph.needed(graph.outputs());
  for (std::size_t value = 0; value < needed.size(); ++value)
    if (!needed[value])
      path.field(value < graph.inputs().size() ? "inputs" : "layers")
          .fail(fmt::format("no output needs {}", graph.describe_value(value)));
}

}  // namespace

template <class T>
Graph read_graph(const Config& config, const ConfigPath& path) {
  FieldReader reader(config, path);
  if (const Config& format = required(reader, "format"); format != Config(kModelFormat))
    reader.path("format").refuse(format, kModelFormat);
  if (const Config& version = required(reader, "version"); version != Config(kModelVersion))
    reader.path("version").refuse(version, fmt::to_string(kModelVersion));
  const auto kind = from_config<std::string>(required(reader, "kind"), reader.path("kind"));
  const Config::List& inputs = required_list(reader, "inputs");
  const Config::List& layers = required_list(reader, "layers");
  const Config::List& outputs = required_list(reader, "outputs");
  reader.finish();
  const bool is_sequential = kind == "Sequential";
  if (!is_sequential && kind != "Model")
    reader.path("kind").fail(fmt::format("got '{}', expected Model or Sequential", kind));

  std::vector<Entry> entries;
  for (const Config& layer : layers)
    entries.push_back(read_entry(layer, reader.path("layers").entry(entries.size())));
  GraphReader nodes(Graph(read_inputs(inputs, reader.path("inputs")), is_sequential),
                    std::move(entries));
  Graph graph =
      nodes.read<T>(read_references(outputs, reader.path("outputs")), reader.path("outputs"));
  if (is_sequential && !graph.is_chain())
    reader.path("kind").fail("got Sequential, and the layers are no chain");
  check_needed(graph, path);
  return graph;
}

template Graph read_graph<float>(const Config&, const ConfigPath&);
template Graph read_graph<double>(const Config&, const ConfigPath&);

}  // namespace lanewise::nn
