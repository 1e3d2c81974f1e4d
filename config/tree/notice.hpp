#pragma once

#include <string>

namespace config {

/// One problem or warning, for people: "signet.yaml:12:3: keys[0].agl: unknown setting, did you
/// mean `alg`?"
struct notice {
    std::string file{};        ///< or the variable or flag that it is about; empty = the whole
    int line = 0, column = 0;  ///< from 1; 0 = not from a file
    std::string path{};        ///< "verify_profiles.default.leeway"
    std::string text{};
    std::string to_text() const;
};

/// A setting whose value comes from a variable or a flag, not from the file.
struct override_note {
    std::string setting;  ///< "server.threads"; never the value, which may refer to a secret
    std::string by;       ///< the variable's name, or "--set"
};

}  // namespace config
