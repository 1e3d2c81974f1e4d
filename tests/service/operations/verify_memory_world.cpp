#include "tests/service/operations/verify_memory_world.hpp"

#include "core/jws/make_jws.hpp"

#include <array>

namespace tests {
namespace {

using core::key_family;
using std::chrono::seconds;

constexpr std::string_view our_iss = "https://self.example";
constexpr std::array<std::string_view, 2> their_iss{"urn:corp", "urn:mesh"};
constexpr std::string_view pem_iss = "urn:pem";
constexpr std::array<std::string_view, 4> profiles{"default", "strict", "both", "pay"};

core::jwk new_key(key_family family, std::string kid, std::string alg)
{
    core::jwk key;
    key.kid = std::move(kid);
    key.alg = std::move(alg);
    key.material = core::crypto::generate(family, family == key_family::secret ? 256 : 0).value();
    return key;
}

/// The public half, as an issuer publishes it.
core::jwk published(core::jwk const& from)
{
    auto key = from;
    key.material = core::crypto::public_half_of(*from.material);
    return key;
}

core::ring_key ring_key_of(world_key const& one, std::string series)
{
    core::ring_key made;
    made.series = std::move(series);
    made.key = one.key;
    made.key.use = core::key_use::sig;
    made.issuer = one.issuer;
    made.in_jwks = false;
    return made;
}

config::issuer_settings issuer_named(std::string name, std::string_view iss)
{
    config::issuer_settings one;
    one.name = std::move(name);
    one.issuer = iss;
    one.algorithms = {"ES256", "EdDSA", "RS256"};
    return one;
}

std::string quoted(std::string_view text)
{
    return "\"" + std::string(text) + "\"";
}

}  // namespace

changing_world::changing_world(unsigned seed) : random_(seed)
{
    make_keys();
    settings_ = std::make_unique<config::settings>();
    auto& with = *settings_;
    with.issuer = our_iss;
    // A series whose keys follow one another, a secret, and a series that signs payloads.
    for (std::size_t i = 0; i < 3; ++i) {
        auto one = ring_key_of(ours_[i], "sig");
        one.activate_at = now_ + seconds(2000) * static_cast<int>(i);
        if (i == 0)
            one.activate_at = now_ - seconds(5000);
        one.publish_at = *one.activate_at - seconds(300);
        one.longest_token = seconds(600);
        with.keys.push_back(one);
    }
    with.keys.push_back(ring_key_of(ours_[3], "mac"));
    with.keys.push_back(ring_key_of(payers_[0], "pay"));
    with.issuers = {
        issuer_named("corp", their_iss[0]), issuer_named("mesh", their_iss[1]),
        issuer_named("pem", pem_iss)};
    with.issuers[2].is_pem = true;
    for (auto const name : profiles)
        with.verify_profiles[std::string(name)] = profile(std::string(name));
    ring_ = std::make_unique<core::key_ring>(with.keys);
    counters_ = std::make_unique<service::metrics>(with, std::vector<std::string_view>{});
    auto none = std::make_shared<service::issuer_view>();
    none->issuers.resize(with.issuers.size());
    others_ = std::move(none);
    for (std::size_t i = 0; i < with.issuers.size(); ++i)
        change_issuer(i);
    make_tokens();
}

void changing_world::make_keys()
{
    for (auto const* kid : {"s1", "s2", "s3"})
        ours_.push_back({new_key(key_family::p256, kid, "ES256"), std::string(our_iss)});
    ours_.push_back({new_key(key_family::secret, "m", "HS256"), "urn:mac"});
    for (std::size_t i = 0; i < 6; ++i) {
        auto const kid = std::string(1, static_cast<char>('a' + i % 4));  // some repeat
        bool const is_ec = i % 2 == 0;
        auto key =
            new_key(is_ec ? key_family::p256 : key_family::ed25519, kid, is_ec ? "ES256" : "EdDSA");
        theirs_.push_back({std::move(key), std::string(their_iss[i % 2])});
    }
    for (int i = 0; i < 2; ++i)
        pems_.push_back({new_key(key_family::p256, "", ""), std::string(pem_iss)});
    payers_.push_back({new_key(key_family::ed25519, "p", "EdDSA"), std::string(our_iss)});
}

config::verify_profile changing_world::profile(std::string name)
{
    config::verify_profile made;
    made.name = name;
    made.cache = !random_.once_in(6);
    if (name == "pay") {
        made.mode = config::token_kind::jws;
        made.series = {"pay"};
        made.typ = {"none", "receipt"};
        return made;
    }
    made.issuers = {"self", "mac", "corp", "mesh", "pem"};
    if (name == "both")
        made.issuers = {"corp", "pem"};
    else if (random_.once_in(4))
        made.issuers.resize(1 + random_.below(5));
    made.audiences = {"x", "y"};
    if (name == "strict" || random_.once_in(4))
        made.audiences = {"x"};
    made.strict_audience = name == "strict" && made.audiences.size() == 1;
    if (name == "strict")
        made.typ = {"at+jwt", "JWT"};
    if (random_.once_in(6))
        made.algorithms = {"ES256", "HS256"};
    if (random_.once_in(4))
        made.required = {"sub"};
    if (random_.once_in(4))
        made.max_lifetime = seconds(1000);
    made.leeway = seconds(random_.below(3) * 30);
    made.no_exp = !made.max_lifetime && random_.once_in(2);
    made.allow_overrides = {"exp", "aud"};
    return made;
}

void changing_world::change()
{
    if (random_.once_in(3))
        add_token(somebody());
    switch (random_.below(3)) {
    case 0: return change_time();
    case 1: return change_issuer(random_.below(3));
    default: return change_profile();
    }
}

/// Mostly forward, by little or beyond a key's next state; sometimes it is set back.
void changing_world::change_time()
{
    if (random_.once_in(10))
        now_ -= seconds(200);
    else
        now_ += seconds(random_.once_in(30) ? 700 : random_.below(40));
}

/// A set is replaced, read again, stale, or at its end. What it has varies.
void changing_world::change_issuer(std::size_t which)
{
    auto one = others_->issuers[which];
    auto const what = random_.below(6);
    if (what == 0)
        one.keys = nullptr;  // usable_until has passed
    else if (what == 1)
        one.is_stale = !one.is_stale;
    else {
        auto set = std::make_shared<core::jwk_set>();
        auto const& from = which == 2 ? pems_ : theirs_;
        for (auto const& key : from) {
            bool const is_its_own = key.issuer == settings_->issuers[which].issuer;
            if (which == 2       ? !random_.once_in(3)
                    : is_its_own ? !random_.once_in(4)
                                 : random_.once_in(9))
                set->keys.push_back(published(key.key));
        }
        if (set->keys.size() == 2 && random_.once_in(2))
            std::swap(set->keys.front(), set->keys.back());
        if (random_.once_in(5) && !set->keys.empty())
            set->keys.front().use = core::key_use::enc;
        one.keys = set->keys.empty() ? nullptr : std::move(set);
    }
    renew_issuers(std::move(one), which);
}

void changing_world::renew_issuers(service::issuer_view::one what, std::size_t which)
{
    auto view = std::make_shared<service::issuer_view>(*others_);
    view->issuers[which] = std::move(what);
    ++view->generation;
    others_ = std::move(view);
}

void changing_world::change_profile()
{
    auto fresh = std::make_unique<config::settings>(*settings_);
    std::string const name(random_.one_of(profiles));
    fresh->verify_profiles[name] = profile(name);
    old_settings_.push_back(std::exchange(settings_, std::move(fresh)));
}

service::request_scope changing_world::scope()
{
    auto view = std::make_shared<core::ring_view const>(ring_->view_at(now_));
    auto seen =
        std::make_shared<service::snapshot const>(*settings_, *counters_, std::move(view), others_);
    return {{}, std::move(seen), now_, &budget_};
}

std::string changing_world::some_claims(std::string const& issuer)
{
    auto const start = now_.time_since_epoch() / seconds(1);
    std::string claims = "{\"n\":" + std::to_string(tokens_.size());
    if (!random_.once_in(30))
        claims += ",\"iss\":" + quoted(random_.once_in(20) ? their_iss[0] : issuer);
    if (!random_.once_in(12))
        claims += ",\"exp\":" + std::to_string(start + 60 + 500 * random_.below(20));
    if (random_.once_in(4))
        claims += ",\"iat\":" + std::to_string(start);
    if (random_.once_in(12))
        claims += ",\"nbf\":" + std::to_string(start + 400);
    switch (random_.below(4)) {
    case 0: claims += R"(,"aud":["x","z"])"; break;
    case 1: claims += R"(,"aud":"y")"; break;
    default: claims += R"(,"aud":"x")";
    }
    if (!random_.once_in(4))
        claims += R"(,"sub":"s","scope":"read write")";
    return claims + "}";
}

void changing_world::add_token(world_key const& by)
{
    auto const& key = by.key;
    auto const* row = core::find_signature_algorithm(
        key.alg.empty() ? std::string_view("ES256") : std::string_view(key.alg)
    );
    std::string header = "{\"alg\":" + quoted(row->name);
    auto const kid = random_.once_in(20) ? std::string("unknown") : key.kid;
    if (!kid.empty() && !random_.once_in(4))
        header += ",\"kid\":" + quoted(kid);
    constexpr std::array<std::string_view, 6> types{"JWT", "JWT", "JWT", "at+jwt", "receipt", "x"};
    if (random_.once_in(3))
        header += ",\"typ\":" + quoted(random_.one_of(types));
    header += "}";
    auto const payload =
        random_.once_in(20) ? std::string("not an object") : some_claims(by.issuer);
    auto const signer = core::crypto::make_signer(key.material, *row).value();
    auto token = core::make_jws(
                     {{header, signer.get()}}, core::as_bytes(payload),
                     core::serialization::compact, true, false
    )
                     .value();
    if (random_.once_in(12)) {
        auto& changed = token[random_.below(token.size())];
        changed = changed == 'A' ? 'B' : 'A';
    }
    tokens_.push_back({std::move(token), &by == &payers_.front()});
}

void changing_world::make_tokens()
{
    for (int i = 0; i < 40; ++i)
        add_token(somebody());
}

world_key const& changing_world::somebody()
{
    std::array<std::vector<world_key> const*, 4> const all{&ours_, &theirs_, &pems_, &payers_};
    return random_.one_of(*random_.one_of(all));
}

/// Mostly one of the last few, so that tokens come again before they expire.
world_token const& changing_world::token()
{
    constexpr std::size_t recent = 12;
    if (random_.once_in(6))
        return random_.one_of(tokens_);
    return tokens_[tokens_.size() - 1 - random_.below(recent)];
}

std::string changing_world::request(world_token const& token)
{
    auto name = random_.one_of(profiles);
    if (!random_.once_in(6))
        name = token.is_payload ? profiles.back() : profiles[random_.below(3)];
    auto body = "{\"token\":" + quoted(token.text) + ",\"profile\":" + quoted(name);
    if (name == "pay") {
        if (random_.once_in(10))
            body += R"(,"payload":"detached")";
        if (random_.once_in(5))
            body += R"(,"typ":"receipt")";
        return body + "}";
    }
    constexpr std::array<std::string_view, 12> members{
        R"("audience":"x")",         R"("audience":["y"])",    R"("subject":"s")",
        R"("subject":"t")",          R"("required":["sub"])",  R"("typ":["JWT"])",
        R"("algorithms":["ES256"])", R"("issuer":"urn:corp")", R"("checks":{"exp":false})",
        R"("claims":{"sub":"s"})",   R"("scopes":["read"])",   R"("max_age":"10m")"};
    if (random_.once_in(3))
        return body + "," + std::string(random_.one_of(members)) + "}";
    return body + "}";
}

std::string told(service::verdict const& found, service::verify_terms const& by, core::instant now)
{
    std::string text;
    if (found.issuer)
        text += "issuer " + std::to_string(*found.issuer) + " ";
    if (found.token) {
        auto const& token = *found.token;
        text += token.has_claims() ? "claims " : "payload ";
        text += std::string(token.payload()) + " " + std::string(token.header_json().text()) + " ";
        return text + service::verify_reply(found, by, now);
    }
    auto const& why = found.token.error();
    text += std::string(core::to_string(why.code)) + " part "
        + std::to_string(static_cast<int>(why.part)) + " reason "
        + std::to_string(static_cast<int>(why.reason)) + " claim " + why.claim + " detail "
        + why.detail + " kid " + found.kid;
    if (found.missing)
        text += " missing " + found.missing->kid;  // of the issuer that is named above
    return text;
}

}  // namespace tests
