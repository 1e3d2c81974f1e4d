#pragma once

#include "core/algorithms/signature_algorithm.hpp"
#include "core/base/error.hpp"
#include "core/json/json.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace core {

/// A checked JWS Protected Header: its alg is known, its crit is understood, its members have the
/// right types. The views point into `json_`, which is on the heap, so that moving is safe.
class jws_header {
public:
    /// Reads and checks a header.
    ///
    /// text     the decoded header; untrusted.
    /// Errors   token_malformed (part header) when it is not a JSON object; header_invalid for
    ///          duplicate names, alg missing or not a string, kid, typ or cty not a string, crit
    ///          not a non-empty array of distinct names that are understood and present, b64 not a
    ///          boolean or not in crit; algorithm_not_allowed for `none`; algorithm_unsupported for
    ///          an alg without a row.
    /// Source   RFC 7515 sections 4 and 4.1.11: "If any of the listed extension Header Parameters
    ///          are not understood and supported by the recipient, then the JWS is invalid"; RFC
    ///          7797 section 3
    static result<jws_header> parse(std::string text);

    json::value json() const noexcept { return json_->root(); }
    std::string_view text() const noexcept { return json_->text(); }
    signature_algorithm const& algorithm() const noexcept { return *algorithm_; }
    std::optional<std::string_view> string(std::string_view name) const noexcept;
    std::string_view kid() const noexcept { return string("kid").value_or(std::string_view{}); }
    /// Whether the payload is base64url-encoded in the signing input. RFC 7797
    bool b64() const noexcept { return b64_; }
    /// How much memory its text has, in octets.
    std::size_t octets() const noexcept { return json_->octets(); }

private:
    std::shared_ptr<json::document const> json_;
    signature_algorithm const* algorithm_ = nullptr;
    bool b64_ = true;
};

}  // namespace core
