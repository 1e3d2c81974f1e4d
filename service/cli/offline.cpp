#include "service/cli/offline.hpp"

#include "core/keys/key_ring.hpp"
#include "service/http/reply.hpp"
#include "service/operations/body_reader.hpp"
#include "service/operations/decrypt.hpp"
#include "service/operations/encrypt.hpp"
#include "service/operations/inspect.hpp"
#include "service/operations/sign.hpp"
#include "service/operations/verify_operation.hpp"

namespace service::cli {
namespace {

/// A service with nothing in it but open inline keys.
struct bare_service {
    config::settings settings;
    service::metrics counters;
    request_scope scope;

    bare_service(config::settings with, core::instant at)
        : settings(std::move(with)), counters(settings, {}),
          scope{
              {},
              std::make_shared<snapshot const>(
                  settings, counters,
                  std::make_shared<core::ring_view const>(core::key_ring({}).view_at(at)), nullptr
              ),
              at}
    {
    }
};

template <class Request>
operation_answer
run(operation<Request> const& what, core::json::value members, request_scope const& in)
{
    return what.finish(what.read(members, in), in, nullptr);
}

operation_answer run(verb what, core::json::value members, request_scope const& in)
{
    switch (what) {
    case verb::sign: return run(sign_operation, members, in);
    case verb::verify: return run(verify_operation, members, in);
    case verb::encrypt: return run(encrypt_operation, members, in);
    case verb::decrypt: return run(decrypt_operation, members, in);
    case verb::inspect: return run(inspect_operation, members, in);
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
    auto const done = read ? run(what, read->root(), here.scope) : operation_answer{read.error()};
    http::addressee const nobody({}, "offline");
    auto reply = done.body ? http::json_reply(*done.body)
                           : http::problem(done.body.error(), nobody, done.where, done.skipped);
    return {reply.status, std::move(reply.body)};
}

}  // namespace service::cli
