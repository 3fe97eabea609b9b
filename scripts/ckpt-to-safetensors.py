#!/usr/bin/env python3
"""Turn a checkpoint of the released trainer (PyTorch Lightning, .ckpt) into model.safetensors.

    python3 scripts/ckpt-to-safetensors.py last.ckpt model.safetensors

Takes the moving average of the weights (EMA) where the file has one, else the weights themselves; --raw takes the weights in
any case. Needs torch and safetensors. Opening a pickle can run code, so by default only plain data is read; --trust reads all,
for files of your own.
"""
import argparse
import sys

import torch
from safetensors.torch import save_file


def canonical(name):
    """A name without the wrappers around the network: `backbone.` at the start, `_orig_mod.` (torch.compile) anywhere."""
    parts = [part for part in name.split('.') if part != '_orig_mod']
    while len(parts) > 1 and parts[0] == 'backbone':
        parts = parts[1:]
    return '.'.join(parts)


def shadow_parameters(checkpoint):
    """The list of averaged parameters, or None. It has no names: it is in the order of the network's parameters."""
    ema = checkpoint.get('ema')
    return ema.get('shadow_params') if isinstance(ema, dict) else ema if isinstance(ema, list) else None


def convert(checkpoint, raw=False):
    """Tensors by released name. Raises ValueError where the averaged parameters do not fit the names."""
    state = checkpoint.get('state_dict', checkpoint)
    tensors = {canonical(name): value for name, value in state.items() if torch.is_tensor(value)}
    # Of a Lightning module only the network: the teacher of a distillation may lie beside it.
    tensors = {
        name: value
        for name, value in tensors.items()
        if name.split('.')[0] in ('vocab_embed', 'sigma_map', 'rotary_emb', 'blocks', 'output_layer')
    }
    shadow = None if raw else shadow_parameters(checkpoint)
    if shadow is not None:
        # A state dict lists parameters in their order, with buffers between: the rotary frequencies are the only ones.
        names = [name for name in tensors if name != 'rotary_emb.inv_freq']
        shapes = [tuple(tensors[name].shape) for name in names]
        if shapes != [tuple(value.shape) for value in shadow]:
            raise ValueError(
                f'{len(shadow)} averaged parameters do not fit the {len(names)} of the network: use --raw, and see '
                'in which order the trainer keeps them'
            )
        tensors.update(zip(names, shadow))
    if 'vocab_embed.embedding' not in tensors:
        raise ValueError(f'no network in it: it has {", ".join(list(checkpoint)[:10])}')
    prefix = 'backbone.' if 'sigma_map.mlp.0.weight' in tensors else ''
    # Clones, since safetensors refuses tensors that share memory.
    return {prefix + name: value.detach().float().clone().contiguous() for name, value in tensors.items()}, shadow is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('checkpoint')
    parser.add_argument('out', nargs='?', default='model.safetensors')
    parser.add_argument('--raw', action='store_true', help='the weights themselves, not their moving average')
    parser.add_argument('--trust', action='store_true', help='read everything in the pickle, which may run code')
    given = parser.parse_args()
    checkpoint = torch.load(given.checkpoint, map_location='cpu', weights_only=not given.trust)
    try:
        tensors, averaged = convert(checkpoint, given.raw)
    except ValueError as error:
        sys.exit(f'{given.checkpoint}: {error}.')
    save_file(tensors, given.out, metadata={'format': 'pt'})
    count = sum(value.numel() for value in tensors.values())
    print(f'{given.out}: {len(tensors)} tensors, {count:,} values, {"averaged (EMA)" if averaged else "raw"} weights')


if __name__ == '__main__':
    main()
