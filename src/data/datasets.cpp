// MNIST and Fashion-MNIST. The contract is in lanewise/data/datasets.hpp.
#include "lanewise/data/datasets.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>
#include <vector>

#include "lanewise/data/idx.hpp"
#include "lanewise/error.hpp"

namespace lanewise::data {
namespace {

// A file's name without its ending, of which there are several.
struct FileName {
  std::string_view part, kind;
};
constexpr FileName kTrainImages{"train-images", "idx3"}, kTrainLabels{"train-labels", "idx1"},
    kTestImages{"t10k-images", "idx3"}, kTestLabels{"t10k-labels", "idx1"};
constexpr std::array kFiles{kTrainImages, kTrainLabels, kTestImages, kTestLabels};

// The file under the first of its names that is there: with a hyphen or a dot, compressed or not.
// The first of all, for a message, if none is.
std::filesystem::path locate(const std::filesystem::path& directory, const FileName& file) {
  for (const char separator : {'-', '.'})
    for (const std::string_view ending : {".gz", ""}) {
      auto path =
          directory / fmt::format("{}{}{}-ubyte{}", file.part, separator, file.kind, ending);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
  return directory / fmt::format("{}-{}-ubyte.gz", file.part, file.kind);
}

constexpr Index kClasses = 10;
constexpr Index kSide = 28;

// CRC-32 of the training labels as bytes.
constexpr unsigned long kMnistCrc = 0xba07e8ef;
constexpr unsigned long kFashionMnistCrc = 0x2ed6e46a;

constexpr std::string_view kFashionMnistPackage = "/usr/share/datasets/fashion-mnist";

std::string recognize(const Tensor<std::int32_t>& train_labels) {
  std::vector<Bytef> bytes(static_cast<std::size_t>(train_labels.size()));
  std::transform(train_labels.begin(), train_labels.end(), bytes.begin(),
                 [](std::int32_t label) { return static_cast<Bytef>(label); });
  const unsigned long crc = crc32_z(0, bytes.data(), bytes.size());
  return crc == kMnistCrc ? "mnist" : crc == kFashionMnistCrc ? "fashion_mnist" : "other";
}

std::array<std::string, 10> names_of_labels(std::string_view name) {
  if (name == "fashion_mnist")
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
}

void check(const Tensor<std::uint8_t>& images, const Tensor<std::int32_t>& labels,
           const std::filesystem::path& directory, std::string_view part) {
  const auto fail = [&](std::string_view what) {
    throw DataError(fmt::format("{}: the {} set {}", directory.string(), part, what));
  };
  if (images.shape()[0] != labels.shape()[0])
    fail(fmt::format("has {} images and {} labels", images.shape()[0], labels.shape()[0]));
  if (images.shape().inner() != Shape{kSide, kSide})
    fail(fmt::format("has images of shape {}, expected {}", to_string(images.shape().inner()),
                     to_string(Shape{kSide, kSide})));
  for (Index i = 0; i < labels.size(); ++i)
    if (labels[i] >= kClasses)
      fail(fmt::format("has the label {} at index {}, expected 0 to 9", labels[i], i));
}

}  // namespace

Mnist load_mnist(const std::filesystem::path& directory) {
  Mnist set;
  set.directory = directory;
  set.train_labels = load_idx_labels(locate(directory, kTrainLabels));
  set.test_labels = load_idx_labels(locate(directory, kTestLabels));
  set.train_images = load_idx_images(locate(directory, kTrainImages));
  set.test_images = load_idx_images(locate(directory, kTestImages));
  check(set.train_images, set.train_labels, directory, "training");
  check(set.test_images, set.test_labels, directory, "test");
  set.name = recognize(set.train_labels);
  set.label_names = names_of_labels(set.name);
  return set;
}

namespace {

// Walks from folder to folder and remembers them.
class Search {
 public:
  // Whether the folder has all four files, and does not hold the other data set when both are
  // known: MNIST's folder is no place to take Fashion-MNIST from.
  bool look(const std::filesystem::path& directory, std::string_view wanted = {}) {
    found_.searched.push_back(directory);
    const auto present = [&](const FileName& file) {
      std::error_code ignored;
      return std::filesystem::is_regular_file(locate(directory, file), ignored);
    };
    if (!std::all_of(kFiles.begin(), kFiles.end(), present)) return false;
    found_.name = recognize(load_idx_labels(locate(directory, kTrainLabels)));
    found_.directory = directory;
    return wanted.empty() || found_.name == wanted || found_.name == "other";
  }

  Found take() { return std::move(found_); }

  std::string places() const {
    std::string list;
    for (const auto& directory : found_.searched) list += "\n  " + directory.string();
    return list;
  }

 private:
  Found found_;
};

std::filesystem::path environment_path(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? std::filesystem::path() : std::filesystem::path(value);
}

// The XDG base directory specification: a relative XDG_CACHE_HOME is to be ignored.
std::filesystem::path user_cache() {
  const std::filesystem::path cache = environment_path("XDG_CACHE_HOME");
  if (cache.is_absolute()) return cache;
  const std::filesystem::path home = environment_path("HOME");
  return home.empty() ? home : home / ".cache";
}

bool search(Search& search, std::string_view name) {
  if (const auto root = environment_path("LANEWISE_DATA"); !root.empty())
    if (search.look(root / name, name) || search.look(root, name)) return true;
  if (const auto cache = user_cache(); !cache.empty())
    if (search.look(cache / "lanewise" / name, name)) return true;
  if (name == "fashion_mnist") return search.look(kFashionMnistPackage, name);
  return false;
}

constexpr std::string_view kAdvice =
    "\nMNIST is downloaded by ./tools/fetch_data; Fashion-MNIST is the Debian package "
    "dataset-fashion-mnist";

}  // namespace

Found find(std::string_view name, const std::filesystem::path& explicit_directory) {
  if (name != "mnist" && name != "fashion_mnist")
    throw ArgumentError(
        fmt::format("data::find: got '{}', expected 'mnist' or 'fashion_mnist'", name));
  Search places;
  if (!explicit_directory.empty()) {
    if (places.look(explicit_directory / name) || places.look(explicit_directory))
      return places.take();
    throw DataError(
        fmt::format("data::find: {} does not hold {}'s four files (train-images-idx3-ubyte, with "
                    "or without .gz, …); looked at{}{}",
                    explicit_directory.string(), name, places.places(), kAdvice));
  }
  if (search(places, name) || (name == "mnist" && search(places, "fashion_mnist")))
    return places.take();
  throw DataError(
      fmt::format("data::find: {} was not found; looked at{}{}", name, places.places(), kAdvice));
}

}  // namespace lanewise::data
