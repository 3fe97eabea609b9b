import { safetensorsWords as words } from '../messages/safetensors.ts';

/** Whether a file begins like one of torch.save: a zip archive, or a bare pickle of protocol 2 to 5 (PEP 307, 574). */
export function isPickle(start: Uint8Array): boolean {
  const zip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
  return zip || (start[0] === 0x80 && start[1] >= 2 && start[1] <= 5);
}

/** Why a pickle is refused, with the line that turns it into safetensors. */
export function convertPickle(file: string): string {
  // The name goes into a command that people paste into a shell.
  const name = /^[\w./ -]+$/.test(file) ? file : 'model.ckpt';
  const python =
    'import torch; from safetensors.torch import save_file; ' +
    `s = torch.load('${name}', map_location='cpu', weights_only=True); s = s.get('state_dict', s); ` +
    `save_file({k: v.clone() for k, v in s.items() if torch.is_tensor(v)}, 'model.safetensors')`;
  return words.pickle(file, `python -c "${python}"`);
}
