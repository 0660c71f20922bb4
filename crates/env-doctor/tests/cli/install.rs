use crate::program::Program;

/// What pip is told, and everything said about it.
fn ask(arguments: &[&str]) -> String {
    let all = [&["install", "--tool", "pip"], arguments].concat();
    Program::new(&all).run().all()
}

#[test]
fn pip_and_uv_are_told_the_same() {
    let run = Program::new(&["install", "torch", "torchvision", "--driver", "535"]).run();
    insta::assert_snapshot!(run.all(), @"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.14.1 torchvision==0.29.1 --index-url https://download.pytorch.org/whl/cu126

    # with uv
    uv pip install torch==2.14.1 torchvision==0.29.1 --index-url https://download.pytorch.org/whl/cu126

    why:     torch 2.14.1 from cu126 is for CUDA 12.6: driver 535 runs any CUDA 12.x (525.60.13 or newer)
    plain:   `pip install torch torchvision` gives torch 2.15.0 for CUDA 13.2 today; CUDA 13 needs driver 580.65.06 or newer; the target has 535
    facts:   [DATE]
    ");
}

#[test]
fn a_pinned_torch_for_a_cuda_version() {
    insta::assert_snapshot!(ask(&["torch==2.6", "--cuda", "12.4"]), @"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124

    why:     torch 2.6.0 from cu124 is for CUDA 12.4, which needs driver 525.60.13 or newer: CUDA 12.4 is wanted
    plain:   `pip install torch==2.6` gives the same today: torch 2.6.0 for CUDA 12.4
    facts:   [DATE]
    ");
}

#[test]
fn nothing_known_is_said() {
    insta::assert_snapshot!(ask(&["torch"]), @"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.15.0 --index-url https://download.pytorch.org/whl/cu132

    why:     torch 2.15.0 from cu132 is for CUDA 13.2, which needs driver 580.65.06 or newer
    plain:   `pip install torch` gives the same today: torch 2.15.0 for CUDA 13.2
    assumed: a driver from 580.65.06 on and a GPU from Turing (sm_75) on; say --driver, --gpu, --cuda, --base or --host
    facts:   [DATE]
    ");
}

#[test]
fn a_new_gpu_on_an_older_driver() {
    insta::assert_snapshot!(ask(&["torch", "--gpu", "RTX 5090", "--driver", "570"]), @"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.11.0 --index-url https://download.pytorch.org/whl/cu128

    why:     torch 2.11.0 from cu128 is for CUDA 12.8: driver 570 runs any CUDA 12.x (525.60.13 or newer); cu128 has code for GeForce RTX 5090 (sm_120)
    plain:   `pip install torch` gives torch 2.15.0 for CUDA 13.2 today; CUDA 13 needs driver 580.65.06 or newer; the target has 570
    facts:   [DATE]
    ");
}

#[test]
fn an_old_gpu_and_a_new_cuda_do_not_go_together() {
    insta::assert_snapshot!(ask(&["torch", "--gpu", "GTX 1080", "--cuda", "13.0"]), @"
    exit 1
    --- stdout
    no:      torch: torch 2.15.0 from cu130 is for CUDA 13.0: CUDA 13 has no code for GeForce GTX 1080 (sm_61)
    nearest: pip install torch==2.14.1 --index-url https://download.pytorch.org/whl/cu126 (torch 2.14.1 for CUDA 12.6)
    facts:   [DATE]
    ");
}

#[test]
fn a_release_that_the_driver_does_not_run() {
    insta::assert_snapshot!(ask(&["torch==2.15", "--driver", "535"]), @"
    exit 1
    --- stdout
    no:      torch==2.15: torch 2.15.0 from cu130 is for CUDA 13.0: CUDA 13 needs driver 580.65.06 or newer; the target has 535
    nearest: pip install torch==2.14.1 --index-url https://download.pytorch.org/whl/cu126 (torch 2.14.1 for CUDA 12.6)
    facts:   [DATE]
    ");
}

#[test]
fn an_index_that_never_was() {
    insta::assert_snapshot!(ask(&["torch==2.5.1+cu120"]), @"
    exit 1
    --- stdout
    no:      torch==2.5.1+cu120: PyTorch never had an index cu120
    nearest: pip install torch==2.5.1 --index-url https://download.pytorch.org/whl/cu121 (torch 2.5.1 for CUDA 12.1)
    facts:   [DATE]
    ");
}

#[test]
fn beside_the_cuda_of_a_base_image() {
    let arguments = ["torch", "--base", "nvidia/cuda:12.4.1-runtime-ubuntu22.04"];
    insta::assert_snapshot!(ask(&arguments), @"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124

    why:     torch 2.6.0 from cu124 is for CUDA 12.4, which needs driver 525.60.13 or newer: nvidia/cuda:12.4.1-runtime-ubuntu22.04 has CUDA 12.4
    why:     cu126 has torch 2.14.1, which runs on the same drivers: take it where nothing is compiled in the image
    plain:   `pip install torch` gives torch 2.15.0 for CUDA 13.2 today; that needs driver 580.65.06 or newer
    facts:   [DATE]
    ");
}

#[test]
fn an_extension_is_compiled_after_torch() {
    let base = "nvidia/cuda:12.4.1-runtime-ubuntu22.04";
    let arguments = [
        "torch==2.6",
        "flash-attn",
        "--base",
        base,
        "--gpu",
        "RTX 4090",
    ];
    insta::assert_snapshot!(ask(&arguments), @r#"
    exit 0
    --- stdout
    # with pip
    pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124
    TORCH_CUDA_ARCH_LIST=8.9 pip install --no-build-isolation flash-attn

    why:     torch 2.6.0 from cu124 is for CUDA 12.4, which needs driver 525.60.13 or newer: nvidia/cuda:12.4.1-runtime-ubuntu22.04 has CUDA 12.4; cu124 has code for GeForce RTX 4090 (sm_89)
    why:     flash-attn is built against the torch that is installed: torch first, then --no-build-isolation
    why:     flash-attn: The package itself says only pytorch/pytorch images with 'devel' in the tag give nvcc. Installing a release wheel by URL needs no nvcc
    plain:   `pip install torch==2.6` gives the same today: torch 2.6.0 for CUDA 12.4
    plain:   `pip install flash-attn` builds in an isolated environment, without that torch: "No module named 'torch'"
    needs:   nvcc of CUDA 12 to compile flash-attn: nvidia/cuda:12.4.1-runtime-ubuntu22.04 has none; use a -devel image in the stage that compiles
    facts:   [DATE]
    "#);
}

#[test]
fn tensorflow_brings_its_libraries() {
    insta::assert_snapshot!(ask(&["tensorflow", "--driver", "470"]), @r#"
    exit 0
    --- stdout
    # with pip
    pip install 'tensorflow[and-cuda]==2.14.*'

    why:     TensorFlow 2.14 is for CUDA 11.8 and cuDNN 8.7; [and-cuda] brings both as wheels, and the driver must be 450.80.02 or newer
    plain:   `pip install tensorflow` gives TensorFlow 2.21.0 without CUDA libraries: on an image that lacks CUDA 12.5 or cuDNN 9.3 it runs on the CPU: "Cannot dlopen some GPU libraries"
    facts:   [DATE]
    "#);
}

#[test]
fn a_package_that_was_removed() {
    insta::assert_snapshot!(ask(&["tensorflow-gpu"]), @"
    exit 1
    --- stdout
    no:      tensorflow-gpu: tensorflow-gpu was removed: its last release fails on purpose
    nearest: pip install 'tensorflow[and-cuda]'
    facts:   [DATE]
    ");
}

#[test]
fn onnxruntime_for_the_cuda_of_the_image() {
    insta::assert_snapshot!(ask(&["onnxruntime-gpu", "--cuda", "12.6"]), @"
    exit 0
    --- stdout
    # with pip
    pip install 'onnxruntime-gpu[cuda,cudnn]>=1.21,<1.27'

    why:     onnxruntime-gpu 1.21 up to, not with, 1.27 loads CUDA 12 and cuDNN 9; the driver must be 525.60.13 or newer
    plain:   `pip install onnxruntime-gpu` gives a release for CUDA 13 and cuDNN 9 today, which falls back to the CPU here
    needs:   onnxruntime.preload_dlls() before the first session: it loads the libraries that [cuda,cudnn] brings; or an image with CUDA 12 and cuDNN 9, nvidia/cuda:…-cudnn-runtime-…
    facts:   [DATE]
    ");
}

#[test]
fn jax_and_cupy_for_a_driver() {
    insta::assert_snapshot!(ask(&["jax", "cupy", "--driver", "535"]), @"
    exit 0
    --- stdout
    # with pip
    pip install 'jax[cuda12]'
    pip install 'cupy-cuda12x[ctk]'

    why:     [cuda12] brings the libraries of CUDA 12 as wheels; the driver must be 525.60.13 or newer
    why:     cupy-cuda12x is the build for CUDA 12, which needs driver 525.60.13 or newer; [ctk] brings the CUDA libraries
    plain:   `pip install jax` gives a CPU build
    plain:   `pip install cupy` compiles it, which takes a whole CUDA toolkit
    facts:   [DATE]
    ");
}

#[test]
fn a_server_that_pins_torch() {
    insta::assert_snapshot!(ask(&["vllm", "--driver", "535"]), @"
    exit 0
    --- stdout
    # with pip
    pip install vllm==0.19.1

    why:     torch 2.10.0 from cu128 is for CUDA 12.8: driver 535 runs any CUDA 12.x (525.60.13 or newer)
    why:     vllm 0.19.1 wants torch==2.10.0: the newest in the tables that does
    plain:   `pip install vllm` gives torch 2.14.0 for CUDA 13.0 today; CUDA 13 needs driver 580.65.06 or newer; the target has 535
    facts:   [DATE]
    ");
}

#[test]
fn what_is_not_known_is_not_guessed() {
    insta::assert_snapshot!(ask(&["numpy", "pytorch", "torch==99"]), @"
    exit 1
    --- stdout
    no:      torch==99: torch 99 is newer than the tables, which end with 2.15.0
    nearest: pip install torch==2.15.0 --index-url https://download.pytorch.org/whl/cu132 (torch 2.15.0 for CUDA 13.2)
    no:      numpy: not in the tables
    no:      pytorch: the package of that name on PyPI is another one: pip install pytorch is always a mistake; on conda the name is right
    facts:   [DATE]
    ");
}

#[test]
fn alpine_takes_no_cuda_wheel() {
    insta::assert_snapshot!(ask(&["torch", "--base", "python:3.12-alpine"]), @"
    exit 1
    --- stdout
    no:      torch: python:3.12-alpine is Alpine, where no CUDA wheel can be installed
    nearest: the same on a Debian or Ubuntu base
    facts:   [DATE]
    ");
}

#[test]
fn instructions_for_a_dockerfile() {
    let arguments = ["torch", "jax", "--driver", "535", "--dockerfile"];
    let text = ask(&arguments);
    assert!(
        text.contains("RUN pip install --no-cache-dir torch==2.14.1 --index-url https"),
        "{text}"
    );
    assert!(
        text.contains("RUN pip install --no-cache-dir 'jax[cuda12]'"),
        "{text}"
    );
}

#[test]
fn a_machine_is_read_from_its_report() {
    let host = r#"{"host": {"platform": {"arch": "x86_64"}, "driver": {"version": "535.129.03"}}}"#;
    let run = Program::new(&["install", "torch", "--host", "host.json"])
        .file("host.json", host)
        .run();
    assert!(run.stdout.contains("whl/cu126"), "{}", run.all());
}

#[test]
fn what_cannot_be_read_is_an_error() {
    for arguments in [
        ["install", "./project"].as_slice(),
        &["install", "torch", "--base", "unknown-image"],
        &["install", "torch", "--python", "three"],
        &["install", "torch", "--cuda", "twelve"],
    ] {
        let run = Program::new(arguments).run();
        assert_eq!(run.status, 2, "{}", run.all());
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn programs_get_commands_for_each_tool() {
    let run = Program::new(&["install", "torch", "--driver", "535", "--format", "json"]).run();
    let json = run.json();
    assert_eq!(json["schema_version"], 1);
    let commands = json["steps"][0]["commands"].as_array().unwrap();
    assert_eq!(commands[1]["tool"], "uv");
    assert!(
        commands[1]["command"]
            .as_str()
            .unwrap()
            .starts_with("uv pip install torch==")
    );
    let run = Program::new(&["install", "numpy", "--format", "json"]).run();
    assert_eq!(run.status, 1);
    assert_eq!(run.json()["refused"][0]["why"], "not in the tables");
}
