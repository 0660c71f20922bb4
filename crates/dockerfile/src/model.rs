//! What a parsed Dockerfile is made of.

use std::ops::Range;

use source::Span;

use crate::Word;

/// A parsed Dockerfile. Parsing never fails: what could not be read is in `problems`.
#[derive(Clone, Debug, Default)]
pub struct Dockerfile {
    /// `# syntax=`, `# escape=`, `# check=` at the top.
    pub directives: Vec<Directive>,
    /// The continuation character: `\` or a backtick.
    pub escape: char,
    /// All instructions in order, stages not yet separated.
    pub instructions: Vec<Instruction>,
    /// Every comment, from `#` to the end of its line, those inside continued instructions too.
    pub comments: Vec<Span>,
    /// What BuildKit would reject, in source order.
    pub problems: Vec<Problem>,
}

impl Dockerfile {
    /// The instructions before the first FROM: the global ARGs, and what has no stage.
    pub fn preamble(&self) -> &[Instruction] {
        let end = self
            .instructions
            .iter()
            .position(|instruction| instruction.keyword == Keyword::From);
        &self.instructions[..end.unwrap_or(self.instructions.len())]
    }

    /// One range of `instructions` for each FROM, which is its first, in order.
    pub fn stages(&self) -> Vec<Range<usize>> {
        let starts = self.instructions.iter().enumerate();
        let mut stages: Vec<Range<usize>> = starts
            .filter(|(_, instruction)| instruction.keyword == Keyword::From)
            .map(|(index, _)| index..self.instructions.len())
            .collect();
        for index in 1..stages.len() {
            stages[index - 1].end = stages[index].start;
        }
        stages
    }
}

/// A parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Lower-case name.
    pub name: String,
    /// Value without surrounding blanks.
    pub value: String,
    /// The whole comment line.
    pub span: Span,
}

/// Which of BuildKit's passes rejects a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The line grammar: nothing of the file is used.
    Syntax,
    /// The meaning of one instruction.
    Semantic,
    /// How stages use each other.
    Stages,
}

/// Something that BuildKit rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which pass rejects it.
    pub kind: ProblemKind,
    /// BuildKit's reason, without the position.
    pub message: String,
    /// The smallest text that is wrong.
    pub span: Span,
    /// 1-based line as BuildKit reports it.
    pub line: u32,
}

/// Text joined from continued lines, comments and line breaks removed, that knows where each byte came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logical {
    text: String,
    /// (offset in `text`, offset in the source) at each start of an unbroken run of bytes; sorted.
    map: Vec<(u32, u32)>,
}

impl Logical {
    /// No text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Text that stands unbroken in the source at `offset`.
    pub fn contiguous(text: impl Into<String>, offset: u32) -> Self {
        Self {
            text: text.into(),
            map: vec![(0, offset)],
        }
    }

    /// Appends text that stands at `offset` in the source. An empty one gives a place to a text still empty.
    pub fn push(&mut self, text: &str, offset: u32) {
        if text.is_empty() && !self.map.is_empty() {
            return;
        }
        let at = self.text.len() as u32;
        let joins = self
            .map
            .last()
            .is_some_and(|&(logical, source)| source + (at - logical) == offset);
        if !joins {
            self.map.push((at, offset));
        }
        self.text.push_str(text);
    }

    /// The joined text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part `range` as text of its own.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Self {
        let Some(text) = self.text.get(range.clone()) else {
            return Self::default();
        };
        let start = range.start as u32;
        let first = self
            .map
            .partition_point(|&(logical, _)| logical <= start)
            .saturating_sub(1);
        let map = self.map[first.min(self.map.len())..]
            .iter()
            .take_while(|&&(logical, _)| (logical as usize) < range.end.max(range.start + 1))
            .map(|&(logical, source)| {
                if logical <= start {
                    (0, source + (start - logical))
                } else {
                    (logical - start, source)
                }
            })
            .collect();
        Self {
            text: text.to_owned(),
            map,
        }
    }

    /// `range` cut where its bytes do not stand side by side in the source.
    pub fn runs(&self, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let first = self
            .map
            .partition_point(|&(logical, _)| logical as usize <= range.start);
        let mut start = range.start;
        let end = range.end;
        let mut index = first;
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let next = self
                .map
                .get(index)
                .map_or(end, |&(logical, _)| (logical as usize).min(end));
            index += 1;
            let piece = start..next;
            start = next;
            Some(piece)
        })
    }

    /// The source offset of the byte at `offset` in the text.
    pub fn source_offset(&self, offset: usize) -> u32 {
        let offset = offset as u32;
        let index = self
            .map
            .partition_point(|&(logical, _)| logical <= offset)
            .saturating_sub(1);
        self.map.get(index).map_or(0, |&(logical, source)| {
            source + offset.saturating_sub(logical)
        })
    }

    /// The source bytes from the first to the last byte of `range`; covers line breaks and comments between.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.source_offset(range.start);
        if range.end <= range.start {
            return Span::empty(start);
        }
        Span::new(start, self.source_offset(range.end - 1) + 1)
    }
}

/// The keyword of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is the keyword of that name")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// Not an instruction; the text as written.
    Unknown(String),
}

impl Keyword {
    /// All instructions by name, sorted.
    pub const NAMES: &'static [&'static str] = &[
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];

    /// The keyword written as `text`, in any case.
    pub fn from_text(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "ADD" => Self::Add,
            "ARG" => Self::Arg,
            "CMD" => Self::Cmd,
            "COPY" => Self::Copy,
            "ENTRYPOINT" => Self::Entrypoint,
            "ENV" => Self::Env,
            "EXPOSE" => Self::Expose,
            "FROM" => Self::From,
            "HEALTHCHECK" => Self::Healthcheck,
            "LABEL" => Self::Label,
            "MAINTAINER" => Self::Maintainer,
            "ONBUILD" => Self::Onbuild,
            "RUN" => Self::Run,
            "SHELL" => Self::Shell,
            "STOPSIGNAL" => Self::Stopsignal,
            "USER" => Self::User,
            "VOLUME" => Self::Volume,
            "WORKDIR" => Self::Workdir,
            _ => Self::Unknown(text.to_owned()),
        }
    }

    /// Upper case, or the text as written when unknown.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Add => "ADD",
            Self::Arg => "ARG",
            Self::Cmd => "CMD",
            Self::Copy => "COPY",
            Self::Entrypoint => "ENTRYPOINT",
            Self::Env => "ENV",
            Self::Expose => "EXPOSE",
            Self::From => "FROM",
            Self::Healthcheck => "HEALTHCHECK",
            Self::Label => "LABEL",
            Self::Maintainer => "MAINTAINER",
            Self::Onbuild => "ONBUILD",
            Self::Run => "RUN",
            Self::Shell => "SHELL",
            Self::Stopsignal => "STOPSIGNAL",
            Self::User => "USER",
            Self::Volume => "VOLUME",
            Self::Workdir => "WORKDIR",
            Self::Unknown(text) => text,
        }
    }
}

/// One instruction with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// Which instruction.
    pub keyword: Keyword,
    /// The keyword's bytes.
    pub keyword_span: Span,
    /// From the keyword to the end of the last line, heredoc bodies and terminators included, final line break
    /// excluded.
    pub span: Span,
    /// 1-based first line, as BuildKit counts.
    pub first_line: u32,
    /// 1-based last line, heredoc bodies and their terminators included.
    pub last_line: u32,
    /// The whole instruction as BuildKit joins it (keyword, flags and arguments).
    pub logical: Logical,
    /// `--name=value` words before the arguments.
    pub flags: Vec<Flag>,
    /// Arguments as BuildKit splits them for this keyword. JSON form: the strings. Shell-form RUN, CMD,
    /// ENTRYPOINT: the whole command as one word, nothing in it taken for a variable.
    pub args: Vec<Word>,
    /// Whether the arguments were written as a JSON array that BuildKit accepts.
    pub json: bool,
    /// Whether one of its lines is longer than BuildKit reads, so that no build comes to it.
    pub too_long: bool,
    /// Heredocs in the order they were opened.
    pub heredocs: Vec<Heredoc>,
    /// The arguments by meaning.
    pub kind: Kind,
}

impl Instruction {
    /// The flag with this name, without the dashes, lower case.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }
}

/// A flag such as `--from=builder` or `--link`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Name without dashes.
    pub name: String,
    /// What follows `=`.
    pub value: Option<Word>,
    /// The whole word.
    pub span: Span,
}

/// A here-document of RUN, COPY or ADD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The terminator, unquoted.
    pub name: String,
    /// Whether BuildKit expands variables in the body, as it does for COPY and ADD: the terminator holds no
    /// quotes. For RUN the shell decides, to which a backslash quotes as well.
    pub expand: bool,
    /// `<<-`: leading tabs are removed.
    pub strip_tabs: bool,
    /// File descriptor of `N<<EOF`; 0 when not written.
    pub descriptor: u32,
    /// The word that opened it, such as `<<EOF`.
    pub opener: Span,
    /// The body, with each line's bytes; tabs removed where asked for. Lines end in `\n` alone. Empty when
    /// the terminator is missing.
    pub body: Logical,
    /// Whether the terminator was found.
    pub terminated: bool,
}

/// The arguments of an instruction by meaning. `Other` where they are invalid or of no further interest.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `FROM`.
    From(From),
    /// `ARG`.
    Arg(Vec<ArgDeclaration>),
    /// `ENV`.
    Env(Vec<EnvPair>),
    /// `LABEL`.
    Label(Vec<EnvPair>),
    /// `RUN`.
    Run(Run),
    /// `CMD`.
    Cmd(Run),
    /// `ENTRYPOINT`.
    Entrypoint(Run),
    /// `SHELL`: the words of its JSON array.
    Shell(Vec<Word>),
    /// `COPY`.
    Copy(Copy),
    /// `ADD`.
    Add(Copy),
    /// `WORKDIR`.
    Workdir(Word),
    /// `USER`.
    User(Word),
    /// `ONBUILD` and the instruction it holds.
    Onbuild(Box<Instruction>),
    /// Anything else.
    Other,
}

/// `FROM image [AS name]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct From {
    /// The image, or a stage's name.
    pub image: Word,
    /// The stage's own name as written.
    pub name: Option<Word>,
    /// The value of `--platform`.
    pub platform: Option<Word>,
}

/// One name of an `ARG` instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgDeclaration {
    /// The variable.
    pub name: String,
    /// The bytes of the name.
    pub name_span: Span,
    /// The default after `=`.
    pub default: Option<Word>,
}

/// One `key=value` of ENV or LABEL, or the pair of the old `ENV key value` form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvPair {
    /// The variable; LABEL keys may be expanded.
    pub key: Word,
    /// Its value; the raw text, quotes not yet removed.
    pub value: Word,
    /// `key value` without `=`.
    pub legacy: bool,
    /// Key, `=` and value.
    pub span: Span,
}

/// What RUN, CMD or ENTRYPOINT executes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// A command for the SHELL, joined from its lines; heredocs of the instruction feed it.
    Shell(Logical),
    /// A JSON array: program and arguments, no shell.
    Exec(Vec<Word>),
    /// A RUN that is nothing but a heredoc: its body is the script, run by the SHELL or by the program named
    /// in its `#!` line.
    Script {
        /// The words after `#!`, when there is such a line.
        interpreter: Option<String>,
        /// The body.
        body: Logical,
    },
}

/// COPY and ADD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Paths, globs, URLs or heredoc openers.
    pub sources: Vec<Word>,
    /// Where they go.
    pub destination: Word,
    /// The value of `--from`.
    pub from: Option<Word>,
}
