#include "config/sections/secrets.hpp"

namespace config {
namespace {

constexpr std::size_t secret_bytes_max = 64U * 1024U;  // of a file; JWKs are the largest secrets

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
        else
            out.value.emplace(std::string_view(found->second));
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
        else
            out.value.emplace(octets);
    }
    return out;
}

}  // namespace config
