#include "core/base/rfc3339.hpp"
#include "core/json/json.hpp"
#include "service/http/route.hpp"

namespace service {

namespace {

/// Writes a moment as RFC 3339. A key without a start time has no such member.
void append_moment(
    core::json::writer& out, std::string_view name, std::optional<core::instant> moment
)
{
    if (moment && *moment > core::instant{})
        out.member(name, core::rfc3339(*moment));
}

void append_key(
    core::json::writer& out, core::ring_view::series const& of, core::ring_view::key const& key
)
{
    out.begin_object();
    out.member("name", of.name).member("kid", key.material->kid).member("alg", key.material->alg);
    out.member("use", key.material->use == core::key_use::enc ? "enc" : "sig");
    out.member("issuer", of.issuer).member("state", core::to_string(key.state));
    append_moment(out, "publish_at", key.life.publish);
    append_moment(out, "activate_at", key.life.activate);
    if (key.state == core::key_state::revoked) {
        append_moment(out, "revoked_at", key.life.retired);
    } else {
        append_moment(out, "retiring_at", key.life.retiring);
        append_moment(out, "retired_at", key.life.retired);
    }
    out.end_object();
}

}  // namespace

/// States and next transitions; of the keys themselves only kid and alg.
asio::awaitable<http::reply> handle_keys(http::request const&, worker& here)
{
    auto const& view = *here.current()->ring;
    std::string text;
    core::json::writer out(text);
    out.begin_object().name("keys").begin_array();
    for (auto const& series : view.all)
        for (auto const& key : series.keys)
            append_key(out, series, key);
    out.end_array();
    append_moment(out, "next_transition", view.next_transition);
    out.end_object();
    co_return http::json_reply(std::move(text));
}

}  // namespace service
