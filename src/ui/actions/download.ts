/** A file as the visitor has it now. */
export interface Saved {
  file: string;
  bytes: number;
}

/** Hand a file to the visitor. */
export function saveFile(content: Blob, name: string): Saved {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads it while the address lives.
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 60_000);
  return { file: name, bytes: content.size };
}
