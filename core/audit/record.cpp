#include "core/audit/record.hpp"

#include "core/base/rfc3339.hpp"
#include "core/crypto/digest.hpp"
#include "core/json/json.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t more_kids_max = 8;

/// Cut between two characters: continuation octets of UTF-8 are 10xxxxxx.
std::string_view cut(std::string_view text)
{
    if (text.size() <= audit_text_max)
        return text;
    auto end = audit_text_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

/// JSON on one line: its strings have no control characters, so these are white space.
std::string on_one_line(std::string_view json)
{
    std::string text(json);
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, ' '
    );
    return text;
}

/// Writes members that have a value.
class member_writer {
public:
    explicit member_writer(std::string& out) : to_(out) { to_.begin_object(); }

    void text(std::string_view name, std::string_view value)
    {
        if (!value.empty())
            to_.member(name, cut(value));
    }
    void number(std::string_view name, std::int64_t value) { to_.member(name, value); }
    void flag(std::string_view name, bool value)
    {
        if (value)
            to_.member(name, true);
    }
    json::writer& raw() noexcept { return to_; }

private:
    json::writer to_;
};

void write_party(member_writer& to, audit_party const& by)
{
    to.text("caller", by.caller);
    to.flag("anybody", by.is_anybody);
    to.text("peer", by.peer);
    if (by.uid)
        to.number("uid", *by.uid);
    to.text("certificate", by.certificate);
}

void write_key(member_writer& to, audit_note const& what)
{
    to.text("series", what.series);
    to.text("kid", what.kid);
    if (!what.more_kids.empty()) {
        to.raw().name("more_kids").begin_array();
        for (std::size_t i = 0; i < what.more_kids.size() && i < more_kids_max; ++i)
            to.raw().string(cut(what.more_kids[i]));
        to.raw().end_array();
    }
    to.text("unverified_kid", what.unverified_kid);
    to.text("alg", what.alg);
    to.flag("inline", what.is_inline);
}

void write_token(member_writer& to, audit_note const& what)
{
    to.text("issuer", what.issuer);
    to.text("jti", what.jti);
    to.text("token_sha256", what.token_sha256);
    if (what.claims.size() > audit_claims_max)
        to.flag("claims_cut", true);
    else if (!what.claims.empty())
        to.raw().member_raw("claims", on_one_line(what.claims));
}

}  // namespace

std::string_view to_string(audit_event event) noexcept
{
    switch (event) {
    case audit_event::sign: return "sign";
    case audit_event::verify: return "verify";
    case audit_event::encrypt: return "encrypt";
    case audit_event::decrypt: return "decrypt";
    case audit_event::inspect: return "inspect";
    case audit_event::key: return "key";
    case audit_event::reload: return "reload";
    case audit_event::admin: return "admin";
    case audit_event::start: return "start";
    case audit_event::stop: return "stop";
    case audit_event::begin: return "begin";
    case audit_event::end: return "end";
    case audit_event::lost: return "lost";
    }
    return "";
}

void note_token(audit_note& to, std::string_view token)
{
    constexpr std::string_view digits = "0123456789abcdef";
    to.token_sha256.clear();
    for (auto const octet : crypto::digest(hash::sha256, as_bytes(token))) {
        to.token_sha256.push_back(digits[octet >> 4U]);
        to.token_sha256.push_back(digits[octet & 15U]);
    }
}

std::string members_of(audit_record const& one)
{
    std::string text;
    text.reserve(512);
    member_writer to(text);
    to.text("ts", rfc3339(one.at));
    to.text("event", to_string(one.event));
    to.text("route", one.route);
    write_party(to, one.by);
    to.text("profile", one.what.profile);
    write_key(to, one.what);
    to.text("code", one.what.code);
    if (one.what.status != 0)
        to.number("status", one.what.status);
    to.text("request_id", one.request_id);
    to.text("traceparent", one.traceparent);
    if (one.item)
        to.number("item", static_cast<std::int64_t>(*one.item));
    write_token(to, one.what);
    text.erase(0, 1);  // the brace: the chain's own members come first
    if (!one.more.empty())
        text.append(",").append(one.more);
    return text;
}

}  // namespace core
