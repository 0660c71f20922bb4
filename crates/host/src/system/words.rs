//! The words that anybody may see. Whatever else stands in a machine's files, names and outputs has a stand-in.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use facts::{arch, daemon_json, host_commands};

/// Folders and files where systems, drivers and engines keep what is theirs.
const PLACES: &str = "\
    00e098032b8c 11d2 8be4df61 93ca aa0d aarch64 addresses alternatives amd64 app applications arm64 bin boot bus \
    cache capabilities cdi cgroup cgroups char class cli cmdline colima comm compose conf config configuration \
    containerenv containers contents contexts controllers core current daemon data debug default dep desktop dev \
    device devices dkms docker dockerenv driver drivers efi efivars enforce entries etc extra extras family firmware \
    fuse glx gnu graphics home homebrew hooks html human icd images info information init interface internal ipc \
    json kernel lib libexec lima limits linux local lockdown log logs lxc machine machines management maps media \
    meta mig minor mnt mod modprobe modules mount mounts multi name net node nodes nsswitch nvml oci opengl opt \
    orbstack order osrelease override params pci pid pidfile plugins policies power private proc procs profile \
    profiled profiles program public rancher read refresh release releases root rootless rules run sbin scope \
    secureboot security self service services share shared shm slice smi soc sock sockets src srv stat state stats \
    status store subsystem support sys system systemd target temp tmp toml toolkit uevent unit units updates user \
    users usr utils var vendor version versions volume volumes vulkan wants wsl xdg yaml yml";

/// Programs, packages, modules and what their names are made of.
const PROGRAMS: &str = "\
    ad10x akmod amdgpu amdkfd apport asahi autoload base beta boost buildah bumblebee caps clang cloud cni common \
    compat compute conmon container containerd crun ctk cuda dbg decode dgpu dockerd dpkg drm drv dxcore dxg dxgkrnl \
    egl encode engine ext extension extramodules fabric fabricmanager fbc fbcore flags fusion ga10x gb10x gbm gcc \
    gdrdrv gfx ghcr gles gpu gpus gsp gvisor headless helper hook hwe hybrid imex inst intel ioctl iommu kata kfd \
    kmd kmod kmods krun kvm ldconfig legacy libcuda libcudadebugger libdxcore libegl libgl libglx libnvcuvid \
    libnvidia libnvoptix libvdpau libvulkan lts manager manual mlx5 moby modeset mps nccl nfs nouveau nova nri nscq \
    nvgpu nvidia nvidiactl nvlsm nvme nvoptix nvswitch nvswitchctl objects open openrm optimus overlay pacman \
    passthrough peermem pkcs11 plugin podman prime proprietary ptxjit ptxjitcompiler python rdma rpm runc runsc \
    runtime runtimes sandboxutils script server settings shim shims snap snapd source sssd steam sysbox tegra tesla \
    tests tls tool tools tu10x umd unified urllib uvm vdpau vfio vgpu video virtiofs wasm wasmtime wayland webgpu \
    windows xconfig xnvctrl xorg youki zst";

/// Distributions, kernels and their releases.
const DISTRIBUTIONS: &str = "\
    alma almalinux alpine amazon amzn arch azure bazzite bionic blue bookworm bottlerocket bullseye buster cachyos \
    centos coreos cos deb debian dfsg dragon edge edition elementary enterprise fedora flatcar focal forky fossa \
    garuda gcp generic gke green hardened hat hirsute ibm impish ish jammy jellyfish jessie jetpack kali kinetic \
    leap long lowlatency lunar manjaro mantic mariner mate microsoft minotaur mint nixos noble numbat obsidian onyx \
    ootpa opensuse optimized oracle oracular oriole peppermint photon plow pop preempt purple pve questing raspbian \
    raspi red rhel rocky rolling sid silverblue sle sles slim smp stable standard steamos stretch suse talos term \
    testing toolbox trixie tumbleweed tuxedo ubuntu ucore uek ultramarine unstable virtual workstation xanmod xenial \
    zen";

/// GPUs, beside the words of their names in the tables.
const GPUS: &str = "\
    ada ampere blackwell design disabled enabled fermi gddr geforce generation grid hbm hopper kepler laptop max \
    maxwell memory mobile nano notebook nvl nvlink orin pascal pcie super sxm thor titan turing volta with xavier";

/// Members, fields and values of what is read.
const FIELDS: &str = "\
    accept address all amd apparmor architecture args auto awaited bios board bridge browser btime build \
    buildahversion builtin cdispecdirs cdiversion cgroupdriver cgroupfs cgroupns cgroupversion classic client \
    clipluginsextradirs com confidentiality configured containeredits containerpath csv currentcontext date \
    defaultruntime deinstall devicenodes disable discovereddevices dockerrootdir eabi endpoint endpoints env envvar \
    error errors exec expand experimental failed false feature field fields file for gcid group half hold host \
    hostpath http https install installed integrity invalid key kind level like localhost location major mode model \
    module mofed native newuidmap none not npipe null nvrm off operatingsystem options opts package path pending \
    pipe platform pretty priority purge query real reinstreq removed requested require reset revision runtimeargs \
    runtimetype seccomp section securityoptions selinux serverversion set signal simple slirp4netns spec \
    specification ssh swiftshader tcp triggered true type uid uint unchanged unconfined unix unknown unpacked \
    unprivileged userns uuid valid value visible when xxx";

/// What programs, the kernel and readers of formats say.
const MESSAGES: &str = "\
    able access action administrator after aliases allow allowed allowing alphabetic alphabetical anchor anchors and \
    another any appear are argument array assignment available bad banner basic because been before begin between \
    binary bit block boolean bracket break but bytes cannot carriage change character characters code collection \
    column comma comment comments communicate connect connection content context control could couldn count covered \
    create dependency dependent detected determine did directive directives disallowed distinct document documents \
    does doesn dotted drop due duplicate each element elements eli empty encoding end ended entry eof equals escape \
    escaped exceeded exist exists expected explicit explicitly exponent extend extremely failure fallen falling \
    fatal fault find finite first float floating flow follow followed following found from function general global \
    gone got guest handle has have header hexadecimal high identifier illegal implicit incompatible incomplete \
    incorrect indent indentation indented indicator initialization initialize inline input inside instead \
    insufficient integer interrupted into irq issue item its keep keys latest leading least length less library \
    limit line list literal load loaded lone longer lost low make mantissa mapping mappings markup match maximum \
    message mid mismatch misplaced missing more multiline multiple must need needs nested newer newline next non \
    number numbers numeric object once one only opening operating operation operator other out outdated outside over \
    overflow overflowed pair paired parse parser parsing part permission permissions persistence pin placed \
    placement plain please point position printable problem process property protocol quote quoted quotes radix \
    reached reader reason reboot recommended recursion redundant refused remaining reported requires reserved \
    resource restart return row running same scalar scanning segmentation separated separator separators sequence \
    sequences should sign signed since single size some space spaces start starting stop stopped stream string style \
    such sufficient supported sure surrogate switch syntax tab table tables tabs tag text that the their then there \
    this time timed timeout together token tokens too trailing try trying types unable unclosed under underlying \
    unexpected unicode unique unmarshal unpaired unquoted unreadable unsupported unterminated update uri use used \
    using values verbatim was wasn were what where which while whitespace whose will within without word wrong \
    wrongly you your zero";

/// Whether anybody may see a word, which is in lower case.
pub(super) fn is_public(word: &str) -> bool {
    static PUBLIC: LazyLock<HashSet<Cow<'static, str>>> = LazyLock::new(public);
    PUBLIC.contains(word)
}

/// The words of the lists, and those of names in the tables.
fn public() -> HashSet<Cow<'static, str>> {
    let lists = [PLACES, PROGRAMS, DISTRIBUTIONS, GPUS, FIELDS, MESSAGES];
    let lists = lists.into_iter().flat_map(str::split_ascii_whitespace);
    let gpus = arch::gpus().iter();
    let gpus = gpus.flat_map(|gpu| gpu.aliases.texts().chain([gpu.name.as_str()]));
    let distributions = host_commands::families().iter();
    let distributions = distributions.flat_map(|family| family.ids.texts());
    let names = gpus.chain(distributions).chain(daemon_json::names());
    let names = names.flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()));
    let letters = names.map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    let tables = letters.map(|word| Cow::Owned(word.to_ascii_lowercase()));
    lists.map(Cow::Borrowed).chain(tables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_stands_once_in_the_order_of_the_alphabet() {
        let mut seen = HashSet::new();
        for list in [PLACES, PROGRAMS, DISTRIBUTIONS, GPUS, FIELDS, MESSAGES] {
            let words: Vec<&str> = list.split_ascii_whitespace().collect();
            assert!(words.is_sorted(), "{words:?}");
            for word in words {
                assert!(seen.insert(word), "{word} stands twice");
            }
        }
    }
}
