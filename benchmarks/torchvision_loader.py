"""torchvision's two MoCo v2 views of the images below a folder, one process and one thread, for LoaderRun to compare with.

python3 torchvision_loader.py FOLDER SIZE: for each number of seconds on standard input, answers the images a second.
"""

import random
import sys
import time
from pathlib import Path

import PIL
import torch
import torchvision
from PIL import Image, ImageFilter
from torchvision import transforms

torch.set_num_threads(1)
folder, size = Path(sys.argv[1]), int(sys.argv[2])
files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".jpg", ".jpeg", ".png"))
random.Random(0).shuffle(files)


def blur(image):
    return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


view = transforms.Compose([
    transforms.RandomResizedCrop(size, scale=(0.2, 1.0)),
    transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
    transforms.RandomGrayscale(p=0.2),
    transforms.RandomApply([blur], p=0.5),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
])

print(f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}", flush=True)
at = 0
for line in sys.stdin:
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < float(line):
        with open(files[at % len(files)], "rb") as file:
            image = Image.open(file).convert("RGB")
        view(image), view(image)
        at, done = at + 1, done + 1
    print(done / (time.perf_counter() - begin), flush=True)
