// The contract is in lanewise/io/text.hpp.
#include "lanewise/io/text.hpp"

#include <span>

#include "io/file.hpp"

namespace lanewise {

void save_text(const std::filesystem::path& path, std::string_view text) {
  io::write_file("save_text", path, {std::as_bytes(std::span(text))});
}

}  // namespace lanewise
