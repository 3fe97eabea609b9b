import { shared } from '../messages/shared.ts';

/** A measured number with what it means; hatched while it is not known. */
export function Figure({
  value,
  aside = false,
  children,
}: {
  value: React.ReactNode;
  /** Whether it is no rival of its neighbours'. */
  aside?: boolean;
  children: React.ReactNode;
}) {
  return (
    <div className="figure" data-aside={aside || undefined}>
      <dd className="figure-value">
        {value ?? (
          <span className="hatch">
            <span className="visually-hidden">{shared.notKnown}</span>
          </span>
        )}
      </dd>
      <dt>{children}</dt>
    </div>
  );
}
