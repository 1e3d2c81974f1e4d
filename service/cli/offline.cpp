#include "service/cli/offline.hpp"

#include "core/keys/key_ring.hpp"
#include "service/http/reply.hpp"
#include "service/observe/metrics.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/decrypt_request.hpp"
#include "service/operations/encrypt_request.hpp"
#include "service/operations/inspect_reply.hpp"
#include "service/operations/sign_request.hpp"
#include "service/operations/verify_job.hpp"
#include "service/state/profiles.hpp"

namespace service::cli {
namespace {

/// What the jobs want to know of a service, with nothing in it but open inline keys.
struct bare_service {
    config::settings settings;
    service::metrics counters;
    core::instant now;
    std::shared_ptr<snapshot const> seen;

    bare_service(config::settings with, core::instant at)
        : settings(std::move(with)), counters(settings, {}), now(at),
          seen(std::make_shared<snapshot const>(
              settings, counters,
              std::make_shared<core::ring_view const>(core::key_ring({}).view_at(at)), nullptr
          ))
    {
    }
};

using outcome_of = std::pair<core::result<std::string>, context>;

outcome_of sign(core::json::value object, bare_service& in)
{
    auto const job = sign_job::read(
        object, sign_job::scope{{}, in.settings, *in.seen->ring, in.counters, in.now, nullptr}
    );
    if (!job)
        return {job.error(), sign_job::where(job.error())};
    return {(*job)->run(nullptr, in.counters), (*job)->where()};
}

outcome_of verify(core::json::value object, bare_service& in)
{
    auto const job = verify_job::read(object, in.seen, {});
    if (!job)
        return {job.error(), verify_job::where(job.error())};
    auto const token = (*job)->run(in.now, nullptr, in.counters);
    if (!token)
        return {token.error(), (*job)->where()};
    return {(*job)->reply_body(*token, in.now), (*job)->where()};
}

outcome_of encrypt(core::json::value object, bare_service& in)
{
    auto const job =
        encrypt_job::read(object, {{}, in.settings, *in.seen->ring, in.counters, nullptr});
    if (!job)
        return {job.error(), encrypt_job::where(job.error())};
    return {(*job)->run(in.counters), (*job)->where()};
}

outcome_of decrypt(core::json::value object, bare_service& in)
{
    auto const job =
        decrypt_job::read(object, {{}, in.settings, *in.seen->ring, in.counters, nullptr}, in.seen);
    if (!job)
        return {job.error(), decrypt_job::where(job.error())};
    auto failed_in = context::decrypt;
    auto body = (*job)->run(in.now, nullptr, in.counters, failed_in);
    return {std::move(body), failed_in};
}

outcome_of run(verb what, core::json::value object, bare_service& in)
{
    switch (what) {
    case verb::sign: return sign(object, in);
    case verb::verify: return verify(object, in);
    case verb::encrypt: return encrypt(object, in);
    case verb::decrypt: return decrypt(object, in);
    case verb::inspect: return {inspect_report(object, in.now), context::inspect};
    }
    return {core::errc::internal, context::request};
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

    auto const read = parse_body(body, here.settings.limits);
    auto const [done, where] =
        read ? run(what, read->root(), here) : outcome_of{read.error(), context::request};
    auto reply =
        done ? http::json_reply(*done) : http::problem(done.error(), {{}, "offline"}, where);
    return {reply.status, std::move(reply.body)};
}

}  // namespace service::cli
