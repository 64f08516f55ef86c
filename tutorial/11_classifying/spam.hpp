#pragma once
// Chapter 11: e-mails, and whether they are spam.
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "lanewise/lanewise.hpp"

namespace spam {

using lanewise::Index;

inline constexpr std::array<std::string_view, 16> kWords{
    "!",        "$",       "000", "remove", "free", "money", "credit", "business",
    "internet", "receive", "our", "your",   "you",  "hp",    "george", "meeting"};

inline constexpr std::uint32_t kMails[] = {
#include "11_classifying/spam.inc"
};
inline constexpr Index kMailCount = std::size(kMails);
inline constexpr Index kWordCount = std::size(kWords);

/// Whether a word occurs in an e-mail.
inline bool has_word(Index mail, Index word) {
  return (kMails[mail] >> word & 1u) != 0;
}

/// Whether somebody has called it spam.
inline bool is_spam(Index mail) {
  return (kMails[mail] >> kWordCount & 1u) != 0;
}

}  // namespace spam
