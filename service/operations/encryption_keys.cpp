#include "service/operations/encryption_keys.hpp"

#include "service/operations/admit_caller.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

namespace service {
namespace {

using series = core::ring_view::series;

bool encrypts(series const& one)
{
    return one.keys.front().material->use == core::key_use::enc;
}

/// The refusal when no key has that name or kid. Only callers learn which keys exist.
core::failure nothing_found(request_scope const& in)
{
    if (!in.by.is_caller())
        return in.by.unauthenticated();
    return core::errc::key_not_found;
}

refusal_subject asked_by(key_choice const& choice)
{
    return {refusal_subject::kind::key, choice.name.value_or(std::string_view{})};
}

/// The algorithm that the key would encrypt with; null when the choice does not mean it.
core::key_management_algorithm const* fitting(core::jwk const& key, key_choice const& choice)
{
    auto const family = key.material->family();
    if (key.use != core::key_use::enc || (choice.kid && key.kid != *choice.kid))
        return nullptr;
    auto const* row = core::find_key_management(
        choice.alg.value_or(core::default_encryption(family, key.material->bits(), key.alg).alg)
    );
    bool const fits = row != nullptr && row->families.contains(family)
        && (key.alg.empty() || key.alg == row->name);
    return fits ? row : nullptr;
}

/// The keys that a choice may mean, collected from our series and the issuers.
class search {
public:
    search(request_scope const& in, key_choice const& choice) : in_(in), choice_(choice) {}

    core::result<sealing_key> run()
    {
        for (auto const& one : in_.seen->ring->all) {
            if (encrypts(one) && (!choice_.name || one.name == *choice_.name))
                look_into(one);
        }
        // Issuers choose their kids freely: one that repeats a kid of ours, or another issuer's,
        // must not get what is encrypted to that kid.
        if (!choice_.name && is_kid_of_ours())
            return end();
        if (!choice_.name && found_.empty() && open_issuers() > 1)
            return core::failure::of(
                core::errc::key_ambiguous, "Several issuers are possible: name one with key_name."
            );
        for (std::size_t i = 0; in_.seen->others != nullptr && i < in_.settings().issuers.size();
             ++i) {
            auto const& one = in_.settings().issuers[i];
            if (!choice_.name || one.name == *choice_.name)
                look_into(one, in_.seen->others->issuers[i].keys.get());
        }
        return end();
    }

private:
    core::result<sealing_key> end()
    {
        if (found_.size() == 1)
            return std::move(found_.front());
        if (!found_.empty())
            return core::errc::key_ambiguous;
        return refusal_ ? std::move(*refusal_) : nothing_found(in_);
    }

    bool is_kid_of_ours() const
    {
        return std::ranges::any_of(in_.settings().keys, [&](core::ring_key const& one) {
            return choice_.kid && one.key.kid == *choice_.kid;
        });
    }

    /// How many issuers the caller may encrypt to.
    std::ptrdiff_t open_issuers() const
    {
        return std::ranges::count_if(in_.settings().issuers, [&](auto const& one) {
            return !one.callers.empty() && authorize(in_.by, one.callers);
        });
    }

    bool is_open_to_caller(std::vector<std::string> const& callers)
    {
        auto const said = authorize(in_.by, callers);
        if (!said && !refusal_)
            refusal_ = said.error();
        return said.has_value();
    }

    void look_into(series const& one)
    {
        bool const is_named = choice_.name.has_value();
        bool const is_it =
            one.active != nullptr && (!choice_.kid || one.active->kid == *choice_.kid);
        auto const& opening = encryption_of(in_.settings(), one.name);
        if ((is_named || is_it) && is_open_to_caller(opening.callers) && is_it)
            found_.push_back(
                {*one.active, true, opening.allow_zip, in_.counters().key_index(one.name),
                 std::string(one.name)}
            );
    }

    /// set      null = the issuer has no usable keys.
    void look_into(config::issuer_settings const& one, core::jwk_set const* set)
    {
        std::vector<core::jwk const*> keys;
        // a key may be listed with and without its alg
        using meaning = std::tuple<
            std::string_view, core::crypto::key const*, core::key_management_algorithm const*>;
        std::set<meaning> seen;
        for (auto const& key :
             set != nullptr ? std::span(set->keys) : std::span<core::jwk const>()) {
            auto const* const row = fitting(key, choice_);
            if (row != nullptr && seen.emplace(key.kid, key.material.get(), row).second)
                keys.push_back(&key);
        }
        if ((!choice_.name && keys.empty()) || !is_open_to_caller(one.callers))
            return;
        if (set == nullptr)
            refusal_ = core::errc::keys_unavailable;
        for (auto const* key : keys)
            found_.push_back({*key, false, false, metrics::other, one.name});
    }

    request_scope const& in_;
    key_choice const& choice_;
    std::vector<sealing_key> found_;
    std::optional<core::failure> refusal_;
};

bool has_kid(series const& one, std::string_view kid)
{
    return std::ranges::any_of(one.keys, [&](core::ring_view::key const& key) {
        return opens(key.state) && key.material->kid == kid;
    });
}

}  // namespace

core::result<sealing_key> find_sealing_key(request_scope const& in, key_choice const& choice)
{
    auto found = search(in, choice).run();
    if (!found)
        tell_refused_caller(found.error(), in, asked_by(choice));
    return found;
}

core::result<opening_keys> find_opening_keys(request_scope const& in, key_choice const& choice)
{
    auto const found = std::ranges::find_if(in.seen->ring->all, [&](series const& one) {
        return encrypts(one)
            && (choice.name ? one.name == *choice.name : has_kid(one, choice.kid.value_or("")));
    });
    if (found == in.seen->ring->all.end()) {
        auto const why = nothing_found(in);
        tell_refused_caller(why, in, asked_by(choice));
        return why;
    }
    refusal_subject const asked{refusal_subject::kind::key, found->name};
    auto const& callers = encryption_of(in.settings(), found->name).callers;
    auto const said = admit_caller(in, authorize_opening(in.by, found->name, callers), asked);
    if (!said)
        return said.error();
    auto made = opening_keys_of(*found, in.settings(), in.counters());
    if (choice.kid)
        std::erase_if(made.keys, [&](core::jwk const& key) { return key.kid != *choice.kid; });
    if (made.keys.empty())
        return core::errc::key_not_found;
    return made;
}

}  // namespace service
