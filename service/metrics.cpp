#include "service/metrics.hpp"

#include "service/process_figures.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace service {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;
using cell = std::atomic<std::uint64_t>;
using std::chrono::nanoseconds;

constexpr std::size_t code_count = static_cast<std::size_t>(core::errc::internal) + 2;  // 0 = ok
constexpr std::size_t algorithm_count = core::signature_algorithms.size();

/// Upper bounds of the latency histograms: a cached verdict takes microseconds, a slow client a
/// second.
constexpr std::array<std::int64_t, 14> bounds_us{
    25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000};

constexpr std::array statuses{200U, 304U, 400U, 401U, 403U, 404U, 405U, 408U,
                              409U, 413U, 415U, 422U, 429U, 431U, 500U, 503U};

void add_one(cell& to) noexcept
{
    to.fetch_add(1, std::memory_order_relaxed);
}

struct histogram {
    std::array<cell, bounds_us.size() + 1> buckets{};
    cell sum_ns{0};

    void observe(nanoseconds took) noexcept
    {
        auto const count = took.count();
        std::size_t at = 0;
        while (at < bounds_us.size() && count > bounds_us[at] * 1000)
            ++at;
        add_one(buckets[at]);
        sum_ns.fetch_add(
            static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)), std::memory_order_relaxed
        );
    }
};

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
    auto const code = static_cast<core::errc>(index - 1);
    bool const is_error = code == core::errc::internal || code == core::errc::keys_unavailable
        || code == core::errc::overloaded || code == core::errc::shutting_down;
    return is_error ? "error" : "refused";
}

MetricFamily family(std::string name, std::string help, MetricType type)
{
    MetricFamily made;
    made.name = "signet_" + name;
    made.help = std::move(help);
    made.type = type;
    return made;
}

void add_counter(MetricFamily& to, labels with, std::uint64_t value)
{
    ClientMetric one;
    one.label = std::move(with);
    one.counter.value = static_cast<double>(value);
    to.metric.push_back(std::move(one));
}

void add_gauge(MetricFamily& to, labels with, double value)
{
    ClientMetric one;
    one.label = std::move(with);
    one.gauge.value = value;
    to.metric.push_back(std::move(one));
}

/// Histograms that have seen nothing stay away.
void add_histogram(MetricFamily& to, labels with, histogram const& from)
{
    ClientMetric one;
    one.label = std::move(with);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= bounds_us.size(); ++i) {
        total += from.buckets[i].load(std::memory_order_relaxed);
        auto const bound = i < bounds_us.size() ? static_cast<double>(bounds_us[i]) / 1e6
                                                : std::numeric_limits<double>::infinity();
        one.histogram.bucket.push_back({total, bound});
    }
    one.histogram.sample_count = total;
    one.histogram.sample_sum =
        static_cast<double>(from.sum_ns.load(std::memory_order_relaxed)) / 1e9;
    if (total != 0)
        to.metric.push_back(std::move(one));
}

unsigned index_in(std::vector<std::string> const& names, std::string_view name) noexcept
{
    auto const found = std::find(names.begin() + 1, names.end(), name);
    return found == names.end() ? metrics::other : static_cast<unsigned>(found - names.begin());
}

}  // namespace

struct metrics::cells {
    std::vector<std::string> profiles{"other"}, issuers{"other"}, keys{"other"}, routes;
    bool dev = false;
    std::vector<cell> verify;  // [profile][issuer][code]
    std::vector<cell> sign;    // [key][code]
    std::vector<cell> http;    // [route][status], the last one for other statuses
    std::vector<histogram> http_time;
    std::array<histogram, algorithm_count> verify_time, sign_time;

    explicit cells(config::settings const& from, std::vector<std::string_view> const& route_names);

    std::size_t verify_at(std::size_t profile, std::size_t issuer, std::size_t code) const noexcept
    {
        return (profile * issuers.size() + issuer) * code_count + code;
    }
    MetricFamily verify_total() const;
    MetricFamily sign_total() const;
    MetricFamily http_total() const;
    MetricFamily http_seconds() const;
    static MetricFamily algorithm_seconds(
        std::string name, std::string help, std::array<histogram, algorithm_count> const& from
    );
};

metrics::cells::cells(
    config::settings const& from, std::vector<std::string_view> const& route_names
)
    : routes(route_names.begin(), route_names.end()), dev(from.dev)
{
    auto const add = [](std::vector<std::string>& to, std::string const& name) {
        if (std::find(to.begin(), to.end(), name) == to.end())
            to.push_back(name);
    };
    for (auto const& [name, profile] : from.verify_profiles) {
        add(profiles, name);
        for (auto const& issuer : profile.issuers)
            add(issuers, issuer);
    }
    for (auto const& one : from.issuers)
        add(issuers, one.name);
    for (auto const& one : from.keys)
        add(keys, one.series);
    verify = std::vector<cell>(profiles.size() * issuers.size() * code_count);
    sign = std::vector<cell>(keys.size() * code_count);
    http = std::vector<cell>(routes.size() * (statuses.size() + 1));
    http_time = std::vector<histogram>(routes.size());
}

/// Combinations that never happened stay away, except the good ones: a rate needs its zero.
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

MetricFamily metrics::cells::sign_total() const
{
    auto made =
        family("sign_total", "Tokens signed, by key series and outcome.", MetricType::Counter);
    for (std::size_t k = 0; k < keys.size(); ++k) {
        std::array<std::uint64_t, 3> by_result{};
        constexpr std::array<std::string_view, 3> results{"ok", "refused", "error"};
        for (std::size_t c = 0; c < code_count; ++c) {
            auto const name = result_name(c);
            auto const at = static_cast<std::size_t>(
                std::find(results.begin(), results.end(), name) - results.begin()
            );
            by_result[at] += sign[k * code_count + c].load(std::memory_order_relaxed);
        }
        for (std::size_t r = 0; r < results.size(); ++r)
            if (by_result[r] != 0 || (r == 0 && k != other))
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

MetricFamily metrics::cells::algorithm_seconds(
    std::string name, std::string help, std::array<histogram, algorithm_count> const& from
)
{
    auto made = family(std::move(name), std::move(help), MetricType::Histogram);
    for (std::size_t a = 0; a < algorithm_count; ++a)
        add_histogram(made, {{"alg", std::string(core::signature_algorithms[a].name)}}, from[a]);
    return made;
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

void metrics::count_sign(unsigned key, outcome how) noexcept
{
    add_one(cells_->sign[key * code_count + code_index(how)]);
}

namespace {

std::size_t row_index(core::signature_algorithm const& row) noexcept
{
    return static_cast<std::size_t>(&row - core::signature_algorithms.data());
}

}  // namespace

void metrics::time_verify(core::signature_algorithm const& row, nanoseconds took) noexcept
{
    cells_->verify_time[row_index(row)].observe(took);
}

void metrics::time_sign(core::signature_algorithm const& row, nanoseconds took) noexcept
{
    cells_->sign_time[row_index(row)].observe(took);
}

void metrics::count_http(unsigned route, unsigned status, nanoseconds took) noexcept
{
    auto const found = std::find(statuses.begin(), statuses.end(), status);
    auto const at = static_cast<std::size_t>(found - statuses.begin());
    add_one(cells_->http[route * (statuses.size() + 1) + at]);
    cells_->http_time[route].observe(took);
}

namespace {

constexpr std::array key_states{core::key_state::staged,  core::key_state::published,
                                core::key_state::active,  core::key_state::retiring,
                                core::key_state::retired, core::key_state::revoked};

/// The next moment at which one key of the series changes its state.
std::optional<core::instant> next_change(core::ring_view::series const& of, core::instant now)
{
    std::optional<core::instant> next;
    auto const consider = [&](std::optional<core::instant> moment) {
        if (moment && *moment > now && (!next || *moment < *next))
            next = moment;
    };
    for (auto const& key : of.keys) {
        consider(key.life.publish);
        consider(key.life.activate);
        consider(key.life.retiring);
        consider(key.life.retired);
    }
    return next;
}

void add_key_families(std::vector<MetricFamily>& to, core::ring_view const& view)
{
    auto states = family("key_state", "1 for the state that a key is in.", MetricType::Gauge);
    auto next = family(
        "key_next_transition_timestamp_seconds", "When a key of the series changes its state next.",
        MetricType::Gauge
    );
    for (auto const& series : view.all) {
        std::string const name(series.name);
        for (auto const& key : series.keys)
            for (auto const state : key_states)
                add_gauge(
                    states,
                    {{"key", name},
                     {"kid", key.material->kid},
                     {"state", std::string(core::to_string(state))}},
                    key.state == state ? 1 : 0
                );
        if (auto const moment = next_change(series, view.made_at))
            add_gauge(next, {{"key", name}}, core::numeric_date(*moment));
    }
    to.push_back(std::move(states));
    to.push_back(std::move(next));
}

void add_simple(
    std::vector<MetricFamily>& to, std::string name, std::string help, MetricType type, double value
)
{
    auto made = family(std::move(name), std::move(help), type);
    ClientMetric one;
    (type == MetricType::Counter ? one.counter.value : one.gauge.value) = value;
    made.metric.push_back(std::move(one));
    to.push_back(std::move(made));
}

/// The names that every Prometheus client library gives these, without our prefix.
void add_process(std::vector<MetricFamily>& to)
{
    auto const add = [&](char const* name, char const* help, MetricType type, double value) {
        add_simple(to, name, help, type, value);
        to.back().name = name;
    };
    auto const now = read_process_figures();
    add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge, now.resident_bytes);
    add("process_cpu_seconds_total", "User and system time.", MetricType::Counter, now.cpu_seconds);
    add("process_open_fds", "Open file descriptors.", MetricType::Gauge, now.open_descriptors);
    add("process_start_time_seconds", "When the process started.", MetricType::Gauge,
        now.start_time);
}

}  // namespace

std::string metrics::text(core::ring_view const& view) const
{
    std::vector<MetricFamily> all;
    all.push_back(cells_->verify_total());
    all.push_back(cells_->sign_total());
    all.push_back(cells_->http_total());
    all.push_back(cells_->http_seconds());
    all.push_back(cells::algorithm_seconds(
        "verify_duration_seconds", "One signature check, by alg.", cells_->verify_time
    ));
    all.push_back(cells::algorithm_seconds(
        "sign_duration_seconds", "One signature, by alg.", cells_->sign_time
    ));
    add_key_families(all, view);
    auto info = family("build_info", "Which build this is.", MetricType::Gauge);
    add_gauge(info, {{"version", SIGNET_VERSION}}, 1);
    all.push_back(std::move(info));
    add_simple(all, "dev_mode", "1 in development mode.", MetricType::Gauge, cells_->dev ? 1 : 0);
    add_simple(
        all, "connections", "Open connections of the data listeners.", MetricType::Gauge,
        static_cast<double>(connections.load(std::memory_order_relaxed))
    );
    add_process(all);
    std::erase_if(all, [](MetricFamily const& one) { return one.metric.empty(); });
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, all);
    return out.str();
}

}  // namespace service
