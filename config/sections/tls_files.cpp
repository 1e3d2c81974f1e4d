#include "config/sections/tls_files.hpp"

#include "core/keys/jwk_write.hpp"
#include "core/keys/key_formats.hpp"

namespace config {
namespace {

constexpr std::size_t certificates_size_max = 1024UL * 1024UL;  // a system's bundle has 220 KiB
constexpr std::size_t lists_size_max = 16 * certificates_size_max;

}  // namespace

tls_reading read_tls_files(tls_settings const& of, secret_source const& from)
{
    tls_reading out;
    tls_files read;
    auto const take = [&](std::string_view member, std::string const& path, std::size_t size_max,
                          core::secret_bytes& into, bool is_secret) {
        if (path.empty() || !out.problem.empty())
            return;
        auto file = from.read_file(path, size_max, file_use::followed);
        if (!file.value)
            out.problem = file.problem;
        else if (is_secret && file.value->access == file_access::open)
            out.problem = file.value->exposure;
        else
            into = std::move(file.value->octets);
        if (!out.problem.empty())
            out.member = member;
    };
    take("cert_file", of.cert_file, certificates_size_max, read.certificates, false);
    take("key_file", of.key_file, core::key_text_max, read.key, true);
    take(
        "client_ca_file", of.client_ca_file, certificates_size_max, read.client_authorities, false
    );
    take("crl_file", of.crl_file, lists_size_max, read.revoked, false);
    if (out.problem.empty())
        out.value = std::move(read);
    return out;
}

bool belong_together(tls_files const& files)
{
    auto const certificate =
        core::read_key(files.certificates.view(), {.role = core::key_role::described});
    auto const key = core::read_key(files.key.view());
    return !certificate || !key
        || core::thumbprint(*certificate->material) == core::thumbprint(*key->material);
}

}  // namespace config
