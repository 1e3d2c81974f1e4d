#include "core/deflate.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <zlib.h>

namespace core {
namespace {

constexpr int raw_window = -15;  // 32 KiB, and no zlib header. zlib.h: "windowBits ... –8..–15"
constexpr std::size_t step_octets = 16U * 1024U;

/// zlib reports a lack of memory as a code; everywhere else that is bad_alloc.
void require(bool has_memory)
{
    if (!has_memory)
        throw std::bad_alloc();
}

z_stream over(byte_view input)
{
    z_stream stream{};
    stream.next_in = const_cast<Bytef*>(input.data());  // NOLINT: zlib only reads it
    stream.avail_in = static_cast<uInt>(input.size());
    return stream;
}

}  // namespace

result<bytes> deflate(byte_view text)
{
    auto stream = over(text);
    require(
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_window, 8, Z_DEFAULT_STRATEGY)
        == Z_OK
    );
    std::unique_ptr<z_stream, int (*)(z_stream*)> const ends(&stream, deflateEnd);
    bytes out(deflateBound(&stream, static_cast<uLong>(text.size())));
    stream.next_out = out.data();
    stream.avail_out = static_cast<uInt>(out.size());
    if (::deflate(&stream, Z_FINISH) != Z_STREAM_END)
        return errc::internal;
    out.resize(stream.total_out);
    if (text.size() > out.size() * inflation_max)
        return failure::of_member(
            "plaintext", "It compresses more than 10 times, which no recipient should accept."
        );
    return out;
}

result<secret_bytes> inflate(byte_view compressed, std::size_t size_max)
{
    auto const most = std::min(size_max, compressed.size() * inflation_max);
    auto stream = over(compressed);
    require(inflateInit2(&stream, raw_window) == Z_OK);
    std::unique_ptr<z_stream, int (*)(z_stream*)> const ends(&stream, inflateEnd);
    bytes out;
    out.reserve(most + 1);  // so that growing leaves no copy behind
    for (;;) {
        auto const done = out.size();
        out.resize(std::min(done + step_octets, most + 1));  // one more tells that it is too much
        stream.next_out = out.data() + done;
        stream.avail_out = static_cast<uInt>(out.size() - done);
        auto const outcome = ::inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
        if (out.size() > most) {
            wipe(out.data(), out.size());
            return errc::token_too_large;
        }
        if (outcome == Z_STREAM_END && stream.avail_in == 0)
            return secret_bytes(std::move(out));
        require(outcome != Z_MEM_ERROR);
        if (outcome != Z_OK || (stream.avail_in == 0 && stream.avail_out != 0)) {
            wipe(out.data(), out.size());
            return failure{errc::token_malformed, token_part::payload, fault::encoding};
        }
    }
}

}  // namespace core
