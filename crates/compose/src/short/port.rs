use std::net::IpAddr;

/// Checks `[[ip:]host:]container[/protocol]`; the error is Compose's reason.
pub(crate) fn check_port(text: &str) -> Result<(), String> {
    let (rest, container) = match text.rsplit_once(':') {
        Some((rest, container)) => (Some(rest), container),
        None => (None, text),
    };
    let (ip, host) = match rest {
        None => ("", ""),
        Some(rest) => rest.rsplit_once(':').unwrap_or(("", rest)),
    };
    let (port, protocol) = container.split_once('/').unwrap_or((container, ""));
    if port.is_empty() {
        return Err(format!("no port specified: {text}<empty>"));
    }
    let protocol = protocol.to_ascii_lowercase();
    if !matches!(protocol.as_str(), "" | "tcp" | "udp" | "sctp") {
        return Err(format!("invalid proto: {protocol}"));
    }
    let bare = ip
        .strip_prefix('[')
        .and_then(|inner| inner.strip_suffix(']'))
        .unwrap_or(ip);
    let zoneless = bare.split('%').next().unwrap_or(bare);
    if !ip.is_empty() && zoneless.parse::<IpAddr>().is_err() {
        return Err(format!("invalid IP address: {ip}"));
    }
    let inside = range(port).ok_or_else(|| format!("invalid containerPort: {port}"))?;
    if !host.is_empty() {
        let outside = range(host).ok_or_else(|| format!("invalid hostPort: {host}"))?;
        if inside != outside && inside != 0 {
            return Err(format!(
                "invalid ranges specified for container and host Ports: {port} and {host}"
            ));
        }
    }
    Ok(())
}

/// How many ports a range spans beyond its first.
fn range(text: &str) -> Option<u16> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    match text.split_once('-') {
        Some((first, last)) => number(last)?.checked_sub(number(first)?),
        None => number(text).map(|_| 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_checked_as_compose_checks_them() {
        for text in [
            "80",
            "8080:80",
            "127.0.0.1:8080:80/udp",
            "127.0.0.1::80",
            "[::1]:8080:80",
            "8000-8010:80",
            "8000-8010:9000-9010",
        ] {
            assert_eq!(check_port(text), Ok(()), "{text}");
        }
        for (text, reason) in [
            ("8080:", "no port specified: 8080:<empty>"),
            ("a:80", "invalid hostPort: a"),
            ("80:b", "invalid containerPort: b"),
            ("80/ftp", "invalid proto: ftp"),
            ("300.1.1.1:80:80", "invalid IP address: 300.1.1.1"),
            ("70000:80", "invalid hostPort: 70000"),
            (
                "8000-8001:9000-9005",
                "invalid ranges specified for container and host Ports: 9000-9005 and 8000-8001",
            ),
        ] {
            assert_eq!(check_port(text), Err(reason.to_owned()), "{text}");
        }
    }
}
