#pragma once
// Golden values of tests/golden/ops, and the bound 1e-12 max(1, |expected|).
#include <algorithm>
#include <cmath>
#include <string>

#include "lanewise/io/npy.hpp"
#include "support/catch.hpp"

namespace lanewise::test {

inline Tensor<double> golden(const std::string& name) {
  return load_npy<double>(std::string(LANEWISE_GOLDEN_DIR) + "/ops/" + name + ".npy");
}

inline void check_close(TensorView<const double> got, TensorView<const double> want) {
  REQUIRE(got.shape() == want.shape());
  double worst = 0;
  for (Index i = 0; i < got.size(); ++i) {
    const double error = std::abs(got[i] - want[i]) / std::max(1.0, std::abs(want[i]));
    if (!(error <= worst)) {
      worst = error;
      UNSCOPED_INFO("element " << i << ": " << got[i] << ", expected " << want[i]);
    }
  }
  CHECK(worst <= 1e-12);
}

}  // namespace lanewise::test
