#pragma once
// Coefficients of the polynomials in math.hpp, highest power first (that of mills_q is 1, and left
// out), with the interval and the largest error relative to the result of the formula in which each
// stands. Made by tools/reference/minimax.py; what each polynomial approximates is written there
// and in math.hpp.
#if !defined(LANEWISE_ISA)
#error "compiled once per instruction set: src/meson.build sets LANEWISE_ISA"
#endif

namespace lanewise::simd::LANEWISE_ISA {
namespace {

template <class T>
struct Coefficients;

template <>
struct Coefficients<float> {
  static constexpr float ln2_high = 0x1.62e4p-1f;
  static constexpr float ln2_low = 0x1.7f7d1cp-20f;
  static constexpr float twice_density = 0x1.988454p-1f;
  static constexpr float density_high = 0x1.988p-2f;
  static constexpr float density_low = 0x1.14cf5p-16f;
  // [0.0, 13.25], error 2^-24.4
  static constexpr float mills_p[] = {0x1.ff8b6cp-1f, 0x1.1dc1aep+3f, 0x1.15b13ap+5f,
                                      0x1.17a424p+6f};
  static constexpr float mills_q[] = {0x1.1cb618p+3f, 0x1.29aeap+5f, 0x1.4da296p+6f,
                                      0x1.5e7a6ep+6f};
  // [-0.346608, 0.346608], error 2^-27.7
  static constexpr float exp[] = {0x1.6db37p-10f, 0x1.123b5p-7f, 0x1.55545ep-5f, 0x1.55548ep-3f,
                                  0x1p-1f};
  // [-0.292893, 0.414214], error 2^-29.9
  static constexpr float log[] = {0x1.1b42ap-4f,   -0x1.e2e984p-4f, 0x1.e65098p-4f,
                                  -0x1.fb4334p-4f, 0x1.2332c2p-3f,  -0x1.5562e2p-3f,
                                  0x1.99a546p-3f,  -0x1.ffffeep-3f, 0x1.555546p-2f};
  // [0.0, 0.390625], error 2^-29.6
  static constexpr float tanh[] = {0x1.1a7fa8p-9f,  -0x1.0c745ap-7f, 0x1.63a912p-6f,
                                   -0x1.b9f1cep-5f, 0x1.11107ap-3f,  -0x1.555554p-2f};
  // [-0.772659, 2.38524], error 2^-26.5
  static constexpr float mills_slope[] = {
      -0x1.3485dp-23f, 0x1.d62826p-21f, 0x1.22cccep-18f, -0x1.6fd12p-15f, -0x1.0f1bd2p-13f,
      0x1.b64bdep-9f,  -0x1.6c8ea2p-6f, 0x1.61c1f4p-4f,  -0x1.c12296p-3f, 0x1.11ee2cp-2f};
  // [0.0, 0.015625], error 2^-25.0
  static constexpr float sin[] = {0x1.a0f36cp+8f, -0x1.61ba26p+6f, 0x1.46e112p+6f, -0x1.4abc8ap+5f,
                                  0x1.921fb6p+2f};
  // [0.0, 0.015625], error 2^-29.9
  static constexpr float cos[] = {0x1.d429d8p+5f, -0x1.55b076p+6f, 0x1.03c1aep+6f, -0x1.3bd3ccp+4f};
};

template <>
struct Coefficients<double> {
  static constexpr double ln2_high = 0x1.62e42fefa2p-1;
  static constexpr double ln2_low = 0x1.9ef35793c7673p-41;
  static constexpr double twice_density = 0x1.9884533d43651p-1;
  static constexpr double density_high = 0x1.988453p-2;
  static constexpr double density_low = 0x1.ea1b284687e5ap-29;
  // [0.0, 37.65], error 2^-54.6
  static constexpr double mills_p[] = {
      0x1.ffffffff426d9p-1,  0x1.e04af4f570897p+4,  0x1.bae0d47659e9bp+8,  0x1.04578e0ca7af7p+12,
      0x1.abbd862748ad5p+14, 0x1.fca33e1f08844p+16, 0x1.b6f15ad7277bep+18, 0x1.0b120f569e692p+20,
      0x1.a5f801ab565ebp+20, 0x1.54fb881029ea7p+20};
  static constexpr double mills_q[] = {
      0x1.e04af4f10ff49p+4,  0x1.bce0d48da31dap+8,  0x1.081823abcc993p+12, 0x1.b97c8f5990bbcp+14,
      0x1.0e3d01b7229dbp+17, 0x1.e9db89fd7a177p+18, 0x1.44da0501f64fap+20, 0x1.2eeb1ff3db43ap+21,
      0x1.69bed99c3bd8p+21,  0x1.ab5bb5e2d8ce2p+20};
  // [-0.346608, 0.346608], error 2^-60.5
  static constexpr double exp[] = {0x1.1f9e283c5fcf9p-29,
                                   0x1.af6cccbcef377p-26,
                                   0x1.27e4bf043d6d4p-22,
                                   0x1.71ddef93d19abp-19,
                                   0x1.a01a01b46f7fap-16,
                                   0x1.a01a01b3bb24bp-13,
                                   0x1.6c16c16c13519p-10,
                                   0x1.111111110ebb3p-7,
                                   0x1.555555555555ep-5,
                                   0x1.555555555555cp-3,
                                   0x1p-1};
  // [-0.292893, 0.414214], error 2^-59.7
  static constexpr double log[] = {
      0x1.7b291381f4773p-6, -0x1.c23874bbabff4p-5, 0x1.f09750cf72c28p-5, -0x1.a67d6d1b86c62p-5,
      0x1.9b00744dcae82p-5, -0x1.c141ac2911d29p-5, 0x1.e3babe17a94bdp-5, -0x1.0069758f255c2p-4,
      0x1.11063eaa4111ep-4, -0x1.248a4af811c1p-4,  0x1.3b13d7cccedecp-4, -0x1.5555b22d0eee9p-4,
      0x1.745d193293cdbp-4, -0x1.9999970aac702p-4, 0x1.c71c71ae127c6p-4, -0x1.0000000541412p-3,
      0x1.24924924cac46p-3, -0x1.555555554a281p-3, 0x1.999999999932p-3,  -0x1.0000000000048p-2,
      0x1.5555555555557p-2};
  // [0.0, 0.390625], error 2^-58.8
  static constexpr double tanh[] = {
      -0x1.1c5586dd337dcp-19, 0x1.7ef11ead9500ep-17, -0x1.2fb6060c1c454p-15, 0x1.907b5b7658b4p-14,
      -0x1.f481c02c17f47p-13, 0x1.35498947d605dp-11, -0x1.7da230fa655dfp-10, 0x1.d6d3bf3ed156p-9,
      -0x1.226e3506a5149p-7,  0x1.664f48808e2dcp-6,  -0x1.ba1ba1ba134c8p-5,  0x1.1111111111092p-3,
      -0x1.5555555555555p-2};
  // [-0.772659, 2.85525], error 2^-56.4
  static constexpr double mills_slope[] = {
      -0x1.90743bb1a2a44p-54, 0x1.e87fb9ec93b5ap-50,  -0x1.c880186363d9bp-47,
      0x1.83a302ee45a95p-45,  -0x1.448066b82489ep-44, 0x1.7364d1d5c2594p-43,
      0x1.70c2450d5a03fp-45,  -0x1.cb1078f6fe65ep-39, -0x1.c4e14c03a3217p-37,
      0x1.abc821f57d55ep-35,  0x1.65b698629b65ap-31,  0x1.1e6d3e533fa83p-31,
      -0x1.90228fd6fd20bp-26, -0x1.513e5c65c721cp-24, 0x1.c8b3146ea153bp-21,
      0x1.1b9ab1c7cabbdp-18,  -0x1.6f076285bcf3ap-15, -0x1.0efd3a0bcb61cp-13,
      0x1.b649d570661dap-9,   -0x1.6c8eb0dd3c385p-6,  0x1.61c1f5f6c8d19p-4,
      -0x1.c12296b2709c1p-3,  0x1.11ee2bfd4fa1cp-2};
  // [0.0, 0.015625], error 2^-54.2
  static constexpr double sin[] = {
      0x1.039caa59996c8p+3,  0x1.ab2958cd448d4p+1, -0x1.e2b25bdfee511p+3, 0x1.5077fa9ccb3f5p+5,
      -0x1.32d2ccbda150dp+6, 0x1.466bc6773fa75p+6, -0x1.4abbce625bd7bp+5, 0x1.921fb54442d18p+2};
  // [0.0, 0.015625], error 2^-59.4
  static constexpr double cos[] = {
      -0x1.c7579d8e64913p+0, -0x1.96412cfff47bcp+0, 0x1.f99f34128cb5ep+2, -0x1.a6d1c71fc17dbp+4,
      0x1.e1f506615a2d2p+5,  -0x1.55d3c7e3b8922p+6, 0x1.03c1f081b5a34p+6, -0x1.3bd3cc9be45dep+4};
};

}  // namespace
}  // namespace lanewise::simd::LANEWISE_ISA
