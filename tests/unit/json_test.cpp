// JSON of descriptions and of whole models: what is written, and what is refused.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "lanewise/lanewise.hpp"
#include "support/catch.hpp"
#include "support/error_of.hpp"
#include "support/layer.hpp"
#include "support/random_data.hpp"
#include "support/same_bits.hpp"

using namespace lanewise;

namespace {

// Two inputs, two outputs, a layer of three uses that feeds itself, one that is frozen, dropout.
Model twins() {
  const Value left = input({4}, "left"), right = input({4});
  const Layer twin = shared(named("twin", Dense{4, {.activation = lanewise::tanh}}));
  const Value a = left | twin, b = right | twin;
  const Value joined = concatenate(a, b) | frozen(Dense{5, {.bias_initializer = Ones{}}});
  const Value head = add(joined | Dropout{0.3} | Dense{4}, a | twin) | BatchNormalization{};
  return {{left, right}, {joined | Dense{2}, head}};
}

template <class T>
T read_back(const T& model) {
  return from_json<T>(to_json(model));
}

std::vector<float> trained(Model model) {
  model.set_seed(7);
  model.compile({.optimizer = Adam{}, .losses = {MeanSquaredError{}, MeanSquaredError{}}});
  const auto x = test::numbers({12, 4}, 1), y = test::numbers({12, 4}, 2);
  const auto small = test::numbers({12, 2}, 3);
  model.fit({x, y}, {small, x}, {.epochs = 3, .batch_size = 5});
  return test::weights(model);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

// The model with its layers in the opposite order.
std::string reversed(const Config& model) {
  Config changed{Config::Object{}};
  for (const auto& [name, value] : *model.get_if<Config::Object>()) {
    Config::List list;
    if (name == "layers") {
      list = *value.get_if<Config::List>();
      std::reverse(list.begin(), list.end());
    }
    changed.add(name, name == "layers" ? Config(list) : value);
  }
  return to_json(changed);
}

}  // namespace

TEST_CASE("numbers survive JSON exactly", "[config][json]") {
  const double limits[] = {0.1,
                           1.0 / 3,
                           5e-324,
                           1.7976931348623157e308,
                           -0.0,
                           1e22,
                           123456789.0,
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};
  for (const double value : limits) {
    const Initializer read = from_json<Initializer>(to_json(Initializer(Constant{value})));
    CAPTURE(value);
    CHECK(test::same_bits<double>({&read.target<Constant>()->value, 1}, {&value, 1}));
  }
  for (const Index value : {std::numeric_limits<Index>::min(), std::numeric_limits<Index>::max()})
    CHECK(from_json<Index>(to_json(value)) == value);
  CHECK(from_json<float>(to_json(0.1f)) == 0.1f);
  CHECK(from_json<double>("3") == 3);
  CHECK(from_json<std::uint8_t>("255") == 255);
  test::throws<DataError>([] { from_json<std::uint8_t>("256"); }, {"256", "0 to 255"});
  test::throws<DataError>([] { from_json<Index>("9223372036854775808"); }, {"a number", "integer"});
  test::throws<ArgumentError>([] { to_config(std::numeric_limits<std::uint64_t>::max()); },
                              {"above 2^63"});
  test::throws<DataError>([] { from_json<double>("1e999"); }, {"line 1"});
}

TEST_CASE("what cannot be read is named with its place", "[config][json]") {
  const auto refused = [](const char* text, const std::vector<std::string>& parts) {
    const std::string message = test::error_of<DataError>([&] { from_json<Layer>(text); });
    CAPTURE(text);
    for (const std::string& part : parts) test::says(message, part);
  };
  refused(R"({"type": "Dence"})", {"unknown layer, 'Dence'", "register_type<Dence>()", "Dense,"});
  refused(R"({"units": 3})", {"no type"});
  refused(R"([1])", {"got a list", "the layer as an object"});
  refused(R"({"type": 3})", {"type: got an integer, 3, expected text"});
  refused(R"({"type": "Dense", "unit": 3})", {"unknown field, 'unit'", "units, activation"});
  refused(R"({"type": "Dense", "units": 3.5})", {"units: got a number, 3.5, expected an integer"});
  refused(R"({"type": "Dense", "units": "3"})", {"units: got text, 3, expected an integer"});
  refused(R"({"type": "Dense", "use_bias": 1})", {"use_bias: got an integer, 1, expected true"});
  refused(R"({"type": "Dense", "activation": "rule"})",
          {"activation: got text, rule, expected one of: linear, step, relu"});
  refused(R"({"type": "Dense", "activation": {"parameter": 1}})", {"activation: has no kind"});
  refused(R"({"type": "Dense", "activation": {"kind": "elu", "alpha": 1}})",
          {"activation: got an unknown field, 'alpha'", "kind, parameter"});
  refused(R"({"type": "Dense", "kernel_initializer": {"type": "HeNormla"}})",
          {"kernel_initializer: got an unknown initializer, 'HeNormla'"});
  refused(R"({"type": "Dense", "kernel_initializer": "zeros"})",
          {"kernel_initializer: got text, zeros, expected the initializer as an object"});
  refused(R"({"type": "Dense", "kernel_initializer": {"stddev": 1}})",
          {"kernel_initializer: the initializer has no type"});
  refused(R"({"type": "Dense", "kernel_initializer": {"type": "RandomNormal", "deviation": 1}})",
          {"kernel_initializer: got an unknown field, 'deviation'", "stddev"});
  refused(R"({"type": "Dense", "kernel_regularizer": {"l2": "much"}})",
          {"kernel_regularizer.l2: got text, much, expected a number"});
  refused(R"({"type": "Conv2D", "kernel_size": [3]})", {"kernel_size: got a list"});
  refused(R"({"type": "Conv2D", "kernel_size": [3, "x"]})", {"kernel_size[1]: got text, x"});
  refused(R"({"type": "Conv2D", "padding": "some"})", {"padding: got text, some", "valid, same"});
  refused(R"({"type": "Reshape", "shape": [1, null]})", {"shape[1]: got null"});
  refused(R"({"type": "Input", "shape": [-1]})", {"shape: ", "-1"});
  refused(R"({"type": "Permute", "dims": [99999999999]})", {"dims[0]: ", "99999999999"});
  refused(R"({"type": "Dense", "trainable": "no"})", {"trainable: got text, no"});
  refused(R"({"type": "Dense", "name": ""})", {"name: ", "''"});
  refused(R"({"type": "Dense", "name": "a/b"})", {"name: ", "a/b"});
  refused(R"({"type": "Dense", "type": "Add"})", {"got 'type' twice"});
  refused(R"({"type": "Dense", "kernel_initializer": {"type": "Ones", "type": "Zeros"}})",
          {"kernel_initializer: got 'type' twice"});
  refused(R"({"type": "Permute", "dims": [1, [2], {"a": {}, "b": [0, {"c": 1, "c": 2}]}]})",
          {"dims[2].b[1]: got 'c' twice"});
  refused("{\"type\": \"Dense\",\n  \"units\" 3}", {"line 2, column 11"});
  refused("", {"line 1, column 1"});
  refused("{} {}", {"line 1"});
  refused(std::string(200, '[').c_str(), {"more than 100"});
  test::throws<DataError>([] { from_json<Loss>(R"({"type": "Dense"})"); }, {"unknown loss"});
}

TEST_CASE("fields may be written as Keras has them", "[config][json]") {
  const auto is = [](const char* text, const Layer& layer) {
    CHECK(from_json<Layer>(text) == layer);
  };
  is(R"({"type": "Conv2D", "filters": 2, "kernel_size": 3})", Conv2D{2, 3});
  is(R"({"type": "ZeroPadding2D", "padding": 2})", ZeroPadding2D{2});
  is(R"({"type": "ZeroPadding2D", "padding": [1, 2]})", ZeroPadding2D{{1, 2}});
  is(R"({"type": "MaxPooling2D", "strides": null})", MaxPooling2D{});
  is(R"({"type": "Activation", "function": "leaky_relu"})", Activation{leaky_relu});
  is(R"({"type": "Activation", "function": {"kind": "elu"}})", Activation{elu});
}

namespace {

// Holds what is no data.
struct Ringing {
  std::shared_ptr<int> bell;
  LANEWISE_INITIALIZER(Ringing, bell);
};
template <class T>
std::unique_ptr<InitializerInstance<T>> Ringing::make() const {
  return Zeros{}.make<T>();
}

}  // namespace

TEST_CASE("a field that cannot be written is named", "[config][json]") {
  const Initializer ringing = Ringing{std::make_shared<int>(1)};
  CHECK(to_string(ringing) == "Ringing{bell: …}");
  CHECK(ringing == ringing);
  CHECK(ringing != Initializer(Ringing{std::make_shared<int>(1)}));
  test::throws<ArgumentError>(
      [&] {
        to_json(Layer(Dense{3, {.bias_initializer = ringing}}));
      },
      {"to_json: bias_initializer.bell: got a value of a type without a ConfigConversion"});
  test::throws<ArgumentError>([] { to_json(named("\xff", Dense{})); }, {"UTF-8"});
}

TEST_CASE("a model comes back from JSON as it was, and trains to the same bits", "[json]") {
  const Model model = twins(), back = read_back(model);
  CHECK(to_json(back) == to_json(model));
  Model built = model, again = back;
  built.build();
  again.build();
  CHECK(again.summary() == built.summary());
  CHECK(trained(back) == trained(model));
  CHECK(to_json(from_json<BasicModel<double>>(to_json(model))) == to_json(model));

  // A second trip, of a model that is trained, and of one whose layer was frozen later.
  built.set_trainable("twin", false);
  const Model frozen_later = read_back(built);
  CHECK(to_json(frozen_later) == to_json(built));
  CHECK(to_json(frozen_later) != to_json(model));
  Model fresh = twins();
  fresh.set_trainable("twin", false);
  CHECK(trained(frozen_later) == trained(fresh));
  CHECK(trained(frozen_later) != trained(model));
}

TEST_CASE("a stack comes back from JSON as a stack", "[json]") {
  Sequential model{Conv2D{3, 3, {.activation = relu}}, Flatten{}, named("head", Dense{2})};
  Sequential back = read_back(model);
  CHECK(to_json(back) == to_json(model));
  back.add(Dense{3});  // it is none the worse
  const Sequential declared{named("pixels", Input{{8, 8, 1}}), Conv2D{3, 3}, Flatten{}};
  CHECK(to_json(read_back(declared)) == to_json(declared));
  CHECK(read_back(declared).summary() == declared.summary());
  CHECK(to_json(from_json<Model>(to_json(model))) == to_json(model));
  CHECK(test::error_of<ArgumentError>([] {
          from_json<Sequential>(to_json(twins()));
        }).find("no chain") != std::string::npos);
  Model whole = twins();
  whole.build();
  const Model part = whole.part({"left", "concatenate"}, "batch_normalization");
  CHECK(to_json(read_back(part)) == to_json(part));
}

TEST_CASE("layers may stand in any order", "[json]") {
  Model model = twins();
  Model back = from_json<Model>(reversed(to_config(model)));
  model.build();
  back.build();
  CHECK(back.copy_weights(model) == 5);
  const auto x = test::numbers({3, 4}, 1), y = test::numbers({3, 4}, 2);
  const auto expected = model.predict_all({x, y}), got = back.predict_all({x, y});
  for (std::size_t k = 0; k < 2; ++k)
    CHECK(std::equal(got[k].begin(), got[k].end(), expected[k].begin(), expected[k].end()));
}

TEST_CASE("a model that cannot be read is refused with the place and the reason", "[json]") {
  const std::string text = to_json(twins());
  const auto refused = [&](const std::string& from, const std::string& to,
                           const std::vector<std::string>& parts) {
    const std::string message =
        test::error_of<DataError>([&] { from_json<Model>(replaced(text, from, to)); });
    CAPTURE(from, to);
    for (const std::string& part : parts) test::says(message, part);
  };
  refused("lanewise.model", "keras.model", {"format: got text", "lanewise.model"});
  refused(R"("version": 1)", R"("version": 2)", {"version: got an integer, 2, expected 1"});
  refused(R"("version": 1,)", "", {"version: is missing"});
  refused(R"("kind": "Model")", R"("kind": "Sequential")", {"kind: ", "no chain"});
  refused(R"("kind": "Model")", R"("kind": "Graph")", {"kind: ", "Model or Sequential"});
  refused(R"("kind": "Model")", R"("kind": "Model", "weights": [])", {"field, 'weights'"});
  refused(R"("type": "Dropout")", R"("type": "Dropin")", {"layers[", "layer, 'Dropin'"});
  refused(R"("rate": 0.3)", R"("rite": 0.3)", {"layers[", "field, 'rite'"});
  refused(R"("rate": 0.3)", R"("rate": true)", {"].rate: got true or false, true"});
  refused(R"("rate": 0.3)", R"("rate": 1.5)", {"layers[", "Dropout: got a rate of 1.5"});
  refused(R"("name": "left")", R"("name": "input_2")", {"inputs[1].name: ", "'input_2'"});
  refused(R"("name": "left")", R"("name": "dropout")", {"'dropout' is the name of an input"});
  refused(R"("name": "dropout")", R"("name": "twin")", {"layers[", "'twin' is there already"});
  refused(R"("name": "dropout",)", "", {"].name: is missing"});
  refused(R"("name": "dropout")", R"("name": "drop/out")", {"].name: ", "drop/out"});
  refused(R"("shared": true,)", "", {"].use_of: the layer 'twin' is not shared"});
  refused("\"twin\",\n        1\n", "\"twin\",\n        -1\n",
          {"].use_of[1]: got an integer, -1, expected a use"});
  refused(R"("name": "twin")", R"("name": "twine")", {"there is no layer 'twin'"});
  refused("\"left\"\n      ]", "\"loft\"\n      ]",
          {"layers[0].inputs[0]: there is no 'loft' among: left, input_2, twin"});
  refused("\"left\"\n      ]", "\"batch_normalization\"\n      ]",
          {"a cycle", "twin, batch_normalization, add, "});
  refused("\"left\"\n      ]", "]", {"layers[0].inputs: is empty"});
  refused("\"left\"\n      ]", "3\n      ]", {"layers[0].inputs[0]: got an integer, 3"});
  refused("\"left\"\n      ]", "[\"left\"]\n      ]", {"layers[0].inputs[0]: got a list"});
  refused("\"outputs\": [\n    \"dense_1\"", "\"outputs\": [\n    \"dense\"",
          {"layers: no output needs dense_1"});
  refused("\"outputs\": [\n    \"dense_1\"", "\"outputs\": [\n    \"batch_normalization\"",
          {"outputs[1]: got 'batch_normalization' twice"});
  refused("\"shape\": [\n        4\n      ]", "\"shape\": [\n        0\n      ]",
          {"inputs[0].shape: got (0,)"});
  refused(R"("type": "Dropout")", R"("type": "Input")", {"layers["});
  test::throws<DataError>([] { from_json<Model>("[]"); }, {"got a list, expected an object"});
  test::throws<DataError>(
      [] {
        from_json<Model>(R"({"format": "lanewise.model", "version": 1, "kind": "Model",
          "inputs": [{"name": "x"}, {"name": "unused"}], "outputs": ["a"],
          "layers": [{"type": "Flatten", "name": "a", "inputs": ["x"]}]})");
      },
      {"inputs: no output needs unused"});
}

TEST_CASE("a deep model comes back", "[json]") {
  Value value = input({1});
  const Value first = value;
  for (int i = 0; i < 500; ++i) value = value | Flatten{};
  const Model model{first, value};
  CHECK(from_json<Model>(reversed(to_config(model))).layers().size() == 500);
}

// Whatever is done to the text, it is read or refused.
TEST_CASE("damaged text is refused", "[json]") {
  LANEWISE_SEED_INFO();
  test::Random random(11);
  const std::string text = to_json(twins());
  const auto place = [&] {
    return static_cast<std::size_t>(random.integer(0, static_cast<Index>(text.size()) - 1));
  };
  int read = 0, refused = 0;
  for (int i = 0; i < 400; ++i) {
    std::string damaged = text;
    for (std::ptrdiff_t n = random.integer(1, 3); n > 0; --n) {
      const std::size_t at = std::min(place(), damaged.size() - 1);
      switch (random.integer(0, 3)) {
        case 0:
          damaged[at] = static_cast<char>(random.integer(0, 255));
          break;
        case 1:
          damaged.erase(at, static_cast<std::size_t>(random.integer(1, 40)));
          break;
        case 2: {  // what stands elsewhere
          const std::string part = text.substr(place(), 12);
          damaged.insert(at, part);
          break;
        }
        default:  // another number
          if (const auto digit = damaged.find_first_of("0123456789", at); digit < damaged.size())
            damaged.replace(digit, 1, std::to_string(random.integer(-3, 9)));
      }
      if (damaged.empty()) damaged = "{";
    }
    try {
      Model model = from_json<Model>(damaged);
      ++read;
    } catch (const DataError& error) {
      CHECK(std::string_view(error.what()).size() > 5);
      ++refused;
    }
  }
  CHECK(read > 0);
  CHECK(refused > 200);
}
