#include "service/observe/metrics.hpp"

#include "service/observe/metric_families.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace service {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using std::chrono::nanoseconds;

constexpr std::size_t code_count = static_cast<std::size_t>(core::errc::internal) + 2;  // 0 = ok
using signature_times = times<decltype(core::signature_algorithms)>;
using encryption_times = times<decltype(core::key_management_algorithms)>;

constexpr std::array statuses{200U, 304U, 400U, 401U, 403U, 404U, 405U, 408U,
                              409U, 413U, 415U, 422U, 429U, 431U, 500U, 503U};

std::size_t code_index(outcome how) noexcept
{
    return how ? static_cast<std::size_t>(*how) + 1 : 0;
}

std::string code_name(std::size_t index)
{
    return index == 0 ? "ok" : std::string(core::to_string(static_cast<core::errc>(index - 1)));
}

/// "refused" is an answer; "error" means that there was none.
std::string result_name(std::size_t index)
{
    if (index == 0)
        return "ok";
    return core::cannot_decide(static_cast<core::errc>(index - 1)) ? "error" : "refused";
}

unsigned index_in(std::vector<std::string> const& names, std::string_view name) noexcept
{
    auto const found = std::find(names.begin() + 1, names.end(), name);
    return found == names.end() ? metrics::other : static_cast<unsigned>(found - names.begin());
}

}  // namespace

struct metrics::cells {
    std::vector<std::string> profiles{"other"}, issuers{"other"}, keys{"other"}, routes;
    std::vector<core::key_use> uses{core::key_use::any};  // beside keys
    bool dev = false;
    std::vector<cell> verify;                  // [profile][issuer][code]
    std::vector<cell> stale;                   // [issuer]
    std::vector<cell> sign, encrypt, decrypt;  // [key][code]
    std::vector<cell> http;                    // [route][status], the last one for other statuses
    std::vector<histogram> http_time;
    std::array<std::atomic<std::int64_t>, listener_kinds> open{};
    std::array<std::array<cell, connection_refusals>, listener_kinds> refused{};
    signature_times verify_time, sign_time;
    encryption_times encrypt_time, decrypt_time;

    explicit cells(config::settings const& from, std::vector<std::string_view> const& route_names);

    std::size_t verify_at(std::size_t profile, std::size_t issuer, std::size_t code) const noexcept
    {
        return (profile * issuers.size() + issuer) * code_count + code;
    }
    MetricFamily verify_total() const;
    MetricFamily stale_served_total() const;
    MetricFamily key_total(
        std::string name, std::string help, std::vector<cell> const& from, core::key_use use
    ) const;
    MetricFamily http_total() const;
    MetricFamily http_seconds() const;
    MetricFamily connections() const;
    MetricFamily connections_refused_total() const;
};

metrics::cells::cells(
    config::settings const& from, std::vector<std::string_view> const& route_names
)
    : routes(route_names.begin(), route_names.end()), dev(from.dev)
{
    auto const add = [](std::vector<std::string>& to, std::string const& name) {
        bool const is_new = std::find(to.begin(), to.end(), name) == to.end();
        if (is_new)
            to.push_back(name);
        return is_new;
    };
    for (auto const& [name, profile] : from.verify_profiles) {
        add(profiles, name);
        for (auto const& issuer : profile.issuers)
            add(issuers, issuer);
        for (auto const& series : profile.series)
            add(issuers, series);
    }
    for (auto const& one : from.issuers)
        add(issuers, one.name);
    for (auto const& one : from.keys)
        if (add(keys, one.series))
            uses.push_back(one.key.use);
    verify = std::vector<cell>(profiles.size() * issuers.size() * code_count);
    stale = std::vector<cell>(issuers.size());
    for (auto* const one : {&sign, &encrypt, &decrypt})
        *one = std::vector<cell>(keys.size() * code_count);
    http = std::vector<cell>(routes.size() * (statuses.size() + 1));
    http_time = std::vector<histogram>(routes.size());
}

/// Combinations that never happened stay away: profiles x issuers x codes would fill pages with
/// zeros.
MetricFamily metrics::cells::verify_total() const
{
    auto made = family(
        "verify_total", "Tokens verified, by profile, issuer and outcome.", MetricType::Counter
    );
    for (std::size_t p = 0; p < profiles.size(); ++p)
        for (std::size_t i = 0; i < issuers.size(); ++i)
            for (std::size_t c = 0; c < code_count; ++c) {
                auto const value = verify[verify_at(p, i, c)].load(std::memory_order_relaxed);
                if (value != 0)
                    add_counter(
                        made,
                        {{"profile", profiles[p]},
                         {"issuer", issuers[i]},
                         {"result", result_name(c)},
                         {"code", code_name(c)}},
                        value
                    );
            }
    return made;
}

MetricFamily metrics::cells::stale_served_total() const
{
    auto made = family(
        "jwks_stale_served_total", "Tokens accepted with keys beyond their ttl, by issuer.",
        MetricType::Counter
    );
    for (std::size_t i = 0; i < issuers.size(); ++i)
        if (auto const value = stale[i].load(std::memory_order_relaxed); value != 0)
            add_counter(made, {{"issuer", issuers[i]}}, value);
    return made;
}

/// By series and outcome. A series of this use shows `ok` from the beginning, whatever else there
/// is only once it happened.
MetricFamily metrics::cells::key_total(
    std::string name, std::string help, std::vector<cell> const& from, core::key_use use
) const
{
    auto made = family(std::move(name), std::move(help), MetricType::Counter);
    for (std::size_t k = 0; k < keys.size(); ++k) {
        std::array<std::uint64_t, 3> by_result{};
        constexpr std::array<std::string_view, 3> results{"ok", "refused", "error"};
        for (std::size_t c = 0; c < code_count; ++c) {
            auto const result = result_name(c);
            auto const at = static_cast<std::size_t>(
                std::find(results.begin(), results.end(), result) - results.begin()
            );
            by_result[at] += from[k * code_count + c].load(std::memory_order_relaxed);
        }
        for (std::size_t r = 0; r < results.size(); ++r)
            if (by_result[r] != 0 || (r == 0 && uses[k] == use))
                add_counter(
                    made, {{"key", keys[k]}, {"result", std::string(results[r])}}, by_result[r]
                );
    }
    return made;
}

MetricFamily metrics::cells::http_total() const
{
    auto made = family(
        "http_requests_total", "Requests answered, by route and status.", MetricType::Counter
    );
    for (std::size_t r = 0; r < routes.size(); ++r)
        for (std::size_t s = 0; s <= statuses.size(); ++s) {
            auto const value = http[r * (statuses.size() + 1) + s].load(std::memory_order_relaxed);
            auto const status = s < statuses.size() ? std::to_string(statuses[s]) : "other";
            if (value != 0)
                add_counter(made, {{"route", routes[r]}, {"status", status}}, value);
        }
    return made;
}

MetricFamily metrics::cells::http_seconds() const
{
    auto made = family(
        "http_request_duration_seconds", "From a request's first octet to its reply, by route.",
        MetricType::Histogram
    );
    for (std::size_t r = 0; r < routes.size(); ++r)
        add_histogram(made, {{"route", routes[r]}}, http_time[r]);
    return made;
}

MetricFamily metrics::cells::connections() const
{
    auto made = family("connections", "Open connections, by kind of listener.", MetricType::Gauge);
    for (std::size_t k = 0; k < listener_kinds; ++k)
        add_gauge(
            made, {{"listener", std::string(to_string(static_cast<listener_kind>(k)))}},
            static_cast<double>(open[k].load(std::memory_order_relaxed))
        );
    return made;
}

/// Every listener shows `limit` from the beginning, the other reasons only once they happened.
MetricFamily metrics::cells::connections_refused_total() const
{
    auto made = family(
        "connections_refused_total", "Connections that were not served, by listener and reason.",
        MetricType::Counter
    );
    for (std::size_t k = 0; k < listener_kinds; ++k)
        for (std::size_t r = 0; r < connection_refusals; ++r)
            if (auto const value = refused[k][r].load(std::memory_order_relaxed);
                value != 0 || r == static_cast<std::size_t>(connection_refusal::limit))
                add_counter(
                    made,
                    {{"listener", std::string(to_string(static_cast<listener_kind>(k)))},
                     {"reason", std::string(to_string(static_cast<connection_refusal>(r)))}},
                    value
                );
    return made;
}

std::string_view to_string(listener_kind kind) noexcept
{
    constexpr std::array<std::string_view, listener_kinds> names{"data", "unix", "admin", "probes"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view to_string(connection_refusal why) noexcept
{
    constexpr std::array<std::string_view, connection_refusals> names{
        "limit", "address", "descriptors"};
    return names[static_cast<std::size_t>(why)];
}

metrics::metrics(config::settings const& from, std::vector<std::string_view> route_names)
    : cells_(std::make_unique<cells>(from, route_names))
{
}
metrics::~metrics() = default;

unsigned metrics::profile_index(std::string_view name) const noexcept
{
    return index_in(cells_->profiles, name);
}
unsigned metrics::issuer_index(std::string_view name) const noexcept
{
    return index_in(cells_->issuers, name);
}
unsigned metrics::key_index(std::string_view name) const noexcept
{
    return index_in(cells_->keys, name);
}

void metrics::count_verify(unsigned profile, unsigned issuer, outcome how) noexcept
{
    add_one(cells_->verify[cells_->verify_at(profile, issuer, code_index(how))]);
}

void metrics::count_stale_served(unsigned issuer) noexcept
{
    add_one(cells_->stale[issuer]);
}

void metrics::count_sign(unsigned key, outcome how) noexcept
{
    add_one(cells_->sign[key * code_count + code_index(how)]);
}

void metrics::count_encrypt(unsigned key, outcome how) noexcept
{
    add_one(cells_->encrypt[key * code_count + code_index(how)]);
}

void metrics::count_decrypt(unsigned key, outcome how) noexcept
{
    add_one(cells_->decrypt[key * code_count + code_index(how)]);
}

void metrics::time_verify(core::signature_algorithm const& row, nanoseconds took) noexcept
{
    cells_->verify_time[row_index(core::signature_algorithms, row)].observe(took);
}

void metrics::time_sign(core::signature_algorithm const& row, nanoseconds took) noexcept
{
    cells_->sign_time[row_index(core::signature_algorithms, row)].observe(took);
}

void metrics::time_encrypt(core::key_management_algorithm const& row, nanoseconds took) noexcept
{
    cells_->encrypt_time[row_index(core::key_management_algorithms, row)].observe(took);
}

void metrics::time_decrypt(core::key_management_algorithm const& row, nanoseconds took) noexcept
{
    cells_->decrypt_time[row_index(core::key_management_algorithms, row)].observe(took);
}

void metrics::count_http(unsigned route, unsigned status, nanoseconds took) noexcept
{
    auto const found = std::find(statuses.begin(), statuses.end(), status);
    auto const at = static_cast<std::size_t>(found - statuses.begin());
    add_one(cells_->http[route * (statuses.size() + 1) + at]);
    cells_->http_time[route].observe(took);
}

void metrics::count_connection(listener_kind of, int change) noexcept
{
    cells_->open[static_cast<std::size_t>(of)].fetch_add(change, std::memory_order_relaxed);
}

void metrics::count_refused(listener_kind of, connection_refusal why) noexcept
{
    add_one(cells_->refused[static_cast<std::size_t>(of)][static_cast<std::size_t>(why)]);
}

std::int64_t metrics::connections(listener_kind of) const noexcept
{
    return cells_->open[static_cast<std::size_t>(of)].load(std::memory_order_relaxed);
}

std::string metrics::text(core::ring_view const& view, more_families const& more) const
{
    std::vector<MetricFamily> all;
    all.push_back(cells_->verify_total());
    all.push_back(cells_->stale_served_total());
    all.push_back(cells_->key_total(
        "sign_total", "Tokens signed, by key series and outcome.", cells_->sign, core::key_use::sig
    ));
    all.push_back(cells_->key_total(
        "encrypt_total", "Tokens encrypted, by key series and outcome.", cells_->encrypt,
        core::key_use::enc
    ));
    all.push_back(cells_->key_total(
        "decrypt_total", "Tokens decrypted, by key series and outcome.", cells_->decrypt,
        core::key_use::enc
    ));
    all.push_back(cells_->http_total());
    all.push_back(cells_->http_seconds());
    all.push_back(algorithm_seconds(
        "verify_duration_seconds", "One signature check, by alg.", core::signature_algorithms,
        cells_->verify_time
    ));
    all.push_back(algorithm_seconds(
        "sign_duration_seconds", "One signature, by alg.", core::signature_algorithms,
        cells_->sign_time
    ));
    all.push_back(algorithm_seconds(
        "encrypt_duration_seconds", "One encryption, by the key's alg.",
        core::key_management_algorithms, cells_->encrypt_time
    ));
    all.push_back(algorithm_seconds(
        "decrypt_duration_seconds", "One decryption, by the key's alg.",
        core::key_management_algorithms, cells_->decrypt_time
    ));
    add_key_families(all, view);
    if (more)
        more(all);
    auto const add = [&](char const* name, char const* help, labels with, double value) {
        all.push_back(family(name, help, MetricType::Gauge));
        add_gauge(all.back(), std::move(with), value);
    };
    add("build_info", "Which build this is.", {{"version", SIGNET_VERSION}}, 1);
    add("dev_mode", "1 in development mode.", {}, cells_->dev ? 1 : 0);
    all.push_back(cells_->connections());
    all.push_back(cells_->connections_refused_total());
    add_process_families(all);
    std::erase_if(all, [](MetricFamily const& one) { return one.metric.empty(); });
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, all);
    return out.str();
}

}  // namespace service
