//! `if`, loops, `case`, groups and functions.

use super::Place;
use super::split::{Link, Splitter};

impl Splitter<'_> {
    /// Reads over `time` and `coproc` before a command. `time -f %e a` is a program with options of its own.
    fn timed(&mut self) -> bool {
        let start = self.at;
        if !(self.eat_word("time") || self.eat_word("coproc")) {
            return false;
        }
        self.blanks();
        while self.eat_word("-p") || self.eat_word("--") {
            self.blanks();
        }
        let is_word = self.byte(0) != Some(b'-');
        if !is_word {
            self.at = start;
        }
        is_word
    }

    /// One simple or compound command.
    pub(super) fn command(&mut self, link: Link, place: Place) {
        self.blanks();
        while self.timed() {}
        if self.byte(0) == Some(b'(') {
            if let Some(end) = self.arithmetic_end(self.at) {
                self.arithmetic(end, place);
            } else {
                self.at += 1;
                let inside = Place {
                    in_subshell: true,
                    ..place
                };
                self.parenthesised(inside);
            }
            return self.trailing_redirects(place);
        }
        let first = self.byte(0);
        if !matches!(first, Some(b'{' | b'i' | b'w' | b'u' | b'f' | b's' | b'c')) {
            return self.simple(link, place);
        }
        match self.bare_word() {
            "{" => {
                self.at += 1;
                self.nested(place);
                self.close("}", place);
            }
            "if" => self.conditional(place),
            word @ ("while" | "until") => {
                self.at += word.len();
                self.nested(Place {
                    in_loop: true,
                    ..condition(place)
                });
                self.loop_body(place);
            }
            "for" | "select" => self.for_loop(place),
            "case" => self.case(place),
            "function" => {
                self.at += "function".len();
                self.blanks();
                let name = self.bare_word().len();
                self.at += name;
                self.function_body(link, place);
            }
            _ => self.simple(link, place),
        }
    }

    /// The reserved word that ends a compound command, and its redirections.
    fn close(&mut self, word: &str, place: Place) {
        self.newlines();
        if !self.eat_word(word) {
            self.problem(self.at);
        }
        self.trailing_redirects(place);
    }

    fn conditional(&mut self, place: Place) {
        let branch = Place {
            in_branch: true,
            ..place
        };
        self.at += "if".len();
        loop {
            self.nested(condition(place));
            if !self.eat_word("then") {
                break;
            }
            self.nested(branch);
            if !self.eat_word("elif") {
                break;
            }
        }
        if self.eat_word("else") {
            self.nested(branch);
        }
        self.close("fi", place);
    }

    fn loop_body(&mut self, place: Place) {
        let inside = Place {
            in_loop: true,
            ..place
        };
        self.newlines();
        if self.eat_word("{") {
            self.nested(inside);
            return self.close("}", place);
        }
        if self.eat_word("do") {
            self.nested(inside);
        }
        self.close("done", place);
    }

    fn for_loop(&mut self, place: Place) {
        let word = self.bare_word().len();
        self.at += word;
        self.blanks();
        let arithmetic = (self.byte(0) == Some(b'('))
            .then(|| self.arithmetic_end(self.at))
            .flatten();
        if let Some(end) = arithmetic {
            self.arithmetic(end, place);
        } else {
            let name = self.bare_word().len();
            self.at += name;
            self.newlines();
            if self.eat_word("in") {
                self.words_aside(place);
            }
        }
        self.blanks();
        if self.byte(0) == Some(b';') {
            self.at += 1;
        }
        self.loop_body(place);
    }

    /// Words that are no command's; the substitutions in them are listed.
    fn words_aside(&mut self, place: Place) {
        let place = Place {
            failure_tolerated: true,
            ..place
        };
        loop {
            self.blanks();
            if self.word(place).is_none() {
                return;
            }
        }
    }

    fn case(&mut self, place: Place) {
        let aside = Place {
            failure_tolerated: true,
            ..place
        };
        let branch = Place {
            in_branch: true,
            ..place
        };
        self.at += "case".len();
        self.blanks();
        let _ = self.word(aside);
        self.newlines();
        if !self.eat_word("in") {
            self.problem(self.at);
        }
        loop {
            self.newlines();
            if self.at >= self.end || self.bare_word() == "esac" || !self.patterns(aside) {
                break;
            }
            self.nested(branch);
            match (self.byte(0), self.byte(1), self.byte(2)) {
                (Some(b';'), Some(b';'), Some(b'&')) => self.at += 3,
                (Some(b';'), Some(b';' | b'&'), _) => self.at += 2,
                _ => break,
            }
        }
        self.close("esac", place);
    }

    /// `(a|b)` or `a|b)`; false where the text is no pattern.
    fn patterns(&mut self, place: Place) -> bool {
        if self.byte(0) == Some(b'(') {
            self.at += 1;
        }
        let mut complete = false;
        loop {
            self.blanks();
            let at = self.at;
            match self.byte(0) {
                Some(b')') => {
                    self.at += 1;
                    return true;
                }
                Some(b'|') => {
                    self.at += 1;
                    complete = false;
                }
                _ if self.word(place).is_some() => {
                    if complete {
                        self.problem(at);
                    }
                    complete = true;
                }
                _ => {
                    self.problem(self.at);
                    return false;
                }
            }
        }
    }

    /// `()`, when written, and the body, which may be any command.
    pub(super) fn function_body(&mut self, link: Link, place: Place) {
        self.blanks();
        if self.byte(0) == Some(b'(') {
            self.at += 1;
            self.blanks();
            if self.byte(0) == Some(b')') {
                self.at += 1;
            }
        }
        self.newlines();
        if self.deeper() {
            let inside = Place {
                in_function: true,
                ..place
            };
            self.command(link, inside);
            self.depth -= 1;
        }
    }

    /// Redirections behind a compound command belong to no command we list.
    fn trailing_redirects(&mut self, place: Place) {
        loop {
            self.blanks();
            if self.redirect(None, place).is_none() {
                return;
            }
        }
    }
}

fn condition(place: Place) -> Place {
    Place {
        in_condition: true,
        failure_tolerated: true,
        ..place
    }
}
