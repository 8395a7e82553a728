//! Picks the wanted fields out of one JSON object and skips everything else unseen.
//!
//! One pass over the bytes, no tree: a string that is wanted is decoded once, a value that is not is only stepped over
//! (to any depth, without recursion).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Number of fields that can be wanted at once.
pub(super) const SLOTS: usize = 6;

/// What a record held in a wanted field.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Found {
    #[default]
    Missing,
    Null,
    Text(String),
    /// A number, as digits.
    Number(String),
    /// Something else, in words.
    Other(&'static str),
}

/// Where the wanted fields stand in an object.
#[derive(Debug, Default)]
pub(super) struct Plan {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    name: String,
    /// The slots that want the value of this key, each with the number of objects entered to get here.
    slots: Vec<(usize, u8)>,
    inside: Node,
}

impl Plan {
    /// A plan from field names in the order of slots; dots lead into nested objects, a literal key with a dot wins.
    pub(super) fn new(names: [Option<&str>; SLOTS]) -> Plan {
        let mut plan = Plan::default();
        for (slot, name) in names.iter().enumerate() {
            if let Some(name) = name {
                plan.root.want(name, slot, 0);
            }
        }
        plan
    }

    /// The wanted fields of the JSON object in `text`.
    pub(super) fn pick(&self, text: &str) -> serde_json::Result<[Found; SLOTS]> {
        let mut picked = Picked { found: Default::default(), depth: [u8::MAX; SLOTS] };
        let mut json = serde_json::Deserializer::from_str(text);
        Object { node: &self.root, depth: 0, out: &mut picked }.deserialize(&mut json)?;
        json.end()?;
        Ok(picked.found)
    }
}

impl Node {
    fn want(&mut self, path: &str, slot: usize, depth: u8) {
        self.key(path).slots.push((slot, depth));
        for (dot, _) in path.match_indices('.') {
            self.key(&path[..dot]).inside.want(&path[dot + 1..], slot, depth.saturating_add(1));
        }
    }

    fn key(&mut self, name: &str) -> &mut Key {
        let at = self.keys.iter().position(|key| key.name == name).unwrap_or_else(|| {
            self.keys.push(Key {
                name: name.to_owned(),
                slots: Vec::new(),
                inside: Node::default(),
            });
            self.keys.len() - 1
        });
        &mut self.keys[at]
    }
}

struct Picked {
    found: [Found; SLOTS],
    /// Objects entered to find each: the fewest wins, and of equals the last, as everywhere in JSON.
    depth: [u8; SLOTS],
}

impl Picked {
    fn put(&mut self, slots: &[(usize, u8)], value: Found) {
        let (last, others) = match slots.split_last() {
            Some(split) => split,
            None => return,
        };
        for (slot, depth) in others {
            self.put_one(*slot, *depth, value.clone());
        }
        self.put_one(last.0, last.1, value);
    }

    fn put_one(&mut self, slot: usize, depth: u8, value: Found) {
        if depth <= self.depth[slot] {
            self.depth[slot] = depth;
            self.found[slot] = value;
        }
    }
}

struct Object<'a> {
    node: &'a Node,
    depth: u8,
    out: &'a mut Picked,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(wanted) = map.next_key_seed(Name(self.node))? {
            match wanted {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(at) => {
                    let key = &self.node.keys[at];
                    map.next_value_seed(Value { key, depth: self.depth, out: self.out })?;
                }
            }
        }
        Ok(())
    }
}

/// Finds a key among the wanted ones without keeping it.
struct Name<'a>(&'a Node);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.keys.iter().position(|key| key.name == name))
    }
}

struct Value<'a> {
    key: &'a Key,
    depth: u8,
    out: &'a mut Picked,
}

impl Value<'_> {
    fn put<E>(self, value: Found) -> Result<(), E> {
        self.out.put(&self.key.slots, value);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.put(Found::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.put(Found::Other(if value { "true" } else { "false" }))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.put(Found::Number(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.put(Found::Number(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.put(Found::Number(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        if self.key.slots.is_empty() { Ok(()) } else { self.put(Found::Text(value.to_owned())) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.put(Found::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.out.put(&self.key.slots, Found::Other("an object"));
        Object { node: &self.key.inside, depth: self.depth.saturating_add(1), out: self.out }
            .visit_map(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pick<const N: usize>(names: [&str; N], json: &str) -> Vec<Found> {
        let mut slots = [None; SLOTS];
        for (slot, name) in slots.iter_mut().zip(names) {
            *slot = Some(name);
        }
        Plan::new(slots).pick(json).unwrap()[..N].to_vec()
    }

    fn text(value: &str) -> Found {
        Found::Text(value.to_owned())
    }

    #[test]
    fn wanted_fields_are_found_and_the_rest_is_skipped() {
        let json = r#"{"x":{"text":"no","deep":[{"a":[1,{"b":2}]}]},"text":"A \"quote\" \u00e9\n","id":7,"n":null,"b":true}"#;
        assert_eq!(
            pick(["text", "id", "n", "b", "none", "x"], json),
            [
                text("A \"quote\" é\n"),
                Found::Number("7".into()),
                Found::Null,
                Found::Other("true"),
                Found::Missing,
                Found::Other("an object")
            ]
        );
    }

    #[test]
    fn dots_lead_inside_and_a_literal_key_wins() {
        let json =
            r#"{"m":{"title":"in","a.b":"half"},"m.title":"literal","h":{"main":{"x":"deep"}}}"#;
        assert_eq!(
            pick(["m.title", "h.main.x", "m.a.b"], json),
            [text("literal"), text("deep"), text("half")]
        );
        let other_order = r#"{"m.title":"literal","m":{"title":"in"}}"#;
        assert_eq!(
            pick(["m.title", "m"], other_order),
            [text("literal"), Found::Other("an object")]
        );
    }

    #[test]
    fn one_field_can_fill_two_slots_and_the_last_of_equal_keys_counts() {
        assert_eq!(pick(["url", "url"], r#"{"url":"a","url":"b"}"#), [text("b"), text("b")]);
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        let plan = Plan::new([Some("text"), None, None, None, None, None]);
        for json in [
            "",
            "[1]",
            "7",
            "{\"text\":\"a\"",
            "{\"text\":\"a\"} x",
            "{\"text\":\"\\ud800\"}",
            "{\"a\":[}]}",
        ] {
            assert!(plan.pick(json).is_err(), "{json}");
        }
    }

    #[test]
    fn skipped_values_may_be_nested_very_deeply() {
        let json =
            format!("{{\"x\":{}{},\"text\":\"a\"}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(pick(["text"], &json), [text("a")]);
    }
}
