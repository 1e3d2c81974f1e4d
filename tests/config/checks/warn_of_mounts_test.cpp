#include "config/checks/checks.hpp"

#include <doctest/doctest.h>

namespace {

/// As Kubernetes mounts a ConfigMap: one folder, one file by subPath, and one with a space.
constexpr std::string_view mounts =
    "1000 900 0:50 / / rw,relatime - overlay overlay rw\n"
    "1001 1000 254:1 /var/lib/kubelet/pods/u/volumes/kubernetes.io~configmap/c /etc/signet "
    "ro,relatime - ext4 /dev/vda1 rw\n"
    "1002 1000 254:1 /var/lib/kubelet/pods/u/volume-subpaths/c/signet/0 /etc/one.yaml ro,relatime "
    "- ext4 /dev/vda1 rw\n"
    "1003 1000 254:1 /x /etc/with\\040space.yaml ro - ext4 /dev/vda1 rw\n";

using names = std::vector<std::string>;

}  // namespace

TEST_SUITE("config/checks/warn_of_mounts")
{
    TEST_CASE("files_with_own_mounts: only files that are mount points themselves")
    {
        CHECK(
            config::files_with_own_mounts(
                mounts, {"/etc/signet/signet.yaml", "/etc/one.yaml", "/etc/with space.yaml", "/etc"}
            )
            == names{"/etc/one.yaml", "/etc/with space.yaml"}
        );
    }

    TEST_CASE("files_with_own_mounts: a table that is empty or cut -> none")
    {
        CHECK(config::files_with_own_mounts("", {"/etc/one.yaml"}).empty());
        CHECK(config::files_with_own_mounts("1002 1000", {"/etc/one.yaml"}).empty());
    }
}
