#include "core/keys/key_formats.hpp"
#include "tests/config/certificate.hpp"
#include "tests/config/sample.hpp"

using namespace sample;

namespace {

/// A folder with a certificate, with a key that is not the certificate's, and with other files.
class tls_files_folder {
public:
    tls_files_folder()
    {
        folder_.write("cert.pem", certificate_pem);
        folder_.write(
            "key.pem", *core::to_private_pem(**core::crypto::generate(core::key_family::p256, 0))
        );
        folder_.write("text", "no key, no certificate");
    }
    attempt load(std::string const& of_tls, std::string const& address = "127.0.0.1:1") const
    {
        return load_in(
            folder_,
            "server: {listen: [{address: \"" + address + "\", tls: " + of_tls + "}]}\n"
                + good_issuer
        );
    }
    folder const& files() const { return folder_; }

private:
    folder folder_;
};

}  // namespace

TEST_SUITE("config/sections/listeners")
{
    TEST_CASE("tls: its files, by their paths, and whom it asks for a certificate")
    {
        tls_files_folder const some;
        // Whether these texts are a certificate's is for the one who uses them; here they are read.
        auto const got = some.load("{cert_file: text, key_file: key.pem, client_ca_file: cert.pem, "
                                   "crl_file: text, client_auth: optional}");
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        auto const& tls = got.settings->server.listen.at(0).tls;
        REQUIRE(tls.has_value());
        CHECK(tls->cert_file == some.files().path("text"));
        CHECK(tls->key_file == some.files().path("key.pem"));
        CHECK(tls->client_ca_file == some.files().path("cert.pem"));
        CHECK(tls->crl_file == some.files().path("text"));
        CHECK(tls->client_auth == config::client_authentication::optional);

        auto const little = some.load("{cert_file: text, key_file: key.pem}");
        REQUIRE(little.settings.has_value());
        auto const& plain = *little.settings->server.listen.at(0).tls;
        CHECK(plain.client_ca_file.empty());
        CHECK(plain.crl_file.empty());
        CHECK(plain.client_auth == config::client_authentication::required);
        CHECK(!config::is_open_plaintext(little.settings->server.listen.at(0)));
    }

    TEST_CASE("tls: opens what needs callers, beyond this machine too")
    {
        tls_files_folder const some;
        auto const got = load_in(
            some.files(),
            "server: {listen: [{address: \"0.0.0.0:1\", endpoints: [all], tls: {cert_file: text, "
            "key_file: "
            "key.pem}}]}\nadmin: {listen: [{address: \"0.0.0.0:2\", tls: {cert_file: text, "
            "key_file: "
            "key.pem}}]}\n"
                + good_issuer
        );
        INFO(got.problems);
        REQUIRE(got.settings.has_value());
        CHECK(!got.warns("without TLS"));
        CHECK(got.settings->admin.listen.at(0).tls.has_value());
    }

    TEST_CASE("tls: missing files, open keys and settings that decide nothing -> problems")
    {
        tls_files_folder const some;
        some.files().write("open.pem", "x", 0644);
        some.files().write("changeable.pem", std::string(certificate_pem), 0666);
        struct row {
            std::string tls;
            std::string_view problem;
        };
        for (auto const& [tls, problem] : std::vector<row>{
                 {"{}", "server.listen[0].tls: needs a `cert_file` and a `key_file`"},
                 {"{cert_file: cert.pem}",
                  "server.listen[0].tls: needs a `cert_file` and a `key_file`"},
                 {"[cert.pem]", "server.listen[0].tls: must be a map of settings"},
                 {"{cert_file: cert.pem, key_file: key.pem}",
                  "tls.key_file: is not the key of the first certificate of cert_file"},
                 {"{cert_file: none, key_file: key.pem}", "none cannot be read"},
                 {"{cert_file: changeable.pem, key_file: key.pem}",
                  "changeable.pem may be changed"},
                 {"{cert_file: text, key_file: none}", "none cannot be read"},
                 {"{cert_file: text, key_file: open.pem}", "open.pem"},
                 {"{cert_file: text, key_file: key.pem, client_ca_file: none}",
                  "none cannot be read"},
                 {"{cert_file: text, key_file: key.pem, client_ca_file: cert.pem, crl_file: none}",
                  "none cannot be read"},
                 {"{cert_file: text, key_file: key.pem, client_auth: required}",
                  "tls.client_auth: needs client_ca_file"},
                 {"{cert_file: text, key_file: key.pem, crl_file: text}",
                  "tls.crl_file: needs client_ca_file"},
                 {"{cert_file: text, key_file: key.pem, client_ca_file: cert.pem, client_auth: no}",
                  "tls.client_auth: must be required or optional"},
                 {"{certfile: text}", "tls.certfile: unknown setting, did you mean `cert_file`?"},
             }) {
            CAPTURE(tls);
            auto const got = some.load(tls);
            CAPTURE(got.problems);
            CHECK(!got.settings);
            CHECK(got.says(problem));
        }
        CHECK(some.load("{cert_file: text, key_file: key.pem}", "unix:/run/a.sock")
                  .says("tls: is for TCP"));
    }
}
