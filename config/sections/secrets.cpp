#include "config/sections/secrets.hpp"

#include <algorithm>

namespace config {
namespace {

constexpr std::size_t secret_bytes_max = 64U * 1024U;  // of a file; JWKs are the largest secrets

/// What is odd about a secret that is a text; random bytes may begin and end with anything.
std::string_view oddity_of(std::string_view secret)
{
    constexpr std::string_view line_break = "\r\n";
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    auto const end = secret.find_last_not_of(line_break);
    auto const inner = secret.substr(0, end == std::string_view::npos ? 0 : end + 1);
    bool const is_text = std::ranges::none_of(inner, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    });
    if (!is_text)
        return {};
    if (secret.ends_with("\r"))
        return "ends in a carriage return (the line end of Windows is CRLF)";
    if (inner.size() != secret.size())
        return "ends in a line break";
    return secret.starts_with(byte_order_mark) ? "begins with a byte order mark" : "";
}

/// A sentence about the secret that comes from there; empty when nothing is odd.
std::string doubt_about(std::string const& from, core::byte_view secret)
{
    auto const oddity = oddity_of(core::as_text(secret));
    return oddity.empty() ? "" : from + " " + std::string(oddity) + ", which is part of the secret";
}

}  // namespace

std::string secret_source::resolved(std::string_view path) const
{
    if (path.starts_with('/') || folder_.empty())
        return std::string(path);
    return folder_ + "/" + std::string(path);
}

outcome<file_content> secret_source::read_file(std::string_view path, std::size_t size_max) const
{
    auto const name = resolved(path);
    files_.insert(name);
    auto out = read_trusted_file(name, size_max);
    if (!out.problem.empty())
        out.problem = name + " " + out.problem;
    else if (!out.value->exposure.empty())
        out.value->exposure = name + " " + out.value->exposure;
    return out;
}

outcome<core::secret_bytes> secret_source::read_reference(std::string_view reference) const
{
    outcome<core::secret_bytes> out;
    if (reference.starts_with("env:")) {
        auto const name = std::string(reference.substr(4));
        auto const found = environment_->find(name);
        out.from_environment = true;
        if (found == environment_->end())
            out.problem = "the environment has no variable " + name;
        else if (found->second.empty())
            out.problem = "the variable " + name + " is empty";
        else {
            out.value.emplace(std::string_view(found->second));
            out.doubt = doubt_about("the variable " + name, out.value->view());
        }
        return out;
    }
    if (!reference.starts_with("file:")) {
        out.problem =
            "must be a reference, file:PATH or env:NAME; secrets must not be written here";
        return out;
    }
    auto file = read_file(reference.substr(5), secret_bytes_max);
    if (!file.value)
        out.problem = std::move(file.problem);
    else if (file.value->access == file_access::open)
        out.problem = std::move(file.value->exposure);
    else {
        auto octets = file.value->octets.view();
        if (octets.back() == '\n')
            octets = octets.first(octets.size() - 1);
        if (octets.empty())
            out.problem = resolved(reference.substr(5)) + " is empty";
        else {
            out.value.emplace(octets);
            out.doubt = doubt_about(resolved(reference.substr(5)), octets);
        }
    }
    return out;
}

}  // namespace config
