"""The names of Hugging Face's transformers, for HuggingFaceWritingTest: in memory, in the files that save_pretrained writes, and shapes.

    pip install torch==2.13.0 transformers==5.18.0 safetensors
    python make.py            writes keys-*.txt beside it

Each line has the name in memory, the name in a file ("-" where it lies in another tensor there) and the shape in the file, in the order
of the module. From version 5 on memory and files differ; files have the names that all versions read.
"""
import os
import re
import sys
import tempfile

import torch
from safetensors import safe_open
from transformers.models.dinov2.configuration_dinov2 import Dinov2Config
from transformers.models.dinov2.modeling_dinov2 import Dinov2Model
from transformers.models.dinov2_with_registers.configuration_dinov2_with_registers import Dinov2WithRegistersConfig
from transformers.models.dinov2_with_registers.modeling_dinov2_with_registers import Dinov2WithRegistersModel
from transformers.models.resnet.configuration_resnet import ResNetConfig
from transformers.models.resnet.modeling_resnet import ResNetModel
from transformers.models.vit.configuration_vit import ViTConfig
from transformers.models.vit.modeling_vit import ViTModel

HERE = os.path.dirname(os.path.abspath(__file__))
RENAMED = [
    (r'^layers\.', 'encoder.layer.'),
    (r'attention\.q_proj', 'attention.attention.query'),
    (r'attention\.k_proj', 'attention.attention.key'),
    (r'attention\.v_proj', 'attention.attention.value'),
    (r'attention\.o_proj', 'attention.output.dense'),
    (r'mlp\.gate_proj', 'mlp.weights_in'),
    (r'.*mlp\.up_proj.*', '-'),
    (r'mlp\.down_proj', 'mlp.weights_out'),
]
VIT = [(r'mlp\.fc1', 'intermediate.dense'), (r'mlp\.fc2', 'output.dense')]


def keys(name, model, renamed):
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        with safe_open(folder + '/model.safetensors', 'pt') as file:
            shapes = {key: file.get_tensor(key).shape for key in file.keys()}
    lines, found = [], set()
    for memory in model.state_dict():
        key = memory
        for pattern, replacement in renamed:
            key = re.sub(pattern, replacement, key)
        found.add(key)
        shape = [2] if key == '-' else list(shapes[key]) or [0]
        lines.append('%s %s %s\n' % (memory, key, 'x'.join(map(str, shape))))
    assert found - {'-'} == set(shapes), (found ^ set(shapes))
    with open(os.path.join(HERE, 'keys-%s.txt' % name), 'w') as out:
        out.writelines(lines)


SIZE = dict(hidden_size=192, num_hidden_layers=2, num_attention_heads=3, image_size=32, patch_size=16)
WIDTHS = [8, 16, 32, 64]
keys('vit', ViTModel(ViTConfig(intermediate_size=768, **SIZE), add_pooling_layer=False), RENAMED + VIT)
keys('dinov2', Dinov2Model(Dinov2Config(**SIZE)), RENAMED)
keys('dinov2-gated', Dinov2Model(Dinov2Config(use_swiglu_ffn=True, **SIZE)), RENAMED)
keys('dinov2-registers', Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**SIZE)), RENAMED)
keys('resnet18', ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=WIDTHS, depths=[2, 2, 2, 2], layer_type='basic')), [])
keys('resnet50', ResNetModel(ResNetConfig(embedding_size=8, hidden_sizes=[4 * w for w in WIDTHS], depths=[3, 4, 6, 3])), [])
