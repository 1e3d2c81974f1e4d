#include "service/issuers/own_keys_warning.hpp"

#include "service/log.hpp"

namespace service {

void warn_of_own_keys(std::string_view issuer, core::jwk_set const& set)
{
    for (auto const& kid : set.ours)
        log_warn("own_key_in_foreign_set", {{"issuer", issuer}, {"kid", kid}});
}

}  // namespace service
