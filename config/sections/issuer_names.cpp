#include "config/sections/issuer_names.hpp"

#include "config/sections/sections.hpp"
#include "core/base/contains.hpp"
#include "core/jwt/spiffe_id.hpp"

#include <algorithm>

namespace config {
namespace {

using core::issuer_identity;

constexpr std::size_t spellings_max = 8;  // each is compared with the iss of every token

/// Whether the placeholder is a whole segment of the path of a URL.
bool has_placeholder_in_path(std::string_view issuer)
{
    constexpr std::string_view after_scheme = "://";
    auto const at = issuer.find(issuer_identity::placeholder);
    if (at == std::string_view::npos)
        return false;
    auto const before = issuer.substr(0, at);
    auto const after = issuer.substr(at + issuer_identity::placeholder.size());
    auto const host = before.find(after_scheme);
    return host != std::string_view::npos && before.ends_with('/')
        && before.find('/', host + after_scheme.size()) != std::string_view::npos
        && before.find_first_of("?#{}") == std::string_view::npos
        && (after.empty() || after.starts_with('/'))
        && after.find_first_of("{}") == std::string_view::npos;
}

/// Reads the names of one issuer.
class names_reader {
public:
    names_reader(map_reader const& item, issuer_settings& into) : item_(item), into_(into) {}

    bool run()
    {
        if (item_.has("trust_domain"))
            return read_trust_domain();
        if (!item_.has("issuer")) {
            item_.error("", "needs an `issuer`, the exact iss of its tokens, or a `trust_domain`");
            return true;
        }
        if (!item_.read("issuer", into_.issuer))
            return true;
        if (!is_issuer(into_.issuer))
            item_.error("issuer", "must be a text of at most 1024 bytes without white space");
        auto spellings = read_spellings();
        if (into_.issuer.find_first_of("{}") != std::string::npos)
            return read_template(std::move(spellings));
        if (item_.has("tenants"))
            item_.error("tenants", "needs an `issuer` with `{tid}`, which they replace");
        if (!spellings.empty()) {
            spellings.push_back(into_.issuer);
            into_.identity = issuer_identity::of_spellings(std::move(spellings));
        }
        return true;
    }

private:
    bool read_trust_domain()
    {
        std::string name;
        if (!item_.read("trust_domain", name))
            return false;
        for (auto const* other : {"issuer", "tenants", "spellings"}) {
            if (item_.has(other))
                item_.error(other, "is not for a trust domain, whose tokens need no iss");
        }
        if (!core::is_trust_domain(name)) {
            item_.error(
                "trust_domain",
                "must be the name of a SPIFFE trust domain, such as example.org: lower-case "
                "letters, "
                "digits, dots, dashes and underscores"
            );
            return false;
        }
        into_.issuer = "spiffe://" + name;
        into_.identity = issuer_identity::of_trust_domain(std::move(name));
        return may_have(
                   "discovery",
                   "a trust domain has no metadata: give the URL of its bundle as "
                   "jwks_uri"
               )
            && may_have("pem_file", "a trust domain's keys are in a bundle: use jwks_file");
    }

    bool may_have(std::string_view source, std::string why_not) const
    {
        if (!item_.has(source))
            return true;
        item_.error(source, std::move(why_not));
        return false;
    }

    bool read_template(std::vector<std::string> spellings)
    {
        if (!has_placeholder_in_path(into_.issuer))
            item_.error(
                "issuer", "may have braces only as one `{tid}`, a whole segment of a URL's path"
            );
        else if (!item_.has("tenants"))
            item_.error("issuer", "has `{tid}`, so it needs `tenants`: their names, or `any`");
        else
            into_.identity =
                issuer_identity::of_tenants(into_.issuer, read_tenants(), std::move(spellings));
        return may_have(
            "discovery",
            "cannot be used with `{tid}`, which is never part of a URL that is fetched: "
            "give the URL of the keys as jwks_uri"
        );
    }

    /// Empty = any.
    std::vector<std::string> read_tenants() const
    {
        std::vector<std::string> names;
        if (!item_.read("tenants", names) || names == std::vector<std::string>{"any"})
            return {};
        for (auto const& name : names) {
            if (name == "any")
                item_.error("tenants", "`any` means all: it cannot be with others");
            else if (!core::is_tenant(name))
                item_.error("tenants", "`" + name + "` must be 1 to 64 letters, digits and dashes");
        }
        return names;
    }

    std::vector<std::string> read_spellings() const
    {
        std::vector<std::string> texts;
        if (!item_.read("spellings", texts))
            return {};
        if (texts.size() > spellings_max)
            item_.error("spellings", "has more than 8 texts");
        for (auto const& text : texts) {
            if (!is_issuer(text) || text.find_first_of("{}") != std::string::npos)
                item_.error(
                    "spellings", "needs texts of at most 1024 bytes without white space and braces"
                );
        }
        if (core::contains(texts, into_.issuer))
            item_.error("spellings", "has the `issuer` itself: name only others");
        return texts;
    }

    map_reader const& item_;
    issuer_settings& into_;
};

}  // namespace

bool read_issuer_names(map_reader const& item, issuer_settings& into)
{
    return names_reader(item, into).run();
}

}  // namespace config
