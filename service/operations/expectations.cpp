#include "service/operations/expectations.hpp"

#include "core/base/contains.hpp"
#include "core/base/media_type.hpp"
#include "core/jws/admitted_types.hpp"
#include "service/operations/claim_exemptions.hpp"
#include "service/operations/request_lists.hpp"

#include <algorithm>
#include <array>

namespace service {
namespace {

/// The members about claims, which mode jws does not read.
constexpr std::array claim_members{
    "issuer", "audience", "subject", "nonce",           "required", "claims",       "optional",
    "leeway", "max_age",  "checks",  "strict_audience", "scopes",   "access_token", "code"};

std::vector<std::string> copies(std::vector<std::string_view> const& views)
{
    return {views.begin(), views.end()};
}

/// Sorts, and leaves each once.
void sort_once(std::vector<std::size_t>& indices)
{
    std::ranges::sort(indices);
    auto const repeated = std::ranges::unique(indices);
    indices.erase(repeated.begin(), repeated.end());
}

/// Whether an entry of the request's list allows no more than one of the profile's.
bool is_narrower(std::string_view entry, core::claims_policy const& than)
{
    return than.any_typ || std::ranges::any_of(than.typ, [&](std::string const& one) {
               return entry == "none" || one == "none" ? entry == one
                                                       : core::same_header_type(entry, one);
           });
}

class expectation_reader {
public:
    expectation_reader(
        body_reader& read, ready_profile const* profile, core::claims_policy& to,
        core::work_budget* budget
    )
        : read_(read), profile_(profile), to_(to), budget_(budget)
    {
    }

    core::result<std::vector<std::size_t>> run(core::token_mode mode)
    {
        read_typ();
        if (mode == core::token_mode::jws)
            refuse_claim_members();
        else
            read_members();
        if (is_exceeded_)
            return core::errc::work_exceeded;
        return std::move(issuers_);
    }

private:
    /// Charges for comparing a list with the profile's.
    bool may_compare(core::work cost)
    {
        is_exceeded_ = is_exceeded_ || !charge(budget_, cost);
        return !is_exceeded_;
    }
    void refuse_claim_members();
    void read_members();
    void read_typ();
    void read_issuer();
    void read_audience();
    void read_texts();
    void read_claims();
    void read_times();
    void check_switches();

    body_reader& read_;
    ready_profile const* profile_;
    core::claims_policy& to_;
    core::work_budget* budget_;
    bool is_exceeded_ = false;
    std::vector<std::size_t> issuers_;  // see read_expectations
};

void expectation_reader::read_members()
{
    read_issuer();
    read_audience();
    read_texts();
    read_claims();
    read_times();
    if (!read_exemptions(read_, profile_, to_, budget_))
        is_exceeded_ = true;
    check_switches();
}

void expectation_reader::refuse_claim_members()
{
    for (auto const* name : claim_members) {
        if (read_.has(name))
            read_.refuse(name, "This member is about claims, which mode jws does not read.");
    }
}

void expectation_reader::read_typ()
{
    auto const types = read_.string_or_list("typ");
    auto const listed = profile_ != nullptr ? profile_->claims.typ.size() : 0;
    if (!types || !may_compare(core::cost_of_types(types->size(), listed)))
        return;
    for (auto const name : *types) {
        if (core::is_misspelt_none(name))
            read_.refuse("typ", "For a token without typ, write `none` in lower case.");
        if (profile_ != nullptr && !is_narrower(name, profile_->claims))
            read_.refuse("typ", only_narrow);
    }
    to_.typ = copies(*types);
    to_.any_typ = false;
}

void expectation_reader::read_issuer()
{
    auto const issuers = read_.string_or_list("issuer");
    if (!issuers)
        return;
    to_.issuers = copies(*issuers);
    if (profile_ == nullptr || !may_compare(of_finding_issuers(issuers->size(), *profile_)))
        return;
    std::vector<std::size_t> whole;
    for (auto const name : *issuers) {
        auto const found = profile_->find_named(name);
        if (!found)
            return read_.refuse("issuer", only_narrow);
        issuers_.push_back(*found);
        auto const& one = profile_->issuers[*found];
        if (one.identity != nullptr && one.issuer == name)
            whole.push_back(*found);
    }
    sort_once(issuers_);
    sort_once(whole);
    for (auto const index : whole)
        to_.whole_issuers.push_back(*profile_->issuers[index].identity);
}

void expectation_reader::read_audience()
{
    auto const audiences = read_.string_or_list("audience");
    auto const listed = profile_ != nullptr ? profile_->claims.audiences.size() : 0;
    if (!audiences || !may_compare(of_comparing(audiences->size(), listed)))
        return;
    for (auto const name : *audiences) {
        if (profile_ != nullptr && !core::contains(profile_->claims.audiences, name))
            read_.refuse("audience", only_narrow);
    }
    to_.audiences = copies(*audiences);
}

void expectation_reader::read_texts()
{
    for (auto const& [name, to] : {
             std::pair{"subject", &to_.subject},
             std::pair{"nonce", &to_.nonce},
             std::pair{"access_token", &to_.access_token},
             std::pair{"code", &to_.code},
         }) {
        if (auto const value = read_.string(name))
            *to = std::string(*value);
    }
}

void expectation_reader::read_claims()
{
    for (auto const& [name, to] :
         {std::pair{"required", &to_.required}, std::pair{"scopes", &to_.scopes}}) {
        if (auto const list = read_.string_list(name))
            to->insert(to->end(), list->begin(), list->end());
    }
    auto const expected = read_.object("claims");
    if (!expected)
        return;
    if (expected->size() == 0)
        read_.refuse("claims", "An empty object expects nothing: leave it out.");
    for (auto const claim : *expected)
        to_.expected.push_back({std::string(claim.name()), std::string(claim.text())});
}

void expectation_reader::read_times()
{
    if (auto const leeway = read_.integer("leeway")) {
        auto const most = profile_ != nullptr ? profile_->claims.leeway.count()
                                              : std::chrono::seconds(core::leeway_max).count();
        if (*leeway < 0 || *leeway > most)
            read_.refuse(
                "leeway", profile_ != nullptr ? only_narrow : "leeway must be 0 to 300 seconds."
            );
        to_.leeway = std::chrono::seconds(*leeway);
    }
    if (auto const age = read_.integer("max_age")) {
        constexpr std::int64_t longest = 1LL << 40U;
        if (*age < 0 || *age > longest)
            read_.refuse("max_age", "max_age must be a number of seconds, 0 or more.");
        if (profile_ != nullptr && profile_->claims.max_age
            && *age > profile_->claims.max_age->count())
            read_.refuse("max_age", only_narrow);
        to_.max_age = std::chrono::seconds(*age);
    }
}

/// Checks the members that only have an effect together with something else.
void expectation_reader::check_switches()
{
    if (auto const strict = read_.boolean("strict_audience")) {
        if (!*strict && to_.strict_audience && profile_ != nullptr)
            read_.refuse("strict_audience", only_narrow);
        if (*strict && to_.audiences.size() != 1)
            read_.refuse(
                "strict_audience", "strict_audience requires exactly one expected audience."
            );
        to_.strict_audience = *strict;
    }
    auto const& on = to_.checks;
    if (read_.has("leeway") && !on.exp && !on.nbf && !on.iat && !to_.max_age)
        read_.refuse("leeway", "leeway has no effect here, because no time is checked.");
}

}  // namespace

core::result<std::vector<std::size_t>> read_expectations(
    body_reader& read, ready_profile const* profile, core::token_mode mode, core::claims_policy& to,
    core::work_budget* budget
)
{
    return expectation_reader(read, profile, to, budget).run(mode);
}

}  // namespace service
