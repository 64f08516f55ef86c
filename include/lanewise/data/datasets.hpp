#pragma once
/// \file
/// MNIST and its twin Fashion-MNIST: where they are found, and what is in them.
///
/// MNIST is not shipped with the library. `tools/fetch_data` puts it where find() looks.
/// Fashion-MNIST has the same format and file names, so each is recognized by its labels.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/tensor.hpp"

namespace lanewise::data {

/// 70,000 grey images of 28x28 in ten classes. Images stay bytes, 0 = background and 255 = ink;
/// they are scaled where a batch is gathered. To hold rows out for validation, take views:
/// `train_images.rows(0, 10000)` and `train_images.rows(10000, 60000)`.
struct Mnist {
  /// "mnist" or "fashion_mnist", recognized by the training labels, whatever the folder is called;
  /// "other" for a set of the same format that is neither.
  std::string name;
  std::filesystem::path directory;          ///< the folder of the four files
  std::array<std::string, 10> label_names;  ///< "0" … "9", or "T-shirt/top" … "Ankle boot"
  Tensor<std::uint8_t> train_images;        ///< shape (60000, 28, 28)
  Tensor<std::int32_t> train_labels;        ///< shape (60000), values 0 … 9
  Tensor<std::uint8_t> test_images;         ///< shape (10000, 28, 28)
  Tensor<std::int32_t> test_labels;         ///< shape (10000), values 0 … 9
};

/// Reads the four files `{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz` of a folder. Each may also
/// be uncompressed, without `.gz`, or have a dot in its name, as in `train-images.idx3-ubyte`; of
/// several the first of `-idx3-ubyte.gz`, `-idx3-ubyte`, `.idx3-ubyte.gz` and `.idx3-ubyte` is read.
/// \throws DataError as load_idx_images(), and if the numbers of images and labels differ, images
/// are not 28x28, or a label is above 9.
LANEWISE_API Mnist load_mnist(const std::filesystem::path& directory);

/// What find() found.
struct Found {
  std::string name;                             ///< as Mnist::name, so possibly not what was asked
  std::filesystem::path directory;              ///< what load_mnist() takes
  std::vector<std::filesystem::path> searched;  ///< every folder looked at, in order
};

/// Finds the folder of a data set, "mnist" or "fashion_mnist". With `explicit_directory` not empty
/// it is that folder, or its subfolder of the data set's name, and nothing else. Otherwise the
/// first of
///   1. the folder that the environment variable LANEWISE_DATA names, or its subfolder,
///   2. `lanewise/<name>` in the user's cache: XDG_CACHE_HOME, else ~/.cache,
///   3. for "fashion_mnist", where the Debian package dataset-fashion-mnist puts it,
///   4. for "mnist", whatever the search for "fashion_mnist" gives: the result's name tells.
/// \throws ArgumentError for another name; DataError if nothing is found, naming every folder that
/// was looked at and how to get the data, or if the training labels of a found one are damaged.
LANEWISE_API Found find(std::string_view name,
                        const std::filesystem::path& explicit_directory = {});

}  // namespace lanewise::data
