//! HTTP over Unix sockets, which may hang.

#![cfg_attr(
    unix,
    expect(clippy::disallowed_methods, reason = "this is the boundary")
)]

use std::time::Duration;

use super::super::{Reply, Trouble};

/// Asks in the background: connecting blocks while a server's queue is full.
#[cfg(unix)]
pub(super) fn get(socket: &str, path: &str, limit: Duration) -> Result<Reply, Trouble> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let (socket, path) = (socket.to_owned(), path.to_owned());
    std::thread::spawn(move || {
        let _ = sender.send(http::get(&socket, &path, limit));
    });
    receiver
        .recv_timeout(limit)
        .unwrap_or(Err(Trouble::TimedOut(limit)))
}

#[cfg(not(unix))]
pub(super) fn get(_: &str, _: &str, _: Duration) -> Result<Reply, Trouble> {
    Err(Trouble::Absent)
}

#[cfg(unix)]
mod http {
    use std::io::{self, Read as _, Write as _};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use super::super::super::{REPLY_LIMIT, Reply, Trouble};

    pub(super) fn get(socket: &str, path: &str, limit: Duration) -> Result<Reply, Trouble> {
        let bytes = exchange(socket, path, limit).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Trouble::TimedOut(limit),
            _ => Trouble::from(error),
        })?;
        if bytes.len() > REPLY_LIMIT {
            return Err(Trouble::TooLarge(REPLY_LIMIT));
        }
        parse(&bytes).ok_or_else(|| Trouble::Other("answered something that is no HTTP".to_owned()))
    }

    fn exchange(socket: &str, path: &str, limit: Duration) -> io::Result<Vec<u8>> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        // HTTP/1.0: the server closes the connection behind a body of one piece.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut bytes = Vec::new();
        stream
            .take(REPLY_LIMIT as u64 + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn parse(bytes: &[u8]) -> Option<Reply> {
        let (head, body) = split(bytes, b"\r\n\r\n")?;
        let head = std::str::from_utf8(head).ok()?.to_ascii_lowercase();
        let status = head.strip_prefix("http/1.")?.split(' ').nth(1)?;
        // Proxies may send pieces all the same.
        let body = if head.contains("transfer-encoding: chunked") {
            joined(body)
        } else {
            body.to_vec()
        };
        Some(Reply {
            status: status.parse().ok()?,
            body,
        })
    }

    /// The pieces of a chunked body, as far as they are whole.
    fn joined(mut rest: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some((size, after)) = split(rest, b"\r\n") {
            let size = std::str::from_utf8(size).unwrap_or_default();
            let size = size.split(';').next().unwrap_or_default().trim();
            let piece = usize::from_str_radix(size, 16)
                .ok()
                .filter(|size| *size > 0);
            let Some(piece) = piece.and_then(|size| after.get(..size)) else {
                break;
            };
            body.extend_from_slice(piece);
            rest = after.get(piece.len() + 2..).unwrap_or_default();
        }
        body
    }

    fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
        let start = bytes.windows(at.len()).position(|window| window == at)?;
        Some((&bytes[..start], &bytes[start + at.len()..]))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn bodies_come_whole_or_in_pieces() {
            let whole = parse(b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n{}").unwrap();
            assert_eq!((whole.status, whole.body.as_slice()), (200, &b"{}"[..]));
            let pieces = b"HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
            let pieces = parse(pieces).unwrap();
            assert_eq!(
                (pieces.status, pieces.body.as_slice()),
                (403, &b"abc0123456789"[..])
            );
            let cut =
                parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFF\r\nabc").unwrap();
            assert!(cut.body.is_empty());
            assert_eq!(parse(b"SSH-2.0-OpenSSH\r\n\r\n"), None);
            assert_eq!(parse(b"HTTP/1.1"), None);
        }
    }
}
