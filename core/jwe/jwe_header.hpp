#pragma once

#include "core/algorithms/encryption_algorithm.hpp"
#include "core/base/error.hpp"
#include "core/base/name_set.hpp"
#include "core/json/json.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace core {

/// The headers that all recipients of a token share: the protected one and, in a JSON
/// serialization, the unprotected one. Their names are sorted once, so that comparing a recipient's
/// own names with them takes no longer for many names.
class shared_headers {
public:
    /// protected_json  the protected header, parsed; untrusted.
    /// unprotected     of a JSON serialization, if any; untrusted. Must outlive the result.
    /// Errors          token_malformed (part header) when the protected header is not a JSON
    ///                 object; header_invalid when both have the same name.
    static result<shared_headers>
    of(std::shared_ptr<json::document const> protected_json,
       std::optional<json::value> unprotected);

    json::value protected_root() const noexcept { return protected_->root(); }
    std::string_view protected_text() const noexcept { return protected_->text(); }
    bool has_name_in(json::value other) const;
    std::optional<json::value> find(std::string_view name) const noexcept;

private:
    std::shared_ptr<json::document const> protected_;
    std::optional<json::value> unprotected_;
    name_set names_;
};

/// The checked JOSE header of one recipient: the protected header, the shared unprotected header
/// and the recipient's own, whose names are disjoint. alg and enc are known, and enc is protected.
class jwe_header {
public:
    /// Checks a header.
    ///
    /// own      the recipient's own header in a JSON serialization, if any; untrusted. Must outlive
    ///          the result.
    /// Errors   header_invalid: a name that `shared` has too, alg or enc missing or not strings,
    ///          enc or zip not protected, any crit (we support no extension), kid, typ or cty not a
    ///          string; algorithm_not_allowed for `none`; algorithm_unsupported for an alg, enc or
    ///          zip without a row.
    /// Source   RFC 7516 section 4: "the Header Parameter names in the three locations MUST
    ///          be disjoint", section 4.1.3: zip "MUST occur only within the JWE Protected Header"
    static result<jwe_header>
    parse(std::shared_ptr<shared_headers const> shared, std::optional<json::value> own);

    /// A parameter, from whichever header has it.
    std::optional<json::value> find(std::string_view name) const noexcept;
    std::string_view kid() const noexcept;
    std::string_view protected_text() const noexcept { return shared_->protected_text(); }
    key_management_algorithm const& algorithm() const noexcept { return *algorithm_; }
    content_encryption_algorithm const& encryption() const noexcept { return *encryption_; }
    bool is_compressed() const noexcept { return is_compressed_; }

private:
    std::shared_ptr<shared_headers const> shared_;
    std::optional<json::value> own_;
    key_management_algorithm const* algorithm_ = nullptr;
    content_encryption_algorithm const* encryption_ = nullptr;
    bool is_compressed_ = false;
};

}  // namespace core
