#pragma once
// The folder of a run's files: there whole, or not at all.
//
// A run writes into a new folder beside the one that it is to become,
// DIR/04_mnist_mlp.lanewise-0.tmp, and when it has come to its end the two are exchanged, in one
// step where the system has one. So DIR/04_mnist_mlp holds the files of one run that has ended,
// whether it has passed or failed; of one that was interrupted, killed or ended by an error nothing
// is seen.
//
// - What a killed run leaves beside it, the next one removes. Runs lock their folders, so that what
//   nobody holds is known for a leftover; where locks are not to be had, it stays.
// - Runs at the same time do not touch each other: the one that ends last is the one that is seen.
// - A symbolic link in DIR or DIR/04_mnist_mlp stays, and the folder at its end is exchanged.
// - Files in DIR/04_mnist_mlp that no run has written stay; the others go with their run. The list
//   of a run's files is in its file `.files`.
// - Who reads several files and wants them of the same run locks DIR meanwhile (flock).

#include <filesystem>

namespace tutorial {

class RunFolder {
 public:
  /// Makes an empty folder beside `target`. Throws lanewise::IoError if the system refuses it.
  explicit RunFolder(const std::filesystem::path& target);
  /// Removes it, unless it was published.
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  /// Where the run's files are now: the target, once they are published.
  const std::filesystem::path& path() const { return path_; }

  /// Puts the folder in the place of the target. Throws lanewise::IoError, and leaves the target as
  /// it was, if the system refuses it or a folder there has the name of one of the run's files.
  void publish();

 private:
  void remove_leftovers() const;

  std::filesystem::path target_, path_;
  int lock_ = -1;  // a descriptor of the folder, locked
};

}  // namespace tutorial
