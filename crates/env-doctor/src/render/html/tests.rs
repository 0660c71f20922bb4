use super::*;
use crate::render::testing;

fn text(report: &Report) -> String {
    testing::text(|out| render(report, out))
}

/// The page without its style, which says nothing about the findings.
fn body(report: &Report) -> String {
    let page = text(report).replace(facts::DATE, "[DATE]");
    let (_, body) = page.split_once("<body>\n").unwrap();
    body.replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
}

#[test]
fn a_report_shows_places_reasons_and_fixes() {
    insta::assert_snapshot!(body(&testing::report()), @r##"
    <header>
    <h1>env-doctor</h1>
    <p class="verdict error">1 error, 1 warning, 1 info (2 with a fix), 1 input not checked</p>
    </header>
    <form class="filters" aria-label="Show" autocomplete="off">
    <label class="error"><input type="checkbox" id="show-error" checked> 1 error</label>
    <label class="warning"><input type="checkbox" id="show-warning" checked> 1 warning</label>
    <label class="info"><input type="checkbox" id="show-info" checked> 1 info</label>
    <label><input type="checkbox" id="only-fixable"> only the 2 with a fix</label>
    </form>
    <nav aria-label="Files">
    <ul>
    <li><a href="#file-0">docker/Dockerfile</a> <span>2</span></li>
    <li><a href="#file-1">requirements.txt</a> <span>1</span></li>
    </ul>
    </nav>
    <main>
    <section class="failures">
    <h2>Not checked</h2>
    <ul>
    <li><code>broken/Dockerfile</code>: permission denied</li>
    </ul>
    </section>
    <section class="file" id="file-0">
    <h2><code>docker/Dockerfile</code> <span>2 findings</span></h2>
    <article class="finding error fixable" id="finding-1">
    <h3><span class="badge error">error</span> PyTorch for CUDA 12.1 next to a CUDA 11.8 compiler</h3>
    <p class="where"><code>torch-cuda-mismatch</code> · <a href="#finding-1">docker/Dockerfile:4:68</a></p>
    <figure><pre class="source"><span class="line marked"><i>1</i>ARG CUDA_VERSION=<mark class="related">11.8.0</mark></span>
    <span class="label related"><i></i>↳ CUDA 11.8 comes from this default</span>
    <span class="line context"><i>2</i>FROM nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04</span>
    <span class="line context"><i>3</i>COPY requirements.txt .</span>
    <span class="line marked"><i>4</i>RUN pip install torch --index-url https://download.pytorch.org/whl/<mark class="primary">cu121</mark></span>
    <span class="label primary"><i></i>↳ wheel built for CUDA 12.1</span>
    <span class="line context"><i>5</i>RUN pip install \</span>
    </pre></figure>
    <p class="why"><b>Why</b> torch refuses: &quot;The detected CUDA version (11.8) mismatches …&quot;</p>
    <div class="help">
    <p><b>Help</b> use the CUDA 11.8 wheels</p>
    <figure><pre class="diff"><span class="same">  COPY requirements.txt .</span>
    <span class="removed">- RUN pip install torch --index-url https://download.pytorch.org/whl/cu121</span>
    <span class="added">+ RUN pip install torch --index-url https://download.pytorch.org/whl/cu118</span>
    <span class="same">  RUN pip install \</span>
    </pre></figure>
    </div>
    <p class="explain"><code>env-doctor explain torch-cuda-mismatch</code></p>
    </article>
    <article class="finding warning" id="finding-2">
    <h3><span class="badge warning">warning</span> flash-attn is built without the installed PyTorch</h3>
    <p class="where"><code>build-isolation</code> · <a href="#finding-2">docker/Dockerfile:5:5</a></p>
    <figure><pre class="source"><span class="line context"><i>4</i>RUN pip install torch --index-url https://download.pytorch.org/whl/cu121</span>
    <span class="line marked"><i>5</i>RUN <mark class="primary">pip install \</mark></span>
    <span class="line marked"><i>6</i>    <mark class="primary">flash-attn</mark> \</span>
    <span class="line context"><i>7</i>    -r requirements.txt</span>
    </pre></figure>
    <p class="explain"><code>env-doctor explain build-isolation</code></p>
    </article>
    </section>
    <section class="file" id="file-1">
    <h2><code>requirements.txt</code> <span>1 finding</span></h2>
    <article class="finding info fixable" id="finding-3">
    <h3><span class="badge info">info</span> tensorflow-gpu is 100% retired, use tensorflow</h3>
    <p class="where"><code>tensorflow-gpu-package</code> · <a href="#finding-3">requirements.txt:2:1</a></p>
    <figure><pre class="source"><span class="line context"><i>1</i>numpy</span>
    <span class="line marked"><i>2</i><mark class="primary">tensorflow-gpu</mark>==2.9</span>
    </pre></figure>
    <figure><figcaption>docker/Dockerfile</figcaption><pre class="source"><span class="line context"><i>6</i>    flash-attn \</span>
    <span class="line marked"><i>7</i>    <mark class="related">-r requirements.txt</mark></span>
    <span class="label related"><i></i>↳ read here</span>
    </pre></figure>
    <div class="help">
    <p><b>Help</b> write <code>tensorflow</code></p>
    <figure><pre class="diff"><span class="same">  numpy</span>
    <span class="removed">- tensorflow-gpu==2.9</span>
    <span class="added">+ tensorflow==2.9</span>
    </pre></figure>
    <p class="remark">unsafe fix: another package is installed</p>
    </div>
    <p class="explain"><code>env-doctor explain tensorflow-gpu-package</code></p>
    </article>
    </section>
    <section class="seen">
    <h2>What was checked <span>1 file</span></h2>
    <ul>
    <li><code>docker/Dockerfile</code> 1 stage, CUDA 11.8
    <ul>
    <li>not judged, <code>docker/Dockerfile:3</code>: the context is unknown</li>
    </ul></li>
    </ul>
    </section>
    </main>
    <footer>env-doctor [VERSION] · facts of [DATE]</footer>
    </body>
    </html>
    "##);
}

#[test]
fn nothing_found_says_what_was_seen() {
    insta::assert_snapshot!(body(&testing::clean()), @r#"
    <header>
    <h1>env-doctor</h1>
    <p class="verdict good">no problems</p>
    </header>
    <main>
    <section class="seen">
    <h2>What was checked <span>1 file</span></h2>
    <ul>
    <li><code>Dockerfile</code> 1 stage, CUDA 12.6, <b class="good">no problems</b>
    </li>
    </ul>
    </section>
    </main>
    <footer>env-doctor [VERSION] · facts of [DATE]</footer>
    </body>
    </html>
    "#);
}

#[test]
fn nothing_of_a_checked_file_becomes_markup() {
    let page = text(&testing::hostile());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for harmful in ["<script", "<!--", "\u{1b}", "\"'>", "href=\"java"] {
        let (head, body) = page.split_once("<body>").unwrap();
        assert!(!body.contains(harmful), "{harmful}: {body}");
        // The title holds counts only, the style nothing of a file.
        assert!(!head.contains("alert"), "{head}");
    }
}

#[test]
fn elements_are_closed_in_order() {
    for report in [
        testing::report(),
        testing::clean(),
        testing::hostile(),
        testing::many(3),
    ] {
        let page = text(&report);
        let mut open: Vec<&str> = Vec::new();
        for tag in page.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            let name = tag.split([' ', '\n']).next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
                None if ["!doctype", "meta", "input"].contains(&name) => {}
                None => open.push(name),
            }
        }
        assert!(open.is_empty(), "{open:?}");
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = text(&testing::report());
    for outside in [
        "src=", "url(", "@import", "<link", "<script", "<iframe", "<img",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
}
