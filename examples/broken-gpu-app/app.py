"""Says which GPU the container sees."""

import torch

print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU")
