#include "service/issuers/origin_client.hpp"

#include "core/issuers/cache_control.hpp"

// GCC 12 believes that the frames which Asio reuses for the next coroutine were allocated in
// another way than they are freed.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

namespace service {
namespace {

using std::chrono::steady_clock;

/// How long metadata is used while the fetches that follow it succeed.
constexpr auto metadata_ttl = std::chrono::hours(1);

origin_failure failure_of(net::fetch_failure const& why)
{
    return {outcome_of(why.error), std::string(why.sentence)};
}

}  // namespace

origin_client::origin_client(
    issuer_place const& at, std::shared_ptr<net::tls_context const> system_roots,
    fetch_function fetch
)
    : at_(at), credentials_(at.issuer(), std::move(system_roots)), fetch_(std::move(fetch))
{
    auto const& from = *issuer().fetch;
    target_.proxy_url = from.proxy_url;
    target_.proxy_resolves = from.proxy_resolves;
    target_.allow_http = from.allow_insecure_http;
    target_.deny_cidrs = from.deny_cidrs;
    target_.allow_cidrs = from.allow_cidrs;
    target_.connect_limit = from.connect_timeout;
    target_.body_bytes_max = at.limits().jwks_bytes;
    jwks_uri_ = from.jwks_uri;
    source_ = from.jwks_uri;
    if (source_.empty())
        source_ = core::metadata_url(issuer().issuer, from.discovery).value();
}

/// Metadata is requested again after an hour, and after a failure, also one of its own. A token
/// never causes two requests where one is enough.
bool origin_client::needs_metadata(core::jwks_reason why) const
{
    if (!issuer().fetch->jwks_uri.empty())
        return false;
    bool const is_old = has_failed_ || !metadata_problem_.empty()
        || steady_clock::now() - discovered_at_ > metadata_ttl;
    return jwks_uri_.empty() || (is_old && why == core::jwks_reason::scheduled);
}

/// Gives the next fetch what its origin may know of us.
///
/// Returns  why that cannot be read; nullopt = it was.
asio::awaitable<std::optional<origin_failure>>
origin_client::take_credentials(std::string const& url, work_pool& cpu)
{
    std::optional<origin_credentials::set> sent;
    if (credentials_.has_files()) {
        auto read = [this, url] { return credentials_.for_fetch(url); };
        sent = co_await run_on(cpu, work_origin::of_service(), std::move(read));
    } else {
        sent = credentials_.for_fetch(url);
    }
    if (!sent)
        co_return origin_failure{fetch_outcome::cancelled, "the service is stopping"};
    are_withheld_ = sent->are_withheld;
    if (!sent->problem.empty())
        co_return origin_failure{fetch_outcome::credentials, std::move(sent->problem)};
    target_.headers = std::move(sent->headers);
    target_.tls = std::move(sent->tls);
    co_return std::nullopt;
}

asio::awaitable<origin_client::answered> origin_client::get(
    std::string const& url, net::fetch_conditions conditions, moment end, work_pool& cpu
)
{
    auto problem = co_await take_credentials(url, cpu);
    if (problem)
        co_return std::move(*problem);
    auto const left = end - steady_clock::now();
    target_.total_limit =
        std::max(std::chrono::floor<std::chrono::milliseconds>(left), std::chrono::milliseconds(1));
    target_.url = url;
    auto running = fetch_(target_, std::move(conditions));
    auto got = co_await std::move(running);
    target_.headers.clear();
    if (!got)
        co_return failure_of(got.error());
    co_return std::move(*got);
}

origin_failure origin_client::failure_of_status(unsigned status, std::string_view of) const
{
    origin_failure why{
        fetch_outcome::status,
        "The origin answered the request for " + std::string(of) + " with status "
            + std::to_string(status) + "."};
    if (are_withheld_ && (status == 401 || status == 403))
        why.problem += " It was sent no credentials, because it is not the configured origin: see "
                       "credentials_to.";
    return why;
}

/// Takes the new place of the keys.
///
/// Returns  why it could not; nullopt = it could.
std::optional<origin_failure> origin_client::read_metadata(answered got)
{
    if (auto* const why = std::get_if<origin_failure>(&got)) {
        why->problem.insert(0, "The metadata document could not be fetched. ");
        return std::move(*why);
    }
    auto& answer = std::get<net::fetch_answer>(got);
    if (answer.status != 200)
        return failure_of_status(answer.status, "the metadata document");
    core::metadata_policy policy;
    policy.issuer = issuer().issuer;
    policy.allow_http = issuer().fetch->allow_insecure_http;
    policy.jwks_hosts = issuer().fetch->jwks_hosts;
    auto read = core::read_metadata(std::move(answer.body), policy);
    if (read.jwks_uri.empty())
        return origin_failure{fetch_outcome::metadata, std::move(read.problem)};
    jwks_uri_ = std::move(read.jwks_uri);
    discovered_at_ = steady_clock::now();
    return std::nullopt;
}

/// Asks where the keys are. When that fails, their old place stays, if there is one.
asio::awaitable<std::optional<origin_failure>> origin_client::discover(moment end, work_pool& cpu)
{
    net::fetch_conditions const none;
    auto got = co_await get(source_, none, end, cpu);
    auto why = read_metadata(std::move(got));
    metadata_problem_ = why ? why->problem : "";
    if (!jwks_uri_.empty())
        why.reset();
    co_return why;
}

/// Reads a set on the pool; once more when another configuration took effect meanwhile, whose keys
/// of our own may be others.
///
/// body, cpu  outlive the coroutine.
/// Returns    nullopt when the service is stopping.
asio::awaitable<std::optional<core::jwks_reading>> origin_client::read(
    std::string const& body, std::shared_ptr<core::jwk_set const> known, work_pool& cpu
)
{
    for (;;) {
        auto const at = at_;
        auto work = [this, at, known, &body] {
            return core::read_jwks(
                body, at.issuer().algorithms, at.limits().jwks_keys, known.get(), &at.terms->ours,
                &leaked_, at.issuer().spelling(), !at.issuer().callers.empty()
            );
        };
        auto reading = co_await run_on(cpu, work_origin::of_service(), std::move(work));
        if (!reading || at.terms == at_.terms)
            co_return reading;
    }
}

asio::awaitable<std::variant<origin_answer, origin_failure>> origin_client::ask(
    core::jwks_flight flight, std::shared_ptr<core::jwk_set const> known, work_pool& cpu
)
{
    auto const end = steady_clock::now() + issuer().fetch->total_timeout;
    if (needs_metadata(flight.reason)) {
        auto problem = co_await discover(end, cpu);
        if (problem)
            co_return std::move(*problem);
    }
    net::fetch_conditions conditions;
    conditions.etag = std::move(flight.etag);
    conditions.last_modified = std::move(flight.last_modified);
    auto answer = co_await get(jwks_uri_, std::move(conditions), end, cpu);
    auto* const got = std::get_if<net::fetch_answer>(&answer);
    has_failed_ = got == nullptr || (got->status != 200 && got->status != 304);
    if (got == nullptr)
        co_return std::move(std::get<origin_failure>(answer));
    if (has_failed_)
        co_return failure_of_status(got->status, "the keys");

    origin_answer said;
    said.answer.is_not_modified = got->status == 304;
    said.answer.etag = std::move(got->etag);
    said.answer.last_modified = std::move(got->last_modified);
    said.answer.lifetime = core::freshness_lifetime(got->cache_control, got->age);
    if (said.answer.is_not_modified)
        co_return std::move(said);
    said.body = std::move(got->body);
    auto read_all = read(said.body, std::move(known), cpu);
    auto reading = co_await std::move(read_all);
    if (!reading)
        co_return origin_failure{fetch_outcome::cancelled, "the service is stopping"};
    said.answer.reading = std::move(*reading);
    has_failed_ = said.answer.reading.worth == core::jwks_worth::foreign;
    co_return std::move(said);
}

}  // namespace service
