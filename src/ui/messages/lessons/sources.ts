import { localised } from '../../../words/localised.ts';

/** Papers that lessons refer to, as author and title; titles stay in their own language. */
export const sources = localised({
  label: 'Sources',
  mdlm: 'Sahoo and others, 2024: Simple and Effective Masked Diffusion Language Models',
  sdtt: 'Deschenaux and Gulcehre, 2024: Beyond Autoregression: Fast LLMs via Self-Distillation Through Time',
  firstHitting:
    'Zheng and others, 2024: Masked Diffusion Models are Secretly Time-Agnostic Masked Models and Exploit Inaccurate Categorical Sampling',
  transformer: 'Vaswani and others, 2017: Attention Is All You Need',
  stories:
    'Eldan and Li, 2023: TinyStories: How Small Can Language Models Be and Still Speak Coherent English?',
});
