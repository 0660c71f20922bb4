//! One command of an installation.

/// Installers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// pip.
    Pip,
    /// uv's pip.
    Uv,
}

/// One command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Install {
    /// Requirements, in order.
    pub requirements: Vec<String>,
    /// The one index that they come from, in place of PyPI.
    pub index: Option<String>,
    /// Variables that it needs.
    pub environment: Vec<(&'static str, String)>,
    /// Whether it is built with what is already installed.
    pub no_build_isolation: bool,
}

impl Install {
    /// From PyPI.
    pub(super) fn of(requirements: impl IntoIterator<Item = String>) -> Self {
        Self {
            requirements: requirements.into_iter().collect(),
            ..Self::default()
        }
    }

    /// As a command line of a shell.
    #[must_use]
    pub fn command(&self, tool: Tool) -> String {
        let mut words: Vec<String> = Vec::new();
        for (name, value) in &self.environment {
            words.push(format!("{name}={}", quoted(value)));
        }
        words.push(match tool {
            Tool::Pip => "pip install".to_owned(),
            Tool::Uv => "uv pip install".to_owned(),
        });
        if self.no_build_isolation {
            words.push("--no-build-isolation".to_owned());
        }
        words.extend(self.requirements.iter().map(|word| quoted(word)));
        if let Some(index) = &self.index {
            words.push(format!("--index-url {index}"));
        }
        words.join(" ")
    }

    /// As an instruction of a Dockerfile.
    #[must_use]
    pub fn instruction(&self, tool: Tool) -> String {
        let command = self.command(tool);
        let (pip, uv) = ("pip install", "uv pip install");
        match tool {
            Tool::Pip => format!(
                "RUN {}",
                command.replacen(pip, "pip install --no-cache-dir", 1)
            ),
            Tool::Uv => format!(
                "RUN {}",
                command.replacen(uv, "uv pip install --system --no-cache", 1)
            ),
        }
    }
}

/// A word for a shell.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._=+/:@,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        let step = Install {
            requirements: vec!["jax[cuda12]".to_owned(), "torch==2.6.0".to_owned()],
            index: Some("https://download.pytorch.org/whl/cu124".to_owned()),
            environment: vec![("TORCH_CUDA_ARCH_LIST", "8.6;9.0".to_owned())],
            no_build_isolation: true,
        };
        assert_eq!(
            step.command(Tool::Pip),
            "TORCH_CUDA_ARCH_LIST='8.6;9.0' pip install --no-build-isolation 'jax[cuda12]' torch==2.6.0 \
             --index-url https://download.pytorch.org/whl/cu124"
        );
        assert!(
            step.instruction(Tool::Uv)
                .contains("' uv pip install --system --no-cache --no-build")
        );
        assert!(
            step.instruction(Tool::Pip)
                .starts_with("RUN TORCH_CUDA_ARCH_LIST='8.6;9.0' pip install --no-cache-dir")
        );
    }
}
