#include "service/cli/offline.hpp"

#include "core/keys/key_ring.hpp"
#include "service/http/json_body.hpp"
#include "service/http/reply.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/decrypt_job.hpp"
#include "service/operations/encrypt_job.hpp"
#include "service/operations/inspect_report.hpp"
#include "service/operations/sign_job.hpp"
#include "service/operations/verify_job.hpp"
#include "service/state/profiles.hpp"

namespace service::cli {
namespace {

/// What the jobs want to know of a service, with nothing in it but open inline keys.
struct bare_service {
    config::settings settings;
    core::key_ring keys{{}};
    core::ring_view ring;
    service::metrics counters;
    core::instant now;

    bare_service(config::settings with, core::instant at)
        : settings(std::move(with)), ring(keys.view_at(at)), counters(settings, {}), now(at)
    {
    }
};

using outcome_of = std::pair<core::result<std::string>, http::context>;

outcome_of sign(core::json::value object, http::request const& request, bare_service& in)
{
    auto const job = sign_job::read(
        object, sign_job::scope{request, in.settings, in.ring, in.counters, in.now, nullptr}
    );
    if (!job)
        return {job.error(), sign_job::where(job.error())};
    return {(*job)->run(nullptr, in.counters), (*job)->where()};
}

std::shared_ptr<profile_set const> profiles_of(bare_service& in)
{
    return std::make_shared<profile_set const>(in.settings, in.ring, in.counters);
}

outcome_of verify(core::json::value object, http::request const& request, bare_service& in)
{
    auto const job = verify_job::read(object, in.settings, profiles_of(in), request);
    if (!job)
        return {job.error(), verify_job::where(job.error())};
    auto const token = (*job)->run(in.now, nullptr, in.counters);
    if (!token)
        return {token.error(), (*job)->where()};
    return {(*job)->reply_body(*token, in.now), (*job)->where()};
}

outcome_of encrypt(core::json::value object, http::request const& request, bare_service& in)
{
    auto const job =
        encrypt_job::read(object, {request, in.settings, in.ring, in.counters, nullptr});
    if (!job)
        return {job.error(), encrypt_job::where(job.error())};
    return {(*job)->run(in.counters), (*job)->where()};
}

outcome_of decrypt(core::json::value object, http::request const& request, bare_service& in)
{
    auto const job = decrypt_job::read(
        object, {request, in.settings, in.ring, in.counters, nullptr}, profiles_of(in)
    );
    if (!job)
        return {job.error(), decrypt_job::where(job.error())};
    auto failed_in = http::context::decrypt;
    auto body = (*job)->run(in.now, nullptr, in.counters, failed_in);
    return {std::move(body), failed_in};
}

outcome_of run(verb what, core::json::value object, http::request const& by, bare_service& in)
{
    switch (what) {
    case verb::sign: return sign(object, by, in);
    case verb::verify: return verify(object, by, in);
    case verb::encrypt: return encrypt(object, by, in);
    case verb::decrypt: return decrypt(object, by, in);
    case verb::inspect: return {inspect_report(object, in.now), http::context::inspect};
    }
    return {core::errc::internal, http::context::request};
}

}  // namespace

std::string_view path_of(verb what) noexcept
{
    switch (what) {
    case verb::sign: return "/sign";
    case verb::verify: return "/verify";
    case verb::encrypt: return "/encrypt";
    case verb::decrypt: return "/decrypt";
    case verb::inspect: return "/inspect";
    }
    return {};
}

answer answer_offline(
    verb what, std::string_view body, offline_permissions const& opened, core::instant now
)
{
    config::settings settings;
    settings.inline_keys = {
        .sign = true,
        .verify = true,
        .encrypt = true,
        .decrypt = true,
        .allow_weak_hmac = opened.weak_hmac,
        .allow_algorithms = opened.algorithms,
        .allow_zip = opened.zip};
    bare_service here(std::move(settings), now);

    http::peer const nobody;
    http::listen_point const nowhere;
    http::request::parts parts;
    parts.method = "POST";
    parts.path = path_of(what);
    parts.body = body;
    parts.id = "offline";
    parts.peer = &nobody;
    parts.listener = &nowhere;
    http::request const request(parts);
    auto const read = http::parse_body(request, here.settings.limits);
    auto const [done, where] = read ? run(what, read->root(), request, here)
                                    : outcome_of{read.error(), http::context::request};
    auto reply = done ? http::json_reply(*done) : http::problem(done.error(), request, where);
    return {reply.status, std::move(reply.body)};
}

}  // namespace service::cli
