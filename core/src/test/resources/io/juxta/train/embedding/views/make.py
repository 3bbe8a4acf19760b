"""Views of a drawn picture by each pipeline, made with Pillow, for PipelineGoldensTest.

    python make.py > values.txt        (Pillow 12.3; nothing else)

A line is a pipeline, the sample, the size of the view, the sum of its bytes and their CRC-32. What is left to chance comes from
splitmix64, keyed by (seed, epoch, sample, view) = (7, 0, sample, 0); the order of draws is torchvision's steps, one after the other.
"""

import math
import zlib

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
BICUBIC, BILINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR

GENTLE, STRONG, MOCO = (0.4, 0.4, 0.2, 0.1), (0.8, 0.8, 0.8, 0.2), (0.4, 0.4, 0.4, 0.1)
# filter, jitter, probability of blur and of solarisation, whether the flip comes last
PIPELINES = {
    "dino-local": (BICUBIC, GENTLE, 0.5, 0, False),
    "byol-1": (BICUBIC, GENTLE, 1, 0, False),
    "byol-2": (BICUBIC, GENTLE, 0.1, 0.2, False),
    "simclr": (BICUBIC, STRONG, 0.5, 0, False),
    "moco-v3-1": (BILINEAR, GENTLE, 1, 0, True),
    "moco-v3-2": (BILINEAR, GENTLE, 0.1, 0.2, True),
    "simsiam": (BILINEAR, MOCO, 0.5, 0, True),
    "cifar": (BILINEAR, MOCO, 0, 0, False),
}


def mix(x):
    z = (x + GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Draws:
    def __init__(self, seed, epoch, sample, view):
        key = mix(seed)
        for part in (epoch, sample, view):
            key = mix(key ^ part)
        self.state = key

    def bits(self):
        value = mix(self.state)
        self.state = (self.state + GOLDEN) & MASK
        return value

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * ((self.bits() >> 11) * 2.0**-53)

    def below(self, n):
        return ((self.bits() >> 32) * n) >> 32

    def permutation(self, n):
        order = [0] * n
        for i in range(n):
            j = self.below(i + 1)
            order[i] = order[j]
            order[j] = i
        return order


def drawn(width, height):
    return Image.frombytes(
        "RGB", (width, height), bytes(mix((90 << 32) + i) >> 56 for i in range(3 * width * height)))


def crop(image, draws, size, scale, resample):
    width, height = image.size
    for _ in range(10):
        target = width * height * draws.uniform(*scale)
        ratio = math.exp(draws.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(target * ratio)), round(math.sqrt(target / ratio))
        if 0 < w <= width and 0 < h <= height:
            top = draws.below(height - h + 1)
            left = draws.below(width - w + 1)
            return image.crop((left, top, left + w, top + h)).resize((size, size), resample)
    raise SystemExit("no crop fits: take a picture that is less long")


def jitter(image, draws, strengths):
    order = draws.permutation(4)
    factors = [draws.uniform(1 - strength, 1 + strength) for strength in strengths[:3]]
    turn = draws.uniform(-strengths[3], strengths[3])
    for change in order:
        if change < 3:
            enhance = (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color)[change]
            image = enhance(image).enhance(factors[change])
        else:
            h, s, v = image.convert("HSV").split()
            h = h.point([(value + int(turn * 255)) & 255 for value in range(256)])
            image = Image.merge("HSV", (h, s, v)).convert("RGB")
    return image


def flip(image, draws):
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if draws.uniform() < 0.5 else image


def view(image, draws, size, scale, pipeline):
    resample, strengths, blurred, solarized, flip_last = pipeline
    image = crop(image, draws, size, scale, resample)
    if not flip_last:
        image = flip(image, draws)
    if draws.uniform() < 0.8:
        image = jitter(image, draws, strengths)
    if draws.uniform() < 0.2:
        image = image.convert("L").convert("RGB")
    if blurred and draws.uniform() < blurred:
        image = image.filter(ImageFilter.GaussianBlur(draws.uniform(0.1, 2)))
    if solarized and draws.uniform() < solarized:
        image = ImageOps.solarize(image, 128)
    return flip(image, draws) if flip_last else image


if __name__ == "__main__":
    picture = drawn(60, 50)
    for name, steps in PIPELINES.items():
        scale = (0.05, 0.4) if name == "dino-local" else (0.2, 1)
        for sample in range(24):
            pixels = view(picture, Draws(7, 0, sample, 0), 24, scale, steps).tobytes()
            print(name, sample, 24, sum(pixels), format(zlib.crc32(pixels), "08x"))
