/**
 * Writes public/weights/manifest.json: what the bundled models and texts are, and the size and SHA-256 of every
 * file, so that the page can state the download before it starts and check it when it is done.
 * Run it after a file in public/weights changed: node scripts/make-manifest.mjs
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../public/weights/', import.meta.url);

const models = [
  {
    id: 'teacher',
    title: 'Stories teacher',
    description:
      'Masked diffusion on simple stories, trained with the MDLM loss; good text takes it many steps.',
  },
  {
    id: 'student',
    title: 'Stories student',
    description:
      'The teacher after six rounds of SDTT: at 32 tokens, 8 of its steps match 32 of the teacher’s.',
  },
  {
    id: 'causal',
    title: 'Stories causal baseline',
    description:
      'Autoregressive, of the same width and depth: one token per pass, and the judge of perplexity.',
  },
];

function file(path) {
  const bytes = readFileSync(new URL(path, root));
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Rows of the embedding, read from the safetensors header. */
function vocabulary(path) {
  const bytes = readFileSync(new URL(path, root));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
  const name = Object.keys(header).find((key) => key.endsWith('vocab_embed.embedding'));
  return header[name].shape[0];
}

const manifest = {
  version: 1,
  models: models.map(({ id, title, description }) => {
    const files = {
      config: file(`${id}/config.json`),
      weights: file(`${id}/model.safetensors`),
      tokenizer: file('tokenizer.json'),
    };
    const config = JSON.parse(readFileSync(new URL(files.config.path, root), 'utf8'));
    const nativeSteps = config.parameterization?.native_steps;
    return {
      id,
      kind: id,
      title,
      description,
      length: config.model.length,
      vocabulary: vocabulary(files.weights.path),
      ...(nativeSteps === undefined ? {} : { nativeSteps }),
      bytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0),
      files,
    };
  }),
  samples: file('samples.txt'),
};

writeFileSync(new URL('manifest.json', root), `${JSON.stringify(manifest, null, 2)}\n`);
for (const { id, bytes } of manifest.models) console.log(`${id}: ${bytes} bytes`);
