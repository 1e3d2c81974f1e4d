#pragma once

#include "core/crypto/providers.hpp"

#include <optional>
#include <utility>
#include <vector>

/// Verdicts of every library on this machine, which must be the same.
namespace every_provider {

/// One verifier by each provider that has the algorithm, for one key.
class panel {
public:
    panel(core::crypto::key_ptr const& material, core::signature_algorithm const& row)
    {
        for (auto const name : core::crypto_provider_names) {
            auto const provider = *core::find_crypto_provider(name);
            auto const* by = core::crypto::find_signature_provider(provider);
            if (by == nullptr || !by->has(row, material->family()))
                continue;
            auto made = core::crypto::make_verifier_by(*by, material, row);
            does_agree_ =
                does_agree_ && (made.has_value() || provider != core::crypto_provider::botan);
            if (made)
                all_.push_back(std::move(*made));
        }
    }

    /// How many there are.
    std::size_t size() const { return all_.size(); }

    /// The verdict; nullopt when they do not agree.
    std::optional<bool> verdict(core::byte_view message, core::byte_view signature)
    {
        std::size_t accepted = 0;
        for (auto const& one : all_)
            accepted += one->verify(message, signature) ? 1U : 0U;
        if (!does_agree_ || all_.empty() || (accepted != 0 && accepted != all_.size()))
            return std::nullopt;
        return accepted != 0;
    }

private:
    std::vector<std::unique_ptr<core::crypto::verifier>> all_;
    bool does_agree_ = true;
};

}  // namespace every_provider
