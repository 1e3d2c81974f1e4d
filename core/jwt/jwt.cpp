#include "core/jwt/jwt.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/jws/admitted_types.hpp"
#include "core/jwt/candidate_keys.hpp"
#include "core/jwt/jwt_pro.hpp"
#include "core/jwt/key_miss.hpp"
#include "core/jwt/token_memory.hpp"
#include "core/jwt/verified_tokens.hpp"

#include <algorithm>

namespace core {
namespace {

failure malformed_payload(fault reason)
{
    return {errc::token_malformed, token_part::payload, reason};
}

/// Whether there is only one issuer, and its payloads may be encrypted with its secret.
bool reads_jwt_pro(verify_policy const& policy)
{
    return policy.issuers.size() == 1 && policy.issuers.front().reads_jwt_pro;
}

}  // namespace

/// One run of verify over one token.
class verification {
public:
    /// known    the token, as it was verified before; null = it is not known.
    verification(
        verify_policy const& policy, instant now, crypto::operation_cache* kept,
        verify_trace* trace, remembered_token const* known = nullptr
    )
        : policy_(policy), now_(now), kept_(kept), trace_(trace), known_(known),
          memory_(memory_of(policy, kept))
    {
    }

    /// The thread's memory, unless `kept` is another thread's or the keys are a request's.
    static token_memory*
    memory_of(verify_policy const& policy, crypto::operation_cache const* kept) noexcept
    {
        bool const is_here = policy.memory != nullptr && policy.memory->is_with(kept);
        return is_here ? policy.memory : nullptr;
    }

    result<verified_token> run(unverified_jws const& jws)
    {
        verified_token token;
        auto const accepted = check(jws, token);
        if (accepted)
            return token;
        note_kid(jws, token);
        return accepted.error();
    }

    /// Of an accepted token: the keys that were tried, the last of which verified it.
    std::span<jwk const* const> tried() const noexcept
    {
        return std::span(tried_).first(tried_count_);
    }
    /// Whether its signature was computed, and not only remembered.
    bool was_computed() const noexcept { return was_computed_; }

private:
    /// Fills in the token as it is checked.
    result<void> check(unverified_jws const& jws, verified_token& token)
    {
        if (policy_.mode == token_mode::jwt) {
            if (!jws.signatures().front().header.b64())
                return failure{
                    errc::header_invalid, token_part::header,
                    fault::invalid};  // RFC 7797 section 7
            auto read = take_claims(jws, token);
            if (!read && !reads_jwt_pro(policy_))
                return read.error();
        }
        auto const index = check_signatures(jws, token);
        if (!index)
            return index.error();
        if (policy_.mode == token_mode::jwt && !token.has_claims()) {
            if (auto read = read_sealed_claims(jws.unverified_payload(), token); !read)
                return read.error();
        }
        token.header_ = jws.signatures()[*index].header;
        token.index_ = jws.signatures()[*index].position;
        if (policy_.mode == token_mode::jws) {
            if (auto fit = check_types(jws); !fit)
                return fit.error();
            token.payload_ = known_ != nullptr ? known_->payload() : jws.unverified_payload();
            return {};
        }
        if (!charge_claims(token))
            return errc::work_exceeded;
        auto const& header = token.header_;
        auto fine = validate_claims(
            token.claims(), header.string("typ"),
            hash_of(header.algorithm(), by_->material->family()), *policy_.claims, now_
        );
        if (!fine)
            return fine.error();
        return check_issuer(token.claims());
    }

    /// Strangers choose kids, so only that of a token that names its issuer is shown to people.
    void note_kid(unverified_jws const& jws, verified_token const& token) const
    {
        if (trace_ == nullptr || !trace_->issuer)
            return;
        bool const names_issuer =
            token.has_claims() && is_of(policy_.issuers[*trace_->issuer], token.claims());
        if (policy_.mode == token_mode::jws || names_issuer)
            trace_->named_kid = jws.signatures().front().kid.substr(0, kid_size_max);
    }

    /// The claims of a known token were read before, unless it was used as a payload only.
    result<void> take_claims(unverified_jws const& jws, verified_token& token) const
    {
        if (known_ == nullptr || !known_->claims())
            return read_claims(jws.unverified_payload(), token);
        token.claims_ = known_->claims();
        return {};
    }

    result<void> read_claims(std::string_view payload, verified_token& token) const
    {
        auto claims = memory_ != nullptr ? memory_->claims() : std::make_shared<json::document>();
        auto text = claims->take_text();
        text = payload;
        if (auto fine = claims->read(std::move(text)); !fine)
            return malformed_payload(fine.error().reason);
        if (!claims->root().is_object())
            return malformed_payload(fault::not_object);
        token.claims_ = std::move(claims);
        return {};
    }

    /// Reads the claims of a payload that was encrypted before it was signed.
    result<void> read_sealed_claims(std::string_view payload, verified_token& token) const
    {
        auto const claims = open_jwt_pro_payload(*by_->material, as_bytes(payload));
        if (!claims)
            return claims.error();
        return read_claims(as_text(claims->view()), token);
    }

    /// The first signature that verifies. Fails when a signature with candidates does not verify.
    result<std::size_t> check_signatures(unverified_jws const& jws, verified_token& token)
    {
        std::optional<std::size_t> verified;
        std::optional<failure> no_candidate;
        auto const claims = token.has_claims() ? std::optional(token.claims()) : std::nullopt;
        for (std::size_t i = 0; i < jws.signatures().size(); ++i) {
            auto const& one = jws.signatures()[i];
            auto found = find_candidate_keys(one, claims, policy_, now_, trace_);
            if (!found) {
                if (!no_candidate)
                    no_candidate = found.error();
                continue;
            }
            auto const by = first_that_verifies(jws, i, found->keys);
            if (!by && by.error() != errc::signature_invalid)
                return by.error();
            if (!by) {
                keyless_token const refused{policy_.issuers[found->issuer], claims, now_};
                note_missed_signature(trace_, refused, policy_, one.value);
                return by.error();
            }
            if (policy_.mode == token_mode::jws)
                verified_.push_back(i);
            if (!verified) {
                verified = i;
                by_ = *by;
                token.is_kid_in_header_ = one.header.kid() == by_->kid;
                if (!token.is_kid_in_header_)
                    token.kid_ = by_->kid;
                token.issuer_ = issuer_ = found->issuer;
                tried_count_ = static_cast<std::size_t>(
                    std::ranges::find(found->keys, by_) - found->keys.begin() + 1
                );
                tried_ = std::move(found->keys);
            }
        }
        if (!verified)
            return *no_candidate;
        return *verified;
    }

    bool charge_claims(verified_token const& token) const
    {
        auto const entries = entries_of(*policy_.claims);
        return charge(
            policy_.budget, costs::of_searching(entries, token.payload().size() + 8 * entries)
        );
    }

    /// Mode jws: every verified signature must cover a header of an admitted type.
    result<void> check_types(unverified_jws const& jws) const
    {
        auto const* wanted = policy_.claims;
        if (wanted == nullptr || wanted->any_typ)
            return {};
        if (!charge(policy_.budget, cost_of_types(verified_.size(), wanted->typ.size())))
            return errc::work_exceeded;
        for (auto const i : verified_) {
            auto const typ = jws.signatures()[i].header.string("typ");
            if (!typ_is_admitted(typ, wanted->typ))
                return failure::of_claim(
                    errc::type_mismatch, "typ", typ ? fault::check_failed : fault::missing
                );
        }
        return {};
    }

    /// The candidate that verifies signature `index`. A key that does not fit is skipped, so that
    /// another one can still succeed.
    result<jwk const*> first_that_verifies(
        unverified_jws const& jws, std::size_t index, std::vector<jwk const*> const& keys
    )
    {
        if (known_ != nullptr) {
            if (auto const* key = policy_.remembered->key_of(*known_, keys))
                return key;
        }
        // Of a JSON serialization, the input is put together for each signature.
        if (jws.signatures().size() > 1
            && !charge(policy_.budget, costs::of_encoding(jws.unverified_payload().size() * 4 / 3)))
            return errc::work_exceeded;
        auto const input = jws.signing_input(index, scratch_);
        auto const& one = jws.signatures()[index];
        std::optional<failure> unfit;
        for (auto const* key : keys) {
            auto const outcome =
                verify_with(*key, one.header.algorithm(), as_bytes(input), one.value);
            if (!outcome && outcome.error() == errc::work_exceeded)
                return outcome.error();
            if (!outcome) {
                unfit = outcome.error();
            } else if (*outcome) {
                was_computed_ = true;
                return key;
            }
        }
        if (unfit && keys.size() == 1)
            return *unfit;
        return errc::signature_invalid;
    }

    result<bool> verify_with(
        jwk const& key, signature_algorithm const& row, byte_view input, byte_view signature
    )
    {
        auto const& material = *key.material;
        if (!charge(
                policy_.budget,
                costs::of_verifying(
                    row, material.family(), material.bits(), input.size(), material.exponent()
                )
            ))
            return errc::work_exceeded;
        if (kept_ != nullptr) {
            auto const kept = kept_->verifier_for(key.material, row, key.allow_weak_hmac);
            if (!kept)
                return kept.error();
            return (*kept)->verify(input, signature);
        }
        auto const made = crypto::make_verifier(key.material, row, key.allow_weak_hmac);
        if (!made)
            return made.error();
        return (*made)->verify(input, signature);
    }

    /// Whether the signed claims are of the issuer that the key belongs to, byte for byte, and of
    /// the one that the key itself is for. No request can change this.
    result<void> check_issuer(json::value claims) const
    {
        auto const& own = policy_.issuers[issuer_];
        if (own.issuer.empty())
            return {};
        bool const is_own = is_of(own, claims) || (own.reads_jwt_pro && !claims.find("iss"));
        if (is_own && (by_->issuer.empty() || is_key_for(by_->issuer, origin_of(claims))))
            return {};
        bool const is_by_sub = own.identity != nullptr && own.identity->is_trust_domain();
        return failure::of_claim(
            errc::issuer_mismatch, is_by_sub ? "sub" : "iss", fault::check_failed
        );
    }

    verify_policy const& policy_;
    instant now_;
    crypto::operation_cache* kept_;
    verify_trace* trace_;
    remembered_token const* known_;
    token_memory* memory_;
    jwk const* by_ = nullptr;        // the key that verified first
    std::size_t issuer_ = 0;         // whose it is
    std::vector<jwk const*> tried_;  // the candidates for its signature
    std::size_t tried_count_ = 0;    // up to it
    bool was_computed_ = false;
    std::vector<std::size_t> verified_;  // mode jws: every signature that did
    std::string scratch_;
};

namespace {

/// The thread's verified tokens, if what is read of a token depends only on its octets: not on
/// detached content, and not on a key that opens its payload.
verified_tokens* remembered_of(verify_policy const& policy)
{
    bool const may_be = policy.remembered != nullptr && policy.remembered->is_on()
        && !policy.detached && !reads_jwt_pro(policy);
    return may_be ? policy.remembered : nullptr;
}

/// Everything but its reading and, if the keys are the same ones, its signature.
result<verified_token> verify_known(
    remembered_token& known, verify_policy const& policy, instant now,
    crypto::operation_cache* kept, verify_trace* trace
)
{
    verification again(policy, now, kept, trace, &known);
    auto verified = again.run(known.jws());
    if (verified && again.was_computed())
        known.renew(again.tried());
    return verified;
}

}  // namespace

result<verified_token> verify(
    std::string_view token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace
)
{
    if (!charge(policy.budget, costs::of_reading(token.size())))
        return errc::work_exceeded;
    auto* const remembered = remembered_of(policy);
    auto const mark = remembered != nullptr ? remembered->mark_of(token) : 0;
    if (auto* const known = remembered != nullptr ? remembered->find(mark, token) : nullptr)
        return verify_known(*known, policy, now, kept, trace);
    auto* const memory = verification::memory_of(policy, kept);
    auto* const of_jws = memory != nullptr ? &memory->jws : nullptr;
    auto jws = unverified_jws::parse_compact(token, policy.detached, of_jws);
    if (!jws)
        return jws.error();
    verification first(policy, now, kept, trace);
    auto verified = first.run(*jws);
    if (verified && remembered != nullptr && remembered->admits(mark))
        remembered->keep(mark, token, policy.mode == token_mode::jwt, first.tried());
    if (of_jws == nullptr)
        return verified;
    auto const& only = jws->signatures().front();
    if (verified)
        of_jws->headers.keep(only.protected_b64, only.header);
    of_jws->give_back(std::move(*jws));
    return verified;
}

result<verified_token> verify_json(
    json::value token, verify_policy const& policy, instant now, crypto::operation_cache* kept,
    verify_trace* trace
)
{
    if (!charge(policy.budget, costs::of_reading(token.text().size())))
        return errc::work_exceeded;
    auto jws = unverified_jws::parse_json(token, policy.detached);
    if (!jws)
        return jws.error();
    if (policy.mode == token_mode::jwt)  // RFC 7519 section 1: JWTs are compact
        return failure{errc::token_malformed, token_part::segments, fault::invalid};
    return verification(policy, now, kept, trace).run(*jws);
}

}  // namespace core
