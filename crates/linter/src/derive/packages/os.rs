//! Package managers of operating systems: apt, dnf, zypper, apk, pacman and their relatives.

use super::Call;
use super::options::{Grammar, Line, Spec, attached, flag, parse, value};
use crate::derive::action::{Action, OsInstall, OsManager, OsVerb};
use crate::derive::text::Text;

/// A program and how to read it.
struct Manager {
    programs: &'static [&'static str],
    family: OsManager,
    options: Grammar,
    verbs: &'static [(&'static str, OsVerb)],
    /// With one of these nothing is installed.
    dry: &'static [&'static str],
    /// With one of these nothing beyond dependencies is installed.
    lean: &'static [&'static str],
}

const APT: &[Spec] = &[
    value(&["--option", "-o"]),
    value(&["--target-release", "-t", "--default-release"]),
    value(&["--config-file", "-c"]),
    value(&["--host-architecture", "-a"]),
    value(&["--build-profiles", "-P"]),
    value(&["--solver"]),
    value(&["--with-source"]),
    value(&["--add-user-tag"]),
    value(&["--with-tag"]),
    attached(&["--quiet", "-q"]),
    flag(&["--yes", "-y", "--assume-yes"]),
    flag(&[
        "--simulate",
        "-s",
        "--just-print",
        "--dry-run",
        "--recon",
        "--no-act",
    ]),
    flag(&["--download-only", "-d"]),
    flag(&["--print-uris"]),
    flag(&["--no-install-recommends"]),
    flag(&["--without-recommends", "-R"]),
    flag(&["--fix-broken", "-f"]),
    flag(&["--fix-missing", "-m"]),
    flag(&["--show-upgraded", "-u"]),
    flag(&["--verbose-versions", "-V"]),
];

const DNF: &[Spec] = &[
    value(&["--config", "-c"]),
    value(&["--debuglevel", "-d"]),
    value(&["--errorlevel", "-e"]),
    value(&["--randomwait", "-R"]),
    value(&["--exclude", "-x", "--excludepkgs"]),
    value(&["--releasever"]),
    value(&["--enablerepo"]),
    value(&["--disablerepo"]),
    value(&["--repo", "--repoid"]),
    value(&["--repofrompath"]),
    value(&["--setopt"]),
    value(&["--installroot"]),
    value(&["--forcearch"]),
    value(&["--enableplugin"]),
    value(&["--disableplugin"]),
    value(&["--disableexcludes", "--disableexcludepkgs"]),
    value(&["--color"]),
    value(&["--comment"]),
    value(&["--downloaddir", "--destdir"]),
    value(&["--advisory", "--advisories"]),
    value(&["--cve", "--cves"]),
    value(&["--bz", "--bzs"]),
    value(&["--sec-severity", "--secseverity"]),
    value(&["--rpmverbosity"]),
    value(&["--from-repo"]),
    flag(&["--assumeyes", "-y"]),
    flag(&["--assumeno"]),
    flag(&["--downloadonly"]),
];

const ZYPPER: &[Spec] = &[
    value(&["--root", "-R"]),
    value(&["--installroot"]),
    value(&["--config", "-c"]),
    value(&["--reposd-dir"]),
    value(&["--plus-repo", "-p"]),
    value(&["--plus-content"]),
    value(&["--cache-dir", "-C"]),
    value(&["--raw-cache-dir"]),
    value(&["--solv-cache-dir"]),
    value(&["--pkg-cache-dir"]),
    value(&["--userdata"]),
    value(&["--releasever"]),
    value(&["--repo", "-r", "--catalog"]),
    value(&["--from"]),
    value(&["--type", "-t"]),
    value(&["--download"]),
    value(&["--solver-focus"]),
    flag(&["--no-recommends"]),
    flag(&["--dry-run", "-D"]),
    flag(&["--download-only", "-d"]),
];

const APK: &[Spec] = &[
    value(&["--repository", "-X"]),
    value(&["--root", "-p"]),
    value(&["--virtual", "-t"]),
    value(&["--arch"]),
    value(&["--cache-dir"]),
    value(&["--cache-max-age"]),
    value(&["--keys-dir"]),
    value(&["--repositories-file"]),
    value(&["--progress-fd"]),
    value(&["--timeout"]),
    value(&["--wait"]),
    flag(&["--simulate", "-s"]),
];

const DPKG: &[Spec] = &[
    value(&["--root"]),
    value(&["--admindir"]),
    value(&["--instdir"]),
    value(&["--log"]),
    value(&["--ignore-depends"]),
    value(&["--status-fd"]),
    value(&["-D"]),
    flag(&["--install", "-i"]),
    flag(&["--unpack"]),
    flag(&["--remove", "-r"]),
    flag(&["--purge", "-P"]),
    flag(&["--simulate", "--dry-run", "--no-act"]),
];

const RPM: &[Spec] = &[
    value(&["--root"]),
    value(&["--dbpath"]),
    value(&["--prefix"]),
    value(&["--relocate"]),
    value(&["--define", "-D"]),
    value(&["--excludepath"]),
    flag(&["--install", "-i"]),
    flag(&["--upgrade", "-U"]),
    flag(&["--freshen", "-F"]),
    flag(&["--erase", "-e"]),
    flag(&["--query", "-q"]),
    flag(&["--verify", "-V"]),
    flag(&["--import"]),
    flag(&["--eval", "-E"]),
    flag(&["--test"]),
];

const APT_VERBS: &[(&str, OsVerb)] = &[
    ("install", OsVerb::Install),
    ("reinstall", OsVerb::Install),
    ("build-dep", OsVerb::Install),
    ("satisfy", OsVerb::Install),
    ("remove", OsVerb::Remove),
    ("purge", OsVerb::Remove),
    ("autoremove", OsVerb::Remove),
    ("auto-remove", OsVerb::Remove),
    ("autopurge", OsVerb::Remove),
    ("update", OsVerb::Update),
    ("upgrade", OsVerb::Upgrade),
    ("safe-upgrade", OsVerb::Upgrade),
    ("dist-upgrade", OsVerb::Upgrade),
    ("full-upgrade", OsVerb::Upgrade),
    ("dselect-upgrade", OsVerb::Upgrade),
];

const DNF_VERBS: &[(&str, OsVerb)] = &[
    ("install", OsVerb::Install),
    ("localinstall", OsVerb::Install),
    ("reinstall", OsVerb::Install),
    ("groupinstall", OsVerb::Install),
    ("group-install", OsVerb::Install),
    ("builddep", OsVerb::Install),
    ("builddep-nobest", OsVerb::Install),
    ("downgrade", OsVerb::Install),
    ("swap", OsVerb::Install),
    ("in", OsVerb::Install),
    ("remove", OsVerb::Remove),
    ("erase", OsVerb::Remove),
    ("autoremove", OsVerb::Remove),
    ("groupremove", OsVerb::Remove),
    ("makecache", OsVerb::Update),
    ("check-update", OsVerb::Update),
    ("update", OsVerb::Upgrade),
    ("upgrade", OsVerb::Upgrade),
    ("upgrade-minimal", OsVerb::Upgrade),
    ("update-minimal", OsVerb::Upgrade),
    ("distro-sync", OsVerb::Upgrade),
];

const ZYPPER_VERBS: &[(&str, OsVerb)] = &[
    ("install", OsVerb::Install),
    ("in", OsVerb::Install),
    ("install-new-recommends", OsVerb::Install),
    ("source-install", OsVerb::Install),
    ("si", OsVerb::Install),
    ("remove", OsVerb::Remove),
    ("rm", OsVerb::Remove),
    ("refresh", OsVerb::Update),
    ("ref", OsVerb::Update),
    ("update", OsVerb::Upgrade),
    ("up", OsVerb::Upgrade),
    ("patch", OsVerb::Upgrade),
    ("dist-upgrade", OsVerb::Upgrade),
    ("dup", OsVerb::Upgrade),
];

const APK_VERBS: &[(&str, OsVerb)] = &[
    ("add", OsVerb::Install),
    ("del", OsVerb::Remove),
    ("update", OsVerb::Update),
    ("upgrade", OsVerb::Upgrade),
];

const MANAGERS: &[Manager] = &[
    Manager {
        programs: &["apt-get", "apt", "aptitude", "apt-fast", "nala"],
        family: OsManager::Apt,
        options: Grammar {
            tables: &[APT],
            prefixes: false,
        },
        verbs: APT_VERBS,
        dry: &["--simulate", "--download-only", "--print-uris"],
        lean: &["--no-install-recommends", "--without-recommends"],
    },
    Manager {
        programs: &["dnf", "yum", "microdnf", "tdnf", "dnf5", "dnf-3"],
        family: OsManager::Dnf,
        options: Grammar {
            tables: &[DNF],
            prefixes: true,
        },
        verbs: DNF_VERBS,
        dry: &["--downloadonly", "--assumeno"],
        lean: &[],
    },
    Manager {
        programs: &["zypper"],
        family: OsManager::Zypper,
        options: Grammar {
            tables: &[ZYPPER],
            prefixes: true,
        },
        verbs: ZYPPER_VERBS,
        dry: &["--dry-run", "--download-only"],
        lean: &["--no-recommends"],
    },
    Manager {
        programs: &["apk"],
        family: OsManager::Apk,
        options: Grammar {
            tables: &[APK],
            prefixes: false,
        },
        verbs: APK_VERBS,
        dry: &["--simulate"],
        lean: &[],
    },
];

/// Programs without subcommands, read by [`pacman`], [`dpkg`] and [`rpm`].
const OTHERS: &[&str] = &["pacman", "yay", "paru", "dpkg", "rpm"];

/// Whether the program installs packages of the operating system.
pub(super) fn is_manager(program: &str) -> bool {
    OTHERS.contains(&program)
        || MANAGERS
            .iter()
            .any(|manager| manager.programs.contains(&program))
}

/// What the command does; `words` begins with the program.
pub(super) fn actions(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let Some((program, args)) = words.split_first() else {
        return Vec::new();
    };
    let name = super::base_name(program);
    let mut install = match name {
        "dpkg" => dpkg(args),
        "rpm" => rpm(args),
        _ if OTHERS.contains(&name) => Some(pacman(args)),
        _ => MANAGERS
            .iter()
            .find(|manager| manager.programs.contains(&name))
            .map(|manager| manager.read(args)),
    };
    if let Some(install) = &mut install {
        name.clone_into(&mut install.program);
        install.incomplete |= call.fed && install.verb == OsVerb::Install;
    }
    install.map(Action::Os).into_iter().collect()
}

fn os_install(manager: OsManager, verb: OsVerb, packages: Vec<Text>) -> OsInstall {
    let incomplete = packages.iter().any(Text::has_hole);
    OsInstall {
        manager,
        program: String::new(),
        verb,
        packages,
        no_recommends: manager != OsManager::Apt,
        incomplete,
    }
}

impl Manager {
    fn read(&self, args: &[Text]) -> OsInstall {
        let line = parse(args, &self.options);
        let mut operands = line.operands.as_slice();
        let mut verb = self.verb(operands);
        operands = operands.get(1..).unwrap_or_default();
        // `dnf module install`, `dnf group install`.
        if self.family == OsManager::Dnf
            && matches!(
                line.operands.first().map(Text::as_str),
                Some("module" | "group" | "groups" | "environment")
            )
        {
            verb = self.verb(operands);
            operands = operands.get(1..).unwrap_or_default();
        }
        if line
            .operands
            .first()
            .is_some_and(|word| word.as_str() == "swap")
        {
            operands = operands.get(1..).unwrap_or_default();
        }
        if self.dry.iter().any(|option| line.has(option)) {
            verb = OsVerb::Other;
        }
        let packages = operands
            .iter()
            .filter(|word| self.installs(word))
            .cloned()
            .collect();
        let mut install = os_install(self.family, verb, packages);
        install.no_recommends = match self.family {
            OsManager::Apt => {
                self.lean.iter().any(|option| line.has(option)) || sets_recommends_off(&line)
            }
            OsManager::Zypper => self.lean.iter().any(|option| line.has(option)),
            _ => install.no_recommends,
        };
        install
    }

    fn verb(&self, operands: &[Text]) -> OsVerb {
        let word = operands.first().map_or("", Text::as_str);
        self.verbs
            .iter()
            .find(|(name, _)| *name == word)
            .map_or(OsVerb::Other, |(_, verb)| *verb)
    }

    /// apt's `name-` and apk's `!name` take a package away.
    fn installs(&self, word: &Text) -> bool {
        match self.family {
            OsManager::Apt => !word.as_str().ends_with('-'),
            OsManager::Apk => !word.as_str().starts_with('!'),
            _ => true,
        }
    }
}

/// `-o APT::Install-Recommends=false`.
fn sets_recommends_off(line: &Line) -> bool {
    line.all("--option").any(|option| {
        let option = option.as_str().to_ascii_lowercase();
        option
            .strip_prefix("apt::install-recommends=")
            .is_some_and(|value| matches!(value.trim_matches('"'), "0" | "false" | "no" | "off"))
    })
}

const PACMAN: &[Spec] = &[
    value(&["--root"]),
    value(&["--dbpath", "-b"]),
    value(&["--config"]),
    value(&["--cachedir"]),
    value(&["--arch"]),
    value(&["--color"]),
    value(&["--gpgdir"]),
    value(&["--hookdir"]),
    value(&["--logfile"]),
    value(&["--sysroot"]),
    value(&["--ignore"]),
    value(&["--ignoregroup"]),
    value(&["--overwrite"]),
    value(&["--assume-installed"]),
    value(&["--print-format"]),
    flag(&["--sync", "-S"]),
    flag(&["--upgrade", "-U"]),
    flag(&["--remove", "-R"]),
    flag(&["--query", "-Q"]),
    flag(&["--database", "-D"]),
    flag(&["--deptest", "-T"]),
    flag(&["--files", "-F"]),
    flag(&["--refresh", "-y"]),
    flag(&["--sysupgrade", "-u"]),
    flag(&["--search", "-s"]),
    flag(&["--info", "-i"]),
    flag(&["--list", "-l"]),
    flag(&["--groups", "-g"]),
    flag(&["--clean", "-c"]),
    flag(&["--print", "-p"]),
    flag(&["--downloadonly", "-w"]),
];

fn pacman(args: &[Text]) -> OsInstall {
    let line = parse(
        args,
        &Grammar {
            tables: &[PACMAN],
            prefixes: false,
        },
    );
    let looks = [
        "--search",
        "--info",
        "--list",
        "--groups",
        "--clean",
        "--print",
        "--downloadonly",
        "--query",
        "--files",
        "--deptest",
        "--database",
    ];
    let verb = if looks.iter().any(|option| line.has(option)) && !line.has("--remove") {
        OsVerb::Other
    } else if line.has("--sync") && line.operands.is_empty() {
        if line.has("--sysupgrade") {
            OsVerb::Upgrade
        } else {
            OsVerb::Update
        }
    } else if line.has("--sync") || line.has("--upgrade") {
        OsVerb::Install
    } else if line.has("--remove") {
        OsVerb::Remove
    } else {
        OsVerb::Other
    };
    os_install(OsManager::Pacman, verb, line.operands)
}

fn dpkg(args: &[Text]) -> Option<OsInstall> {
    let line = parse(
        args,
        &Grammar {
            tables: &[DPKG],
            prefixes: false,
        },
    );
    let verb = if line.has("--simulate") {
        OsVerb::Other
    } else if line.has("--install") || line.has("--unpack") {
        OsVerb::Install
    } else if line.has("--remove") || line.has("--purge") {
        OsVerb::Remove
    } else {
        return None;
    };
    Some(os_install(OsManager::Apt, verb, line.operands))
}

fn rpm(args: &[Text]) -> Option<OsInstall> {
    let line = parse(
        args,
        &Grammar {
            tables: &[RPM],
            prefixes: false,
        },
    );
    if ["--query", "--verify", "--import", "--eval", "--test"]
        .iter()
        .any(|option| line.has(option))
    {
        return None;
    }
    let verb = if line.has("--install") || line.has("--upgrade") || line.has("--freshen") {
        OsVerb::Install
    } else if line.has("--erase") {
        OsVerb::Remove
    } else {
        return None;
    };
    Some(os_install(OsManager::Dnf, verb, line.operands))
}

/// Name and version of a package word: `cuda-toolkit-12-1` and `12.1.0-1` of `cuda-toolkit-12-1=12.1.0-1`. The
/// architecture, apt's `/release` and apk's `@repository` are taken off; a package file tells both in its name.
pub fn os_package_name(word: &str) -> (&str, Option<&str>) {
    let file = word.split(['?', '#']).next().unwrap_or(word);
    let file_name = file.rsplit('/').next().unwrap_or(file);
    if let Some(stem) = file_name.strip_suffix(".deb") {
        let mut parts = stem.split('_');
        let name = parts.next().unwrap_or(stem);
        return (name, parts.next());
    }
    if let Some(stem) = file_name.strip_suffix(".rpm") {
        // name-version-release.arch
        let mut cut = stem.rmatch_indices('-').map(|(at, _)| at).skip(1);
        return match cut.next() {
            Some(at) => (&stem[..at], Some(&stem[at + 1..])),
            None => (stem, None),
        };
    }
    let end = word
        .find(['=', '<', '>', '~', '/', '@', ':'])
        .unwrap_or(word.len());
    let version = word
        .split_once('=')
        .map(|(_, version)| version.trim_start_matches('='));
    (&word[..end], version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::derive::packages::testing::World;

    fn show(install: &OsInstall) -> String {
        let packages: Vec<&str> = install.packages.iter().map(Text::as_str).collect();
        format!(
            "{:?} {:?} {}",
            install.manager,
            install.verb,
            packages.join(" ")
        )
        .trim_end()
        .to_owned()
    }

    #[test]
    fn installs_of_every_manager() {
        for (line, read) in [
            ("apt-get install -y gcc", "Apt Install gcc"),
            ("apt-get -y install gcc", "Apt Install gcc"),
            (
                "apt-get -yqq -o Dpkg::Options::=--force-confold install gcc",
                "Apt Install gcc",
            ),
            (
                "apt-get install -yt bookworm-backports gcc=12.1 libc6:i386 x/sid",
                "Apt Install gcc=12.1 libc6:i386 x/sid",
            ),
            ("apt-get -qq=2 install ./x.deb", "Apt Install ./x.deb"),
            (
                "apt install --no-install-recommends g++ gcc-",
                "Apt Install g++",
            ),
            ("/usr/bin/apt-get install -q 2", "Apt Install 2"),
            ("aptitude -y install gcc", "Apt Install gcc"),
            ("apt-get update", "Apt Update"),
            ("apt-get -s install gcc", "Apt Other gcc"),
            ("apt-get install --download-only gcc", "Apt Other gcc"),
            ("apt-get purge --autoremove gcc", "Apt Remove gcc"),
            ("apt-get dist-upgrade -y", "Apt Upgrade"),
            ("apt-get clean", "Apt Other"),
            ("yum -y --enablerepo epel install gcc", "Dnf Install gcc"),
            (
                "dnf install -y --setopt=install_weak_deps=False gcc",
                "Dnf Install gcc",
            ),
            (
                "dnf module install -y nvidia-driver:535",
                "Dnf Install nvidia-driver:535",
            ),
            ("dnf module enable nvidia-driver", "Dnf Other nvidia-driver"),
            ("yum groupinstall -y devel", "Dnf Install devel"),
            ("dnf -y group install devel", "Dnf Install devel"),
            ("dnf swap -y a b", "Dnf Install b"),
            (
                "dnf config-manager --add-repo https://x",
                "Dnf Other https://x",
            ),
            ("microdnf update", "Dnf Upgrade"),
            (
                "zypper --gpg-auto-import-keys -n in -t pattern devel",
                "Zypper Install devel",
            ),
            ("zypper ref", "Zypper Update"),
            (
                "apk add --no-cache -t .build gcc python3~3.11 !x",
                "Apk Install gcc python3~3.11",
            ),
            ("apk --virtual=.d -U add gcc", "Apk Install gcc"),
            ("apk del .build", "Apk Remove .build"),
            ("pacman -Syu --noconfirm cuda", "Pacman Install cuda"),
            ("pacman -Sy", "Pacman Update"),
            ("pacman --noconfirm -Syu", "Pacman Upgrade"),
            ("pacman -Rns cuda", "Pacman Remove cuda"),
            ("pacman -Scc", "Pacman Other"),
            ("pacman -S --needed --ignore x cuda", "Pacman Install cuda"),
            (
                "dpkg -i cuda-keyring_1.1-1_all.deb",
                "Apt Install cuda-keyring_1.1-1_all.deb",
            ),
            ("rpm -Uvh https://x/y.rpm", "Dnf Install https://x/y.rpm"),
        ] {
            assert_eq!(show(&World::new().os(line)), read, "{line}");
        }
        assert!(World::new().run("dpkg --add-architecture i386").is_empty());
        assert!(World::new().run("rpm --import https://x").is_empty());
    }

    #[test]
    fn recommended_packages_and_unknown_words() {
        assert!(
            World::new()
                .os("apt-get install --no-install-recommends x")
                .no_recommends
        );
        assert!(
            World::new()
                .os("apt-get -o APT::Install-Recommends=false install x")
                .no_recommends
        );
        assert!(!World::new().os("apt-get install x").no_recommends);
        let install = World::new().os("apt-get install -y $ cuda-$");
        assert!(install.incomplete);
        assert_eq!(install.packages.len(), 2);
    }

    #[test]
    fn package_words_have_a_name_and_perhaps_a_version() {
        for (word, name) in [
            ("cuda-toolkit-12-1", ("cuda-toolkit-12-1", None)),
            (
                "libcudnn8=8.9.0.131-1+cuda12.1",
                ("libcudnn8", Some("8.9.0.131-1+cuda12.1")),
            ),
            ("libc6:i386", ("libc6", None)),
            ("gcc/sid", ("gcc", None)),
            (
                "./cuda-keyring_1.1-1_all.deb",
                ("cuda-keyring", Some("1.1-1")),
            ),
            (
                "https://x/cuda-repo-rhel9-12-1-local-12.1.0-1.x86_64.rpm",
                ("cuda-repo-rhel9-12-1-local", Some("12.1.0-1.x86_64")),
            ),
            ("python3~3.11", ("python3", None)),
        ] {
            assert_eq!(os_package_name(word), name, "{word}");
        }
    }
}
