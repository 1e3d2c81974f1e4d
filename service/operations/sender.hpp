#pragma once

#include "service/callers/identity.hpp"
#include "service/operations/request_costs.hpp"
#include "service/operations/verify.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace service {

/// What a request shows to prove who sent it.
struct shown_credentials {
    peer const& from;                ///< trusted
    std::string_view authorization;  ///< the field's value, untrusted; empty = none
    std::string_view request_id;     ///< for the log
    std::string_view traceparent{};  ///< the same
};

struct found_sender {
    identity by;
    std::unique_ptr<unfinished_token> rest{};  ///< not null: `by` is not known yet, see judge_later
};

/// Finds who sent a request: by its peer, and by its bearer token, which is a caller's secret or a
/// JWT for a profile `for: callers`. A JWT of another issuer proves nothing and is not verified.
/// What a caller's token may cost is a stranger's budget, apart from that of the request.
///
/// shown    must outlive the result.
/// seen     the callers and the profiles that it is judged by; never null.
found_sender
find_sender(shown_credentials const& shown, std::shared_ptr<snapshot const> seen, worker& here);

/// The rest of find_sender: on the pool, or after the one fetch that a missing key may cause. The
/// parameters outlive the coroutine.
///
/// Returns  nullopt: another configuration took effect meanwhile, so that the callers may be others:
///          begin again with find_sender.
asio::awaitable<std::optional<identity>>
judge_later(std::unique_ptr<unfinished_token> what, shown_credentials const& shown, worker& here);

}  // namespace service
