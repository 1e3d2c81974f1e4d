#include "core/audit/sealer.hpp"

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/base64url.hpp"

namespace core {

audit_sealer::audit_sealer(crypto::key_ptr secret) : hasher_(hash::sha256)
{
    if (!secret)
        return;
    auto made = crypto::make_signer(std::move(secret), *find_signature_algorithm("HS256"));
    signer_ = std::move(made.value());  // the configuration has checked that it is long enough
}

std::string audit_sealer::seal_of(std::string_view text)
{
    if (!signer_)
        return base64url_encode(hasher_.digest(as_bytes(text)));
    return base64url_encode(signer_->sign(as_bytes(text)).value());
}

}  // namespace core
