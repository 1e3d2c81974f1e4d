#pragma once

#include "service/callers/peer_group.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace service::http {

/// How many connections one listener allows.
struct connection_bounds {
    std::uint32_t all;        ///< at once
    std::uint32_t per_group;  ///< of one peer; 0, or not less than `all` = no limit per peer
};

/// Whether a new connection is served, or why it is not: then the peer is told, and it is closed.
enum class admittance : std::uint8_t {
    served,
    full,        ///< the listener has reached its limit
    group_full,  ///< this peer has reached its limit, whatever the others have
};

/// Counts the connections of one listener. Asked once per accepted connection, from any thread, and
/// never per request. Its table only contains peers that have connections, so it is never larger
/// than the number of connections.
class connection_gate {
public:
    /// At most this many are told at once why they are not served: each takes a descriptor.
    static constexpr std::uint32_t told_max = 64;

    /// One connection's place; it is given back with this object. The gate outlives it.
    class place {
    public:
        place() = default;
        place(place&& other) noexcept
            : gate_(std::exchange(other.gate_, nullptr)), of_(other.of_), is_told_(other.is_told_),
              is_of_group_(other.is_of_group_)
        {
        }
        place& operator=(place&& other) noexcept
        {
            std::swap(gate_, other.gate_);
            std::swap(of_, other.of_);
            std::swap(is_told_, other.is_told_);
            std::swap(is_of_group_, other.is_of_group_);
            return *this;
        }
        ~place() { give_back(); }
        void give_back() noexcept;
        /// Whether it is a place: one of those that are served or of those that are told.
        explicit operator bool() const noexcept { return gate_ != nullptr; }
        /// Whether it is one of those that are served.
        bool is_served() const noexcept { return gate_ != nullptr && !is_told_; }

    private:
        friend class connection_gate;
        place(connection_gate& gate, peer_group of, bool is_told, bool is_of_group)
            : gate_(&gate), of_(of), is_told_(is_told), is_of_group_(is_of_group)
        {
        }
        connection_gate* gate_ = nullptr;
        peer_group of_;
        bool is_told_ = false;
        bool is_of_group_ = false;  // counted for its peer: not when there was no limit then
    };

    struct entry {
        admittance how;
        place held;  ///< empty when too many are being told already: close without an answer
    };

    explicit connection_gate(connection_bounds with) : bounds_(with) {}

    entry enter(peer_group from);
    connection_bounds bounds() const
    {
        std::scoped_lock const lock(guard_);
        return bounds_;
    }
    /// Other bounds. Connections beyond them stay until they end.
    void change(connection_bounds with)
    {
        std::scoped_lock const lock(guard_);
        bounds_ = with;
    }
    /// How many connections are served now; also those that were accepted and have not begun.
    std::uint32_t served() const;

private:
    void leave(place const& which) noexcept;

    mutable std::mutex guard_;
    connection_bounds bounds_;
    std::uint32_t served_ = 0, told_ = 0;
    std::map<peer_group, std::uint32_t> of_group_;  // stays empty when there is no limit per peer
};

}  // namespace service::http
