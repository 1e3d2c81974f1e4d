#include "config/sections/fetch_headers.hpp"

#include "config/sections/secrets.hpp"
#include "core/base/ascii.hpp"

#include <algorithm>
#include <array>

namespace config {
namespace {

constexpr std::array<std::string_view, 3> credential_names{
    "Authorization", "Proxy-Authorization", "Cookie"};
constexpr std::string_view api_key = "X-Api-Key";
constexpr std::string_view bearer = "Bearer ";

bool is_clean(std::string_view text)
{
    return !text.empty() && text.front() != ' ' && text.back() != ' '
        && std::ranges::all_of(text, [](char one) { return one >= 0x20 && one < 0x7f; });
}

}  // namespace

outcome<std::string> header_value(std::string_view text, fetch_header const& of)
{
    outcome<std::string> out;
    if (!is_clean(text))
        out.problem = "must be a text without control characters, and without spaces at its ends";
    else if (of.before == bearer && text.find(' ') != std::string_view::npos)
        out.problem = "must hold only the token, without spaces: `Bearer ` is added";
    else
        out.value = of.before + std::string(text);
    return out;
}

outcome<std::string> read_header_value(fetch_header const& of)
{
    auto const most = of.admits_open_file ? file_access::open : file_access::guarded;
    auto const secret = read_secret_file(of.file, most);
    if (secret.value)
        return header_value(core::as_text(secret.value->view()), of);
    outcome<std::string> out;
    out.problem = secret.problem;
    return out;
}

bool is_name_of_credential(std::string_view name) noexcept
{
    return std::ranges::any_of(credential_names, [name](auto one) {
        return core::equal_without_case(one, name);
    });
}

bool holds_secret(std::string_view name) noexcept
{
    return is_name_of_credential(name) || core::equal_without_case(name, api_key);
}

fetch_header bearer_header(std::string file)
{
    fetch_header made;
    made.name = "Authorization";
    made.file = std::move(file);
    made.before = bearer;
    made.is_credential = true;
    made.admits_open_file = true;  // of the files that the kubelet writes, some are
    return made;
}

}  // namespace config
