//! Package managers of operating systems: apt, dnf, zypper, apk, pacman and their relatives.

mod tables;

use crate::action::{Action, OsInstall, OsManager, OsVerb};
use crate::call::Call;
use crate::os::tables::{DPKG, MANAGERS, Manager, PACMAN, RPM};
use crate::program::base_name;
use crate::text::Text;
use crate::words::options::{Grammar, Line, parse};

/// Programs without subcommands, read by [`pacman`], [`dpkg`] and [`rpm`].
const OTHERS: &[&str] = &["pacman", "yay", "paru", "dpkg", "rpm"];

/// Whether the program installs packages of the operating system.
pub(crate) fn is_manager(program: &str) -> bool {
    OTHERS.contains(&program)
        || MANAGERS
            .iter()
            .any(|manager| manager.programs.contains(&program))
}

/// What the command does; `words` begins with the program.
pub(crate) fn actions(call: &Call<'_>, words: &[Text]) -> Vec<Action> {
    let Some((program, args)) = words.split_first() else {
        return Vec::new();
    };
    let name = base_name(program.as_str());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

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
}
