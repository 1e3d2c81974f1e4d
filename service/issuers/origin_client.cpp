#include "service/issuers/origin_client.hpp"

#include "core/issuers/cache_control.hpp"
#include "service/runtime/startup_error.hpp"

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

std::shared_ptr<net::tls_context const>
tls_of(config::issuer_settings const& issuer, std::shared_ptr<net::tls_context const> system_roots)
{
    auto const& from = *issuer.fetch;
    if (from.ca_file.empty() && from.client_cert.empty())
        return system_roots;
    net::tls_material material;
    material.roots = from.ca_file;
    material.certificate = from.client_cert;
    if (from.client_key)
        material.key = from.client_key->view();
    auto made = net::tls_context::make(material);
    if (!made)
        throw startup_error{
            "issuer " + issuer.name + ": " + made.error().member + ": " + made.error().detail};
    return *made;
}

origin_failure failure_of(net::fetch_failure const& why)
{
    return {outcome_of(why.error), std::string(why.sentence)};
}

origin_failure failure_of_status(unsigned status, std::string_view of)
{
    return {
        fetch_outcome::status,
        "The origin answered the request for " + std::string(of) + " with status "
            + std::to_string(status) + "."};
}

}  // namespace

origin_client::origin_client(
    config::issuer_settings const& issuer, config::limit_settings const& limits,
    std::shared_ptr<net::tls_context const> system_roots, fetch_function fetch,
    core::own_keys const& ours
)
    : issuer_(issuer), keys_max_(limits.jwks_keys), ours_(ours), fetch_(std::move(fetch))
{
    auto const& from = *issuer.fetch;
    target_.headers = from.headers;
    target_.proxy_url = from.proxy_url;
    target_.proxy_resolves = from.proxy_resolves;
    target_.allow_http = from.allow_insecure_http;
    target_.deny_cidrs = from.deny_cidrs;
    target_.allow_cidrs = from.allow_cidrs;
    target_.tls = tls_of(issuer, std::move(system_roots));
    target_.connect_limit = from.connect_timeout;
    target_.body_bytes_max = limits.jwks_bytes;
    jwks_uri_ = from.jwks_uri;
    source_ = from.jwks_uri;
    if (source_.empty())
        source_ = core::metadata_url(issuer.issuer, from.discovery).value();
}

/// Metadata is requested again after an hour, and after a failure, also one of its own. A token
/// never causes two requests where one is enough.
bool origin_client::needs_metadata(core::jwks_reason why) const
{
    if (!issuer_.fetch->jwks_uri.empty())
        return false;
    bool const is_old = has_failed_ || !metadata_problem_.empty()
        || steady_clock::now() - discovered_at_ > metadata_ttl;
    return jwks_uri_.empty() || (is_old && why == core::jwks_reason::scheduled);
}

asio::awaitable<net::fetch_result>
origin_client::get(std::string const& url, net::fetch_conditions conditions, moment end)
{
    auto const left = end - steady_clock::now();
    target_.total_limit =
        std::max(std::chrono::floor<std::chrono::milliseconds>(left), std::chrono::milliseconds(1));
    target_.url = url;
    return fetch_(target_, std::move(conditions));
}

/// Takes the new place of the keys.
///
/// Returns  why it could not; nullopt = it could.
std::optional<origin_failure> origin_client::read_metadata(net::fetch_result got)
{
    if (!got) {
        auto why = failure_of(got.error());
        why.problem.insert(0, "The metadata document could not be fetched. ");
        return why;
    }
    if (got->status != 200)
        return failure_of_status(got->status, "the metadata document");
    core::metadata_policy policy;
    policy.issuer = issuer_.issuer;
    policy.allow_http = issuer_.fetch->allow_insecure_http;
    policy.jwks_hosts = issuer_.fetch->jwks_hosts;
    auto read = core::read_metadata(std::move(got->body), policy);
    if (read.jwks_uri.empty())
        return origin_failure{fetch_outcome::metadata, std::move(read.problem)};
    jwks_uri_ = std::move(read.jwks_uri);
    discovered_at_ = steady_clock::now();
    return std::nullopt;
}

/// Asks where the keys are. When that fails, their old place stays, if there is one.
asio::awaitable<std::optional<origin_failure>> origin_client::discover(moment end)
{
    net::fetch_conditions const none;
    auto got = co_await get(source_, none, end);
    auto why = read_metadata(std::move(got));
    metadata_problem_ = why ? why->problem : "";
    if (!jwks_uri_.empty())
        why.reset();
    co_return why;
}

asio::awaitable<std::variant<origin_answer, origin_failure>> origin_client::ask(
    core::jwks_flight flight, std::shared_ptr<core::jwk_set const> known, work_pool& cpu
)
{
    auto const end = steady_clock::now() + issuer_.fetch->total_timeout;
    if (needs_metadata(flight.reason)) {
        if (auto const problem = co_await discover(end))
            co_return *problem;
    }
    net::fetch_conditions conditions;
    conditions.etag = std::move(flight.etag);
    conditions.last_modified = std::move(flight.last_modified);
    auto got = co_await get(jwks_uri_, std::move(conditions), end);
    has_failed_ = !got || (got->status != 200 && got->status != 304);
    if (!got)
        co_return failure_of(got.error());
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
    auto read = [this, &body = said.body, known = std::move(known)] {
        return core::read_jwks(body, issuer_.algorithms, keys_max_, known.get(), &ours_, &leaked_);
    };
    auto reading = co_await run_on(cpu, work_origin::of_service(), std::move(read));
    if (!reading)
        co_return origin_failure{fetch_outcome::cancelled, "the service is stopping"};
    said.answer.reading = std::move(*reading);
    has_failed_ = said.answer.reading.worth == core::jwks_worth::foreign;
    co_return std::move(said);
}

}  // namespace service
