// Untrusted JWE tokens, compact and JSON, through parsing and opening with a key of each kind: no
// crash, and no token opens that was not encrypted. The same octets are inflated; and encrypted,
// then opened.
#include "core/jwe/decrypt.hpp"
#include "core/jwe/deflate.hpp"
#include "core/jwe/limits.hpp"
#include "core/jwe/make_jwe.hpp"
#include "core/jwe/unopened_jwe.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

std::vector<core::jwk> const& keys()
{
    static auto const made = [] {
        std::vector<core::jwk> list;
        for (auto const& [family, bits] :
             {std::pair{core::key_family::secret, 128}, std::pair{core::key_family::secret, 256},
              std::pair{core::key_family::p256, 0}, std::pair{core::key_family::x25519, 0},
              std::pair{core::key_family::rsa, 2048}}) {
            core::jwk key;
            key.material = *core::crypto::generate(family, static_cast<std::size_t>(bits));
            list.push_back(std::move(key));
        }
        return list;
    }();
    return made;
}

void must_not_open(core::result<core::unopened_jwe> const& token)
{
    static std::vector<std::string> const off{"RSA1_5", "PBES2-HS256+A128KW"};
    core::decrypt_policy policy;
    policy.permitted = off;
    policy.allow_zip = true;
    if (token && core::decrypt(*token, keys(), policy))
        std::abort();
}

void must_open_again(core::byte_view text)
{
    core::jwe_request request;
    request.encryption = core::find_content_encryption("A128CBC-HS256");
    request.recipients.push_back(
        {&keys().front(), core::find_key_management("A128KW"), "{}", {}, {}}
    );
    request.plaintext = text;
    auto const sealed = core::make_jwe(request);
    auto const parsed = core::unopened_jwe::parse_compact(sealed.value());
    auto const opened = core::decrypt(parsed.value(), {&keys().front(), 1}, {});
    if (!opened || !std::ranges::equal(opened->plaintext.view(), text))
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    must_not_open(core::unopened_jwe::parse_compact(text));
    if (auto const document = core::json::document::parse(std::string(text)))
        must_not_open(core::unopened_jwe::parse_json(document->root()));
    (void)core::inflate({data, size}, core::jwe_bytes_max);
    if (size < 4096)
        must_open_again({data, size});
    return 0;
}
