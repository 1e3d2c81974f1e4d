#include "service/observe/metric_families.hpp"
#include "service/observe/metric_line.hpp"
#include "service/observe/metrics.hpp"

#include <doctest/doctest.h>

using namespace service;
using namespace std::chrono_literals;

namespace {

using metrics_ptr = std::shared_ptr<service::metrics>;

config::settings with_profiles(std::vector<std::string> const& names)
{
    config::settings with;
    for (auto const& name : names) {
        with.verify_profiles[name].name = name;
        with.verify_profiles[name].issuers = {"self"};
    }
    return with;
}

struct bench {
    metrics_ptr make(std::vector<std::string> const& names)
    {
        return std::make_shared<service::metrics>(with_profiles(names), process);
    }
    static void count(metrics_ptr const& in, std::string_view profile, int times = 1)
    {
        for (int i = 0; i < times; ++i)
            in->count<"signet_verify_total">(
                in->profile_index(profile), in->issuer_index("self"), outcome{}
            );
    }
    static std::int64_t value(metrics_ptr const& of, std::string_view profile)
    {
        return of->value<"signet_verify_total">(
            of->profile_index(profile), of->issuer_index("self"), outcome{}
        );
    }

    process_metrics process{{"other"}};
};

}  // namespace

TEST_SUITE("service/observe/metric_line")
{
    TEST_CASE("replace: a name that stays goes on counting, at another place")
    {
        bench b;
        metric_line<service::metrics> line(b.make({"a", "b"}));
        bench::count(line.current(), "b", 3);
        line.replace(b.make({"b", "c", "d"}));
        CHECK(bench::value(line.current(), "b") == 3);
        CHECK(bench::value(line.current(), "c") == 0);
        bench::count(line.current(), "b");
        CHECK(bench::value(line.collect(), "b") == 4);
    }

    TEST_CASE("collect: what a request of the configuration before still counts, once")
    {
        bench b;
        auto const before = b.make({"a"});
        metric_line<service::metrics> line(before);
        bench::count(before, "a");
        line.replace(b.make({"a", "b"}));
        bench::count(before, "a", 2);
        CHECK(bench::value(line.collect(), "a") == 3);
        CHECK(bench::value(line.collect(), "a") == 3);
        line.replace(b.make({"a", "b", "c"}));
        bench::count(before, "a", 4);
        CHECK(bench::value(line.collect(), "a") == 7);
    }

    TEST_CASE("collect: the last user's counts arrive, and then nothing of it is kept")
    {
        bench b;
        auto before = b.make({"a"});
        std::weak_ptr<service::metrics> const gone = before;
        metric_line<service::metrics> line(before);
        line.replace(b.make({"a", "b"}));
        line.collect();
        bench::count(before, "a");
        before.reset();
        line.collect();
        CHECK(bench::value(line.collect(), "a") == 1);
        CHECK(gone.expired());
    }

    TEST_CASE("replace: a name that is gone is dropped, and begins at zero when it returns")
    {
        bench b;
        metric_line<service::metrics> line(b.make({"a"}));
        bench::count(line.current(), "a");
        line.replace(b.make({"b"}));
        line.replace(b.make({"a"}));
        CHECK(bench::value(line.collect(), "a") == 0);
    }

    TEST_CASE("replace: the same one -> nothing is counted twice")
    {
        bench b;
        auto const same = b.make({"a"});
        metric_line<service::metrics> line(same);
        bench::count(same, "a");
        line.replace(same);
        CHECK(bench::value(line.collect(), "a") == 1);
    }

    TEST_CASE("has_labels_of: the same names -> the same counters can go on")
    {
        bench b;
        auto const one = b.make({"a", "b"});
        CHECK(one->has_labels_of(with_profiles({"b", "a"})));
        CHECK(!one->has_labels_of(with_profiles({"a"})));
        auto other = with_profiles({"a", "b"});
        other.verify_profiles["a"].issuers = {"corp"};
        CHECK(!one->has_labels_of(other));
    }

    TEST_CASE("metrics: what has the same labels always is counted in one place for all")
    {
        bench b;
        auto const one = b.make({"a"}), other = b.make({"b"});
        one->count<"signet_http_requests_total">(std::size_t{0}, 200U);
        other->count<"signet_http_requests_total">(std::size_t{0}, 200U);
        CHECK(one->value<"signet_http_requests_total">(std::size_t{0}, 200U) == 2);
        CHECK(b.process.value<"signet_http_requests_total">(std::size_t{0}, 200U) == 2);
    }
}
