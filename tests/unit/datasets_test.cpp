#include "lanewise/data/datasets.hpp"

#include <cmath>
#include <string>

#include "lanewise/error.hpp"
#include "support/catch.hpp"
#include "support/contains.hpp"
#include "support/environment.hpp"
#include "support/idx.hpp"
#include "support/temporary_directory.hpp"

using namespace lanewise;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace {

const fs::path kFashionMnist = "/usr/share/datasets/fashion-mnist";

// Three training and two test images, in a folder that is made.
void write_small_set(const fs::path& directory) {
  fs::create_directories(directory);
  write_file(directory / "train-images-idx3-ubyte.gz",
             gzip(idx_bytes({3, 28, 28}, std::string(3 * 784, '\x10'))));
  write_file(directory / "train-labels-idx1-ubyte.gz", gzip(idx_bytes({3}, "\x00\x09\x04"s)));
  write_file(directory / "t10k-images-idx3-ubyte.gz",
             gzip(idx_bytes({2, 28, 28}, std::string(2 * 784, '\x20'))));
  write_file(directory / "t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({2}, "\x01\x02"s)));
}

std::string first_labels(const Tensor<std::int32_t>& labels) {
  return to_string(labels.rows(0, 10), 5);
}

double mean_pixel(const Tensor<std::uint8_t>& images) {
  double sum = 0;
  for (std::uint8_t pixel : images) sum += pixel;
  return sum / 255 / static_cast<double>(images.size());
}

}  // namespace

TEST_CASE("a set in MNIST's format is loaded", "[datasets]") {
  const TemporaryDirectory directory;
  write_small_set(directory.path());
  const data::Mnist set = data::load_mnist(directory.path());
  CHECK(set.name == "other");
  CHECK(set.directory == directory.path());
  CHECK(set.train_images.shape() == Shape{3, 28, 28});
  CHECK(set.test_images(1, 27, 27) == 0x20);
  CHECK(to_string(set.train_labels) == "[0 9 4]");
  CHECK(set.label_names[9] == "9");
}

TEST_CASE("a set whose files do not fit together is refused", "[datasets]") {
  const TemporaryDirectory directory;
  write_small_set(directory.path());
  const auto load = [&] { data::load_mnist(directory.path()); };
  write_file(directory / "t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({3}, "\x01\x02\x03"s)));
  CHECK_THROWS_WITH(load(), contains("the test set has 2 images and 3 labels"));
  write_file(directory / "t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({2}, "\x01\x0a"s)));
  CHECK_THROWS_WITH(load(), contains("label 10 at index 1, expected 0 to 9"));
  write_file(directory / "train-images-idx3-ubyte.gz",
             gzip(idx_bytes({3, 2, 2}, std::string(12, '\0'))));
  CHECK_THROWS_WITH(load(), contains("images of shape (2, 2), expected (28, 28)"));
  fs::remove(directory / "train-images-idx3-ubyte.gz");
  CHECK_THROWS_AS(load(), DataError);
}

TEST_CASE("files are found uncompressed, and with a dot in their names", "[datasets]") {
  const TemporaryDirectory directory;
  const Environment root("LANEWISE_DATA", directory.path().string());
  const auto rename = [&](const std::string& from, const std::string& to) {
    fs::rename(directory / from, directory / to);
  };
  write_small_set(directory.path());
  rename("train-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz");
  fs::remove(directory / "train-labels-idx1-ubyte.gz");
  fs::create_directory(directory / "train-labels-idx1-ubyte");  // as some archives unpack it
  write_file(directory / "train-labels.idx1-ubyte", idx_bytes({3}, "\x00\x09\x04"s));
  fs::remove(directory / "t10k-labels-idx1-ubyte.gz");
  write_file(directory / "t10k-labels-idx1-ubyte", idx_bytes({2}, "\x01\x02"s));
  const data::Found found = data::find("mnist");
  CHECK(found.directory == directory.path());
  const data::Mnist set = data::load_mnist(found.directory);
  CHECK(set.train_images.shape() == Shape{3, 28, 28});
  CHECK(to_string(set.train_labels) == "[0 9 4]");
  CHECK(to_string(set.test_labels) == "[1 2]");

  write_file(directory / "t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({2}, "\x03\x04"s)));
  CHECK(to_string(data::load_mnist(directory.path()).test_labels) == "[3 4]");  // the first name
}

TEST_CASE("an explicit folder is taken or refused, and nothing else is looked at", "[datasets]") {
  const TemporaryDirectory directory;
  const Environment data_root("LANEWISE_DATA", (directory / "root").string());
  write_small_set(directory / "root");
  write_small_set(directory / "here");
  write_small_set(directory / "above/mnist");
  CHECK(data::find("mnist", directory / "here").directory == directory / "here");
  CHECK(data::find("mnist", directory / "above").directory == directory / "above/mnist");
  CHECK_THROWS_AS(data::find("mnist", directory / "nowhere"), DataError);
  CHECK_THROWS_WITH(data::find("mnist", directory / "nowhere"), contains("fetch_data"));
  fs::remove(directory / "here/t10k-labels-idx1-ubyte.gz");
  CHECK_THROWS_AS(data::find("mnist", directory / "here"), DataError);
  CHECK_THROWS_AS(data::find("cifar", directory / "above"), ArgumentError);
}

TEST_CASE("data is searched in LANEWISE_DATA, then in the user's cache", "[datasets]") {
  const TemporaryDirectory directory;
  const Environment cache("XDG_CACHE_HOME", (directory / "cache").string());
  const Environment home("HOME", (directory / "home").string());
  write_small_set(directory / "home/.cache/lanewise/mnist");
  {
    const Environment no_root("LANEWISE_DATA", "");
    const Environment relative_cache("XDG_CACHE_HOME", "relative/is/ignored");
    CHECK(data::find("mnist").directory == directory / "home/.cache/lanewise/mnist");
  }
  write_small_set(directory / "cache/lanewise/mnist");
  const Environment root("LANEWISE_DATA", (directory / "root").string());
  const data::Found cached = data::find("mnist");
  CHECK(cached.directory == directory / "cache/lanewise/mnist");
  CHECK(cached.name == "other");
  REQUIRE(cached.searched.size() == 3);
  CHECK(cached.searched[0] == directory / "root/mnist");
  CHECK(cached.searched[1] == directory / "root");

  write_small_set(directory / "root");
  CHECK(data::find("mnist").directory == directory / "root");
  write_small_set(directory / "root/mnist");
  CHECK(data::find("mnist").directory == directory / "root/mnist");

  write_file(directory / "root/mnist/train-labels-idx1-ubyte.gz", "damaged");
  CHECK_THROWS_AS(data::find("mnist"), DataError);  // and not silently the next one
}

TEST_CASE("without MNIST the search ends at Fashion-MNIST, and says so", "[datasets]") {
  const TemporaryDirectory directory;
  const Environment root("LANEWISE_DATA", "");
  const Environment cache("XDG_CACHE_HOME", directory.path().string());
  if (fs::exists(kFashionMnist)) {
    const data::Found found = data::find("mnist");
    CHECK(found.name == "fashion_mnist");
    CHECK(found.directory == kFashionMnist);
    CHECK(found.searched.front() == directory / "lanewise/mnist");
    CHECK(data::find("mnist", kFashionMnist).name == "fashion_mnist");
  } else {
    CHECK_THROWS_AS(data::find("mnist"), DataError);
    CHECK_THROWS_WITH(data::find("mnist"), contains("tools/fetch_data"));
  }
}

TEST_CASE("Fashion-MNIST is what it should be", "[datasets]") {
  if (!fs::exists(kFashionMnist)) {
    WARN("skipped: dataset-fashion-mnist is not installed");
    return;
  }
  const data::Mnist set = data::load_mnist(kFashionMnist);
  CHECK(set.name == "fashion_mnist");
  CHECK(set.train_images.shape() == Shape{60000, 28, 28});
  CHECK(set.test_images.shape() == Shape{10000, 28, 28});
  CHECK(first_labels(set.train_labels) == "[9 0 0 3 0 2 7 2 5 5]");
  CHECK(set.label_names[9] == "Ankle boot");
}

TEST_CASE("MNIST is what it should be", "[datasets]") {
  const data::Found found = [] {
    try {
      return data::find("mnist");
    } catch (const DataError&) {
      return data::Found{};
    }
  }();
  if (found.name != "mnist") {
    WARN("skipped: MNIST was not found; LANEWISE_DATA names its folder");
    return;
  }
  const data::Mnist set = data::load_mnist(found.directory);
  CHECK(set.name == "mnist");
  CHECK(first_labels(set.train_labels) == "[5 0 4 1 9 2 1 3 1 4]");
  CHECK(first_labels(set.test_labels) == "[7 2 1 0 4 1 4 9 5 9]");
  CHECK(std::abs(mean_pixel(set.train_images) - 0.1306605) < 5e-8);
  CHECK(std::abs(mean_pixel(set.test_images) - 0.1325146) < 5e-8);
  Tensor<std::int32_t> counts(Shape{10});
  for (std::int32_t label : set.test_labels) ++counts[label];
  CHECK(to_string(counts, 5) == "[ 980 1135 1032 1010  982  892  958 1028  974 1009]");

  // Its folder is no place to take Fashion-MNIST from.
  const Environment root("LANEWISE_DATA", found.directory.string());
  std::string name = "fashion_mnist";
  try {
    name = data::find("fashion_mnist").name;
  } catch (const DataError&) {
    // There is none here, which is as good.
  }
  CHECK(name == "fashion_mnist");
}
