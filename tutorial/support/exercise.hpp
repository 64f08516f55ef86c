#pragma once
// What the reader writes, and how a program tells whether it is right.
//
//   tutorial/NN_name/exercises/
//     NAME.hpp        one exercise: its text for the page, its check, an answer, wrong answers
//     stub/NAME.hpp   what the reader begins with: a function whose body is not_written_yet()
//     mine/NAME.hpp   the reader's, copied from the stub by `tools/run NN --exercise`; git ignores
//     it main.cpp        lists the exercises and calls judge()
//
// main.cpp is built twice: as exercises_NN with the reader's files, which only `tools/run` builds,
// and as exercises_test_NN with the stubs.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lanewise/lanewise.hpp"

namespace tutorial {

/// The body of a stub. An exercise that says so is not done, and not wrong either.
[[noreturn]] void not_written_yet();

/// What a check finds. It ends with the first thing that is wrong.
class Judge {
 public:
  /// `got` has to be what is expected: a number, a shape, a tensor. Small matrices are shown side
  /// by side.
  template <class T>
  void equal(std::string_view what, const lanewise::Tensor<T>& expected,
             const lanewise::Tensor<T>& got) {
    equal(fmt::format("{}: the shape", what), expected.shape(), got.shape());
    if (std::equal(expected.begin(), expected.end(), got.begin())) return;
    compare(what, {expected.begin(), expected.end()}, {got.begin(), got.end()}, got.shape());
  }
  void equal(std::string_view what, const lanewise::Shape& expected, const lanewise::Shape& got);
  void equal(std::string_view what, double expected, double got);

  /// A property that `got` has to have; `numbers` says by how much it has it or not.
  void holds(std::string_view property, bool holds, std::string_view numbers);

 private:
  [[noreturn]] void compare(std::string_view what, const std::vector<double>& expected,
                            const std::vector<double>& got, const lanewise::Shape& shape);
};

/// An exercise: what the reader has written, and what its check is tested with. All are functions
/// of one type; the check is given one of them.
struct Exercise {
  using Check = std::function<void(Judge&)>;

  template <class Function>
  struct Wrong {
    const char* mistake;  ///< "rows and columns are swapped": what a reader who made it is told
    Function* function;
  };

  template <class Function>
  Exercise(std::string_view its_name, void (*check)(Judge&, std::type_identity_t<Function>&),
           Function& yours_, std::type_identity_t<Function>& answer_,
           std::vector<Wrong<std::type_identity_t<Function>>> wrong_,
           const char* its_file = __builtin_FILE(), int its_line = __builtin_LINE())
      : name(its_name), file(its_file), line(its_line) {
    const auto of = [check](Function* function) {
      return [check, function](Judge& judge) { check(judge, *function); };
    };
    yours = of(&yours_);
    answer = of(&answer_);
    for (const auto& one : wrong_) wrong.emplace_back(one.mistake, of(one.function));
  }

  std::string name;
  Check yours, answer;
  std::vector<std::pair<std::string, Check>> wrong;
  std::string file;  ///< and line: where it is made
  int line;
};

/// main() of the exercises of a chapter, "04_mnist_mlp". With no argument it checks the reader's
/// and shows what is expected and what it got; with `brief` it tells in a line how far the reader
/// has come; with `test` it checks the checks: the stubs are not written yet, the answers are
/// right, and each wrong answer, of which there are two or more, is found and told from the others.
/// Returns the exit status: 1 if anything is wrong, 2 for other arguments.
int judge(std::string_view chapter, const std::vector<Exercise>& exercises, int argc,
          const char* const* argv);

}  // namespace tutorial
