import type { ReactNode } from 'react';

interface PanelProps {
  readonly title: string;
  readonly className?: string;
  /** Small things at the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A titled region of the page. */
export function Panel({ title, className = '', aside, children }: PanelProps) {
  return (
    <section className={`panel ${className}`} aria-label={`${title} panel`}>
      <header className="panel-head">
        <h2>{title}</h2>
        {aside !== undefined && <div className="panel-aside">{aside}</div>}
      </header>
      <div className="panel-body">{children}</div>
    </section>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
