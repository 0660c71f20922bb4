//! `data/services.json`. Written by `cargo xtask gen`.

use crate::packed::{Dealer, Listed, Pen};
use crate::confidence::Confidence;
use crate::service::Memory;
use crate::service::ServiceImage;
use crate::service::Services;
use crate::service::WithoutGpu;

pub(crate) static SERVICES: Services = super::ALL.services.file;

static SERVICES_SERVICE_IMAGE: [ServiceImage; 40] = super::ALL.services.service_image;

impl Listed for ServiceImage {
    fn array() -> &'static [Self] {
        &SERVICES_SERVICE_IMAGE
    }
}

pub(super) struct Rows {
    service_image: [ServiceImage; 40],
    file: Services,
}

pub(super) const fn rows(pen: &mut Pen) -> Rows {
    let mut service_image = Dealer::new();
    Rows {
        service_image: [
            ServiceImage { name: pen.str("ghcr.io/remsky/kokoro-fastapi-gpu"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("lscr.io/linuxserver/faster-whisper"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/linuxserver/faster-whisper"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("ghcr.io/blakeblackshear/frigate"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/ggml-org/whisper.cpp"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/invoke-ai/invokeai"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/milvusdb/milvus"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/opendronemap/nodeodm"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/deepset/haystack"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/ollama/ollama"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/localai/localai"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("quay.io/go-skynet/local-ai"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/open-webui/open-webui"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/immich-app/immich-machine-learning"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/rayproject/ray"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/rayproject/ray-ml"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/speaches-ai/speaches"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/fedirz/faster-whisper-server"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/onerahmet/openai-whisper-asr-webservice"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/ggml-org/llama.cpp"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("ghcr.io/ggerganov/llama.cpp"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("nvcr.io/nvidia/tritonserver"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/xprobe/xinference"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("quay.io/jupyter/pytorch-notebook"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("quay.io/jupyter/tensorflow-notebook"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/cschranz/gpu-jupyter"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/opendronemap/odm"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/nvidia/opengl"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/nvidia/opencl"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/nvidia/vulkan"), without_gpu: WithoutGpu::Runs, memory: None, confidence: Confidence::General },
            ServiceImage { name: pen.str("docker.io/vllm/vllm-openai"), without_gpu: WithoutGpu::Fails, memory: Some(Memory { share: pen.str("90 %"), percent: 90, options: pen.strs(["--gpu-memory-utilization"]), variables: pen.strs([]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/lmsysorg/sglang"), without_gpu: WithoutGpu::Fails, memory: Some(Memory { share: pen.str("nearly all"), percent: 88, options: pen.strs(["--mem-fraction-static"]), variables: pen.strs([]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/huggingface/text-generation-inference"), without_gpu: WithoutGpu::Fails, memory: Some(Memory { share: pen.str("all"), percent: 100, options: pen.strs(["--cuda-memory-fraction"]), variables: pen.strs(["CUDA_MEMORY_FRACTION"]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/huggingface/text-embeddings-inference"), without_gpu: WithoutGpu::Fails, memory: None, confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/openmmlab/lmdeploy"), without_gpu: WithoutGpu::Fails, memory: Some(Memory { share: pen.str("80 % of what is free"), percent: 80, options: pen.strs(["--cache-max-entry-count"]), variables: pen.strs([]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/tensorflow/serving"), without_gpu: WithoutGpu::Runs, memory: Some(Memory { share: pen.str("nearly all"), percent: 95, options: pen.strs(["--per_process_gpu_memory_fraction"]), variables: pen.strs(["TF_FORCE_GPU_ALLOW_GROWTH"]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("docker.io/tensorflow/tensorflow"), without_gpu: WithoutGpu::Runs, memory: Some(Memory { share: pen.str("nearly all"), percent: 95, options: pen.strs([]), variables: pen.strs(["TF_FORCE_GPU_ALLOW_GROWTH"]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("nvcr.io/nvidia/tensorflow"), without_gpu: WithoutGpu::Runs, memory: Some(Memory { share: pen.str("nearly all"), percent: 95, options: pen.strs([]), variables: pen.strs(["TF_FORCE_GPU_ALLOW_GROWTH"]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("nvcr.io/nvidia/jax"), without_gpu: WithoutGpu::Runs, memory: Some(Memory { share: pen.str("75 %"), percent: 75, options: pen.strs([]), variables: pen.strs(["XLA_PYTHON_CLIENT_PREALLOCATE", "XLA_PYTHON_CLIENT_MEM_FRACTION"]) }), confidence: Confidence::Doc },
            ServiceImage { name: pen.str("ghcr.io/nvidia/jax"), without_gpu: WithoutGpu::Runs, memory: Some(Memory { share: pen.str("75 %"), percent: 75, options: pen.strs([]), variables: pen.strs(["XLA_PYTHON_CLIENT_PREALLOCATE", "XLA_PYTHON_CLIENT_MEM_FRACTION"]) }), confidence: Confidence::Doc },
        ],
        file: Services { images: service_image.next(40) },
    }
}
