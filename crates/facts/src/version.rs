use std::fmt;
use std::str::FromStr;

/// A CUDA toolkit or runtime version, `major.minor`; the patch number decides nothing we follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CudaVersion {
    /// 12 of 12.1.
    pub major: u16,
    /// 1 of 12.1.
    pub minor: u16,
}

impl CudaVersion {
    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// The version of a wheel suffix: `cu118` is 11.8, `cu92` is 9.2, `cu1281` is 12.8.
    #[must_use]
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        let digits = suffix
            .strip_prefix("cu")
            .or_else(|| suffix.strip_prefix("cuda"))?;
        let digits = digits.split(['_', '-', '.']).next()?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let major_length = match digits.len() {
            2 => 1,
            3 | 4 => 2,
            _ => return None,
        };
        let major = digits[..major_length].parse().ok()?;
        let minor = digits[major_length..=major_length].parse().ok()?;
        Some(Self { major, minor })
    }

    /// `cu121`.
    #[must_use]
    pub fn suffix(self) -> String {
        format!("cu{}{}", self.major, self.minor)
    }
}

impl fmt::Display for CudaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for CudaVersion {
    type Err = ();

    /// `12.1`, `12.1.0`, `12.1.1-devel` is not one.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let mut number = || parts.next().and_then(|part| part.parse().ok()).ok_or(());
        let (major, minor) = (number()?, number()?);
        parts
            .all(|part| part.bytes().all(|b| b.is_ascii_digit()))
            .then_some(Self { major, minor })
            .ok_or(())
    }
}

/// A Linux driver version: `535.104.05`, or a branch such as `535`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DriverVersion(Vec<u32>);

impl DriverVersion {
    /// The branch: 535 of 535.104.05.
    #[must_use]
    pub fn branch(&self) -> u32 {
        self.0.first().copied().unwrap_or_default()
    }

    /// Whether only the branch is given: 535.
    #[must_use]
    pub fn is_branch(&self) -> bool {
        self.0.len() == 1
    }
}

impl FromStr for DriverVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let parts: Option<Vec<u32>> = text
            .trim()
            .split('.')
            .map(|part| part.parse().ok())
            .collect();
        parts
            .filter(|parts| parts.first().is_some_and(|&branch| branch >= 100))
            .map(Self)
            .ok_or(())
    }
}

impl fmt::Display for DriverVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in self.0.iter().enumerate() {
            match index {
                0 => write!(f, "{part}")?,
                1 => write!(f, ".{part}")?,
                _ => write!(f, ".{part:02}")?,
            }
        }
        Ok(())
    }
}

/// What a GPU can execute: 8.6 is `sm_86`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComputeCapability {
    /// 8 of 8.6.
    pub major: u16,
    /// 6 of 8.6.
    pub minor: u16,
}

impl ComputeCapability {
    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }

    /// From `8.6`, `86`, `sm_86`, `compute_86`, `sm_90a`, `8.6+PTX`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text
            .strip_prefix("sm_")
            .or_else(|| text.strip_prefix("compute_"))
            .unwrap_or(text);
        let text = text.split(['+', '-']).next()?;
        let text = text.trim_end_matches(['a', 'f']);
        if let Some((major, minor)) = text.split_once('.') {
            return Some(Self {
                major: major.parse().ok()?,
                minor: minor.parse().ok()?,
            });
        }
        let all_digits = (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let split = text.len().checked_sub(1).filter(|_| all_digits)?;
        Some(Self {
            major: text[..split].parse().ok()?,
            minor: text[split..].parse().ok()?,
        })
    }

    /// `sm_86`.
    #[must_use]
    pub fn sm(self) -> String {
        format!("sm_{}{}", self.major, self.minor)
    }
}

impl fmt::Display for ComputeCapability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_versions_without_dots() {
        assert_eq!(
            CudaVersion::from_suffix("cu118"),
            Some(CudaVersion::new(11, 8))
        );
        assert_eq!(
            CudaVersion::from_suffix("cu92"),
            Some(CudaVersion::new(9, 2))
        );
        assert_eq!(
            CudaVersion::from_suffix("cu1281"),
            Some(CudaVersion::new(12, 8))
        );
        assert_eq!(CudaVersion::from_suffix("cuda"), None);
        assert_eq!(CudaVersion::from_suffix("cpu"), None);
    }

    #[test]
    fn drivers_compare_by_number() {
        let driver = |text: &str| text.parse::<DriverVersion>().unwrap();
        assert!(driver("535.54.03") < driver("535.104.05"));
        assert!(driver("525") < driver("525.60.13"));
        assert_eq!(driver("535.104.05").to_string(), "535.104.05");
    }

    #[test]
    fn capabilities_are_read_in_every_spelling() {
        let wanted = Some(ComputeCapability {
            major: 12,
            minor: 0,
        });
        for text in [
            "12.0",
            "120",
            "sm_120",
            "compute_120",
            "sm_120a",
            "12.0+PTX",
        ] {
            assert_eq!(ComputeCapability::parse(text), wanted, "{text}");
        }
        assert_eq!(ComputeCapability::parse("native"), None);
    }
}
