#include "tests/service/operations/bare_service.hpp"

#include "core/keys/key_ring.hpp"

namespace tests {
namespace {

config::settings with_inline_keys()
{
    config::settings settings;
    settings.inline_keys.sign = true;
    settings.inline_keys.verify = true;
    settings.inline_keys.encrypt = true;
    settings.inline_keys.decrypt = true;
    return settings;
}

}  // namespace

bare_service::bare_service() : bare_service(with_inline_keys()) {}

bare_service::bare_service(config::settings with)
    : settings(std::move(with)), counters(settings, {}),
      scope{
          settings.dev ? service::identity::of_anybody(nullptr) : service::identity(),
          std::make_shared<service::snapshot const>(
              settings, counters,
              std::make_shared<core::ring_view const>(core::key_ring(settings.keys).view_at(now)),
              nullptr
          ),
          now,
          &budget}
{
}

std::string member_of(service::operation_answer const& answer, std::string_view name)
{
    REQUIRE(answer.body.has_value());
    auto const document = core::json::document::parse(*answer.body);
    REQUIRE(document.has_value());
    auto const found = document->root().find(name);
    if (!found)
        return "(absent)";
    return std::string(found->is_string() ? found->string() : found->text());
}

}  // namespace tests
