#include "core/jwe/deflate.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <zlib.h>

namespace core {
namespace {

constexpr int raw_window = -15;  // 32 KiB, and no zlib header. zlib.h: "windowBits ... –8..–15"
constexpr std::size_t step_octets = 16U * 1024U;

/// Throws bad_alloc when zlib has no memory, as everything else does; zlib itself returns a code.
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

/// One reading of a compressed text, piece by piece.
class inflating {
public:
    explicit inflating(byte_view compressed) : stream_(over(compressed))
    {
        require(inflateInit2(&stream_, raw_window) == Z_OK);
    }
    ~inflating() { inflateEnd(&stream_); }
    inflating(inflating const&) = delete;
    inflating& operator=(inflating const&) = delete;

    /// Fills `room` with the next octets of the text.
    ///
    /// Returns  how many octets there were; nullopt when the stream is cut off, or has octets after
    ///          its end.
    std::optional<std::size_t> read(std::span<std::uint8_t> room)
    {
        stream_.next_out = room.data();
        stream_.avail_out = static_cast<uInt>(room.size());
        auto const outcome = ::inflate(&stream_, Z_NO_FLUSH);
        require(outcome != Z_MEM_ERROR);
        auto const count = room.size() - stream_.avail_out;
        is_done_ = outcome == Z_STREAM_END && stream_.avail_in == 0;
        bool const goes_on = outcome == Z_OK && stream_.avail_out == 0;
        if (!is_done_ && !goes_on)
            return std::nullopt;
        return count;
    }
    bool is_done() const noexcept { return is_done_; }

private:
    z_stream stream_;
    bool is_done_ = false;
};

/// How large the text is. Finds out without storing it: a bomb costs only this buffer.
result<std::size_t> inflated_size(byte_view compressed, std::size_t most)
{
    std::array<std::uint8_t, step_octets> scratch;
    inflating text(compressed);
    std::size_t size = 0;
    std::optional<failure> problem;
    while (!text.is_done() && !problem) {
        // One octet more than allowed shows that the text is too large.
        auto const room = std::min(scratch.size(), most - size + 1);
        auto const count = text.read(std::span(scratch).first(room));
        size += count.value_or(0);
        if (!count)
            problem = failure{errc::token_malformed, token_part::payload, fault::encoding};
        else if (size > most)
            problem = errc::token_too_large;
    }
    wipe(scratch.data(), scratch.size());
    if (problem)
        return std::move(*problem);
    return size;
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
    if (text.size() > inflated_size_max(out.size()))
        return failure::of_member(
            "plaintext",
            "The text has more than 250 KiB and compresses more than 10 times; no recipient should "
            "accept that."
        );
    return out;
}

result<secret_bytes> inflate(byte_view compressed, std::size_t size_max)
{
    auto const most = std::min(size_max, inflated_size_max(compressed.size()));
    auto const size = inflated_size(compressed, most);
    if (!size)
        return size.error();
    bytes out(*size);
    if (*size != 0 && inflating(compressed).read(out) != *size)
        return errc::internal;
    return secret_bytes(std::move(out));
}

}  // namespace core
