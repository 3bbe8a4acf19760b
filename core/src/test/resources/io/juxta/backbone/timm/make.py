"""Features of timm's vision transformers at full size on weights by a formula, for FullSizeTransformerTest.

    pip install torch==2.13.0 timm==1.0.29 safetensors numpy
    python make.py

Weights and pictures are functions of a tag and an index (Filler.java); only the features are kept, in float64. timm computes
interpolated positions in float32 whatever the network's type is: `Tensor.float` is made to keep double here.
"""
import numpy as np
import timm
import torch
from safetensors.numpy import save_file

torch.set_num_threads(1)
torch.Tensor.float = torch.Tensor.double


def val(tag, count):
    z = (np.uint64(tag) << np.uint64(32)) + np.arange(count, dtype=np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) * 2.0**-23 - 1


def filled(tag, offset, scale, shape):
    return torch.from_numpy(offset + val(tag, int(np.prod(shape))) * scale).reshape(*shape)


def role(name, depth):
    """The number of a tensor by what it is, whatever the class's own order."""
    fixed = {'cls_token': 0, 'pos_embed': 1, 'patch_embed.proj.weight': 2, 'patch_embed.proj.bias': 3,
             'norm.weight': 4 + 12 * depth, 'norm.bias': 5 + 12 * depth, 'reg_token': 200}
    if name in fixed:
        return fixed[name]
    block, layer = name.split('.')[1], name.split('.', 2)[2]
    if layer.startswith('ls'):
        return (160 if depth == 12 else 30) + 2 * int(block) + int(layer[2]) - 1
    layers = ['norm1', 'attn.qkv', 'attn.proj', 'norm2', 'mlp.fc1', 'mlp.fc2']
    return 4 + 12 * int(block) + 2 * layers.index(layer.rsplit('.', 1)[0]) + layer.endswith('bias')


def fill(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            tag = 3000 + role(name, len(model.blocks))
            if name in ('cls_token', 'pos_embed', 'reg_token'):
                values = filled(tag, 0, 0.5, p.shape)
            elif name.endswith('gamma'):
                values = filled(tag, 0.5, 0.25, p.shape)
            elif name.endswith('.bias'):
                values = filled(tag, 0, 0.1, p.shape)
            elif 'norm' in name:
                values = filled(tag, 1, 0.1, p.shape)
            else:
                values = filled(tag, 0, (3.0 / p[0].numel()) ** 0.5, p.shape)
            p.copy_(values)


features = {}
for name, sizes in (('vit_small_patch16_224.dino', ((224, 224), (96, 96), (160, 256))),
                    ('vit_small_patch14_reg4_dinov2', ((518, 518), (224, 224), (98, 126))),
                    ('vit_base_patch16_224', ((224, 224), (112, 112), (176, 96)))):
    model = timm.create_model(name, num_classes=0, dynamic_img_size=True).double().eval()
    fill(model)
    for height, width in sizes:
        with torch.no_grad():
            tokens = model.forward_features(filled(3400, 0, 1, (1, 3, height, width)))
        key = f"{name.split('.')[0]}/{height}x{width}"
        features[key + '/class'] = tokens[0, 0].numpy().copy()
        features[key + '/mean'] = tokens[0, model.num_prefix_tokens:].mean(0).numpy().copy()
        print(key, features[key + '/class'][:3])
save_file(features, 'features.safetensors')
