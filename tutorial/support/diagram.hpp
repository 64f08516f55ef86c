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
  static constexpr const char *kBlue = "#0072B2", *kOrange = "#D55E00", *kGrey = "#767676";

  /// A box with a line of text or two; one that training changes is filled.
  void box(int x, int y, int width, const std::vector<std::string>& lines, bool changes = false) {
    constexpr int kHeight = 52, kLine = 19;
    frame(x, y, width, kHeight, changes, changes ? kBlue : kGrey, 1.5);
    int baseline = y + kHeight / 2 + 5 - kLine * static_cast<int>(lines.size() - 1) / 2;
    for (const std::string& line : lines) {
      text(x + width / 2, baseline, line);
      baseline += kLine;
    }
  }

  /// A dashed frame around boxes, with a name at its upper edge.
  void group(int x, int y, int width, int height, const std::string& name) {
    body_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"none\" "
        "stroke=\"{}\" stroke-dasharray=\"4\"/>\n",
        x, y, width, height, kGrey);
    text(x + width / 2, y + 18, name);
  }

  /// The height of a node.
  static constexpr int kNode = 30;

  /// A low box with one line of text, its middle at x and its upper edge at y, with a bold border
  /// of a colour if it is what the picture is about.
  void node(int x, int y, int width, const std::string& words, bool changes,
            const char* about = nullptr) {
    frame(x - width / 2, y, width, kNode, changes,
          about     ? about
          : changes ? kBlue
                    : kGrey,
          about ? 3 : 1.5);
    text(x, y + kNode / 2 + 5, words);
  }

  /// A straight line.
  void line(int x1, int y1, int x2, int y2) {
    body_ += fmt::format(
        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", x1,
        y1, x2, y2, kGrey);
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

  /// Words at the line y: with their middle at x, or their start or end.
  void text(int x, int y, const std::string& words, const char* anchor = "middle",
            const char* colour = "#333333") {
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\" fill=\"{}\">{}</text>\n", x, y,
                         anchor, colour, words);
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

 private:
  void frame(int x, int y, int width, int height, bool filled, const char* colour,
             double thickness) {
    body_ += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"5\" fill=\"{}\" "
        "fill-opacity=\"{}\" stroke=\"{}\" stroke-width=\"{}\"/>\n",
        x, y, width, height, kBlue, filled ? 0.2 : 0, colour, thickness);
  }
};

}  // namespace tutorial
