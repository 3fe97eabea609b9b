/** Which of the visitor's files make a model: told by folders and names alone, before anything is read. */

/** A file with its place in what was dropped or chosen. */
export interface LocalFile {
  /** With `/`; a file that was chosen by itself has no folder. */
  path: string;
  file: File;
}

/** Files that belong together. */
export interface LocalModel {
  /** What tells it from the others that were chosen with it: its folder, or its file. */
  title: string;
  /** One file, or all shards. */
  weights: LocalFile[];
  index?: LocalFile;
  config?: LocalFile;
  tokenizer?: LocalFile;
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const isJson = ({ path }: LocalFile): boolean => path.endsWith('.json');
const isIndex = ({ path }: LocalFile): boolean => path.endsWith('.index.json');

/** The first of these names that is there; names of the released files go before what only looks like them. */
const pick = (files: LocalFile[], ...patterns: RegExp[]): LocalFile | undefined =>
  patterns.flatMap((pattern) => files.filter(({ path }) => pattern.test(nameOf(path)))).at(0);

/** Whether a file is one of several that make the weights, by its name. */
const isShard = (path: string): boolean => /-\d+-of-\d+\./.test(path);

/** All shards of a model go by one name, without their numbers. */
const unnumbered = (path: string): string =>
  nameOf(path).replace(/(-\d{1,6}-of-\d{1,6})?\.safetensors$/i, '');

/** Weights of a folder by name; those of the released name go before all others. */
function weightsIn(files: LocalFile[]): [string, LocalFile[]][] {
  const byName = new Map<string, LocalFile[]>();
  // A whole file goes before shards of the same name, which some repositories have besides.
  const wholes = new Set(files.filter(({ path }) => !isShard(path)).map(({ path }) => unnumbered(path)));
  for (const file of files) {
    const name = unnumbered(file.path);
    if (wholes.has(name) && isShard(file.path)) continue;
    byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  const released = byName.get('model');
  return released ? [['model', released]] : [...byName];
}

/** Configuration and tokenizer of a folder; those that are not there are looked for in the folders around it. */
function companions(folder: string, folders: ReadonlyMap<string, LocalFile[]>) {
  const own = (folders.get(folder) ?? []).filter((file) => isJson(file) && !isIndex(file));
  let tokenizer = pick(own, /^tokenizer\.json$/, /tokenizer(?!_config)/i);
  let config = pick(
    own.filter((file) => file !== tokenizer),
    /^config\.json$/,
    /^(?!generation_|tokenizer_|special_|added_).*config/i,
    /./,
  );
  for (let at = folder; at !== '';) {
    at = folderOf(at);
    const around = folders.get(at) ?? [];
    config ??= pick(around, /^config\.json$/);
    tokenizer ??= pick(around, /^tokenizer\.json$/);
  }
  return { ...(config && { config }), ...(tokenizer && { tokenizer }) };
}

/**
 * The models among files: in each folder `model.safetensors` or its shards, else every other .safetensors file or set of
 * shards. Pickles, and files of any other name that were chosen by themselves, count where there is nothing else, so that
 * the engine can say why it refuses them.
 * @returns by path; empty where no file can be weights
 */
export function modelsIn(files: LocalFile[]): LocalModel[] {
  const folders = new Map<string, LocalFile[]>();
  for (const file of files) {
    const folder = folderOf(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const models: LocalModel[] = [];
  for (const [folder, own] of folders) {
    const found = weightsIn(own.filter(({ path }) => /\.safetensors$/i.test(path)));
    for (const [name, weights] of found) {
      const indices = own.filter(isIndex);
      const index = isShard(weights[0].path)
        ? (pick(indices, /^model\.safetensors\.index\.json$/) ?? indices.at(0))
        : undefined;
      const title = found.length > 1 || folder === '' ? `${folder}${folder && '/'}${name}` : folder;
      models.push({ title, weights, ...(index && { index }), ...companions(folder, folders) });
    }
  }
  if (models.length === 0) {
    const other = files.filter((file) => !isJson(file));
    const weights = pick(other, /\.(bin|pt|pth|ckpt)$/i) ?? other.find(({ path }) => folderOf(path) === '');
    if (weights) {
      models.push({
        title: weights.path,
        weights: [weights],
        ...companions(folderOf(weights.path), folders),
      });
    }
  }
  const configured = models.filter(({ config }) => config);
  const all = configured.length > 0 ? configured : models;
  return all.sort((a, b) => a.title.localeCompare(b.title, 'en', { numeric: true }));
}
