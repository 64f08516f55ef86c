#pragma once
// What the tests of a chapter's support share: a chapter that is none, and runs of it.
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/chapter.hpp"
#include "support/temporary_directory.hpp"

namespace tutorial::test {

namespace fs = std::filesystem;
using Teach = std::function<void(Chapter&)>;

inline const ChapterInfo kInfo{.number = "98",
                               .name = "test",
                               .title = "A chapter for testing",
                               .quick = "2 epochs instead of 21",
                               .data = "mnist",
                               .epochs = 21,
                               .quick_epochs = 2,
                               .batch_size = 64};

// Redirects the standard streams for its lifetime.
class Captured {
 public:
  ~Captured() {
    std::cout.rdbuf(out_buffer_);
    std::cerr.rdbuf(error_buffer_);
  }
  std::string text() const { return stream_.str(); }

 private:
  std::ostringstream stream_;
  std::streambuf* out_buffer_ = std::cout.rdbuf(stream_.rdbuf());
  std::streambuf* error_buffer_ = std::cerr.rdbuf(stream_.rdbuf());
};

inline int run(const fs::path& out, const Teach& teach) {
  const std::string folder = out.string();
  const char* const arguments[] = {"98_test", "--out", folder.c_str()};
  return tutorial::run(kInfo, 3, arguments, teach);
}

// What a run prints that ends with this status.
inline std::string text_of(const fs::path& out, int status, const Teach& teach) {
  const Captured captured;
  CHECK(run(out, teach) == status);
  return captured.text();
}

inline void fails(Chapter&) {
  throw lanewise::DataError("no data");
}

// What is in a folder: names, and what the files hold.
inline std::map<std::string, std::string> contents_of(const fs::path& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::directory_iterator(folder))
    contents[entry.path().filename().string()] =
        entry.is_regular_file() ? read_file(entry.path()) : "";
  return contents;
}

}  // namespace tutorial::test
