#pragma once
// The options that every chapter has.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// What a chapter is, and what it does unless the command line says otherwise.
struct ChapterInfo {
  std::string number;  ///< "04"
  std::string name;    ///< "mnist_mlp": the chapter's folder is tutorial/04_mnist_mlp
  std::string title;   ///< "MNIST with a multilayer perceptron"
  std::string quick;   ///< what --quick leaves out: "2 epochs instead of 21, fewer checks"
  std::string data{};  ///< the data set of the course's numbers: "mnist"; empty if it has none
  int epochs = 1;
  int quick_epochs = 1;               ///< with --quick
  lanewise::Index samples = 0;        ///< training samples; 0 for a chapter without reference runs
  lanewise::Index quick_samples = 0;  ///< training samples with --quick; 0 is all of them
  lanewise::Index batch_size = 32;
  std::uint64_t seed = 42;

  /// "04_mnist_mlp"
  std::string folder() const { return number + '_' + name; }
};

/// The values of the options.
struct ChapterOptions {
  int epochs = 1;
  lanewise::Index batch_size = 32;
  lanewise::Index samples = 0;  ///< training samples: all, or those of --quick
  std::uint64_t seed = 42;
  int threads = 0;             ///< 0 leaves the choice to the library
  std::filesystem::path data;  ///< empty: where lanewise::data::find() looks
  std::filesystem::path out;   ///< the chapter's files go to its folder in here
  bool quick = false;  ///< fewer epochs or training samples, and gradients checked in samples
  bool numbers_only = false;  ///< train only what is compared with Keras: no checks, no pictures

  /// Whether the run is the one that the reference numbers are of: its epochs, its batch size and
  /// all samples.
  bool full = true;
};

/// What the command line asks for.
struct CommandLine {
  ChapterOptions options;
  std::optional<int> exit_status;  ///< end at once: 0 after --help, 2 after wrong usage
};

/// Reads the command line; prints the help, or what is wrong with it.
CommandLine parse(const ChapterInfo& info, int argc, const char* const* argv);

}  // namespace tutorial
