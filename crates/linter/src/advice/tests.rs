use facts::{arch, cuda, package, pytorch_index, torch};

use super::*;
use crate::Target;
use crate::target::TargetGpu;

fn ask(packages: &[&str], target: Target) -> Advice {
    let packages = packages.iter().map(|text| text.parse().unwrap());
    advise(&Question {
        packages: packages.collect(),
        target,
        ..Question::default()
    })
}

fn with_driver(driver: &str) -> Target {
    Target {
        driver: driver.parse().ok(),
        ..Target::default()
    }
}

fn commands(advice: &Advice) -> Vec<String> {
    advice
        .steps
        .iter()
        .map(|step| step.command(Tool::Pip))
        .collect()
}

/// The release and the index of a command for torch.
fn torch_of(command: &str) -> (&str, &str) {
    let (_, rest) = command.split_once("torch==").unwrap();
    let version = rest.split(' ').next().unwrap();
    (version, rest.rsplit('/').next().unwrap())
}

#[test]
fn whatever_the_machine_the_answer_runs_on_it() {
    for branch in cuda::branches() {
        let driver = branch.branch.split('/').next().unwrap();
        for row in arch::capabilities() {
            let gpu = TargetGpu::reported(None, row.capability);
            let target = Target {
                gpus: vec![gpu.clone()],
                ..with_driver(driver)
            };
            let advice = ask(&["torch", "torchvision"], target.clone());
            let Some(command) = commands(&advice).pop() else {
                assert!(!advice.refused.is_empty(), "{driver}, {gpu}");
                continue;
            };
            let (version, suffix) = torch_of(&command);
            let release = torch::release(version).unwrap();
            let index = index::cuda_indexes();
            let (cuda, _) = index
                .iter()
                .find(|(_, index)| index.suffix == suffix)
                .unwrap();
            let driver = target.driver.unwrap();
            assert_ne!(
                cuda::runs_major(&driver, cuda.major),
                Some(false),
                "{command}"
            );
            assert_ne!(
                release.runs_on(suffix, gpu.capability),
                Some(false),
                "{command} on {gpu}"
            );
            assert_eq!(pytorch_index::has(suffix, version), Some(true), "{command}");
        }
    }
}

#[test]
fn every_package_of_the_tables_has_an_answer() {
    for package in package::all() {
        for target in [Target::default(), with_driver("535"), with_driver("390")] {
            let advice = ask(&[&package.name], target);
            let answered = !advice.steps.is_empty() || !advice.refused.is_empty();
            assert!(answered, "{}", package.name);
        }
    }
}

#[test]
fn every_release_is_found_by_its_number() {
    for release in torch::all() {
        let advice = ask(&[&format!("torch=={}", release.version)], Target::default());
        let command = commands(&advice).pop();
        if let Some(command) = command {
            assert_eq!(torch_of(&command).0, release.version);
        } else {
            // Of the oldest, no index is established.
            assert!(!advice.refused.is_empty());
        }
    }
}

#[test]
fn what_is_not_in_the_tables_is_refused() {
    for name in [
        "numpy",
        "torch==99.0",
        "tensorflow==9.0",
        "vllm==99.0",
        "torch==2.5+cu999",
    ] {
        let advice = ask(&[name], Target::default());
        assert!(advice.steps.is_empty(), "{name}");
        assert_eq!(advice.refused.len(), 1, "{name}");
    }
}

#[test]
fn companions_belong_to_their_torch() {
    let advice = ask(&["torchvision==0.20.1", "torchaudio"], Target::default());
    let command = commands(&advice).pop().unwrap();
    assert!(
        command.contains("torch==2.5.1 torchvision==0.20.1 torchaudio==2.5.1"),
        "{command}"
    );
    let advice = ask(&["torch==2.5.1", "torchvision==0.21.0"], Target::default());
    assert_eq!(advice.refused.len(), 1);
}

#[test]
fn torch_comes_before_what_is_built_with_it() {
    let advice = ask(&["flash-attn", "torch==2.6"], with_driver("550"));
    let commands = commands(&advice);
    assert_eq!(
        commands,
        [
            "pip install torch==2.6.0 --index-url https://download.pytorch.org/whl/cu124",
            "pip install --no-build-isolation flash-attn"
        ]
    );
    assert!(
        advice
            .needs
            .iter()
            .any(|need| need.starts_with("nvcc of CUDA 12"))
    );
}

#[test]
fn an_image_with_a_compiler_needs_no_other() {
    let name = "nvidia/cuda:12.4.1-devel-ubuntu22.04";
    let image = facts::image::ImageRef::parse(name).unwrap();
    let facts = facts::image::describe(&image).unwrap();
    let advice = advise(&Question {
        packages: vec!["flash-attn".parse().unwrap()],
        base: Some((name.to_owned(), facts)),
        ..Question::default()
    });
    assert!(commands(&advice)[0].ends_with("/cu124"));
    assert!(
        advice.needs.iter().all(|need| !need.contains("nvcc")),
        "{:?}",
        advice.needs
    );
}

#[test]
fn the_cuda_majors_of_jax_and_cupy_follow_the_machine() {
    let command = |name: &str, driver: &str| commands(&ask(&[name], with_driver(driver))).concat();
    assert_eq!(command("jax", "580"), "pip install 'jax[cuda13]'");
    assert_eq!(command("jax", "535"), "pip install 'jax[cuda12]'");
    assert_eq!(command("jax", "470"), "");
    assert_eq!(command("cupy", "535"), "pip install 'cupy-cuda12x[ctk]'");
    assert_eq!(command("cupy", "470"), "pip install cupy-cuda11x");
    let pascal = Target {
        gpus: vec!["GTX 1080".parse().unwrap()],
        ..with_driver("580")
    };
    assert_eq!(
        commands(&ask(&["jax"], pascal)),
        ["pip install 'jax[cuda12]'"]
    );
}

#[test]
fn a_range_stays_within_what_was_asked() {
    let command = |name: &str| commands(&ask(&[name], with_driver("535"))).concat();
    assert_eq!(
        command("onnxruntime-gpu"),
        "pip install 'onnxruntime-gpu[cuda,cudnn]>=1.21,<1.27'"
    );
    assert_eq!(
        command("onnxruntime-gpu>=1.20,<1.25"),
        "pip install 'onnxruntime-gpu[cuda,cudnn]>=1.20,<1.25,>=1.21,<1.27'"
    );
    assert_eq!(
        command("onnxruntime-gpu==1.20"),
        "pip install onnxruntime-gpu==1.20"
    );
    assert_eq!(command("onnxruntime-gpu==1.31"), "");
    // The extras of 1.27 name packages that do not exist.
    let newest = |name: &str| commands(&ask(&[name], with_driver("580"))).concat();
    assert_eq!(
        newest("onnxruntime-gpu==1.27.0"),
        "pip install onnxruntime-gpu==1.27.0"
    );
    assert_eq!(
        newest("onnxruntime-gpu==1.28.0"),
        "pip install 'onnxruntime-gpu[cuda,cudnn]==1.28.0'"
    );
    assert_eq!(
        command("ctranslate2<4.5"),
        "pip install 'ctranslate2<4.5,>=4.0,<4.5'"
    );
}

#[test]
fn extensions_that_look_for_a_gpu_are_told_to_do_without() {
    for (name, what) in [
        ("torch-scatter", "torch-scatter"),
        (
            "detectron2",
            "git+https://github.com/facebookresearch/detectron2",
        ),
    ] {
        let commands = commands(&ask(&[name], with_driver("535")));
        assert!(
            commands[0].starts_with("pip install torch=="),
            "{commands:?}"
        );
        assert_eq!(
            commands[1],
            format!("FORCE_CUDA=1 pip install --no-build-isolation {what}")
        );
    }
}
