#pragma once
// Boxes and arrows, as a picture.
#include <fmt/format.h>

#include <string>
#include <vector>

namespace tutorial {

/// The picture as an SVG, 480 wide. Its colours are those of the plots, for which the book has
/// others by night.
class Diagram {
 public:
  static constexpr int kWidth = 480;

  /// A box with a line of text or two; one that training changes is filled.
  void box(int x, int y, int width, const std::vector<std::string>& lines, bool changes = false) {
    constexpr int kHeight = 52, kLine = 19;
    body_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"#0072B2\" "
        "fill-opacity=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>\n",
        x, y, width, kHeight, changes ? 0.2 : 0, changes ? "#0072B2" : "#767676");
    int baseline = y + kHeight / 2 + 5 - kLine * static_cast<int>(lines.size() - 1) / 2;
    for (const std::string& line : lines) {
      text(x + width / 2, baseline, line);
      baseline += kLine;
    }
  }

  /// An arrow along straight pieces, "M10,20 H40", whose head lies at (x, y) and points along dx,
  /// dy.
  void arrow(const std::string& path, int x, int y, int dx, int dy) {
    constexpr int kHead = 6;
    const int left = x - kHead * dx, top = y - kHead * dy;
    body_ += fmt::format(
        "<path d=\"{} M{},{} L{},{} L{},{}\" fill=\"none\" stroke=\"#767676\" "
        "stroke-width=\"1.5\"/>\n",
        path, left - kHead * dy, top - kHead * dx, x, y, left + kHead * dy, top + kHead * dx);
  }

  void text(int x, int y, const std::string& words) {
    body_ += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"#333333\">{}</text>\n", x, y, words);
  }

  std::string svg(int height, const std::string& title, const std::string& alt) const {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
        "<svg width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"15\">\n"
        "<title>{2}</title>\n<desc>{3}</desc>\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#ffffff\"/>\n{4}</svg>\n",
        kWidth, height, title, alt, body_);
  }

 protected:
  std::string body_;  ///< what is drawn so far; a chapter may have more to draw
};

}  // namespace tutorial
