"""Steps of MoCo v2, SwAV and CUT in plain PyTorch, for StepsInTurn to compare with; it needs torch and nothing else.

python3 steps.py STEP PRECISION DEVICE THREADS WARMUP STEPS: prints the seconds of each step behind the first few, the last
loss, and what was resident at most, as StepRun does. Written from the papers as one writes such programs today: channels-last,
autocast around the networks, fused optimisers, one call for all moving averages, no copy of the queue.
"""

import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

WORK = {
    "moco-cifar": dict(method="moco", depth=18, cifar=True, width=64, side=32, batch=64, groups=1, K=4096, mlp=True),
    "moco-cpu": dict(method="moco", depth=18, cifar=True, width=16, side=32, batch=128, groups=4, K=4096, mlp=True),
    "moco-photos": dict(method="moco", depth=50, cifar=False, width=64, side=224, batch=8, groups=1, K=4096, mlp=True),
    "moco-notebook": dict(method="moco", depth=18, cifar=True, width=64, side=32, batch=512, groups=8, K=4096, mlp=False),
    "moco-gpu": dict(method="moco", depth=50, cifar=False, width=64, side=224, batch=64, groups=1, K=65536, mlp=True),
    "swav-cpu": dict(method="swav", depth=18, cifar=True, width=16, batch=128, crops=[(2, 32), (2, 16)], hidden=256,
                     prototypes=100, queue=1280),
    "swav-gpu": dict(method="swav", depth=50, cifar=False, width=64, batch=64, crops=[(2, 224), (6, 96)], hidden=2048,
                     prototypes=3000, queue=3840),
    "cut-small": dict(method="cut", side=128, ngf=32),
    "cut-gpu": dict(method="cut", side=256, ngf=64),
    "moco-tiny": dict(method="moco", depth=18, cifar=True, width=8, side=32, batch=16, groups=2, K=256, mlp=True),
    "swav-tiny": dict(method="swav", depth=18, cifar=True, width=8, batch=16, crops=[(2, 32), (2, 16)], hidden=64,
                      prototypes=20, queue=64),
    "cut-tiny": dict(method="cut", side=64, ngf=8),
}

name, precision, device = sys.argv[1:4]
threads, warmup, steps = map(int, sys.argv[4:7])
work = WORK[name]
if threads:
    torch.set_num_threads(threads)
torch.manual_seed(0)
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
half = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(precision)


def computed(network, *inputs):
    if half is None:
        return network(*inputs)
    with torch.autocast(device.split(":")[0], half):
        output = network(*inputs)
    return [each.float() for each in output] if isinstance(output, list) else output.float()


class Learning:
    """Backward pass and optimiser step, scaled in float16."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.scaler = torch.amp.GradScaler(device.split(":")[0], enabled=precision == "float16")

    def step(self, loss):
        self.optimizer.zero_grad()
        self.scaler.scale(loss).backward()
        self.scaler.step(self.optimizer)
        self.scaler.update()


def on_device(network):
    return network.to(device).to(memory_format=torch.channels_last)


def noise(batch, side):
    return torch.randn(batch, 3, side, side).clamp_(-1, 1).to(memory_format=torch.channels_last).to(device)


# ---- ResNets


class GroupedNorm(nn.BatchNorm2d):
    """Normalises parts of the batch apart, as the CIFAR demo does on one device."""

    def __init__(self, channels, groups):
        super().__init__(channels)
        self.groups = groups

    def forward(self, x):
        if self.groups == 1:
            return super().forward(x)
        n, c, h, w = x.shape
        mean, var = self.running_mean.repeat(self.groups), self.running_var.repeat(self.groups)
        parts = x.view(n // self.groups, c * self.groups, h, w) if x.is_contiguous() \
            else x.reshape(n // self.groups, c * self.groups, h, w)
        out = F.batch_norm(parts, mean, var, self.weight.repeat(self.groups), self.bias.repeat(self.groups), True,
                           self.momentum, self.eps).view(n, c, h, w)
        self.running_mean.copy_(mean.view(self.groups, c).mean(0))
        self.running_var.copy_(var.view(self.groups, c).mean(0))
        return out


def conv(a, b, kernel, stride=1):
    return nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False)


class Residual(nn.Module):
    def __init__(self, a, width, stride, bottleneck, groups):
        super().__init__()
        b = width * 4 if bottleneck else width
        norm = lambda channels: GroupedNorm(channels, groups)
        if bottleneck:
            self.body = nn.Sequential(conv(a, width, 1), norm(width), nn.ReLU(inplace=True), conv(width, width, 3, stride),
                                      norm(width), nn.ReLU(inplace=True), conv(width, b, 1), norm(b))
        else:
            self.body = nn.Sequential(conv(a, b, 3, stride), norm(b), nn.ReLU(inplace=True), conv(b, b, 3), norm(b))
        self.skip = nn.Sequential(conv(a, b, 1, stride), norm(b)) if stride > 1 or a != b else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.skip(x), inplace=True)


class ResNet(nn.Sequential):
    def __init__(self, depth, cifar, width, groups=1):
        norm = GroupedNorm(width, groups)
        layers = [conv(3, width, 3), norm, nn.ReLU(inplace=True)] if cifar \
            else [conv(3, width, 7, 2), norm, nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        bottleneck, at = depth == 50, width
        for stage, blocks in enumerate([3, 4, 6, 3] if bottleneck else [2, 2, 2, 2]):
            for block in range(blocks):
                layers.append(Residual(at, width << stage, 2 if stage and not block else 1, bottleneck, groups))
                at = (width << stage) * (4 if bottleneck else 1)
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.features = at


# ---- MoCo v2


def moco():
    def encoder():
        backbone = ResNet(work["depth"], work["cifar"], work["width"], work["groups"])
        d = backbone.features
        head = [nn.Linear(d, d), nn.ReLU(inplace=True), nn.Linear(d, 128)] if work["mlp"] else [nn.Linear(d, 128)]
        return on_device(nn.Sequential(backbone, *head))

    f_q, f_k = encoder(), encoder()
    f_k.load_state_dict(f_q.state_dict())
    f_k.requires_grad_(False)
    queue = F.normalize(torch.randn(128, work["K"], device=device), dim=0)
    learning = Learning(torch.optim.SGD(f_q.parameters(), 0.0002, momentum=0.9, weight_decay=1e-4, fused=True))
    N, K, at = work["batch"], work["K"], 0
    x_q, x_k = noise(N, work["side"]), noise(N, work["side"])

    def step():
        nonlocal at
        torch._foreach_lerp_(list(f_k.parameters()), [p.detach() for p in f_q.parameters()], 0.001)
        q = F.normalize(computed(f_q, x_q))
        with torch.no_grad():
            order = torch.randperm(N, device=device)
            k = F.normalize(computed(f_k, x_k[order]))[torch.argsort(order)]
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue], 1) / 0.2
        loss = F.cross_entropy(logits, torch.zeros(N, dtype=torch.long, device=device))
        learning.step(loss)
        queue[:, at:at + N] = k.t()
        at = (at + N) % K
        return loss

    return step


# ---- SwAV


def swav():
    backbone = ResNet(work["depth"], work["cifar"], work["width"])
    head = [nn.Linear(backbone.features, work["hidden"]), nn.BatchNorm1d(work["hidden"]), nn.ReLU(inplace=True),
            nn.Linear(work["hidden"], 128)]
    backbone, head = on_device(backbone), nn.Sequential(*head).to(device)
    prototypes = nn.Linear(128, work["prototypes"], bias=False).to(device)
    parameters = [*backbone.parameters(), *head.parameters(), *prototypes.parameters()]
    learning = Learning(torch.optim.SGD(parameters, 0.0002, momentum=0.9, weight_decay=1e-6, fused=True))
    N, L = work["batch"], work["queue"]
    crops = [noise(N, side) for count, side in work["crops"] for _ in range(count)]
    queue = F.normalize(torch.randn(2, L, 128, device=device), dim=2)

    def forward():
        features, first = [], 0
        for count, side in work["crops"]:
            features.append(backbone(torch.cat(crops[first:first + count])))
            first += count
        return head(torch.cat(features))

    def assign(scores):
        Q = torch.exp(scores / 0.05).t()
        Q /= Q.sum()
        for _ in range(3):
            Q /= Q.sum(1, keepdim=True) * Q.shape[0]
            Q /= Q.sum(0, keepdim=True) * Q.shape[1]
        return (Q * Q.shape[1]).t()

    def step():
        with torch.no_grad():
            prototypes.weight.copy_(F.normalize(prototypes.weight))
        z = F.normalize(computed(forward))
        scores = prototypes(z)
        loss = 0
        for a in range(2):
            with torch.no_grad():
                code = assign(torch.cat([queue[a] @ prototypes.weight.t(), scores[a * N:(a + 1) * N]]))[-N:]
                queue[a] = torch.cat([z[a * N:(a + 1) * N], queue[a, :-N]])
            for v in range(len(crops)):
                if v != a:
                    loss = loss - (code * F.log_softmax(scores[v * N:(v + 1) * N] / 0.1, 1)).sum(1).mean()
        loss = loss / (2 * (len(crops) - 1))
        optimizer = learning.optimizer
        optimizer.zero_grad()
        learning.scaler.scale(loss).backward()
        learning.scaler.unscale_(optimizer)
        with torch.no_grad():  # LARC: each tensor's rate by the norms of weight and gradient
            grads = [p.grad for p in parameters]
            weights, norms = torch.stack(torch._foreach_norm(parameters)), torch.stack(torch._foreach_norm(grads))
            trust = torch.where((weights > 0) & (norms > 0), 0.001 * weights / (norms + 1e-6 * weights + 1e-8), 1)
            torch._foreach_mul_(grads, list(trust.unbind()))
        learning.scaler.step(optimizer)
        learning.scaler.update()
        return loss

    return step


# ---- CUT


class Down(nn.Module):
    def __init__(self, channels):
        super().__init__()
        row = torch.tensor([1., 2., 1.])
        self.register_buffer("kernel", (row[:, None] * row / 16).expand(channels, 1, 3, 3).clone())

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), self.kernel, stride=2, groups=x.shape[1])


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        row = torch.tensor([1., 3., 3., 1.])
        self.register_buffer("kernel", (row[:, None] * row / 16).expand(channels, 1, 4, 4).clone())

    def forward(self, x):
        x = F.conv_transpose2d(F.pad(x, (1, 1, 1, 1), "replicate"), self.kernel, stride=2, padding=2, groups=x.shape[1])
        return x[:, :, 1:-1, 1:-1]


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.body = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c), nn.ReLU(inplace=True),
                                  nn.ReflectionPad2d(1), nn.Conv2d(c, c, 3), nn.InstanceNorm2d(c))

    def forward(self, x):
        return x + self.body(x)


def generator(c):
    def rectified(*layers):
        return *layers, nn.InstanceNorm2d(layers[0].out_channels), nn.ReLU(inplace=True)

    return nn.ModuleList([
        nn.ReflectionPad2d(3), *rectified(nn.Conv2d(3, c, 7)),
        *rectified(nn.Conv2d(c, 2 * c, 3, padding=1)), Down(2 * c),
        *rectified(nn.Conv2d(2 * c, 4 * c, 3, padding=1)), Down(4 * c),
        *[Block(4 * c) for _ in range(9)],
        Up(4 * c), *rectified(nn.Conv2d(4 * c, 2 * c, 3, padding=1)),
        Up(2 * c), *rectified(nn.Conv2d(2 * c, c, 3, padding=1)),
        nn.ReflectionPad2d(3), nn.Conv2d(c, 3, 7), nn.Tanh(),
    ])


def discriminator(c):
    def leaky():
        return nn.LeakyReLU(0.2, inplace=True)

    return nn.Sequential(
        nn.Conv2d(3, c, 4, padding=1), leaky(), Down(c),
        nn.Conv2d(c, 2 * c, 4, padding=1), nn.InstanceNorm2d(2 * c), leaky(), Down(2 * c),
        nn.Conv2d(2 * c, 4 * c, 4, padding=1), nn.InstanceNorm2d(4 * c), leaky(), Down(4 * c),
        nn.Conv2d(4 * c, 8 * c, 4, padding=1), nn.InstanceNorm2d(8 * c), leaky(), nn.Conv2d(8 * c, 1, 4, padding=1),
    )


def cut():
    c, side, taps = work["ngf"], work["side"], [0, 4, 8, 12, 16]
    layers, D = generator(c).to(device), discriminator(c).to(device)
    heads = nn.ModuleList(nn.Sequential(nn.Linear(d, 256), nn.ReLU(), nn.Linear(256, 256))
                          for d in [3, 2 * c, 4 * c, 4 * c, 4 * c]).to(device)
    for parameter in [*layers.parameters(), *D.parameters(), *heads.parameters()]:
        nn.init.xavier_normal_(parameter, 0.02) if parameter.dim() > 1 else nn.init.zeros_(parameter)
    learning = [Learning(torch.optim.Adam(p.parameters(), 0.0002, (0.5, 0.999), fused=True)) for p in (layers, D, heads)]
    A, B = noise(1, side).contiguous(), noise(1, side).contiguous()

    def translate(x):
        for layer in layers:
            x = layer(x)
        return x

    def encode(x):
        seen = []
        for number, layer in enumerate(layers[:taps[-1] + 1]):
            x = layer(x)
            if number in taps:
                seen.append(x)
        return seen

    def nce(fake, source):
        total = 0
        for head, q, k in zip(heads, computed(encode, fake), computed(encode, source)):
            places = torch.randperm(q.shape[2] * q.shape[3], device=device)[:256]
            q, k = (each.flatten(2)[:, :, places].transpose(1, 2).flatten(0, 1) for each in (q, k))
            q, k = (head(each) for each in (q, k))
            q, k = (each / (each.norm(dim=1, keepdim=True) + 1e-7) for each in (q, k))
            k = k.detach()
            logits = q @ k.t()
            logits.fill_diagonal_(-10.0)
            logits = torch.cat([(q * k).sum(1, keepdim=True), logits], 1) / 0.07
            total = total + F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long, device=device))
        return total / len(taps)

    def step():
        both = computed(translate, torch.cat([A, B]))
        fake, identity = both[:1], both[1:]
        D.requires_grad_(True)
        learning[1].step(0.5 * ((computed(D, fake.detach()) ** 2).mean() + ((computed(D, B) - 1) ** 2).mean()))
        D.requires_grad_(False)
        loss = ((computed(D, fake) - 1) ** 2).mean() + 0.5 * (nce(fake, A) + nce(identity, B))
        scaler = learning[0].scaler
        for each in (learning[0], learning[2]):
            each.optimizer.zero_grad()
        scaler.scale(loss).backward()
        for each in (learning[0], learning[2]):
            scaler.step(each.optimizer)
        scaler.update()
        return loss

    return step


step = {"moco": moco, "swav": swav, "cut": cut}[work["method"]]()
for i in range(warmup + steps):
    started = time.perf_counter()
    loss = step().item()
    if i >= warmup:
        print(f"seconds {time.perf_counter() - started:.4f}", flush=True)
print(f"loss {loss:.4f}")
print(f"resident {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}")
