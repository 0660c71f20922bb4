use std::fmt;

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The value of a mapping key.
    Key(Box<str>),
    /// The item of a sequence, counted from 0.
    Item(usize),
}

/// Where a value stands in the merged project: `services.web.ports.0`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPath(pub Vec<Step>);

impl KeyPath {
    /// Whether the path fits a dotted pattern. `*` stands for any one step, a final `**` for any rest,
    /// even none.
    pub fn matches(&self, pattern: &str) -> bool {
        let mut steps = self.0.iter();
        for part in pattern.split('.') {
            if part == "**" {
                return true;
            }
            match steps.next() {
                Some(Step::Key(key)) if part == "*" || &**key == part => {}
                Some(Step::Item(_)) if part == "*" => {}
                _ => return false,
            }
        }
        steps.next().is_none()
    }

    /// The service that the path lies in.
    pub fn service(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Step::Key(top), Step::Key(name), ..] if &**top == "services" => Some(name),
            _ => None,
        }
    }

    /// The key that the path ends in; `None` at an item and at the root.
    pub fn last_key(&self) -> Option<&str> {
        match self.0.last()? {
            Step::Key(key) => Some(key),
            Step::Item(_) => None,
        }
    }
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            match step {
                Step::Key(key) => f.write_str(key)?,
                Step::Item(item) => write!(f, "{item}")?,
            }
        }
        Ok(())
    }
}

/// The way from the root to the value at hand, kept on the stack while walking.
#[derive(Clone, Copy)]
pub(crate) enum Trail<'a> {
    Root,
    Key(&'a Self, &'a str),
    Item(&'a Self, usize),
}

impl Trail<'_> {
    pub(crate) fn to_path(self) -> KeyPath {
        let mut steps = Vec::new();
        let mut at = &self;
        loop {
            match at {
                Trail::Root => break,
                Trail::Key(parent, key) => {
                    steps.push(Step::Key((*key).into()));
                    at = parent;
                }
                Trail::Item(parent, item) => {
                    steps.push(Step::Item(*item));
                    at = parent;
                }
            }
        }
        steps.reverse();
        KeyPath(steps)
    }
}

/// Rules by dotted pattern, found step by step while a tree is walked.
pub(crate) struct PathTable<T> {
    nodes: Vec<TableNode<T>>,
}

struct TableNode<T> {
    rule: Option<T>,
    children: Vec<(&'static str, Cursor)>,
}

/// A place in a [`PathTable`]; `None` once no pattern fits any more.
pub(crate) type Cursor = Option<usize>;

/// The root of every table.
pub(crate) const ROOT: Cursor = Some(0);

impl<T> PathTable<T> {
    /// A table of patterns; `*` stands for any one step.
    pub(crate) fn new(rules: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut table = Self {
            nodes: vec![TableNode {
                rule: None,
                children: Vec::new(),
            }],
        };
        for (pattern, rule) in rules {
            let mut at = 0;
            for part in pattern.split('.') {
                at = table.child_or_new(at, part);
            }
            table.nodes[at].rule = Some(rule);
        }
        table
    }

    fn child_or_new(&mut self, at: usize, part: &'static str) -> usize {
        let known = self.nodes[at].children.iter().find(|(key, _)| *key == part);
        if let Some((_, Some(child))) = known {
            return *child;
        }
        let child = self.nodes.len();
        self.nodes.push(TableNode {
            rule: None,
            children: Vec::new(),
        });
        self.nodes[at].children.push((part, Some(child)));
        child
    }

    /// One step further: by this key, else by `*`.
    pub(crate) fn step(&self, at: Cursor, key: &str) -> Cursor {
        let children = &self.nodes[at?].children;
        let exact = children.iter().find(|(part, _)| *part == key);
        let child = exact.or_else(|| children.iter().find(|(part, _)| *part == "*"));
        child.and_then(|(_, child)| *child)
    }

    /// The rule for the path walked so far.
    pub(crate) fn rule(&self, at: Cursor) -> Option<&T> {
        self.nodes[at?].rule.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> KeyPath {
        let step = |part: &str| match part.parse() {
            Ok(item) => Step::Item(item),
            Err(_) => Step::Key(part.into()),
        };
        KeyPath(text.split('.').map(step).collect())
    }

    #[test]
    fn patterns_fit_keys_items_and_rests() {
        let count = path("services.a.deploy.resources.reservations.devices.0.count");
        assert!(count.matches("services.*.deploy.resources.reservations.devices.*.count"));
        assert!(count.matches("services.*.deploy.**"));
        assert!(!count.matches("services.*.deploy"));
        assert!(!count.matches("services.*.gpus.**"));
        assert_eq!(count.service(), Some("a"));
        assert_eq!(
            count.to_string(),
            "services.a.deploy.resources.reservations.devices.0.count"
        );
    }

    #[test]
    fn tables_prefer_the_named_step() {
        let table = PathTable::new([("services.*.build", 1), ("services.*.build.args", 2)]);
        let service = table.step(table.step(ROOT, "services"), "web");
        let build = table.step(service, "build");
        assert_eq!(table.rule(build), Some(&1));
        assert_eq!(table.rule(table.step(build, "args")), Some(&2));
        assert_eq!(table.rule(table.step(build, "target")), None);
    }
}
