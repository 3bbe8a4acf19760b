"""Reads a file that was written here with real PyTorch, trusting nothing in it, and lists what it holds.

    python3 check.py FILE [SAFETENSORS]

With a safetensors file of the same tensors, compares every value.
"""
import json, struct, sys, torch


def named(value, path=""):
    if isinstance(value, torch.Tensor):
        yield path, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from named(child, f"{path}/{key}" if path else str(key))


root = torch.load(sys.argv[1], weights_only=True)
tensors = list(named(root))
print({key: value for key, value in root.items() if not isinstance(value, (dict, torch.Tensor))})
print(len(tensors), "tensors; the first", tensors[0][0], "the last", tensors[-1][0])
if len(sys.argv) > 2:
    types = {"F32": torch.float32, "I64": torch.int64}
    with open(sys.argv[2], "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    for (name, tensor), (own, entry) in zip(tensors, header.items(), strict=True):
        begin, end = entry["data_offsets"]
        other = torch.frombuffer(bytearray(data[begin:end]), dtype=types[entry["dtype"]]).view(entry["shape"])
        assert name == own and torch.equal(tensor, other), (name, own)
    print("all equal, in the same order")
