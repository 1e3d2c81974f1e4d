#include "service/expectations.hpp"

#include <algorithm>

namespace service {
namespace {

std::vector<std::string> copies(std::vector<std::string_view> const& views)
{
    return {views.begin(), views.end()};
}

bool contains(std::vector<std::string> const& list, std::string_view one)
{
    return std::ranges::find(list, one) != list.end();
}

std::string_view without_application(std::string_view typ)
{
    return typ.starts_with("application/") ? typ.substr(12) : typ;
}

bool typ_is_in(std::string_view typ, std::vector<std::string> const& list)
{
    return std::ranges::any_of(list, [&](std::string const& one) {
        return http::equal_ignoring_case(without_application(one), without_application(typ));
    });
}

class expectation_reader {
public:
    expectation_reader(
        http::body_reader& read, ready_profile const* profile, core::claims_policy& to
    )
        : read_(read), profile_(profile), to_(to)
    {
    }

    void run()
    {
        read_lists();
        read_expectations();
        read_times();
        read_switches();
    }

private:
    void read_lists();
    void read_expectations();
    void read_times();
    void read_switches();
    void refuse_if_demanded(std::string_view member, std::string_view claim);
    bool demands(std::string_view claim) const;

    http::body_reader& read_;
    ready_profile const* profile_;
    core::claims_policy& to_;
};

/// issuer, audience, typ: subsets of the profile's.
void expectation_reader::read_lists()
{
    if (auto const issuers = read_.string_or_list("issuer")) {
        to_.issuers = copies(*issuers);
        if (profile_ != nullptr) {
            for (auto const name : *issuers) {
                if (std::ranges::find(profile_->issuers, name, &core::trusted_issuer::issuer)
                    == profile_->issuers.end())
                    read_.refuse("issuer", only_narrow);
            }
        }
        if (issuers->empty())
            read_.refuse("issuer", "An empty list admits nothing.");
    }
    if (auto const audiences = read_.string_or_list("audience")) {
        for (auto const name : *audiences) {
            if (profile_ != nullptr && !contains(profile_->claims.audiences, name))
                read_.refuse("audience", only_narrow);
        }
        if (audiences->empty())
            read_.refuse("audience", "An empty list admits nothing.");
        to_.audiences = copies(*audiences);
    }
    if (auto const types = read_.string_or_list("typ")) {
        for (auto const name : *types) {
            if (profile_ != nullptr && !typ_is_in(name, profile_->claims.typ))
                read_.refuse("typ", only_narrow);
        }
        to_.typ = copies(*types);
        to_.any_typ = false;
    }
}

void expectation_reader::read_expectations()
{
    auto const text = [&](std::string_view name, std::optional<std::string>& to) {
        if (auto const value = read_.string(name))
            to = std::string(*value);
    };
    text("subject", to_.subject);
    text("nonce", to_.nonce);
    text("access_token", to_.access_token);
    text("code", to_.code);
    for (auto const& [name, to] :
         {std::pair{"required", &to_.required}, std::pair{"scopes", &to_.scopes}}) {
        if (auto const list = read_.string_list(name))
            to->insert(to->end(), list->begin(), list->end());
    }
    if (auto const expected = read_.object("claims")) {
        for (auto const claim : *expected)
            to_.expected.push_back({std::string(claim.name()), std::string(claim.text())});
    }
}

void expectation_reader::read_times()
{
    if (auto const leeway = read_.integer("leeway")) {
        auto const most = profile_ != nullptr ? profile_->claims.leeway.count()
                                              : std::chrono::seconds(core::leeway_max).count();
        if (*leeway < 0 || *leeway > most)
            read_.refuse(
                "leeway", profile_ != nullptr ? only_narrow : "leeway is 0 to 300 seconds."
            );
        to_.leeway = std::chrono::seconds(*leeway);
    }
    if (auto const age = read_.integer("max_age")) {
        constexpr std::int64_t longest = 1LL << 40U;
        if (*age < 0 || *age > longest)
            read_.refuse("max_age", "max_age is a number of seconds, 0 or more.");
        if (profile_ != nullptr && profile_->claims.max_age
            && *age > profile_->claims.max_age->count())
            read_.refuse("max_age", only_narrow);
        to_.max_age = std::chrono::seconds(*age);
    }
}

/// What a profile demands cannot be switched off, unless it says so itself.
bool expectation_reader::demands(std::string_view claim) const
{
    if (profile_ == nullptr || contains(profile_->settings->allow_overrides, claim))
        return false;
    auto const& policy = profile_->claims;
    return claim == "iss" || (claim == "exp" && policy.require_exp)
        || (claim == "aud" && !policy.audiences.empty()) || contains(policy.required, claim)
        || ((claim == "scope" || claim == "scp") && !policy.scopes.empty());
}

void expectation_reader::refuse_if_demanded(std::string_view member, std::string_view claim)
{
    if (demands(claim))
        read_.refuse(member, "The profile demands this claim and does not allow to skip it.");
}

void expectation_reader::read_switches()
{
    if (auto const strict = read_.boolean("strict_audience")) {
        if (!*strict && to_.strict_audience && profile_ != nullptr)
            read_.refuse("strict_audience", only_narrow);
        to_.strict_audience = *strict;
    }
    if (auto const optional = read_.string_list("optional")) {
        for (auto const claim : *optional)
            refuse_if_demanded("optional", claim);
        to_.optional = copies(*optional);
    }
    auto const checks = read_.object("checks");
    if (!checks)
        return;
    auto& on = to_.checks;
    http::body_reader each(*checks);
    for (auto const& [name, flag] : {
             std::pair{"exp", &on.exp},
             std::pair{"nbf", &on.nbf},
             std::pair{"iat", &on.iat},
             std::pair{"aud", &on.aud},
             std::pair{"iss", &on.iss},
             std::pair{"sub", &on.sub},
             std::pair{"jti", &on.jti},
             std::pair{"at_hash", &on.at_hash},
         }) {
        auto const wanted = each.boolean(name);
        if (!wanted)
            continue;
        *flag = *wanted;
        // Beside a profile every check is one of its demands, but for at_hash, which needs an
        // access_token anyway.
        bool const keeps = profile_ == nullptr || std::string_view(name) == "at_hash"
            || contains(profile_->settings->allow_overrides, name);
        if (!*wanted && !keeps)
            read_.refuse("checks", "The profile does not allow to skip this check.");
    }
    if (each.finish())
        read_.refuse(
            "checks", "checks holds booleans: exp, nbf, iat, aud, iss, sub, jti, at_hash."
        );
}

}  // namespace

void read_expectations(
    http::body_reader& read, ready_profile const* profile, core::claims_policy& to
)
{
    expectation_reader(read, profile, to).run();
}

}  // namespace service
