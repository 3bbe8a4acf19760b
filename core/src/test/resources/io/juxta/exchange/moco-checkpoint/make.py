"""The three steps that a Python program of MoCo v2 makes after it has read a whole checkpoint, for MocoCheckpointTest.

    pip install torch==2.13.0 numpy
    python make.py > values.txt            what the test compares with
    python make.py checkpoint.pth.tar      writes the checkpoint too, as main_moco.py's save_checkpoint does

One process, one batch-norm group. Weights, momentum, queue and pictures are functions of a tag and an index (Filler.java). The network
is torchvision's ResNet-18 with 8 channels in its stem (3 x 3, without pooling) and MoCo v2's head.
"""
import sys

import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(1)
N, DIM, K, M, T, LR = 8, 16, 32, 0.9, 0.2, 0.01


def val(tag, *shape):
    count = int(np.prod(shape))
    z = (np.uint64(tag) << np.uint64(32)) + np.arange(count, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return torch.from_numpy((z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1).reshape(*shape)


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.downsample = None
        if stride != 1 or i != o:
            self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        i = 8
        for layer in range(4):
            o = 8 << layer
            setattr(self, f'layer{layer + 1}', nn.Sequential(Block(i, o, 2 if layer else 1), Block(o, o, 1)))
            i = o
        self.fc = nn.Sequential(nn.Linear(i, i), nn.ReLU(), nn.Linear(i, DIM))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        return self.fc(x.mean((2, 3)))


class MoCo(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder_q, self.encoder_k = Encoder(), Encoder()
        for p in self.encoder_k.parameters():
            p.requires_grad = False
        self.register_buffer('queue', torch.zeros(DIM, K))
        self.register_buffer('queue_ptr', torch.zeros(1, dtype=torch.long))

    def forward(self, x_q, x_k):
        q = F.normalize(self.encoder_q(x_q), dim=1)
        with torch.no_grad():
            for p, s in zip(self.encoder_k.parameters(), self.encoder_q.parameters()):
                p.data = p.data * M + s.data * (1 - M)
            k = F.normalize(self.encoder_k(x_k), dim=1)
        logits = torch.cat([(q * k).sum(1, keepdim=True), q @ self.queue.clone()], 1) / T
        with torch.no_grad():
            at = int(self.queue_ptr)
            self.queue[:, at:at + N] = k.T
            self.queue_ptr[0] = (at + N) % K
        return F.cross_entropy(logits, torch.zeros(N, dtype=torch.long))


def fill(encoder, tag, dtype):
    for i, (name, tensor) in enumerate(encoder.state_dict().items()):
        if name.endswith('num_batches_tracked'):
            tensor.fill_(7)
            continue
        v = val(tag + i, *tensor.shape)
        if tensor.dim() > 1:
            v = v * np.sqrt(3 / np.prod(tensor.shape[1:]))
        elif name.endswith('running_var'):
            v = 1 + 0.5 * v
        elif name.endswith('weight'):
            v = 1 + 0.1 * v
        else:
            v = 0.1 * v
        tensor.copy_(v.to(dtype))


def say(name, tensor):
    t = tensor.detach().double()
    print(name, *('%.9g' % x for x in (t.sum(), t.abs().sum(), t.flatten()[0])))


def run(dtype, file):
    model = MoCo().to(dtype)
    with torch.no_grad():
        fill(model.encoder_q, 4000, dtype)
        fill(model.encoder_k, 5000, dtype)
        model.queue.copy_(F.normalize(val(7000, DIM, K), dim=0).to(dtype))
        model.queue_ptr[0] = 8
    optimizer = torch.optim.SGD(model.parameters(), LR, momentum=0.9, weight_decay=1e-4)
    for i, p in enumerate(model.encoder_q.parameters()):
        optimizer.state[p]['momentum_buffer'] = (0.01 * val(6000 + i, *p.shape)).to(dtype)
    if file:
        torch.save({'epoch': 5, 'arch': 'resnet18', 'optimizer': optimizer.state_dict(),
                    'state_dict': {'module.' + k: v for k, v in model.state_dict().items()}}, file)
    model.train()
    for t in range(3):
        loss = model(val(7100 + t, N, 3, 16, 16).to(dtype), val(7200 + t, N, 3, 16, 16).to(dtype))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print('loss', '%.10g' % loss.item())
    state = model.state_dict()
    for name in ('encoder_q.conv1.weight', 'encoder_q.layer4.1.conv2.weight', 'encoder_q.fc.2.bias',
                 'encoder_q.bn1.running_var', 'encoder_k.layer2.0.downsample.0.weight', 'encoder_k.bn1.running_mean',
                 'queue'):
        say(name, state[name])
    named = dict(model.named_parameters())
    for name in ('conv1.weight', 'fc.0.weight'):
        say('sgd.' + name, optimizer.state[named['encoder_q.' + name]]['momentum_buffer'])
    print('queue_ptr', int(model.queue_ptr))


print('double')
run(torch.double, None)
print('float')
run(torch.float, sys.argv[1] if len(sys.argv) > 1 else None)
