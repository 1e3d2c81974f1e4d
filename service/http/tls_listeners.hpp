#pragma once

#include "config/values/settings.hpp"
#include "service/http/listener_tls.hpp"
#include "service/observe/metrics.hpp"
#include "service/state/certificate_ends.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace service::http {

/// What a listener's files make, with a digest of their contents: equal digests, equal contexts.
struct made_tls {
    listener_tls::context_ptr context{};  ///< null = the listener is plain
    core::bytes digest{};
};

/// Reads the files and makes the context. Waits for files.
///
/// of       nullopt = plain.
/// Errors   request_invalid, with the setting's name as member ("cert_file") and a sentence that
///          may name the file.
core::result<made_tls> make_tls(std::optional<config::tls_settings> const& of, core::instant now);

/// What is wrong with the TLS of every listener, one line each: "server.listen[0].tls.cert_file: The
/// certificate has expired." For `signet check-config`.
std::vector<std::string> tls_problems(config::settings const& with, core::instant now);

/// The TLS of all listeners of one process: makes it of the configured files, and again when these
/// change. A change is whole or not at all, and what cannot be used changes nothing.
class tls_listeners {
public:
    /// counters, ends  outlive this.
    tls_listeners(process_metrics& counters, certificate_ends& ends)
        : counters_(counters), ends_(ends)
    {
    }

    /// Adds a listener, in the order: data, admin, probes, each as configured. At the start only.
    /// Returns  what its connections use, valid as long as this.
    /// Throws   startup_error when its files cannot be used.
    listener_tls& add(config::listener const& of, listener_kind kind, core::instant now);

    /// What a reload of the configuration puts in force: made, but not in use yet.
    struct change {
        std::vector<std::optional<config::tls_settings>> settings;
        std::vector<made_tls> made;
    };
    /// Makes everything for the same listeners with other settings, in the order of add(). A
    /// listener may change from plain to TLS and back: connections that began otherwise end with
    /// their next reply. Waits for files, and changes nothing.
    ///
    /// Errors   as make_tls, the member with its listener: "server.listen[0].tls.key_file"; "server"
    ///          when the number of listeners differs, which needs a restart.
    core::result<change> prepare(config::settings const& with, core::instant now) const;
    /// Puts that in force for new connections at once, and for others at their next request.
    void apply(change next);

    /// Reads all files again and puts in force what has changed. What cannot be used is logged once,
    /// and what is in force stays. Waits for files. One call at a time does something.
    void refresh(core::instant now);

    bool has_any() const;

private:
    struct entry {
        std::optional<config::tls_settings> settings;
        std::string address;
        listener_kind kind = listener_kind::data;
        core::bytes digest{};   // of what is in force
        core::bytes refused{};  // of what was refused last, so that it is told once
        listener_tls tls{};
    };

    void put(entry& into, made_tls made);
    void refuse(entry& by, core::bytes digest, core::failure const& why);
    void note_ends();

    process_metrics& counters_;
    certificate_ends& ends_;
    mutable std::mutex guard_;
    std::deque<entry> all_;  // stays where it is: connections refer to it
};

}  // namespace service::http
