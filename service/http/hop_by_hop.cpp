#include "service/http/hop_by_hop.hpp"

#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace service::http {

namespace {

using core::failure;

failure invalid(std::string_view sentence)
{
    return failure::of(core::errc::request_invalid, sentence);
}

/// The options of a Connection field, without empty ones.
template <class Use> void for_each_option(std::string_view value, Use use)
{
    while (!value.empty()) {
        auto const comma = std::min(value.find(','), value.size());
        if (auto const option = core::trimmed(value.substr(0, comma), core::http_space);
            !option.empty())
            use(option);
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
}

constexpr std::size_t connection_names_max = 16;  // clients name three or four

/// Fields that frame a request or decide about it: whoever can write Connection must not be able to
/// remove them.
constexpr std::array<std::string_view, 8> end_to_end_fields{
    "Host",   "Transfer-Encoding", "Expect", "Authorization", "Proxy-Authorization", "Cookie",
    "Origin", "Forwarded"};
constexpr std::array<std::string_view, 5> end_to_end_prefixes{
    "Content-", "Sec-Fetch-", "X-Forwarded-", "X-Original-", "X-Real-"};

bool is_end_to_end(std::string_view name)
{
    auto const is_name = [&](std::string_view one) { return core::equal_without_case(name, one); };
    auto const is_prefix = [&](std::string_view one) {
        return core::starts_without_case(name, one);
    };
    return std::any_of(end_to_end_fields.begin(), end_to_end_fields.end(), is_name)
        || std::any_of(end_to_end_prefixes.begin(), end_to_end_prefixes.end(), is_prefix);
}

}  // namespace

/// RFC 9112 section 9.3: "If the "close" connection option is present, the connection will not
/// persist after the current response"; first, so that it wins over keep-alive.
std::optional<failure> read_connection(std::string_view value, raw_head& into)
{
    for_each_option(value, [&](std::string_view option) {
        if (core::equal_without_case(option, "close"))
            into.says_close = true;
        else if (core::equal_without_case(option, "keep-alive"))
            into.says_keep_alive = true;
        else
            ++into.connection_names;
    });
    if (into.connection_names > connection_names_max)
        return invalid("Connection names too many fields.");
    return std::nullopt;
}

std::optional<failure> drop_hop_by_hop(raw_head& head)
{
    std::array<std::string_view, connection_names_max> named;
    std::size_t count = 0;
    for (auto const& one : head.fields)
        if (core::equal_without_case(one.name, "Connection"))
            for_each_option(one.value, [&](std::string_view option) {
                if (!core::equal_without_case(option, "close")
                    && !core::equal_without_case(option, "keep-alive"))
                    named[count++] = option;
            });
    auto const all = std::span(named).first(count);
    if (std::any_of(all.begin(), all.end(), is_end_to_end))
        return invalid("Connection names a field that is not hop-by-hop.");
    std::erase_if(head.fields, [&](field const& one) {
        return std::any_of(all.begin(), all.end(), [&](std::string_view name) {
            return core::equal_without_case(one.name, name);
        });
    });
    return std::nullopt;
}

}  // namespace service::http
