#pragma once

#include <array>
#include <string_view>

namespace samples {

/// Made by jwt-pro 1.x itself: generate_token({"alg": "HS256", "typ": "JWT"}, {"user_id": "12345",
/// "name": "John Doe"}, secret, 3600, encrypt=True), at 1700000000.
struct jwt_pro_sample {
    std::string_view secret, token;
};
inline constexpr std::array of_jwt_pro{
    jwt_pro_sample{
        "short",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.fgxZ4qWQr15ctzkEP23yIxgtZw9rEI6LpYj-fKG"
        "zoadZbVrbke7r4Lf5iS9CC-qgHeNl0MNznknwx2sOAx-NvCLwDbiMjLaKq0iOIL0kwdU6fXnA6JDm2kF"
        "N9jLM-UhH9oX0pD5Jy1YTJwnANvEzPMeRBOTJTO94yhPuc52BuPc.3Eb7PHB6H1BBDb1P-LML08RTbrT"
        "5aImGH1uLfe1bXUA"},
    jwt_pro_sample{
        "exactly-16-octet",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.obO20xLrv8YmBK0oeMgM4tmYz_tC34cC2LPUYhi"
        "-14NdLNSwsth02yoeNThCelG4EyrDqBt1PYK1Dr2uLBM6Norv2jHFT77B0X2z6MDyTBiIjydE3T1mTck"
        "Uci7VxM5bwNbDbiix8vWJX_M5ydItdmZoMw9sXKcGTwOM90XRu8g.kvLi9-RykcqHtFvf-4Nr2i8Va8f"
        "q1QluLkaBvaasFto"},
    jwt_pro_sample{
        "your-secret-key-of-20",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.Lm4sblHC6BaThCjalyhmgEUsZSf1Be3WRp6kH7b"
        "sNd5ujJvf3ILcjUaW5rcu_pHYsQ2ZOnDa7TR8bHiWR0gwzPLWO_Rk1r7WHBrnGHcNF0tRoQ6IaXAlCvb"
        "wv9cesNTw58zYLPhXploaoCoIMNRiJoDGM4AyFxQEmZC0UQiQeWg.DWVpJVh4dqf4DVoReGNco2L1aqb"
        "ovxB7kPEy_Gt401s"},
    jwt_pro_sample{
        "exactly-24-octets-of-key",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.t0Sm3vUy_MtBTq89FbseMzxlj9_7QTUJW_vqUgg"
        "trPWPtZ1GbfCQJJtO35fw9uj809svoGadujRXpnrBG-eDajUSwb1-InKcW-G3Wn-QGlgrTycaPLdSwS0"
        "JZV1mCS9-I9q1mXP8EEriWIbho74AI3TfNNYhX8mfj6W-SaH3kM8.7153qRGDDFllrzCRfNIT5NZ7N0I"
        "5T97NEfNov_KviJs"},
    jwt_pro_sample{
        "a-secret-of-30-octets-as-it-is",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.Lr4_iaTu8ZDHBA_l27P2Jhmooch59SF0GXJMRdS"
        "Qx6_BXk5N-DzHBopGGnoQLni9DpRCGG1b3ypIZhfzuecU8UlnK8w8ObSRCb1VKzaSxTs3GAzNCnEZY4_"
        "UiMQGOCYUUtvnPjSSh_rBozdxZCRVb1ehzuonVKOhayUiOToHoFY.hQ4BGW7FprVTP4g7JaxO8R4OLJT"
        "ha5vuoDGfrIDpHPw"},
    jwt_pro_sample{
        "a-string-secret-at-least-256-bits-long",
        "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.ttjn-ofwWuxo2Pl8-H1bok4SppdGFSIvvsL_YWS"
        "GpTVPk9u8bmPV-T1F-8H5u-p9a_Lzw935O_tsyp-nwSCERV8a793H0jVRK-J88hA180tMCeFq3X5b2Jo"
        "Xh6AEEsJGMX_-X29GiXSz_nDPCkwLfKSPUXN1wiPIIYwHTsxL2Ns._3Fwc_BoJbuzB-g7zqnbD_PC-c5"
        "l4dHJmSBFlBgNkVM"},
};

}  // namespace samples
