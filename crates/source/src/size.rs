//! How much a text makes a parser hold, told before it is parsed.

/// What a command or a line costs, in words.
const WORDS_IN_A_COMMAND: usize = 4;

/// More than this is not checked in a text whose words and commands are all kept. 5,000 lines of long commands have
/// 125,000, so that no file that people or generators write comes near; what is below takes less than 200 MB.
pub const MAX_PARTS: usize = 300_000;

/// No byte comes to more parts: a word of one letter alone in its line, or an operator after one.
pub const PARTS_OF_A_BYTE: usize = WORDS_IN_A_COMMAND + 1;

/// What is kept of a text when it is taken apart: its words, and some more for each of its lines and commands.
/// Comments of a line cost nothing.
pub fn parts(text: &str) -> usize {
    text.split('\n').map(parts_of_line).sum()
}

fn parts_of_line(line: &str) -> usize {
    let line = line.trim_ascii_start();
    if line.is_empty() || line.starts_with('#') {
        return 0;
    }
    let mut count = WORDS_IN_A_COMMAND;
    let mut last = Byte::Blank;
    for byte in line.bytes() {
        let this = Byte::of(byte);
        count += match this {
            Byte::Blank => 0,
            Byte::Operator if last != this => WORDS_IN_A_COMMAND,
            Byte::Operator => 0,
            Byte::Piece => 1,
            Byte::Word => usize::from(last != this),
        };
        last = this;
    }
    count
}

/// What is said of a file with more than `most` words and commands.
pub fn too_much(most: usize) -> String {
    let (thousands, rest) = (most / 1_000, most % 1_000);
    let thousands = match thousands / 1_000 {
        0 => thousands.to_string(),
        millions => format!("{millions},{:03}", thousands % 1_000),
    };
    format!("too much to check: more than {thousands},{rest:03} words and commands")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Blank,
    /// Ends a command; several in a row are one.
    Operator,
    /// Begins another piece of a word.
    Piece,
    Word,
}

impl Byte {
    fn of(byte: u8) -> Self {
        match byte {
            b';' | b'&' | b'|' | b'(' | b')' => Self::Operator,
            b'$' | b'=' | b'"' | b'\'' | b'`' | b'\\' => Self::Piece,
            byte if byte.is_ascii_whitespace() => Self::Blank,
            _ => Self::Word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_weigh_more_than_words_and_comments_nothing() {
        assert_eq!(parts("RUN a\n"), 6);
        assert_eq!(parts("# a comment of many words\n\n   # another\n"), 0);
        assert_eq!(parts("RUN a && b\n"), 11);
        assert_eq!(parts("ENV A=$B$C\n"), 4 + 2 + 1 + 4);
    }

    #[test]
    fn five_thousand_long_lines_are_far_below_the_limit() {
        let line = "RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-pip git curl \
                    && rm -rf /var/lib/apt/lists/*\n";
        assert!(parts(&line.repeat(5_000)) < MAX_PARTS / 2);
    }
}
