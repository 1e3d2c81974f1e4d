#include "core/crypto/providers.hpp"
#include "core/json/json.hpp"
#include "service/http/route.hpp"

namespace service {
namespace {

/// Each library in use, with the signature algorithms that it does.
void write_providers(core::json::writer& out)
{
    auto const all = core::crypto::algorithm_providers();
    out.begin_array();
    for (auto const& library : core::crypto::libraries_in_use()) {
        out.begin_object()
            .member("name", core::to_string(library.provider))
            .member("library", library.version)
            .name("algorithms")
            .begin_array();
        for (auto const& one : all) {
            if (one.provider == library.provider)
                out.string(one.algorithm);
        }
        out.end_array().end_object();
    }
    out.end_array();
}

}  // namespace

asio::awaitable<http::reply> handle_version(http::request const&, worker&)
{
    std::string text;
    core::json::writer out(text);
    out.begin_object().member("name", "signet").member("version", SIGNET_VERSION);
    write_providers(out.name("providers"));
    out.end_object();
    co_return http::json_reply(std::move(text));
}

}  // namespace service
