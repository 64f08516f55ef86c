// Quoting for gnuplot, and what it is run on. The contract is in gnuplot.hpp.
#include "report/gnuplot.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "io/file.hpp"
#include "report/program.hpp"

namespace lanewise::report {

namespace {

// These bytes as a string of gnuplot's. In single quotes it takes a pair of them for the end of one
// string and the beginning of another, depending on where they stand; in double quotes every byte
// that might mean something has a number: four octal digits, since it reads as many after a 0.
std::string literal(std::string_view bytes) {
  constexpr std::string_view kPlain = " .,:;()/+-=<>?!_";
  std::string out = "\"";
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       code >= 0x80 || kPlain.find(c) != kPlain.npos;
    out += plain ? std::string(1, c) : fmt::format("\\0{:03o}", code);
  }
  return out + '"';
}

}  // namespace

std::string text_literal(std::string_view text) {
  return literal(printable(text));
}

std::string tick_literal(std::string_view text) {
  std::string shown = printable(text);
  // A format's result goes into a buffer of gnuplot's, which cuts it, and characters in two.
  constexpr std::size_t kLongest = 49;
  constexpr std::string_view kMore = "…";
  if (shown.find('%') != std::string::npos && shown.size() > kLongest) {
    std::size_t end = kLongest - kMore.size();
    while ((static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end;  // within a character
    shown.replace(end, std::string::npos, kMore);
  }
  return literal(doubling(shown, '%'));
}

std::string preamble() {
  return fmt::format(
      "set encoding utf8\n"
      "set datafile separator comma\n"
      "set datafile commentschars ''\n"
      "do for [i=1:8] {{ set linetype i linecolor '{}' }}\n"  // where a plot has no colour
      "set border 3 linecolor '{}'\n"
      "set tics nomirror out scale 0.6 textcolor '{}'\n"
      "set key textcolor '{}'\n",
      kInk, kInk, kInk, kInk);
}

std::string named_ticks(std::string_view axis, const std::vector<std::string>& names,
                        bool slanted) {
  std::string ticks;
  for (std::size_t i = 0; i < names.size(); ++i)
    ticks += fmt::format("{}{} {}", i > 0 ? ", " : "", tick_literal(names[i]), i);
  return fmt::format("set {}tics {}({})\n", axis, slanted ? "rotate by 30 right " : "", ticks);
}

namespace {

std::filesystem::path with_extension(std::filesystem::path stem, const char* extension) {
  return stem += extension;  // not replace_extension: a stem may hold a dot
}

// As "./name": a name of its own could begin with what gnuplot takes for a pipe.
std::string local(const std::filesystem::path& path) {
  return literal("./" + path.filename().string());
}

// What a script reads and writes, as literals.
struct Names {
  std::string csv, svg, png;
};

// Fonts are measured in pixels of the page in SVG and in points in PNG: 2 * 3/4 brings them
// together.
std::string script_of(const Draft& draft, const Names& names) {
  return fmt::format(
      "# Draws {0} and {1} from {2}; run gnuplot on this file in its folder.\n"
      "{3} = {2}\n"
      "{4}"
      "set terminal svg size {6},{7} noenhanced font 'sans-serif,{10}' background '{11}'\n"
      "set output {0}\n"
      "{5}\n"
      "set terminal pngcairo size {8},{9} noenhanced font 'sans-serif,{10}' fontscale 1.5 "
      "linewidth 2 pointscale 2 background '{11}'\n"
      "set output {1}\n"
      "set title {12} font ',17' textcolor '{13}'\n"
      "{14}"
      "replot\n"
      "unset output\n",
      names.svg, names.png, names.csv, kData, draft.setup, draft.plot, kWidth, draft.height,
      2 * kWidth, 2 * (draft.height + kTitleHeight), kFontSize, kPaper, text_literal(draft.title),
      kInk, draft.titled);
}

// The descriptors under which gnuplot finds its files, as /dev/fd/3 and so on.
constexpr int kSvg = 3, kPng = 4, kCsv = 5;

std::string descriptor_literal(int number) {
  return literal(descriptor_name(number));
}

// Browsers smooth an enlarged image unless they are told not to.
void keep_pixels_sharp(std::string& svg) {
  constexpr std::string_view kTag = "<image ";
  constexpr std::string_view kStyle = "style='image-rendering:pixelated' ";
  for (auto at = svg.find(kTag); at != std::string::npos; at = svg.find(kTag, at + 1))
    svg.insert(at + kTag.size(), kStyle);
}

// Gnuplot tells by whom the picture was drawn, and numbers what it is made of; a reader who cannot
// see it is told what it shows.
void say_what_it_shows(std::string& svg, const Draft& draft) {
  constexpr std::string_view kTitle = "<title>", kEnd = "</title>", kDescribed = "</desc>";
  const std::size_t words = svg.find(kTitle), end = svg.find(kDescribed);
  if (words == svg.npos || end == svg.npos) return;
  for (auto at = svg.find(kTitle, end); at != svg.npos; at = svg.find(kTitle, at))
    svg.erase(at, svg.find(kEnd, at) + kEnd.size() - at);
  svg.replace(words, end + kDescribed.size() - words,
              fmt::format("<title>{}</title>\n<desc>{}</desc>", xml_text(draft.title),
                          xml_text(draft.alt)));
}

struct Pictures {
  std::string svg, png;
  std::string message;  // why there are none
};

Pictures make_pictures(const Draft& draft) {
  const std::string text = script_of(
      draft, {descriptor_literal(kCsv), descriptor_literal(kSvg), descriptor_literal(kPng)});
  const io::Descriptor script = io::memory_file("draw", text);
  const io::Descriptor csv = io::memory_file("draw", draft.csv);
  const io::Descriptor svg = io::memory_file("draw", ""), png = io::memory_file("draw", "");
  Pictures pictures;
  pictures.message =
      run_program("gnuplot", {"--default-settings", "-"},  // not those of the user's ~/.gnuplot
                  std::array{PassedFile{script.get(), STDIN_FILENO}, PassedFile{svg.get(), kSvg},
                             PassedFile{png.get(), kPng}, PassedFile{csv.get(), kCsv}});
  pictures.svg = read_all(svg.get());
  pictures.png = read_all(png.get());
  if (pictures.message.empty() && (pictures.svg.empty() || pictures.png.empty()))
    pictures.message = "gnuplot drew nothing";
  keep_pixels_sharp(pictures.svg);
  say_what_it_shows(pictures.svg, draft);
  return pictures;
}

}  // namespace

Drawing run(const Draft& draft) {
  Drawing drawing{.csv = with_extension(draft.stem, ".csv"),
                  .svg = with_extension(draft.stem, ".svg"),
                  .png = with_extension(draft.stem, ".png"),
                  .drawn = false,
                  .message = ""};
  Pictures pictures = make_pictures(draft);
  drawing.message = pictures.message;
  drawing.drawn = pictures.message.empty();
  const std::string script =
      script_of(draft, {local(drawing.csv), local(drawing.svg), local(drawing.png)});
  const auto bytes = [](std::string_view text) { return std::as_bytes(std::span(text)); };
  std::vector<io::NewFile> files{{drawing.csv, {bytes(draft.csv)}},
                                 {with_extension(draft.stem, ".gnuplot"), {bytes(script)}}};
  if (drawing.drawn) {
    files.push_back({drawing.svg, {bytes(pictures.svg)}});
    files.push_back({drawing.png, {bytes(pictures.png)}});
  }
  io::write_files("draw", files);
  if (!drawing.drawn) {  // old pictures would not be of these numbers
    io::remove_file(drawing.svg);
    io::remove_file(drawing.png);
  }
  return drawing;
}

}  // namespace lanewise::report
