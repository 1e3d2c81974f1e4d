#include "service/http/descriptors.hpp"

#include "service/http/connection_gate.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace service::http {

namespace {

constexpr std::uint64_t kept_back = 64;   // never for connections of TCP data listeners: health,
                                          // Unix sockets, fetches, files
constexpr std::uint64_t of_process = 32;  // standard streams, the log, the spare ones
constexpr std::uint64_t of_worker = 4;    // an event loop
constexpr std::uint64_t of_issuer = 2;    // a fetch, the file that keeps what it brought
constexpr std::uint64_t connections_min = 16;  // fewer are useless
constexpr std::size_t spare_count = 8;
constexpr std::size_t spare_of_health = spare_count / 2;

rlimit read_limit()
{
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0)
        now.rlim_cur = now.rlim_max = 1024;
    return now;
}

int open_spare()
{
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

}  // namespace

descriptor_plan plan_descriptors(descriptor_needs const& of, std::uint64_t hard)
{
    auto const told = std::uint64_t{connection_gate::told_max};
    auto const own = kept_back + of_process + of.acceptors + of.workers * of_worker
        + of.issuers * of_issuer + of.admin_listeners * (of.admin_connections + told);
    descriptor_plan plan;
    plan.connections = of.connections;
    plan.needed = own + of.data_listeners * (of.connections + told);
    if (plan.needed <= hard || of.data_listeners == 0)
        return plan;
    auto const each = hard > own ? (hard - own) / of.data_listeners : 0;
    plan.connections = each >= told + std::min(connections_min, of.connections) ? each - told : 0;
    return plan;
}

std::uint64_t raise_descriptor_limit()
{
    auto now = read_limit();
    now.rlim_cur = now.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &now));
    return read_limit().rlim_cur;
}

bool is_from_reserve(int descriptor)
{
    return static_cast<std::uint64_t>(descriptor) + kept_back >= read_limit().rlim_cur;
}

spare_descriptors::spare_descriptors()
{
    refill();
}

spare_descriptors::~spare_descriptors()
{
    while (give_up_one(use::health)) {
    }
}

bool spare_descriptors::give_up_one(use by)
{
    if (kept_.size() <= (by == use::health ? 0 : spare_of_health))
        return false;
    ::close(kept_.back());
    kept_.pop_back();
    return true;
}

bool spare_descriptors::has_those_of_health()
{
    if (kept_.size() < spare_of_health)
        refill();
    return kept_.size() >= spare_of_health;
}

void spare_descriptors::refill()
{
    while (kept_.size() < spare_count) {
        auto const one = open_spare();
        if (one < 0)
            return;
        kept_.push_back(one);
    }
}

}  // namespace service::http
