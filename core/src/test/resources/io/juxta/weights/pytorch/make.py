"""Writes the fixtures beside it with real PyTorch, and values.txt: what each tensor of them holds.

    python3 make.py
"""
import collections, os, pickle, torch

torch.manual_seed(0)
here = os.path.dirname(os.path.abspath(__file__))


def dtypes():
    x = torch.tensor([[-1.5, 0, 2.25], [3, -0.125, 100]])
    tensors = collections.OrderedDict()
    for name in "float64 float32 float16 bfloat16 int64 int32 int16 int8 bool".split():
        tensors[name] = x.to(getattr(torch, name))
    tensors["uint8"] = x.abs().to(torch.uint8)
    tensors["scalar"] = torch.tensor(7.5)
    tensors["empty"] = torch.zeros(0, 3)
    base = torch.arange(12.0)
    tensors["base"] = base.view(3, 4)
    tensors["row"] = base.view(3, 4)[1]
    tensors["column"] = base.view(3, 4)[:, 2]
    tensors["transposed"] = base.view(3, 4).t()
    tensors["parameter"] = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    tensors["nan"] = torch.tensor([float("nan"), float("inf"), -float("inf"), 0.0])
    return tensors


def checkpoint():
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
    optimizer = torch.optim.SGD(net.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)
    net(torch.randn(2, 1, 5, 5)).sum().backward()
    optimizer.step()
    return {"epoch": 3, "arch": "resnet50", "best": 12.5, "state_dict": net.state_dict(),
            "optimizer": optimizer.state_dict(), "args": collections.Counter(a=1)}


def named(value, path=""):
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from named(child, f"{path}/{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for i, child in enumerate(value):
            yield from named(child, f"{path}/{i}" if path else str(i))


with open(os.path.join(here, "values.txt"), "w") as lines:
    for name, value in (("dtypes", dtypes()), ("checkpoint", checkpoint())):
        for kind, zipped in (("zip", True), ("legacy", False)):
            file = f"{name}.{kind}.pt"
            torch.save(value, os.path.join(here, file), _use_new_zipfile_serialization=zipped)
            for path, tensor in named(value):
                values = " ".join(repr(v) for v in tensor.detach().double().flatten().tolist())
                print(file, path, str(tensor.dtype).split(".")[1], "x".join(map(str, tensor.shape)) or "-",
                      values, sep="|", file=lines)


class Evil:
    def __reduce__(self):
        return os.system, ("touch juxta-was-fooled",)


class Evaluated:
    def __reduce__(self):
        return eval, ("__import__('os').system('touch juxta-was-fooled')",)


torch.save({"weight": torch.ones(2), "evil": Evil(), "worse": Evaluated()}, os.path.join(here, "evil.pt"))
