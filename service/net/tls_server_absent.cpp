// Compiled instead of the other tls_server files, when the build does not have OpenSSL's headers.
#include "service/net/tls_server.hpp"

namespace service::net {

struct tls_server_context::parts {};
struct tls_server::engine {};

tls_server_context::tls_server_context(std::unique_ptr<parts> made) : parts_(std::move(made)) {}
tls_server_context::~tls_server_context() = default;

core::result<std::shared_ptr<tls_server_context const>>
tls_server_context::make(tls_server_material const&, core::instant)
{
    return core::failure::of_member(
        "tls", "This build has no TLS for listeners: it was made without OpenSSL's headers."
    );
}

// There is no context, and so nothing of the rest is ever called.

core::instant tls_server_context::not_after() const noexcept
{
    return {};
}

bool tls_server_context::requires_client() const noexcept
{
    return false;
}

bool tls_server_context::still_accepts(tls_server const&, core::instant) const
{
    return false;
}

tls_server::tls_server(std::shared_ptr<tls_server_context const>)
    : engine_(std::make_unique<engine>())
{
}
tls_server::~tls_server() = default;

std::span<char> tls_server::space()
{
    return {};
}
void tls_server::received(std::size_t) noexcept {}
tls_server::progress tls_server::shake_hands()
{
    return progress::failed;
}
std::string_view tls_server::why_failed() const noexcept
{
    return {};
}
bool tls_server::has_refused_client() const noexcept
{
    return false;
}
bool tls_server::is_resumed() const noexcept
{
    return false;
}
std::shared_ptr<client_certificate const> tls_server::client() const
{
    return nullptr;
}
std::size_t tls_server::read(std::span<char>)
{
    return 0;
}
bool tls_server::has_more() const noexcept
{
    return false;
}
bool tls_server::is_in_record() const noexcept
{
    return false;
}
bool tls_server::has_ended() const noexcept
{
    return true;
}
bool tls_server::seal(std::string&)
{
    return false;
}
void tls_server::close() {}
std::string tls_server::take_for_peer()
{
    return {};
}
void tls_server::shrink() {}

}  // namespace service::net
