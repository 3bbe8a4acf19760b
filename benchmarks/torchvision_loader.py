"""torchvision's two MoCo v2 views of the images below a folder, one process and one thread, for LoaderRun to compare with.

python3 torchvision_loader.py FOLDER SIZE: for each line "SECONDS decode" or "SECONDS keep" on standard input, answers the
images a second, decoding each, or with all of them in memory as Pillow's images.
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
endings = ".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm"
files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in endings)
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


def decode(file):
    with open(file, "rb") as stream:
        return Image.open(stream).convert("RGB")


print(f"torchvision {torchvision.__version__}, Pillow {PIL.__version__}, {len(files)} images", flush=True)
kept, at = [], 0
for line in sys.stdin:
    seconds, how = line.split()
    if how == "keep" and not kept:
        kept = [decode(file) for file in files]
    begin, done = time.perf_counter(), 0
    while time.perf_counter() - begin < float(seconds):
        image = kept[at] if how == "keep" else decode(files[at])
        view(image), view(image)
        at, done = (at + 1) % len(files), done + 1
    print(done / (time.perf_counter() - begin), flush=True)
