#include "core/issuers/jwks_cache.hpp"
#include "tests/core/issuers/published_sets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <queue>
#include <vector>

/// Replicas that started at the same moment, and one origin.
namespace {

using namespace std::chrono_literals;

constexpr std::size_t replicas = 1000;
constexpr auto window = 10s;

class fleet {
public:
    fleet() : answer_(published::answer_of(published::set_of({"a"})))
    {
        for (std::size_t i = 0; i < replicas; ++i) {
            caches_.emplace_back(core::jwks_policy{}, 1000 + i, core::uptime{});
            due_.push({core::uptime{}, i});
        }
    }

    /// Runs until `end`.
    ///
    /// Returns  how many requests the origin got in each window.
    std::vector<std::size_t> run_until(core::uptime end, bool origin_is_well)
    {
        std::vector<std::size_t> requests(static_cast<std::size_t>((end - now_) / window));
        auto const begin = now_;
        while (due_.top().first < end) {
            auto const [at, which] = due_.top();
            due_.pop();
            now_ = at;
            auto& cache = caches_[which];
            if (auto const flight = cache.next_flight(at)) {
                ++requests[static_cast<std::size_t>((at - begin) / window)];
                if (origin_is_well)
                    cache.fetched(flight->number, answer_, at);
                else
                    cache.failed(flight->number, at);
            }
            due_.push({std::max(cache.next_due(at), at + 1ms), which});
        }
        now_ = end;
        return requests;
    }

private:
    using event = std::pair<core::uptime, std::size_t>;
    core::jwks_answer answer_;
    std::vector<core::jwks_cache> caches_;
    std::priority_queue<event, std::vector<event>, std::greater<>> due_;
    core::uptime now_{};
};

void check_spread(std::vector<std::size_t> const& requests)
{
    std::size_t sum = 0;
    for (auto const count : requests)
        sum += count;
    auto const peak = std::ranges::max(requests);
    INFO("peak ", peak, " in ", requests.size(), " windows, ", sum, " in all");
    CHECK(sum > replicas);
    CHECK(peak * requests.size() <= 2 * sum);
}

}  // namespace

TEST_SUITE("core/jwks_cache, a fleet")
{
    TEST_CASE("next_due: 1,000 replicas that started together -> no window after it has twice the "
              "mean")
    {
        fleet all;
        all.run_until(core::uptime{5min}, true);
        check_spread(all.run_until(core::uptime{65min}, true));
    }

    TEST_CASE("next_due: an origin that is down for an hour -> the retries are as even, and so is "
              "what follows")
    {
        fleet all;
        all.run_until(core::uptime{10min}, true);
        all.run_until(core::uptime{20min}, false);
        check_spread(all.run_until(core::uptime{70min}, false));
        all.run_until(core::uptime{75min}, true);
        check_spread(all.run_until(core::uptime{135min}, true));
    }
}
