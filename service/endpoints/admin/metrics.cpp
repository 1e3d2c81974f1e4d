#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"
#include "service/observe/metric_families.hpp"

namespace service {

namespace {

void add_body_families(families& to, body_budget const& from)
{
    for (auto const share : {body_share::strangers, body_share::callers}) {
        auto const name = to_string(share);
        to.add<"signet_bodies_bytes">({name}, static_cast<double>(from.held(share)));
        to.add<"signet_bodies_refused_total">({name}, static_cast<double>(from.refusals(share)));
    }
}

}  // namespace

asio::awaitable<http::reply> handle_metrics(http::request const&, worker& here)
{
    http::reply answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    auto const more = [&shared = here.shared](families& to) {
        shared.issuers.add_families(to);
        add_body_families(to, shared.bodies);
    };
    auto const render = [&] { return here.shared.metrics.text(*here.current()->ring, more); };
    answer.body = here.metrics_text.at(std::chrono::steady_clock::now(), render);
    co_return answer;
}

}  // namespace service
