#pragma once

#include "service/issuers/missing_key.hpp"
#include "service/observe/observers.hpp"
#include "service/operations/request_costs.hpp"
#include "service/operations/verify_terms.hpp"
#include "service/state/worker.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace service {

/// How one verification ended. Not counted yet: the caller may still refuse the token.
struct verdict {
    core::result<core::verified_token> token = core::errc::internal;
    std::string jwe_header{};  ///< of the JWE that contained the token; empty = there was none
    bool is_json = false;      ///< the token is a JWS in JSON serialization
    std::optional<std::size_t> issuer{};  ///< the selected one, by its index in the profile
    /// The token was only refused because this key of another issuer is missing, or other keys than
    /// those that do not verify it, and the issuer's origin may have them by now.
    std::optional<missing_key> missing{};
    std::string kid{};  ///< of a refused token that names its issuer; not verified
    std::chrono::steady_clock::duration took{};
};

/// Verifies a token, or the one nested in it. This is the only way to a verified token: /auth,
/// /verify, its batches and /decrypt all use it.
///
/// token    untrusted: compact text or, in mode jws, JSON text.
/// kept     the thread's signers and verifiers; null = none. Unused for keys in the request.
/// budget   of the request; null = not bounded. When it holds the request up, nothing is counted
///          and the verdict means nothing.
/// tokens   what this thread verified before; null = it remembers nothing. Unused for keys in the
///          request, nested tokens and profiles that do not want it.
/// Errors   token_too_large; work_exceeded; those of unwrap and of core::verify.
verdict verify(
    verify_terms const& by, std::string_view token, core::instant now,
    core::crypto::operation_cache* kept, metrics& counters, core::work_budget* budget,
    core::verified_tokens* tokens = nullptr
);

/// The configured name of an issuer of a profile, for people; of mode jws its series, if it is one.
std::string_view name_of_issuer(config::verify_profile const& profile, std::size_t index);

/// Refuses a token that was accepted. Call it before `count`.
void take_back(verdict& found, core::failure why);

/// Takes back a token that is bound to a proof (`cnf`, RFC 7800), where nobody checks that proof.
void refuse_if_bound(verdict& found);

/// Counts how it ended, and tells the log of a refusal. Call it once.
///
/// header   the mapped header that could not carry its claim; empty = that is not the reason.
void count(
    verdict const& what, verify_terms const& by, observers const& to, std::string_view header = {}
);

/// The same on the pool, for a token that was held up on this thread: see run_beyond_io. The
/// parameters outlive the coroutine.
asio::awaitable<verdict> verify_beyond_io(
    verify_terms const& by, std::string_view token, worker& here, request_costs& costs
);

/// The same for any token: on this thread where that is cheap, see run_by_cost.
asio::awaitable<verdict>
verify_by_cost(verify_terms const& by, std::string_view token, worker& here, request_costs& costs);

/// Waits for the one fetch that a missing key may cause, at most the issuer's miss_wait. If it
/// helps, verifies once more with the keys of that moment, as verify_by_cost.
///
/// by, token, costs  outlive the coroutine; `by` then refers to the newest snapshot.
/// before     the verdict that says what is missing; it stays when nothing came.
/// Returns    nullopt: another configuration took effect meanwhile. Nothing that was decided holds
///            any more, also who asks and what the profile demands: begin again, with the newest
///            snapshot and `has_waited`.
asio::awaitable<std::optional<verdict>> verify_after_fetch(
    verify_terms& by, std::string_view token, verdict before, worker& here, request_costs& costs
);

/// A token that could not be judged at once: it costs more than the thread that reads may spend, or
/// a key is missing.
struct unfinished_token {
    verify_terms terms;
    std::string_view token;        ///< in the request
    std::optional<verdict> found;  ///< with a key missing; nullopt = there is none yet
    request_costs costs;
};

/// Judges it: on the pool, and after the one fetch that a missing key may cause. The parameters
/// outlive the coroutine.
///
/// Returns    as verify_after_fetch.
asio::awaitable<std::optional<verdict>> finish_verify(unfinished_token& what, worker& here);

}  // namespace service
