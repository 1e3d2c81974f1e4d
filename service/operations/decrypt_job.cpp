#include "service/operations/decrypt_job.hpp"

#include "core/base/base64url.hpp"
#include "core/base/utf8.hpp"
#include "service/operations/inline_keys.hpp"

#include <algorithm>

namespace service {

core::result<std::unique_ptr<decrypt_job>> decrypt_job::read(
    core::json::value object, key_scope const& in, std::shared_ptr<profile_set const> profiles
)
{
    std::unique_ptr<decrypt_job> job(new decrypt_job);
    job->token_bytes_max_ = in.settings.limits.jwe_bytes;
    http::body_reader read(object);
    job->read_token(read);
    job->read_lists(read);
    auto const verify = read.object("verify");
    if (auto done = job->read_keys(read, in); !done)
        return done.error();
    if (auto problem = read.finish())
        return *problem;
    if (verify) {
        auto inner =
            verify_job::read_for_plaintext(*verify, in.settings, std::move(profiles), in.request);
        if (!inner)
            return inner.error();
        job->verify_ = std::move(*inner);
    }
    job->parsed_ = job->parse();
    return job;
}

/// Compact text, or a JSON serialization as an object or as its text.
void decrypt_job::read_token(http::body_reader& read)
{
    auto const token = read.any("token");
    if (!token || !(token->is_string() || token->is_object())) {
        read.refuse("token", "A token is needed: a string, or a JWE JSON object.");
        return;
    }
    token_ = token->is_string() ? token->string() : token->text();
    if (token->is_object()) {
        token_json_ = token;
    } else if (token_.starts_with('{') && token_.size() <= token_bytes_max_) {
        auto parsed = core::json::document::parse(std::string(token_));
        if (!parsed || !parsed->root().is_object())
            return;  // the compact reader names the fault
        token_document_ = std::make_shared<core::json::document const>(std::move(*parsed));
        token_json_ = token_document_->root();
    }
}

void decrypt_job::read_lists(http::body_reader& read)
{
    auto const take = [&](std::string_view name, std::vector<std::string>& into, auto find) {
        auto const list = read.string_list(name);
        if (!list)
            return;
        for (auto const one : *list) {
            if (find(one) == nullptr)
                read.refuse(name, "A name on this list is no such algorithm of encryption.");
        }
        into.assign(list->begin(), list->end());
    };
    take("algorithms", algorithms_, core::find_key_management);
    take("encryptions", encryptions_, core::find_content_encryption);
}

core::result<void> decrypt_job::read_keys(http::body_reader& read, key_scope const& in)
{
    auto const& allowed = in.settings.inline_keys;
    if (has_inline_material(read, inline_purpose::decrypt))
        return read_inline(read, allowed);
    key_choice choice;
    choice.name = read.string("key_name");
    choice.kid = read.string("kid");
    if (read.ok() && !choice.name && !choice.kid)
        read.refuse("key_name", "Name a key: key_name, kid, or key material in the request.");
    if (!read.ok())
        return *read.finish();
    auto found = find_opening_keys(in, choice);
    if (!found)
        return found.error();
    with_ = std::move(*found);
    return {};
}

core::result<void>
decrypt_job::read_inline(http::body_reader& read, config::inline_settings const& allowed)
{
    is_inline_ = true;
    auto material = read_inline_material(read, allowed, inline_purpose::decrypt);
    if (!material)
        return material.error();
    for (auto const* name : {"key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "Keys in the request exclude this.");
    }
    if (!read.ok() || !*material)
        return *read.finish();
    for (auto const& key : (*material)->keys) {
        if (auto fine = check_private_size(key); !fine)
            return fine;
    }
    with_.keys = std::move((*material)->keys);
    with_.permitted = allowed.allow_algorithms;
    with_.allow_zip = allowed.allow_zip;
    ignore_kid_ = (*material)->single;
    if (!(*material)->is_password)
        return {};
    // a password's few guessable octets are no AES key
    auto const passwords = allowed_for_passwords(allowed);
    if (algorithms_.empty())
        algorithms_ = passwords;
    for (auto const& name : algorithms_) {
        if (std::ranges::find(passwords, name) == passwords.end())
            read.refuse(
                "algorithms", "A password goes with the PBES2 algorithms that are allowed."
            );
    }
    return {};
}

core::result<core::unopened_jwe> decrypt_job::parse() const
{
    if (token_.size() > token_bytes_max_)
        return core::errc::token_too_large;
    return token_json_ ? core::unopened_jwe::parse_json(*token_json_)
                       : core::unopened_jwe::parse_compact(token_);
}

bool decrypt_job::is_dear() const noexcept
{
    if (!*parsed_)
        return false;
    auto const& recipients = (*parsed_)->recipients();
    return recipients.size() > 1 || recipients.front().header.is_compressed()
        || core::opening_is_dear(recipients.front().header.algorithm());
}

core::result<core::opened_jwe> decrypt_job::open(metrics& counters) const
{
    auto const started = std::chrono::steady_clock::now();
    auto opened = [&]() -> core::result<core::opened_jwe> {
        if (!*parsed_)
            return parsed_->error();
        core::decrypt_policy policy;
        policy.algorithms = algorithms_;
        policy.encryptions = encryptions_;
        policy.permitted = with_.permitted;
        policy.allow_zip = with_.allow_zip;
        policy.ignore_kid = ignore_kid_;
        return core::decrypt(**parsed_, with_.keys, policy);
    }();
    counters.count<"signet_decrypt_total">(
        with_.metric, opened ? outcome{} : outcome{opened.error().code}
    );
    if (opened)
        counters.observe<"signet_decrypt_duration_seconds">(
            std::chrono::steady_clock::now() - started, *opened->algorithm
        );
    return opened;
}

std::string decrypt_job::reply_body(core::opened_jwe const& opened) const
{
    auto const text = core::as_text(opened.plaintext.view());
    std::string body;
    body.reserve(text.size() + opened.header.size() + 256);
    core::json::writer w(body);
    // Anybody may encrypt to a public key: that it opens says nothing about who made it.
    w.begin_object().member("authenticated", false);
    if (core::utf8::is_valid(text))
        w.member("plaintext", text);
    else
        w.member("plaintext_b64", core::base64url_encode(opened.plaintext.view()));
    w.member_raw("header", opened.header);
    if (!opened.kid.empty())
        w.member("kid", opened.kid);
    w.member("alg", opened.algorithm->name).member("enc", opened.encryption->name);
    if (token_json_)
        w.member("recipient_index", static_cast<std::int64_t>(opened.recipient));
    w.member("key_source", is_inline_ ? "inline" : "configured").end_object();
    return body;
}

core::result<std::string> decrypt_job::run(
    core::instant now, core::crypto::operation_cache* kept, metrics& counters,
    http::context& failed_in
) const
{
    failed_in = is_inline_ ? http::context::decrypt_inline : http::context::decrypt;
    auto const opened = open(counters);
    if (!opened)
        return opened.error();
    if (!verify_)
        return reply_body(*opened);
    failed_in = verify_->where();
    auto const text = core::as_text(opened->plaintext.view());
    auto verified = verify_->run_on(text, now, kept, counters);
    if (!verified)
        return verified.error();
    verified->jwe_header = opened->header;
    auto body = verify_->reply_body(*verified, now);
    body.insert(1, "\"authenticated\":true,");
    return body;
}

}  // namespace service
