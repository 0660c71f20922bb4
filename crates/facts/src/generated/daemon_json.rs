//! `data/daemon_json.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::daemon_json::DaemonJson;
use crate::daemon_json::FlagOf;
use crate::daemon_json::Removed;
use crate::release::ReleaseVersion;

pub(crate) static DAEMON_JSON: DaemonJson = super::ALL.daemon_json.file;

static DAEMON_JSON_REMOVED: [Removed; 5] = super::ALL.daemon_json.removed;

impl Listed for Removed {
    fn array() -> &'static [Self] {
        &DAEMON_JSON_REMOVED
    }
}

static DAEMON_JSON_FLAG_OF: [FlagOf; 9] = super::ALL.daemon_json.flag_of;

impl Listed for FlagOf {
    fn array() -> &'static [Self] {
        &DAEMON_JSON_FLAG_OF
    }
}

pub(super) struct Rows {
    removed: [Removed; 5],
    flag_of: [FlagOf; 9],
    file: DaemonJson,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut removed = Dealer::new();
    let mut flag_of = Dealer::new();
    Rows {
        removed: [
            Removed { key: pen.str("graph"), since: ReleaseVersion::new(24, 0, 0), instead: Some(pen.str("data-root")) },
            Removed { key: pen.str("cluster-store"), since: ReleaseVersion::new(24, 0, 0), instead: None },
            Removed { key: pen.str("cluster-advertise"), since: ReleaseVersion::new(24, 0, 0), instead: None },
            Removed { key: pen.str("cluster-store-opts"), since: ReleaseVersion::new(24, 0, 0), instead: None },
            Removed { key: pen.str("oom-score-adjust"), since: ReleaseVersion::new(26, 0, 0), instead: None },
        ],
        flag_of: [
            FlagOf { flag: pen.str("default-runtime"), key: pen.str("default-runtime") },
            FlagOf { flag: pen.str("exec-opt"), key: pen.str("exec-opts") },
            FlagOf { flag: pen.str("host"), key: pen.str("hosts") },
            FlagOf { flag: pen.str("H"), key: pen.str("hosts") },
            FlagOf { flag: pen.str("cdi-spec-dir"), key: pen.str("cdi-spec-dirs") },
            FlagOf { flag: pen.str("data-root"), key: pen.str("data-root") },
            FlagOf { flag: pen.str("userns-remap"), key: pen.str("userns-remap") },
            FlagOf { flag: pen.str("containerd"), key: pen.str("containerd") },
            FlagOf { flag: pen.str("selinux-enabled"), key: pen.str("selinux-enabled") },
        ],
        file: DaemonJson { byte_order_mark_since: ReleaseVersion::new(23, 0, 0), keys: pen.strs(["add-runtime", "allow-direct-routing", "allow-nondistributable-artifacts", "api-cors-header", "authorization-plugin", "authorization-plugins", "bip", "bip6", "bridge", "bridge-accept-fwmark", "builder", "cdi-spec-dir", "cdi-spec-dirs", "cgroup-parent", "config-file", "containerd", "containerd-namespace", "containerd-plugin-namespace", "containerd-plugins-namespace", "cpu-rt-period", "cpu-rt-runtime", "cri-containerd", "data-root", "debug", "default-address-pool", "default-address-pools", "default-cgroupns-mode", "default-gateway", "default-gateway-v6", "default-init", "default-ipc-mode", "default-network-opt", "default-network-opts", "default-runtime", "default-shm-size", "default-stop-timeout", "default-ulimit", "default-ulimits", "deprecated-key-path", "dns", "dns-opt", "dns-opts", "dns-search", "exec-opt", "exec-opts", "exec-root", "experimental", "feature", "features", "firewall-backend", "fixed-cidr", "fixed-cidr-v6", "group", "help", "host", "host-gateway-ip", "host-gateway-ips", "hosts", "http-proxy", "https-proxy", "icc", "init", "init-path", "insecure-registries", "insecure-registry", "ip", "ip-forward", "ip-forward-no-drop", "ip-masq", "ip6tables", "iptables", "ipv6", "label", "labels", "live-restore", "log-driver", "log-format", "log-level", "log-opt", "log-opts", "max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts", "metrics-addr", "min-api-version", "mtu", "network-control-plane-mtu", "network-diagnostic-port", "no-new-privileges", "no-proxy", "node-generic-resource", "node-generic-resources", "nri-opts", "pidfile", "proxies", "raw-logs", "registry-mirror", "registry-mirrors", "resolv-conf", "restart", "rootless", "runtimes", "seccomp-profile", "selinux-enabled", "shutdown-timeout", "storage-driver", "storage-opt", "storage-opts", "swarm-default-advertise-addr", "swarm-raft-election-tick", "swarm-raft-heartbeat-tick", "tls", "tlscacert", "tlscert", "tlskey", "tlsverify", "userland-proxy", "userland-proxy-path", "userns-remap", "validate", "version"]), flat: pen.strs(["builder", "cluster-store-opts", "default-network-opts", "default-ulimits", "features", "log-opts", "nri-opts", "runtimes"]), removed: removed.next(5), flags: flag_of.next(9) },
    }
}
