//! The variables of a service's container, from the service, its env files, its Dockerfile and its image.

use compose::EnvironmentOrigin;
use source::Location;

use super::model::ServiceModel;

/// A variable of the container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable<'a> {
    /// Nothing sets it.
    Unset,
    /// It has this value.
    Set {
        /// The value.
        value: &'a str,
        /// Where that is written; `None` inside a published image.
        at: Option<Location>,
        /// Who sets it.
        by: By,
    },
    /// It may be set, or its value cannot be told.
    Unknown,
}

/// Who sets a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The Compose file or an env file of the service.
    Service,
    /// ENV in the Dockerfile.
    Dockerfile,
    /// The base image.
    Image,
}

impl<'a> Variable<'a> {
    /// The value, if it is known.
    pub fn value(&self) -> Option<&'a str> {
        match self {
            Self::Set { value, .. } => Some(value),
            Self::Unset | Self::Unknown => None,
        }
    }
}

impl<'a> ServiceModel<'a> {
    /// The value of a variable that the service itself sets, and where.
    pub fn own_variable(&self, name: &str) -> Option<(&'a str, Location)> {
        match self.variable(name) {
            Variable::Set {
                value,
                at: Some(at),
                by: By::Service,
            } => Some((value, at)),
            _ => None,
        }
    }

    /// What the container sees of a variable.
    pub fn variable(&self, name: &str) -> Variable<'a> {
        if let Some(variable) = self.compose.variable(name) {
            let Some(value) = &variable.value else {
                return Variable::Unknown;
            };
            // An inherited variable is another one on another machine.
            return if variable.origin == EnvironmentOrigin::Inherited {
                Variable::Unknown
            } else {
                Variable::Set {
                    value,
                    at: Some(variable.location),
                    by: By::Service,
                }
            };
        }
        if !self.compose.environment_complete
            || self.is_misspelt("environment")
            || self.is_misspelt("env_file")
        {
            return Variable::Unknown;
        }
        if let Some(stage) = self.contents.stage()
            && let Some(setting) = stage.env(name)
        {
            return match setting.value.known() {
                Some(value) => Variable::Set {
                    value,
                    at: Some(setting.at),
                    by: By::Dockerfile,
                },
                None => Variable::Unknown,
            };
        }
        if self.contents.is_scratch() {
            return Variable::Unset;
        }
        let Some(image) = self.contents.image() else {
            return Variable::Unknown;
        };
        match image.environment().find(|(set, _)| *set == name) {
            Some((_, value)) => Variable::Set {
                value,
                at: None,
                by: By::Image,
            },
            None if image.is_cpu() => Variable::Unset,
            None => Variable::Unknown,
        }
    }
}
