#include "service/http/route.hpp"
#include "service/issuers/registry.hpp"

namespace service {

namespace {

void add_body_families(families& to, body_budget const& from)
{
    auto held = family(
        "bodies_bytes",
        "Memory that requests in flight hold beyond what each connection may, by share.",
        prometheus::MetricType::Gauge
    );
    auto refused = family(
        "bodies_refused_total", "Requests whose head, body or reply found no room, by share.",
        prometheus::MetricType::Counter
    );
    for (auto const share : {body_share::strangers, body_share::callers}) {
        std::string const name(to_string(share));
        add_gauge(held, {{"share", name}}, static_cast<double>(from.held(share)));
        add_counter(refused, {{"share", name}}, from.refusals(share));
    }
    to.push_back(std::move(held));
    to.push_back(std::move(refused));
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
