#pragma once
/// \file
/// What fit() tells the outside while it works, and what it returns.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lanewise/export.hpp"
#include "lanewise/shape.hpp"

namespace lanewise {

/// Named numbers in order: "loss", the metrics, and with validation "val_loss" and so on.
class LANEWISE_API Logs {
 public:
  /// The value of this name.
  /// \throws ArgumentError listing the names there are.
  double operator[](std::string_view name) const;
  /// Whether there is a value of this name.
  bool contains(std::string_view name) const;
  /// Appends a name with its value.
  void add(std::string name, double value) { entries_.emplace_back(std::move(name), value); }
  /// Sets the value at a position, counted from 0; allocates nothing.
  /// \throws ArgumentError for a position that there is not.
  void set(std::size_t position, double value);
  /// The first pair of name and value.
  auto begin() const { return entries_.begin(); }
  /// Past the last pair.
  auto end() const { return entries_.end(); }
  /// Number of pairs.
  std::size_t size() const { return entries_.size(); }

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

/// The numbers of every epoch.
class LANEWISE_API History {
 public:
  /// One value an epoch: "loss", "accuracy", "val_loss", "val_accuracy" …
  /// \throws ArgumentError listing the names there are.
  const std::vector<double>& operator[](std::string_view name) const&;
  /// The same of a history that nobody keeps, as in `model.fit(x, y)["loss"]`: a copy.
  /// \throws ArgumentError listing the names there are.
  std::vector<double> operator[](std::string_view name) const&& { return (*this)[name]; }
  /// The names, in the order of the logs.
  std::vector<std::string> names() const;
  /// Number of epochs.
  std::size_t epochs() const { return series_.empty() ? 0 : series_.front().second.size(); }
  /// Appends an epoch, with the names of those before.
  /// \throws ArgumentError if a name is missing or new; nothing has changed then.
  void append(const Logs& logs);

 private:
  std::vector<std::pair<std::string, std::vector<double>>> series_;
};

/// What a callback may want to know before the first epoch.
struct FitPlan {
  int epochs = 0;
  Index iterations = 0;          ///< training steps an epoch: ceil(samples / batch size)
  Index samples = 0;             ///< training samples
  Index validation_samples = 0;  ///< 0 without validation
};

/// Called by fit() as it goes. Each function does nothing unless overridden.
class LANEWISE_API Callback {
 public:
  virtual ~Callback();
  /// Before the first epoch.
  virtual void on_train_begin(const FitPlan& plan);
  /// Before each epoch, counted from 0.
  virtual void on_epoch_begin(int epoch);
  /// After each training step, counted from 0, with the means so far in this epoch.
  virtual void on_batch_end(Index iteration, const Logs& logs);
  /// After each epoch and its validation. \returns whether to go on; false ends training.
  virtual bool on_epoch_end(int epoch, const Logs& logs);
  /// After the last epoch.
  virtual void on_train_end();
};

}  // namespace lanewise
