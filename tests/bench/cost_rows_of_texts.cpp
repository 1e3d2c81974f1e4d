#include "core/algorithms/work_costs.hpp"
#include "core/base/base64url.hpp"
#include "core/crypto/content_encryption.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"
#include "core/jwe/deflate.hpp"
#include "core/keys/jwk.hpp"
#include "core/keys/key_text.hpp"
#include "tests/bench/cost_rows.hpp"

#include <random>

namespace {

using namespace core;

constexpr std::size_t values_max = 16000;  // in one text: json::limits

std::string times(std::string_view piece, std::size_t count)
{
    std::string text;
    text.reserve(piece.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        text += piece;
    return text;
}

template <class Piece> std::string listed(std::size_t count, Piece const& piece)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "" : ",") + piece(i);
    return text;
}

std::string padded(std::size_t number, std::size_t size)
{
    auto const digits = std::to_string(number);
    return std::string(size > digits.size() ? size - digits.size() : 0, '0') + digits;
}

/// A permutation, so that what is sorted is not in order.
std::size_t mixed(std::size_t i)
{
    return i * 7919 % values_max;
}

void add_json(cost_rows& rows, std::string const& name, std::string const& text)
{
    if (!json::document::parse(text))
        std::printf("JSON, %s: is not read\n", name.c_str());
    rows.push_back(
        {"JSON, " + name + " (" + std::to_string(text.size()) + ")", costs::of_reading(text.size()),
         [=] { (void)json::document::parse(text); }}
    );
}

void add_json_texts(cost_rows& rows)
{
    auto const same = [](std::string piece) { return [=](std::size_t) { return piece; }; };
    auto const array = [&](std::string const& name, std::size_t count, std::string const& piece) {
        add_json(rows, name, "[" + listed(count, same(piece)) + "]");
    };
    array("numbers of one digit", values_max, "1");
    array("empty arrays", values_max, "[]");
    array("empty objects", values_max, "{}");
    array("empty strings", values_max, "\"\"");
    array("objects of one member", values_max / 2, R"({"":0})");
    array("numbers with an exponent", values_max, "1e1");
    array("numbers of 300 digits", 200, std::string(300, '9'));
    array("fractions of 300 digits", 200, "0." + std::string(300, '9') + "e1");
    array("strings of one escape", values_max, R"("\n")");
    add_json(rows, "escapes of two octets", "[\"" + times("\\n", 32000) + "\"]");
    add_json(rows, "escapes of six octets", "[\"" + times("\\u00e9", 10900) + "\"]");
    add_json(rows, "one string", "[\"" + std::string(65000, 'a') + "\"]");
    add_json(
        rows, "one string of four octets a character",
        "[\"" + times("\xf0\x9f\x98\x80", 16000) + "\"]"
    );
    add_json(
        rows, "one string of two octets a character", "[\"" + times("\xc3\xa9", 32000) + "\"]"
    );
    add_json(rows, "spaces", "[" + std::string(65000, ' ') + "]");
    array("arrays 31 deep", values_max / 31, times("[", 31) + times("]", 31));
    auto deep = std::string("0");
    for (int i = 0; i < 30; ++i)
        deep = R"({"":)" + deep + "}";
    array("objects 30 deep", values_max / 32, deep);
    for (std::size_t const size : {4U, 8U, 32U, 200U})
        add_json(
            rows, "an object of many members, names of " + std::to_string(size),
            "{"
                + listed(
                    std::min<std::size_t>(values_max, 500000 / size),
                    [=](std::size_t i) { return "\"" + padded(mixed(i), size) + "\":0"; }
                )
                + "}"
        );
    add_json(
        rows, "an object of many members, names escaped",
        "{"
            + listed(
                values_max, [=](std::size_t i) { return "\"\\n" + padded(mixed(i), 5) + "\":0"; }
            )
            + "}"
    );
    for (std::size_t const members : {24U, 25U, 100U})
        add_json(
            rows, "objects of " + std::to_string(members) + " members",
            "["
                + listed(
                    values_max / (members + 1),
                    [=](std::size_t) {
                        return "{"
                            + listed(
                                   members,
                                   [=](std::size_t i) {
                                       return "\"" + padded(i * 7919 % members, 3) + "\":0";
                                   }
                            )
                            + "}";
                    }
                )
                + "]"
        );
}

void add_jwks(cost_rows& rows)
{
    auto const key = std::string(
        R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")"
    );
    auto const add = [&](std::string const& name, std::string const& text) {
        rows.push_back(
            {"JWK, " + name + " (" + std::to_string(text.size()) + ")",
             costs::of_reading(text.size())
                 + costs::of_importing(key_family::ed25519, 255, costs::key_half::public_half),
             [=] { (void)parse_jwk_text(text, key_role::counterpart); }}
        );
    };
    auto const members = [](std::size_t count, std::size_t size) {
        return listed(count, [=](std::size_t i) { return "\"" + padded(mixed(i), size) + "\":0"; });
    };
    add("many unknown members of 4", key + "," + members(1600, 4) + "}");
    add("many unknown members of 2",
        key + "," + listed(90, [](std::size_t i) { return "\"" + padded(i, 2) + "\":0"; }) + "}");
    add("many unknown members of 200", key + "," + members(70, 200) + "}");
    add("16000 unknown members", key + "," + members(15990, 5) + "}");
}

bytes random_letters(std::size_t size, unsigned letters, unsigned seed = 1)
{
    std::mt19937 random(seed);
    bytes out(size);
    for (auto& one : out)
        one = static_cast<std::uint8_t>('!' + random() % letters);
    return out;
}

/// Writes bits as DEFLATE has them, the lowest first. RFC 1951 section 3.1.1
class bit_writer {
public:
    void add(unsigned value, unsigned bits)
    {
        for (unsigned i = 0; i < bits; ++i, ++count_) {
            if (count_ % 8 == 0)
                octets.push_back(0);
            octets.back() =
                static_cast<std::uint8_t>(octets.back() | (value >> i & 1U) << count_ % 8);
        }
    }
    bytes octets;

private:
    std::size_t count_ = 0;
};

/// Blocks that have tables of codes and nothing else, as many as fit, and one octet of content.
/// Such a table has 24 octets and takes long to build: 255 codes of 8 bits, which are one repeated
/// length, and 2 of 9 bits. RFC 1951 section 3.2.7
bytes empty_blocks(std::size_t size)
{
    bit_writer out;
    while (out.octets.size() + 64 < size || out.octets.empty()) {
        out.add(0, 1);  // not the last
        out.add(2, 2);
        out.add(0, 5);  // 257 literal codes
        out.add(0, 5);  // 1 distance code
        out.add(3, 4);  // 7 lengths of code lengths, in the order of the section:
        // 16 17 18 0 8 7 9
        for (unsigned const length : {1U, 0U, 0U, 3U, 2U, 0U, 3U})
            out.add(length, 3);
        // so 16 is 0, 8 is 10, 0 is 110 and 9 is 111, written from the highest bit
        auto const eight = [&] { out.add(0b01, 2); };
        auto const nine = [&] { out.add(0b111, 3); };
        eight();
        for (int i = 0; i < 42; ++i) {
            out.add(0, 1);
            out.add(3, 2);  // 6 more
        }
        eight();
        eight();
        nine();
        nine();
        out.add(0b011, 3);  // no distance code
        out.add(0x1ff, 9);  // end of block
    }
    out.add(1, 1);     // the last
    out.add(1, 2);     // with the fixed codes
    out.add(0x89, 8);  // "a": without any content the text would be read once only
    out.add(0, 7);     // end of block
    return std::move(out.octets);
}

void add_compression(cost_rows& rows)
{
    constexpr std::size_t size = 240U * 1024U;
    auto const add = [&](std::string const& name, bytes const& text) {
        auto const packed = deflate(text);
        rows.push_back({"deflate, " + name, costs::of_deflating(text.size()), [=] {
                            (void)deflate(text);
                        }});
        if (!packed)
            return;  // compresses too well to be sent
        rows.push_back(
            {"inflate, " + name + " from " + std::to_string(packed->size()),
             costs::of_inflating(text.size(), packed->size()),
             [packed = *packed] { (void)inflate(packed, size); }}
        );
    };
    for (unsigned const letters : {2U, 4U, 6U, 7U, 8U, 9U, 10U, 12U, 16U, 64U, 90U})
        add("random of " + std::to_string(letters) + " letters", random_letters(size, letters));
    auto const blocks = empty_blocks(size);
    rows.push_back({"inflate, blocks without content", costs::of_inflating(0, blocks.size()), [=] {
                        (void)inflate(blocks, size);
                    }});
    bytes text;
    std::mt19937 random(2);
    auto const words = random_letters(4096, 26, 3);
    while (text.size() < size) {
        auto const at = random() % 4000, length = 3 + random() % 5;
        text.insert(text.end(), words.begin() + at, words.begin() + at + length);
    }
    text.resize(size);
    add("short words", text);
    for (unsigned run : {20U, 100U, 250U}) {
        text.clear();
        while (text.size() < size) {
            text.insert(text.end(), run, 'a');
            text.push_back(static_cast<std::uint8_t>('b' + random() % 20));
        }
        text.resize(size);
        add("runs of " + std::to_string(run), text);
    }
}

}  // namespace

void add_encryption(cost_rows& rows)
{
    for (auto const& enc : content_encryption_algorithms) {
        for (std::size_t const size : {16U, 65536U}) {
            bytes const cek(enc.key_bits / 8U, 7), iv(enc.iv_octets(), 9), text(size, 't');
            auto const name = std::string(enc.name) + " " + std::to_string(size) + " octets ";
            auto const table = costs::of_content(enc, size);
            rows.push_back({name + "encrypt", table, [=, &enc] {
                                (void)crypto::seal_content(enc, cek, iv, text, {});
                            }});
            auto const made = crypto::seal_content(enc, cek, iv, text, {});
            auto const opening = costs::of_content(enc, size, costs::content_step::opening);
            rows.push_back({name + "decrypt", opening, [=, &enc] {
                                (void
                                )crypto::open_content(enc, cek, iv, made.ciphertext, made.tag, {});
                            }});
        }
    }
}

void add_texts(cost_rows& rows)
{
    bytes const mib(1U << 20U, 'x');
    bytes const little(64, 'x');
    for (auto const& [name, one] :
         {std::pair("SHA-1", hash::sha1),
          {"SHA-256", hash::sha256},
          {"SHA-384", hash::sha384},
          {"SHA-512", hash::sha512}}) {
        rows.push_back({std::string(name) + " of 1 MiB", costs::of_hashing(mib.size(), one), [=] {
                            (void)crypto::digest(one, mib);
                        }});
        rows.push_back(
            {std::string(name) + " of 64 octets", costs::of_hashing(little.size(), one),
             [=] { (void)crypto::digest(one, little); }}
        );
    }
    auto const digits = base64url_encode(mib);
    rows.push_back({"base64url, decode 1 MiB", costs::of_decoding(digits.size()), [=] {
                        (void)base64url_decode(digits);
                    }});
    rows.push_back({"base64url, encode 1 MiB", costs::of_encoding(digits.size()), [=] {
                        (void)base64url_encode(mib);
                    }});
    add_json_texts(rows);
    add_jwks(rows);
    add_compression(rows);
}
