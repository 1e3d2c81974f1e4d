#pragma once

#include "core/algorithms/signature_algorithm.hpp"

#include <array>

/// Keys, their signatures of one message and what they agree on, made by OpenSSL, for the test that
/// every provider has to pass. The keys are public: they protect nothing.
namespace core::crypto::known {

inline constexpr std::string_view message = "a message whose signatures are known";

struct private_key {
    key_family family;
    std::string_view pkcs8;  ///< DER in base64
};

struct answer {
    std::string_view algorithm;
    key_family family;
    bool signs;  ///< whether signing is tested too: once per scheme, because RSA takes long
    std::string_view signature;  ///< as in a JWS, in base64
};

// clang-format off
inline constexpr std::array keys{
    private_key{
        key_family::rsa,
        "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCMrBw84M6wkPGVMoHJ2VEzNDbFojKuK8dSQwpnyn5qDi0u"
        "GUlT3QCmZNJXDnWVAq+IQeSeMgogoO1ovQhgje6NDMQWdgNQz1B7lAANWpzO4XbfyUApQIJcbA/ZAuLr5so0hZe0dwebFpoo"
        "/DckNVgjzrii3YMwXgozkusWq2WEhE3Grx9dLST1Qks22MUaofCVNhPWZrvIYrc8nfJR58jk2+XC7M4EZNsb5lSEOUxovdOr"
        "cGeQvgVOaJ8BQuyaANMIChCRdZBb5EbUd/02nEUts1MMpiQMhqJxxouCPYsjKnOlG7utUnmlEvxEvD2FcIoIghpXP5+qCA1o"
        "10lZZ7rfAgMBAAECggEADy12sn7S7iwFVMKpTDz9TNgCXNp+O1qP2+lN0xr+/rRe3Y1u4vSCYHGaXDg8KYKrq7joUMU3YIPc"
        "eaODpt9JcMCC26WKAAsONPcn9kjjiFK9P7H4ETtblVs3boOoNimlgXs0fg0lre8HXQqxbF+xDdP9Cd16jRpoYV4lrUF654wx"
        "4NGrFWRbGHLwLTaDihFk1djMb38konZvdt1Lh7o798wq1cx7fBrmHV3jwBrgph60XY/mG3ATfm4u2JKFWrAKNuSIFc9O8RcH"
        "KDvAysUTh10Fi0InPBQvrpzW5uEMsy1VoedEZqvf3ZBw8KOZWIp13ssxcdTbEpPi8or8OMfbcQKBgQC+Gs3/2CqmhTEONY/x"
        "S7BhRMVsykXBC62y7NJ34qXkW9ICNriTgzlMFFQf3cLF2YaSjgopqcALMss/fiqEHCVm64+AsJBC+fz1z7ITed/zH46WE8pD"
        "aaz2MdSkjIUdaQHbIeHypOPwQJRMP0hpaYA5LQ0/RoZe2tA5Xq+dVl/E9wKBgQC9btsCFVcMnmhSr5Uw55Cbwn8fvdWY9r1r"
        "OruSALLAlVfZjnkv8qgOmoYb9YvlH/vTXsZNthwZ8wFb782mLRI9MWn7Ni24PivOT90nvHNk+WDptdsZbqDpzeH9aqlrSxUy"
        "ewLQ9sEQF7HTbRXqVV2Z+wY0/uZ5x3jLu700LzKHWQKBgQCioQmzojiyZeUWc8nlMcv9GjkOnWfZAuWg2KogtzsVxVs+W5PB"
        "VhQxOn7RGARk/3b5bxvQkpBgxB5N/d/fTrjMeB42iFWRhozZuMltkeh883UmfF2fGAtIPk7cSf4ir89PqIfD7T22LXjwVX7b"
        "9s4jm5/mjq2q/eP+ADuaDOc29wKBgQCbiVPFKCRrNf1ONuB2YQt4+H9MXp/sklsAmh68SFp8iaKx/KtAVSrrorCOcFRG8rXf"
        "3SdRUz9Lhx0MkZ723HbnS5VLMDbl2hY5tZVONQtCUwfhnPGithTlI6h0XIlykRl8c0fir1fhkLLvd9fQqfrKnTOBe/Fc+A0U"
        "qrc1C7OfMQKBgDsYLUulQ27n49PcjlX5l0iomAF5l01rFqP2YrdCG8Dl6EnQXvv5AjZCj5PoUtZm17nTkTQVy9Ipddai5q+9"
        "1oG/HJBk5H1JVIiCjsDDLuY0pIFMQA/bZMhhdwDHTmpXR5XNxAADCfnJYg7fhXZD73x3iitckN//Mr1FIuyVJ6R4"},
    private_key{
        key_family::p256,
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgp7A9EkLsCJYU+Vg8bf1jPcR5YyXp34OR2B5U+sYIuHihRANC"
        "AAQi8MR48EcW7mi6FkIFSHVNHhgSDkgdM5b831V4/cSwHEpeIzj3NILh744CMGVteNnN+8f7bGgNbh7nAklLIFdN"},
    private_key{
        key_family::secp256k1,
        "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgCd96g7H1BUf5EMcHW5o4WxclaH6F+vYBnQY5LaR60W2hRANCAAQO"
        "ao5Edg/eiQ6zP3tlXJ0vbytUIH2KVCHBk9ArV8k3kaUGsalSMjFjDwSYmB8Xd64NUevcZ7x197Oz6nKSrygh"},
    private_key{
        key_family::ed25519,
        "MC4CAQAwBQYDK2VwBCIEIOYmCFCv1tdusnH/bv9JH81K3NG155yxhpsdpxUirJ+O"},
    private_key{
        key_family::x25519,
        "MC4CAQAwBQYDK2VuBCIEILBFmUPa7wut/zJdsq3juae4891bx7Uta8ZZdbfSO6N4"},
};

inline constexpr std::array answers{
    answer{
        "RS256", key_family::rsa, true,
        "hpNaFrYyaHXJ3o3YaQ9/rfGwVUvhE/PEdVM+rS1LjmZ9iWDZgG3q8O/VnjETA5UXmYI+DBw/acC3j4xrcWqIVXrsLAVRFsP7"
        "r8HEm9PRqdYuZH56gzi9iS7aYAjnIIBLVnWcvQYXR3YxF9aBK8DRdr+JyWDYCjxc8SSaFWH9CWHajbvmV4Qr3i07hiCiqGkN"
        "Ilhj1XDP6uZQDnX0p77D/I6cEQNDNnWTMs1189wTtPozz9VSdz3ZYZTz4CwjlpVjBkZlSn8P60bGp/zKg+5CIG+kHmS1P6gQ"
        "mcx8OunCx5+og3Wp1Jgf1Ssf6HUWrwHfJ/2l4/SkCZgE/S2SsZZY4Q=="},
    answer{
        "RS384", key_family::rsa, false,
        "YDeogYlBk0nlI4s5IJvWSVJwGHVrk0RdzXGBGZFWleUdbvRaM49DrRbxaiRyOID1U/GRl0KsruZDJCuVsxP9wZnbHajdPo6P"
        "L+OUliS9XS5azz9l8XoHaEuRWF30WbxkN1fjLD51ZW+aGKsQmsp8b0ST0XojRUc4cDbFiMQx/knShuGCv3N+zv3OWLSyLnl6"
        "clMwFsa6x1eEz9i+61+J2i9AvBDX1k5qD+wIXm9NXkdM5MFA9awlvaGNzkBuwb1D4pVX7cg8yODDSOAOhktR1M7U3Fs8Iftu"
        "JV82HeskCPry606VhV3PDeHyW8JcIDK/UDIZD3g4SLx9wBmutJBMgg=="},
    answer{
        "RS512", key_family::rsa, false,
        "bdZ40MG1dD5/4CZ6sAGKYlASbYausRwkssMjtY2vmne3pX/9vSW8gX2zkPmaHvALRAUu1kQ2y/5Dk2em18Q2tH7Fk8V2OptN"
        "aNQ3mPqQmefx5Fm0sUlWHwNt06K8V6TbhJVlY/Kk5tYps0jycFmyBeVZqtPYtOO9zB9Qt+9uBOVgs4pZIuE30RJVWpBZ44Us"
        "YJF6ICPR0VhDzF4apf4eTIin3kIsV1J4HMZ8te7q8QjyNA1DIA3GohX4A4BhSEAEi8WRhsjY90Xnu/F3rFwYOvbOPKk9MSp+"
        "CKEL3Z7ma7XFZnS1OeibjsBzPEaYk/xYx/M5V+YFEtvy0UDRwEmK/Q=="},
    answer{
        "PS256", key_family::rsa, true,
        "SNTlr8OJbYVURmaoNftWlFyOsDCR0N/JOuybqnC8WPDzlshveuCjP6wy6jF6yRoUZt1mcc6UwsODnWx8qsXlqGkh3zxerHeD"
        "uBYPEEz9GvswMwxUPWFaRqeyCOFWoEZH+3qDNdCkFQaMdnItmgg3WN86mGXTkMKLgXsd5jJemtH9+PWUSDByJ30ozPQ98t9q"
        "5irEnAjhI68+DAHuEc3LKVvxVLYjK2kWxiqMkN/sl7tqzhy5aINUv8p2W3sLUNTPwqYNjyyEu3HkYuN5cQH0F5NfwnvIFVbp"
        "PbBbjQ8TZTPuKuM6njVc9h6Y0SNdeDBerggnAyRyYslf7vJYpPJS6Q=="},
    answer{
        "PS384", key_family::rsa, false,
        "UcX1rrBsZPuWf2ruRmAyueylTL0BmzTZnYeIC7n8D1+O5w50ly/EWdKbeeavXe6gALJVsPEeyCp22Moegy9Y4qOXKo+S61u/"
        "Y/FAZB3Y18NQ+RljGfVwsC/RGnLb1ZnpEtqZl1snEaSlEwrXn+QjFGbyqQHuga/NNG6sgAmhz9KBXNzW651n+sJ8sKo8itSn"
        "Fb7syjC1hgna3YMtHTsJRckK3uBSHLHFbvHNQayS1uLw1YvJHvOWnB53HvR08L7tw29J6Je8uu+8EhfvD0dmGuUqq7yueRqV"
        "rvRT4q+uppZSAMqH5vOjmZtlyScYSWErQLJIny+ww/e1IWXwX8f5fw=="},
    answer{
        "PS512", key_family::rsa, false,
        "KCX91WEnOePXC96gs6pNq8Jw/VyMbE1JuHx3xBslwfX7FkU10w0LhkFIy9IYRLPtH3W0iPp75l3xKhgdkVzMYyFV41SAYIcO"
        "GH/UkS6RFPpVB3GFpoJH+k6ljeXeoBdf6O6FkpnoawqnmSmFQJIVjD1fx+g0lEvHuxku691udytNiYV3xRKVzXEaEXvDei+a"
        "Q0Y5d9DYtKeW2ZKS19sBHv9t7uIMXNcjsBF/P2v/LF8INM8uWAh/c0EwftG6nv8Is0S4eZ5eKtqpR8NrS6YCBoK+pXwML43z"
        "3BkGz6glIpD4UUyiqJrSR8mvXt+TjpxPEl129FWyeDYlPQja5OzxEQ=="},
    answer{
        "ES256", key_family::p256, true,
        "31PjjVdXvTeh6RIDw7piU57j91uLxKaNdcmEluAPSvMLfZ1MRIUJAM8whUQxgs3ppLORbuZC1t0lDjQYUbdl9Q=="},
    answer{
        "ES256K", key_family::secp256k1, true,
        "9ElRi8Mg/4VCEhNtUmK77m/LxDJ1oF8NVQhrDfVDw9kDADowLRZIqVKkFVne2nKjBaSGxB2h1sOzsSrimQNnkg=="},
    answer{
        "EdDSA", key_family::ed25519, true,
        "VvckN5V9RfV9egh7BEByXLVYJlLEjQ/OrLOWM/RrkYg+I+OD3Ze8wvdHAhxkx3/MIDdfzm10QwsPrMCYZJHrCg=="},
    answer{
        "Ed25519", key_family::ed25519, false,
        "VvckN5V9RfV9egh7BEByXLVYJlLEjQ/OrLOWM/RrkYg+I+OD3Ze8wvdHAhxkx3/MIDdfzm10QwsPrMCYZJHrCg=="},
};

/// The octets 0 to 31, encrypted to the RSA key by RSA-OAEP-256.
inline constexpr std::string_view encrypted_cek =
    "ONOjnAGNbdSUdrdqaBYYkRApxdQsDZZlO8vOfmRFVJghCehNAH/PyqK71T7QftwQPURAP2EXLYTDgQBdKdyR2lPFUbiy7VQn"
    "KSXuW+mVlHeZSe1uhP+DuhxbJ/kjVrYisWIvz2DA9VcDhJsHV+a/c8LoXLEvxfSpqKpH4vmGxw5G1a1nccTlqkErGC4ezGBe"
    "gL8WaUtmw+Iah6KvEF0mdKejTLaP6aEaggnWiLa/+459rceruZWaYv+/sDm/94yxGM9JOz7SzjwwP+a01RakfdC9MJSGA5Hq"
    "iP4rR1y8lYnKTppikipjn8bQm/MilFZsUhmhBeceknA4s79bmfL0BA==";

struct agreed_secret {
    key_family family;
    std::string_view peer;    ///< SubjectPublicKeyInfo in base64
    std::string_view secret;  ///< Z, in base64
};

inline constexpr std::array agreed_secrets{
    agreed_secret{
        key_family::p256,
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgQQVYJ72sSmdV1leplVW/x9hUbgmyRMeyV1wbmnbTdSf62jmFlLp6VN1lj5q"
        "/4+3ohXaHvwaXdnXidwXkxwS3Q==",
        "QMHA8CrbPip1ag4xN2IiFzrGuoF6vmTLWUEMkJBTsrw="},
    agreed_secret{
        key_family::x25519,
        "MCowBQYDK2VuAyEAmVTI3cXSe4ROjZqrL40DsKIAb8ZVB/YONPrUtVOf30M=",
        "eL/w0RQ6mlCqKWmgJeHJn7ZrALzSRd8Gbv854ESTaUM="},
};
// clang-format on

}  // namespace core::crypto::known
