"""Three steps of distillation in plain PyTorch, for StepGoldenTest and LossTest of this package.

    pip install torch==2.13.0 numpy
    python make.py > values.txt            what the tests compare with, in float64 and float32

One process. Weights, queue and pictures are functions of a tag and an index (Filler.java). The loss is written out from the paper's
equations (Fang et al., 2021, eq. 2 to 5): D+ is the queue with the teacher's own embedding in front.
"""
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

torch.set_num_threads(1)
N, DIM, K, LR = 8, 8, 16, 0.03


def val(tag, *shape):
    count = int(np.prod(shape))
    z = (np.uint64(tag) << np.uint64(32)) + np.arange(count, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return torch.from_numpy((z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1).reshape(*shape)


def filled(dtype, tag, scale, *shape):
    return (val(tag, *shape) * scale).float().to(dtype)


class Student(nn.Module):
    """Linear, batch norm, ReLU, and a head of two layers."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 5)
        self.norm = nn.BatchNorm1d(5)
        self.fc = nn.Sequential(nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, DIM))

    def forward(self, x):
        return self.fc(F.relu(self.norm(self.body(x))))


class Teacher(nn.Module):
    """Wider, with a head of one layer."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(6, 7)
        self.norm = nn.BatchNorm1d(7)
        self.fc = nn.Linear(7, DIM)

    def forward(self, x):
        return self.fc(F.relu(self.norm(self.body(x))))


def fill(module, tag, dtype):
    module.to(dtype)
    with torch.no_grad():
        for p, (name, parameter) in enumerate(module.named_parameters()):
            if parameter.dim() == 2:
                parameter.copy_(filled(dtype, tag + p, parameter.shape[1] ** -0.5, *parameter.shape))
            elif name == 'norm.weight':
                parameter.fill_(1)
            else:
                parameter.zero_()
    return module


def cs(name, tensor):
    flat = tensor.detach().double().flatten()
    first = ', '.join('%.10g' % v for v in flat[:3])
    print('  %s: %.10g, %.10g, %s' % (name, flat.sum(), flat.abs().sum(), first))


def run(name, dtype, objective):
    print(name, dtype)
    student = fill(Student(), 50, dtype).train()
    teacher = fill(Teacher(), 70, dtype).eval()
    teacher.norm.running_mean.copy_(filled(dtype, 80, 0.1, 7))
    teacher.norm.running_var.copy_(1 + filled(dtype, 81, 0.5, 7))
    queue = F.normalize(filled(dtype, 40, 1, DIM, K), dim=0)
    pointer = 0
    optimizer = torch.optim.SGD(student.parameters(), LR, momentum=0.9, weight_decay=1e-4)
    for s in range(3):
        x = filled(dtype, 100 + s, 1, N, 6)
        with torch.no_grad():
            z_t = F.normalize(teacher(x), dim=1)
        z_s = F.normalize(student(x), dim=1)
        loss, more = objective(z_s, z_t, queue)
        optimizer.zero_grad()
        loss.backward()
        grad = torch.cat([p.grad.flatten() for p in student.parameters()]).norm()
        optimizer.step()
        queue = queue.clone()
        queue[:, pointer:pointer + N] = z_t.T
        pointer = (pointer + N) % K
        print('  step %d: loss %.10g, grad_norm %.10g, target_cosine %.10g%s'
              % (s, loss.detach(), grad, (z_s * z_t).sum(1).mean().detach(), more))
    cs('student', torch.cat([p.flatten() for p in student.parameters()]))
    cs('running_mean', student.norm.running_mean)
    cs('running_var', student.norm.running_var)
    cs('queue', queue)
    print('  pointer', pointer)


def seed(tau_s, tau_t):
    def objective(z_s, z_t, queue):
        loss, entropy, right = 0, 0, 0
        for i in range(N):
            d = torch.cat([z_t[i][:, None], queue], 1)
            p = torch.softmax(z_t[i] @ d / tau_t, 0)
            q = z_s[i] @ d / tau_s
            loss = loss - (p * (q - torch.logsumexp(q, 0))).sum() / N
            entropy = entropy - torch.special.xlogy(p, p).sum() / N
            right += 100 / N * bool((z_s[i] @ queue).max() < z_s[i] @ d[:, 0])
        return loss, ', teacher_entropy %.10g, acc1 %g' % (entropy, right)
    return objective


def regression(z_s, z_t, queue):
    return F.mse_loss(z_s, z_t, reduction='sum') / N, ''


for dtype in (torch.float64, torch.float32):
    run('seed 0.2 0.01', dtype, seed(0.2, 0.01))
    run('seed 0.2 0.1', dtype, seed(0.2, 0.1))
    run('regression', dtype, regression)
