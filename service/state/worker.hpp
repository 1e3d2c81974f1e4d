#pragma once

#include "core/crypto/signature.hpp"
#include "core/keys/key_ring.hpp"
#include "service/http/request.hpp"
#include "service/observe/kept_text.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace service {

class app;
class profile_set;

/// One thread's share of the service: its event loop and everything that is not shared with others.
struct worker {
    worker(app& owner_, unsigned index_);
    worker(worker const&) = delete;
    worker& operator=(worker const&) = delete;

    app& owner;
    unsigned index;
    boost::asio::io_context io{1};
    core::crypto::operation_cache operations;  ///< for keys that live as long as the service
    kept_text metrics_text;                    ///< what /metrics says

    /// The key ring as it stands at `now`; made anew when a transition is due. Time never runs
    /// backwards here: a clock that was set back does not move a key's state back.
    /// The reference stands until the next call.
    core::ring_view const& ring(core::instant now);
    /// The same at the present moment.
    core::ring_view const& ring();

    /// The verify profiles with the keys of this moment. Keep the whole across a wait.
    std::shared_ptr<profile_set const> profiles();

    /// Puts a fresh request id in the place of `out`: 16 hexadecimal digits, unique, not secret.
    void next_request_id(std::string& out);

private:
    core::instant latest_{};
    bool has_view_ = false;
    core::ring_view view_;
    std::shared_ptr<profile_set const> profiles_;
    core::instant profiles_of_{};   // the view that they were made from
    std::uint64_t issuers_of_ = 0;  // and the other issuers' keys
    std::uint64_t id_state_;
};

}  // namespace service
