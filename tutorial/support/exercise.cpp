#include "support/exercise.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>
#include <iostream>

namespace lw = lanewise;

namespace tutorial {

namespace {

struct NotWritten {};

struct Mistaken {
  std::string text;
};

enum class Verdict { not_written, wrong, right };

struct Finding {
  Verdict verdict;
  std::string text;  // what is wrong
};

Finding find(const Exercise::Check& check) {
  try {
    Judge judge;
    check(judge);
    return {Verdict::right, ""};
  } catch (const NotWritten&) {
    return {Verdict::not_written, ""};
  } catch (const Mistaken& mistake) {
    return {Verdict::wrong, mistake.text};
  } catch (const std::exception& error) {
    return {Verdict::wrong, fmt::format("it ended with an error: {}\n", error.what())};
  }
}

// The rows of a matrix, aligned.
std::vector<std::string> rows_of(const std::vector<double>& values, std::size_t columns) {
  std::vector<std::string> texts, rows;
  std::size_t width = 0;
  for (const double value : values) {
    texts.push_back(fmt::format("{:g}", value == 0 ? 0 : value));  // without the sign of a zero
    width = std::max(width, texts.back().size());
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i % columns == 0) rows.emplace_back();
    rows.back() += fmt::format("{}{:>{}}", i % columns == 0 ? "" : " ", texts[i], width);
  }
  return rows;
}

std::string side_by_side(const std::vector<std::string>& left,
                         const std::vector<std::string>& right) {
  const std::size_t width = std::max<std::size_t>(left[0].size(), 8);
  std::string text = fmt::format("  {:<{}}   got\n", "expected", width);
  for (std::size_t i = 0; i < left.size(); ++i)
    text += fmt::format("  {:<{}}   {}\n", left[i], width, right[i]);
  return text;
}

}  // namespace

void not_written_yet() {
  throw NotWritten();
}

void Judge::equal(std::string_view what, const lw::Shape& expected, const lw::Shape& got) {
  if (expected != got)
    throw Mistaken{fmt::format("{}\n  expected {}, got {}\n", what, lw::to_string(expected),
                               lw::to_string(got))};
}

void Judge::equal(std::string_view what, double expected, double got) {
  if (!(expected == got))
    throw Mistaken{fmt::format("{}\n  expected {:.10g}, got {:.10g}\n", what, expected, got)};
}

void Judge::holds(std::string_view property, bool holds, std::string_view numbers) {
  if (!holds) throw Mistaken{fmt::format("expected: {}\n       got: {}\n", property, numbers)};
}

void Judge::compare(std::string_view what, const std::vector<double>& expected,
                    const std::vector<double>& got, const lw::Shape& shape) {
  const auto columns = static_cast<std::size_t>(shape.rank() > 0 ? shape[-1] : 1);
  if (expected.size() <= 100 && columns <= 10)
    throw Mistaken{fmt::format("{}\n{}", what,
                               side_by_side(rows_of(expected, columns), rows_of(got, columns)))};
  const auto at = static_cast<std::size_t>(
      std::mismatch(expected.begin(), expected.end(), got.begin()).first - expected.begin());
  throw Mistaken{
      fmt::format("{}\n  the first difference, element {} of {}: expected {:.10g}, got {:.10g}\n",
                  what, at, lw::to_string(shape), expected[at], got[at])};
}

namespace {

// What the reader wrote may crash: an assertion of the library's, an endless loop. Then at least
// the exercise is named. Only what may be called in a signal's handler is called.
const char* current = "";

void tell_and_end(int signal) {
  const char* const parts[] = {
      "\n", current,
      signal == SIGALRM
          ? " has not come to its end within 20 seconds: an endless loop?\n"
          : " has crashed. If a line above ends in \"failed\", it says what did not hold: an\n"
            "index out of range, for one.\n"};
  for (const char* part : parts)
    if (::write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
  ::_exit(1);
}

void watch() {
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGALRM}) std::signal(signal, tell_and_end);
}

Finding find_yours(const Exercise& exercise) {
  current = exercise.name.c_str();
  std::cout << std::flush;
  ::alarm(20);
  Finding finding = find(exercise.yours);
  ::alarm(0);
  return finding;
}

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    result += fmt::format("    {}\n", line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return result;
}

// The mistake of the wrong answer of which the same is found.
std::string known_mistake(const Exercise& exercise, const Finding& finding) {
  for (const auto& [mistake, check] : exercise.wrong)
    if (find(check).text == finding.text)
      return fmt::format("    This comes out when {}.\n", mistake);
  return "";
}

int check_yours(std::string_view chapter, const std::vector<Exercise>& exercises) {
  int right = 0, wrong = 0;
  for (const Exercise& exercise : exercises) {
    std::cout << fmt::format("tutorial/{}/exercises/mine/{}.hpp: ", chapter, exercise.name);
    const Finding finding = find_yours(exercise);
    switch (finding.verdict) {
      case Verdict::right:
        ++right, std::cout << "right\n";
        break;
      case Verdict::not_written:
        std::cout << "not written yet\n";
        break;
      case Verdict::wrong:
        ++wrong;
        std::cout << "WRONG\n" << indented(finding.text) << known_mistake(exercise, finding);
    }
  }
  std::cout << fmt::format("{} of {} written and right\n", right, exercises.size());
  return wrong > 0 ? 1 : 0;
}

int tell_briefly(const std::vector<Exercise>& exercises) {
  std::string text;
  for (const Exercise& exercise : exercises) {
    const Verdict verdict = find_yours(exercise).verdict;
    text += fmt::format("{}{} {}", text.empty() ? "Exercises: " : "; ", exercise.name,
                        verdict == Verdict::right   ? "written and right"
                        : verdict == Verdict::wrong ? "written, and wrong"
                                                    : "not written yet");
  }
  std::cout << text << '\n';
  return 0;
}

// What is wrong with an exercise itself.
std::vector<std::string> faults_of(const Exercise& exercise) {
  std::vector<std::string> faults;
  if (exercise.wrong.size() < 2)
    faults.push_back(
        fmt::format("expected two wrong answers or more, got {}", exercise.wrong.size()));
  if (find(exercise.yours).verdict != Verdict::not_written)
    faults.push_back("the stub does not say that it is not written yet");
  const Finding answer = find(exercise.answer);
  if (answer.verdict != Verdict::right)
    faults.push_back(fmt::format("the answer is not right: {}", answer.text));
  std::vector<std::string> found;
  for (const auto& [mistake, check] : exercise.wrong) {
    const Finding finding = find(check);
    if (finding.verdict != Verdict::wrong)
      faults.push_back(fmt::format("the check does not find that {}", mistake));
    else if (std::count(found.begin(), found.end(), finding.text) > 0)
      faults.push_back(
          fmt::format("the check does not tell from another mistake that {}", mistake));
    found.push_back(finding.text);
    std::cout << fmt::format("{}, when {}:\n{}", exercise.name, mistake, indented(finding.text));
  }
  return faults;
}

int test(const std::vector<Exercise>& exercises) {
  int status = 0;
  for (const Exercise& exercise : exercises)
    for (const std::string& fault : faults_of(exercise)) {
      std::cerr << fmt::format("{}:{}: {}: {}\n", exercise.file, exercise.line, exercise.name,
                               fault);
      status = 1;
    }
  return status;
}

}  // namespace

int judge(std::string_view chapter, const std::vector<Exercise>& exercises, int argc,
          const char* const* argv) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "test") return test(exercises);
  watch();
  if (mode == "brief") return tell_briefly(exercises);
  if (mode.empty()) return check_yours(chapter, exercises);
  std::cerr << "usage: " << argv[0] << " [brief | test]\n";
  return 2;
}

}  // namespace tutorial
