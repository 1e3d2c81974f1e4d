#pragma once

#include <string_view>

namespace sample {

/// A self-signed certificate; nothing trusts it.
inline constexpr std::string_view certificate_pem = R"(
-----BEGIN CERTIFICATE-----
MIIBgzCCASmgAwIBAgIUE2Ngo0ZZJXVm15e7RgqGcZdgXpUwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLc2lnbmV0LnRlc3QwIBcNMjYxMTI0MjA0NjI5WhgPMjEyNjEw
MzEyMDQ2MjlaMBYxFDASBgNVBAMMC3NpZ25ldC50ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAERnHQEm6FPpkJJFBNijZA1+Zrrj3/P6s690xKjRhLUOfPadOC
46QnxrMjE3bNBtq72/cy1jok8je3S+B+aatf/KNTMFEwHQYDVR0OBBYEFOsVXoq/
41NeCZFkC/gFee3kurD8MB8GA1UdIwQYMBaAFOsVXoq/41NeCZFkC/gFee3kurD8
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAI2gVAUWI+2nWeNc
YbCRRXhv2Ap2/bQOqhwis1wxcwEoAiA7OzrXQ9EO5Ids3lXuVKR+nuW9mk0VEEBo
fi+XKECB0Q==
-----END CERTIFICATE-----
)";

}  // namespace sample
