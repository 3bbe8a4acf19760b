"""A vision transformer of timm, for TransformerRun to compare with: python3 transformers.py SIZE SIDE BATCH THREADS ROUNDS.

Needs torch and timm. Prints what TransformerRun prints: images a second of forward passes alone and of forward and backward passes,
the best of the rounds by the clock, and by the processor time that was taken, which other programs on the machine disturb less.
"""

import sys
import time

import timm
import torch

size, side, batch, threads, rounds = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
model = timm.create_model(f"{size}_patch16_224", img_size=side, num_classes=0)
x = torch.randn(batch, 3, side, side)


def measure(name, step):
    step()
    clock, processor = [], []
    for _ in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        step()
        processor.append(time.process_time() - used)
        clock.append(time.perf_counter() - begun)
    print(f"timm,{size},{name},{batch},{threads},{batch / min(clock):.2f},{batch / min(processor):.2f}")


def embed():
    with torch.no_grad():
        model(x)


def step():
    model.zero_grad()
    model(x).square().sum().backward()


model.eval()
measure("embed", embed)
model.train()
measure("step", step)
