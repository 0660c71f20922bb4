//! `data/repository_names.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::repository_name::RepositoryName;
use crate::repository_name::RepositoryNames;

pub(crate) static REPOSITORY_NAMES: RepositoryNames = super::ALL.repository_names.file;

static REPOSITORY_NAMES_REPOSITORY_NAME: [RepositoryName; 17] = super::ALL.repository_names.repository_name;

impl Listed for RepositoryName {
    fn array() -> &'static [Self] {
        &REPOSITORY_NAMES_REPOSITORY_NAME
    }
}

pub(super) struct Rows {
    repository_name: [RepositoryName; 17],
    file: RepositoryNames,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut repository_name = Dealer::new();
    Rows {
        repository_name: [
            RepositoryName { repository: pen.str("audio"), owner: Some(pen.str("pytorch")), package: pen.str("torchaudio"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("autoawq"), owner: None, package: pen.str("autoawq"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("autogptq"), owner: None, package: pen.str("auto-gptq"), confidence: Confidence::General },
            RepositoryName { repository: pen.str("cocoapi"), owner: None, package: pen.str("pycocotools"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("flash-attention"), owner: None, package: pen.str("flash-attn"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("groundingdino"), owner: None, package: pen.str("groundingdino"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("mamba"), owner: Some(pen.str("state-spaces")), package: pen.str("mamba-ssm"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("pytorch"), owner: Some(pen.str("pytorch")), package: pen.str("torch"), confidence: Confidence::General },
            RepositoryName { repository: pen.str("pytorch_cluster"), owner: None, package: pen.str("torch-cluster"), confidence: Confidence::General },
            RepositoryName { repository: pen.str("pytorch_scatter"), owner: None, package: pen.str("torch-scatter"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("pytorch_sparse"), owner: None, package: pen.str("torch-sparse"), confidence: Confidence::General },
            RepositoryName { repository: pen.str("sam2"), owner: None, package: pen.str("sam-2"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("segment-anything-2"), owner: None, package: pen.str("sam-2"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("text"), owner: Some(pen.str("pytorch")), package: pen.str("torchtext"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("tiny-cuda-nn"), owner: None, package: pen.str("tinycudann"), confidence: Confidence::Verified },
            RepositoryName { repository: pen.str("transformerengine"), owner: None, package: pen.str("transformer-engine"), confidence: Confidence::Doc },
            RepositoryName { repository: pen.str("vision"), owner: Some(pen.str("pytorch")), package: pen.str("torchvision"), confidence: Confidence::General },
        ],
        file: RepositoryNames { rows: repository_name.next(17) },
    }
}
