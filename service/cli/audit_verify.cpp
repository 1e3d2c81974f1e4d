#include "core/audit/verifier.hpp"
#include "core/keys/key_text.hpp"
#include "service/cli/command.hpp"
#include "service/cli/files.hpp"

#include <array>
#include <chrono>
#include <fstream>
#include <ostream>
#include <thread>

namespace service::cli {
namespace {

constexpr std::size_t files_max = 100000;

constexpr std::array verify_options{
    option{"--secret-file", takes::one, "FILE", "the secret of the chain (audit.secret)"},
    option{
        "--position", takes::many, "NUMBER:SEAL",
        "a record that must be there, as an earlier check printed it"},
};

/// Reads a file's lines, and gives each to the verifier. The service may be writing the file: what
/// looks like half a line is read again.
class line_reader {
public:
    line_reader(std::string_view path, core::audit_verifier& into)
        : path_(path), file_(path_, std::ios::binary), into_(into)
    {
        if (!file_)
            throw stop{exit_code::usage, path_ + ": cannot be read"};
    }

    void run()
    {
        constexpr unsigned tries = 10;
        constexpr std::chrono::milliseconds between{50};
        into_.begin_file();
        read_rest();
        for (unsigned i = 0; !rest_.empty() && i < tries; ++i) {
            std::this_thread::sleep_for(between);
            file_.clear();
            read_rest();
        }
        into_.end_file(rest_);
    }

private:
    void read_rest()
    {
        std::array<char, 64U * 1024U> piece{};
        while (file_) {
            file_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
            take({piece.data(), static_cast<std::size_t>(file_.gcount())});
        }
        if (file_.bad())
            throw stop{exit_code::usage, path_ + ": cannot be read to its end"};
    }

    void take(std::string_view octets)
    {
        for (auto end = octets.find('\n'); end != std::string_view::npos; end = octets.find('\n')) {
            keep(octets.substr(0, end));
            into_.add(rest_);
            rest_.clear();
            octets.remove_prefix(end + 1);
        }
        keep(octets);
    }

    /// No more of a line than shows that it is too long to be a record.
    void keep(std::string_view octets)
    {
        auto const room = core::audit_line_max + 1 - rest_.size();
        rest_.append(octets.substr(0, room));
    }

    std::string path_;
    std::ifstream file_;
    core::audit_verifier& into_;
    std::string rest_;  // of the line that has not ended
};

core::crypto::key_ptr secret_of(arguments const& given, terminal& with)
{
    auto const path = given.value("--secret-file");
    if (!path)
        return nullptr;
    auto secret = read_secret(*path, with);
    if (secret.size() < core::audit_secret_min)
        throw stop{exit_code::usage, std::string(*path) + ": must have at least 32 bytes"};
    auto key = core::import_shared_secret(std::move(secret));
    if (!key)
        throw stop{exit_code::usage, std::string(*path) + ": must not be the text of a key"};
    return std::move(*key);
}

/// The place that PATH.position says, if there is such a file. It is read before the records are: the
/// service writes a record first, and its position then.
bool expect_position_of(std::string_view path, core::audit_verifier& check)
{
    auto const name = std::string(path) + ".position";
    std::ifstream file(name, std::ios::binary);
    std::array<char, core::audit_position_size + 1> octets{};
    if (!file.read(octets.data(), octets.size()) && file.gcount() == 0)
        return false;
    auto place =
        core::parse_audit_position({octets.data(), static_cast<std::size_t>(file.gcount())});
    if (!place)
        throw stop{exit_code::usage, name + ": is not a position of a chain"};
    check.expect(std::move(*place));
    return true;
}

void expect_positions(arguments const& given, core::audit_verifier& check)
{
    static_cast<void>(expect_position_of(given.operands().back(), check));
    for (auto const text : given.values("--position")) {
        auto place = core::parse_audit_position(text);
        if (!place)
            throw stop{exit_code::usage, "--position needs the number of a record and its seal"};
        check.expect(std::move(*place));
    }
}

void print_findings(
    core::audit_verifier const& check, std::vector<std::string_view> const& files, std::ostream& to
)
{
    for (auto const& one : check.findings()) {
        to << files[one.file];
        if (one.line != 0)
            to << ':' << one.line;
        to << ": " << core::to_string(one.what) << ": " << one.text << '\n';
    }
    if (check.findings().size() == core::audit_verifier::findings_max)
        to << "there may be more\n";
}

exit_code run_audit_verify(arguments const& given, terminal& with)
{
    core::audit_sealer sealer(secret_of(given, with));
    core::audit_verifier check(sealer);
    expect_positions(given, check);
    for (auto const path : given.operands())
        line_reader(path, check).run();
    check.finish();
    if (!check.findings().empty()) {
        print_findings(check, given.operands(), with.err);
        return exit_code::refused;
    }
    with.out << check.records() << " records, " << check.first() << " to " << check.last().seq
             << ", are as they were written\nposition " << check.last().seq << ':'
             << check.last().seal << '\n';
    return exit_code::ok;
}

}  // namespace

constinit command const audit_verify_command{
    "audit verify",
    "checks that the records of an audit log are as they were written",
    "FILE...",
    1,
    files_max,
    verify_options,
    "Several files of one chain are named in their order, the current one last. FILE.position, "
    "next\n"
    "to the last one, says how far the chain came. Findings are changed, missing, misplaced and "
    "so\n"
    "on; then the exit code is 1.\n",
    "signet audit verify /var/log/signet/audit.log",
    run_audit_verify,
};

}  // namespace service::cli
