//! YAML as far as CDI specifications use it: one document, no aliases.

use granit_parser::{Event, Options, Parser};
use serde_json::{Map, Value};

/// The first document, with every scalar a string; or why there is none.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut options = Options::default();
    options.block_nesting_limit = 64;
    options.flow_nesting_limit = 64;
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut builder = Builder::default();
    while let Some(event) = parser.next_event() {
        let (event, _) = event.map_err(|error| error.info())?;
        if let Some(document) = builder.event(event)? {
            return Ok(document);
        }
    }
    Err("it is empty".to_owned())
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
}

enum Open {
    Sequence(Vec<Value>),
    /// A mapping, and the key that waits for its value.
    Mapping(Map<String, Value>, Option<String>),
}

impl Builder {
    /// Takes the next event; gives the document once it is whole.
    fn event(&mut self, event: Event<'_>) -> Result<Option<Value>, String> {
        let value = match event {
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => {
                self.open.push(Open::Sequence(Vec::new()));
                return Ok(None);
            }
            Event::MappingStart(..) => {
                self.open.push(Open::Mapping(Map::new(), None));
                return Ok(None);
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::Sequence(items)) => Value::Array(items),
                Some(Open::Mapping(members, _)) => Value::Object(members),
                None => return Ok(None),
            },
            Event::Alias(_) => return Err("it has aliases".to_owned()),
            _ => return Ok(None),
        };
        Ok(self.add(value))
    }

    /// Puts a value where it belongs, or gives it back where it is the whole document.
    fn add(&mut self, value: Value) -> Option<Value> {
        match self.open.last_mut() {
            None => return Some(value),
            Some(Open::Sequence(items)) => items.push(value),
            Some(Open::Mapping(members, key)) => match key.take() {
                Some(key) => {
                    members.insert(key, value);
                }
                None => *key = Some(value.as_str().unwrap_or_default().to_owned()),
            },
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_nest_and_scalars_are_strings() {
        let value =
            parse("kind: nvidia.com/gpu\ndevices:\n- name: \"0\"\n  nodes: [{major: 195}]\n");
        let expected = serde_json::json!({
            "kind": "nvidia.com/gpu",
            "devices": [{"name": "0", "nodes": [{"major": "195"}]}],
        });
        assert_eq!(value.unwrap(), expected);
        assert!(parse("").is_err());
        assert!(parse("a: [").is_err());
        assert!(parse("a: &x 1\nb: *x\n").is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
