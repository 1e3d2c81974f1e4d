#include "service/operations/decrypt_request_reader.hpp"

#include "core/algorithms/work_costs.hpp"
#include "core/jwe/unopened_jwe.hpp"
#include "service/operations/audit_notes.hpp"
#include "service/operations/encryption_keys.hpp"
#include "service/operations/inline_keys.hpp"
#include "service/operations/verify_request_reader.hpp"

#include <algorithm>

namespace service {
namespace {

class decrypt_request_reader {
public:
    explicit decrypt_request_reader(request_scope const& in) : in_(in) {}

    core::result<void> read_all(body_reader& read);
    decrypt_request take() { return std::move(made_); }

private:
    void parse_token(core::json::value token);
    void read_lists(body_reader& read);
    core::result<void> read_keys(body_reader& read);
    core::result<void> read_inline_keys(body_reader& read);
    void narrow_to_passwords(body_reader& read);
    core::result<void> read_verify(core::json::value members);

    request_scope const& in_;
    decrypt_request made_;
};

core::result<void> decrypt_request_reader::read_all(body_reader& read)
{
    auto const token = read.any("token");
    if (!token || !(token->is_string() || token->is_object()))
        read.refuse("token", "token must be a string or a JWE JSON object.");
    read_lists(read);
    auto const verify = read.object("verify");
    if (auto done = read_keys(read); !done)
        return done;
    if (auto problem = read.finish())
        return *problem;
    if (verify) {
        if (auto done = read_verify(*verify); !done)
            return done;
    }
    parse_token(*token);
    return {};
}

/// Compact text, or a JSON serialization as an object or as its text.
void decrypt_request_reader::parse_token(core::json::value token)
{
    auto const& limits = in_.settings().limits;
    auto const text = token.is_string() ? token.string() : token.text();
    if (text.size() > limits.jwe_bytes) {
        made_.token = core::errc::token_too_large;
        return;
    }
    // A JSON serialization is read as JSON, and then its protected header.
    auto const reading = core::costs::of_reading(text.size());
    if (!charge(in_.budget, token.is_object() || text.starts_with('{') ? 2 * reading : reading)) {
        made_.token = core::errc::work_exceeded;
        return;
    }
    note_given_token(in_, text);
    if (text.starts_with('{')) {
        auto parsed = core::json::document::parse(std::string(text));
        if (parsed && parsed->root().is_object())
            made_.token_json = std::make_shared<core::json::document const>(std::move(*parsed));
    }
    // When text begins like JSON and is not JSON, the compact reader names the fault.
    made_.token = made_.token_json ? core::unopened_jwe::parse_json(made_.token_json->root())
                                   : core::unopened_jwe::parse_compact(text);
}

void decrypt_request_reader::read_lists(body_reader& read)
{
    auto const take = [&](std::string_view name, std::vector<std::string>& into, auto find,
                          std::size_t most) {
        auto const list = read.string_list(name);
        if (!list)
            return;
        if (list->size() > most)
            return read.refuse(name, "This list repeats an algorithm.");
        for (auto const one : *list) {
            if (find(one) == nullptr)
                read.refuse(name, "This list contains an unknown algorithm.");
        }
        into.assign(list->begin(), list->end());
    };
    take(
        "algorithms", made_.algorithms, core::find_key_management,
        core::key_management_algorithms.size()
    );
    take(
        "encryptions", made_.encryptions, core::find_content_encryption,
        core::content_encryption_algorithms.size()
    );
}

core::result<void> decrypt_request_reader::read_keys(body_reader& read)
{
    if (has_inline_material(read, inline_purpose::decrypt))
        return read_inline_keys(read);
    key_choice choice;
    choice.name = read.string("key_name");
    choice.kid = read.string("kid");
    if (read.ok() && !choice.name && !choice.kid)
        read.refuse("key_name", "Name a key by key_name or kid, or include a key in the request.");
    if (!read.ok())
        return *read.finish();
    auto found = find_opening_keys(in_, choice);
    if (!found)
        return found.error();
    made_.keys = std::move(*found);
    return {};
}

core::result<void> decrypt_request_reader::read_inline_keys(body_reader& read)
{
    auto const& allowed = in_.settings().inline_keys;
    made_.has_inline_keys = true;
    auto material = read_inline_material(read, in_, inline_purpose::decrypt);
    if (!material)
        return material.error();
    for (auto const* name : {"key_name", "kid"}) {
        if (read.has(name))
            read.refuse(name, "This member cannot be combined with a key in the request.");
    }
    if (!read.ok() || !*material)
        return *read.finish();
    for (auto const& key : (*material)->keys) {
        if (auto fine = check_private_size(key); !fine)
            return fine;
    }
    made_.keys.keys = std::move((*material)->keys);
    made_.skipped = std::move((*material)->skipped);
    made_.keys.permitted = allowed.allow_algorithms;
    made_.keys.allow_zip = allowed.allow_zip;
    made_.ignore_kid = (*material)->single;
    if ((*material)->is_password)
        narrow_to_passwords(read);
    return {};
}

/// A password is short and can be guessed, so it cannot be an AES key.
void decrypt_request_reader::narrow_to_passwords(body_reader& read)
{
    auto const passwords = allowed_for_passwords(in_.settings().inline_keys);
    if (made_.algorithms.empty())
        made_.algorithms = passwords;
    for (auto const& name : made_.algorithms) {
        if (std::ranges::find(passwords, name) == passwords.end())
            read.refuse(
                "algorithms",
                "A password can only be used with the PBES2 algorithms that are allowed."
            );
    }
}

core::result<void> decrypt_request_reader::read_verify(core::json::value members)
{
    auto inner = read_verify_terms(members, in_);
    if (!inner)
        return inner.error();
    made_.verify = std::move(*inner);
    // one reply names the entries of both sets
    auto& named = made_.verify->skipped;
    named.insert(named.begin(), made_.skipped.begin(), made_.skipped.end());
    return {};
}

}  // namespace

core::result<decrypt_request> read_decrypt_request(request_members members, request_scope const& in)
{
    decrypt_request_reader reader(in);
    body_reader read(members);
    if (auto done = reader.read_all(read); !done)
        return done.error();
    return reader.take();
}

}  // namespace service
