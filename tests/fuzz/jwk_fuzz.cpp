// Untrusted JWKs and sets: no crash, and what is read is written and read again as the same key.
// Reading as publishers spell changes nothing of a key that is spelled exactly.
#include "core/inspect/describe_key.hpp"
#include "core/inspect/inspect_key.hpp"
#include "core/keys/jwk_members.hpp"
#include "core/keys/jwk_set.hpp"
#include "core/keys/jwk_write.hpp"

#include <cstdlib>

namespace {

void read_as_published(std::string_view text)
{
    auto const document = core::parse_published_json(std::string(text));
    if (!document)
        return;
    auto const role = core::key_role::published;
    auto const exact = core::parse_jwk(document->root(), role);
    auto const forgiven = core::parse_jwk(document->root(), role, core::jwk_spelling::as_published);
    if (forgiven && forgiven->material->is_private())
        std::abort();
    if (!exact || core::contradicts_itself(document->root()))
        return;
    bool const is_same = forgiven && forgiven->kid == exact->kid && forgiven->alg == exact->alg
        && forgiven->use == exact->use && forgiven->ops == exact->ops
        && core::thumbprint(*forgiven->material) == core::thumbprint(*exact->material);
    if (!is_same)
        std::abort();
}

/// Secrets and other keys are never in one set.
void read_sets(std::string_view text)
{
    (void)core::parse_jwk_set_text(text, core::set_source::foreign);
    (void)core::parse_jwk_set_text(text, core::set_source::own);
    auto const document = core::json::document::parse(std::string(text));
    if (!document)
        return;
    for (auto const role : {core::key_role::counterpart, core::key_role::holder}) {
        auto const set = core::parse_jwk_set(document->root(), core::set_source::given, role);
        if (!set)
            continue;
        bool const are_secrets = set->keys.front().material->family() == core::key_family::secret;
        for (auto const& key : set->keys) {
            if ((key.material->family() == core::key_family::secret) != are_secrets)
                std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    read_sets(text);
    read_as_published(text);
    auto const half = core::parse_jwk_text(text, core::key_role::counterpart);
    auto const published = core::parse_jwk_text(text, core::key_role::published);
    auto const key = core::parse_jwk_text(text);
    // A key that a holder can read, a counterpart can read; as published, only public keys are.
    if ((key && !half) || (published && published->material->is_private()))
        std::abort();
    // What can be read can be described, and as the same key.
    auto const report = core::describe_key_text(text);
    if (key && (!report || !report->key))
        std::abort();
    if (!key)
        return 0;
    (void)core::inspect_key(*key);
    if (key->material->family() == core::key_family::secret)
        return 0;
    std::string written;
    core::append_public_jwk(written, *key);
    auto const again = core::parse_jwk_text(written);
    if (!again || core::thumbprint(*again->material) != core::thumbprint(*key->material))
        std::abort();
    return 0;
}
