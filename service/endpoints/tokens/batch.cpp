#include "service/endpoints/tokens/batch.hpp"

#include "service/endpoints/tokens/reply_of.hpp"

#include <algorithm>
#include <charconv>

namespace service {
namespace {

using core::json::value;

constexpr std::size_t problem_octets = 400;  // about

/// In how many seconds it makes sense to ask for this item again; 0 = that is not known.
std::uint32_t wait_of(http::reply const& item)
{
    std::uint32_t seconds = 0;
    auto const text = item.headers.find("Retry-After").value_or(std::string_view());
    std::from_chars(text.data(), text.data() + text.size(), seconds);
    return seconds;
}

core::failure refused(std::string_view member, std::string_view sentence)
{
    return core::failure::of_member(member, sentence);
}

}  // namespace

bool batch_items::blames_shared(core::failure const& unread) const
{
    return unread.code == core::errc::request_invalid && shared_names_.contains(unread.member);
}

core::result<batch_items> batch_items::read(value body, std::uint32_t items_max, bool takes_tokens)
{
    auto const tokens = takes_tokens ? body.find("tokens") : std::nullopt;
    auto const items = body.find("items");
    if (tokens.has_value() == items.has_value())
        return refused(
            "items",
            takes_tokens ? "Exactly one of `tokens` and `items` is needed." : "`items` is needed."
        );
    std::string_view const name = tokens ? "tokens" : "items";
    auto const list = tokens ? *tokens : *items;
    if (!list.is_array() || list.size() == 0 || list.size() > items_max)
        return refused(
            name, "A batch must have at least one entry and at most limits.batch_items."
        );
    batch_items made;
    std::vector<std::string_view> names;
    for (auto const member : body) {
        if (member.name() == name)
            continue;
        names.push_back(member.name());
        made.shared_octets_ += member.name().size() + member.text().size();
    }
    made.shared_names_ = core::name_set(std::move(names));
    for (auto const item : list) {
        if (tokens ? !item.is_string() : !item.is_object())
            return refused(
                name, tokens ? "tokens must contain strings." : "items must contain objects."
            );
        if (auto added = made.add(item, body, name); !added)
            return added.error();
    }
    return made;
}

core::result<void> batch_items::add(value item, value body, std::string_view list)
{
    bool const is_twice = item.is_string() ? shared_names_.contains("token")
                                           : std::ranges::any_of(item, [&](value member) {
                                                 return shared_names_.contains(member.name());
                                             });
    if (is_twice)
        return refused(list, "A member may be in the shared part or in an item, not in both.");
    requests_.emplace_back(item, body, list);
    return {};
}

http::reply batch_reply(
    std::vector<operation_answer> answers, http::addressee const& to,
    std::vector<core::audit_note> notes
)
{
    constexpr std::string_view head = "{\"results\":[", status_ok = ",\"status\":200}";
    unsigned status = 200;
    std::uint32_t wait = 0;
    std::string body;
    std::size_t octets = head.size();
    for (auto const& answer : answers)
        octets += (answer.body ? answer.body->size() : problem_octets) + status_ok.size() + 1;
    body.reserve(octets);  // growing by copies would take several times the memory
    body.append(head);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto const one = reply_of(std::move(answers[i]), to);
        if (i < notes.size()) {
            notes[i].code = one.code;
            notes[i].status = one.status;
        }
        if (one.status >= 500)
            status = 503;
        else if (one.status >= 300 && status == 200)
            status = 422;
        wait = std::max(wait, wait_of(one));
        if (body.back() != '[')
            body.push_back(',');
        body.append(one.body);
        if (one.status == 200) {  // a problem contains its status already
            body.pop_back();
            body.append(status_ok);
        }
    }
    body.append("]}");
    auto reply = http::json_reply(std::move(body));
    reply.status = status;
    if (status != 200)
        reply.code = "batch";
    if (wait != 0)
        reply.headers.add("Retry-After", std::to_string(wait));
    reply.audited = std::move(notes);
    reply.is_batch = true;
    return reply;
}

}  // namespace service
