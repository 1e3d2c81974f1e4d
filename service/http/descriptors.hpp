#pragma once

#include <cstdint>
#include <vector>

namespace service::http {

/// What the configuration promises and needs descriptors for.
struct descriptor_needs {
    std::uint64_t data_listeners = 0;
    std::uint64_t admin_listeners = 0;  ///< and probes
    std::uint64_t acceptors = 0;        ///< listening sockets
    std::uint64_t workers = 0;
    std::uint64_t issuers = 0;            ///< whose keys are fetched
    std::uint64_t connections = 0;        ///< of each data listener
    std::uint64_t admin_connections = 0;  ///< of each admin listener
};

/// How that fits into the hard limit of open files.
struct descriptor_plan {
    std::uint64_t needed = 0;       ///< for everything that was promised
    std::uint64_t connections = 0;  ///< of each data listener; fewer than requested when `hard` is
                                    ///< too low, 0 when it is too low for any service
};

/// Every listener has its own share, so that one listener's peers cannot take what another needs.
/// Where `hard` is too low, health and the service itself keep their shares, and the data listeners
/// share the rest evenly.
descriptor_plan plan_descriptors(descriptor_needs const& of, std::uint64_t hard);

/// Raises this process's limit of open files as far as its hard limit allows.
/// Returns  the limit after that.
std::uint64_t raise_descriptor_limit();

/// Whether only the descriptors that are reserved for health, Unix sockets and the service itself
/// are left. A descriptor is the lowest free number, so a number close to the limit means that all
/// below are taken. The limit is read each time, because others may lower it while we run.
bool is_from_reserve(int descriptor);

/// A few descriptors that are kept open in reserve, so that one can be given up for a connection
/// that must be accepted when none are left. Health may take all of them, others half. For one
/// thread.
class spare_descriptors {
public:
    spare_descriptors();
    ~spare_descriptors();
    spare_descriptors(spare_descriptors const&) = delete;

    enum class use : std::uint8_t { health, others };
    /// Closes one.
    /// Returns  false when there is none left for this use.
    bool give_up_one(use by);
    /// Whether health has its half, after opening what is possible again. While it does not, a
    /// connection of others would take what health has just given back.
    bool has_those_of_health();
    /// Opens what is missing, as far as descriptors are available again.
    void refill();

private:
    std::vector<int> kept_;
};

}  // namespace service::http
