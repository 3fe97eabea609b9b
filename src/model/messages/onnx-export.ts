import { localised } from '../../words/localised.ts';

export const onnxExportWords = localised({
  tooLarge: (name: string, bytes: number, most: number) =>
    `${name} takes ${bytes} bytes, but one ONNX file holds at most ${most}: take model.safetensors instead.`,
});
