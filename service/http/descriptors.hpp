#pragma once

#include <cstdint>
#include <vector>

namespace service::http {

/// What the configuration promises, as far as it takes descriptors.
struct descriptor_needs {
    std::uint64_t data_listeners = 0;
    std::uint64_t admin_listeners = 0;  ///< and probes
    std::uint64_t acceptors = 0;        ///< sockets that listen
    std::uint64_t workers = 0;
    std::uint64_t issuers = 0;            ///< whose keys are fetched
    std::uint64_t connections = 0;        ///< of each data listener
    std::uint64_t admin_connections = 0;  ///< of each admin listener
};

/// How the promise fits the hard limit of open files.
struct descriptor_plan {
    std::uint64_t needed = 0;       ///< for the whole promise
    std::uint64_t connections = 0;  ///< of each data listener; fewer than asked for when `hard` is
                                    ///< too low, 0 when it is too low for any service
};

/// Every listener has a share of its own, so that nobody on one can take what another needs. Where
/// `hard` is too low, health and the service itself keep theirs, and the data listeners share the
/// rest evenly.
descriptor_plan plan_descriptors(descriptor_needs const& of, std::uint64_t hard);

/// Raises this process's limit of open files as far as its hard limit allows.
/// Returns  what it is now.
std::uint64_t raise_descriptor_limit();

/// Whether only the descriptors that are kept for health, Unix sockets and the service itself are
/// left: a descriptor is the lowest free number, so a number close to the limit says that all below
/// are taken. The limit is asked each time, because others may lower it while we run.
bool is_from_reserve(int descriptor);

/// A few descriptors that are open for nothing, so that one can be given up for a connection that
/// must get in although none are left. Health may take all of them, others half. For one thread.
class spare_descriptors {
public:
    spare_descriptors();
    ~spare_descriptors();
    spare_descriptors(spare_descriptors const&) = delete;

    enum class use : std::uint8_t { health, others };
    /// Closes one.
    /// Returns  false when there is none left for this use.
    bool give_up_one(use by);
    /// Whether health has its half, once what can be had is opened again. While it has not, who
    /// accepts for others takes what health has just given back.
    bool has_those_of_health();
    /// Opens what is missing, as far as there are descriptors again.
    void refill();

private:
    std::vector<int> kept_;
};

}  // namespace service::http
