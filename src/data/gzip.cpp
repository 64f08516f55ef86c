// Reading gzip with every kind of damage told apart. The contract is in gzip.hpp.
#include "data/gzip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <new>

namespace lanewise::data {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to say: gzip framing and no other

}  // namespace

GzipReader::GzipReader(std::string_view operation, const std::filesystem::path& path)
    : file_(operation, path), buffer_(kBufferBytes) {
  stream_.next_in = buffer_.data();
  compressed_ = at_member();
  if (compressed_ && inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipReader::~GzipReader() {
  if (compressed_) inflateEnd(&stream_);
}

// Whether there are `count` more bytes of input; they stand at next_in then.
bool GzipReader::demand(std::size_t count) {
  if (stream_.avail_in >= count) return true;
  const auto kept = static_cast<std::size_t>(stream_.avail_in);
  std::copy_n(stream_.next_in, kept, buffer_.data());
  const auto more =
      static_cast<std::size_t>(std::min<std::uintmax_t>(buffer_.size() - kept, file_.remaining()));
  file_.read(std::as_writable_bytes(std::span(buffer_).subspan(kept, more)));
  stream_.next_in = buffer_.data();
  stream_.avail_in = static_cast<uInt>(kept + more);
  return stream_.avail_in >= count;
}

// Whether a member of a gzip file begins here.
bool GzipReader::at_member() {
  return demand(2) && stream_.next_in[0] == 0x1f && stream_.next_in[1] == 0x8b;
}

// Goes on from the end of a member to the beginning of the next. Returns false if there is none and
// the file ends, but for zeros.
bool GzipReader::next_member() {
  const std::uintmax_t following = stream_.avail_in + file_.remaining();
  while (demand(1) && *stream_.next_in == 0) {
    ++stream_.next_in;
    --stream_.avail_in;
  }
  if (stream_.avail_in == 0) return false;
  if (!at_member())
    fail(fmt::format("goes on after the end of its gzip data: {} {} it, neither zeros nor gzip",
                     following, following == 1 ? "byte follows" : "bytes follow"));
  inflateReset(&stream_);
  return true;
}

std::size_t GzipReader::read(std::span<unsigned char> out) {
  if (!compressed_) {
    std::size_t done = 0;
    while (done < out.size() && demand(1)) {
      const std::size_t count = std::min<std::size_t>(out.size() - done, stream_.avail_in);
      std::copy_n(stream_.next_in, count, out.data() + done);
      stream_.next_in += count;
      stream_.avail_in -= static_cast<uInt>(count);
      done += count;
    }
    return done;
  }
  stream_.next_out = out.data();
  stream_.avail_out = static_cast<uInt>(out.size());
  while (stream_.avail_out > 0) {
    if (member_ended_ && !next_member()) break;
    member_ended_ = false;
    if (!demand(1)) fail("is truncated: the gzip data ends too early");
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END)
      member_ended_ = true;
    else if (result == Z_MEM_ERROR)
      throw std::bad_alloc();
    else if (result != Z_OK)
      fail(fmt::format("is damaged: {}", stream_.msg ? stream_.msg : "unreadable gzip data"));
  }
  return out.size() - stream_.avail_out;
}

}  // namespace lanewise::data
