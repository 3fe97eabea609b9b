/** The files in what a visitor drops or chooses, folders included. */
import { UnmaskError } from '../../worker/client.ts';
import { files as words } from '../messages/files.ts';
import { shared } from '../messages/shared.ts';
import type { LocalFile } from './local-models.ts';

/** Far more than any model has: whoever drops more dropped something else. */
const MOST_FILES = 2000;

/** Deepest folder that is looked into. */
const MOST_DEPTH = 8;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });

/** All entries of a folder: browsers give them out in parts of a hundred or so. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
    if (all.length > MOST_FILES) return all;
  }
}

async function collect(entry: FileSystemEntry, depth: number, files: LocalFile[]): Promise<void> {
  if (files.length > MOST_FILES) {
    throw new UnmaskError('argument', words.tooMany(MOST_FILES));
  }
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    files.push({ path: entry.fullPath.replace(/^\//, ''), file });
  } else if (entry.isDirectory && depth < MOST_DEPTH) {
    const inside = await entriesOf(entry as FileSystemDirectoryEntry);
    // Hidden folders hold what tools keep for themselves, such as .git.
    for (const child of inside.filter(({ name }) => !name.startsWith('.'))) {
      await collect(child, depth + 1, files);
    }
  }
}

/**
 * What was dropped, folders with all that is in them. Has to be called in the event itself: afterwards the entries are gone.
 * @throws UnmaskError 'argument' for more files than any model has, 'file-truncated' for one that cannot be read
 */
export function droppedFiles(transfer: DataTransfer): Promise<LocalFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const plain = [...transfer.files];
  // What comes from another page rather than from a disk has no entries.
  if (!entries.every((entry) => entry !== null)) return Promise.resolve(plain.map(alone));
  return collectAll(entries);
}

async function collectAll(entries: FileSystemEntry[]): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const entry of entries) {
    try {
      await collect(entry, 0, files);
    } catch (cause) {
      if (cause instanceof UnmaskError) throw cause;
      throw new UnmaskError('file-truncated', shared.unreadable(entry.name), { cause });
    }
  }
  return files;
}

const alone = (file: File): LocalFile => ({ path: file.name, file });

/** What was chosen in a picker, of files or of a folder. */
export function chosenFiles(list: FileList | null): LocalFile[] {
  return [...(list ?? [])]
    .map((file) => ({ path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath, file }))
    .filter(({ path }) => !/\/\../.test(path));
}
