import { Component, lazy, Suspense, useState, type ComponentType, type ReactNode } from 'react';
import { page } from '../messages/page.ts';
import { printable } from '../messages/printable.ts';
import { shared } from '../messages/shared.ts';
import { Notice } from './Notice.tsx';

/** The network's fault, or the host's: the remedy is another one than for a fault of the page. */
class NotFetched extends Error {}

interface BoundaryProps {
  /** Puts the sentence in the place of the part. */
  place: (sentence: ReactNode) => ReactNode;
  /** The visitor wants the part once more. */
  onRetry?: () => void;
  children: ReactNode;
}

interface BoundaryState {
  failed?: { error: unknown } | undefined;
}

const messageOf = (error: unknown): string =>
  printable(error instanceof Error ? error.message : String(error));

/** Where a part of the page cannot be drawn, one sentence stands in its place, with a button that tries again. All else stands. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {};

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failed: { error } };
  }

  readonly retry = (): void => {
    this.props.onRetry?.();
    this.setState({ failed: undefined });
  };

  override render(): ReactNode {
    const { failed } = this.state;
    if (!failed) return this.props.children;
    const { error } = failed;
    return this.props.place(
      <Notice kind="error" action={{ label: shared.tryAgain, onClick: this.retry }}>
        {error instanceof NotFetched ? page.notFetched : page.notDrawn(messageOf(error))}
      </Notice>,
    );
  }
}

/** Of a sheet that did not come browsers have none, or one that is empty, or one that may not be looked into. */
function isThere({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules.length > 0;
  } catch {
    return false;
  }
}

/**
 * Style sheets that did not come are asked for again: a part that is fetched once more believes that they are there.
 */
function fetchStylesAgain(): void {
  for (const link of document.head.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) {
    if (!isThere(link)) link.replaceWith(link.cloneNode());
  }
}

/**
 * A part of the page that is fetched when it is drawn for the first time.
 * @param place puts what stands there meanwhile, or the sentence that it could not be fetched or drawn
 */
export function fetched(
  fetchPart: () => Promise<{ default: ComponentType }>,
  place: (sentence?: ReactNode) => ReactNode,
): ComponentType {
  // A lazy component never forgets that it failed: each attempt is another one.
  const attempt = () =>
    lazy(() =>
      fetchPart().catch((error: unknown) => {
        throw new NotFetched(messageOf(error), { cause: error });
      }),
    );
  let latest = attempt();
  return function Fetched() {
    const [Part, setPart] = useState(() => latest);
    const again = (): void => {
      fetchStylesAgain();
      latest = attempt();
      setPart(() => latest);
    };
    return (
      <Boundary place={place} onRetry={again}>
        <Suspense fallback={place()}>
          <Part />
        </Suspense>
      </Boundary>
    );
  };
}
