#pragma once
// Made by tools/reference/xor_shares.py, which tells how. Of so many networks that learned XOR, how
// many were solved, how many ended near 1/8, 1/6 and 1/4, and how many elsewhere.
#include <array>

namespace reference {

struct Shares {
  int units, steps;
  std::array<int, 5> networks;  // solved, 1/8, 1/6, 1/4, elsewhere
};

inline constexpr Shares kShares[] = {
    {2, 1000, {295, 415, 3256, 3189, 4845}},
    {2, 5000, {2544, 1092, 5030, 3308, 26}},
    {2, 20000, {2571, 1092, 5030, 3307, 0}},
    {3, 1000, {670, 694, 2450, 1617, 6569}},
    {3, 5000, {5091, 1785, 3470, 1642, 12}},
    {3, 20000, {5103, 1786, 3469, 1642, 0}},
    {4, 1000, {1222, 725, 1538, 779, 7736}},
    {4, 5000, {7260, 1839, 2139, 757, 5}},
    {4, 20000, {7265, 1839, 2139, 757, 0}},
    {8, 1000, {4132, 301, 194, 47, 7326}},
    {8, 5000, {10991, 763, 203, 43, 0}},
    {8, 20000, {10991, 763, 203, 43, 0}},
    {16, 1000, {8953, 26, 2, 0, 3019}},
    {16, 5000, {11964, 36, 0, 0, 0}},
    {16, 20000, {11964, 36, 0, 0, 0}},
};

}  // namespace reference
