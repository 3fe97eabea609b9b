/** Where a model of a hub lies, and what lies there. Nothing here runs. */

/** A model on the Hugging Face hub, or on a mirror that behaves as the hub does. */
export interface HubSource {
  /** `owner/name` */
  repo: string;
  /** Branch, tag or commit (default `main`). */
  revision?: string;
  /** https, or of the page's own origin (default https://huggingface.co). */
  endpoint?: string;
}

/** A file of a repository at a commit. */
export interface HubFile {
  path: string;
  bytes: number;
  /** SHA-256 of its content in lower-case hexadecimal, where the hub says so (large files). */
  sha256?: string;
}

/** What a repository holds at a revision. */
export interface HubListing extends Required<HubSource> {
  /** The commit that `revision` stands for now: files are fetched at it, so that all are of one version. */
  commit: string;
  files: HubFile[];
}
