#pragma once
// Programs that draw: found on the PATH, run on files in memory. No shell is involved, and no file
// of the user's is within their reach by a name that is made of somebody's text.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lanewise::report {

/// A file that a program finds under this descriptor: 0 is its standard input.
struct PassedFile {
  int descriptor;
  int as;
};

/// The name of a descriptor of its own, for a program that wants names: /dev/fd/3.
std::string descriptor_name(int number);

/// Runs a program. Returns why it failed, with its own words if it said any; nothing if it did not.
std::string run_program(std::string name, std::vector<std::string> arguments,
                        std::span<const PassedFile> files);

/// All of a file from its current position on.
std::string read_all(int descriptor);

}  // namespace lanewise::report
