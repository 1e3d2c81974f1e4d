#include "core/keys/pem.hpp"

#include "core/base/base64.hpp"

namespace core {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view space = " \t\r\n";
constexpr std::size_t label_max = 64;  // "ENCRYPTED PRIVATE KEY" has 21

failure invalid(std::string_view sentence)
{
    return failure::of(errc::key_invalid, sentence);
}

bool is_space(char c)
{
    return space.find(c) != std::string_view::npos;
}

/// Whether a BEGIN mark may follow this character: white space, or the end of a byte order mark.
bool may_precede(char c)
{
    return is_space(c) || c == '\xbf';
}

result<secret_bytes> read_body(std::string_view body)
{
    bool const is_apart = !body.empty() && is_space(body.front()) && is_space(body.back());
    if (!is_apart)
        return invalid("white space must separate a PEM block's base64 from its marks");
    if (body.find(':') != std::string_view::npos)
        return invalid("the key's encryption is not supported; convert it with: "
                       "openssl pkcs8 -topk8 -v2 aes-256-cbc");
    std::string digits;
    digits.reserve(body.size());
    for (char const c : body) {
        if (!is_space(c))
            digits.push_back(c);
    }
    auto octets = base64_decode(digits);
    wipe(digits.data(), digits.size());
    if (!octets || octets->empty())
        return invalid("the PEM text is not base64");
    return secret_bytes(std::move(*octets));
}

}  // namespace

result<std::vector<pem_block>> read_pem(std::string_view text, std::size_t blocks_max)
{
    std::vector<pem_block> blocks;
    for (;;) {
        auto const begin = text.find(begin_mark);
        if (begin == std::string_view::npos)
            return blocks;
        if (begin != 0 && !may_precede(text[begin - 1]))
            return invalid("a PEM block's BEGIN mark must follow white space");
        text.remove_prefix(begin + begin_mark.size());
        auto const label = text.substr(0, text.substr(0, label_max + dashes.size()).find(dashes));
        if (label.size() > label_max)
            return invalid("a PEM block has no end");
        auto const end = std::string(end_mark) + std::string(label) + std::string(dashes);
        auto const body_begin = label.size() + dashes.size();
        auto const finish = text.find(end, body_begin);
        if (finish == std::string_view::npos)
            return invalid("a PEM block has no end");
        if (blocks.size() == blocks_max)
            return invalid("the PEM text has too many blocks");
        auto body = read_body(text.substr(body_begin, finish - body_begin));
        if (!body)
            return body.error();
        blocks.push_back({std::string(label), std::move(*body)});
        text.remove_prefix(finish + end.size());
        if (!text.empty() && !is_space(text.front()))
            return invalid("a PEM block's END mark must be followed by white space");
    }
}

std::string write_pem(std::string_view label, byte_view der)
{
    constexpr std::size_t line = 64;
    auto digits = base64_encode(der);
    std::string text;
    text.reserve(digits.size() + digits.size() / line + 2 * label.size() + 40);
    text.append(begin_mark).append(label).append(dashes).push_back('\n');
    for (std::size_t i = 0; i < digits.size(); i += line)
        text.append(digits, i, line).push_back('\n');
    text.append(end_mark).append(label).append(dashes).push_back('\n');
    wipe(digits.data(), digits.size());
    return text;
}

}  // namespace core
