"""What channels-last wins in CUT's generator, with its norm and borders as they are and as they can be, and what batch norms folded
into convolutions win in an encoder that learns no more: both in turn in plain PyTorch, in seconds of the processor's time, which other
work disturbs less than the clock's.

python3 layout_and_folding.py [ROUNDS]: medians, and the ratios of the rounds. It needs torch.
"""

import copy
import sys
import time

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

torch.set_num_threads(1)
torch.manual_seed(0)
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5


class Blur(nn.Module):
    def __init__(self, channels, doubles):
        super().__init__()
        taps = torch.tensor([1.0, 3, 3, 1] if doubles else [1.0, 2, 1])
        kernel = taps[:, None] * taps / taps.sum() ** 2 * (4 if doubles else 1)
        self.register_buffer("filter", kernel.repeat(channels, 1, 1, 1))
        self.doubles, self.channels = doubles, channels

    def forward(self, x):
        if self.doubles:
            y = nn.functional.pad(x, (1, 1, 1, 1), mode="replicate")
            y = nn.functional.conv_transpose2d(y, self.filter, stride=2, padding=2, groups=self.channels)
            return y[:, :, 1:-1, 1:-1]
        y = nn.functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return nn.functional.conv2d(y, self.filter, stride=2, groups=self.channels)


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.body = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c), nn.ReLU(inplace=True),
                                  nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c))

    def forward(self, x):
        return x + self.body(x)


class OwnType(nn.Module):
    """Pads in the type that the image has, outside of autocast, which would lengthen it."""

    def __init__(self, border, mode):
        super().__init__()
        self.border, self.mode = (border,) * 4, mode

    def forward(self, x):
        with torch.autocast("cpu", enabled=False):
            return nn.functional.pad(x, self.border, mode=self.mode)


class BatchOfOne(nn.Module):
    """Instance norm of one image, which leaves its layout alone."""

    def forward(self, x):
        return nn.functional.batch_norm(x, None, None, None, None, True, 0.1, 1e-5)


class CarefulNorm(nn.Module):
    """The same by operations that add up well."""

    def forward(self, x):
        x = x - x.mean((2, 3), keepdim=True)
        length = torch.linalg.vector_norm(x, 2, (2, 3), keepdim=True)
        return x * torch.rsqrt(length * length / x[0, 0].numel() + 1e-5)


class Resampled(nn.Module):
    def __init__(self, blur):
        super().__init__()
        self.register_buffer("filter", blur.filter.clone())
        self.doubles, self.channels = blur.doubles, blur.channels
        self.pad = OwnType(1, "replicate" if blur.doubles else "reflect")

    def forward(self, x):
        if self.doubles:
            return nn.functional.conv_transpose2d(self.pad(x), self.filter, stride=2, padding=3, groups=self.channels)
        return nn.functional.conv2d(self.pad(x), self.filter, stride=2, groups=self.channels)


def changed(network, norm, borders=False):
    """The same network, channels last, with another instance norm, and with borders in the image's type."""
    network = copy.deepcopy(network)
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.InstanceNorm2d):
                setattr(parent, name, norm())
            elif borders and isinstance(child, nn.ReflectionPad2d):
                setattr(parent, name, OwnType(child.padding[0], "reflect"))
            elif borders and isinstance(child, Blur):
                setattr(parent, name, Resampled(child))
    return network.to(memory_format=torch.channels_last)


def generator(ngf):
    def conv(a, b, k, p):
        return [nn.Conv2d(a, b, k, padding=p), nn.InstanceNorm2d(b), nn.ReLU(inplace=True)]

    return nn.Sequential(nn.ReflectionPad2d(3), *conv(3, ngf, 7, 0), *conv(ngf, 2 * ngf, 3, 1), Blur(2 * ngf, False),
                         *conv(2 * ngf, 4 * ngf, 3, 1), Blur(4 * ngf, False), *[Block(4 * ngf) for _ in range(9)],
                         Blur(4 * ngf, True), *conv(4 * ngf, 2 * ngf, 3, 1), Blur(2 * ngf, True), *conv(2 * ngf, ngf, 3, 1),
                         nn.ReflectionPad2d(3), nn.Conv2d(ngf, 3, 7), nn.Tanh())


class Residual(nn.Module):
    def __init__(self, a, width, stride, bottleneck):
        super().__init__()
        b = 4 * width if bottleneck else width
        shapes = [(a, width, 1, 1), (width, width, 3, stride), (width, b, 1, 1)] if bottleneck \
            else [(a, b, 3, stride), (b, b, 3, 1)]
        layers = []
        for i, o, k, s in shapes:
            layers += [nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True)]
        self.body = nn.Sequential(*layers[:-1])
        self.skip = nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b)) \
            if stride > 1 or a != b else nn.Identity()

    def forward(self, x):
        return nn.functional.relu(self.body(x) + self.skip(x), inplace=True)


def resnet(depth):
    bottleneck, a = depth == 50, 64
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    for stage, blocks in enumerate([3, 4, 6, 3] if bottleneck else [2, 2, 2, 2]):
        for block in range(blocks):
            width = 64 << stage
            layers.append(Residual(a, width, 2 if stage > 0 and block == 0 else 1, bottleneck))
            a = 4 * width if bottleneck else width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def folded(network):
    """A copy whose convolutions have the batch norms behind them in their weights."""
    network = copy.deepcopy(network)
    for module in network.modules():
        names = [name for name, _ in module.named_children()]
        for first, second in zip(names, names[1:]):
            a, b = getattr(module, first), getattr(module, second)
            if isinstance(a, nn.Conv2d) and isinstance(b, nn.BatchNorm2d):
                setattr(module, first, fuse_conv_bn_eval(a, b))
                setattr(module, second, nn.Identity())
    return network


def cost(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


def median(values):
    return sorted(values)[len(values) // 2]


def compare(what, first, second):
    first(), second()
    pairs = [(cost(first), cost(second)) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    print(f"| {what} | {median([a for a, _ in pairs]):.3f} | {median([b for _, b in pairs]):.3f} "
          f"| {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}) |", flush=True)


def training(network, x):
    def work():
        network.zero_grad(set_to_none=True)
        network(x).square().mean().backward()
    return work


def evaluating(network, x):
    def work():
        with torch.no_grad():
            network(x)
    return work


print("| | first, s | second, s | first / second, median (all) |\n|---|---|---|---|")
for precision in (torch.float32, torch.bfloat16):
    G = generator(32)
    x = torch.randn(1, 3, 128, 128)
    variants = {"as it is": copy.deepcopy(G).to(memory_format=torch.channels_last),
                "a batch of one": changed(G, BatchOfOne), "and borders": changed(G, BatchOfOne, True),
                "careful norm": changed(G, CarefulNorm, True)}
    for name, other in variants.items():
        assert torch.allclose(G(x), other(x), atol=1e-3)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            compare(f"CUT's generator, 128 px, ngf 32, forward and backward, {precision}: channels first, channels last, {name}",
                    training(G, x), training(other, x.to(memory_format=torch.channels_last)))
for depth, batch in ((18, 16), (50, 8)):
    for precision in (torch.float32, torch.bfloat16):
        network = resnet(depth).eval().to(memory_format=torch.channels_last)
        x = torch.randn(batch, 3, 224, 224).to(memory_format=torch.channels_last)
        without = folded(network)
        assert torch.allclose(network(x), without(x), rtol=1e-3, atol=1e-4)
        # norms keep float32, as here
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.to(precision)
        without.to(precision)
        compare(f"ResNet-{depth}, 224 px, batch {batch}, {precision}: batch norms, folded", evaluating(network, x.to(precision)),
                evaluating(without, x.to(precision)))
