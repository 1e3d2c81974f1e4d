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

outcome<file_content> with_name(std::string const& name, outcome<file_content> out)
{
    if (!out.problem.empty())
        out.problem = name + " " + out.problem;
    else if (!out.value->exposure.empty())
        out.value->exposure = name + " " + out.value->exposure;
    return out;
}

outcome<core::secret_bytes> secret_of(outcome<file_content> file, file_access most)
{
    outcome<core::secret_bytes> out;
    if (!file.value) {
        out.problem = std::move(file.problem);
        return out;
    }
    if (file.value->access == file_access::open && most == file_access::guarded) {
        out.problem = std::move(file.value->exposure);
        return out;
    }
    auto octets = file.value->octets.view();
    if (octets.back() == '\n')
        octets = octets.first(octets.size() - 1);
    if (octets.empty())
        out.problem = "is empty";
    else
        out.value.emplace(octets);
    return out;
}

outcome<core::secret_bytes> with_name(std::string const& name, outcome<core::secret_bytes> out)
{
    if (!out.value)
        out.problem = name + " " + out.problem;
    else
        out.doubt = doubt_about(name, out.value->view());
    return out;
}

}  // namespace

outcome<core::secret_bytes> read_secret_file(std::string const& path, file_access most)
{
    return secret_of(read_trusted_file(path, secret_bytes_max), most);
}

std::string secret_source::resolved(std::string_view path) const
{
    if (path.starts_with('/') || folder_.empty())
        return std::string(path);
    return folder_ + "/" + std::string(path);
}

/// One that is loaded as well as followed is noted as loaded.
outcome<file_content>
secret_source::read_noted(std::string const& path, std::size_t size_max, file_use use) const
{
    files_.insert(path);
    file_marks made;
    auto read = read_marked_file(path, size_max, made);
    auto& mark = made.at(path);
    mark.is_followed = use == file_use::followed;
    auto const known = marks_.find(path);
    if (known == marks_.end() || known->second.is_followed)
        marks_.insert_or_assign(path, std::move(mark));
    return read;
}

outcome<file_content>
secret_source::read_file(std::string_view path, std::size_t size_max, file_use use) const
{
    return with_name(resolved(path), read_noted(resolved(path), size_max, use));
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
    return read_secret(reference.substr(5));
}

outcome<core::secret_bytes> secret_source::read_secret(std::string_view path) const
{
    auto const name = resolved(path);
    auto file = read_noted(name, secret_bytes_max, file_use::loaded);
    return with_name(name, secret_of(std::move(file), file_access::guarded));
}

outcome<core::secret_bytes>
secret_source::read_followed_secret(std::string_view path, file_access most) const
{
    auto const name = resolved(path);
    auto file = read_noted(name, secret_bytes_max, file_use::followed);
    return with_name(name, secret_of(std::move(file), most));
}

}  // namespace config
